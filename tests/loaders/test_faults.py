"""Of several faults of one row the first is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from loaders.faults import Faults, tally
from tests.lake.records import open_lake
from tests.loaders.making import load, mapping, records, write


def reasons(*codes: str | None) -> pa.Array:
    return pa.array(codes, pa.string())


def test_the_first_fault_stays() -> None:
    faults = Faults(3)
    everywhere = np.ones(3, dtype=np.bool_)
    faults.add("a", reasons(None, "number", None), everywhere)
    faults.add("b", reasons("calendar", "calendar", None), everywhere)
    faults.add("c", reasons("x", "x", "x"), np.array([False, False, False]))
    assert faults.good.tolist() == [False, False, True]
    columns, codes, counts = faults.told()
    assert (columns, codes) == (["b", "a"], ["calendar", "number"])
    assert counts == {("b", "calendar"): 1, ("a", "number"): 1}


def test_of_pieces_of_a_row_the_first_one_counts() -> None:
    faults = Faults(2)
    where = np.ones(3, dtype=np.bool_)
    faults.add("a", reasons("first", "second", None), where, np.array([1, 1, 0]))
    assert faults.told()[:2] == (["a"], ["first"])
    assert faults.good.tolist() == [True, False]


def test_notes_are_counted_where_the_item_is_present() -> None:
    assert tally("a", reasons("x", "x", None), np.array([True, False, True])) == {("a", "x"): 1}
    assert tally("a", None, np.array([True])) == {}


def test_a_bad_piece_refuses_its_whole_row(tmp_path: Path) -> None:
    text = """\
entities:
  p: {kind: Person, key: [a]}
  o: {kind: Organisation, key: [b]}
relations:
  r:
    kind: OFFICER_OF
    from: p
    to: o
    split: {column: c, by: /}
    properties: {role: {column: c, values: {x: chair, y: director}}}
"""
    lake = open_lake(tmp_path)
    file = write(tmp_path, "a.csv", "a,b,c\n1,1,x/y\n2,1,x/z\n3,1,y\n")
    report = load(lake, file, mapping(tmp_path, text))
    assert [(r.column, r.reason) for r in report.reasons] == [("c", "unlisted")]
    keys = dict(records(lake, "Person", "row, source_key"))
    assert list(keys) == [2, 4]
    told = records(lake, "OFFICER_OF", "row, from_key, role", "row, role")
    assert told == [(2, keys[2], "chair"), (2, keys[2], "director"), (4, keys[4], "director")]
