"""Queries: portable Cypher gives the same rows everywhere, reads only, and no further than its scope."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from graph.errors import QueryRefused
from graph.model import Scope, View
from graph.store import GraphStore
from tests.contracts.graph_store.conftest import Factory
from tests.contracts.graphs import POPULATION, Graph, town

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def store(store_factory: Factory, tmp_path_factory: pytest.TempPathFactory) -> GraphStore:
    opened = store_factory()
    opened.rebuild(town().write(tmp_path_factory.mktemp("tables"), "town"))
    return opened


FACTS: dict[str, tuple[str, Rows]] = {
    "a key": (
        "MATCH (p:Person {id: $id}) RETURN p.name AS name, p.names AS names",
        [
            {
                "name": "𠮷野家😀",
                "names": ["𠮷野家😀", 'O\'Brien "Ob"', "back\\slash", "two\nlines", "a,b;c|d"],
            },
        ],
    ),
    "plain properties name their column": (
        "MATCH (p:Person {id: $id}) RETURN p.id, p.kind",
        [
            {"p.id": "P-A", "p.kind": "Person"},
        ],
    ),
    "a symmetric kind, either way": (
        "MATCH (p:Person {id: 'P-B'})-[k:KIN]-(q:Person) RETURN q.id AS other, k.role AS role",
        [{"other": "P-A", "role": "spouse"}],
    ),
    "two relations told apart": (
        "MATCH (a:Person)-[x:OFFICER_OF]->(o:Organisation)<-[y:OFFICER_OF]-(b:Person) "
        "WHERE x.id <> y.id AND a.id < b.id RETURN a.id AS a1, b.id AS b1, count(*) AS n",
        [{"a1": "P-A", "b1": "P-B", "n": 2}],
    ),
    "kinds in the alternative": (
        "MATCH (a:Person|Organisation)-[r:OFFICER_OF|HOLDS_SHARE]->(o:Organisation {id: 'O-A'}) "
        "RETURN r.id AS rid, r.kind AS k ORDER BY rid",
        [
            {"rid": i, "k": k}
            for i, k in (
                ("R05-1", "OFFICER_OF"),
                ("R05-2", "OFFICER_OF"),
                ("R05-3", "OFFICER_OF"),
                ("R06-2", "HOLDS_SHARE"),
                ("R06-3", "HOLDS_SHARE"),
            )
        ],
    ),
    "optional, and null": (
        "MATCH (p:Person) OPTIONAL MATCH (p)-[w:OWNS]->(a:Asset) RETURN p.id AS pid, a.id AS aid, "
        "a.area AS area ORDER BY pid",
        [
            {"pid": "P-A", "aid": None, "area": None},
            {"pid": "P-B", "aid": None, "area": None},
            {"pid": "P-C", "aid": "A-A", "area": 0.1},
            {"pid": "P-D", "aid": None, "area": None},
        ],
    ),
    "WITH and WHERE": (
        "MATCH (p:Person)-[r:OFFICER_OF]->(o:Organisation) WITH p, count(DISTINCT r.id) AS n "
        "WHERE n > 1 RETURN p.id AS pid, n",
        [{"pid": "P-A", "n": 2}],
    ),
    "EXISTS": (
        "MATCH (p:Person) WHERE EXISTS { MATCH (p)-[k:KIN]-(q:Person) WHERE q.id = 'P-A' } "
        "RETURN p.id AS pid",
        [{"pid": "P-B"}],
    ),
    "NOT a pattern": (
        "MATCH (p:Person) WHERE NOT (p)-[:OFFICER_OF]->(:Organisation) RETURN p.id AS pid ORDER BY pid",
        [{"pid": "P-C"}, {"pid": "P-D"}],
    ),
    "COUNT": (
        "MATCH (p:Person) RETURN p.id AS pid, "
        "COUNT { MATCH (p)-[:OFFICER_OF]->(:Organisation) } AS n ORDER BY n DESC, pid LIMIT 2",
        [{"pid": "P-A", "n": 2}, {"pid": "P-B", "n": 1}],
    ),
    "lists": (
        "MATCH (p:Person) WHERE any(x IN p.names WHERE x CONTAINS 'Ob') AND 'a,b;c|d' IN p.names "
        "RETURN p.id AS pid, size(p.names) AS n",
        [{"pid": "P-A", "n": 5}],
    ),
    "all of a list": (
        "MATCH (o:Organisation) WHERE all(x IN o.jurisdictionSectors WHERE x STARTS "
        "WITH 'a' OR x STARTS WITH 'b') "
        "RETURN o.id AS oid ORDER BY oid",
        [{"oid": "O-A"}],
    ),
    "aggregates": (
        "MATCH (a:Asset)-[r:PAYS]->(b:Asset) RETURN sum(r.amount) AS s, min(r.amount) AS low, "
        "max(r.amount) AS high, "
        "avg(r.amount) AS mean, count(r.amount) AS n",
        [{"s": 0, "low": -5, "high": 5, "mean": 0.0, "n": 2}],
    ),
    "sum of CASE, whole and large": (
        "MATCH (o:Organisation) "
        "RETURN sum(CASE WHEN o.registeredCapital > 0 THEN o.registeredCapital ELSE 0 END) AS s",
        [{"s": 2**53 + 1}],
    ),
    "distinct in a list": (
        "MATCH (p:Person)-[r:OFFICER_OF]->(o:Organisation) RETURN o.id AS oid, "
        "collect(DISTINCT r.kind) AS kinds",
        [{"oid": "O-A", "kinds": ["OFFICER_OF"]}],
    ),
    "arithmetic": (
        "RETURN 7 / 2 AS whole, 7 % 3 AS rest, 7.0 / 2 AS part, abs(-3) AS a, floor(2.7) AS f, "
        "ceil(2.1) AS c, sqrt(9.0) AS r",
        [
            {"whole": 3, "rest": 1, "part": 3.5, "a": 3, "f": 2.0, "c": 3.0, "r": 3.0},
        ],
    ),
    "texts": (
        "MATCH (p:Person {id: 'P-A'}) RETURN left(p.name, 1) AS first, size(p.name) AS n, "
        "toUpper(p.id) AS up, toLower('ÄB') AS low, "
        "p.name =~ '.*野家.*' AS liked, p.name STARTS WITH '𠮷' AS begins, p.name ENDS WITH '😀' AS closes",
        [{"first": "𠮷", "n": 4, "up": "P-A", "low": "äb", "liked": True, "begins": True, "closes": True}],
    ),
    "dates and days": (
        "RETURN date('2020-02-29') AS day, date('2020-02-29') < date('2020-03-01') AS before",
        [
            {"day": date(2020, 2, 29), "before": True},
        ],
    ),
    "a parameter list": (
        "UNWIND $ids AS i MATCH (p:Person {id: i}) RETURN p.id AS pid ORDER BY pid DESC SKIP 1 LIMIT 1",
        [{"pid": "P-A"}],
    ),
    "null is not": (
        "MATCH (p:Person) WHERE p.formerName IS NOT NULL RETURN p.id AS pid, p.isMinor AS minor",
        [{"pid": "P-B", "minor": False}],
    ),
    "nulls come last": (
        "MATCH (p:Person) RETURN p.id AS pid, p.residenceRegion AS region ORDER BY region, pid LIMIT 2",
        [{"pid": "P-C", "region": "\t tab"}, {"pid": "P-A", "region": None}],
    ),
    "coalesce": ("MATCH (p:Person {id: 'P-A'}) RETURN coalesce(p.formerName, 'none') AS f", [{"f": "none"}]),
    "percentile": ("UNWIND [1, 2, 3, 4] AS x RETURN percentileCont(x, 0.5) AS median", [{"median": 2.5}]),
    "days are numbers": (
        "MATCH (a:Asset)-[x:PAYS]->(b:Asset)-[y:PAYS]->(a) WHERE x.id <> y.id "
        "AND y.atMin - x.atMax <= 30 AND x.id < y.id "
        "RETURN y.atMin - x.atMax AS gap",
        [{"gap": 10}],
    ),
    "Chinese names of columns": ("MATCH (p:Person {id: 'P-B'}) RETURN p.name AS 姓名", [{"姓名": "王 五"}]),
    "quotes and escapes": (
        "RETURN 'it\\'s' AS a, \"say \\\"hi\\\"\" AS b, 'back\\\\slash' AS c, 'new\\nline' AS d",
        [
            {"a": "it's", "b": 'say "hi"', "c": "back\\slash", "d": "new\nline"},
        ],
    ),
    "comments": ("MATCH (p:Person {id: 'P-B'}) // who\nRETURN /* the id */ p.id", [{"p.id": "P-B"}]),
    "a self-loop": (
        "MATCH (o:Organisation)-[r:HOLDS_SHARE]->(o) RETURN o.id AS oid, r.percent AS p",
        [{"oid": "O-A", "p": 1.5}],
    ),
}


@pytest.mark.parametrize("fact", FACTS)
def test_portable_facts(store: GraphStore, fact: str) -> None:
    text, rows = FACTS[fact]
    found = store.query(text, {"id": "P-A", "ids": ["P-B", "P-A", "P-NOBODY"]}, POPULATION)
    assert found.to_pylist() == rows


def test_types_are_the_same_few(store: GraphStore) -> None:
    text = (
        "MATCH (p:Person {id: 'P-B'}) RETURN 1 AS i, 1.5 AS f, 'x' AS s, true AS b, "
        "date('2020-01-01') AS d, p.names AS l, "
        "[1, 2] AS n, p.sex AS nothing, sum(1) AS total, p.record_ids AS r"
    )
    found = store.query(text, {}, POPULATION)
    texts = pa.list_(pa.string())
    assert dict(zip(found.column_names, found.schema.types, strict=True)) == {
        "i": pa.int64(), "f": pa.float64(), "s": pa.string(), "b": pa.bool_(), "d": pa.date32(), "l": texts,
        "n": pa.list_(pa.int64()), "nothing": pa.null(), "total": pa.int64(), "r": texts,
    }  # fmt: skip
    empty = store.query("MATCH (p:Person {id: 'P-NOBODY'}) RETURN p.id AS i, p.isMinor AS m", {}, POPULATION)
    assert (empty.num_rows, empty.column_names, empty.schema.types) == (0, ["i", "m"], [pa.null(), pa.null()])


@pytest.mark.parametrize(
    "text",
    [
        "CREATE (:Person {id: 'P-X'})",
        "MATCH (p:Person {id: 'P-A'}) SET p.name = 'x' RETURN p.id",
        "MATCH (p:Person {id: 'P-A'}) DETACH DELETE p",
        "MERGE (p:Person {id: 'P-X'}) RETURN p.id",
        "MATCH (p:Person) RETURN p.id; MATCH (p:Person) DELETE p",
        "CALL db.labels()",
        "LOAD FROM 'x.csv' RETURN *",
        "LOAD CSV FROM 'file:///x.csv' AS line RETURN line",
        "DROP TABLE Person",
        "COMMIT",
        "MATCH (p:Person) RETURN p.id AS i UNION MATCH (q:Person) RETURN q.id AS i",
        "MATCH (p:Person RETURN p.id",
        "MATCH (p:Person) RETURN p.id AS i, $missing AS m",
        "",
    ],
)
@pytest.mark.parametrize("view", [POPULATION, View(Scope(frozenset({"P-A"})))], ids=["population", "case"])
def test_refused(store: GraphStore, text: str, view: View) -> None:
    before = store.counts()
    with pytest.raises(QueryRefused):
        store.query(text, {}, view)
    assert store.counts() == before


@pytest.mark.parametrize("column", ["p", "r", "[p]"])
def test_only_scalars_and_lists_come_back(store: GraphStore, column: str) -> None:
    with pytest.raises(QueryRefused, match="nodes, relations"):
        store.query(f"MATCH (p:Person)-[r:KIN]->(q:Person) RETURN {column} AS x", {}, POPULATION)


def test_the_population_is_not_narrowed_by_a_view(store: GraphStore) -> None:
    for view in (
        View(Scope(population=True), as_of=1),
        View(Scope(population=True), kinds=frozenset({"Person"})),
    ):
        with pytest.raises(QueryRefused, match="population"):
            store.query("MATCH (p:Person) RETURN p.id", {}, view)


def test_a_case_sees_its_members_and_nothing_else(store: GraphStore) -> None:
    members = frozenset({"P-A", "P-B", "O-A", "A-A", "A-B"})
    every = "MATCH (a:Person|Organisation|Asset|Matter|Locator) RETURN a.id AS i ORDER BY i"
    joined = "MATCH (a)-[r]->(b) RETURN r.id AS i ORDER BY i"

    def ask(text: str, view: View) -> list[str]:
        return [str(row["i"]) for row in store.query(text, {}, view).to_pylist()]

    case = View(Scope(members))
    assert ask(every, case) == sorted(members)
    assert ask(joined, case) == ["R01-1", "R05-1", "R05-2", "R05-3", "R06-3", "R17-1", "R17-2"]
    assert ask(joined, View(Scope(members), as_of=165)) == [
        "R01-1",
        "R05-1",
        "R05-2",
        "R05-3",
        "R06-3",
        "R17-1",
    ]
    narrow = View(Scope(members), kinds=frozenset({"Person", "KIN"}))
    assert (ask(every, narrow), ask(joined, narrow)) == (["P-A", "P-B"], ["R01-1"])
    assert ask(every, View(Scope())) == []


def test_a_case_sees_the_snapshot_in_force(
    store_factory: Factory, tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = store_factory()
    text, case = "MATCH (p:Person) RETURN p.name AS name", View(Scope(frozenset({"P-A"})))
    for name in ("before", "after"):
        graph = Graph()
        graph.add("Person", "P-A", name=name)
        store.rebuild(graph.write(tmp_path_factory.mktemp("tables"), name))
        assert store.query(text, {}, case).to_pylist() == [{"name": name}]
