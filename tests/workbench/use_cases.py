"""One call of every use case behind the door, in an order in which each can be done on the demo workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from governance.cases import NewCase
from governance.widen import hops_ask
from workbench import Session, build, govern, ingest, investigate, status

Call = Callable[[Session, Path], Any]


def seed(session: Session) -> str:
    """The first seed of the session's case."""
    return govern.show_case.__wrapped__(session).seeds[0]  # type: ignore[attr-defined,no-any-return]


def a_relation(session: Session) -> str:
    """A relation of the first seed."""
    found = session.workspace.store.neighbors(seed(session), _view(session))
    return found.subgraph.relations[0].id


def far_end(session: Session) -> str:
    """A neighbour of the first seed."""
    found = session.workspace.store.neighbors(seed(session), _view(session))
    return next(e.id for e in found.subgraph.entities if e.id != seed(session))


def _view(session: Session) -> Any:
    from workbench.scope import sight

    return sight(session).view()


def _new() -> NewCase:
    return NewCase("T-1", "试验", "工程招投标", "preliminary", "初核批准", "一室")


def _first_batch(session: Session) -> str:
    return session.workspace.lake.batches()[0].info.id


def _end(session: Session) -> Any:
    return session.workspace.ledger.now() + timedelta(days=300)


CALLS: Mapping[str, Call] = {
    "workbench.status.status": lambda s, _: status.status(s),
    "workbench.govern.new_case": lambda s, _: govern.new_case(s, _new()),
    "workbench.govern.my_cases": lambda s, _: govern.my_cases(s),
    "workbench.govern.show_case": lambda s, _: govern.show_case(s),
    "workbench.govern.open_case": lambda s, _: govern.open_case(s),
    "workbench.investigate.find": lambda s, _: investigate.find(s, "宏途路桥有限公司"),
    "workbench.govern.add_seeds": lambda s, _: govern.add_seeds(s, [far_end(s)]),
    "workbench.govern.remove_seed": lambda s, _: govern.remove_seed(s, case_seeds(s)[-1]),
    "workbench.govern.set_hops": lambda s, _: govern.set_hops(s, 2),
    "workbench.govern.extend_case": lambda s, _: govern.extend_case(s.because(s.reason, True), _end(s)),
    "workbench.govern.add_members": lambda s, _: govern.add_members(s, ["second"]),
    "workbench.govern.remove_member": lambda s, _: govern.remove_member(s, "second"),
    "workbench.govern.set_stage": lambda s, _: govern.set_stage(s, "preliminary"),
    "workbench.govern.pin": lambda s, _: govern.pin(s, {seed(s): (1.0, 2.0)}),
    "workbench.govern.pinned": lambda s, _: govern.pinned(s),
    "workbench.govern.save_view": lambda s, _: govern.save_view(s, "第一图", {"ids": [seed(s)]}),
    "workbench.govern.saved_views": lambda s, _: govern.saved_views(s),
    "workbench.govern.propose": lambda s, _: govern.propose(s, hops_ask(s.case, 3, s.actor)),
    "workbench.govern.proposals": lambda s, _: govern.proposals(s),
    "workbench.govern.decided_alone": lambda s, _: govern.decided_alone(s),
    "workbench.govern.approve": lambda s, _: govern.approve(as_second(s), _open_proposal(s)),
    "workbench.investigate.first_picture": lambda s, _: investigate.first_picture(s),
    "workbench.investigate.view": lambda s, _: investigate.view(s, [seed(s)]),
    "workbench.investigate.open_entity": lambda s, _: investigate.open_entity(s, seed(s)),
    "workbench.investigate.expand": lambda s, _: investigate.expand(s, seed(s)),
    "workbench.investigate.paths": lambda s, _: investigate.paths(s, seed(s), far_end(s)),
    "workbench.investigate.evidence": lambda s, _: investigate.evidence(s, a_relation(s)),
    "workbench.investigate.reveal": lambda s, _: investigate.reveal(s, seed(s), "idNumber"),
    "workbench.investigate.export": lambda s, _: investigate.export(s, [seed(s)]),
    "workbench.investigate.query": lambda s, _: investigate.query(
        s, "MATCH (p:Person) RETURN p.id AS person"
    ),
    "workbench.ingest.try_import": lambda s, made: ingest.try_import(
        s, made / "sources" / "中标.csv", "county_awards"
    ),
    "workbench.ingest.import_file": lambda s, made: ingest.import_file(
        s, made / "sources" / "中标.csv", "county_awards"
    ),
    "workbench.ingest.batches": lambda s, _: ingest.batches(s),
    "workbench.ingest.export_rejects": lambda s, made: ingest.export_rejects(
        s, _first_batch(s), made / "rejects.csv"
    ),
    "workbench.ingest.retract": lambda s, _: ingest.retract(s, _first_batch(s)),
    "workbench.build.resolve": lambda s, _: build.resolve(s),
    "workbench.build.publish": lambda s, _: build.publish(s),
    "workbench.govern.audit_events": lambda s, _: govern.audit_events(s),
    "workbench.govern.verify_audit": lambda s, _: govern.verify_audit(s),
}
"""Qualified name → call of (session, folder of the workspace)."""


def case_seeds(session: Session) -> tuple[str, ...]:
    """The seeds of the session's case as the ledger has them."""
    from governance.cases import read_case

    return read_case(session.workspace.ledger, session.case).seeds


def as_second(session: Session) -> Session:
    """Another member of the case, made one without passing the door."""
    from governance.cases import add_members

    add_members(session.workspace.ledger, session.case, ["second"], session.actor, "test")
    return session.workspace.session(session.case, session.reason, actor="second", client="test")


def _open_proposal(session: Session) -> int:
    from governance.second import open_proposals

    return open_proposals(session.workspace.ledger, session.workspace.policy)[-1].seq
