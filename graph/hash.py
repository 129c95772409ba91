"""Graph hash: one number over every row of a graph, the same for any row order and for both stores.

Each row is written out column by column in the order of the schema and hashed (MD5, lower 64 bits); rows are summed modulo 2^64 per
kind, so the hash of a table does not depend on its order; kinds are joined by SHA-256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import duckdb
import pyarrow as pa

from graph.schema import Column, Schema, Storage

Rows: TypeAlias = Path | pa.Table | pa.RecordBatchReader


def _text(column: Column) -> str:
    if column.storage is Storage.STRINGS:
        return f"coalesce(nullif(to_json(list_sort(\"{column.name}\"))::VARCHAR, '[]'), '')"
    if column.storage is Storage.STRING:
        return f"coalesce(length(\"{column.name}\")::VARCHAR || ':' || \"{column.name}\", '')"
    return f"coalesce(\"{column.name}\"::{'DOUBLE' if column.storage is Storage.FLOAT else 'BIGINT'}::VARCHAR, '')"


def row_digest(schema: Schema, kind: str) -> str:
    """SQL expression (DuckDB) for the 64-bit digest of one row of ``kind``; NULL and an empty list count as absent."""
    parts = ", ".join(_text(c) for c in schema.kind(kind).columns())
    return f"md5_number_lower(concat_ws('|', {parts}))"


def table_hash(connection: duckdb.DuckDBPyConnection, schema: Schema, kind: str, rows: Rows) -> int:
    """Order-free digest of one table in the layout of the schema."""
    quoted = str(rows).replace("'", "''") if isinstance(rows, Path) else ""
    source = f"read_parquet('{quoted}')" if quoted else "_rows"
    if not isinstance(rows, Path):
        connection.register("_rows", rows)
    found = connection.execute(
        f"SELECT coalesce(sum({row_digest(schema, kind)}::HUGEINT) % 18446744073709551616, 0) FROM {source}"
    ).fetchone()
    if not isinstance(rows, Path):
        connection.unregister("_rows")
    return int(found[0]) if found else 0


def graph_hash(schema: Schema, tables: Mapping[str, Rows]) -> str:
    """Hex digest over all 24 tables; absent and empty tables count alike."""
    connection = duckdb.connect()
    try:
        sums = {k: table_hash(connection, schema, k, tables[k]) if k in tables else 0 for k in schema.kinds}
    finally:
        connection.close()
    return join_hashes(sums)


def join_hashes(sums: Mapping[str, int]) -> str:
    """One hex digest from the order-free digests of the tables."""
    text = ";".join(f"{kind}={sums[kind]}" for kind in sorted(sums))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
