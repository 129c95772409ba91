"""The Neo4j community server's program files: where they lie, and how they get there.

The server is GPL-3 and is never part of our package. Maven fetches its published jars once per
machine into a cache folder; ``neo4j-server.pom.xml`` beside this file says which.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from graph.errors import StoreError

POM = Path(__file__).with_name("neo4j-server.pom.xml")
JAVA_RELEASES = (17, 21)  # those that Neo4j 5.26 supports


@cache
def version() -> str:
    """The Neo4j release that the pom names, such as ``5.26.30``."""
    found = ElementTree.parse(POM).findtext(".//{*}neo4j.version")
    if not found:
        raise StoreError(f"{POM.name} names no neo4j.version. Restore the file from the repository.")
    return found


def cache_folder() -> Path:
    """Where fetched programs are kept: ``$MINGCHA_CACHE``, else ``~/.cache/mingcha``."""
    return Path(os.environ.get("MINGCHA_CACHE") or Path.home() / ".cache" / "mingcha")


def java() -> Path:
    """A Java that runs this Neo4j: from ``JAVA_HOME``, the search path, or ``/usr/lib/jvm``.

    Raises StoreError when there is none, with the package to install.
    """
    for candidate in _java_candidates():
        if _java_release(candidate) in JAVA_RELEASES:
            return candidate
    raise StoreError(
        f"Neo4j {version()} needs Java {' or '.join(map(str, JAVA_RELEASES))}, and none was found. "
        "Install it (Debian: apt-get install openjdk-17-jre-headless) or set JAVA_HOME."
    )


def jars() -> Path:
    """The folder of the server's jars, fetched first if this machine does not have it yet.

    About 10 s and 123 MB the first time. Safe to call from several processes at once. Raises
    StoreError when Maven is missing or fails.
    """
    folder = cache_folder() / f"neo4j-{version()}"
    lib = folder / "lib"
    if lib.is_dir():
        return lib
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _only_one(folder.with_name(folder.name + ".lock")):
        if not lib.is_dir():  # the process we waited for may have fetched it
            _fetch(folder)
    return lib


def _fetch(folder: Path) -> None:
    """Fetch into a folder beside ``folder`` and rename it, so that ``folder`` is whole or absent."""
    maven = shutil.which("mvn")
    if maven is None:
        raise StoreError(
            f"Neo4j {version()} has to be fetched once, and Maven (mvn) was not found. "
            "Install it (Debian: apt-get install maven)."
        )
    part = Path(tempfile.mkdtemp(prefix=folder.name + ".part-", dir=folder.parent))
    try:
        _copy_dependencies(maven, part)
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _copy_dependencies(maven: str, part: Path) -> None:
    shutil.copyfile(POM, part / "pom.xml")  # Maven may write beside its pom
    command = [maven, "--batch-mode", "--quiet", "--strict-checksums", "-f", str(part / "pom.xml")]
    command += ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={part / 'lib'}"]
    home = java().resolve().parent.parent
    done = subprocess.run(
        command,
        env={**os.environ, "JAVA_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode or not list((part / "lib").glob("neo4j-server-*.jar")):
        told = "\n".join(done.stdout.splitlines()[-15:])
        raise StoreError(
            f"Maven could not fetch Neo4j {version()} (exit code {done.returncode}). "
            f"Check the network and Maven's settings, then try again.\n{told}"
        )


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    """Wait until no other process holds ``lock``; the system frees it if a holder dies."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _java_candidates() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if found := shutil.which("java"):
        yield Path(found)
    yield from sorted(Path("/usr/lib/jvm").glob("*/bin/java"))


@cache
def _java_release(program: Path) -> int:
    """The feature release (17, 21, …) that ``program`` says it is; 0 if it does not run."""
    try:
        said = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=30).stderr
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0
