"""Public tenders of a Brazilian state (anonymised), through the door on both stores."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from graph.model import Scope, View
from lake import resource
from tests.real.conftest import STORES, Open
from workbench import Workspace

POPULATION = View(Scope(population=True))

CO_BIDDING = """
MATCH (bidder)-[entry:APPLIES]->(sized:Matter)
WHERE sized.subtype = 'project'
WITH sized.id AS tender, count(DISTINCT bidder.id) AS bidders
WHERE bidders >= 2 AND bidders <= 30
MATCH (a)-[r1:APPLIES]->(m:Matter)<-[r2:APPLIES]-(b)
WHERE m.id = tender AND a.id < b.id AND r1.id <> r2.id
RETURN a.id AS first, b.id AS second, count(DISTINCT m.id) AS tenders
"""
"""Pairs of bidders of one tender with 2 to 30 bidders, and in how many such tenders they meet."""

ONE_BIDDER = """
MATCH (a)-[r:APPLIES]->(m:Matter)
WHERE m.subtype = 'lot'
WITH m.id AS item, count(DISTINCT a.id) AS bidders
WHERE bidders = 1
RETURN count(item) AS items
"""

NEVER_WON = """
MATCH (a)-[r:APPLIES]->(m:Matter)
WHERE m.subtype = 'project' AND NOT (a)<-[:GRANTED]-(:Matter)
WITH a.id AS bidder, count(DISTINCT m.id) AS tenders
WHERE tenders >= 10
RETURN count(bidder) AS bidders
"""


def asked(workspace: Workspace, text: str) -> pa.Table:
    return workspace.store.query(text, {}, POPULATION)


@pytest.mark.parametrize("store", STORES)
def test_bids(opened: Open, shared_data: Path, store: str) -> None:
    workspace = opened(store, [(shared_data / "br_bids" / "licitacoes.csv.gz", "br_bids_licitacoes")])
    (batch,) = workspace.lake.batches()
    assert (batch.read, batch.rejected) == (38_675, 0)
    counts = {kind: n for kind, n in workspace.store.counts().items() if n}
    assert (
        counts["Person"] == 1 and counts["Organisation"] == 2_458 + 76 and counts["Matter"] == 2_000 + 14_040
    )
    kinds = asked(
        workspace, "MATCH (m:Matter) RETURN m.subtype AS sort, count(m) AS matters ORDER BY sort"
    ).to_pylist()
    assert kinds == [{"sort": "lot", "matters": 14_040}, {"sort": "project", "matters": 2_000}]
    buyers = asked(
        workspace, "MATCH (o:Organisation)-[r:INITIATES]->(m:Matter) RETURN count(DISTINCT o.id) AS buyers"
    )
    assert buyers["buyers"].to_pylist() == [76]
    bidders = asked(workspace, "MATCH (a)-[r:APPLIES]->(m:Matter) RETURN count(DISTINCT a.id) AS bidders")
    assert bidders["bidders"].to_pylist() == [2_459]
    met = asked(workspace, CO_BIDDING)["tenders"].to_pylist()
    assert (len(met), sum(n >= 5 for n in met), sum(n >= 10 for n in met)) == (22_736, 792, 186)
    assert asked(workspace, ONE_BIDDER)["items"].to_pylist() == [4_718]
    assert asked(workspace, NEVER_WON)["bidders"].to_pylist() == [33]
    assert resource.require_current(workspace.lake).dangling == 0


@pytest.mark.neo4j
def test_both_stores_hold_the_same_graph(opened: Open, shared_data: Path) -> None:
    file = shared_data / "br_bids" / "licitacoes.csv.gz"
    one, other = (opened(store, [(file, "br_bids_licitacoes")], store) for store in ("embedded", "neo4j"))
    assert one.store.snapshot(verify=True) == other.store.snapshot(verify=True)
    pairs = [
        asked(w, CO_BIDDING).sort_by([("first", "ascending"), ("second", "ascending")]) for w in (one, other)
    ]
    assert pairs[0].equals(pairs[1])
