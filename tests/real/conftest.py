"""Workspaces for real data, on both graph stores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest

from graph.adapters.neo4j_server import ManagedNeo4j
from workbench import build, ingest
from workbench.build import PublishReport
from workbench.settings import GraphSettings, Settings
from workbench.workspace import Workspace, init_workspace, open_workspace

STORES = [
    "embedded",
    pytest.param("neo4j", marks=[pytest.mark.neo4j, pytest.mark.xdist_group("neo4j")]),
]
Load = Callable[[str, list[tuple[Path, str]]], tuple[Workspace, PublishReport]]


@pytest.fixture
def load(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Load]:
    """Import (file, mapping) pairs into a new live workspace on a store, resolve and publish."""
    opened: list[Workspace] = []

    def run(store: str, files: list[tuple[Path, str]]) -> tuple[Workspace, PublishReport]:
        graph = GraphSettings()
        if store == "neo4j":
            server: ManagedNeo4j = request.getfixturevalue("neo4j_server")
            assert urlparse(server.uri).hostname == "127.0.0.1"
            monkeypatch.setenv("MINGCHA_TEST_PASSWORD", server.password)
            graph = GraphSettings(
                store="neo4j", uri=server.uri, user=server.user, password_env="MINGCHA_TEST_PASSWORD"
            )
        workspace = open_workspace(init_workspace(tmp_path / f"{store}{len(opened)}", Settings(graph=graph)))
        opened.append(workspace)
        session = workspace.session(reason="test")
        for file, mapping in files:
            report = ingest.import_file(session, file, mapping)
            assert (report.rejected, report.read) == (0, report.loaded)
        build.resolve(session)
        return workspace, build.publish(session)

    yield run
    for workspace in opened:
        workspace.close()
