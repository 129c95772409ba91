"""Bring rows of Parquet files into Neo4j through the driver: statements over batches of 10,000 rows.

A batch travels as columns, not as a list of maps: half the time of the usual ``UNWIND $rows AS r … SET n = r``,
because keys are not repeated for each row and columns without a value are not sent at all. Every statement
counts what it matched, so that no row is lost silently.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graph.adapters.neo4j_bolt import Transaction
from graph.errors import StoreError
from graph.model import Change
from graph.schema import Schema

BATCH_ROWS = 10_000

Pair: TypeAlias = tuple[str, str]
Verb: TypeAlias = Literal["add", "change", "remove"]
_ENDS = ("from_id", "to_id")


@dataclass(frozen=True, slots=True)
class Step:
    """One file to be applied to one kind. ``pair``: only relations between these entity kinds."""

    verb: Verb
    kind: str
    file: Path
    pair: Pair | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a step."""

    step: Step
    rows: pa.RecordBatch


def steps(files: duckdb.DuckDBPyConnection, schema: Schema, change: Change) -> list[Step]:
    """All steps, in an order that never leaves a relation without its ends."""
    order: tuple[tuple[Verb, Mapping[str, Path], tuple[str, ...]], ...] = (
        ("remove", change.removed, tuple(schema.relations)),
        ("remove", change.removed, tuple(schema.entities)),
        ("change", change.changed, schema.kinds),
        ("add", change.added, tuple(schema.entities)),
        ("add", change.added, tuple(schema.relations)),
    )
    found: list[Step] = []
    for verb, tables, kinds in order:
        for kind in (k for k in kinds if k in tables):
            parted = verb == "add" and kind in schema.relations
            pairs = _pairs(files, schema, kind, tables[kind]) if parted else [None]
            found += [Step(verb, kind, tables[kind], pair) for pair in pairs]
    return found


def row_count(change: Change) -> int:
    """Rows of all files of a change."""
    return sum(
        pq.read_metadata(file).num_rows
        for files in (change.added, change.changed, change.removed)
        for file in files.values()
    )


def _pairs(files: duckdb.DuckDBPyConnection, schema: Schema, kind: str, file: Path) -> list[Pair | None]:
    """End-point pairs that occur in a relation file; ``StoreError`` for one the schema does not allow."""
    letters = (
        files.read_parquet(str(file)).aggregate("from_id[1] AS a, to_id[1] AS b, count(*)").order("a, b")
    )
    pairs: list[Pair | None] = []
    for a, b, count in letters.fetchall():
        pair = schema.kind_of_id(a or ""), schema.kind_of_id(b or "")
        if pair not in schema.relations[kind].ends:
            raise StoreError(
                f"{count} {kind} relations go from ids with {a!r} to ids with {b!r}; the schema has no such pair"
            )
        pairs.append(pair)
    return pairs


def batches(files: duckdb.DuckDBPyConnection, schema: Schema, step: Step) -> Iterator[Batch]:
    """The rows of a step, ``BATCH_ROWS`` at a time."""
    wanted = ["id"] if step.verb == "remove" else schema.arrow_schema(step.kind).names
    rows = files.read_parquet(str(step.file))
    missing = ", ".join(name for name in wanted if name not in rows.columns)
    if missing:
        raise StoreError(
            f"the table of {step.kind} is not in the layout of schema {schema.version}: no {missing}; build it anew"
        )
    if step.pair:
        a, b = (schema.entities[end].letter for end in step.pair)
        rows = rows.filter(f"from_id[1] = '{a}' AND to_id[1] = '{b}'")
    listed = ", ".join(f'"{name}"' for name in wanted)
    yield from (Batch(step, part) for part in rows.project(listed).to_arrow_reader(BATCH_ROWS))


def send(tx: Transaction, schema: Schema, batch: Batch, again: bool) -> None:
    """Apply a batch. ``again``: it may have been applied before, so what is there or gone already is right."""
    step, count = batch.step, len(batch.rows)
    if not count:
        return
    names, values = batch.rows.schema.names, map(_values, batch.rows.columns)
    columns = {name: column for name, column in zip(names, values, strict=True) if column is not None}
    text = _statement(schema, step, tuple(columns), again)
    found = tx.rows(f"{step.verb} {step.kind}", text, c=columns, last=count - 1)[0][0]
    if found != count and not (again and step.verb == "remove"):
        raise StoreError(_LACKING[step.verb].format(kind=step.kind, count=count, found=found))


_LACKING: dict[Verb, str] = {
    "add": "of {count} {kind} relations only {found} have both their ends in the store; publish the entities too",
    "change": "the difference changes {count} rows of {kind}, the store has {found} of them; rebuild it",
    "remove": "the difference removes {count} rows of {kind}, the store has {found} of them; rebuild it",
}


def _statement(schema: Schema, step: Step, columns: tuple[str, ...], again: bool) -> str:
    """Cypher over rows ``0 … $last`` of the columns ``$c``; gives how many of them found what they need."""
    kind, node = step.kind, step.kind in schema.entities
    values = "{" + ", ".join(f"{name}: $c.{name}[i]" for name in columns if node or name not in _ENDS) + "}"
    by_id = f"{kind} {{id: $c.id[i]}}"
    found = f"(x:{by_id})" if node else f"()-[x:{by_id}]->()"
    if step.verb == "remove":
        act = f"MATCH {found} DELETE x"
    elif step.verb == "change":
        act = f"MATCH {found} SET x = {values}"
    else:
        left, right = ("(", ")") if node else ("(a)-[", "]->(b)")
        act = f"CREATE {left}:{kind} {values}{right}"
        if again:
            act = f"MERGE {left}x:{by_id}{right} SET x = {values}"
        if step.pair:
            a, b = step.pair
            act = f"MATCH (a:{a} {{id: $c.from_id[i]}}) MATCH (b:{b} {{id: $c.to_id[i]}}) {act}"
    return f"UNWIND range(0, $last) AS i {act} RETURN count(*)"


def _values(column: pa.Array) -> list[Any] | None:
    """A column as Python values, None where it holds nothing; a list without items is absent, as in the hash."""
    if column.null_count == len(column):
        return None
    if pa.types.is_list(column.type):
        empty = pc.equal(pc.list_value_length(column), 0)
        if pc.any(empty).as_py():
            column = pc.if_else(empty, pa.scalar(None, column.type), column)
    values: list[Any] = column.to_pylist()
    return values
