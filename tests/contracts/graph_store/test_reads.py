"""Reads of a graph store: the same answers from every adapter, and the ones brute force gives."""

from __future__ import annotations

import inspect
from itertools import islice, permutations
from pathlib import Path as FilePath

import pytest

from graph.adapters.embedded import EmbeddedStore
from graph.adapters.neo4j_store import Neo4jStore
from graph.errors import NotFound, QueryRefused
from graph.model import Scope, Subgraph, View
from graph.store import GraphStore
from tests.contracts.graph_store.conftest import Factory
from tests.contracts.graphs import POPULATION, SCHEMA, Graph, Oracle, hub_graph, random_graph, town

TOWN, RANDOM = town(), random_graph(11, 50, 240)
PEOPLE = frozenset({"P-A", "P-B", "P-C", "O-A"})
VIEWS = {
    "everything": POPULATION,
    "members and what is public": View(Scope(PEOPLE)),
    "nobody but what is public": View(Scope()),
    "on day 140": View(Scope(population=True), as_of=140),
    "before anything": View(Scope(population=True), as_of=-1),
    "on day 185, members": View(Scope(PEOPLE), as_of=185),
    "people, firms and posts": View(
        Scope(population=True), kinds=frozenset({"Person", "Organisation", "OFFICER_OF", "HOLDS_SHARE"})
    ),
    "no relations": View(Scope(population=True), kinds=frozenset(SCHEMA.entities)),
    "no entities": View(Scope(population=True), kinds=frozenset(SCHEMA.relations)),
    "all three": View(
        Scope(PEOPLE), as_of=140, kinds=frozenset({"Person", "Organisation", "KIN", "OFFICER_OF"})
    ),
}


@pytest.fixture(scope="module")
def store(store_factory: Factory, tmp_path_factory: pytest.TempPathFactory) -> GraphStore:
    """Holds TOWN and RANDOM together: their ids differ."""
    both = Graph({k: [*TOWN.rows.get(k, ()), *RANDOM.rows.get(k, ())] for k in SCHEMA.kinds})
    opened = store_factory()
    opened.rebuild(both.write(tmp_path_factory.mktemp("tables"), "both"))
    return opened


@pytest.fixture(params=VIEWS)
def view(request: pytest.FixtureRequest) -> View:
    return VIEWS[request.param]


def test_everything_comes_back_as_it_went_in(store: GraphStore) -> None:
    ids = [*TOWN.entities(), *TOWN.relations()]
    assert store.get(ids, POPULATION) == Oracle(TOWN, POPULATION).get(ids)


def test_get(store: GraphStore, view: View) -> None:
    ids = [
        "P-A",
        "P-D",
        "O-C",
        "R05-3",
        "R01-1",
        "R17-3",
        "R13-3",
        "R14-1",
        "R06-3",
        "P-NOBODY",
        "",
        "R99-1",
        "P-A",
        "𠮷",
    ]
    assert store.get(ids, view) == Oracle(TOWN, view).get(ids)
    assert store.get([], view) == Subgraph()


def test_neighbors(store: GraphStore, view: View) -> None:
    oracle = Oracle(TOWN, view)
    for centre in oracle.entities:
        for limit in (50, 2, 0):
            found = store.neighbors(centre, view, limit)
            assert (found.centre, dict(found.counts), found.subgraph) == (
                centre,
                *oracle.neighbors(centre, limit),
            )
            assert found.total == sum(oracle.neighbors(centre, limit)[0].values())


def test_subgraph(store: GraphStore, view: View) -> None:
    for ids in ([*TOWN.entities()], ["O-A"], ["P-A", "P-B", "O-A", "A-A", "P-NOBODY", "R05-1"], []):
        assert store.subgraph(ids, view) == Oracle(TOWN, view).subgraph(ids)


def test_paths(store: GraphStore, view: View) -> None:
    oracle = Oracle(TOWN, view)
    for a, b in permutations(sorted(oracle.entities), 2):
        assert store.paths(a, b, view) == oracle.paths(a, b, 6, 20), (a, b)


