"""What Neo4j keeps beside the graph: constraints, indexes, and a node that says which snapshot it holds.

That node and a second one, the gate of ``neo4j_whole``, have a label of their own, ``MingchaMeta``. Every read
of ours names its labels, so no count, hash or walk sees them, and a stranger's query that would is refused
(``neo4j_query``).
"""

from __future__ import annotations

from dataclasses import dataclass

from graph.adapters.neo4j_bolt import Bolt, Transaction
from graph.model import Snapshot
from graph.schema import Schema

META = "MingchaMeta"
_META_ID, _GATE_ID = "store", "gate"
GATE_MS = 60_000
"""Longest time, in milliseconds, that applying one transaction may keep readers waiting."""

_AWAIT_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class State:
    """Which snapshot the store holds, and the one that a publish in several transactions brings it to.

    While ``target`` is set the content is between ``snapshot`` and ``target``; while it is ``settling`` a
    transaction with a whole publish is being applied.
    """

    snapshot: Snapshot
    target: Snapshot | None = None
    settling: bool = False


EMPTY = State(Snapshot("", ""))


def ensure_constraints(bolt: Bolt, schema: Schema) -> None:
    """One id is one node, of each label; made where it is missing."""
    wanted = {
        f"unique_{label}": f"FOR (n:{label}) REQUIRE n.id IS UNIQUE" for label in (*schema.entities, META)
    }
    present = {row[0] for row in bolt.run("read the constraints", "SHOW CONSTRAINTS YIELD name RETURN name")}
    for name in wanted.keys() - present:
        bolt.run(f"make {name}", f"CREATE CONSTRAINT {name} IF NOT EXISTS {wanted[name]}")


def ensure_relation_indexes(bolt: Bolt, schema: Schema) -> None:
    """An index of relation ids for each type; made where it is missing, and waited for.

    Made after the first bulk load: filling them then is faster than keeping them up meanwhile.
    """
    wanted = {_index(kind): f"FOR ()-[r:{kind}]-() ON (r.id)" for kind in schema.relations}
    present = {row[0] for row in bolt.run("read the indexes", "SHOW INDEXES YIELD name RETURN name")}
    for name in wanted.keys() - present:
        bolt.run(f"make {name}", f"CREATE INDEX {name} IF NOT EXISTS {wanted[name]}")
    bolt.run("wait for the indexes", f"CALL db.awaitIndexes({_AWAIT_SECONDS})")


def drop_relation_indexes(bolt: Bolt, schema: Schema) -> None:
    """Before a bulk load into an emptied store."""
    for kind in schema.relations:
        bolt.run("drop an index", f"DROP INDEX {_index(kind)} IF EXISTS")


def _index(kind: str) -> str:
    return f"id_{kind}"


def state(tx: Transaction) -> State:
    """What the store says of itself; an empty one says nothing."""
    text = (
        f"MATCH (m:{META}) RETURN m.id, m.snapshot, m.graph_hash, m.target, m.target_hash, "
        "coalesce(timestamp() - m.shut < $while, false)"
    )
    rows = {row[0]: row[1:] for row in tx.rows("read the snapshot", text, **{"while": GATE_MS})}
    snapshot, graph_hash, target, target_hash, _ = rows.get(_META_ID, ("", "", None, None, False))
    return State(
        Snapshot(snapshot, graph_hash),
        None if target is None else Snapshot(target, target_hash or ""),
        settling=_GATE_ID in rows and bool(rows[_GATE_ID][-1]),
    )


def remember(tx: Transaction, new: State) -> None:
    """Write down the new state, in the transaction that makes it true."""
    target = new.target
    meta = {
        "id": _META_ID,
        "snapshot": new.snapshot.id,
        "graph_hash": new.snapshot.graph_hash,
        "target": target.id if target else None,
        "target_hash": target.graph_hash if target else None,
    }
    tx.rows("remember the snapshot", f"MERGE (m:{META} {{id: $meta.id}}) SET m = $meta", meta=meta)


def set_gate(tx: Transaction, shut: bool) -> None:
    """Shut the gate (it opens by itself after ``GATE_MS``, should its owner die), or open it."""
    since = "timestamp()" if shut else "null"
    tx.rows("set the gate", f"MERGE (m:{META} {{id: $id}}) SET m.shut = {since}", id=_GATE_ID)


META_HEADER = "id:ID,snapshot:string,graph_hash:string"


def meta_row(snapshot: Snapshot) -> tuple[str, str, str]:
    """The same node for a bulk import, in the order of ``META_HEADER``."""
    return _META_ID, snapshot.id, snapshot.graph_hash
