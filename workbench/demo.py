"""The demo workspace: a fictional county, imported, built, and two cases opened on it. Each step is done once."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from governance.cases import NewCase, find_case
from graph.errors import NotFound, SchemaError
from graph.store import Progress, no_progress
from training.county import write_county
from training.demo_case import DemoCase, DemoSeed, demo_cases
from workbench import build, govern, ingest, investigate
from workbench.settings import SETTINGS_FILE, GraphSettings, Settings, WorkspaceSettings
from workbench.workspace import Session, init_workspace, open_workspace

TITLE = "青屏县(虚构)"
REASON = "演示准备"


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What the demo workspace holds."""

    workspace: Path
    files: int
    rows: int
    rejected: int
    entities: int
    relations: int
    cases: tuple[str, ...]


def make(
    folder: Path, store: Literal["embedded", "neo4j"] = "embedded", progress: Progress = no_progress
) -> DemoReport:
    """Make the demo workspace in ``folder``, or finish one that was broken off; a finished one is left alone.

    ``SchemaError`` where the folder is a workspace of somebody's own or holds other things.
    """
    if not (folder / SETTINGS_FILE).exists():
        _clear_half_made(folder)
        graph = GraphSettings(store=store, managed=store == "neo4j")
        workspace = WorkspaceSettings(mode="training", policy="solo", title=TITLE)
        init_workspace(folder, Settings(workspace=workspace, graph=graph))
    with open_workspace(folder) as opened:
        if (opened.settings.workspace.mode, opened.settings.workspace.title) != ("training", TITLE):
            raise SchemaError(f"{folder} is a workspace of your own, not the demo; give another folder")
        session = opened.session(reason=REASON, client="demo")
        files = write_county(folder / "sources")
        for number, source in enumerate(files):
            progress(number, len(files), "demo: import")
            ingest.import_file(session, source.path, source.mapping)
        build.resolve(session)
        published = build.publish(session)
        cases = tuple(_case(session, case) for case in demo_cases())
        batches = opened.lake.batches()
        kinds = opened.schema.entities
        return DemoReport(
            folder,
            len(files),
            sum(b.read for b in batches),
            sum(b.rejected for b in batches),
            sum(n for kind, n in published.counts.items() if kind in kinds),
            sum(n for kind, n in published.counts.items() if kind not in kinds),
            cases,
        )


def _clear_half_made(folder: Path) -> None:
    """Remove what an ``init_workspace`` that was broken off leaves, and nothing else."""
    if folder.is_dir() and {entry.name for entry in folder.iterdir()} <= {"keys", f"{SETTINGS_FILE}.part"}:
        shutil.rmtree(folder)


def _case(session: Session, demo: DemoCase) -> str:
    workspace = session.workspace
    if find_case(workspace.ledger, demo.number) is None:
        expires = workspace.ledger.now() + timedelta(days=demo.days)
        new = NewCase(
            demo.number, demo.title, demo.class_code, demo.purpose, demo.legal_basis, demo.unit,
            stage=demo.stage, expires=expires, hops=demo.hops,
        )  # fmt: skip
        govern.new_case(session, new)
    inside = workspace.session(demo.number, demo.reason, client="demo")
    govern.add_seeds(inside, [_seed(inside, seed) for seed in demo.seeds])
    return demo.number


def _seed(session: Session, seed: DemoSeed) -> str:
    found = investigate.find(session, seed.name, (seed.kind,))
    if not found:
        raise NotFound(f"the demo has no {seed.kind} {seed.name}; delete the demo workspace and make it anew")
    return found[0].id