def test_paths_have_a_length_and_a_limit(store: GraphStore) -> None:
    oracle = Oracle(RANDOM, POPULATION)
    ends = [(a, b) for a, b in permutations(sorted(oracle.entities), 2) if len(oracle.paths(a, b, 6, 99)) > 3]
    assert len(ends) > 20
    for a, b in islice(ends, 0, None, max(len(ends) // 20, 1)):
        whole = oracle.paths(a, b, 6, 10_000)
        assert store.paths(a, b, POPULATION, limit=2) == whole[:2]
        assert store.paths(a, b, POPULATION, limit=10_000) == whole
        length = len(whole[0].relations)
        assert store.paths(a, b, POPULATION, max_length=length, limit=1) == whole[:1]
        assert store.paths(a, b, POPULATION, max_length=length - 1) == ()
        assert store.paths(a, b, POPULATION, limit=0) == ()


@pytest.mark.parametrize("seed", range(3))
def test_random_views(store: GraphStore, seed: int) -> None:
    ids = sorted(RANDOM.entities())
    kinds = frozenset(SCHEMA.kinds[seed::2]) | frozenset(SCHEMA.entities)
    view = View(Scope(frozenset(ids[seed::2])), as_of=30 + 20 * seed, kinds=kinds if seed else None)
    oracle = Oracle(RANDOM, view)
    assert oracle.relations
    assert store.subgraph(ids, view) == oracle.subgraph(ids)
    shown = sorted(oracle.entities)
    for centre in shown[::3]:
        found = store.neighbors(centre, view, 5)
        assert (dict(found.counts), found.subgraph) == oracle.neighbors(centre, 5)
    for a, b in islice(permutations(shown, 2), 0, None, 29):
        assert store.paths(a, b, view, 4, 7) == oracle.paths(a, b, 4, 7)


def test_what_a_view_does_not_show_is_not_found(store: GraphStore) -> None:
    view = View(Scope(frozenset({"P-A"})))
    for hidden in ("P-B", "P-NOBODY", "", "R05-1", "𠮷"):
        with pytest.raises(NotFound, match="no entity"):
            store.neighbors(hidden, view)
        with pytest.raises(NotFound):
            store.paths("P-A", hidden, view)
        with pytest.raises(NotFound):
            store.paths(hidden, "P-A", view)
    assert store.paths("P-A", "P-A", view) == ()


def test_no_read_without_a_scope(store: GraphStore) -> None:
    blind = View(None)
    with pytest.raises(QueryRefused):
        store.get(["P-A"], blind)
    with pytest.raises(QueryRefused):
        store.neighbors("P-A", blind)
    with pytest.raises(QueryRefused):
        store.paths("P-A", "P-B", blind)
    with pytest.raises(QueryRefused):
        store.subgraph(["P-A"], blind)
    with pytest.raises(QueryRefused):
        store.query("MATCH (p:Person) RETURN p.id", {}, blind)


def test_counts_name_every_kind(store: GraphStore) -> None:
    counts = store.counts()
    assert set(counts) == set(SCHEMA.kinds)
    assert counts["OFFICER_OF"] == len(TOWN.rows["OFFICER_OF"]) + len(RANDOM.rows["OFFICER_OF"])
    assert sum(counts.values()) == sum(len(g.entities()) + len(g.relations()) for g in (TOWN, RANDOM))


def test_a_hub_of_a_hundred_thousand(store_factory: Factory, tmp_path: FilePath) -> None:
    spokes = 100_000
    store = store_factory()
    store.rebuild(hub_graph(spokes).write(tmp_path, "hub"))
    found = store.neighbors("O-HUB", POPULATION)
    assert (found.total, len(found.subgraph.relations), len(found.subgraph.entities)) == (spokes, 50, 51)
    assert [r.id for r in found.subgraph.relations] == [f"R05-{i:016d}" for i in range(50)]
    assert store.neighbors("O-HUB", View(Scope(population=True), as_of=60), 1).total == spokes // 2
    member = frozenset({"P-0000000000000007"})
    seen = store.neighbors("O-HUB", View(Scope(member)), 9)
    assert (seen.total, [r.from_id for r in seen.subgraph.relations]) == (1, [*member])
    paths = store.paths("P-0000000000000000", f"P-{spokes - 1:016d}", POPULATION)
    assert [p.relations for p in paths] == [("R01-1",)]
    ends = ("P-0000000000000001", "P-0000000000000002")
    assert [p.nodes for p in store.paths(*ends, POPULATION)] == [(ends[0], "O-HUB", ends[1])]
    assert len(store.subgraph(["O-HUB", *ends], POPULATION).relations) == 2


def test_an_empty_store(store_factory: Factory) -> None:
    store = store_factory()
    assert store.snapshot().id == ""
    assert store.snapshot().graph_hash == store.snapshot(verify=True).graph_hash
    assert set(store.counts().values()) == {0}
    assert store.get(["P-A"], POPULATION) == Subgraph()
    assert store.subgraph(["P-A"], POPULATION) == Subgraph()
    assert store.query("MATCH (p:Person) RETURN count(*) AS n", {}, POPULATION).to_pylist() == [{"n": 0}]
    assert store.query("MATCH (p:Person) RETURN p.id AS i", {}, View(Scope())).num_rows == 0
    with pytest.raises(NotFound):
        store.neighbors("P-A", POPULATION)


@pytest.mark.parametrize("adapter", [EmbeddedStore, Neo4jStore])
def test_adapters_keep_the_signatures_of_the_port(adapter: type) -> None:
    methods = [
        name for name, found in vars(GraphStore).items() if callable(found) and not name.startswith("_")
    ]
    assert len(methods) == 10
    for name in methods:
        assert inspect.signature(getattr(adapter, name)) == inspect.signature(getattr(GraphStore, name)), name
