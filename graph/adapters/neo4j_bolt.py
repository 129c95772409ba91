"""One Neo4j database over Bolt: transactions that read or write, and the driver's errors as ours.

Nothing above this file speaks to the driver. The managed server of ``neo4j_server`` is a matter of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self, TypeAlias, TypeVar

from neo4j import (
    READ_ACCESS,
    WRITE_ACCESS,
    Driver,
    GraphDatabase,
    ManagedTransaction,
    NotificationMinimumSeverity,
    Session,
    unit_of_work,
)
from neo4j.exceptions import AuthError, DriverError, Neo4jError, ServiceUnavailable

from graph.errors import QueryRefused, StoreError

Row: TypeAlias = list[Any]
T = TypeVar("T")

FETCH_ROWS = 10_000
"""Rows the server sends before it waits to be asked for more."""

CONNECT_SECONDS = 15.0

A_QUERY = "run the query"
"""What a stranger's text does: what Neo4j will not run of it is refused, not failed."""

_STOPPED = ("TransactionTimedOut", "TransactionTimedOutClientConfiguration")


class Transaction:
    """A running transaction. Its errors say what was done (``what``) and show the text."""

    def __init__(self, driven: ManagedTransaction) -> None:
        self._driven = driven

    def rows(self, what: str, text: str, **parameters: Any) -> list[Row]:
        """All rows of a statement."""
        with told(what, text):
            return self._driven.run(text, parameters).values()

    def stream(self, what: str, text: str, **parameters: Any) -> Iterator[Row]:
        """Rows of a statement as they come; the transaction has to stay open meanwhile."""
        with told(what, text):
            for record in self._driven.run(text, parameters):
                yield list(record.values())

    def table(self, text: str, parameters: Mapping[str, Any]) -> tuple[tuple[str, ...], list[Row]]:
        """Columns and rows of a stranger's text."""
        with told(A_QUERY, text):
            result = self._driven.run(text, dict(parameters))
            return result.keys(), result.values()

    def plan(self, text: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """The server's plan for a stranger's text, which is not run."""
        with told(A_QUERY, text):
            return self._driven.run(f"EXPLAIN {text}", dict(parameters)).consume().plan or {}


class Bolt:
    """Connections to one database; safe among threads."""

    def __init__(self, uri: str, user: str, password: str, database: str) -> None:
        self._access = uri, user, password, database
        self._driver: Driver | None = self._connect()

    @classmethod
    def open(cls, uri: str, user: str, password: str, database: str) -> Self:
        """Connect and see that the server answers; ``StoreError`` says what to check where it does not."""
        bolt = cls(uri, user, password, database)
        try:
            with bolt._reached():
                bolt._connected().verify_connectivity()  # at once, where a transaction would try again and again
            bolt.read(lambda tx: tx.rows("open the store", "RETURN 1"))
        except BaseException:
            bolt.close()
            raise
        return bolt

    def reconnect(self) -> None:
        """Forget all connections: the server was restarted with another database."""
        self.close()
        self._driver = self._connect()

    def _connect(self) -> Driver:
        uri, user, password, _ = self._access
        try:
            driver = GraphDatabase.driver(
                uri,
                auth=(user, password),
                connection_timeout=CONNECT_SECONDS,
                notifications_min_severity=NotificationMinimumSeverity.OFF,
                telemetry_disabled=True,
            )
        except (DriverError, ImportError, ValueError) as fault:
            raise StoreError(
                f"{uri!r} is no address of a Neo4j server: {fault}. "
                "Write bolt://host:7687, or neo4j+s://host for a cluster."
            ) from fault
        # Members of a cluster lag behind each other, so there a session waits for what ours wrote before. A single
        # server needs no bookmarks, and one whose database was replaced by an import would wait for old ones.
        self._bookmarks = GraphDatabase.bookmark_manager() if uri.startswith("neo4j") else None
        return driver

    def _connected(self) -> Driver:
        if self._driver is None:
            raise StoreError("the store is closed; open it again")
        return self._driver

    def _session(self, access: str) -> Session:
        return self._connected().session(
            database=self._access[3],
            default_access_mode=access,
            fetch_size=FETCH_ROWS,
            bookmark_manager=self._bookmarks,
        )

    def read(self, work: Callable[[Transaction], T], seconds: float | None = None) -> T:
        """Run ``work`` in one read-only transaction, of at most ``seconds``: the server refuses writes in it.

        Run again where the server asks for that.
        """
        bounded = unit_of_work(timeout=seconds)(lambda tx: work(Transaction(tx)))
        with self._reached(), self._session(READ_ACCESS) as session:
            answer: T = session.execute_read(bounded)
            return answer

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Run ``work`` in one transaction: all of it happens, or nothing."""
        with self._reached(), self._session(WRITE_ACCESS) as session:
            return session.execute_write(lambda tx: work(Transaction(tx)))

    def run(self, what: str, text: str, **parameters: Any) -> list[Row]:
        """Run a statement that makes its own transactions (indexes, ``CALL … IN TRANSACTIONS``)."""
        with self._reached(), self._session(WRITE_ACCESS) as session, told(what, text):
            rows: list[Row] = session.run(text, parameters).values()
            return rows

    def close(self) -> None:
        """Close all connections. Closing twice is allowed."""
        driver, self._driver = self._driver, None
        if driver is not None:
            driver.close()

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Errors of getting to the server, as ours."""
        uri, user, _, database = self._access
        try:
            yield
        except AuthError as fault:
            raise StoreError(
                f"Neo4j at {uri} refuses the user {user!r} with this password ({fault.message}). "
                "Check the user, and the password in the environment."
            ) from fault
        except ServiceUnavailable as fault:
            raise StoreError(
                f"Neo4j at {uri} does not answer ({str(fault).splitlines()[0]}). Check that the server runs, "
                "that host and port are its Bolt address, and that nothing between blocks them."
            ) from fault
        except Neo4jError as fault:
            if fault.code == "Neo.ClientError.Database.DatabaseNotFound":
                raise StoreError(f"Neo4j at {uri} has no database {database!r}; check its name") from fault
            raise StoreError(f"Neo4j at {uri} failed: {fault.message} ({fault.code})") from fault
        except DriverError as fault:
            raise StoreError(f"the connection to Neo4j at {uri} failed: {fault}") from fault


@contextmanager
def told(what: str, text: str) -> Iterator[None]:
    """A refusal of this one statement, as ours; faults of the connection and those worth another try pass."""
    try:
        yield
    except Neo4jError as fault:
        code, message = fault.code or "", fault.message or str(fault)
        if fault.is_retryable() or isinstance(fault, AuthError) or ".Database." in code:
            raise
        if code.endswith(_STOPPED):
            raise StoreError(
                "the query took too long and was stopped; narrow it, or ask for a larger time budget"
            ) from fault
        if code.endswith(".AccessMode"):
            raise QueryRefused(f"could not {what}: reads may not write\n{text}") from fault
        refused = what == A_QUERY and code.startswith("Neo.ClientError.Statement.")
        kind = QueryRefused if refused else StoreError
        raise kind(f"could not {what} on Neo4j: {message} ({code})\n{text}") from fault
