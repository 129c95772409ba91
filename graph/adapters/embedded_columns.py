"""Which columns of a snapshot hold anything: the engine is asked for these only.

A kind has up to fifty columns and a source fills a few; reading an empty one costs as much as a full one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import pyarrow.parquet as pq

from graph.adapters.embedded_ddl import own_columns
from graph.adapters.embedded_load import Source
from graph.errors import StoreError
from graph.schema import Schema

Columns: TypeAlias = Mapping[str, tuple[str, ...]]


def filled_columns(schema: Schema, tables: Mapping[str, Source]) -> Columns:
    """By kind, the properties that some row has, in the order of the schema."""
    found: dict[str, tuple[str, ...]] = {}
    for kind in schema.kinds:
        empty = _empty(tables[kind]) if kind in tables else set()
        found[kind] = tuple(c for c in own_columns(schema.kind(kind)) if c not in empty)
    return found


def _empty(source: Source) -> set[str]:
    """Columns without a value, as far as can be told without reading them."""
    if not isinstance(source, Path):
        return {name for name in source.column_names if source[name].null_count == len(source)}
    data = pq.read_metadata(source)
    nulls: dict[str, int] = {}
    for group in range(data.num_row_groups):
        for place in range(data.num_columns):
            column = data.row_group(group).column(place)
            known = column.statistics is not None and column.statistics.has_null_count
            nulls[column.path_in_schema] = nulls.get(column.path_in_schema, 0) + (
                column.statistics.null_count if known else 0
            )
    return {name for name, count in nulls.items() if count == data.num_rows}


def write_columns(file: Path, columns: Columns) -> None:
    """Keep ``columns`` beside the database they tell of."""
    file.write_text(json.dumps(columns), encoding="utf-8")


def read_columns(file: Path) -> Columns:
    """What ``write_columns`` wrote."""
    try:
        return {kind: tuple(names) for kind, names in json.loads(file.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, AttributeError) as fault:
        raise StoreError(f"{file.name} of the graph store cannot be read ({fault}); rebuild it") from fault
