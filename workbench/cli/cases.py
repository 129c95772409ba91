"""Commands on cases and the audit."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from governance.cases import Case, NewCase
from governance.widen import hops_ask, seeds_ask
from workbench import govern
from workbench.cli.app import audit, case
from workbench.cli.output import (
    HERE,
    CaseOption,
    ConfirmOption,
    JsonOption,
    ProposeOption,
    ReasonOption,
    WorkspaceOption,
    session,
    show,
)


@case.command("new")
def new(
    number: str,
    title: Annotated[str, typer.Option()],
    class_code: Annotated[str, typer.Option("--class", help="Class of the case, e.g. 工程招投标.")],
    purpose: Annotated[str, typer.Option(help="A purpose of policy/vocabulary.yaml, e.g. preliminary.")],
    basis: Annotated[str, typer.Option(help="Legal basis, in words.")],
    unit: Annotated[str, typer.Option(help="Handling unit.")],
    expires: Annotated[
        datetime | None, typer.Option(help="Last day, YYYY-MM-DD; else the policy's days.")
    ] = None,
    member: Annotated[list[str] | None, typer.Option(help="Further members.")] = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Open a case file."""
    ends = expires.astimezone() if expires else None
    made = NewCase(number, title, class_code, purpose, basis, unit, expires=ends, members=tuple(member or ()))
    with session(workspace) as (_, s):
        show(govern.new_case(s, made), as_json)


@case.command("list")
def list_cases(workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """The cases you are a member of."""
    with session(workspace) as (_, s):
        found = govern.my_cases(s)
        show(found if as_json else [_row(c) for c in found], as_json)


def _row(found: Case) -> dict[str, object]:
    return {
        "number": found.number,
        "title": found.title,
        "class": found.class_code,
        "stage": found.stage,
        "purpose": f"{found.purpose.code} · {found.purpose.legal_basis}",
        "until": f"{found.purpose.expires:%Y-%m-%d}",
        "members": len(found.members),
        "seeds": len(found.seeds),
        "hops": found.hops,
    }


@case.command("show")
def show_case(number: str, workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """What a case is."""
    with session(workspace, number) as (_, s):
        show(govern.show_case(s), as_json)


@case.command("add")
def add(
    number: str,
    entity: list[str],
    reason: ReasonOption,
    confirm: ConfirmOption = False,
    propose: ProposeOption = False,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Add seeds (entity ids) to a case."""
    with session(workspace, number, reason, confirm) as (_, s):
        show(
            govern.propose(s, seeds_ask(number, entity, s.actor)) if propose else govern.add_seeds(s, entity),
            as_json,
        )


@case.command("hops")
def hops(
    number: str,
    count: int,
    reason: ReasonOption,
    confirm: ConfirmOption = False,
    propose: ProposeOption = False,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Set how many hops around its seeds a case sees."""
    with session(workspace, number, reason, confirm) as (_, s):
        show(
            govern.propose(s, hops_ask(number, count, s.actor)) if propose else govern.set_hops(s, count),
            as_json,
        )


@audit.command("show")
def show_audit(
    reason: ReasonOption,
    of_case: CaseOption = "",
    actor: Annotated[str, typer.Option(help="Only this person's.")] = "",
    shown: Annotated[str, typer.Option(help="Only entries that showed this id: who looked at it.")] = "",
    limit: int = 50,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Entries of the audit, newest first."""
    with session(workspace, reason=reason) as (_, s):
        show(govern.audit_events(s, case=of_case, actor=actor, shown=shown, limit=limit), as_json)


@audit.command("verify")
def verify(workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """Compute the audit chain anew; exit code 7 where it does not hold."""
    with session(workspace) as (_, s):
        verdict = govern.verify_audit(s)
    show(verdict, as_json)
    if not verdict.ok:
        raise typer.Exit(7)
