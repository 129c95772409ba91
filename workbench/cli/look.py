"""Commands that look at a case's network: find, expand, path, evidence, query, reveal."""

from __future__ import annotations

from typing import Annotated

import typer

from governance.reveals import ValueRef, reveal_ask
from workbench import govern, investigate, tables
from workbench.cli.app import app
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

KindsOption = Annotated[list[str] | None, typer.Option("--kind", help="Only these relation kinds.")]


@app.command()
def find(
    text: str,
    case: CaseOption,
    reason: ReasonOption,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Entities by whole name or public code, to seed a case."""
    with session(workspace, case, reason) as (_, s):
        show(investigate.find(s, text), as_json)


@app.command()
def expand(
    entity_id: str,
    case: CaseOption,
    kind: KindsOption = None,
    limit: int = 50,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """One hop around an entity."""
    with session(workspace, case) as (w, s):
        found = investigate.expand(s, entity_id, tuple(kind or ()), limit)
        if as_json:
            show(found, True)
        else:
            show(found.counts, False)
            show(tables.relation_lines(found.subgraph, w.schema), False)


@app.command()
def path(
    a: str,
    b: str,
    case: CaseOption,
    without: Annotated[list[str] | None, typer.Option(help="Kinds not to go over.")] = None,
    longest: int = 6,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """All shortest paths between two entities."""
    with session(workspace, case) as (w, s):
        found = investigate.paths(s, a, b, longest, tuple(without or ()))
        if as_json:
            show(found, True)
        else:
            names = {e.id: e.name for e in found.subgraph.entities}
            show([{"path": " — ".join(names.get(n, n) for n in p.nodes)} for p in found.paths], False)
            show(tables.relation_lines(found.subgraph, w.schema), False)


@app.command()
def evidence(
    subject: str,
    case: CaseOption,
    limit: int = 20,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """The source rows behind an entity or relation."""
    with session(workspace, case) as (_, s):
        found = investigate.evidence(s, subject, limit)
        show(found if as_json else tables.evidence_table(found.rows), as_json)


@app.command()
def reveal(
    subject: str,
    name: Annotated[str, typer.Argument(metavar="PROPERTY")],
    case: CaseOption,
    reason: ReasonOption,
    confirm: ConfirmOption = False,
    propose: ProposeOption = False,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Show one masked value in clear, with a reason."""
    with session(workspace, case, reason, confirm) as (_, s):
        ask = reveal_ask(case, ValueRef(subject, name), s.actor)
        show(govern.propose(s, ask) if propose else investigate.reveal(s, subject, name), as_json)


@app.command()
def query(
    text: str,
    case: CaseOption,
    reason: ReasonOption,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Rows of a portable Cypher text over the case's own subgraph."""
    with session(workspace, case, reason) as (_, s):
        show(investigate.query(s, text), as_json)
