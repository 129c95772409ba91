"""One snapshot in the embedded store: a database and the adjacency over it, both read-only once made."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from graph.adapters.embedded_columns import Columns, filled_columns, read_columns, write_columns
from graph.adapters.embedded_engine import Engine
from graph.adapters.embedded_load import Source, apply, counts, create, load
from graph.adapters.embedded_read import Reader
from graph.adjacency import Adjacency
from graph.errors import StoreError
from graph.model import Change, Snapshot
from graph.schema import Schema
from graph.store import Progress, no_progress
from graph.traverse import Lenses

_DATABASE, _ADJACENCY, _COLUMNS = "graph.lbug", "adjacency", "columns.json"


class Generation:
    """What a reader works with."""

    def __init__(
        self, schema: Schema, snapshot: Snapshot, engine: Engine, graph: Adjacency, columns: Columns
    ) -> None:
        self.snapshot = snapshot
        self.engine = engine
        self.graph = graph
        self.lenses = Lenses(graph)
        self.reader = Reader(engine, schema, graph, columns)

    @classmethod
    def open(cls, schema: Schema, folder: Path, snapshot: Snapshot, pool_bytes: int) -> Self:
        """The generation written into ``folder``."""
        graph, columns = Adjacency.open(folder / _ADJACENCY), read_columns(folder / _COLUMNS)
        return cls(
            schema,
            snapshot,
            Engine(folder / _DATABASE, pool_bytes=pool_bytes, read_only=True),
            graph,
            columns,
        )

    @classmethod
    def in_memory(
        cls,
        schema: Schema,
        tables: Mapping[str, Source],
        snapshot: Snapshot,
        pool_bytes: int,
        progress: Progress = no_progress,
    ) -> Self:
        """A generation without files."""
        engine = Engine(None, pool_bytes=pool_bytes)
        create(engine, schema)
        load(engine, schema, tables, progress)
        return cls(schema, snapshot, engine, Adjacency.build(schema, tables), filled_columns(schema, tables))


def write(
    schema: Schema, folder: Path, tables: Mapping[str, Source], pool_bytes: int, progress: Progress
) -> None:
    """Write a generation from whole tables."""
    engine = Engine(folder / _DATABASE, pool_bytes=pool_bytes)
    try:
        create(engine, schema)
        load(engine, schema, tables, progress)
        _finish(schema, folder, engine, tables, progress)
    finally:
        engine.close()


def derive(
    schema: Schema,
    base: Path,
    folder: Path,
    change: Change,
    tables: Mapping[str, Source],
    pool_bytes: int,
    progress: Progress,
) -> None:
    """Write a generation as a copy of ``base`` with a difference applied, which must give ``tables``."""
    progress(0, 0, "copy")
    shutil.copyfile(base / _DATABASE, folder / _DATABASE)
    engine = Engine(folder / _DATABASE, pool_bytes=pool_bytes, checkpoints=False)
    try:
        apply(engine, schema, change, progress)
        _finish(schema, folder, engine, tables, progress)
    finally:
        engine.close()


def _finish(
    schema: Schema, folder: Path, engine: Engine, tables: Mapping[str, Source], progress: Progress
) -> None:
    progress(0, 0, "adjacency")
    graph = Adjacency.build(schema, tables)
    graph.write(folder / _ADJACENCY)
    write_columns(folder / _COLUMNS, filled_columns(schema, tables))
    if counts(engine, schema) != graph.counts():
        raise StoreError("the store does not hold as many rows as the tables; rebuild it")
    engine.run("CHECKPOINT")
    engine.close()
    if (
        folder / f"{_DATABASE}.wal"
    ).exists():  # readers would have to replay it, which the engine does not survive
        raise StoreError("the graph database could not be completed; rebuild the store")
