"""What every reader gives: sheets of named string columns, in chunks, each row with its place in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from values.text import single_spaced

CHUNK_ROWS = 100_000
RAGGED = "ragged"  # more or fewer cells than the header has
BAD_JSON = "json"  # a line that is no JSON object


@dataclass(frozen=True, slots=True)
class Refused:
    """A row the reader itself cannot give.

    Its place, why (code), and its cells as far as they can be told.
    """

    row: int
    part: int
    reason: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows in file order.

    ``rows`` int64, as a spreadsheet counts: the first record of the file is row 1. ``parts`` int32, 0 or the
    place of an array element from 1. ``cells`` one string column per header name. ``refused`` rows stand
    beside them, none later in the file than the next chunk's first row.
    """

    rows: pa.Array
    parts: pa.Array
    cells: pa.Table
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of the file.

    ``name`` is empty where the format has no sheets; ``total`` rows is an estimate, 0 unknown.
    """

    name: str
    header: tuple[str, ...]
    chunks: Callable[[], Iterator[Chunk]]
    total: int = 0


@dataclass(frozen=True, slots=True)
class Unread:
    """A sheet nobody asked for: its name and the words of its first rows, among them its header."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """An opened file. ``encoding`` is empty for formats that have none."""

    format: str
    encoding: str
    sheets: tuple[Sheet, ...]
    unread: tuple[Unread, ...] = ()


def letters(place: int) -> str:
    """A column's letters in a spreadsheet: 0 → A, 26 → AA."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def header_names(rows: Sequence[Sequence[str]], join: str) -> tuple[str, ...]:
    """Names from the header rows, joined from top to bottom.

    In all rows but the last an empty cell continues the one on its left (a merged cell). A cell without
    any name gets its letters in brackets, ``(C)``; a name that stands twice gets `` (2)``.
    """
    width = max((len(row) for row in rows), default=0)
    filled = [_across(row, width, last=row is rows[-1]) for row in rows]
    names: list[str] = []
    for place in range(width):
        words: list[str] = []
        for row in filled:
            if row[place] and row[place] not in words[-1:]:
                words.append(row[place])
        names.append(join.join(words) or f"({letters(place)})")
    return unique(names)


def _across(row: Sequence[str], width: int, *, last: bool) -> list[str]:
    words = [single_spaced(cell) for cell in row] + [""] * (width - len(row))
    if not last:
        for place in range(1, width):
            words[place] = words[place] or words[place - 1]
    return words


def unique(names: Sequence[str]) -> tuple[str, ...]:
    """Names with `` (2)``, `` (3)`` … behind those that stood before."""
    seen: dict[str, int] = {}
    out: list[str] = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(out)


def no_parts(count: int) -> pa.Array:
    """Part 0 for ``count`` rows."""
    return pa.repeat(pa.scalar(0, pa.int32()), count)
