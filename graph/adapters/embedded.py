"""The embedded graph store: LadybugDB for rows and Cypher, the mapped adjacency for walks. No server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path as FilePath
from threading import Lock
from typing import Any, Self

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from graph.adapters.embedded_engine import BUFFER_POOL_BYTES
from graph.adapters.embedded_folder import Folder, Stamp
from graph.adapters.embedded_generation import Generation, derive, write
from graph.adapters.embedded_load import read_back
from graph.adapters.scoped_query import ScopedQueries, checked, read_portable
from graph.errors import NotFound, StoreError
from graph.hash import graph_hash, join_hashes, table_hash
from graph.model import Change, Neighborhood, Path, Snapshot, Subgraph, TableSet, View
from graph.schema import Schema
from graph.store import Progress, no_progress
from graph.traverse import Lens, among, hop, shortest_paths, shown_nodes, shown_relations

LARGEST_DIFFERENCE = 0.05
"""Share of all rows above which a difference is not applied: loading anew is faster."""

NEVER: Stamp = (0, 0, 0)


class EmbeddedStore:
    """Keeps the port ``graph.store.GraphStore``; made by ``open``.

    One process publishes; any number of processes and threads read, and see the next snapshot at their next
    call. A store in memory is private to this object.
    """

    def __init__(self, folder: Folder | None, schema: Schema, pool_bytes: int, read_only: bool) -> None:
        """For ``open``, which is how to get one."""
        self._folder, self._schema, self._pool, self._read_only = folder, schema, pool_bytes, read_only
        self._queries = ScopedQueries(schema)
        self._reopening, self._writing = Lock(), Lock()
        self._held: tuple[Stamp, Generation] | None = None
        self._closed = False

    @classmethod
    def open(
        cls,
        folder: FilePath | None,
        schema: Schema,
        *,
        buffer_pool_bytes: int = BUFFER_POOL_BYTES,
        read_only: bool = False,
    ) -> Self:
        """The store in ``folder`` (made at the first publish), or an empty one in memory without a folder.

        ``buffer_pool_bytes`` bounds the memory of the engine. ``read_only``: publish and rebuild are refused.
        """
        return cls(Folder(folder) if folder else None, schema, buffer_pool_bytes, read_only)

    def publish(self, tables: TableSet, change: Change, progress: Progress = no_progress) -> None:
        """See the port. A large difference, and any in memory, is loaded anew."""
        with self._write_lock():
            now = self._now()
            if now.snapshot.id != change.base:
                raise StoreError(
                    f"the store stands at snapshot {now.snapshot.id!r}, "
                    f"the difference starts at {change.base!r}; rebuild it"
                )
            if self._folder is None or not change.base or self._is_large(change, now):
                self._replace(tables, progress)
                return
            pointer = self._folder.current()
            assert pointer is not None
            base = self._folder.path / pointer.generation
            self._swap_in(
                lambda new: derive(self._schema, base, new, change, tables.files, self._pool, progress),
                tables,
            )

    def rebuild(self, tables: TableSet, progress: Progress = no_progress) -> None:
        """See the port."""
        with self._write_lock():
            self._replace(tables, progress)

    def get(self, ids: Sequence[str], view: View) -> Subgraph:
        """See the port."""
        now = self._now()
        lens = now.lenses.lens(view)
        nodes = shown_nodes(lens, now.graph.nodes(ids))
        relations = shown_relations(lens, now.graph.relations(ids))
        return Subgraph(now.reader.entities(nodes), now.reader.relations(relations))

    def neighbors(self, entity_id: str, view: View, limit: int = 50) -> Neighborhood:
        """See the port."""
        now = self._now()
        lens = now.lenses.lens(view)
        centre = self._shown(now, lens, entity_id)
        found = hop(lens, centre, limit)
        return Neighborhood(entity_id, now.reader.hop(centre, found.relations), found.counts)

    def paths(self, a: str, b: str, view: View, max_length: int = 6, limit: int = 20) -> tuple[Path, ...]:
        """See the port."""
        now = self._now()
        lens = now.lenses.lens(view)
        return shortest_paths(lens, self._shown(now, lens, a), self._shown(now, lens, b), max_length, limit)

    def subgraph(self, ids: Sequence[str], view: View) -> Subgraph:
        """See the port."""
        return self._subgraph(self._now(), ids, view)

    def query(self, text: str, parameters: Mapping[str, Any], view: View) -> pa.Table:
        """See the port."""
        scope = checked(text, parameters, view, self._schema)
        now = self._now()
        if scope.population:
            return read_portable(now.engine, text, parameters)
        snapshot = f"{now.snapshot.id} {now.snapshot.graph_hash}"
        return self._queries.run(
            text, parameters, view, snapshot, lambda ids, seen: self._subgraph(now, ids, seen)
        )

    def counts(self) -> Mapping[str, int]:
        """See the port."""
        return self._now().graph.counts()

    def snapshot(self, verify: bool = False) -> Snapshot:
        """See the port."""
        now = self._now()
        if not verify:
            return now.snapshot
        with duckdb.connect() as connection:
            sums = {
                kind: table_hash(connection, self._schema, kind, read_back(now.engine, self._schema, kind))
                for kind in self._schema.kinds
            }
        return Snapshot(now.snapshot.id, join_hashes(sums))

    def close(self) -> None:
        """See the port."""
        self._closed = True
        self._queries.close()
        held, self._held = self._held, None
        if held is not None:
            held[1].engine.close()

    def _now(self) -> Generation:
        """The generation in force: the one held, unless the pointer has been swapped since."""
        if self._closed:
            raise StoreError("the graph store is closed; open it again")
        held = self._held
        if held is not None and held[0] == self._stamp():
            return held[1]
        with self._reopening:
            return self._reopened()

    def _stamp(self) -> Stamp:
        return self._folder.stamp() if self._folder else NEVER

    def _reopened(self) -> Generation:
        while True:
            stamp = self._stamp()
            if self._held is not None and self._held[0] == stamp:
                return self._held[1]
            try:
                generation = self._opened()
            except StoreError:
                if stamp == self._stamp():  # else a writer swapped and removed it between our two looks
                    raise
                continue
            self._held = (stamp, generation)  # the one held before closes when its last reader has ended

    def _opened(self) -> Generation:
        pointer = self._folder.current() if self._folder else None
        if self._folder is None or pointer is None:
            empty = Snapshot("", graph_hash(self._schema, {}))
            return Generation.in_memory(self._schema, {}, empty, self._pool)
        snapshot = Snapshot(pointer.snapshot, pointer.graph_hash)
        return Generation.open(self._schema, self._folder.path / pointer.generation, snapshot, self._pool)

    @contextmanager
    def _write_lock(self) -> Iterator[None]:
        if self._read_only:
            raise StoreError("the graph store was opened for reading; open it for writing to publish")
        with self._writing, self._folder.writing() if self._folder else nullcontext():
            yield

    def _replace(self, tables: TableSet, progress: Progress) -> None:
        if self._folder is not None:
            self._swap_in(lambda new: write(self._schema, new, tables.files, self._pool, progress), tables)
            return
        snapshot = Snapshot(tables.id, tables.graph_hash)
        self._held = (NEVER, Generation.in_memory(self._schema, tables.files, snapshot, self._pool, progress))

    def _swap_in(self, fill: Callable[[FilePath], None], tables: TableSet) -> None:
        assert self._folder is not None
        new = self._folder.new_generation()
        try:
            fill(new)
        except BaseException:
            shutil.rmtree(new)
            raise
        self._folder.swap(new, tables.id, tables.graph_hash)

    @staticmethod
    def _is_large(change: Change, now: Generation) -> bool:
        files = (*change.added.values(), *change.changed.values(), *change.removed.values())
        rows = sum(pq.read_metadata(file).num_rows for file in files)
        return bool(rows > LARGEST_DIFFERENCE * sum(now.graph.counts().values()))

    @staticmethod
    def _shown(now: Generation, lens: Lens, entity_id: str) -> int:
        nodes = shown_nodes(lens, now.graph.nodes([entity_id]))
        if not len(nodes):
            raise NotFound(f"no entity {entity_id!r} in this view; widen the scope, or search for it by name")
        return int(nodes[0])

    @staticmethod
    def _subgraph(now: Generation, ids: Sequence[str], view: View) -> Subgraph:
        lens = now.lenses.lens(view)
        nodes = shown_nodes(lens, now.graph.nodes(ids))
        return Subgraph(now.reader.entities(nodes), now.reader.relations(among(lens, nodes)))
