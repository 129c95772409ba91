"""Workspaces on either store, for tests that take real data through the door."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from graph.adapters.neo4j_server import ManagedNeo4j
from workbench import Workspace, build, ingest, init_workspace, open_workspace
from workbench.build import PublishReport
from workbench.settings import GraphSettings, Settings

PASSWORD_ENV = "MINGCHA_TEST_NEO4J_PASSWORD"
STORES = [pytest.param("embedded"), pytest.param("neo4j", marks=pytest.mark.neo4j)]
Open = Callable[..., Workspace]


@pytest.fixture
def opened(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Makes a live workspace on the store called by name, with the files given imported and built."""
    with ExitStack() as stack:

        def make(store: str, files: list[tuple[Path, str]], name: str = "office") -> Workspace:
            settings = GraphSettings()
            if store == "neo4j":
                server: ManagedNeo4j = request.getfixturevalue("neo4j_server")
                monkeypatch.setenv(PASSWORD_ENV, server.password)
                settings = GraphSettings(
                    store="neo4j", uri=server.uri, user=server.user, password_env=PASSWORD_ENV
                )
            init_workspace(tmp_path / name, Settings(graph=settings))
            workspace = stack.enter_context(open_workspace(tmp_path / name))
            session = workspace.session(client="test")
            for file, mapping in files:
                report = ingest.import_file(session, file, mapping)
                assert (report.rejected, report.read) == (0, report.loaded)
            build.resolve(session)
            published: PublishReport = build.publish(session)
            held = workspace.store.snapshot(verify=True)
            assert (held.id, held.graph_hash) == (published.snapshot, published.graph_hash)
            return workspace

        yield make
