"""Bring a Neo4j store from one snapshot to the next, or fill it anew.

A difference of at most ``ATOMIC_ROWS`` rows goes in one transaction: readers see the old or the new snapshot,
and a crash leaves the old one. A larger one does not fit a server's memory and goes in many: first the target
is written down, last the target becomes the snapshot; reads are refused in between. A store left in between
takes the *same* publish again, which then adds by MERGE and so ends right wherever it was interrupted; or a
first publish or a rebuild, which empty it first. Anything else is refused.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import duckdb

from graph.adapters.neo4j_bolt import Bolt, Transaction
from graph.adapters.neo4j_csv import ARRAY_DELIMITER, write_import
from graph.adapters.neo4j_layout import (
    EMPTY,
    State,
    drop_relation_indexes,
    ensure_constraints,
    ensure_relation_indexes,
    remember,
    state,
)
from graph.adapters.neo4j_load import Batch, batches, row_count, send, steps
from graph.adapters.neo4j_server import ManagedNeo4j
from graph.adapters.neo4j_verify import counts
from graph.adapters.neo4j_whole import write_whole
from graph.errors import StoreError
from graph.model import Change, Snapshot, TableSet
from graph.schema import Schema
from graph.store import Progress, no_progress

ATOMIC_ROWS = 50_000
"""Rows of one transaction, about 3 kB of the server's heap each: they fit a server with 512 MB of it."""

_DELETED_AT_ONCE = 20_000


def publish(
    bolt: Bolt, schema: Schema, tables: TableSet, change: Change, progress: Progress = no_progress
) -> None:
    """Apply ``change``; ``StoreError`` where the store does not stand at ``change.base``."""
    ensure_constraints(bolt, schema)
    target, now = Snapshot(tables.id, tables.graph_hash), bolt.read(state)
    if now.target is None and now.snapshot.id != change.base:
        raise StoreError(
            f"the store holds snapshot {now.snapshot.id or '(none)'}, the difference begins at "
            f"{change.base or '(none)'}; rebuild the store"
        )
    again = now.target == target and now.snapshot.id == change.base
    if now.target is not None and not again:
        if change.base:
            raise StoreError(
                f"a publish of snapshot {now.target.id or '(none)'} was interrupted; "
                "publish that again, or rebuild the store"
            )
        clear(bolt, schema, progress)
        now = EMPTY
    large = row_count(change) > ATOMIC_ROWS
    if change.base:
        ensure_relation_indexes(bolt, schema)  # changes and removals find their relations by them
    elif large:
        drop_relation_indexes(bolt, schema)
    if again or large:
        _bit_by_bit(bolt, schema, change, State(now.snapshot, target), again, progress)
    else:
        write_whole(bolt, lambda tx: _at_once(tx, schema, change, target, progress))
    ensure_relation_indexes(bolt, schema)


def _at_once(tx: Transaction, schema: Schema, change: Change, target: Snapshot, progress: Progress) -> None:
    for batch in _told(schema, change, progress):
        send(tx, schema, batch, again=False)
    remember(tx, State(target))


def _bit_by_bit(
    bolt: Bolt, schema: Schema, change: Change, between: State, again: bool, progress: Progress
) -> None:
    bolt.write(lambda tx: remember(tx, between))
    for batch in _told(schema, change, progress):
        bolt.write(partial(send, schema=schema, batch=batch, again=again))
    bolt.write(lambda tx: remember(tx, State(between.target or between.snapshot)))


def _told(schema: Schema, change: Change, progress: Progress) -> Iterator[Batch]:
    """All batches of a change in order, with the progress before each."""
    rows, done = row_count(change), 0
    with duckdb.connect() as files:
        for step in steps(files, schema, change):
            for batch in batches(files, schema, step):
                progress(done, rows, step.kind)
                yield batch
                done += len(batch.rows)
    progress(rows, rows, "")


def rebuild(bolt: Bolt, schema: Schema, tables: TableSet, progress: Progress = no_progress) -> None:
    """Empty the store and load ``tables`` through the driver; reads are refused meanwhile."""
    clear(bolt, schema, progress)
    publish(bolt, schema, tables, Change(base="", added=tables.files), progress)


def clear(bolt: Bolt, schema: Schema, progress: Progress = no_progress) -> None:
    """Take all entities and relations out; other nodes of the database stay."""
    if bolt.read(state) == EMPTY:
        return
    bolt.write(lambda tx: remember(tx, State(EMPTY.snapshot, EMPTY.snapshot)))
    held = bolt.read(lambda tx: counts(tx, schema))
    in_batches = f"IN TRANSACTIONS OF {_DELETED_AT_ONCE} ROWS"
    for kind in (k for k in schema.relations if held[k]):
        progress(0, 0, kind)
        bolt.run(f"remove {kind}", f"MATCH ()-[r:{kind}]->() CALL (r) {{ DELETE r }} {in_batches}")
    for kind in (k for k in schema.entities if held[k]):
        progress(0, 0, kind)
        bolt.run(f"remove {kind}", f"MATCH (n:{kind}) CALL (n) {{ DELETE n }} {in_batches}")
    bolt.write(lambda tx: remember(tx, EMPTY))


def rebuild_managed(
    server: ManagedNeo4j, bolt: Bolt, schema: Schema, tables: TableSet, progress: Progress = no_progress
) -> None:
    """Replace the database of our own server by a bulk import: stops and starts the server.

    The database is replaced as a whole, also what others keep in it (the search index is to be built again).
    """
    folder = Path(tempfile.mkdtemp(prefix="import-", dir=server.home.path))
    try:
        nodes, relations = write_import(folder, schema, tables, progress)
        progress(0, 0, "import")
        bolt.close()
        server.import_full(nodes, relations, array_delimiter=ARRAY_DELIMITER)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        bolt.reconnect()
    ensure_constraints(bolt, schema)
    ensure_relation_indexes(bolt, schema)
    progress(1, 1, "")
