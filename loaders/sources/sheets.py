"""Spreadsheets (XLSX, XLS, ODS) by calamine: typed cells become the text a person would read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from graph.errors import SourceError
from loaders.mapping_spec import FileSpec
from loaders.sources.chunks import Chunk, Sheet, SourceFile, Unread, header_names, letters, no_parts
from loaders.sources.text import blocks
from values.text import single_spaced

CHUNK_ROWS = 20_000
ALL = "*"
_HEAD_ROWS = 5


def open_workbook(file: Path, spec: FileSpec) -> SourceFile:
    """Open a workbook. Which sheets are read must be said where more than one has cells."""
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(b"".join(blocks(file))))
        names = book.sheet_names
        filled = [name for name in names if book.get_sheet_by_name(name).end is not None]
    except (CalamineError, OSError) as fault:
        raise SourceError(
            f"{file.name} is not readable as a workbook ({fault}); save it as XLSX and try again"
        ) from fault
    chosen = _chosen(file, spec.sheets, names, filled)
    sheets = tuple(_sheet(book.get_sheet_by_name(name), spec) for name in chosen)
    others = [book.get_sheet_by_name(name) for name in filled if name not in chosen]
    unread = tuple(Unread(sheet.name, tuple(_words(sheet))) for sheet in others)
    return SourceFile("sheet", "", sheets, unread)


def _words(sheet: CalamineSheet) -> Iterator[str]:
    for row in islice(_rows(sheet), _HEAD_ROWS):
        yield from (text for cell in row if (text := single_spaced(_text(cell))))


def _chosen(file: Path, asked: Sequence[str], names: Sequence[str], filled: Sequence[str]) -> Sequence[str]:
    if list(asked) == [ALL]:
        return filled
    if asked:
        if missing := [name for name in asked if name not in names]:
            raise SourceError(
                f"{file.name} has no sheet {', '.join(missing)}; its sheets are {', '.join(names)}"
            )
        return asked
    if len(filled) > 1:
        raise SourceError(
            f"{file.name} has the sheets {', '.join(filled)}; say under file: sheets which are read"
        )
    if not filled:
        raise SourceError(f"{file.name} is empty")
    return filled


def _sheet(sheet: CalamineSheet, spec: FileSpec) -> Sheet:
    before = spec.skip_rows + spec.header_rows
    head = [[_text(cell) for cell in row] for row in islice(_rows(sheet), before + (not spec.header_rows))]
    if spec.header_rows:
        titles = head[spec.skip_rows : before]
        _fill_merged(titles, sheet.merged_cell_ranges or [], spec.skip_rows)
        names = header_names(titles, spec.join)
    else:
        names = tuple(f"({letters(i)})" for i in range(len(head[-1]) if head else 0))
    if not names:
        raise SourceError(f"sheet {sheet.name} has no header row where the mapping expects it")
    last, _ = sheet.end or (0, 0)
    total = max(0, last + 1 - before)
    return Sheet(sheet.name, names, partial(_chunks, sheet, names, before), total)


def _rows(sheet: CalamineSheet) -> Iterator[list[Any]]:
    """Rows from the sheet's first one on.

    Calamine leaves out the columns before the first that has a cell.
    """
    _, left = sheet.start or (0, 0)
    for row in sheet.iter_rows():
        yield [""] * left + row


def _fill_merged(
    titles: list[list[str]], ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]], first: int
) -> None:
    """Every cell of a merged block of header cells says what its first cell says."""
    for (top, left), (bottom, right) in ranges:
        if not first <= top < first + len(titles):
            continue
        word = titles[top - first][left]
        for row in range(top - first, min(bottom - first + 1, len(titles))):
            titles[row][left : right + 1] = [word] * (right + 1 - left)


def _chunks(sheet: CalamineSheet, names: tuple[str, ...], before: int) -> Iterator[Chunk]:
    rows = islice(_rows(sheet), before, None)
    row = before + 1
    while piece := list(islice(rows, CHUNK_ROWS)):
        columns = list(zip(*piece, strict=True))[: len(names)]
        cells = pa.table([_strings(column) for column in columns], names=list(names))
        numbers = pa.array(range(row, row + len(piece)), pa.int64())
        yield Chunk(numbers, no_parts(len(piece)), cells)
        row += len(piece)


def _strings(column: Sequence[Any]) -> pa.Array:
    known = {value: _text(value) for value in set(column) if not isinstance(value, (bool, float, int))}
    return pa.array([known[v] if isinstance(v, str) else _text(v) for v in column], pa.string())


def _text(value: Any) -> str:
    """A cell as a person reads it: no ``.0``, ISO dates, midnight is no time."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # Fifteen digits, as the spreadsheet itself shows: 12345.679999999999 was typed as 12345.68.
        return str(int(value)) if value.is_integer() else f"{value:.15g}"
    if isinstance(value, datetime):
        return (
            value.date().isoformat()
            if value.time() == time()
            else value.isoformat(sep=" ", timespec="seconds")
        )
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)
