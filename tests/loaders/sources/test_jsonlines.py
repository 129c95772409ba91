"""JSON lines: columns are paths, one array makes rows, bad lines are refused."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from graph.errors import SourceError
from tests.loaders.making import opened, refused, rows, write


def lines(*objects: object) -> str:
    return "".join((o if isinstance(o, str) else json.dumps(o, ensure_ascii=False)) + "\n" for o in objects)


def test_columns_are_paths(tmp_path: Path) -> None:
    text = lines({"a": {"b": "甲", "c d": 1}}, {"a": {"b": None}, "e": [1, 2]})
    source = opened(write(tmp_path, "a.jsonl", text))
    assert source.sheets[0].header == ("$.a.b", '$.a."c d"', "$.e")
    assert rows(source) == [(1, 0, "甲", "1", None), (2, 0, None, None, "[1,2]")]


def test_an_array_is_exploded(tmp_path: Path) -> None:
    text = lines(
        {"no": "T1", "bids": [{"firm": "甲", "price": 1.5}, {"firm": "乙", "flags": ["x"]}]},
        {"no": "T2", "bids": []},
        {"no": "T3"},
    )
    source = opened(write(tmp_path, "a.jsonl", text), explode="$.bids")
    assert source.sheets[0].header == ("$.no", "$.bids[*].firm", "$.bids[*].price", "$.bids[*].flags")
    assert rows(source) == [
        (1, 1, "T1", "甲", "1.5", None),
        (1, 2, "T1", "乙", None, '["x"]'),
        (2, 0, "T2", None, None, None),
        (3, 0, "T3", None, None, None),
    ]


def test_an_array_of_words_is_exploded(tmp_path: Path) -> None:
    source = opened(write(tmp_path, "a.jsonl", lines({"n": 1, "xs": ["a", "b"]})), explode="$.xs")
    assert rows(source) == [(1, 1, "1", "a"), (1, 2, "1", "b")]


def test_bad_lines_are_refused_and_blank_ones_skipped(tmp_path: Path) -> None:
    source = opened(write(tmp_path, "a.jsonl", lines({"a": 1}, "", "{broken", "[1]", {"a": 2}).rstrip("\n")))
    assert rows(source) == [(1, 0, "1"), (5, 0, "2")]
    assert [(r.row, r.reason) for r in refused(source)] == [(3, "json"), (4, "json")]


def test_gbk_and_gzip(tmp_path: Path) -> None:
    packed = gzip.compress(lines({"单位": "住房和城乡建设局"}).encode("gb18030"))
    source = opened(write(tmp_path, "a.jsonl.gz", packed))
    assert (source.encoding, source.sheets[0].header, rows(source)) == (
        "gb18030",
        ("$.单位",),
        [(1, 0, "住房和城乡建设局")],
    )


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    file = write(tmp_path, "a.jsonl", lines({"a": 1}))
    with pytest.raises(SourceError, match=r"no array at \$\.b"):
        opened(file, explode="$.b")
    with pytest.raises(SourceError, match="no JSON object"):
        opened(write(tmp_path, "b.jsonl", "[1]\n"))
