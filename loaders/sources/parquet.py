"""Parquet files: typed columns become text."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graph.errors import Problem, SourceError
from loaders.sources.chunks import CHUNK_ROWS, Chunk, Sheet, SourceFile, no_parts, unique
from loaders.sources.text import GZIP, blocks
from values.columns import as_strings
from values.text import single_spaced


def open_parquet(file: Path) -> SourceFile:
    """Open a Parquet file; its first record is row 1. Nested columns are refused by name."""
    try:
        source = pq.ParquetFile(_seekable(file))
    except (pa.ArrowInvalid, OSError) as fault:
        raise SourceError(f"{file.name} is not readable as Parquet ({fault})") from fault
    layout = source.schema_arrow
    nested = [f.name for f in layout if pa.types.is_nested(f.type) or pa.types.is_binary(f.type)]
    if nested:
        todo = "write it as plain columns, or the file as JSON lines"
        problems = [
            Problem("a nested or binary column cannot be mapped", file.name, 0, name, todo) for name in nested
        ]
        raise SourceError(problems=problems)
    names = unique([single_spaced(name) for name in layout.names])
    sheet = Sheet("", names, partial(_chunks, file, names), source.metadata.num_rows)
    source.close()
    return SourceFile("parquet", "", (sheet,))


def _seekable(file: Path) -> Path | pa.BufferReader:
    """The file, or its bytes in memory where it is packed: Parquet is read from its end."""
    with open(file, "rb") as handle:
        packed = handle.read(len(GZIP)) == GZIP
    return pa.BufferReader(b"".join(blocks(file))) if packed else file


def _chunks(file: Path, names: tuple[str, ...]) -> Iterator[Chunk]:
    row = 1
    with pq.ParquetFile(_seekable(file)) as source:
        for batch in source.iter_batches(batch_size=CHUNK_ROWS):
            cells = pa.table([_strings(column) for column in batch.columns], names=list(names))
            numbers = pa.array(range(row, row + batch.num_rows), pa.int64())
            yield Chunk(numbers, no_parts(batch.num_rows), cells)
            row += batch.num_rows


def _strings(column: pa.Array) -> pa.Array:
    strings = as_strings(column.dictionary_decode() if pa.types.is_dictionary(column.type) else column)
    if pa.types.is_timestamp(column.type):
        return pc.replace_substring_regex(strings, r"\.0+", "")
    return strings
