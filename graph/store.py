"""The port of graph stores. Two adapters keep it: embedded (LadybugDB) and Neo4j over Bolt.

Every read wears a ``View``; a read whose view has no scope raises ``QueryRefused``. Both adapters
give the same rows in the same order for the same calls, which ``tests/contracts`` proves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import pyarrow as pa

from graph.errors import QueryRefused
from graph.model import Change, Neighborhood, Path, Scope, Snapshot, Subgraph, TableSet, View

Progress = Callable[[int, int, str], None]
"""Called with (done, total, stage); total 0 = not known."""


def no_progress(done: int, total: int, stage: str) -> None:
    """Say nothing."""


def scope_of(view: View) -> Scope:
    """The scope of ``view``; raises ``QueryRefused`` where it has none."""
    if view.scope is None:
        raise QueryRefused("a graph store never answers without a scope; open a case first")
    return view.scope


class GraphStore(Protocol):
    """Port of a graph store."""

    def publish(self, tables: TableSet, change: Change, progress: Progress = no_progress) -> None:
        """Bring the store from ``change.base`` to ``tables``; after a crash the store is at one or the other.

        ``StoreError`` where the store does not stand at ``change.base`` (rebuild then).
        """

    def rebuild(self, tables: TableSet, progress: Progress = no_progress) -> None:
        """Replace everything by ``tables``, by bulk load; old content stays readable until the swap."""

    def get(self, ids: Sequence[str], view: View) -> Subgraph:
        """The entities and relations with these ids, as far as the view shows them. Unknown ids are left out."""

    def neighbors(self, entity_id: str, view: View, limit: int = 50) -> Neighborhood:
        """One hop in both directions. ``NotFound`` where the view does not show the entity."""

    def paths(self, a: str, b: str, view: View, max_length: int = 6, limit: int = 20) -> tuple[Path, ...]:
        """All shortest paths from ``a`` to ``b`` (undirected) of at most ``max_length`` relations.

        Ordered by their sequence of relation ids from ``a`` to ``b``, cut at ``limit``. Parallel relations
        make different paths; self-loops are in none; from an entity to itself there is none.
        ``NotFound`` where the view does not show ``a`` or ``b``.
        """

    def subgraph(self, ids: Sequence[str], view: View) -> Subgraph:
        """The entities among ``ids`` the view shows, and every shown relation with both ends among them."""

    def query(self, text: str, parameters: Mapping[str, Any], view: View) -> pa.Table:
        """Rows of a read-only portable Cypher text.

        Under a population scope it runs on the store, read-only, and ``as_of`` and ``kinds`` must be None
        (the text itself says what it wants); under a case scope on an in-memory graph of the members'
        subgraph. Columns are scalars or lists of scalars: whole numbers int64, other numbers float64,
        days date32; a column without a value has Arrow's null type. ``QueryRefused`` for a write, for
        what portable Cypher forbids and for a column of nodes, relations or maps.
        """

    def counts(self) -> Mapping[str, int]:
        """Number of entities and relations by kind, every kind of the schema present."""

    def snapshot(self, verify: bool = False) -> Snapshot:
        """Which snapshot the store holds. With ``verify`` the hash is computed anew from its content."""

    def close(self) -> None:
        """Let go of files and connections. Closing twice is allowed."""
