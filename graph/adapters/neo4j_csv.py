"""CSV files for ``neo4j-admin database import full``, written from Parquet by DuckDB.

An empty field is null and ``""`` the empty text; quotes are doubled; line breaks stand inside quotes. Lists are
joined by U+001F, which no cleaned value holds: one that does is refused, as are a null in a list and a list of
one empty text, because the file could not say them. Ids are unique over all kinds: one id space for all nodes.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from graph.adapters.neo4j_layout import META, META_HEADER, meta_row
from graph.errors import StoreError
from graph.model import Snapshot, TableSet
from graph.schema import Column, Schema, Storage
from graph.store import Progress, no_progress

ARRAY_DELIMITER = "U+001F"
_SEPARATOR = "chr(31)"

_TYPES = {
    Storage.STRING: "string",
    Storage.STRINGS: "string[]",
    Storage.INT: "long",
    Storage.FLOAT: "double",
    Storage.BOOL: "boolean",
}

Files = dict[str, Sequence[Path]]


def write_import(
    folder: Path, schema: Schema, tables: TableSet, progress: Progress = no_progress
) -> tuple[Files, Files]:
    """Write every table of ``tables``; gives header and data file of nodes by label and relations by type.

    The node that tells the snapshot is among them, so that it and the rows appear at once.
    """
    nodes: Files = {META: _meta(folder, Snapshot(tables.id, tables.graph_hash))}
    relations: Files = {}
    kinds = [kind for kind in schema.kinds if kind in tables.files]
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        for done, kind in enumerate(kinds):
            progress(done, len(kinds), kind)
            files = relations if kind in schema.relations else nodes
            files[kind] = _table(connection, folder, schema, kind, tables.files[kind])
    return nodes, relations


def _meta(folder: Path, snapshot: Snapshot) -> Sequence[Path]:
    header, data = folder / f"{META}-header.csv", folder / f"{META}.csv"
    header.write_text(META_HEADER + "\n", encoding="utf-8")
    with data.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerow(meta_row(snapshot))
    return header, data


def _table(
    connection: duckdb.DuckDBPyConnection, folder: Path, schema: Schema, kind: str, source: Path
) -> Sequence[Path]:
    columns = schema.kind(kind).columns()
    header, data = folder / f"{kind}-header.csv", folder / f"{kind}.csv"
    header.write_text(",".join(_head(schema, kind, column) for column in columns) + "\n", encoding="utf-8")
    try:
        rows = connection.read_parquet(str(source)).project(
            ", ".join(_cell(kind, column) for column in columns)
        )
        rows.write_csv(str(data), header=False, na_rep="", quotechar='"', escapechar='"')
    except duckdb.Error as fault:
        raise StoreError(f"the table of {kind} cannot be written for Neo4j's import: {fault}") from fault
    return header, data


def _head(schema: Schema, kind: str, column: Column) -> str:
    special: Mapping[str, str] = (
        {"id": "id:ID"} if kind in schema.entities else {"from_id": ":START_ID", "to_id": ":END_ID"}
    )
    return special.get(column.name, f"{column.name}:{_TYPES[column.storage]}")


def _cell(kind: str, column: Column) -> str:
    """SQL for what stands in the file."""
    name = f'"{column.name}"'
    if column.storage is not Storage.STRINGS:
        return name
    items, joined = f"len({name})", f"array_to_string({name}, {_SEPARATOR})"
    parts = f"1 + length({joined}) - length(replace({joined}, {_SEPARATOR}, ''))"
    fault = (
        f"error('{kind}.{column.name}: a list holds a null, U+001F, or nothing but an empty text; clean it')"
    )
    told = f"CASE WHEN {parts} = {items} AND {joined} <> '' THEN {joined} ELSE {fault} END"
    return f"CASE WHEN {items} > 0 THEN {told} END AS {name}"
