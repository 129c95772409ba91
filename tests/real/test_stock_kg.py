"""Real A-share boards, through the whole house: every number of the data's own description comes out again."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lake import evidence, resource
from tests.real.conftest import STORES, Load
from workbench.workspace import Workspace

pytestmark = [pytest.mark.real_data]


def table(workspace: Workspace, kind: str) -> str:
    files = resource.tables(workspace.lake, resource.require_current(workspace.lake)).files
    return f"read_parquet('{files[kind]}')"


def one(query: str) -> int:
    row = duckdb.sql(query).fetchone()
    assert row is not None
    return int(row[0])


def components(workspace: Workspace) -> tuple[int, int]:
    """How many components the person–company graph has, and the size of the largest."""
    ids = f"(SELECT id FROM {table(workspace, 'Person')} UNION ALL SELECT id FROM {table(workspace, 'Organisation')})"
    numbered = f"(SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM {ids})"
    found = duckdb.sql(
        f"SELECT a.n AS a, b.n AS b FROM {table(workspace, 'OFFICER_OF')} r "
        f"JOIN {numbered} a ON a.id = r.from_id JOIN {numbered} b ON b.id = r.to_id"
    ).fetchnumpy()
    size = one(f"SELECT count(*) FROM {ids}")
    matrix = coo_array((np.ones(len(found["a"])), (found["a"], found["b"])), shape=(size, size))
    number, labels = connected_components(matrix, directed=False)
    return int(number), int(np.bincount(labels).max())


@pytest.mark.parametrize("store", STORES)
def test_boards_with_jobs_split(load: Load, shared_data: Path, store: str) -> None:
    workspace, published = load(store, [(shared_data / "stock_kg/executive_prep.csv", "stock_kg_prep")])
    assert published.counts == {"Person": 20_872, "Organisation": 2_868, "OFFICER_OF": 29_073}
    assert workspace.store.snapshot(verify=True).graph_hash == published.graph_hash
    (batch,) = workspace.lake.batches()
    assert (batch.read, batch.loaded) == (24_775, 24_775)
    posts = table(workspace, "OFFICER_OF")
    people = table(workspace, "Person")
    boards = f"(SELECT from_id, count(DISTINCT to_id) AS n FROM {posts} GROUP BY from_id)"
    assert one(f"SELECT count(DISTINCT name) FROM {people}") == 19_211
    assert one(f"SELECT sum(len(record_ids)) FROM {people} WHERE sex IS NULL") == 63
    assert one(f"SELECT count(*) FROM {boards} WHERE n > 1") == 2_730
    assert one(f"SELECT max(n) FROM {boards}") == 9
    assert components(workspace) == (386, 19_728)
    assert len(evidence.doubts(workspace.lake)) == 17
    several = f"""(SELECT p.name, count(DISTINCT r.to_id) AS boards, count(DISTINCT p.id) AS people
                   FROM {posts} r JOIN {people} p ON p.id = r.from_id GROUP BY p.name)"""
    assert one(f"SELECT count(*) FROM {several} WHERE boards > 1") == 3_368
    assert one(f"SELECT count(*) FROM {several} WHERE boards > 1 AND people > 1") == 1_072


def test_one_post_a_row(load: Load, shared_data: Path) -> None:
    _, published = load("embedded", [(shared_data / "stock_kg/executive_prep.csv", "stock_kg_prep_one_post")])
    assert published.counts["OFFICER_OF"] == 24_775


def pairs(workspace: Workspace) -> set[tuple[str, ...]]:
    """Who sits where: (name, sex, birth as stated, company code), names hashed so that none is ever printed."""
    found = duckdb.sql(
        f"""SELECT md5(p.name), coalesce(p.sex, ''), coalesce(p.birthYearMonth, ''), o.otherCode
            FROM {table(workspace, "OFFICER_OF")} r JOIN {table(workspace, "Person")} p ON p.id = r.from_id
            JOIN {table(workspace, "Organisation")} o ON o.id = r.to_id"""
    ).fetchall()
    return {tuple(str(part) for part in row) for row in found}


def test_the_neo4j_admin_form_gives_the_same_people_and_companies(load: Load, shared_data: Path) -> None:
    folder = shared_data / "stock_kg"
    prep, _ = load("embedded", [(folder / "executive_prep.csv", "stock_kg_prep_one_post")])
    files = [
        (folder / "executive.csv", "stock_kg_executive"),
        (folder / "stock.csv", "stock_kg_stock"),
        (folder / "executive_stock.csv", "stock_kg_executive_stock"),
        (folder / "stock_industry.csv", "stock_kg_stock_industry"),
    ]
    admin, published = load("embedded", files)
    assert published.counts == {"Person": 20_872, "Organisation": 3_188, "OFFICER_OF": 24_775}
    assert pairs(admin) == pairs(prep)
    seated = f"(SELECT DISTINCT to_id FROM {table(admin, 'OFFICER_OF')})"
    assert one(f"SELECT count(*) FROM {table(admin, 'Organisation')} WHERE id NOT IN {seated}") == 320
    assert one(f"SELECT count(sectorCode) FROM {table(admin, 'Organisation')}") > 2_800
