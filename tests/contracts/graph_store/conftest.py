"""The graph stores under contract: each test that asks for ``store_factory`` runs on every adapter."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from graph.adapters.embedded import EmbeddedStore
from graph.adapters.neo4j_server import ManagedNeo4j
from graph.adapters.neo4j_store import Neo4jStore
from graph.store import GraphStore
from tests.contracts.graphs import SCHEMA, Graph

ADAPTERS = [
    "file",
    "memory",
    pytest.param("neo4j", marks=[pytest.mark.neo4j, pytest.mark.xdist_group("neo4j")]),
]

Factory = Callable[[], GraphStore]


@pytest.fixture(params=ADAPTERS, scope="module")
def store_factory(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Factory]:
    """Makes an empty store. Neo4j has one database, which each call empties: use one store at a time."""
    made: list[GraphStore] = []

    def make() -> GraphStore:
        if request.param == "neo4j":
            server: ManagedNeo4j = request.getfixturevalue("neo4j_server")
            store: GraphStore = Neo4jStore.open(server.uri, server.user, server.password, SCHEMA)
            store.rebuild(Graph().write(tmp_path_factory.mktemp("empty"), ""))
        else:
            folder = tmp_path_factory.mktemp("store") if request.param == "file" else None
            store = EmbeddedStore.open(folder, SCHEMA, buffer_pool_bytes=1 << 28)
        made.append(store)
        return store

    yield make
    for store in made:
        store.close()
