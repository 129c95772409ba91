"""Wiring: the one file that knows which adapters there are. Each is imported only where it is used."""

from __future__ import annotations

import os
from pathlib import Path

from graph.errors import StoreError
from graph.schema import Schema
from graph.store import GraphStore
from workbench.settings import GraphSettings


def open_store(settings: GraphSettings, folder: Path, schema: Schema) -> GraphStore:
    """The graph store of a workspace in ``folder``; starts the server where Mingcha manages it."""
    if settings.store == "embedded":
        return _embedded(folder, schema)
    return _managed(settings, folder, schema) if settings.managed else _remote(settings, schema)


def _embedded(folder: Path, schema: Schema) -> GraphStore:
    from graph.adapters.embedded import EmbeddedStore

    return EmbeddedStore.open(folder / "graph", schema)


def _managed(settings: GraphSettings, folder: Path, schema: Schema) -> GraphStore:
    from graph.adapters.neo4j_server import ManagedNeo4j
    from graph.adapters.neo4j_store import Neo4jStore

    server = ManagedNeo4j.start(folder / "neo4j", heap=settings.heap, page_cache=settings.page_cache)
    return Neo4jStore.open(server.uri, server.user, server.password, schema, managed=server)


def _remote(settings: GraphSettings, schema: Schema) -> GraphStore:
    from graph.adapters.neo4j_store import Neo4jStore

    password = os.environ.get(settings.password_env, "")
    if not password:
        raise StoreError(
            f"the password of {settings.user} at {settings.uri} is not set; put it into the environment variable {settings.password_env}"
        )
    return Neo4jStore.open(settings.uri, settings.user, password, schema, database=settings.database)
