"""The plain look-up that seeds a case: whole names, public codes, parts of names of what is no person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from entity_resolution.resolve import resolve
from graph.store import no_progress
from lake.lake import Lake
from lake.names import LIMIT, find_named
from tests.lake.records import add_batch, open_lake


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    found = open_lake(tmp_path)
    firms = [{"unit": f"f{n}", "name": f"青屏县第{n}建材公司", "uscc": f"CODE{n}"} for n in range(30)]
    tables = {
        "Person": [
            {"unit": "p", "name": "张伟"},
            {"unit": "q", "name": "张伟"},
            {"unit": "r", "name": "张伟东", "formerName": "张卫"},
        ],
        "Organisation": [*firms, {"unit": "x", "name": "张伟"}],
        "Matter": [{"unit": "m", "title": "道路养护", "code": "QP-1"}],
        "Asset": [{"unit": "a", "model": "张伟"}],
        "Locator": [{"unit": "l", "subtype": "phone", "normalisedValue": "10033415295"}],
        "OFFICER_OF": [
            {"unit": "o", "from": "Person:p", "to": "Organisation:f1", "role": "director", "post": "董事"}
        ],
    }
    add_batch(found, "one", tables)
    with found.writing():
        resolve(found, b"k" * 32, no_progress)
    yield found
    found.ledger.close()


def test_a_person_is_found_by_the_whole_name_only(lake: Lake) -> None:
    assert [(n.kind, n.match) for n in find_named(lake, lake.schema, " 张伟 ", ("Person",))] == [
        ("Person", "exact")
    ] * 2
    assert find_named(lake, lake.schema, "张", ("Person",)) == ()
    assert [n.name for n in find_named(lake, lake.schema, "张卫")] == ["张伟东"]


def test_namesakes_are_told_apart_by_their_posts(lake: Lake) -> None:
    assert sorted(n.hint for n in find_named(lake, lake.schema, "张伟", ("Person",))) == [
        "",
        "青屏县第1建材公司 董事",
    ]


def test_organisations_and_matters_by_part_and_by_code(lake: Lake) -> None:
    (one,) = find_named(lake, lake.schema, "CODE7")
    assert (one.kind, one.match, one.hint) == ("Organisation", "code", "CODE7")
    parts = find_named(lake, lake.schema, "建材")
    assert len(parts) == LIMIT and {n.match for n in parts} == {"part"}
    assert [n.kind for n in find_named(lake, lake.schema, "养护")] == ["Matter"]
    assert [n.match for n in find_named(lake, lake.schema, "QP-1")] == ["code"]


def test_assets_and_locators_are_never_found_here(lake: Lake) -> None:
    assert {n.kind for n in find_named(lake, lake.schema, "张伟")} == {"Person", "Organisation"}
    assert find_named(lake, lake.schema, "10033415295") == ()
    assert find_named(lake, lake.schema, "张伟", ("Asset",)) == ()


@pytest.mark.parametrize("text", ["", "  ", "'; DROP TABLE x; --", "%", "_", "张伟' OR '1'='1"])
def test_strange_texts_find_nothing(lake: Lake, text: str) -> None:
    assert find_named(lake, lake.schema, text) == ()
