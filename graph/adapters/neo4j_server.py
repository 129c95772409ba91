"""A Neo4j server of our own: started on loopback, loaded in bulk, stopped by its process id.

For teams without a Neo4j, and for tests. Program files come from ``neo4j_distribution``; what a
home folder holds is told in ``neo4j_home``. By hand::

    python -m graph.adapters.neo4j_server start|stop|status --home DIR
"""

from __future__ import annotations

import argparse
import atexit
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from neo4j import GraphDatabase
from neo4j.exceptions import AuthError, DriverError, Neo4jError

from graph.adapters.neo4j_home import Home, Running, tail
from graph.adapters.neo4j_import import import_arguments, import_failure
from graph.errors import MingchaError, StoreError

DATABASE = "neo4j"  # the community edition serves this one


class ManagedNeo4j:
    """A Neo4j server and its home folder. Made by ``start``; a context that closes itself.

    A server started with ``keep`` outlives this process: ``close`` and the interpreter's end leave
    it running, and a later ``start`` on the same home answers with it.
    """

    user = "neo4j"

    def __init__(self, home: Path, *, heap: str, page_cache: str, keep: bool, timeout: float) -> None:
        """For ``start`` and ``find``, which are how to get one."""
        self.home, self.keep = Home(home), keep
        self._heap, self._page_cache, self._timeout = heap, page_cache, timeout
        self._child: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None
        self._running = Running(0, 0, keep)

    @classmethod
    def start(
        cls,
        home: Path,
        *,
        heap: str = "1g",
        page_cache: str = "512m",
        port: int | None = None,
        keep: bool = False,
        timeout: float = 120.0,
    ) -> Self:
        """Start the server of ``home`` (made if absent) and wait until it answers: 6–9 s.

        ``heap`` and ``page_cache`` as Java writes sizes. Without ``port`` the last one is taken
        again if it is free, else any. A server that a crashed process left behind is stopped
        first; one started with ``keep`` is answered as it runs. Raises StoreError when Java or Maven
        is missing, the home is in use, or nothing answers within ``timeout`` seconds.
        """
        server = cls(home, heap=heap, page_cache=page_cache, keep=keep, timeout=timeout)
        server._claim()
        try:
            left = server.home.running()
            if left and left.keep:
                server._running, server.keep = left, True
                return server
            if left:
                server.home.end(left.pid)
            server._launch(port)
        finally:
            if server.keep or not server.pid:
                server._release()
        if not keep:
            atexit.register(server.stop)
        return server

    @classmethod
    def find(cls, home: Path) -> Self | None:
        """The server that runs in ``home`` now, whoever started it."""
        running = Home(home).running()
        if running is None:
            return None
        server = cls(home, heap="1g", page_cache="512m", keep=running.keep, timeout=120.0)
        server._running = running
        return server

    @property
    def uri(self) -> str:
        return f"bolt://127.0.0.1:{self._running.port}"

    @property
    def password(self) -> str:
        return self.home.password()

    @property
    def pid(self) -> int:
        """The server's process id; 0 when it is stopped."""
        return self._running.pid

    def stop(self) -> None:
        """Stop the server, kept or not; nothing happens if it is stopped already."""
        self._claim()
        try:
            self._halt()
        finally:
            self._release()
        atexit.unregister(self.stop)

    def close(self) -> None:
        """Stop the server unless it is kept running."""
        if not self.keep:
            self.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def admin(self, *args: str, heap: str = "512m") -> str:
        """Run ``neo4j-admin`` on this home and give what it says. Raises StoreError if it fails.

        Most of its acts want the server stopped.
        """
        done = self.home.admin(args, heap)
        if done.returncode:
            raise StoreError(
                f"neo4j-admin {' '.join(args[:3])} failed on {self.home.path}:\n{tail(done.stdout)}"
            )
        return done.stdout

    def import_full(
        self,
        nodes: Mapping[str, Sequence[Path]],
        relations: Mapping[str, Sequence[Path]],
        *,
        array_delimiter: str = "U+001F",
        multiline: bool = True,
        heap: str = "1g",
        off_heap: str = "1g",
        threads: int | None = None,
    ) -> None:
        """Replace the whole database by CSV files: stop, ``database import full``, start again.

        ``nodes`` by label and ``relations`` by type; each a header file, then data files; UTF-8,
        comma separated, quotes doubled. Headers are such as ``id:ID(Person)``, ``:START_ID(Person)``,
        ``:END_ID(Asset)``, ``names:string[]``, ``amount:long``. An empty field is null, ``""`` the
        empty string. ``multiline`` lets a quoted value hold line breaks. Constraints and indexes are
        gone afterwards; port and password stay. One bad row fails the whole import: StoreError says
        which, and the database is empty.
        """
        report = self.home.path / "logs" / "import.report"
        args = import_arguments(
            DATABASE,
            nodes,
            relations,
            report,
            array_delimiter=array_delimiter,
            multiline=multiline,
            off_heap=off_heap,
            threads=threads,
        )
        self._claim()
        try:
            port = self._running.port
            self._halt()
            report.unlink(missing_ok=True)
            failure = import_failure(self.home.admin(args, heap), report)
            if failure:
                self._forget_database()
            self._launch(port)
        finally:
            if self.keep:
                self._release()
        if failure:
            raise StoreError(f"Neo4j refused the bulk import; its database is now empty.\n{failure}")

    def _forget_database(self) -> None:
        """Remove what a failed import left: Neo4j would try to open it, and makes an empty one instead."""
        for part in ("databases", "transactions"):
            shutil.rmtree(self.home.path / "data" / part / DATABASE, ignore_errors=True)

    def _launch(self, port: int | None) -> None:
        self._running = Running(0, self.home.configure(port, self._page_cache), self.keep)
        self._child = self.home.launch(self._heap)
        self._running = Running(self._child.pid, self._running.port, self.keep)
        self.home.remember(self._running)
        try:
            self._wait()
        except BaseException:
            self._halt()
            raise

    def _wait(self) -> None:
        deadline = time.monotonic() + self._timeout
        while not self._answers():
            ended = self._child is not None and self._child.poll() is not None
            if ended or time.monotonic() > deadline:
                what = "ended by itself" if ended else f"did not answer within {self._timeout:.0f} s"
                raise StoreError(
                    f"The Neo4j server in {self.home.path} {what}. Its last words:\n{self.home.last_words()}"
                )
            time.sleep(0.2)

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self._running.port), timeout=1).close()
            with GraphDatabase.driver(self.uri, auth=(self.user, self.password)) as driver:
                driver.execute_query("RETURN 1", database_=DATABASE)
        except AuthError:
            raise StoreError(
                f"The Neo4j server in {self.home.path} does not take the password in its own file "
                f"'{self.home.password_file.name}'. Put the right one there, or remove the folder."
            ) from None
        except (OSError, DriverError, Neo4jError):
            return False  # still starting: the port is closed, or the database is not open yet
        return True

    def _halt(self) -> None:
        if self.pid:
            self.home.end(self.pid)
        if self._child is not None:
            self._child.wait()
            self._child = None
        self._running = Running(0, self._running.port, self.keep)

    def _claim(self) -> None:
        if self._lock is None:
            self._lock = self.home.claim()

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def main(arguments: Sequence[str] | None = None) -> int:
    """``start`` a server that stays, ``stop`` it, or say its ``status`` (exit code 3: not running)."""
    parser = argparse.ArgumentParser(prog="python -m graph.adapters.neo4j_server", description=main.__doc__)
    parser.add_argument("act", choices=["start", "stop", "status"])
    parser.add_argument("--home", type=Path, required=True, help="folder of the server's data")
    parser.add_argument("--port", type=int, help="Bolt port on loopback; the last one, or any free one")
    parser.add_argument("--heap", default="1g")
    parser.add_argument("--page-cache", default="512m")
    given = parser.parse_args(arguments)
    server: ManagedNeo4j | None
    try:
        if given.act == "start":
            server = ManagedNeo4j.start(
                given.home, heap=given.heap, page_cache=given.page_cache, port=given.port, keep=True
            )
        else:
            server = ManagedNeo4j.find(given.home)
        if server is None:
            print(f"no Neo4j server runs in {given.home}")
            return 3 if given.act == "status" else 0
        if given.act == "stop":
            server.stop()
            print(f"stopped the Neo4j server in {given.home}")
        else:
            print(f"uri       {server.uri}\nuser      {server.user}")
            print(f"password  in {server.home.password_file}\nprocess   {server.pid}")
    except MingchaError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
