"""Bringing files in, and taking batches back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from graph.store import Progress, no_progress
from lake.batches import Batch
from loaders import importer, rejects
from loaders.mapping import SourceMapping, read_mapping, shipped_mapping
from loaders.report import ImportReport
from workbench.door import act
from workbench.workspace import Session, Workspace


def mapping_named(workspace: Workspace, name: str | Path) -> SourceMapping:
    """A mapping file by path, or one that ships by name."""
    path = Path(name)
    registers = workspace.lake.registers
    if path.suffix in (".yaml", ".yml"):
        return read_mapping(path, workspace.schema, registers)
    return shipped_mapping(str(name), workspace.schema, registers)


def _loaded(report: ImportReport) -> int:
    return report.loaded


@act("import.run", count=_loaded)
def import_file(
    session: Session, file: Path, mapping: str | Path, dataset: str = "", replace: bool = False,
    progress: Progress = no_progress,
) -> ImportReport:  # fmt: skip
    """Load one file into the lake. The same file under the same mapping again changes nothing."""
    return _import(session, file, mapping, dataset, replace, False, progress)


@act("import.dryRun", count=_loaded)
def try_import(
    session: Session, file: Path, mapping: str | Path, dataset: str = "", progress: Progress = no_progress
) -> ImportReport:
    """Check a file under a mapping to the last row and load nothing."""
    return _import(session, file, mapping, dataset, False, True, progress)


def _import(
    session: Session,
    file: Path,
    mapping: str | Path,
    dataset: str,
    replace: bool,
    dry: bool,
    progress: Progress,
) -> ImportReport:
    workspace = session.workspace
    return importer.import_file(
        workspace.lake, file, mapping_named(workspace, mapping), actor=session.actor,
        mode=workspace.settings.workspace.mode, dataset=dataset or None, dry_run=dry, replace=replace,
        progress=progress,
    )  # fmt: skip


def batch_row(batch: Batch) -> dict[str, Any]:
    """One batch as a row of a table."""
    info = batch.info
    return {
        "batch": info.id,
        "dataset": info.dataset,
        "file": info.file_name,
        "sheet": info.sheet,
        "mapping": info.mapping,
        "read": batch.read,
        "loaded": batch.loaded,
        "rejected": batch.rejected,
        "sourceGrade": info.source_grade,
        "recordedAt": batch.recorded_at,
        "by": batch.actor,
        "retracted": batch.retracted,
        "sha256": info.sha256,
    }


@act("batch.list", count=len)
def batches(session: Session, retracted: bool = False) -> pd.DataFrame:
    """Batches in the order they came; with ``retracted`` also those taken back."""
    return pd.DataFrame([batch_row(b) for b in session.workspace.lake.batches(retracted=retracted)])


@act("batch.retract", count=lambda _: 1)
def retract(session: Session, batch_id: str) -> Mapping[str, Any]:
    """Take a batch out of every view known from now on; its files stay. Build afterwards."""
    lake = session.workspace.lake
    with lake.writing():
        line = lake.retract(batch_id, session.actor, session.reason)
    return {"batch": batch_id, "line": line.seq, "at": line.at, "next": "mingcha build"}


@act("batch.list", count=lambda _: 1)
def export_rejects(session: Session, batch_id: str, to: Path) -> Path:
    """Write the refused rows of a batch as CSV: row, column, reason, cells masked by grade."""
    rejects.export_rejects(session.workspace.lake, batch_id, to)
    return to


def summary(report: ImportReport) -> dict[str, Any]:
    """An import in a few words, for a terminal."""
    told: dict[str, Any] = {
        "file": report.file,
        "mapping": report.mapping,
        "encoding": report.encoding or report.format,
        "read": report.read,
        "loaded": report.loaded,
        "rejected": report.rejected,
        "reasons": {f"{r.column} {r.reason}".strip(): r.count for r in report.reasons},
        "records": dict(report.tables),
        "dropped": list(report.dropped),
        "redacted": list(report.redacted),
        "batch": [b.info.id for b in report.batches],
        "rows/s": round(report.read / report.seconds) if report.seconds and not report.unchanged else None,
    }
    if report.unchanged:
        told["note"] = "unchanged: the lake holds this file under this mapping already"
    if report.dry_run:
        told["note"] = "dry run: nothing was written"
    return {k: v for k, v in told.items() if v not in (None, "", [], {})}
