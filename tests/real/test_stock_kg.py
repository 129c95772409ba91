"""A-share companies and their executives, through the door on both stores: every number of the source's notes.

The data names living people: only numbers, ids and sets are compared, and nothing of them is printed.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from governance.cases import NewCase
from graph.model import Scope, View
from lake import evidence, resource
from tests.real.conftest import STORES, Open
from workbench import Workspace, govern, investigate

POPULATION = View(Scope(population=True))


def rows(workspace: Workspace, kind: str, columns: str) -> list[tuple[Any, ...]]:
    """Columns of a table of the snapshot in force."""
    files = resource.tables(workspace.lake, resource.require_current(workspace.lake)).files
    return duckdb.sql(f"SELECT {columns} FROM read_parquet('{files[kind]}')").fetchall()


def components(workspace: Workspace) -> list[int]:
    """Sizes of the connected components of the published snapshot, the largest first."""
    files = resource.tables(workspace.lake, resource.require_current(workspace.lake)).files
    ids = [i for kind in ("Person", "Organisation") for (i,) in rows(workspace, kind, "id")]
    number = {i: n for n, i in enumerate(ids)}
    ends = duckdb.sql(f"SELECT from_id, to_id FROM read_parquet('{files['OFFICER_OF']}')").fetchall()
    a, b = np.array([(number[x], number[y]) for x, y in ends]).T
    _, labels = connected_components(
        coo_array((np.ones(len(a)), (a, b)), shape=(len(ids), len(ids))), directed=False
    )
    return sorted(np.bincount(labels).tolist(), reverse=True)


def boards(workspace: Workspace) -> Counter[int]:
    """On how many boards → how many people, by a query of the store."""
    found = workspace.store.query(
        "MATCH (p:Person)-[r:OFFICER_OF]->(o:Organisation) RETURN p.id AS person, count(DISTINCT o.id) AS boards",
        {},
        POPULATION,
    )
    return Counter(found["boards"].to_pylist())


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize(
    ("mapping", "posts"), [("stock_kg_prep", 29_073), ("stock_kg_prep_one_post", 24_775)]
)
def test_raw_file(opened: Open, shared_data: Path, store: str, mapping: str, posts: int) -> None:
    workspace = opened(store, [(shared_data / "stock_kg" / "executive_prep.csv", mapping)])
    (batch,) = workspace.lake.batches()
    assert (batch.read, batch.loaded, batch.rejected) == (24_775, 24_775, 0)
    counts = {kind: n for kind, n in workspace.store.counts().items() if n}
    assert counts == {"Person": 20_872, "Organisation": 2_868, "OFFICER_OF": posts}
    sizes = components(workspace)
    assert (sum(sizes), len(sizes), sizes[0]) == (23_740, 386, 19_728)
    seats = boards(workspace)
    assert (
        sum(n for b, n in seats.items() if b > 1),
        max(seats),
        sum(n for b, n in seats.items() if b > 5),
    ) == (2_730, 9, 17)
    doubtful = evidence.doubts(workspace.lake)
    assert {(d.code, d.threshold, d.relation) for d in doubtful} == {("possibleNamesakes", 5, "OFFICER_OF")}
    assert Counter(d.count for d in doubtful) == {b: n for b, n in seats.items() if b > 5}
    people = rows(workspace, "Person", "name, sex, birthYearMonth")
    assert len({name for name, _, _ in people}) == 19_211
    assert len(set(people)) == len(people)  # name, sex and age are the person
    assert len({code for (code,) in rows(workspace, "Organisation", "otherCode")}) == 2_868
    assert len(set(rows(workspace, "OFFICER_OF", "from_id, to_id"))) == 24_775  # no pair twice


def test_namesakes_of_the_raw_file(opened: Open, shared_data: Path) -> None:
    workspace = opened(
        "embedded", [(shared_data / "stock_kg" / "executive_prep.csv", "stock_kg_prep_one_post")]
    )
    files = [str(f) for f in workspace.lake.files("Person")]
    people = {
        i: (name, sex, born)
        for i, name, sex, born in rows(workspace, "Person", "id, name, sex, birthYearMonth")
    }
    seats: dict[str, set[str]] = {}
    who: dict[str, set[tuple[Any, Any]]] = {}
    for person, company in rows(workspace, "OFFICER_OF", "from_id, to_id"):
        name, sex, born = people[person]
        seats.setdefault(name, set()).add(company)
        who.setdefault(name, set()).add((sex, born))
    several = [name for name, companies in seats.items() if len(companies) > 1]
    assert (len(several), sum(len(who[name]) > 1 for name in several)) == (3_368, 1_072)
    unknown = duckdb.sql(f"SELECT count(*) FROM read_parquet({files}) WHERE sex IS NULL").fetchone()
    assert unknown == (63,)


def test_a_doubtful_person_is_flagged_on_the_card_with_the_source_row(
    opened: Open, shared_data: Path
) -> None:
    workspace = opened("embedded", [(shared_data / "stock_kg" / "executive_prep.csv", "stock_kg_prep")])
    person = evidence.doubts(workspace.lake)[0].subject
    govern.new_case(
        workspace.session(),
        NewCase("S-1", "试", "公司", "supervision", "日常监督", "一室", seeds=(person,), hops=1),
    )
    desk = workspace.session("S-1", "核对")
    card = investigate.open_entity(desk, person)
    assert [d.code for d in card.doubts] == ["possibleNamesakes"]
    assert card.neighbours == {
        "OFFICER_OF": len(investigate.expand(desk, person, limit=200).subgraph.relations)
    }
    found = investigate.evidence(desk, person)
    assert found.total == len(found.rows) > 5
    assert {(e.file, tuple(e.cells)) for e in found.rows} == {
        ("executive_prep.csv", ("name", "gender", "age", "code", "jobs"))
    }


def pairs(workspace: Workspace) -> set[tuple[Any, ...]]:
    """(name, sex, age, stock code) of every post."""
    people = {i: said for i, *said in rows(workspace, "Person", "id, name, sex, birthYearMonth")}
    codes = dict(rows(workspace, "Organisation", "id, otherCode"))
    return {(*people[p], codes[c]) for p, c in rows(workspace, "OFFICER_OF", "from_id, to_id")}


@pytest.mark.parametrize("store", STORES)
def test_the_admin_form_is_the_same_graph_and_320_companies_without_posts(
    opened: Open, shared_data: Path, store: str
) -> None:
    folder = shared_data / "stock_kg"
    names = ("executive", "stock", "executive_stock", "stock_industry")
    admin = opened(store, [(folder / f"{name}.csv", f"stock_kg_{name}") for name in names], "admin")
    counts = {kind: n for kind, n in admin.store.counts().items() if n}
    assert counts == {"Person": 20_872, "Organisation": 3_188, "OFFICER_OF": 24_775}
    bare = admin.store.query(
        "MATCH (o:Organisation) WHERE NOT (o)<-[:OFFICER_OF]-(:Person) RETURN count(o) AS companies",
        {},
        POPULATION,
    )
    assert bare["companies"].to_pylist() == [320]
    assert len({sector for (sector,) in rows(admin, "Organisation", "sectorCode") if sector}) == 49
    assert all(len(code) == len("stock:000001") for (code,) in rows(admin, "Organisation", "otherCode"))
    raw = opened("embedded", [(folder / "executive_prep.csv", "stock_kg_prep_one_post")], "raw")
    same = pairs(admin) == pairs(raw)
    assert same  # not compared in the assertion itself: a difference would print names
