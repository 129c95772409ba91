"""Import: rows a second and peak memory of 1,000,000 rows of 12 columns, beside DuckDB alone.

Ours guards privacy, checks and cleans every cell, and writes five records a row with their original cells. The
peer only reads the same text and writes it as Parquet: the floor, not an equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from bench.clock import Took, in_child, in_turn, peak_mb, processors, took
from bench.finding import Finding, Target
from bench.import_file import MAPPING
from bench.setting import Setting
from graph.schema import load_schema
from lake.lake import Lake
from lake.ledger import Ledger
from lake.registers import load_registers
from loaders.importer import import_file
from loaders.mapping import read_mapping
from loaders.report import ImportReport

ROWS = 1_000_000


def run(setting: Setting) -> Iterator[Finding]:
    """See the module."""
    source = setting.rows(ROWS)

    def ours() -> tuple[Took, float]:
        with setting.scratch() as folder:
            return in_child(import_once, source, folder)[:2]

    def peer() -> tuple[Took, float]:
        with setting.scratch() as folder:
            return in_child(plain, source, folder / "plain.parquet")

    found, other = in_turn(setting.rounds(3), ours, peer)
    rows, megabytes = setting.size(ROWS), source.stat().st_size / 1e6
    yield Finding(
        f"import {rows:,} rows × 12 columns ({megabytes:.0f} MB)",
        "rows/s",
        tuple(rows / run.wall for run, _ in found),
        tuple(rows / run.wall for run, _ in other),
        "DuckDB read_csv(all_varchar), COPY TO Parquet",
        Target("median", 50_000, least=True),
        processors((run for run, _ in found), (run for run, _ in other)),
    )
    yield Finding(
        "import, peak memory",
        "MB",
        tuple(peak for _, peak in found),
        tuple(peak for _, peak in other),
        "the same DuckDB",
        Target("median", 1500),
    )


def open_lake(folder: Path) -> Lake:
    """The lake in ``folder``, empty at first; its ledger is the caller's to close."""
    schema, registers = load_schema(), load_registers()
    return Lake(folder / "lake", schema, registers, Ledger.open(folder / "ledger.sqlite"))


def import_once(source: Path, folder: Path) -> tuple[Took, float, int]:
    """Times of an import into a fresh lake, peak memory of the process in MB, records written."""
    reports: list[ImportReport] = []
    times = took(lambda: reports.append(_imported(source, folder)))
    if reports[0].rejected:
        raise RuntimeError(f"{reports[0].rejected} rows were rejected; the bench would measure less")
    return times, peak_mb(), sum(reports[0].tables.values())


def _imported(source: Path, folder: Path) -> ImportReport:
    lake = open_lake(folder)
    mapping = read_mapping(MAPPING, lake.schema, lake.registers)
    report = import_file(lake, source, mapping, actor="bench", mode="training")
    lake.ledger.close()
    return report


def plain(source: Path, target: Path) -> tuple[Took, float]:
    """Times and peak memory of DuckDB alone."""
    return took(lambda: _copied(source, target)), peak_mb()


def _copied(source: Path, target: Path) -> None:
    with duckdb.connect() as connection:
        rows = connection.read_csv(str(source), header=True, all_varchar=True)
        rows.write_parquet(str(target), compression="zstd")
