"""One LadybugDB database, lent to threads by the connection.

Nothing above this file speaks to ``ladybug``. A connection runs one statement at a time and keeps the plan of every
text it has run, with all that plan has in memory (half a gigabyte for a join over a large table). So the few texts
of our own that walk over keys run on connections that are kept; bulk work and strangers' texts run on one that is
closed after them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any

import ladybug
import pyarrow as pa

from graph.errors import QueryRefused, StoreError

BUFFER_POOL_BYTES = 1 << 30
SCOPED_POOL_BYTES = 1 << 28
"""Buffer pool of the store, and of the small graph of one scope."""

_ADDRESS_SPACE = 1 << 40
_SCOPED_ADDRESS_SPACE = 1 << 34
"""Address space reserved by a database; the engine's own default, 8 TB, leaves room for sixteen."""

_CHUNK = 1 << 20
"""Rows of one Arrow chunk."""

_REFUSALS = re.compile(r"Parser exception|Binder exception|Catalog exception|read-only", re.IGNORECASE)


class Engine:
    """A database in ``file``, or in memory without one."""

    def __init__(
        self,
        file: Path | None,
        *,
        pool_bytes: int = BUFFER_POOL_BYTES,
        read_only: bool = False,
        checkpoints: bool = True,
    ) -> None:
        """Open it. Without ``checkpoints`` the engine makes none of its own accord."""
        try:
            self._database = ladybug.Database(
                file,
                buffer_pool_size=pool_bytes,
                max_db_size=_ADDRESS_SPACE if file else _SCOPED_ADDRESS_SPACE,
                read_only=read_only,
                auto_checkpoint=checkpoints,
            )
        except RuntimeError as fault:
            where = file.name if file else "memory"
            raise StoreError(f"the embedded store cannot open {where}: {fault}") from fault
        self._idle: LifoQueue[ladybug.Connection] = LifoQueue()
        self._kept: list[ladybug.Connection] = []
        self._closed = False

    def run(self, text: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Run a statement for its effect."""
        with self._fresh() as connection:
            _execute(connection, text, parameters or {}).close()

    def rows(
        self, text: str, parameters: Mapping[str, Any] | None = None, *, keep_plan: bool = False
    ) -> list[list[Any]]:
        """Rows of a statement of our own. ``keep_plan`` where it walks over keys and comes often."""
        with self._lent() if keep_plan else self._fresh() as connection:
            result = _execute(connection, text, parameters or {})
            with result:
                return [list(row) for row in result]

    def table(self, text: str) -> pa.Table:
        """Rows of a statement of our own, as one Arrow table."""
        with self._fresh() as connection, _execute(connection, text, {}) as result:
            return result.get_as_arrow(_CHUNK)

    def read(self, text: str, parameters: Mapping[str, Any], timeout_ms: int) -> pa.Table:
        """Rows of a stranger's text inside a read-only transaction.

        ``QueryRefused`` for a write or a text the engine does not understand; ``StoreError`` after ``timeout_ms``.
        """
        with self._fresh() as connection:
            connection.set_query_timeout(timeout_ms)
            _execute(connection, "BEGIN TRANSACTION READ ONLY", {}).close()
            with _execute(connection, text, parameters) as result:
                return result.get_as_arrow(_CHUNK)

    @contextmanager
    def _lent(self) -> Iterator[ladybug.Connection]:
        """A connection that keeps its plans, for one statement."""
        self._check_open()
        try:
            connection = self._idle.get_nowait()
        except Empty:
            connection = ladybug.Connection(self._database)
            self._kept.append(connection)
        try:
            with _faults():
                yield connection
        finally:
            self._idle.put(connection)

    @contextmanager
    def _fresh(self) -> Iterator[ladybug.Connection]:
        """A connection that is closed, with its transaction and its plans, after one statement."""
        self._check_open()
        with _faults(), ladybug.Connection(self._database) as connection:
            yield connection

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError("the store is closed; open it again")

    def close(self) -> None:
        """Close the database; calls that are running are interrupted. Closing twice is allowed."""
        if self._closed:
            return
        self._closed = True
        for connection in self._kept:
            connection.close()
        self._database.close()


def _execute(connection: ladybug.Connection, text: str, parameters: Mapping[str, Any]) -> ladybug.QueryResult:
    result = connection.execute(text, dict(parameters))
    if isinstance(result, list):
        raise QueryRefused("several statements in one text; send one at a time")
    return result


@contextmanager
def _faults() -> Iterator[None]:
    """The engine's errors as ours."""
    try:
        yield
    except RuntimeError as fault:
        text = str(fault).strip()
        if "Interrupted" in text:
            raise StoreError(
                "the query took too long and was stopped; narrow it, or ask for a larger time budget"
            ) from fault
        if _REFUSALS.search(text):
            raise QueryRefused(f"the embedded store will not run this: {text}") from fault
        raise StoreError(f"the embedded store failed: {text}") from fault
