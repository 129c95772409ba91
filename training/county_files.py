"""The forms in which offices send files: delimited text, and workbooks with the same bytes each time."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from openpyxl import Workbook

Cell = str | int | float | date | datetime | None
_EPOCH = datetime(2026, 1, 1)
_ZIP_TIME = (2026, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: all its rows from the top, and the blocks of cells to merge (``A1:C1``)."""

    name: str
    rows: Sequence[Sequence[Cell]]
    merged: tuple[str, ...] = ()


def delimited(rows: Sequence[Sequence[Cell]], encoding: str, delimiter: str = ",") -> bytes:
    """``rows`` as delimited text in a Python ``encoding`` (``utf-8-sig`` writes a byte order mark)."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """An XLSX workbook. openpyxl stamps the time of writing into it; here every stamp is the same."""
    book = Workbook()
    book.remove(book.active)  # a new workbook has one sheet
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        for row in sheet.rows:
            page.append(row)
        for cells in sheet.merged:
            page.merge_cells(cells)
    book.properties.created = _EPOCH
    raw = io.BytesIO()
    book.save(raw)
    return _restamped(raw, f"{book.properties.modified:%Y-%m-%dT%H:%M:%SZ}", f"{_EPOCH:%Y-%m-%dT%H:%M:%SZ}")


def _restamped(raw: io.BytesIO, found: str, wanted: str) -> bytes:
    """The same archive with one time on every entry and in the document's properties."""
    out = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = content.replace(found.encode(), wanted.encode())
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return out.getvalue()
