"""What the store really holds: rows counted by kind, and the graph hash computed anew from every row."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import duckdb
import pyarrow as pa

from graph.adapters.neo4j_bolt import FETCH_ROWS, Row, Transaction
from graph.hash import join_hashes, table_hash
from graph.schema import Schema


def counts(tx: Transaction, schema: Schema) -> dict[str, int]:
    """Rows of every kind; the server keeps these numbers, so this costs the same for any size."""
    text = " UNION ALL ".join(
        f"MATCH {_pattern(schema, kind)} WITH count(x) AS rows RETURN '{kind}' AS kind, rows"
        for kind in schema.kinds
    )
    return {kind: int(number) for kind, number in tx.rows("count", text)}


def content_hash(tx: Transaction, schema: Schema) -> str:
    """The graph hash of what is stored. Reads everything: some 25 s for a million relations."""
    with duckdb.connect() as connection:
        return join_hashes(
            {kind: table_hash(connection, schema, kind, _table(tx, schema, kind)) for kind in schema.kinds}
        )


def _pattern(schema: Schema, kind: str) -> str:
    return f"(x:{kind})" if kind in schema.entities else f"(a)-[x:{kind}]->(b)"


def _table(tx: Transaction, schema: Schema, kind: str) -> pa.RecordBatchReader:
    """The rows of a kind in the layout of the schema."""
    layout = schema.arrow_schema(kind)
    special = {} if kind in schema.entities else {"from_id": "a.id", "to_id": "b.id"}
    columns = ", ".join(special.get(name, f"x.{name}") for name in layout.names)
    rows = tx.stream(f"read all {kind}", f"MATCH {_pattern(schema, kind)} RETURN {columns}")
    return pa.RecordBatchReader.from_batches(layout, _batches(rows, layout))


def _batches(rows: Iterator[Row], layout: pa.Schema) -> Iterator[pa.RecordBatch]:
    while part := list(islice(rows, FETCH_ROWS)):
        arrays = [
            pa.array(values, field.type)
            for values, field in zip(zip(*part, strict=True), layout, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(arrays, schema=layout)
