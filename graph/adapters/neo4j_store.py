"""The graph store on a Neo4j 5 server over Bolt: one database holds one graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self, TypeVar

import pyarrow as pa

from graph.adapters import neo4j_publish
from graph.adapters.neo4j_bolt import Bolt
from graph.adapters.neo4j_layout import ensure_constraints, state
from graph.adapters.neo4j_paths import shortest_paths
from graph.adapters.neo4j_query import run_query
from graph.adapters.neo4j_read import Reader
from graph.adapters.neo4j_server import ManagedNeo4j
from graph.adapters.neo4j_verify import content_hash, counts
from graph.adapters.neo4j_whole import read_whole
from graph.adapters.scoped_query import TIMEOUT_MS, ScopedQueries, checked
from graph.hash import graph_hash
from graph.model import Change, Neighborhood, Path, Snapshot, Subgraph, TableSet, View
from graph.schema import Schema
from graph.store import Progress, no_progress, scope_of

T = TypeVar("T")


class Neo4jStore:
    """Keeps the port ``graph.store.GraphStore``; made by ``open``. Safe among threads; one writer at a time.

    One database has no second place to fill before a swap. So during ``rebuild``, and during a publish of more
    than ``neo4j_publish.ATOMIC_ROWS`` rows, reads are refused; one that was interrupted has to be run again.
    """

    def __init__(self, bolt: Bolt, schema: Schema, managed: ManagedNeo4j | None) -> None:
        """For ``open``."""
        self._bolt, self._schema, self._managed = bolt, schema, managed
        self._queries = ScopedQueries(schema)

    @classmethod
    def open(
        cls,
        uri: str,
        user: str,
        password: str,
        schema: Schema,
        *,
        database: str = "neo4j",
        managed: ManagedNeo4j | None = None,
    ) -> Self:
        """Connect, and make the constraints that are missing.

        ``managed``: the server is ours, so ``rebuild`` may stop it for a bulk import. ``StoreError`` says what
        to check where the server does not answer or refuses the password.
        """
        bolt = Bolt.open(uri, user, password, database)
        try:
            ensure_constraints(bolt, schema)
        except BaseException:
            bolt.close()
            raise
        return cls(bolt, schema, managed)

    def publish(self, tables: TableSet, change: Change, progress: Progress = no_progress) -> None:
        """See the port, ``neo4j_publish`` for what a crash leaves."""
        neo4j_publish.publish(self._bolt, self._schema, tables, change, progress)

    def rebuild(self, tables: TableSet, progress: Progress = no_progress) -> None:
        """See the port. A managed server is stopped for it, and its whole database replaced."""
        if self._managed is None:
            neo4j_publish.rebuild(self._bolt, self._schema, tables, progress)
        else:
            neo4j_publish.rebuild_managed(self._managed, self._bolt, self._schema, tables, progress)

    def get(self, ids: Sequence[str], view: View) -> Subgraph:
        """See the port."""
        return self._read(view, lambda reader: reader.get(ids))

    def neighbors(self, entity_id: str, view: View, limit: int = 50) -> Neighborhood:
        """See the port."""
        return self._read(view, lambda reader: reader.neighbors(entity_id, limit))

    def paths(self, a: str, b: str, view: View, max_length: int = 6, limit: int = 20) -> tuple[Path, ...]:
        """See the port."""
        return self._read(view, lambda reader: shortest_paths(reader, a, b, max_length, limit))

    def subgraph(self, ids: Sequence[str], view: View) -> Subgraph:
        """See the port."""
        return self._read(view, lambda reader: reader.subgraph(ids))

    def query(self, text: str, parameters: Mapping[str, Any], view: View) -> pa.Table:
        """See the port."""
        scope = checked(text, parameters, view, self._schema)
        if scope.population:
            seconds = TIMEOUT_MS / 1000
            return read_whole(self._bolt, lambda tx: run_query(tx, self._schema, text, parameters), seconds)
        held = self.snapshot()
        return self._queries.run(text, parameters, view, f"{held.id} {held.graph_hash}", self.subgraph)

    def counts(self) -> Mapping[str, int]:
        """See the port."""
        return read_whole(self._bolt, lambda tx: counts(tx, self._schema))

    def snapshot(self, verify: bool = False) -> Snapshot:
        """See the port. A store in the middle of a publish says where that began."""
        held = self._bolt.read(state).snapshot
        if verify:
            return read_whole(self._bolt, lambda tx: Snapshot(held.id, content_hash(tx, self._schema)))
        return held if held.graph_hash else Snapshot(held.id, graph_hash(self._schema, {}))

    def close(self) -> None:
        """See the port."""
        self._queries.close()
        self._bolt.close()

    def _read(self, view: View, work: Callable[[Reader], T]) -> T:
        scope_of(view)
        return read_whole(self._bolt, lambda tx: work(Reader(tx, self._schema, view)))
