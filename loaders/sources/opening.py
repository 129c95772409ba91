"""Open a file in whatever format it is."""

from __future__ import annotations

from pathlib import Path

from loaders.mapping_spec import FileSpec
from loaders.sources.chunks import SourceFile
from loaders.sources.delimited import open_delimited
from loaders.sources.jsonlines import open_json_lines
from loaders.sources.parquet import open_parquet
from loaders.sources.sheets import open_workbook
from loaders.sources.text import open_bytes

_ZIP, _OLE, _PARQUET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1"
_JSON_NAMES = (".jsonl", ".ndjson", ".json")


def open_source(file: Path, spec: FileSpec) -> SourceFile:
    """Open ``file``: as the mapping says, else by its first bytes and its name.

    ``SourceError`` where it cannot be read, with what to do.
    """
    kind = spec.format or _format(file)
    if kind == "sheet":
        return open_workbook(file, spec)
    if kind == "parquet":
        return open_parquet(file)
    return open_json_lines(file, spec) if kind == "jsonlines" else open_delimited(file, spec)


def _format(file: Path) -> str:
    with open_bytes(file) as handle:
        magic = handle.read(4)
    if magic in (_ZIP, _OLE):
        return "sheet"
    if magic == _PARQUET:
        return "parquet"
    name = file.name.removesuffix(".gz")
    return "jsonlines" if name.endswith(_JSON_NAMES) else "delimited"
