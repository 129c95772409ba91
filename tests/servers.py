"""Real servers for tests, made for one test run and gone after it."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest


def require_or_skip(reason: str) -> NoReturn:
    """Skip the test because a server cannot be had; fail it where servers are promised (CI)."""
    if os.environ.get("MINGCHA_REQUIRE_SERVERS") == "1":
        pytest.fail(f"{reason} (MINGCHA_REQUIRE_SERVERS=1 forbids to skip)", pytrace=False)
    pytest.skip(reason)


def postgres_programs() -> Path | None:
    """The folder with ``initdb`` and ``pg_ctl``; Debian keeps them off the search path."""
    folders = list(Path("/usr/lib/postgresql").glob("*/bin"))
    if found := shutil.which("initdb"):
        folders.append(Path(found).parent)
    usable = [folder for folder in folders if (folder / "pg_ctl").exists() and (folder / "initdb").exists()]
    return max(usable, key=lambda folder: folder.parent.name, default=None)


@contextmanager
def postgres_cluster(programs: Path) -> Iterator[str]:
    """A private PostgreSQL on loopback with a random password; gives its SQLAlchemy URL."""
    # Not below pytest's folder: PostgreSQL refuses to run as root, and its own user may not enter there.
    folder = Path(tempfile.mkdtemp(prefix="mingcha-postgres-"))
    word, port = secrets.token_hex(16), free_port()
    (folder / "word").write_text(word)
    as_user: list[str] = []
    if os.geteuid() == 0:
        as_user = ["runuser", "-u", "postgres", "--"]
        for path in (folder, folder / "word"):
            shutil.chown(path, "postgres")
    data = str(folder / "data")
    settings = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c fsync=off"

    def run(program: str, *args: str) -> None:
        command = [*as_user, str(programs / program), "-D", data, *args]
        subprocess.run(command, cwd=folder, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    try:
        run(
            "initdb",
            "-U",
            "mingcha",
            "-A",
            "scram-sha-256",
            f"--pwfile={folder / 'word'}",
            "-E",
            "UTF8",
            "-N",
        )
        run("pg_ctl", "start", "-w", "-l", str(folder / "log"), "-o", settings)
        try:
            yield f"postgresql+psycopg://mingcha:{word}@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "stop", "-w", "-m", "fast")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
