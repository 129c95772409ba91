"""Measure speed, each time beside a peer in the same run; results as a table here and as a file.

``python -m bench`` measures everything (about an hour on two cores); ``python -m bench import paths`` two of the
measures; ``--small`` all at a twentieth of the size, to see that they run: its figures say nothing of a target.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench import report
from bench.clock import load, machine
from bench.report import Measured
from bench.setting import Setting
from graph.errors import MingchaError

MEASURES = {
    "import": "import_rows",
    "resolve": "resolve",
    "publish-embedded": "publish_embedded",
    "publish-neo4j": "publish_neo4j",
    "rebuild-neo4j": "rebuild_neo4j",
    "expand": "expand",
    "paths": "paths",
    "canvas": "canvas",
}
"""Name → module of this package with a function ``run(setting)`` that yields findings."""

SMALL = 20
ROOT = Path(__file__).resolve().parents[1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the chosen measures; 0 where all could be taken, met or not."""
    given = _given(arguments)
    setting = Setting(given.data, given.divide, not given.without_neo4j)
    chosen = given.measure or list(MEASURES)
    measured: list[Measured] = []
    file = report.new_file(given.out)
    print(report.HEAD, flush=True)
    for name in chosen:
        measured.append(_measured(name, setting))
        print("\n".join(report.lines(measured[-1])), flush=True)
        report.write(file, measured, machine(), given.divide)
    print()
    for one in measured:
        print("\n".join(report.notes(one)))
    print(f"\nwritten to {file}")
    return 1 if any(one.failed for one in measured) else 0


def _measured(name: str, setting: Setting) -> Measured:
    measured, started, before = Measured(name), time.perf_counter(), load()
    try:
        for finding in importlib.import_module(f"bench.{MEASURES[name]}").run(setting):
            measured.findings.append(finding)
    except MingchaError as fault:  # no Java here, no Chromium, …: the other measures go on
        measured.failed = str(fault)
    measured.seconds, measured.load = time.perf_counter() - started, (before, load())
    return measured


def _given(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("measure", nargs="*", help=f"which: {', '.join(MEASURES)}; none = all")
    parser.add_argument(
        "--divide", type=_divisor, default=1, metavar="N", help="divide every size by N, run once"
    )
    parser.add_argument(
        "--small", action="store_const", const=SMALL, dest="divide", help=f"the same as --divide {SMALL}"
    )
    parser.add_argument(
        "--without-neo4j", action="store_true", help="expand and paths on the embedded store only"
    )
    parser.add_argument("--data", type=Path, default=ROOT / ".cache" / "bench", help="where inputs are kept")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "bench" / "results", help="where results are written"
    )
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.measure if name not in MEASURES]:
        parser.error(f"no measure {', '.join(unknown)}; there are {', '.join(MEASURES)}")
    return given


def _divisor(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


if __name__ == "__main__":
    sys.exit(main())
