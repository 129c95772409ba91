"""What is special to the Neo4j store; what it shares with the others is proven in ``tests/contracts/graph_store``.

Everything runs on the real server of the test run.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from itertools import pairwise, product
from pathlib import Path as FilePath
from typing import Any

import pytest

from graph.adapters import neo4j_layout, neo4j_paths, neo4j_publish
from graph.adapters.neo4j_bolt import Bolt
from graph.adapters.neo4j_layout import set_gate
from graph.adapters.neo4j_query import run_query
from graph.adapters.neo4j_server import ManagedNeo4j
from graph.adapters.neo4j_store import Neo4jStore
from graph.errors import QueryRefused, StoreError
from graph.model import Change, Path, Scope, Snapshot, TableSet, View
from tests.conftest import ROOT
from tests.contracts.graph_store.test_publish import later
from tests.contracts.graphs import POPULATION, SCHEMA, Graph, Oracle, difference, random_graph, town
from tests.servers import free_port

pytestmark = pytest.mark.neo4j


@pytest.fixture
def store(neo4j_server: ManagedNeo4j, tmp_path: FilePath) -> Iterator[Neo4jStore]:
    """An empty store that loads through the driver."""
    opened = Neo4jStore.open(neo4j_server.uri, neo4j_server.user, neo4j_server.password, SCHEMA)
    opened.rebuild(Graph().write(tmp_path, ""))
    yield opened
    opened.close()


@pytest.fixture
def bolt(neo4j_server: ManagedNeo4j) -> Iterator[Bolt]:
    """A connection of our own beside the store's."""
    opened = Bolt.open(neo4j_server.uri, neo4j_server.user, neo4j_server.password, "neo4j")
    yield opened
    opened.close()


def whole(store: Neo4jStore, tables: TableSet) -> None:
    """The store says that it holds ``tables``, and it does."""
    assert store.snapshot() == store.snapshot(verify=True) == Snapshot(tables.id, tables.graph_hash)


# --- connecting -----------------------------------------------------------------------------------------------


def test_a_wrong_password_says_what_to_check(neo4j_server: ManagedNeo4j) -> None:
    with pytest.raises(
        StoreError, match=r"refuses the user 'neo4j'.*Check the user, and the password"
    ) as caught:
        Neo4jStore.open(neo4j_server.uri, "neo4j", "not-the-password", SCHEMA)
    assert "not-the-password" not in str(caught.value)


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("bolt://127.0.0.1:{port}", "does not answer.*Check that the server runs"),
        ("localhost", "no address of a Neo4j server.*bolt://host:7687"),
    ],
)
def test_no_server_says_what_to_check(uri: str, said: str) -> None:
    with pytest.raises(StoreError, match=said):
        Neo4jStore.open(uri.format(port=free_port()), "neo4j", "x", SCHEMA)


def test_a_database_that_is_not_there_is_named(neo4j_server: ManagedNeo4j) -> None:
    access = (neo4j_server.uri, neo4j_server.user, neo4j_server.password)
    with pytest.raises(StoreError, match="no database 'nowhere'"):
        Neo4jStore.open(*access, SCHEMA, database="nowhere")


def test_a_closed_store_says_so(store: Neo4jStore) -> None:
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.get(["P-A"], POPULATION)


# --- publishing -----------------------------------------------------------------------------------------------

_DYING = """
import os, signal, sys
from pathlib import Path
from graph.adapters import neo4j_load, neo4j_publish
from graph.adapters.neo4j_store import Neo4jStore
from graph.model import Change
from graph.schema import load_schema
from tests.contracts.graphs import Graph, difference, town
from tests.contracts.graph_store.test_publish import later

uri, password, folder, base, limit, last = sys.argv[1:]
neo4j_publish.ATOMIC_ROWS, neo4j_load.BATCH_ROWS, calls = int(limit), 2, 0

def progress(done, total, stage):
    global calls
    calls += 1
    if str(calls) == last or (last == "end" and done == total):
        os.kill(os.getpid(), signal.SIGKILL)

one, two, folder = town(), later(town()), Path(folder)
store = Neo4jStore.open(uri, "neo4j", password, load_schema())
first, second = one.write(folder, "one"), two.write(folder, "two")
if base:
    store.publish(second, difference(one, two, folder / "forth", "one"), progress)
else:
    store.publish(first, Change("", added=first.files), progress)
"""


