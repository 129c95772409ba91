"""What import-linter and the build cannot see: the top module's imports and the hand-written lists."""

from __future__ import annotations

import ast
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_SHIPPED = {"tests", "bench", "notebooks", "docs", "build"}


def pyproject() -> dict[str, dict[str, dict[str, list[str]]]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def packages_on_disk() -> set[str]:
    found = (file.parent.relative_to(ROOT) for file in ROOT.glob("*/**/__init__.py"))
    return {
        ".".join(folder.parts)
        for folder in found
        if not folder.parts[0].startswith(".") and folder.parts[0] not in NOT_SHIPPED
    }


def imported_roots(source: str) -> set[str]:
    """First names of all modules that a source imports, wherever in the file."""
    roots: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            roots |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            roots.add((node.module or "").partition(".")[0])
    return roots


def test_every_package_is_in_the_build() -> None:
    assert set(pyproject()["tool"]["setuptools"]["packages"]) == packages_on_disk()


def test_every_package_is_typed_and_under_the_import_contracts() -> None:
    floors = {name for name in packages_on_disk() if "." not in name}
    assert set(pyproject()["tool"]["mypy"]["packages"]) == floors
    assert set(pyproject()["tool"]["importlinter"]["root_packages"]) == floors


def test_app_sees_only_the_two_upper_floors() -> None:
    roots = imported_roots((ROOT / "app.py").read_text(encoding="utf-8"))
    assert roots - set(sys.stdlib_module_names) <= {"ui", "workbench", "streamlit"}
