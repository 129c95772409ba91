"""What is particular to the embedded store: its folder, its writers, its ways of fetching rows."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from graph.adapters import embedded_read
from graph.adapters.embedded import EmbeddedStore
from graph.adapters.embedded_engine import Engine
from graph.errors import QueryRefused, StoreError
from graph.model import Scope, View
from tests.contracts.graphs import POPULATION, SCHEMA, Graph, Oracle, difference, random_graph, town

POOL = 1 << 28
ROOT = Path(__file__).parents[3]


def opened(folder: Path | None, **options: bool) -> EmbeddedStore:
    return EmbeddedStore.open(folder, SCHEMA, buffer_pool_bytes=POOL, **options)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    made = opened(tmp_path / "graph")
    made.rebuild(town().write(tmp_path, "town"))
    yield made
    made.close()


def test_one_generation_and_a_pointer_are_left(store: EmbeddedStore, tmp_path: Path) -> None:
    store.rebuild(town().write(tmp_path, "again"))
    left = sorted(p.relative_to(tmp_path / "graph").as_posix() for p in (tmp_path / "graph").rglob("*"))
    assert [p for p in left if "adjacency/" not in p] == [
        "000002", "000002/adjacency", "000002/columns.json", "000002/graph.lbug", "current.json", "writer.lock",
    ]  # fmt: skip


def test_a_small_difference_is_applied_and_a_large_one_loaded(tmp_path: Path) -> None:
    one = random_graph(2, 200, 600)
    two, three = one.copy(), Graph()
    two.add("Person", "P-NEW")
    three.add("Person", "P-ONLY")
    sets = [g.write(tmp_path, n) for g, n in ((one, "one"), (two, "two"), (three, "three"))]
    stages: list[str] = []
    store = opened(tmp_path / "graph")
    store.rebuild(sets[0])
    store.publish(sets[1], difference(one, two, tmp_path / "a", "one"), lambda d, t, s: stages.append(s))
    assert "copy" in stages
    stages.clear()
    store.publish(sets[2], difference(two, three, tmp_path / "b", "two"), lambda d, t, s: stages.append(s))
    assert stages
    assert "copy" not in stages
    assert store.snapshot(verify=True).graph_hash == sets[2].graph_hash
    store.close()


@pytest.mark.parametrize(
    "what", ["one row too many", "a change of what is not there", "a removal of what is not there"]
)
def test_a_difference_that_does_not_fit_is_refused(tmp_path: Path, what: str) -> None:
    """The store is at ``one``; each difference is from or to something else."""
    one = random_graph(2, 200, 600)
    two = one.copy()
    two.add("Person", "P-A")
    two.add("KIN", "R01-9", from_id="P-A", to_id="P-A")
    other = two.copy()
    if what == "one row too many":
        other.add("KIN", "R01-8", from_id="P-A", to_id="P-A")
        old, new, told = one, other, two
    elif what == "a change of what is not there":
        other.change("R01-9", role="x")
        old, new, told = two, other, one
    else:
        old, new, told = two, one, one
    first = one.write(tmp_path, "one")
    store = opened(tmp_path / "graph")
    store.rebuild(first)
    with pytest.raises(StoreError, match="rebuild"):
        store.publish(told.write(tmp_path, "two"), difference(old, new, tmp_path / "d", "one"))
    assert store.snapshot(verify=True).graph_hash == first.graph_hash
    assert len([p for p in (tmp_path / "graph").iterdir() if p.is_dir()]) == 1
    store.close()


def test_a_reader_sees_the_next_snapshot_at_its_next_call(store: EmbeddedStore, tmp_path: Path) -> None:
    reader = opened(tmp_path / "graph", read_only=True)
    assert reader.snapshot().id == "town"
    g = town()
    g.change("P-A", name="renamed")
    store.rebuild(g.write(tmp_path, "next"))
    assert reader.get(["P-A"], POPULATION).entities[0].name == "renamed"
    assert reader.snapshot().id == "next"
    reader.close()


def test_generations_no_longer_read_are_let_go(store: EmbeddedStore, tmp_path: Path) -> None:
    tables = town().write(tmp_path, "again")
    for _ in range(3):
        store.rebuild(tables)
        store.get(["P-A"], POPULATION)
    gc.collect()
    held = {os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if _is_link(fd)}
    assert not [p for p in held if str(tmp_path) in p and "deleted" in p]


def _is_link(handle: str) -> bool:
    return os.path.islink(f"/proc/self/fd/{handle}")


def test_another_process_reads_while_this_one_writes(store: EmbeddedStore, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from tests.graph.adapters.test_embedded import opened, POPULATION\n"
        "store = opened(Path(sys.argv[1]), read_only=True)\n"
        "print('ready', flush=True)\n"
        "names = {store.get(['P-A'], POPULATION).entities[0].name for _ in range(400)}\n"
        "print(sorted(names))\n"
    )
    graphs = {name: town() for name in ("甲", "乙")}
    sets = []
    for name, g in graphs.items():
        g.change("P-A", name=name)
        sets.append(g.write(tmp_path, name))
    store.rebuild(sets[0])
    command = [sys.executable, "-c", code, str(tmp_path / "graph")]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
        writes = 0
        while reader.poll() is None:
            writes += 1
            store.rebuild(sets[writes % 2])
        out, err = reader.communicate()
    assert reader.returncode == 0, err
    assert set(out) & set("甲乙")
    assert "𠮷" not in out


def test_two_writers_do_not_write_at_once(store: EmbeddedStore, tmp_path: Path) -> None:
    other = opened(tmp_path / "graph")
    tables = town().write(tmp_path, "again")
    refused: list[str] = []

    def intrude(done: int, total: int, stage: str) -> None:
        if stage == "Person":
            with pytest.raises(StoreError, match="publishing") as refusal:
                other.rebuild(tables)
            refused.append(str(refusal.value))

    store.rebuild(tables, intrude)
    assert len(refused) == 1
    other.rebuild(tables)
    other.close()


def test_reading_only(tmp_path: Path) -> None:
    store = opened(tmp_path / "graph", read_only=True)
    with pytest.raises(StoreError, match="opened for reading"):
        store.rebuild(town().write(tmp_path, "town"))
    assert not (tmp_path / "graph").exists()
    store.close()


def test_closed_is_closed(store: EmbeddedStore) -> None:
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.counts()


def test_an_unreadable_pointer_is_said(store: EmbeddedStore, tmp_path: Path) -> None:
    (tmp_path / "graph" / "current.json").write_text("{")
    with pytest.raises(StoreError, match="rebuild"):
        opened(tmp_path / "graph").snapshot()


def test_odd_folders_work(tmp_path: Path) -> None:
    folder = tmp_path / "O'Brien [案件] * 1"
    store = opened(folder / "graph")
    tables = town().write(folder.with_name("O'Brien"), "town")
    store.rebuild(tables)
    assert store.snapshot(verify=True).graph_hash == tables.graph_hash
    store.close()


def test_a_relation_between_kinds_it_may_not_join_is_refused(tmp_path: Path) -> None:
    g = town()
    g.add("KIN", "R01-X", from_id="P-A", to_id="O-A")
    with pytest.raises(StoreError, match="no such pair"):
        opened(tmp_path / "graph").rebuild(g.write(tmp_path, "s"))


def test_a_table_in_another_layout_is_refused(tmp_path: Path) -> None:
    tables = town().write(tmp_path, "s")
    files = dict(tables.files) | {"Person": tables.files["Organisation"]}
    with pytest.raises(StoreError, match="layout"):
        opened(None).rebuild(type(tables)(tables.id, tables.graph_hash, files))


@pytest.mark.parametrize(("call", "scan"), [(1e9, 1e-9), (1e-9, 1e9)], ids=["by reading all", "end by end"])
def test_rows_are_the_same_however_they_are_fetched(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, call: float, scan: float
) -> None:
    monkeypatch.setattr(embedded_read, "_CALL", call)
    monkeypatch.setattr(embedded_read, "_SCAN", scan)
    g = random_graph(4, 40, 400)
    store = opened(None)
    store.rebuild(g.write(tmp_path, "s"))
    ids = [*g.entities(), *g.relations()]
    assert store.get(ids, POPULATION) == Oracle(g, POPULATION).get(ids)
    store.close()


def test_a_query_has_a_time_budget(store: EmbeddedStore) -> None:
    engine = Engine(None, pool_bytes=POOL)
    with pytest.raises(StoreError, match="too long"):
        engine.read(
            "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN sum(a * b) AS s", {}, 200
        )
    assert engine.rows("RETURN 1") == [[1]]
    engine.close()


def test_the_engine_itself_refuses_to_write(store: EmbeddedStore) -> None:
    """The lint is no guard: without it, the read-only transaction still holds."""
    engine = Engine(None, pool_bytes=POOL)
    engine.run("CREATE NODE TABLE T (id STRING PRIMARY KEY)")
    for text in (
        "CREATE (:T {id: 'x'})",
        "DROP TABLE T",
        "CREATE NODE TABLE U (id STRING PRIMARY KEY)",
        "MATCH (t:T) DELETE t",
    ):
        with pytest.raises(QueryRefused, match="read-only"):
            engine.read(text, {}, 1000)
    assert engine.rows("MATCH (t:T) RETURN count(*)") == [[0]]
    engine.close()


def test_many_scopes_at_once(store: EmbeddedStore) -> None:
    """More scopes than graphs are kept, asked by several threads: each sees its own members."""
    wrong: list[object] = []

    def ask(ids: tuple[str, ...]) -> None:
        view = View(Scope(frozenset(ids)))
        for _ in range(3):
            found = store.query("MATCH (a) RETURN a.id AS i ORDER BY i", {}, view)["i"].to_pylist()
            if found != sorted(ids):
                wrong.append((ids, found))

    names = sorted(town().entities())
    threads = [threading.Thread(target=ask, args=(tuple(names[i : i + 3]),)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_walks_under_many_scopes(store: EmbeddedStore) -> None:
    """The masks of the last scopes are remembered; the sixteenth before is made again."""
    names = np.array(sorted(town().entities()))
    for number in [*range(20), 0]:
        chosen = names[(np.arange(len(names)) * 7 + number) % 3 == 0].tolist()
        view = View(Scope(frozenset((*chosen, f"P-{number}"))))
        assert store.subgraph(names.tolist(), view) == Oracle(town(), view).subgraph(names.tolist())
