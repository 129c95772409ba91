"""Small files, mappings and lakes for the tests of loaders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from graph.schema import load_schema
from lake.lake import Lake
from lake.registers import load_registers
from loaders.importer import import_file
from loaders.mapping import SourceMapping, read_mapping
from loaders.mapping_spec import FileSpec
from loaders.report import ImportReport
from loaders.sources.chunks import Refused, SourceFile
from loaders.sources.opening import open_source

HEAD = """\
dataset: test
version: 1.0.0
title: {zh: 测试, en: Test}
source: {grade: A1, publisher: test, licence: none}
"""


def write(folder: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
    """A file with this content."""
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return file


def mapping(folder: Path, text: str, name: str = "test", head: str = HEAD) -> SourceMapping:
    """The mapping written as ``text`` below a usual head."""
    return read_mapping(write(folder, f"{name}.yaml", head + text), load_schema(), load_registers())


def load(lake: Lake, file: Path, made: SourceMapping, **options: Any) -> ImportReport:
    """Import ``file`` into a live workspace, unless told otherwise."""
    return import_file(lake, file, made, **{"actor": "tester", "mode": "live", **options})


def records(
    lake: Lake, table: str, columns: str = "*", order: str = "row, part, item, record_id"
) -> list[Any]:
    """Records in force of one standard table."""
    files = [str(file) for file in lake.files(table)]
    return (
        duckdb.sql(f"SELECT {columns} FROM read_parquet({files}) ORDER BY {order}").fetchall()
        if files
        else []
    )


def opened(file: Path, **options: Any) -> SourceFile:
    """The file opened with these options of ``file:`` in a mapping."""
    return open_source(file, FileSpec.model_validate(options))


def rows(source: SourceFile, sheet: int = 0) -> list[tuple[Any, ...]]:
    """(row, part, cells…) of every row of a sheet."""
    out: list[tuple[Any, ...]] = []
    for chunk in source.sheets[sheet].chunks():
        cells = [column.to_pylist() for column in chunk.cells.columns]
        out += zip(chunk.rows.to_pylist(), chunk.parts.to_pylist(), *cells, strict=True)
    return out


def refused(source: SourceFile, sheet: int = 0) -> list[Refused]:
    """Rows that the reader itself refuses."""
    return [row for chunk in source.sheets[sheet].chunks() for row in chunk.refused]
