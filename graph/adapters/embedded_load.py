"""Bulk work on the embedded store by COPY and LOAD FROM: load tables, apply a difference, read back.

The file of a relation kind names its ends by id; the engine wants one COPY for each pair of end-point
kinds, so rows
are parted by the letters of their ends, in DuckDB, before they go in.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from graph.adapters.embedded_ddl import own_columns, statements
from graph.adapters.embedded_engine import Engine
from graph.errors import StoreError
from graph.model import Change
from graph.schema import EntityKind, RelationKind, Schema
from graph.store import Progress, no_progress

Source: TypeAlias = Path | pa.Table
Pair: TypeAlias = tuple[str, str]


def create(engine: Engine, schema: Schema) -> None:
    """Make the 24 empty tables."""
    for statement in statements(schema):
        engine.run(statement)


def load(
    engine: Engine, schema: Schema, tables: Mapping[str, Source], progress: Progress = no_progress
) -> None:
    """Copy whole tables in, entities first. ``StoreError`` where a relation joins kinds it may not."""
    kinds = [k for k in schema.kinds if k in tables]
    for done, name in enumerate(kinds):
        progress(done, len(kinds), name)
        kind = schema.kind(name)
        _check_layout(schema, name, tables[name])
        if isinstance(kind, EntityKind):
            _copy(engine, name, tables[name])
        else:
            for pair, part in parts(schema, kind, tables[name]):
                _copy(engine, name, part, pair)
    progress(len(kinds), len(kinds), "")


def parts(
    schema: Schema, kind: RelationKind, source: Source, columns: tuple[str, ...] | None = None
) -> Iterator[tuple[Pair, Source]]:
    """Rows of a relation table by end-point pair: ``from_id, to_id``, then ``columns`` (None: all).

    A file yields files, which are gone when the next is asked for; a table yields tables.
    """
    chosen = own_columns(kind) if columns is None else columns
    select = ", ".join(f'"{c}"' for c in ("from_id", "to_id", *chosen))
    with duckdb.connect() as connection, tempfile.TemporaryDirectory() as folder:
        rows = _relation(connection, source)
        for pair, where in _pairs(schema, kind, rows):
            part = rows.filter(where).project(select)
            if isinstance(source, Path):
                file = Path(folder) / f"{'-'.join(pair)}.parquet"
                part.write_parquet(str(file))
                yield pair, file
                file.unlink()
            else:
                yield pair, part.to_arrow_table()


def _check_layout(schema: Schema, name: str, source: Source) -> None:
    """COPY goes by position, so the columns must stand as in the schema."""
    found = (pq.read_schema(source) if isinstance(source, Path) else source.schema).names
    if found != schema.arrow_schema(name).names:
        odd = ", ".join(sorted(set(found) ^ set(schema.arrow_schema(name).names))) or "their order"
        raise StoreError(
            f"the table of {name} is not in the layout of schema {schema.version}: {odd}; build it anew"
        )


def _relation(connection: duckdb.DuckDBPyConnection, source: Source) -> duckdb.DuckDBPyRelation:
    return connection.read_parquet(str(source)) if isinstance(source, Path) else connection.from_arrow(source)


def _pairs(schema: Schema, kind: RelationKind, rows: duckdb.DuckDBPyRelation) -> Iterator[tuple[Pair, str]]:
    """Pairs that occur, each with the SQL condition for its rows."""
    letters = rows.aggregate("from_id[1] AS a, to_id[1] AS b, count(*) AS n").order("a, b").fetchall()
    for a, b, count in letters:
        pair = schema.kind_of_id(a or ""), schema.kind_of_id(b or "")
        if pair not in kind.ends:
            raise StoreError(
                f"{count} {kind.name} relations go from ids with {a!r} to ids with {b!r}; "
                "the schema has no such pair"
            )
        yield pair, f"from_id[1] = '{a}' AND to_id[1] = '{b}'"


def _copy(engine: Engine, name: str, source: Source, pair: Pair | None = None) -> None:
    if isinstance(source, Path) and set(str(source)) & set(
        "*?[]'\\"
    ):  # the engine would read them as a pattern
        source = pq.read_table(source)
    if not isinstance(source, Path) and not len(source):
        return
    what, parameters = (f"'{source}'", {}) if isinstance(source, Path) else ("$rows", {"rows": source})
    ends = f" (from='{pair[0]}', to='{pair[1]}')" if pair else ""
    engine.run(f"COPY `{name}` FROM {what}{ends}", parameters)


def apply(engine: Engine, schema: Schema, change: Change, progress: Progress = no_progress) -> None:
    """Apply a difference: new ends first, then relations kind by kind, then the entities that are gone.

    A changed relation table is merged with its changes at a checkpoint, at nearly the price of loading it. One
    checkpoint a kind merges it once, and lets go of the memory that its changes take until then.
    """
    touched = [k for k in schema.kinds if k in {*change.added, *change.changed, *change.removed}]
    for done, kind in enumerate(touched):
        progress(done, len(touched), kind)
        if kind in schema.entities:
            _with_rows(_update_nodes, engine, schema, kind, change.changed)
        else:
            _with_rows(_remove_relations, engine, schema, kind, change.removed)
            _with_rows(_update_relations, engine, schema, kind, change.changed)
        load(engine, schema, {k: file for k, file in change.added.items() if k == kind})
        engine.run("CHECKPOINT")
    for kind in schema.entities:
        _with_rows(_remove_nodes, engine, schema, kind, change.removed)


def _with_rows(
    step: Callable[[Engine, Schema, str, pa.Table], None],
    engine: Engine,
    schema: Schema,
    kind: str,
    files: Mapping[str, Path],
) -> None:
    if kind in files:
        step(engine, schema, kind, pq.read_table(files[kind]))


def _remove_relations(engine: Engine, schema: Schema, name: str, rows: pa.Table) -> None:
    for pair, part in _table_parts(schema, name, rows, ("id",)):
        _each(engine, name, f"{_matched(name, pair)} DELETE r", part)


def _remove_nodes(engine: Engine, schema: Schema, name: str, rows: pa.Table) -> None:
    _each(
        engine,
        name,
        f"LOAD FROM $rows MATCH (n:`{name}`) WHERE n.id = new_id DELETE n",
        _renamed(rows.select(["id"])),
    )


def _update_nodes(engine: Engine, schema: Schema, name: str, rows: pa.Table) -> None:
    columns = own_columns(schema.kind(name))
    text = f"LOAD FROM $rows MATCH (n:`{name}`) WHERE n.id = new_id SET {_assignments('n', columns)}"
    _each(engine, name, text, _renamed(rows))


def _update_relations(engine: Engine, schema: Schema, name: str, rows: pa.Table) -> None:
    columns = own_columns(schema.kind(name))
    for pair, part in _table_parts(schema, name, rows, columns):
        _each(engine, name, f"{_matched(name, pair)} SET {_assignments('r', columns)}", part)


def _each(engine: Engine, name: str, text: str, rows: pa.Table) -> None:
    """Run a statement over ``rows``; every one of them must find what it is to change."""
    found = engine.rows(f"{text} RETURN count(*)", {"rows": rows})[0][0] if len(rows) else 0
    if found != len(rows):
        raise StoreError(
            f"the difference changes {len(rows)} rows of {name}, the store has {found} of them; rebuild it"
        )


def _table_parts(
    schema: Schema, name: str, rows: pa.Table, columns: tuple[str, ...]
) -> Iterator[tuple[Pair, pa.Table]]:
    kind = schema.relations[name]
    for pair, part in parts(schema, kind, rows, columns):
        assert isinstance(part, pa.Table)
        yield pair, _renamed(part)


def _matched(name: str, pair: Pair) -> str:
    """The engine has no index on relations, so a relation is always found through its ends."""
    return (
        f"LOAD FROM $rows MATCH (a:`{pair[0]}`)-[r:`{name}`]->(b:`{pair[1]}`) "
        "WHERE a.id = new_from_id AND b.id = new_to_id AND r.id = new_id"
    )


def _renamed(rows: pa.Table) -> pa.Table:
    """Names that are neither properties nor words of the engine."""
    return rows.rename_columns([f"new_{name}" for name in rows.column_names])


def _assignments(variable: str, columns: tuple[str, ...]) -> str:
    return ", ".join(f"{variable}.`{c}` = new_{c}" for c in columns if c not in ("id", "kind"))


def read_back(engine: Engine, schema: Schema, name: str) -> pa.Table:
    """The table of a kind as the store has it, in the layout of the schema, in any order."""
    kind = schema.kind(name)
    if isinstance(kind, EntityKind):
        columns = ", ".join(f"n.`{c}` AS `{c}`" for c in own_columns(kind))
        return engine.table(f"MATCH (n:`{name}`) RETURN {columns}").cast(schema.arrow_schema(name))
    columns = ", ".join(f"r.`{c}` AS `{c}`" for c in own_columns(kind))
    text = f"MATCH (a)-[r:`{name}`]->(b) RETURN a.id AS from_id, b.id AS to_id, {columns}"
    layout = schema.arrow_schema(name)
    return engine.table(text).select(layout.names).cast(layout)


def counts(engine: Engine, schema: Schema) -> dict[str, int]:
    """Rows of every kind, counted by the engine."""
    out: dict[str, int] = {}
    for name in schema.kinds:
        pattern = f"(x:`{name}`)" if name in schema.entities else f"()-[x:`{name}`]->()"
        out[name] = int(engine.rows(f"MATCH {pattern} RETURN count(*)")[0][0])
    return out
