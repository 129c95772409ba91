"""The home folder of one Neo4j server, and the processes that work on it.

::

    home/
      lock          held by the process that manages the server, freed by the system if that dies
      server.json   process id, port, and whether the server outlives who started it
      password      of the user ``neo4j``; mode 0600
      conf/ data/ logs/ …   Neo4j's own

A process is the home's server only if its command line names this home: a process id alone may
have been given to another program since.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from graph.adapters import neo4j_distribution as distribution
from graph.errors import StoreError

STOP_SECONDS = 60.0
_CONF = """\
server.bolt.listen_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
dbms.usage_report.enabled=false
server.memory.pagecache.size={page_cache}
# A query may not make the server read files or call out.
dbms.security.allow_csv_import_from_file_urls=false
internal.dbms.cypher_ip_blocklist=0.0.0.0/0,::/0
# Otherwise every stop waits ten seconds for new connections that nobody makes.
internal.dbms.bolt.netty_server_shutdown_quiet_period=0
"""
_JVM = (
    "-XX:+UseG1GC",
    "-XX:+ExitOnOutOfMemoryError",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
)


@dataclass(frozen=True, slots=True)
class Running:
    """A server process: its id (0: stopped), its Bolt port, and if it stays when its starter ends."""

    pid: int
    port: int
    keep: bool


class Home:
    """The folder at ``path``, which need not exist yet."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.password_file = self.path / "password"
        self._argument = f"--home-dir={self.path}"

    def claim(self) -> IO[str]:
        """Take the home for this process; closing the answer frees it. StoreError if it is taken."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (self.path / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise StoreError(
                f"The Neo4j server in {self.path} is managed by another running process. "
                "End that one first, or give this one another home."
            ) from None
        return lock

    def password(self) -> str:
        """The home's password; a new random one is written if it has none yet."""
        if not self.password_file.exists():
            new = os.open(self.password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(new, "w") as file:
                file.write(secrets.token_hex(24))
        return self.password_file.read_text().strip()

    def remember(self, running: Running) -> None:
        """Note which process serves the home; whole or not at all."""
        new = self.path / "server.json.new"
        new.write_text(json.dumps(asdict(running)))
        new.replace(self.path / "server.json")

    def running(self) -> Running | None:
        """The living server process of the home, if there is one."""
        known = self._last_known()
        return known if known and self.serves(known.pid) else None

    def serves(self, pid: int) -> bool:
        """Whether process ``pid`` is alive and is the server of this home."""
        return f"{self._argument} " in f"{_command_line(pid)} "

    def end(self, pid: int) -> None:
        """Ask the server to stop, wait, and kill it only if it has not within a minute."""
        for sign in (signal.SIGTERM, signal.SIGKILL):
            if not self.serves(pid):
                return
            os.kill(pid, sign)
            deadline = time.monotonic() + STOP_SECONDS
            while time.monotonic() < deadline:
                if not self.serves(pid):
                    return
                time.sleep(0.05)
        raise StoreError(f"The Neo4j server in {self.path} (process {pid}) does not stop. End it by hand.")

    def configure(self, port: int | None, page_cache: str) -> int:
        """Write the configuration and, the first time, set the password. Gives the port to be used."""
        for folder in ("conf", "logs"):
            (self.path / folder).mkdir(exist_ok=True)
        known = self._last_known()
        port = _choose_port(port, known.port if known else 0)
        (self.path / "conf" / "neo4j.conf").write_text(_CONF.format(port=port, page_cache=page_cache))
        if not (self.path / "data" / "dbms").exists():
            self.password()
            done = self.admin(
                ["dbms", "set-initial-password", f"@{self.password_file}"]
            )  # ps shows no password
            if done.returncode:
                raise StoreError(f"Neo4j takes no password for {self.path}:\n{tail(done.stdout)}")
        return port

    def launch(self, heap: str) -> subprocess.Popen[bytes]:
        """Start the server's process, in its own group: Ctrl-C in our terminal is not for it."""
        command = [str(distribution.java()), f"-Xms{heap}", f"-Xmx{heap}", *_JVM]
        command += ["-cp", f"{distribution.jars()}/*", "org.neo4j.server.CommunityEntryPoint"]
        command += [self._argument, f"--config-dir={self.path / 'conf'}"]
        with (self.path / "logs" / "console.log").open("wb") as console:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def admin(self, args: Sequence[str], heap: str = "512m") -> subprocess.CompletedProcess[str]:
        """Run ``neo4j-admin`` on the home; ``stdout`` of the answer holds all it said."""
        command = [str(distribution.java()), f"-Xmx{heap}", "-cp", f"{distribution.jars()}/*"]
        return subprocess.run(
            [*command, "org.neo4j.cli.AdminTool", *args],
            env={**os.environ, "NEO4J_HOME": str(self.path), "NEO4J_CONF": str(self.path / "conf")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def last_words(self) -> str:
        """The ends of the server's logs."""
        logs = [self.path / "logs" / name for name in ("console.log", "neo4j.log")]
        return "\n".join(tail(log.read_text(errors="replace")) for log in logs if log.exists())

    def _last_known(self) -> Running | None:
        try:
            return Running(**json.loads((self.path / "server.json").read_text()))
        except (OSError, ValueError, TypeError):
            return None  # none yet, or not ours to read: nothing to find again


def tail(text: str, lines: int = 20) -> str:
    """The last lines of a program's output."""
    return "\n".join(text.splitlines()[-lines:])


def _command_line(pid: int) -> str:
    """The arguments of a process; none if it has ended (also when its parent has not noticed yet)."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
        except OSError:
            return ""
    return subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True).stdout


def _choose_port(asked: int | None, last: int) -> int:
    """The port asked for; else the last one, or any, on loopback. StoreError if the asked one is taken."""
    for port in (asked,) if asked else (last, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise StoreError(f"Port {asked} is taken by another program. Give another port, or none for a free one.")