def die_publishing(server: ManagedNeo4j, folder: FilePath, base: str, limit: int, calls: int | str) -> None:
    """Publish in a process of its own that kills itself at the ``calls``-th batch ("end": after the last)."""
    arguments = [server.uri, server.password, str(folder), base, str(limit), str(calls)]
    done = subprocess.run(
        [sys.executable, "-c", _DYING, *arguments], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.fixture
def town_tables(tmp_path: FilePath) -> tuple[TableSet, TableSet, Change]:
    one, two = town(), later(town())
    forth = difference(one, two, tmp_path / "forth", "one")
    return one.write(tmp_path, "one"), two.write(tmp_path, "two"), forth


Tables = tuple[TableSet, TableSet, Change]


def test_a_small_publish_that_dies_leaves_no_trace(
    store: Neo4jStore, neo4j_server: ManagedNeo4j, town_tables: Tables, tmp_path: FilePath
) -> None:
    first, second, forth = town_tables
    store.rebuild(first)
    die_publishing(neo4j_server, tmp_path / "other", "one", 1000, 9)
    whole(store, first)
    store.publish(second, forth)
    whole(store, second)


@pytest.mark.parametrize("calls", [1, 2, 7, 12, "end"])
def test_a_large_publish_that_died_is_run_again(
    store: Neo4jStore, neo4j_server: ManagedNeo4j, town_tables: Tables, tmp_path: FilePath, calls: int | str
) -> None:
    first, second, forth = town_tables
    store.rebuild(first)
    die_publishing(neo4j_server, tmp_path / "other", "one", 0, calls)
    assert store.snapshot().id == "one"
    with pytest.raises(StoreError, match="snapshot two is being published, or that was interrupted"):
        store.neighbors("P-A", POPULATION)
    third = TableSet("three", "other", second.files)
    with pytest.raises(StoreError, match="snapshot two was interrupted"):
        store.publish(third, forth)
    store.publish(second, forth)
    whole(store, second)
    assert store.get(["P-E"], POPULATION).entities[0].name == "new\n'one'"


def test_after_a_large_publish_that_died_a_rebuild_works_too(
    store: Neo4jStore, neo4j_server: ManagedNeo4j, town_tables: Tables, tmp_path: FilePath
) -> None:
    first, second, _ = town_tables
    store.rebuild(first)
    die_publishing(neo4j_server, tmp_path / "other", "one", 0, 9)
    store.rebuild(second)
    whole(store, second)


@pytest.mark.parametrize("same", [True, False])
def test_a_first_publish_that_died_is_run_again_or_another(
    store: Neo4jStore, neo4j_server: ManagedNeo4j, town_tables: Tables, tmp_path: FilePath, same: bool
) -> None:
    die_publishing(neo4j_server, tmp_path / "other", "", 0, 15)
    assert store.snapshot().id == ""
    tables = town_tables[0] if same else town_tables[1]
    store.publish(tables, Change("", added=tables.files))
    whole(store, tables)


def test_a_publish_in_many_transactions_ends_like_one(
    store: Neo4jStore, town_tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neo4j_publish, "ATOMIC_ROWS", 0)
    first, second, forth = town_tables
    store.publish(first, Change("", added=first.files))
    whole(store, first)
    store.publish(second, forth)
    whole(store, second)


def test_ends_the_schema_does_not_join_are_refused(store: Neo4jStore, tmp_path: FilePath) -> None:
    graph = town()
    graph.add("OFFICER_OF", "R05-9", from_id="A-A", to_id="O-A")
    tables = graph.write(tmp_path, "wrong")
    with pytest.raises(StoreError, match="1 OFFICER_OF relations go from ids with 'A' to ids with 'O'"):
        store.publish(tables, Change("", added=tables.files))
    assert set(store.counts().values()) == {0}


def test_a_difference_that_does_not_fit_is_refused_whole(
    store: Neo4jStore, town_tables: Tables, tmp_path: FilePath
) -> None:
    first, second, _ = town_tables
    store.rebuild(first)
    more = town()
    more.add("Person", "P-X")
    more.add("KIN", "R01-X", from_id="P-A", to_id="P-X")
    wrong = difference(more, later(town()), tmp_path / "wrong", "one")
    with pytest.raises(StoreError, match="removes 2 rows of KIN, the store has 1"):
        store.publish(second, wrong)
    whole(store, first)


# --- whole answers --------------------------------------------------------------------------------------------


def test_readers_wait_at_the_gate(store: Neo4jStore, bolt: Bolt, town_tables: Tables) -> None:
    store.rebuild(town_tables[0])
    bolt.write(lambda tx: set_gate(tx, shut=True))
    answers: list[object] = []
    reader = threading.Thread(target=lambda: answers.append(store.get(["P-A"], POPULATION)))
    reader.start()
    reader.join(0.5)
    assert reader.is_alive()
    assert not answers
    bolt.write(lambda tx: set_gate(tx, shut=False))
    reader.join(10)
    assert len(answers) == 1


def test_a_gate_left_shut_opens_by_itself(
    store: Neo4jStore, bolt: Bolt, town_tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.rebuild(town_tables[0])
    monkeypatch.setattr(neo4j_layout, "GATE_MS", 300)
    bolt.write(lambda tx: set_gate(tx, shut=True))
    began = time.monotonic()
    assert store.get(["P-A"], POPULATION).entities
    assert time.monotonic() - began > 0.1


# --- bulk import ----------------------------------------------------------------------------------------------

ODD = ['a"b', '"', '""', "a,b", "l1\nl2", "l1\r\nl2", "x\ry", "\\", '\\"', "a\\nb", " lead", "trail ", "'", "😀𠮷", "",
       "\t", "a;b", "a|b", "NULL", "true", "\u2028", "#x", '"quoted"', '"a","b"', "\x1e", "\ufeffbom", "\u00a0"]  # fmt: skip


def odd_graph() -> Graph:
    """Every text that a CSV file could spoil, alone, first and last in a list, on nodes and relations."""
    graph = town()
    for number, text in enumerate(ODD):
        graph.add(
            "Person",
            f"P-{number}",
            name=text,
            names=[text, "z"],
            record_ids=["z", text],
            supervisedCategory=text,
        )
        graph.add(
            "HOLDS_POST", f"R03-{number}", from_id=f"P-{number}", to_id="O-A", post=text, powers=["z", text]
        )
    graph.add("Asset", "A-X", area=1e300, quantity=1e-7, transactionPrice=-(2**63))
    return graph


@pytest.fixture
def managed(neo4j_server: ManagedNeo4j) -> Iterator[Neo4jStore]:
    """A store that may stop its server for a bulk import."""
    access = (neo4j_server.uri, neo4j_server.user, neo4j_server.password)
    opened = Neo4jStore.open(*access, SCHEMA, managed=neo4j_server)
    yield opened
    opened.close()


def test_a_managed_rebuild_keeps_every_text(
    managed: Neo4jStore, neo4j_server: ManagedNeo4j, tmp_path: FilePath
) -> None:
    graph = odd_graph()
    tables, before = graph.write(tmp_path, "odd"), neo4j_server.pid
    managed.rebuild(tables)
    assert neo4j_server.pid != before, "by bulk import, which needs the server stopped"
    whole(managed, tables)
    assert managed.get([*graph.entities()], POPULATION) == Oracle(graph, POPULATION).get(graph.entities())
    assert not list(neo4j_server.home.path.glob("import-*")), "its files are gone"
    other = later(town()).write(tmp_path, "two")
    managed.publish(other, difference(graph, later(town()), tmp_path / "forth", "odd"))
    whole(managed, other)


@pytest.mark.parametrize("names", [["a", None], ["a\x1fb"], [""]], ids=["null", "separator", "one empty"])
def test_lists_the_file_cannot_say_are_refused(
    managed: Neo4jStore, neo4j_server: ManagedNeo4j, tmp_path: FilePath, names: list[Any]
) -> None:
    graph = town()
    graph.change("P-A", names=names)
    before = neo4j_server.pid
    with pytest.raises(StoreError, match=r"Person\.names: a list holds a null, U\+001F"):
        managed.rebuild(graph.write(tmp_path, "odd"))
    assert neo4j_server.pid == before
    managed.counts()


def test_indexes_are_there_after_each_way_of_loading(
    managed: Neo4jStore, store: Neo4jStore, bolt: Bolt, town_tables: Tables
) -> None:
    text = "MATCH ()-[r:KIN {id: $id}]->() RETURN r.kind AS kind"
    for opened in (managed, store):
        opened.rebuild(town_tables[0])
        assert "RelationshipIndexSeek" in str(bolt.read(lambda tx: tx.plan(text, {"id": "R01-1"})))
        with pytest.raises(StoreError, match="already exists"):
            bolt.write(lambda tx: tx.rows("make a node twice", "CREATE (:Person {id: 'P-A'})"))


# --- strangers' nodes and queries -----------------------------------------------------------------------------


def test_other_nodes_are_neither_counted_nor_shown_nor_removed(
    store: Neo4jStore, bolt: Bolt, town_tables: Tables
) -> None:
    first, second, forth = town_tables
    make = "CREATE (:SearchEntry {id: 'P-SECRET', name: 'secret'})"
    bolt.write(lambda tx: tx.rows("make a search entry", make))
    try:
        store.rebuild(first)
        store.publish(second, forth)
        whole(store, second)
        assert store.get(["P-SECRET", "store", "gate"], POPULATION).entities == ()
        found = bolt.read(lambda tx: tx.rows("find it", "MATCH (s:SearchEntry) RETURN count(s)"))
        assert found == [[1]]
        for text in ("MATCH (n) RETURN n.id AS i", "MATCH (n) WHERE NOT (n)-[:KIN]-() RETURN count(*) AS c"):
            with pytest.raises(QueryRefused, match="give the node its kind"):
                store.query(text, {}, POPULATION)
        by_relation = "MATCH (a)-[r]-(b) WHERE a.name CONTAINS 'e' RETURN DISTINCT a.id AS i ORDER BY i"
        assert store.query(by_relation, {}, POPULATION)["i"].to_pylist() == ["P-E"]
    finally:
        bolt.write(lambda tx: tx.rows("remove it", "MATCH (s:SearchEntry) DELETE s"))


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (n:SearchEntry) RETURN n.id AS i",
        "MATCH (n:MingchaMeta) RETURN n.id AS i",
        "MATCH (n:Person|SearchEntry) RETURN n.id AS i",
        "MATCH (n:!Person) RETURN n.id AS i",
        "MATCH (n:$($label)) RETURN n.id AS i",
        "MATCH (n) WHERE elementId(n) = $label RETURN n.id AS i",
        "MATCH (n) RETURN count(n) AS c",
        "MATCH (p:Person) OPTIONAL MATCH (n) RETURN n.id AS i",
        "LOAD CSV FROM 'http://127.0.0.1/x' AS line RETURN line",
        "CALL db.labels() YIELD label RETURN label",
        "SHOW INDEXES",
        "CREATE (n:Person) RETURN n.id AS i",
        "MATCH (n:Person) SET n.name = 'x' RETURN n.id AS i",
        "MATCH (n:Person RETURN 1",
    ],
)
def test_the_plan_guards_where_the_check_of_the_text_would_not(
    store: Neo4jStore, bolt: Bolt, text: str
) -> None:
    parameters = {"label": "SearchEntry"}
    with pytest.raises(QueryRefused):
        bolt.read(lambda tx: run_query(tx, SCHEMA, text, parameters))


