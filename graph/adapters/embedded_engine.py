"""One LadybugDB database, lent to threads by the connection.

Nothing above this file speaks to ``ladybug``. Plans are cached per connection, so connections are kept and
lent,
not made for each call; a connection runs one statement at a time.
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
        self, file: Path | None, *, pool_bytes: int = BUFFER_POOL_BYTES, read_only: bool = False
    ) -> None:
        try:
            self._database = ladybug.Database(
                file,
                buffer_pool_size=pool_bytes,
                max_db_size=_ADDRESS_SPACE if file else _SCOPED_ADDRESS_SPACE,
                read_only=read_only,
            )
        except RuntimeError as fault:
            where = file.name if file else "memory"
            raise StoreError(f"the embedded store cannot open {where}: {fault}") from fault
        self._idle: LifoQueue[ladybug.Connection] = LifoQueue()
        self._made: list[ladybug.Connection] = []
        self._closed = False

    @contextmanager
    def lend(self) -> Iterator[ladybug.Connection]:
        """A connection for one call at a time."""
        if self._closed:
            raise StoreError("the store is closed; open it again")
        try:
            connection = self._idle.get_nowait()
        except Empty:
            connection = ladybug.Connection(self._database)
            self._made.append(connection)
        try:
            yield connection
        except RuntimeError as fault:
            raise _fault(fault) from fault
        finally:
            self._idle.put(connection)

    def run(self, text: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Run a statement for its effect."""
        with self.lend() as connection:
            _one(connection.execute(text, dict(parameters or {}))).close()

    def rows(self, text: str, parameters: Mapping[str, Any] | None = None) -> list[list[Any]]:
        """Rows of a statement of our own, as Python values."""
        with self.lend() as connection, _one(connection.execute(text, dict(parameters or {}))) as result:
            return [list(row) for row in result]

    def table(self, text: str, parameters: Mapping[str, Any] | None = None) -> pa.Table:
        """Rows of a statement of our own, as one Arrow table."""
        with self.lend() as connection, _one(connection.execute(text, dict(parameters or {}))) as result:
            return result.get_as_arrow(_CHUNK)

    def read(self, text: str, parameters: Mapping[str, Any], timeout_ms: int) -> pa.Table:
        """Rows of a stranger's text inside a read-only transaction.

        ``QueryRefused`` for a write or a text the engine does not understand; ``StoreError`` after
        ``timeout_ms``.
        """
        with self.lend() as connection:
            connection.set_query_timeout(timeout_ms)
            _one(connection.execute("BEGIN TRANSACTION READ ONLY")).close()
            try:
                with _one(connection.execute(text, dict(parameters))) as result:
                    return result.get_as_arrow(_CHUNK)
            finally:
                connection.set_query_timeout(0)
                self._end(connection)

    @staticmethod
    def _end(connection: ladybug.Connection) -> None:
        """Leave the transaction; a statement that failed has left it already."""
        try:
            _one(connection.execute("ROLLBACK")).close()
        except RuntimeError as fault:
            if "No active transaction" not in str(fault):
                raise

    def close(self) -> None:
        """Close the database; calls that are running are interrupted. Closing twice is allowed."""
        if self._closed:
            return
        self._closed = True
        for connection in self._made:
            connection.close()
        self._database.close()


def _one(result: ladybug.QueryResult | list[ladybug.QueryResult]) -> ladybug.QueryResult:
    if isinstance(result, list):
        raise QueryRefused("several statements in one text; send one at a time")
    return result


def _fault(fault: RuntimeError) -> StoreError:
    text = str(fault).strip()
    if "Interrupted" in text:
        return StoreError(
            "the query took too long and was stopped; narrow it, or ask for a larger time budget"
        )
    if _REFUSALS.search(text):
        return QueryRefused(f"the embedded store will not run this: {text}")
    return StoreError(f"the embedded store failed: {text}")
