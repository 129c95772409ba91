"""One SQLite file, or one PostgreSQL database by URL: the ground of the ledger and the audit chain.

Writers take turns, between threads and between processes (SQLite: ``BEGIN IMMEDIATE``; PostgreSQL:
an advisory lock held to the end of the transaction), so that numbers have no gaps and their order is
the order in which they became visible. Readers see one moment. Tables are append-only by triggers,
so that the rule holds for every other programme too.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import (
    BigInteger,
    Connection,
    Engine,
    Integer,
    MetaData,
    Table,
    create_engine,
    event,
    inspect,
    text,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from graph.errors import StoreError

Clock = Callable[[], datetime]
"""Gives the time in UTC; tests put their own in."""

NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit number; on SQLite the type that makes a primary key the row number itself."""

BUSY_SECONDS = 10
_STAMP = "%Y-%m-%dT%H:%M:%S.%fZ"
_WRITES = {"mingcha_writes": True}


def utc_now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """A moment as text of fixed width in UTC, so that the order of texts is the order of time."""
    if moment.tzinfo is None:
        raise ValueError("a time without its zone says nothing; give UTC")
    return moment.astimezone(UTC).strftime(_STAMP)


def moment(text_: str) -> datetime:
    """The moment that ``stamp`` wrote."""
    return datetime.fromisoformat(text_)


class Database:
    """An open database. ``StoreError`` where it cannot be reached, read or written."""

    def __init__(self, engine: Engine, file: Path | None) -> None:
        self._engine = engine
        self._file = file
        self._inode = (0, 0)

    @classmethod
    def open(cls, where: str | Path, metadata: MetaData) -> Database:
        """Open ``where`` (a path, or a URL ``sqlite:///…`` / ``postgresql://…``), made if it is not there.

        The tables of ``metadata`` are made with their append-only triggers where the first is missing.
        """
        url = _url(where)
        file = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
        with _translated(url):
            database = cls(_engine(url), file)
            if file is not None:
                file.parent.mkdir(parents=True, exist_ok=True)
                with closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as raw:
                    raw.execute("PRAGMA journal_mode=WAL")  # stays in the file; readers need not wait
                database._inode = _inode(file)
            with database.writing("mingcha.tables") as connection:
                _make(connection, metadata)
        return database

    @property
    def name(self) -> str:
        """The place, without a password."""
        return str(self._file or self._engine.url.render_as_string(hide_password=True))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment."""
        with _translated(self._engine.url):
            self._check_file()
            with self._engine.connect() as connection:
                if self._file is None:
                    connection = connection.execution_options(isolation_level="REPEATABLE READ")
                with connection.begin():
                    yield connection

    @contextmanager
    def writing(self, lock: str) -> Iterator[Connection]:
        """A transaction that alone writes under ``lock``; it commits at the end, or nothing is written."""
        with _translated(self._engine.url):
            self._check_file()
            with self._engine.connect().execution_options(**_WRITES) as connection, connection.begin():
                if self._file is None:
                    take = text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))")
                    connection.execute(take, {"lock": lock})
                yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def _check_file(self) -> None:
        # An open SQLite file can be deleted or replaced; what we wrote then would go nowhere, unnoticed.
        if self._file is not None and self._inode != (0, 0) and _inode(self._file) != self._inode:
            raise StoreError(f"{self._file} was removed or replaced while open; put it back and start anew")


def _url(where: str | Path) -> URL:
    if isinstance(where, Path) or not re.match(r"[a-z]+(\+[a-z0-9]+)?://", where):
        return URL.create("sqlite", database=str(where))
    try:
        url = make_url(where)
    except ArgumentError as fault:
        raise StoreError("not a database URL; write sqlite:///FILE or postgresql://…") from fault
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        raise StoreError(f"{url.render_as_string()}: only a SQLite file or PostgreSQL can hold a ledger")
    return url.set(drivername="sqlite")


def _engine(url: URL) -> Engine:
    # Parameters are hidden because the text of an error may reach a screen.
    if url.get_backend_name() != "sqlite":
        connect = {"connect_timeout": BUSY_SECONDS}
        return create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=connect)
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _connected(raw: object, _record: object) -> None:
        raw.isolation_level = None  # type: ignore[attr-defined]  # we begin transactions ourselves
        raw.execute("PRAGMA synchronous=FULL")  # type: ignore[attr-defined]  # written means on the disk

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("mingcha_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _make(connection: Connection, metadata: MetaData) -> None:
    tables = metadata.sorted_tables
    if inspect(connection).has_table(tables[0].name):
        return
    metadata.create_all(connection)
    for table in tables:
        guard = _sqlite_guard if connection.dialect.name == "sqlite" else _postgres_guard
        for statement in guard(table):
            connection.exec_driver_sql(statement)


def _sqlite_guard(table: Table) -> Sequence[str]:
    stop = f"BEGIN SELECT RAISE(ABORT, '{table.name} is append-only'); END"
    same = " AND ".join(f"{column.name} = NEW.{column.name}" for column in table.primary_key)
    return (
        f"CREATE TRIGGER {table.name}_no_update BEFORE UPDATE ON {table.name} {stop}",
        f"CREATE TRIGGER {table.name}_no_delete BEFORE DELETE ON {table.name} {stop}",
        # INSERT OR REPLACE deletes the old row without calling delete triggers.
        f"CREATE TRIGGER {table.name}_no_replace BEFORE INSERT ON {table.name} "
        f"WHEN EXISTS (SELECT 1 FROM {table.name} WHERE {same}) {stop}",
    )


def _postgres_guard(table: Table) -> Sequence[str]:
    name = f"{table.name}_append_only"
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table.name} is append-only'; END $$",
        f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table.name} "
        f"FOR EACH ROW EXECUTE FUNCTION {name}()",
        f"CREATE TRIGGER {name}_all BEFORE TRUNCATE ON {table.name} EXECUTE FUNCTION {name}()",
    )


def _inode(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return (0, -1)
    return (found.st_dev, found.st_ino)


@contextmanager
def _translated(url: URL) -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as fault:
        cause = getattr(fault, "orig", None) or fault
        place = url.render_as_string(hide_password=True)
        raise StoreError(f"{place}: {cause}. Check that it is there, writable and not locked") from fault
