"""Publishing: a difference and a rebuild end at the same store, and readers see one snapshot or the other."""

from __future__ import annotations

import threading
from pathlib import Path as FilePath

import pytest

from graph.errors import StoreError
from graph.hash import graph_hash
from graph.model import Change, TableSet
from graph.store import GraphStore
from tests.contracts.graph_store.conftest import Factory
from tests.contracts.graphs import POPULATION, SCHEMA, Graph, Oracle, difference, random_graph, town


def later(graph: Graph) -> Graph:
    """The next snapshot: something of everything is added, changed, emptied, moved and removed."""
    g = graph.copy()
    g.remove("P-D", "R01-2", "R17-2", "R06-3")
    g.change("P-A", name="𠮷野家 改名", names=["新", "𠮷野家😀"], record_ids=["rec-P-A", "rec-2"])
    g.change("P-B", formerName=None, isMinor=None, names=None)
    g.change("R05-1", validToMax=150, post="经理")
    g.change("R06-1", percent=None, pledged=True)
    g.remove("R05-3")  # the relation moves to another firm and keeps its id
    g.add("OFFICER_OF", "R05-3", from_id="P-B", to_id="O-B", role="supervisor")
    g.add("Person", "P-E", name="new\n'one'")
    g.add("Locator", "L-B", normalisedValue="b")
    g.add("KIN", "R01-9", from_id="P-B", to_id="P-E", kinDegree="K2")
    g.add("REACHED_AT", "R11-9", from_id="P-E", to_id="L-B")
    g.add("PAYS", "R17-9", from_id="P-E", to_id="P-E", amount=1)
    g.add("LENDS", "R19-9", from_id="P-E", to_id="O-A", atMin=3, principal=10)
    return g


def ballast(graph: Graph) -> Graph:
    """``graph`` among enough other rows that a change of it is a small one."""
    filler = random_graph(5, 150, 500)
    return Graph({k: [*graph.rows.get(k, ()), *filler.rows.get(k, ())] for k in SCHEMA.kinds})


def agrees(store: GraphStore, graph: Graph, tables: TableSet) -> None:
    """The store holds ``graph``: by its word, by its content, and in every way of reading it."""
    assert store.snapshot() == store.snapshot(verify=True)
    assert (store.snapshot().id, store.snapshot().graph_hash) == (tables.id, tables.graph_hash)
    oracle = Oracle(graph, POPULATION)
    ids = [*graph.entities(), *graph.relations()]
    assert store.get(ids, POPULATION) == oracle.get(ids)
    assert store.paths("P-A", "O-B", POPULATION) == oracle.paths("P-A", "O-B", 6, 20)
    assert store.counts() == {k: len(graph.rows.get(k, ())) for k in SCHEMA.kinds}


Pair = tuple[Graph, TableSet]


@pytest.fixture
def snapshots(tmp_path: FilePath) -> tuple[Pair, Pair, Change, Change]:
    """Two snapshots with the way forth and the way back."""
    one = ballast(town())
    two = later(one)
    return (
        (one, one.write(tmp_path, "one")),
        (two, two.write(tmp_path, "two")),
        difference(one, two, tmp_path / "forth", "one"),
        difference(two, one, tmp_path / "back", "two"),
    )


def test_a_difference_ends_where_a_rebuild_does(
    store_factory: Factory, snapshots: tuple[Pair, Pair, Change, Change]
) -> None:
    (one, first), (two, second), forth, back = snapshots
    assert first.graph_hash != second.graph_hash
    store = store_factory()
    store.publish(first, Change("", added=first.files))
    agrees(store, one, first)
    store.publish(second, forth)
    agrees(store, two, second)
    store.publish(first, back)
    agrees(store, one, first)
    store.rebuild(second)
    agrees(store, two, second)
    store.rebuild(second)
    agrees(store, two, second)


def test_only_from_where_the_store_stands(
    store_factory: Factory, snapshots: tuple[Pair, Pair, Change, Change]
) -> None:
    (one, first), (_, second), forth, back = snapshots
    store = store_factory()
    with pytest.raises(StoreError, match="rebuild"):
        store.publish(second, forth)
    store.rebuild(first)
    with pytest.raises(StoreError, match="rebuild"):
        store.publish(first, back)
    agrees(store, one, first)


def test_a_publish_that_fails_changes_nothing(
    store_factory: Factory, snapshots: tuple[Pair, Pair, Change, Change], tmp_path: FilePath
) -> None:
    (one, first), _, _, _ = snapshots
    store = store_factory()
    store.rebuild(first)
    dangling = one.copy()
    dangling.add("OFFICER_OF", "R05-X", from_id="P-A", to_id="O-NOWHERE")
    broken = dangling.write(tmp_path / "broken", "broken")
    with pytest.raises(StoreError):
        store.publish(broken, difference(one, dangling, tmp_path / "to-broken", "one"))
    agrees(store, one, first)


def test_publish_says_how_far_it_is(
    store_factory: Factory, snapshots: tuple[Pair, Pair, Change, Change]
) -> None:
    (_, first), (_, second), forth, _ = snapshots
    said: list[tuple[int, int, str]] = []
    store = store_factory()
    store.rebuild(first, lambda *step: said.append(step))
    assert said
    said.clear()
    store.publish(second, forth, lambda *step: said.append(step))
    assert said
    assert all(0 <= done <= total or total == 0 for done, total, _ in said)


def test_an_emptied_store_is_empty(
    store_factory: Factory, snapshots: tuple[Pair, Pair, Change, Change], tmp_path: FilePath
) -> None:
    (_, first), *_ = snapshots
    store = store_factory()
    store.rebuild(first)
    store.rebuild(TableSet("none", graph_hash(SCHEMA, {}), {}))
    assert set(store.counts().values()) == {0}
    assert store.snapshot(verify=True) == store.snapshot()


def test_readers_while_publishing(
    store_factory: Factory, snapshots: tuple[Pair, Pair, Change, Change]
) -> None:
    """Four threads read all the time; each answer is that of one snapshot as a whole."""
    (one, first), (two, second), forth, back = snapshots
    store = store_factory()
    store.rebuild(first)
    allowed = [
        (oracle.neighbors("P-A", 50), oracle.subgraph(town().entities()))
        for oracle in (Oracle(one, POPULATION), Oracle(two, POPULATION))
    ]
    stop, wrong, reads = threading.Event(), list[object](), list[int]()

    def read() -> None:
        while not stop.is_set():
            try:
                found = store.neighbors("P-A", POPULATION)
                if (dict(found.counts), found.subgraph) not in [n for n, _ in allowed]:
                    wrong.append(found)
                if (seen := store.subgraph([*town().entities()], POPULATION)) not in [s for _, s in allowed]:
                    wrong.append(seen)
                store.paths("P-A", "O-B", POPULATION)
                store.query("MATCH (p:Person {id: $id}) RETURN p.name AS name", {"id": "P-A"}, POPULATION)
                reads.append(1)
            except Exception as fault:  # whatever it is, it must not be
                wrong.append(fault)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for tables, change in ((second, forth), (first, back)) * 2:
            store.publish(tables, change)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not wrong, wrong[0]
    assert len(reads) > 8
    agrees(store, one, first)
