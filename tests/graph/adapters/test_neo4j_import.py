"""The bulk import's command line and what its failures say, by the real tool on a home of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from graph.adapters.neo4j_home import Home
from graph.adapters.neo4j_import import import_arguments, import_failure
from graph.errors import StoreError

pytestmark = pytest.mark.neo4j


def arguments(people: list[Path], report: Path) -> list[str]:
    return import_arguments(
        "neo4j",
        {"Person": people},
        {},
        report,
        array_delimiter="U+001F",
        multiline=True,
        off_heap="256m",
        threads=1,
    )


def failure_of(folder: Path, rows: str) -> str:
    (folder / "head.csv").write_text("id:ID(Person),born:long\n")
    (folder / "rows.csv").write_text(rows)
    home, report = Home(folder / "home"), folder / "report"
    home.claim().close()
    home.configure(None, "32m")
    return import_failure(home.admin(arguments([folder / "head.csv", folder / "rows.csv"], report)), report)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("P-1,7\nP-2,\n", "^$"),
        ("P-1,7\nP-2,many\n", "many"),
        ("P-1,7\nP-1,8\n", "P-1"),
        ("P-1,7,8\n", "Extra column"),
    ],
    ids=["good", "wrong type", "same id twice", "too many columns"],
)
def test_failure_names_the_bad_row(neo4j_ready: None, tmp_path: Path, rows: str, said: str) -> None:
    assert re.search(said, failure_of(tmp_path, rows))


@pytest.mark.parametrize("name", ["p(1).csv", "a+b.csv", "a,b.csv", "absent.csv"])
def test_files_that_neo4j_would_misread_are_refused(tmp_path: Path, name: str) -> None:
    if name != "absent.csv":
        (tmp_path / name).write_text("")
    with pytest.raises(StoreError, match=re.escape(name)):
        arguments([tmp_path / name], tmp_path / "report")


def test_a_comma_in_the_folder_is_refused(tmp_path: Path) -> None:
    odd = tmp_path / "a,b"
    odd.mkdir()
    (odd / "p.csv").write_text("")
    with pytest.raises(StoreError, match="comma"):
        arguments([odd / "p.csv"], tmp_path / "report")