def test_a_query_has_a_time_budget(store: Neo4jStore, bolt: Bolt) -> None:
    text = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH a * b AS c WHERE c < 0 RETURN c"
    with pytest.raises(StoreError, match="took too long"):
        bolt.read(lambda tx: run_query(tx, SCHEMA, text, {}), 1.0)


def test_a_refusal_shows_no_values(store: Neo4jStore, town_tables: Tables) -> None:
    store.rebuild(town_tables[0])
    with pytest.raises(QueryRefused, match="column x") as caught:
        store.query("MATCH (p:Person {id: 'P-A'}) RETURN p AS x", {}, POPULATION)
    assert "𠮷" not in str(caught.value)


# --- many paths -----------------------------------------------------------------------------------------------


def test_paths_in_order_layer_by_layer(
    store: Neo4jStore, tmp_path: FilePath, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neo4j_paths, "SORTED_HERE", 1)
    graph = random_graph(1, 20, 60)
    store.rebuild(graph.write(tmp_path, "random"))
    ids = sorted(graph.entities())
    views = [
        POPULATION,
        View(Scope(population=True), as_of=40),
        View(Scope(frozenset(ids[::2]))),
        View(Scope(population=True), kinds=frozenset(SCHEMA.kinds) - {"Matter", "PAYS"}),
    ]
    seen = 0
    for view in views:
        oracle = Oracle(graph, view)
        shown = [i for i in ids if i in oracle.entities]
        for a, b in pairwise(shown):
            wanted = oracle.paths(a, b, 6, 5)
            assert store.paths(a, b, view, limit=5) == wanted
            seen += len(wanted) > 1
    assert seen > 10


