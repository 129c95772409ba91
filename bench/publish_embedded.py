"""Publish into the embedded store: 1,000,000 nodes and 5,000,000 relations, beside a plain COPY of the same tables.

Ours parts the relation files by the kinds of their ends, copies them, writes the adjacency and the list of filled
columns, counts what arrived and flushes all of it to the disk. The peer is what its users write: the same tables,
one COPY a file, a checkpoint. Its relation files are parted for it before the clock starts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import ladybug
import pyarrow.parquet as pq

from bench.clock import Took, in_child, in_turn, processors, took, walls
from bench.finding import Finding, Target
from bench.setting import Setting
from graph.adapters.embedded import EmbeddedStore
from graph.adapters.embedded_ddl import own_columns, statements
from graph.model import TableSet
from graph.schema import load_schema

NODES, RELATIONS = 1_000_000, 5_000_000

Part = tuple[str, str, str, Path]
"""Relation kind, kinds of its ends, file."""


def run(setting: Setting) -> Iterator[Finding]:
    """See the module."""
    tables = setting.graph(NODES, RELATIONS)
    with setting.scratch() as folder:
        parts = parted(tables.files, folder)

        def ours() -> Took:
            with setting.scratch() as target:
                return in_child(rebuild, tables, target)

        def peer() -> Took:
            with setting.scratch() as target:
                return in_child(plain, tables.files, parts, target / "plain.lbug")

        found, other = in_turn(setting.rounds(3), ours, peer)
    yield Finding(
        f"publish embedded, {setting.size(NODES):,} nodes + {setting.size(RELATIONS):,} relations",
        "s",
        walls(found),
        walls(other),
        "ladybug: COPY of each file, relation files parted by end kinds beforehand",
        Target("ratio", 1.5),
        processors(found, other),
    )


def rebuild(tables: TableSet, folder: Path) -> Took:
    """A rebuild into an empty folder."""
    store = EmbeddedStore.open(folder, load_schema())
    try:
        return took(lambda: store.rebuild(tables))
    finally:
        store.close()


def parted(files: Mapping[str, Path], folder: Path) -> list[Part]:
    """Relation files written anew by the kinds of their ends, as COPY wants them; empty ones left out."""
    schema, found = load_schema(), list[Part]()
    with duckdb.connect() as connection:
        for kind in (k for k in schema.relations if k in files):
            columns = ", ".join(f'"{c}"' for c in ("from_id", "to_id", *own_columns(schema.kind(kind))))
            rows = connection.read_parquet(str(files[kind])).project(columns)
            for a, b in schema.relations[kind].ends:
                letters = schema.entities[a].letter, schema.entities[b].letter
                part = rows.filter(f"from_id[1] = '{letters[0]}' AND to_id[1] = '{letters[1]}'")
                file = folder / f"{kind}-{a}-{b}.parquet"
                part.write_parquet(str(file), compression="zstd")
                if pq.read_metadata(file).num_rows:
                    found.append((kind, a, b, file))
    return found


def plain(files: Mapping[str, Path], parts: list[Part], target: Path) -> Took:
    """The plain COPY."""
    return took(lambda: _copied(files, parts, target))


def _copied(files: Mapping[str, Path], parts: list[Part], target: Path) -> None:
    schema = load_schema()
    with ladybug.Database(target) as database, ladybug.Connection(database) as connection:
        for statement in statements(schema):
            connection.execute(statement)
        for kind in (k for k in schema.entities if k in files):
            connection.execute(f"COPY `{kind}` FROM '{files[kind]}'")
        for kind, a, b, file in parts:
            connection.execute(f"COPY `{kind}` FROM '{file}' (from='{a}', to='{b}')")
        connection.execute("CHECKPOINT")
