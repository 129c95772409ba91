"""What the command line prints: tables for people, JSON for scripts, progress only on a terminal."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from graph.store import Progress as ProgressCallback
from workbench.workspace import Session, Workspace, open_workspace

WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", "-w", envvar="MINGCHA_WORKSPACE", help="Folder of the workspace.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON value instead of tables.")]
CaseOption = Annotated[str, typer.Option("--case", "-c", help="Number of the case under which you look.")]
ReasonOption = Annotated[
    str, typer.Option("--reason", "-r", help="Why you do this; it is kept in the audit.")
]
ConfirmOption = Annotated[
    bool, typer.Option("--confirm", help="Policy solo: you have read the two-person rule and decide alone.")
]
ProposeOption = Annotated[
    bool, typer.Option("--propose", help="Policy team: do nothing yet, ask for a second person.")
]
HERE = Path()
_WHOLE = frozenset({"id", "number", "batch", "row", "编号", "行"})
"""Columns to copy from: never broken over lines."""

console = Console()
errors = Console(stderr=True)


@contextmanager
def session(
    folder: Path, case: str = "", reason: str = "", confirmed: bool = False
) -> Iterator[tuple[Workspace, Session]]:
    """An open workspace and a session of the local user on it."""
    with open_workspace(folder) as workspace:
        yield workspace, workspace.session(case, reason, client="cli", confirmed=confirmed)


def plain(value: Any) -> Any:
    """``value`` as JSON values: dataclasses as objects (what they compute included), times as ISO text, tables as lists of rows, nothing as null."""
    if isinstance(value, pd.DataFrame):
        return [plain(row) for row in value.to_dict("records")]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        computed = (name for name, member in vars(type(value)).items() if isinstance(member, property))
        names = (*(f.name for f in dataclasses.fields(value)), *computed)
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(plain(v) for v in value)
    if isinstance(value, np.ndarray) or (isinstance(value, Sequence) and not isinstance(value, str)):
        return [plain(v) for v in value]
    if value is None or pd.isna(value):
        return None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, np.generic):
        return value.item()
    return value if isinstance(value, str | int | float | bool) else str(value)


def show(value: Any, as_json: bool, title: str = "") -> None:
    """Print a result: JSON, or a table of its rows or fields."""
    found = plain(value)
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=None))
        return
    rows = found if isinstance(found, list) else [found]
    if rows and all(isinstance(r, dict) for r in rows):
        _table(rows, title)
    else:
        for row in rows:
            console.print(row, markup=False, highlight=False)
    if isinstance(found, list) and not rows:
        console.print("—", markup=False)


def _table(rows: list[dict[str, Any]], title: str) -> None:
    table = Table(title=title or None, title_justify="left")
    if len(rows) == 1:
        table.add_column("")
        table.add_column("")
        for key, cell in rows[0].items():
            table.add_row(key, _text(cell))
    else:
        for key in rows[0]:
            table.add_column(key, overflow="fold", no_wrap=key in _WHOLE)
        for row in rows:
            table.add_row(*(_text(cell) for cell in row.values()))
    console.print(table, markup=False)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dict):
        return ", ".join(f"{k} {_text(v)}" for k, v in cell.items())
    if isinstance(cell, list):
        return ", ".join(_text(v) for v in cell)
    return str(cell)


@contextmanager
def progress() -> Iterator[ProgressCallback]:
    """A progress bar with counts and speed on a terminal; silence in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _done, _total, _stage: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors, transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def tell(done: int, total: int, stage: str) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total or None, speed="")
            speed = bar.tasks[tasks[stage]].speed
            rate = f"{speed:,.0f}/s" if speed else ""
            bar.update(tasks[stage], completed=done, total=total or None, speed=rate)

        yield tell