def test_paths_by_the_million(store: Neo4jStore, tmp_path: FilePath) -> None:
    width, layers = 30, 5
    graph = Graph()
    graph.add("Person", "P-FROM")
    graph.add("Person", "P-TO")
    names = [[f"P-{layer}-{i:02d}" for i in range(width)] for layer in range(layers)]
    for name in (name for layer in names for name in layer):
        graph.add("Person", name)
    pairs = [("P-FROM", n) for n in names[0]] + [(n, "P-TO") for n in names[-1]]
    pairs += [pair for here, there in pairwise(names) for pair in product(here, there)]
    for number, (a, b) in enumerate(pairs):
        graph.add("KIN", f"R01-{number:06d}", from_id=min(a, b), to_id=max(a, b))
    store.rebuild(graph.write(tmp_path, "millions"))
    began = time.monotonic()
    found = store.paths("P-FROM", "P-TO", POPULATION, limit=40)
    assert time.monotonic() - began < 60
    assert len(found) == 40
    assert [p.relations for p in found] == sorted(p.relations for p in found)
    first = [f"P-{layer}-00" for layer in range(layers)]
    assert found[0] == Path(("P-FROM", *first, "P-TO"), found[0].relations)
    assert {p.relations[0] for p in found} == {"R01-000000"}
