"""Cases, their scope and members, pinned pictures, and the audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pandas as pd

from governance import cases as case_files
from governance import second as second_people
from governance import views, widen
from governance.audit import Verdict
from governance.cases import Case, NewCase
from governance.second import Ask, Decision, Proposal
from governance.views import SavedView
from graph.errors import AccessDenied, NotFound
from lake import resource
from lake.entity_ids import follow
from lake.reach import entities_among
from workbench.door import act, required_case
from workbench.scope import sight
from workbench.workspace import Session


def _number(case: Case) -> list[str]:
    return [f"case:{case.number}"]


@act("case.new", shown=_number)
def new_case(session: Session, new: NewCase) -> Case:
    """Open a case file. The opener becomes its first member. ``NotFound`` where a seed is no entity."""
    checked = replace(new, seeds=_entities(session, new.seeds)) if new.seeds else new
    return case_files.new_case(session.workspace.ledger, session.workspace.policy, checked, session.actor)


@act("case.list", shown=lambda found: [f"case:{c.number}" for c in found])
def my_cases(session: Session) -> tuple[Case, ...]:
    """The cases the actor is a member of, by number."""
    return case_files.list_cases(session.workspace.ledger, session.actor)


@act("case.show", shown=_number)
def show_case(session: Session) -> Case:
    """What the session's case is."""
    return required_case(session)


@act("case.open", shown=lambda o: [f"case:{o['number']}"])
def open_case(session: Session) -> Mapping[str, Any]:
    """Open the case for work: its overview on one screen."""
    workspace, seen = session.workspace, sight(session)
    case = seen.case
    return {
        "number": case.number,
        "title": case.title,
        "seeds": len(seen.seeds),
        "members": len(seen.members),
        "hops": case.hops,
        "snapshot": resource.require_current(workspace.lake).id,
        "dataAsOf": max((b.recorded_at for b in workspace.lake.batches()), default=None),
        "newBatches": _since_last_visit(session),
    }


def _since_last_visit(session: Session) -> int:
    audit = session.workspace.audit
    visits = audit.events(
        actor=session.actor, acts=("case.open",), case=session.case, newest_first=True, limit=1
    )
    if not visits:
        return 0
    return sum(b.recorded_at > visits[0].at for b in session.workspace.lake.batches(retracted=True))


@act("case.seed", shown=_number)
def add_seeds(session: Session, seeds: Sequence[str]) -> Case:
    """Add entities from which the case may look; ``NotFound`` where there is no such entity."""
    workspace = session.workspace
    known = _entities(session, seeds)
    return widen.add_seeds(
        workspace.ledger,
        workspace.policy,
        session.case,
        known,
        session.actor,
        session.reason,
        confirmed=session.confirmed,
    )


def _entities(session: Session, seeds: Sequence[str]) -> tuple[str, ...]:
    """The ids that ``seeds`` go by now; ``NotFound`` where one is no entity."""
    lake = session.workspace.lake
    known = tuple(follow(lake, seed) for seed in seeds)
    there = entities_among(lake, known)
    lost = [seed for seed, found in zip(seeds, known, strict=True) if found not in there]
    if lost:
        raise NotFound(
            f"there is no entity {', '.join(map(repr, lost))}; find it by name first: mingcha find"
        )
    return known


@act("case.seed", shown=_number)
def remove_seed(session: Session, seed: str) -> Case:
    """Narrow the case by one seed."""
    return case_files.remove_seed(session.workspace.ledger, session.case, seed, session.actor, session.reason)


@act("case.scope", shown=_number)
def set_hops(session: Session, hops: int) -> Case:
    """How many hops around its seeds the case sees."""
    workspace = session.workspace
    return widen.set_hops(
        workspace.ledger,
        workspace.policy,
        session.case,
        hops,
        session.actor,
        session.reason,
        confirmed=session.confirmed,
    )


@act("case.extend", shown=_number)
def extend_case(session: Session, expires: datetime) -> Case:
    """Give the case a new last moment."""
    workspace = session.workspace
    return widen.extend_case(
        workspace.ledger,
        workspace.policy,
        session.case,
        expires,
        session.actor,
        session.reason,
        confirmed=session.confirmed,
    )


