"""The demo county as a workspace: made once for a test run, copied for each test that asks for it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from lake.database import utc_now
from workbench import Session, Workspace, demo, open_workspace

CASE = "QP-2026-017"
OTHER_CASE = "QP-2026-021"
REASON = "核查串通投标线索"


class Clock:
    """The time now, and as much later as a test sets it forward."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.shift

    def forward(self, **by: float) -> None:
        """Set the clock forward."""
        self.shift += timedelta(**by)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo workspace; not to be changed, take ``folder`` for that."""
    folder = tmp_path_factory.mktemp("demo") / "workspace"
    demo.make(folder)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of the demo workspace."""
    return Path(shutil.copytree(made, tmp_path / "workspace"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workspace(folder: Path, clock: Clock) -> Iterator[Workspace]:
    """The copy, open, under a clock of the test's own."""
    with open_workspace(folder, clock=clock) as opened:
        yield opened


@pytest.fixture
def desk(workspace: Workspace) -> Session:
    """Somebody at work under the demo's first case."""
    return workspace.session(CASE, REASON, client="test")


def set_policy(folder: Path, **changes: str) -> None:
    """Give the workspace a policy of its own: ``policy/solo.yaml`` with ``name: value`` lines changed."""
    text = (Path(__file__).resolve().parents[2] / "policy" / "solo.yaml").read_text(encoding="utf-8")
    for name, value in changes.items():
        line = next(line for line in text.splitlines() if line.strip().startswith(f"{name}:"))
        text = text.replace(line, line.split(name)[0] + f"{name}: {value}")
    (folder / "own.yaml").write_text(text, encoding="utf-8")
    set_setting(folder, 'policy = "solo"', 'policy = "own.yaml"')


def set_setting(folder: Path, old: str, new: str) -> None:
    """Change one line of ``mingcha.toml``."""
    file = folder / "mingcha.toml"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    file.write_text(text.replace(old, new), encoding="utf-8")
