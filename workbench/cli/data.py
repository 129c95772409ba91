"""Commands that bring data in and build the graph: init, import, resolve, publish, build, batch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, cast

import typer

from workbench import build as build_graph
from workbench import ingest
from workbench.cli.app import app, batch
from workbench.cli.output import HERE, JsonOption, ReasonOption, WorkspaceOption, progress, session, show
from workbench.settings import GraphSettings, Settings, WorkspaceSettings
from workbench.workspace import init_workspace

Store = Literal["embedded", "neo4j"]


@app.command()
def init(
    folder: Path,
    training: Annotated[bool, typer.Option("--training", help="Only fictional data may enter.")] = False,
    policy: Annotated[str, typer.Option(help="solo, team, or a file of your own.")] = "solo",
    store: Annotated[str, typer.Option(help="embedded, or neo4j.")] = "embedded",
    managed: Annotated[bool, typer.Option("--managed", help="Mingcha runs the Neo4j server itself.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a workspace in a new or empty folder."""
    if store not in ("embedded", "neo4j"):
        raise typer.BadParameter("store is embedded or neo4j")
    settings = Settings(
        workspace=WorkspaceSettings(mode="training" if training else "live", policy=policy),
        graph=GraphSettings(store=cast("Store", store), managed=managed),
    )
    show({"workspace": init_workspace(folder, settings)}, as_json)


@app.command("import")
def import_files(
    files: Annotated[list[Path], typer.Argument(help="Files to load; all of one shape.")],
    mapping: Annotated[
        str, typer.Option("--mapping", "-m", help="A mapping file, or the name of one that ships.")
    ],
    workspace: WorkspaceOption = HERE,
    dataset: Annotated[str, typer.Option(help="Another dataset than the mapping names.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything and load nothing.")] = False,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace", help="Retract the batch this file made under another version of the mapping."
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Load files into the lake under a mapping."""
    reports = []
    try:
        with session(workspace) as (_, s), progress() as tell:
            for file in files:
                if dry_run:
                    reports.append(ingest.try_import(s, file, mapping, dataset=dataset, progress=tell))
                else:
                    reports.append(
                        ingest.import_file(s, file, mapping, dataset=dataset, replace=replace, progress=tell)
                    )
    finally:  # what was loaded before a file was refused is loaded
        if as_json:
            show(reports, True)
        for report in () if as_json else reports:
            show(ingest.summary(report), False)


@app.command()
def resolve(workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """Resolve the records in force to entities and relations."""
    with session(workspace) as (_, s), progress() as tell:
        show(build_graph.resolve(s, progress=tell), as_json)


@app.command()
def publish(
    workspace: WorkspaceOption = HERE,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Load the store anew; a managed Neo4j stops for it.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring the graph store to the resolved snapshot."""
    with session(workspace) as (_, s), progress() as tell:
        show(build_graph.publish(s, rebuild=rebuild, progress=tell), as_json)


@app.command()
def build(workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """Resolve, then publish."""
    with session(workspace) as (_, s), progress() as tell:
        resolved = build_graph.resolve(s, progress=tell)
        published = build_graph.publish(s, progress=tell)
    show({"resolved": resolved, "published": published}, as_json)


@batch.command("list")
def list_batches(
    workspace: WorkspaceOption = HERE,
    retracted: Annotated[bool, typer.Option("--retracted", help="Also those taken back.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Batches in the order they came."""
    with session(workspace) as (_, s):
        show(ingest.batches(s, retracted), as_json)


@batch.command("retract")
def retract(
    batch_id: str, reason: ReasonOption, workspace: WorkspaceOption = HERE, as_json: JsonOption = False
) -> None:
    """Take a batch out of every view; its files stay. Run build afterwards."""
    with session(workspace, reason=reason) as (_, s):
        show(ingest.retract(s, batch_id), as_json)


@batch.command("rejects")
def rejects(
    batch_id: str,
    to: Annotated[Path, typer.Option("--to", help="CSV file to write.")],
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Write the refused rows of a batch, masked, with reasons."""
    with session(workspace) as (_, s):
        show({"file": ingest.export_rejects(s, batch_id, to)}, as_json)
