"""Spreadsheets: typed cells as a person reads them, merged headers, several sheets."""

from __future__ import annotations

import gzip
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from graph.errors import SourceError
from tests.loaders.making import opened, rows


def book(folder: Path, sheets: dict[str, list[list[object]]], merged: tuple[str, ...] = ()) -> Path:
    made = Workbook()
    made.remove(made.active)
    for name, lines in sheets.items():
        sheet = made.create_sheet(name)
        for line in lines:
            sheet.append(line)
        for block in merged:
            sheet.merge_cells(block)
    file = folder / "a.xlsx"
    made.save(file)
    return file


def test_cells_become_the_text_a_person_reads(tmp_path: Path) -> None:
    line = [
        "007",
        7,
        7.0,
        0.1 + 0.2,
        True,
        date(2019, 3, 5),
        datetime(2019, 3, 5, 14, 3),
        None,
        12345.679999999999,
    ]
    source = opened(book(tmp_path, {"s": [list("abcdefghi"), line]}))
    told = ("007", "7", "7", "0.3", "true", "2019-03-05", "2019-03-05 14:03:00", "", "12345.68")
    assert rows(source) == [(2, 0, *told)]
    assert (source.format, source.encoding) == ("sheet", "")


def test_rows_count_from_the_top_of_the_sheet(tmp_path: Path) -> None:
    source = opened(book(tmp_path, {"s": [[], [], [None, "姓名"], [], [None, "张三"]]}), skip_rows="2")
    assert source.sheets[0].header == ("(A)", "姓名")
    assert rows(source) == [(4, 0, "", ""), (5, 0, "", "张三")]


def test_merged_headers_are_filled(tmp_path: Path) -> None:
    lines: list[list[object]] = [
        ["干部名册"],
        ["序号", "基本情况", None, None, "备注"],
        [None, "姓名", None, "单位", None],
        [1, "张三", "男", "住建局", "无"],
    ]
    file = book(tmp_path, {"s": lines}, ("A1:E1", "A2:A3", "B2:D2", "B3:C3", "E2:E3"))
    source = opened(file, skip_rows="1", header_rows="2")
    assert source.sheets[0].header == ("序号", "基本情况/姓名", "基本情况/姓名 (2)", "基本情况/单位", "备注")
    assert rows(source) == [(4, 0, "1", "张三", "男", "住建局", "无")]


def test_sheets_must_be_named_where_there_are_several(tmp_path: Path) -> None:
    file = book(tmp_path, {"一": [["a"], ["1"]], "二": [["a"], ["2"]], "空": []})
    with pytest.raises(SourceError, match="一, 二"):
        opened(file)
    both = opened(file, sheets="*")
    assert [(sheet.name, rows(both, i)) for i, sheet in enumerate(both.sheets)] == [
        ("一", [(2, 0, "1")]),
        ("二", [(2, 0, "2")]),
    ]
    one = opened(file, sheets="二")
    assert [(u.name, u.words) for u in one.unread] == [("一", ("a", "1"))]
    with pytest.raises(SourceError, match="no sheet 三"):
        opened(file, sheets=["三"])


def test_a_packed_workbook_is_read(tmp_path: Path) -> None:
    file = book(tmp_path, {"s": [["a"], ["1"]]})
    packed = tmp_path / "a.xlsx.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    assert rows(opened(packed)) == [(2, 0, "1")]


def test_a_broken_workbook_says_so(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(SourceError, match="not readable as a workbook"):
        opened(file)
