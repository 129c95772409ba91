"""Resolution: seconds at 200,000 and at 1,000,000 records. Five times the records must not take much more than five times."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path

from bench.clock import Took, in_child, peak_mb, took, walls
from bench.finding import Finding, Target
from bench.import_rows import import_once, open_lake
from bench.setting import Setting
from entity_resolution.resolve import resolve
from graph.store import no_progress

SIZES = (200_000, 1_000_000)
RECORDS_A_ROW = 5
TOKEN_KEY = b"bench" * 8
GROWTH = 6.0
"""Times the seconds that five times the records may take: linear, and a fifth for caches and sorting."""


def run(setting: Setting) -> Iterator[Finding]:
    """See the module."""
    times: list[tuple[float, ...]] = []
    for records in SIZES:
        source = setting.rows(records // RECORDS_A_ROW)
        found = [_resolved(setting, source) for _ in range(setting.rounds(2))]
        times.append(walls(run for run, _, _ in found))
        processor = statistics.median(run.processor for run, _, _ in found)
        peak = max(peak for _, peak, _ in found)
        note = f"{found[0][2]:,} records, processor time {processor:.1f} s, peak {peak:,.0f} MB"
        yield Finding(f"resolve {setting.size(records):,} records", "s", times[-1], note=note)
    small, large = times
    yield Finding(
        "resolve, five times the records", "s", large, small, "the smaller size", Target("ratio", GROWTH)
    )


def _resolved(setting: Setting, source: Path) -> tuple[Took, float, int]:
    with setting.scratch() as folder:
        _, _, records = in_child(import_once, source, folder)
        return *in_child(resolve_once, folder), records


def resolve_once(folder: Path) -> tuple[Took, float]:
    """Times of the first resolution of the lake in ``folder``, and peak memory of the process in MB."""
    lake = open_lake(folder)
    with lake.writing():
        times = took(lambda: resolve(lake, TOKEN_KEY, no_progress))
    lake.ledger.close()
    return times, peak_mb()
