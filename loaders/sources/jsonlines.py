"""JSON lines: columns are JSON paths, one array may be exploded into a row for each element."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from graph.errors import SourceError
from lake.keys import quoted
from loaders.mapping_spec import FileSpec
from loaders.sources import text
from loaders.sources.chunks import BAD_JSON, Chunk, Refused, Sheet, SourceFile

_PLAIN_KEY = re.compile(r"[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*")
_EACH = "[*]"
# Not AND: both sides of it are computed, and json_type fails on what is no JSON.
_IS_OBJECT = "CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' ELSE false END"


def open_json_lines(file: Path, spec: FileSpec) -> SourceFile:
    """Open a file with one JSON object a line; its paths are found out by reading all of it once.

    ``explode: $.items`` makes a row of each element of that array, with columns ``$.items[*].name``; a line
    without elements stays one row of part 0. Arrays that are not exploded are read as JSON text.
    """
    reader = _Reader(file, spec.explode, text.find_encoding(file, spec.encoding))
    names = reader.header()
    return SourceFile("jsonlines", reader.facts.said, (Sheet("", names, reader.chunks, reader.facts.lines),))


class _Reader:
    def __init__(self, file: Path, explode: str, facts: text.TextFacts) -> None:
        self.file, self.explode, self.facts = file, explode, facts

    def _lines(self) -> Iterator[tuple[int, pa.Array]]:
        """(number of the first, lines) of each block."""
        row, rest = 1, b""
        for block in text.utf8_blocks(self.file, self.facts):
            *whole, rest = (rest + block).split(b"\n")
            if whole:
                yield row, pa.array(whole, pa.binary()).cast(pa.string())
                row += len(whole)
        if rest.strip():
            yield row, pa.array([rest], pa.binary()).cast(pa.string())

    def header(self) -> tuple[str, ...]:
        """Every path that occurs in the file, in order of first appearance."""
        paths: dict[str, None] = {}
        with duckdb.connect() as connection:
            for _, lines in self._lines():
                table = pa.table({"line": lines})
                connection.register("lines", table)
                found = connection.execute(
                    f"SELECT json_group_structure(line::JSON) FROM lines WHERE {_IS_OBJECT}"
                ).fetchone()
                if found and found[0]:
                    paths |= dict.fromkeys(self._paths("$", json.loads(found[0])))
        if self.explode and not any(p.startswith(self.explode + _EACH) for p in paths):
            raise SourceError(f"{self.file.name} has no array at {self.explode}; check file: explode")
        if not paths:
            raise SourceError(
                f"{self.file.name} has no JSON object on any line; one object a line is expected"
            )
        return tuple(paths)

    def _paths(self, path: str, shape: Any) -> Iterator[str]:
        if isinstance(shape, dict):
            for key, inner in shape.items():
                yield from self._paths(
                    f"{path}.{key}" if _PLAIN_KEY.fullmatch(key) else f'{path}."{key}"', inner
                )
        elif isinstance(shape, list) and path == self.explode:
            yield from self._paths(path + _EACH, shape[0])
        else:
            yield path

    def chunks(self) -> Iterator[Chunk]:
        """Rows with the number of their line."""
        header = self.header()
        with duckdb.connect() as connection:
            for row, lines in self._lines():
                numbers = pa.array(range(row, row + len(lines)), pa.int64())
                connection.register("lines", pa.table({"row": numbers, "line": lines}))
                found = connection.execute(self._query(header)).to_arrow_table().combine_chunks()
                cells = found.drop_columns(["row", "part"]).rename_columns(list(header))
                rows, parts = (_one(found[name]) for name in ("row", "part"))
                yield Chunk(rows, parts, cells, _refused(connection))

    def _query(self, header: tuple[str, ...]) -> str:
        each = self.explode + _EACH
        inner = [p for p in header if self.explode and p.startswith(each)]
        outer = [p for p in header if p not in inner]
        source = f"SELECT row, 0::INTEGER AS part, line, NULL::JSON AS element FROM lines WHERE {_IS_OBJECT}"
        if inner:
            source = f"""
                SELECT row, line,
                       CASE WHEN filled THEN unnest(range(1, len(elements) + 1)) ELSE 0 END::INTEGER AS part,
                       unnest(elements) AS element
                FROM (SELECT row, line, len(found) > 0 AS filled,
                             CASE WHEN len(found) > 0 THEN found ELSE [NULL::JSON] END AS elements
                      FROM (SELECT row, line, json_extract(line, {quoted(each)}) AS found FROM ({source})))"""
        got = f"json_extract_string(line, {_list(outer)}) AS outer_cells, " if outer else ""
        if inner:
            paths = ["$" + p.removeprefix(each) for p in inner]
            got += f"json_extract_string(element, {_list(paths)}) AS inner_cells, "
        places = [("outer", outer.index(p)) if p in outer else ("inner", inner.index(p)) for p in header]
        names = ", ".join(f"{side}_cells[{place + 1}] AS c{i}" for i, (side, place) in enumerate(places))
        return f"SELECT row, part, {names} FROM (SELECT {got}row, part FROM ({source})) ORDER BY row, part"


def _list(paths: list[str]) -> str:
    return "[" + ", ".join(quoted(p) for p in paths) + "]"


def _one(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _refused(connection: duckdb.DuckDBPyConnection) -> tuple[Refused, ...]:
    bad = connection.execute(
        f"SELECT row, line FROM lines WHERE NOT {_IS_OBJECT} "
        "AND trim(line, chr(13) || ' ') <> '' ORDER BY row"
    ).fetchall()
    return tuple(Refused(row, 0, BAD_JSON) for row, _ in bad)
