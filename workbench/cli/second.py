"""Commands for acts that need two people: what waits for the second one, and agreeing."""

from __future__ import annotations

from typing import Annotated

import typer

from governance.second import Decision, Proposal
from workbench import govern
from workbench.cli.app import second
from workbench.cli.output import HERE, JsonOption, ReasonOption, WorkspaceOption, session, show


@second.command("list")
def list_proposals(
    alone: Annotated[
        bool, typer.Option("--alone", help="What was decided alone, for a later second reader.")
    ] = False,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Acts that wait for a second person, as far as they concern you."""
    with session(workspace) as (_, s):
        found: tuple[Proposal | Decision, ...] = govern.decided_alone(s) if alone else govern.proposals(s)
        show(found if as_json else [_row(one) for one in found], as_json)


def _row(one: Proposal | Decision) -> dict[str, object]:
    return {
        "number": one.seq,
        "case": one.ask.case,
        "act": one.ask.act,
        "subject": one.ask.subject,
        "by": one.ask.actor,
        "reason": one.reason,
        "second": one.second,
    }


@second.command("approve")
def approve(
    number: int, reason: ReasonOption, workspace: WorkspaceOption = HERE, as_json: JsonOption = False
) -> None:
    """Agree to a proposal; who made it may then do the act once."""
    with session(workspace, reason=reason) as (_, s):
        agreed = govern.approve(s, number)
        show(agreed if as_json else _row(agreed), as_json)
