"""Answers of one snapshot as a whole, though Neo4j's readers see each commit of others, record by record.

A publish in one transaction shuts a gate just before it commits and opens it after; a reader looks at gate
and snapshot before and after its work, and does it again unless both stayed as they were.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from graph.adapters.neo4j_bolt import Bolt, Transaction
from graph.adapters.neo4j_layout import set_gate, state
from graph.errors import StoreError

T = TypeVar("T")

PATIENCE = 120.0
"""Seconds that a reader goes on trying."""

_PAUSE = 0.01


def read_whole(bolt: Bolt, work: Callable[[Transaction], T], seconds: float | None = None) -> T:
    """Run ``work`` in a read-only transaction (of at most ``seconds``) that sees one snapshot.

    ``StoreError`` where the store stands between two snapshots.
    """

    def attempt(tx: Transaction) -> list[T]:
        before = state(tx)
        if before.target is not None:
            raise StoreError(
                f"snapshot {before.target.id or '(none)'} is being published, or that was interrupted; "
                "wait for it, publish it again, or rebuild the store"
            )
        if before.settling:
            return []
        answer = work(tx)
        return [answer] if state(tx) == before else []

    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if answers := bolt.read(attempt, seconds):
            return answers[0]
        time.sleep(_PAUSE)
    raise StoreError("the graph is published again and again while it is read; try when that is done")


def write_whole(bolt: Bolt, work: Callable[[Transaction], None]) -> None:
    """Run ``work``, which publishes a whole snapshot, in one transaction behind the gate."""

    def gated(tx: Transaction) -> None:
        work(tx)
        bolt.write(lambda other: set_gate(other, shut=True))

    try:
        bolt.write(gated)
    finally:
        bolt.write(lambda tx: set_gate(tx, shut=False))
