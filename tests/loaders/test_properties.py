"""Properties over invented files: nothing is lost, rows are where the csv module says, cuts do not matter."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.sources import delimited
from tests.lake.records import open_lake
from tests.loaders.making import load, mapping, records, write

MAPPING = """\
entities:
  a: {kind: Organisation, key: [a], properties: {name: a, established: b}}
  c: {kind: Organisation, key: [a, c], properties: {name: c}}
"""
cell = st.text(alphabet='甲乙ab ",\n年', max_size=6) | st.sampled_from(["2019", "2019-02-30", "2019年3月"])
row = st.lists(cell, min_size=3, max_size=3) | st.lists(cell, min_size=1, max_size=5)


def told(folder: Path, content: str, block: int) -> tuple[object, ...]:
    """What the lake says of the file when it is read in blocks of this size."""
    before, delimited.BLOCK = delimited.BLOCK, block
    try:
        lake = open_lake(folder)
        report = load(lake, write(folder, "a.csv", content), mapping(folder, MAPPING))
        assert load(lake, folder / "a.csv", mapping(folder, MAPPING)).unchanged
    finally:
        delimited.BLOCK = before
    organisations = records(lake, "Organisation", "row, item, record_id, source_key, name, established")
    rejects = records(lake, "rejects", '"row", reason', "row")
    (sheet,) = report.sheets
    return sheet, organisations, rejects, records(lake, "rows", "row, c0, c1, c2", "row")


@settings(max_examples=25, deadline=None)
@given(st.lists(row, max_size=40))
def test_every_row_is_loaded_or_refused_at_its_place(rows: list[list[str]]) -> None:
    sink = io.StringIO()
    csv.writer(sink, lineterminator="\n").writerows([["a", "b", "c"], *rows])
    content = sink.getvalue()
    # What the file says, by another reader. A line with nothing on it is a row of no cells.
    truth = dict(enumerate(csv.reader(io.StringIO(content)), 1))
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        sheet, organisations, rejects, kept = told(Path(one), content, 1 << 24)
        assert told(Path(other), content, 256) == (sheet, organisations, rejects, kept)
    assert sheet.read == sheet.loaded + sheet.rejected  # type: ignore[attr-defined]
    assert sheet.loaded == len(kept)  # type: ignore[attr-defined, arg-type]
    blank = sum(
        1 for n, cells in truth.items() if n > 1 and not "".join(cells).strip() and len(cells) in (0, 3)
    )
    assert sheet.read + blank == len(truth) - 1  # type: ignore[attr-defined]
    for number, *cells in kept:  # type: ignore[attr-defined]
        assert truth[number] == cells
    for number, reason in rejects:  # type: ignore[attr-defined]
        assert (reason == "ragged") == (len(truth[number]) != 3)
