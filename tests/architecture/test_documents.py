"""Documents cannot drift: every command, every setting and the notebook are held against the program."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from workbench import demo
from workbench.cli import app
from workbench.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def commands() -> Iterator[str]:
    root = get_command(app)
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        yield from (f"{name} {sub}" for sub in inner) if inner else (name,)


def test_every_command_is_documented_and_no_other() -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    named = {m.strip() for m in re.findall(r"^\| `mingcha ((?:[a-z]+ ?)+)", text, re.MULTILINE)}
    assert named == set(commands())


def test_every_setting_is_documented_and_no_other() -> None:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `([a-z_]+\.[a-z_]+)`", text, re.MULTILINE))
    known = {f"{s}.{k}" for s, values in Settings().model_dump().items() for k in values}
    assert named == known


def test_the_notebook_runs_on_the_demo(tmp_path: Path) -> None:
    demo.make(tmp_path / "workspace")
    script = ROOT / "notebooks" / "first_look.py"
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "workspace")],
        capture_output=True, text=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "宏途路桥有限公司" in done.stdout and "亲属申报表.xlsx" in done.stdout


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_links_of_the_readme_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", text):
        if target != "docs/bench.md":
            assert (ROOT / target).exists(), target
