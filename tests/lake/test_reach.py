"""Members of a scope, on a graph made by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from entity_resolution.resolve import resolve
from graph.store import no_progress
from lake.lake import Lake
from lake.names import find_named
from lake.reach import entities_among, reach
from tests.lake.records import add_batch, open_lake

HUB = 3


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """a – b – c, and a hub h with four relations that b also has one to; h – far."""
    found = open_lake(tmp_path)
    names = ("a", "b", "c", "h", "h1", "h2", "far")
    pairs = ("a-b", "b-c", "b-h", "h-h1", "h-h2", "h-far")
    links = [
        {"unit": p, "from": f"Organisation:{p.split('-')[0]}", "to": f"Organisation:{p.split('-')[1]}"}
        for p in pairs
    ]
    add_batch(
        found, "one", {"Organisation": [{"unit": n, "name": f"公司{n}"} for n in names], "ORG_LINK": links}
    )
    with found.writing():
        resolve(found, b"k" * 32, no_progress)
    yield found
    found.ledger.close()


def called(lake: Lake, *names: str) -> list[str]:
    return [
        next(n.id for n in find_named(lake, lake.schema, f"公司{name}") if n.match == "exact")
        for name in names
    ]


@pytest.mark.parametrize(
    ("seeds", "hops", "reached"),
    [
        ("a", 0, "a"), ("a", 1, "a b"), ("a", 2, "a b c h"), ("a", 3, "a b c h"), ("a", 4, "a b c h"),
        ("h", 1, "h b h1 h2 far"), ("h", 2, "h b h1 h2 far a c"), ("a far", 2, "a b c h far"), ("c", 2, "c b a h"),
    ],
)  # fmt: skip
def test_hubs_are_reached_and_passed_only_as_seeds(lake: Lake, seeds: str, hops: int, reached: str) -> None:
    assert reach(lake, called(lake, *seeds.split()), hops, HUB) == set(called(lake, *reached.split()))


def test_no_seeds_reach_nothing_and_unknown_ones_only_themselves(lake: Lake) -> None:
    assert reach(lake, [], 2, HUB) == frozenset()
    assert reach(lake, ["O-AAAAAAAAAAAAAAAA"], 2, HUB) == {"O-AAAAAAAAAAAAAAAA"}


def test_entities_among_ids(lake: Lake) -> None:
    (known,) = called(lake, "a")
    assert entities_among(lake, [known, "O-AAAAAAAAAAAAAAAA", "", "公司a"]) == {known}
    assert entities_among(lake, []) == frozenset()