@act("case.member", shown=_number)
def add_members(session: Session, members: Sequence[str]) -> Case:
    """Let further people work on the case."""
    return case_files.add_members(
        session.workspace.ledger, session.case, members, session.actor, session.reason
    )


@act("case.member", shown=_number)
def remove_member(session: Session, member: str) -> Case:
    """Take a person off the case."""
    return case_files.remove_member(
        session.workspace.ledger, session.case, member, session.actor, session.reason
    )


@act("case.stage", shown=_number)
def set_stage(session: Session, stage: str) -> Case:
    """Move the case to another stage; ``archived`` closes it."""
    workspace = session.workspace
    return case_files.set_stage(
        workspace.ledger, workspace.policy, session.case, stage, session.actor, session.reason
    )


@act("case.view", count=len)
def pin(session: Session, positions: Mapping[str, tuple[float, float]]) -> Mapping[str, tuple[float, float]]:
    """Keep where nodes were put by hand."""
    views.pin(session.workspace.ledger, session.case, positions, session.actor)
    return views.pinned(session.workspace.ledger, session.case)


@act("case.show", count=len)
def pinned(session: Session) -> Mapping[str, tuple[float, float]]:
    """Where nodes were put by hand (positions only; no look-up of data)."""
    return views.pinned(session.workspace.ledger, session.case)


@act("case.view", count=lambda _: 1)
def save_view(session: Session, name: str, state: Mapping[str, Any]) -> SavedView:
    """Save a view of the case under a name: ids and filters, never values."""
    return views.save_view(session.workspace.ledger, session.case, name, state, session.actor)


@act("case.show", count=len)
def saved_views(session: Session) -> tuple[SavedView, ...]:
    """The saved views of the case, by name."""
    return views.saved_views(session.workspace.ledger, session.case)


@act("second.list", count=len)
def proposals(session: Session) -> tuple[Proposal, ...]:
    """Acts that wait for a second person, as far as they concern the actor."""
    return second_people.proposals_for(session.workspace.ledger, session.workspace.policy, session.actor)


@act("second.list", count=len)
def decided_alone(session: Session) -> tuple[Decision, ...]:
    """Acts decided alone, for a later second reader."""
    return second_people.decisions(session.workspace.ledger, alone=True)


@act("second.propose", count=lambda _: 1)
def propose(session: Session, wanted: Ask) -> Proposal:
    """Ask for a second person; ``wanted`` comes from ``governance.widen`` or ``governance.reveals`` (policy team)."""
    if (wanted.actor, wanted.case) != (session.actor, session.case):
        raise AccessDenied("an act is proposed by who wants to do it, under the case it is for")
    return second_people.propose(session.workspace.ledger, session.workspace.policy, wanted, session.reason)


@act("second.approve", count=lambda _: 1)
def approve(session: Session, proposal: int) -> Proposal:
    """Agree to a proposal as second person."""
    workspace = session.workspace
    return second_people.approve(workspace.ledger, workspace.policy, proposal, session.actor, session.reason)


@act("audit.read", count=len)
def audit_events(
    session: Session, case: str = "", actor: str = "", shown: str = "", limit: int = 200
) -> pd.DataFrame:
    """Entries of the audit, newest first: who looked at what, under which case, why."""
    events = session.workspace.audit.events(
        case=case or None, actor=actor or None, shown=shown or None, newest_first=True, limit=limit
    )
    columns = (
        "seq",
        "at",
        "actor",
        "client",
        "act",
        "case",
        "purpose",
        "reason",
        "count",
        "outcome",
        "decided",
    )
    return pd.DataFrame([{c: getattr(e, c) for c in columns} for e in events], columns=list(columns))


@act("audit.verify", count=lambda v: v.events)
def verify_audit(session: Session) -> Verdict:
    """Compute the chain anew and compare it with its heads."""
    return session.workspace.audit.verify()
