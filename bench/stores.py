"""Stores of the bench: loaded once and kept on the disk between runs, or empty for one run; and whom to ask for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from neo4j import Driver, GraphDatabase

from bench.setting import Setting
from graph.adapters.embedded import EmbeddedStore
from graph.adapters.neo4j_server import ManagedNeo4j
from graph.adapters.neo4j_store import Neo4jStore
from graph.model import TableSet
from graph.schema import load_schema

HEAP, PAGE_CACHE = "2g", "1g"
SEED = 7


@contextmanager
def embedded(setting: Setting, tables: TableSet) -> Iterator[EmbeddedStore]:
    """An embedded store that holds ``tables``."""
    store = EmbeddedStore.open(setting.folder / f"embedded-{tables.id}", load_schema())
    try:
        if store.snapshot().graph_hash != tables.graph_hash:
            store.rebuild(tables)
        yield store
    finally:
        store.close()


@contextmanager
def neo4j(setting: Setting, tables: TableSet) -> Iterator[tuple[ManagedNeo4j, Neo4jStore]]:
    """A server that holds ``tables``, and the store on it."""
    home = setting.folder / f"neo4j-{tables.id}"
    with ManagedNeo4j.start(home, heap=HEAP, page_cache=PAGE_CACHE) as server, opened(server) as store:
        if store.snapshot().graph_hash != tables.graph_hash:
            store.rebuild(tables)
        yield server, store


@contextmanager
def empty_server(setting: Setting) -> Iterator[ManagedNeo4j]:
    """A running server with an empty database; gone afterwards."""
    with setting.scratch() as home, ManagedNeo4j.start(home, heap=HEAP, page_cache=PAGE_CACHE) as server:
        yield server


@contextmanager
def opened(server: ManagedNeo4j) -> Iterator[Neo4jStore]:
    """The store on a server of the bench."""
    store = Neo4jStore.open(server.uri, server.user, server.password, load_schema(), managed=server)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def driver_of(server: ManagedNeo4j) -> Iterator[Driver]:
    """The plain driver, for peers."""
    with GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
        driver.verify_connectivity()
        yield driver


def any_entities(tables: TableSet, count: int) -> list[str]:
    """Ids drawn evenly from all entities, the same in each run."""
    return _drawn(tables, tuple(load_schema().entities), "id", count)


def ends(tables: TableSet, count: int) -> list[str]:
    """Ids drawn from the targets of all relations: hubs as often as they are met."""
    return _drawn(tables, tuple(load_schema().relations), "to_id", count)


def _drawn(tables: TableSet, kinds: tuple[str, ...], column: str, count: int) -> list[str]:
    files = [tables.files[kind] for kind in kinds if kind in tables.files]
    parts = [pq.read_table(file, columns=[column])[column] for file in files]
    found = pa.chunked_array([chunk for part in parts for chunk in part.chunks])
    places = np.random.default_rng(SEED).integers(0, len(found), count)
    chosen: list[str] = found.take(pa.array(places)).to_pylist()
    return chosen
