"""Delimited text: row numbers as a spreadsheet counts, ragged rows aside, headers of several rows."""

from __future__ import annotations

import gzip
from itertools import pairwise
from pathlib import Path

import pytest

from graph.errors import SourceError
from loaders.sources import delimited
from tests.loaders.making import opened, refused, rows, write


def test_rows_are_numbered_from_the_header(tmp_path: Path) -> None:
    source = opened(write(tmp_path, "a.csv", "a,b\n1,2\n3,4\n"))
    assert source.sheets[0].header == ("a", "b")
    assert rows(source) == [(2, 0, "1", "2"), (3, 0, "3", "4")]


def test_a_quoted_newline_makes_no_row(tmp_path: Path) -> None:
    source = opened(write(tmp_path, "a.csv", '"a\nx",b\n"1\n\n1",2\n3,"say ""no"""\n'))
    assert source.sheets[0].header == ("a x", "b")
    assert rows(source) == [(2, 0, "1\n\n1", "2"), (3, 0, "3", 'say "no"')]


def test_ragged_rows_are_refused_with_their_numbers(tmp_path: Path) -> None:
    source = opened(write(tmp_path, "a.csv", 'a,b\n1,2\n"x\ny"\n3,4\n5,6,7\n8,9\n,\n1\n'))
    assert [row[0] for row in rows(source)] == [2, 4, 6, 7]
    assert [(r.row, r.reason, r.cells) for r in refused(source)] == [
        (3, "ragged", ("x\ny",)),
        (5, "ragged", ("5", "6", "7")),
        (8, "ragged", ("1",)),
    ]


def test_numbers_hold_over_many_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BLOCK", 1 << 12)
    lines = [f"{n},x" if n % 97 else f"{n}" if n % 2 else f'"{n}\n",y' for n in range(2, 20_002)]
    source = opened(write(tmp_path, "a.csv", "\n".join(["a,b", *lines]) + "\n"))
    told = [(row, int(a)) for row, _, a, _ in rows(source)]
    assert told
    assert all(row == number for row, number in told)
    bad = refused(source)
    assert all(r.row == int(r.cells[0]) for r in bad)
    assert len(told) + len(bad) == 20_000
    chunks = list(source.sheets[0].chunks())
    assert len(chunks) > 10
    for earlier, later in pairwise(chunks):
        assert all(r.row < later.rows[0].as_py() for r in earlier.refused if len(later.rows))


@pytest.mark.parametrize(
    ("name", "text", "options"),
    [
        ("a.tsv", "a\tb\n1\t2\n", {}),
        ("a.txt", "a|b\n1|2\n", {"delimiter": "|"}),
        ("a.csv", "a;b\r\n1;2\r\n", {"delimiter": ";"}),
        ("a.psv", "a|b\r1|2", {}),
    ],
)
def test_any_delimiter_and_line_end(tmp_path: Path, name: str, text: str, options: dict[str, str]) -> None:
    source = opened(write(tmp_path, name, text), **options)
    assert (source.sheets[0].header, rows(source)) == (("a", "b"), [(2, 0, "1", "2")])


def test_quotes_can_be_text(tmp_path: Path) -> None:
    source = opened(write(tmp_path, "a.csv", 'a,b\n"1,2\n3,4\n'), quote="none")
    assert rows(source) == [(2, 0, '"1', "2"), (3, 0, "3", "4")]


def test_two_header_rows_below_a_title_are_joined(tmp_path: Path) -> None:
    text = "某某县干部名册\n制表日期,2019-03-05\n基本情况,,任职\n姓名,性别,单位,\n张三,男,住建局,x\n"
    text = text.replace("基本情况,,任职", "基本情况,,任职,")
    source = opened(write(tmp_path, "a.csv", text), skip_rows="2", header_rows="2")
    assert source.sheets[0].header == ("基本情况/姓名", "基本情况/性别", "任职/单位", "任职")
    assert rows(source) == [(5, 0, "张三", "男", "住建局", "x")]


def test_no_header_gives_letters(tmp_path: Path) -> None:
    source = opened(write(tmp_path, "a.csv", "1,2\n3,4\n"), header_rows="0")
    assert source.sheets[0].header == ("(A)", "(B)")
    assert rows(source) == [(1, 0, "1", "2"), (2, 0, "3", "4")]


def test_names_that_stand_twice_or_are_missing(tmp_path: Path) -> None:
    source = opened(write(tmp_path, "a.csv", "金额,,金额\n1,2,3\n"))
    assert source.sheets[0].header == ("金额", "(B)", "金额 (2)")


def test_gzip_and_gbk_together(tmp_path: Path) -> None:
    packed = gzip.compress("姓名,单位\n张三,住房和城乡建设局\n".encode("gb18030"))
    source = opened(write(tmp_path, "a.csv.gz", packed))
    assert source.encoding == "gb18030"
    assert rows(source) == [(2, 0, "张三", "住房和城乡建设局")]


def test_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    assert rows(opened(write(tmp_path, "a.csv", "a,b\n"))) == []


def test_an_empty_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no header row"):
        opened(write(tmp_path, "a.csv", ""))


def test_a_quote_that_never_closes_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BLOCK", 1 << 12)
    source = opened(write(tmp_path, "a.csv", 'a,b\n1,"2\n' + "3,4\n" * 5000))
    with pytest.raises(SourceError, match="quote"):
        rows(source)
