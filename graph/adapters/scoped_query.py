"""Queries under a case scope: on an in-memory graph that holds the members' subgraph and nothing else.

So a stranger's text cannot reach further, whatever store the subgraph came from.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Any, TypeAlias

import pyarrow as pa

from graph.adapters.embedded_engine import SCOPED_POOL_BYTES, Engine
from graph.adapters.embedded_load import create, load
from graph.adapters.portable_result import portable
from graph.adapters.rows import tables
from graph.cypher_lint import check
from graph.errors import QueryRefused
from graph.model import Scope, Subgraph, View
from graph.schema import Schema
from graph.store import scope_of

TIMEOUT_MS = 30_000
"""Time budget of a query."""

GRAPHS_KEPT = 4
"""In-memory graphs kept for the scopes asked last."""

Fetch: TypeAlias = Callable[[Sequence[str], View], Subgraph]
_Key: TypeAlias = tuple[str, Scope, int | None, frozenset[str] | None]


def checked(text: str, parameters: Mapping[str, Any], view: View, schema: Schema) -> Scope:
    """The scope under which ``text`` may run; ``QueryRefused`` where it may not run at all.

    A population scope takes the whole store, so a view that narrows it by day or kind would promise too much.
    """
    scope = scope_of(view)
    if scope.population and (view.as_of is not None or view.kinds is not None):
        raise QueryRefused(
            "a query over the population is not narrowed by day or kind; write it into the query"
        )
    check(text, schema, parameters)
    return scope


def read_portable(
    engine: Engine, text: str, parameters: Mapping[str, Any], timeout_ms: int = TIMEOUT_MS
) -> pa.Table:
    """Rows of a checked text from an embedded engine, read-only."""
    return portable(engine.read(text, parameters, timeout_ms))


class ScopedQueries:
    """The in-memory graphs of the last few scopes. Safe among threads."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._engines: OrderedDict[_Key, Engine] = OrderedDict()
        self._lock = Lock()

    def run(
        self, text: str, parameters: Mapping[str, Any], view: View, snapshot: str, fetch: Fetch
    ) -> pa.Table:
        """Rows of a checked text over the members of the view's scope.

        ``snapshot`` tells what ``fetch`` reads from (``subgraph`` of the main store); a graph built from
        another snapshot is not used.
        """
        key = (snapshot, scope_of(view), view.as_of, view.kinds)
        with self._lock:  # one build at a time: the second thread to ask finds it made
            engine = self._engines.pop(key, None) or self._built(view, fetch)
            self._engines[key] = engine
            while len(self._engines) > GRAPHS_KEPT:
                self._engines.popitem(last=False)  # closes itself when its last query has ended
        return read_portable(engine, text, parameters)

    def _built(self, view: View, fetch: Fetch) -> Engine:
        members = sorted(scope_of(view).members)
        engine = Engine(None, pool_bytes=SCOPED_POOL_BYTES)
        create(engine, self._schema)
        load(engine, self._schema, tables(self._schema, fetch(members, view)))
        return engine

    def close(self) -> None:
        """Forget all graphs."""
        with self._lock:
            self._engines.clear()
