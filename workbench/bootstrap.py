"""Wiring: the one file that knows which adapters there are. Each is imported only where it is used."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa

from graph.errors import StoreError
from graph.model import Subgraph, View
from graph.schema import Schema
from graph.store import GraphStore
from workbench.settings import GraphSettings

Fetch: TypeAlias = Callable[[Sequence[str], View], Subgraph]
"""Gives the subgraph over some ids as far as a view shows it."""
CaseQuery: TypeAlias = Callable[[str, Mapping[str, Any], View, str, Fetch], pa.Table]
"""Rows of (text, parameters, view, name of the snapshot, fetch)."""


def open_case_query(schema: Schema) -> CaseQuery:
    """Runs a portable text on an in-memory graph of what ``fetch`` gives for the members of the view, and on nothing else.

    The graphs of the last few scopes are kept. ``QueryRefused`` as the port says.
    """
    from graph.adapters.scoped_query import ScopedQueries, checked

    graphs = ScopedQueries(schema)

    def run(text: str, parameters: Mapping[str, Any], view: View, snapshot: str, fetch: Fetch) -> pa.Table:
        checked(text, parameters, view, schema)
        return graphs.run(text, parameters, view, snapshot, fetch)

    return run


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
