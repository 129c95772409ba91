"""Real public tenders: tenders, items, bidders and buyers, and one Cypher text that runs unchanged on both stores."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from graph.model import Scope, View
from tests.real.conftest import STORES, Load
from tests.real.test_stock_kg import one, table

pytestmark = [pytest.mark.real_data]

CO_BIDDING = """
MATCH (z:Organisation|Person)-[w:APPLIES]->(m:Matter)
WHERE m.subtype = 'project'
WITH m, count(DISTINCT z.id) AS bidders
WHERE bidders >= 2 AND bidders <= 30
MATCH (a:Organisation|Person)-[x:APPLIES]->(m)<-[y:APPLIES]-(b:Organisation|Person)
WHERE a.id < b.id AND x.id <> y.id
WITH a.id AS left_id, b.id AS right_id, count(DISTINCT m.id) AS met
RETURN left_id, right_id, met
"""


@pytest.mark.parametrize("store", STORES)
def test_tenders_and_co_bidding(load: Load, shared_data: Path, store: str) -> None:
    workspace, published = load(store, [(shared_data / "br_bids/licitacoes.csv.gz", "br_bids_licitacoes")])
    counts = published.counts
    assert counts["Matter"] == 2_000 + 14_040
    assert (counts["Person"], counts["Organisation"]) == (1, 2_458 + 76)
    assert (counts["INITIATES"], counts["APPLIES"], counts["GRANTED"]) == (2_000, 38_675 + 9_593, 6_347)
    assert workspace.store.snapshot(verify=True).graph_hash == published.graph_hash
    found = workspace.store.query(CO_BIDDING, {}, View(Scope(population=True)))
    assert found.num_rows == 22_736
    met = found["met"].to_pylist()
    assert (sum(n >= 5 for n in met), sum(n >= 10 for n in met)) == (792, 186)


def test_items_and_bidders_who_never_won(load: Load, shared_data: Path) -> None:
    workspace, _ = load("embedded", [(shared_data / "br_bids/licitacoes.csv.gz", "br_bids_licitacoes")])
    applies, granted, matter = (table(workspace, kind) for kind in ("APPLIES", "GRANTED", "Matter"))
    item_bids = f"(SELECT r.* FROM {applies} r JOIN {matter} m ON m.id = r.to_id WHERE m.subtype = 'lot')"
    alone = f"(SELECT to_id FROM {item_bids} GROUP BY to_id HAVING count(DISTINCT from_id) = 1)"
    assert one(f"SELECT count(*) FROM {alone}") == 4_718
    entered = f"""(SELECT r.from_id, count(DISTINCT m.id) AS n FROM {applies} r JOIN {matter} m ON m.id = r.to_id
                   WHERE m.subtype = 'project' GROUP BY r.from_id)"""
    assert (
        one(f"SELECT count(*) FROM {entered} WHERE n >= 10 AND from_id NOT IN (SELECT to_id FROM {granted})")
        == 33
    )
    orphans = duckdb.sql(
        f"SELECT count(*) FROM {matter} WHERE subtype = 'lot' AND parentCode IS NULL"
    ).fetchone()
    assert orphans == (0,)
