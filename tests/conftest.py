"""Fixtures for the whole test run.

Servers are real and are started only if a test asks for one: ``neo4j_server``, ``postgres_url``,
``chromium_path``. A test that asks only while it runs (``request.getfixturevalue``) has to carry the
marker ``neo4j``, ``postgres`` or ``browser`` itself. Tests of one server go to one worker, so that
the server is started once. What a machine lacks is a skip with its reason, and a failure under
``MINGCHA_REQUIRE_SERVERS=1``. ``shared_data`` is data that is not ours to ship: always a skip.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.nodeid import NodeId

from graph.adapters import neo4j_distribution
from graph.adapters.neo4j_server import ManagedNeo4j
from graph.errors import StoreError
from tests.servers import postgres_cluster, postgres_programs, require_or_skip

ROOT = Path(__file__).resolve().parent.parent
_MARK_OF_FIXTURE = {
    "neo4j_server": "neo4j",
    "postgres_url": "postgres",
    "chromium_path": "browser",
    "shared_data": "real_data",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by the fixtures it asks for, and keep the tests of one server together."""
    for item in items:
        asked = [mark for name, mark in _MARK_OF_FIXTURE.items() if name in getattr(item, "fixturenames", ())]
        for mark in asked:
            item.add_marker(mark)
        servers = [mark for mark in ("neo4j", "postgres", "browser") if item.get_closest_marker(mark)]
        if servers and "PYTEST_XDIST_WORKER" in os.environ:
            # What the marker xdist_group does; xdist 3.8 writes it where pytest 9.2 no longer looks.
            item._id = NodeId.parse(f"{item.nodeid}@{servers[0]}")


@pytest.fixture(scope="session")
def neo4j_ready() -> None:
    """Neo4j's program files and Java are here (fetched if need be)."""
    # Half the processor time of a start: test servers do not live long enough for Java's second compiler.
    os.environ.setdefault("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")
    try:
        neo4j_distribution.java()
        neo4j_distribution.jars()
    except StoreError as lacking:
        require_or_skip(str(lacking))


@pytest.fixture(scope="session")
def neo4j_server(neo4j_ready: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ManagedNeo4j]:
    """A running, private Neo4j server; tests share its one database and clean up after themselves."""
    with ManagedNeo4j.start(tmp_path_factory.mktemp("neo4j"), heap="1g", page_cache="256m") as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """SQLAlchemy URL of a private PostgreSQL cluster."""
    programs = postgres_programs()
    if programs is None:
        require_or_skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with postgres_cluster(programs) as url:
        yield url


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The program file of Chromium."""
    named = os.environ.get("MINGCHA_CHROMIUM")
    programs = (named,) if named else ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, programs)), None)
    if found is None:
        require_or_skip("Chromium is not installed (Debian: apt-get install chromium fonts-noto-cjk)")
    return found


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data: ``$MINGCHA_SHARED``, else ``../shared/data`` beside the checkout."""
    folder = Path(os.environ.get("MINGCHA_SHARED") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no real data in {folder}")
    return folder


@pytest.fixture(scope="session")
def artifacts() -> Path:
    """Where screenshots are kept: ``$MINGCHA_ARTIFACTS``, else a folder of the system's temporary one."""
    named = os.environ.get("MINGCHA_ARTIFACTS")
    folder = Path(named) if named else Path(tempfile.gettempdir()) / "mingcha-artifacts"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
