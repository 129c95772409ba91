"""The lint lets portable reads through and names what is wrong with the rest."""

from __future__ import annotations

import pytest

from graph.cypher_lint import FUNCTIONS, check
from graph.errors import QueryRefused
from tests.contracts.graphs import SCHEMA

GOOD = [
    "MATCH (p:Person {id: $id})-[r:OFFICER_OF]->(o:Organisation) WHERE r.validFromMax <= 3 "
    "AND p.name STARTS WITH '王' "
    "RETURN p.id, o.name AS org, count(*) AS n ORDER BY n DESC, p.id LIMIT 10",
    "MATCH (a:Organisation)-[x:APPLIES]->(m:Matter)<-[y:APPLIES]-(b:Organisation) WHERE y.id <> x.id "
    "AND a.id < b.id "
    "RETURN a.id AS one, b.id AS two, count(DISTINCT m.id) AS n",
    "MATCH (p:Person)-[x:OWNS]->(a:Asset)-[y:PAYS]->(b:Asset) RETURN p.id, b.id",
    "MATCH (p:Person) WHERE NOT (p)-[:OFFICER_OF]->(:Organisation) "
    "AND NOT (p)-[:OFFICER_OF]->(:Organisation) RETURN p.id",
    "MATCH (p:Person)-[r:KIN]-(q:Person) WHERE EXISTS { MATCH (p)-[k:KIN]-(z:Person) "
    "WHERE k.id <> r.id } RETURN p.id",
    "MATCH (a:Asset) WHERE a.use = 'SET' AND any(n IN a.names WHERE n CONTAINS 'y') "
    "RETURN a.use AS v, [1, 2] AS xs",
    "UNWIND $ids AS i MATCH (p:Person {id: i}) OPTIONAL MATCH (p)-[r:KIN]-(q:Person) "
    "WITH p, count(r) AS n WHERE n > 1 RETURN p.id, n",
    "MATCH (p:Person) WHERE p.name ENDS WITH 'x' WITH p ORDER BY p.id LIMIT 3 RETURN p.id // CREATE\n",
    "RETURN 1 AS one",
    "MATCH (p:Person) WHERE p.name IN ['CREATE (n)', \"it's\"] AND (p.isMinor OR p.sex = 'x') "
    "RETURN p.`name` AS name",
]  # fmt: skip

BAD = {
    "CREATE (:Person {id: 'x'})": "a read begins with",
    "": "a read begins with",
    "MATCH (p:Person) SET p.name = 'x' RETURN p.id": "SET writes",
    "MATCH (p:Person) DETACH DELETE p": "DELETE writes",
    "MATCH (p:Person) LOAD FROM 'x' RETURN p.id": "LOAD is no part",
    "MATCH (p:Person) WHERE p.x = 1. LOAD FROM 'x' RETURN p.id": "not portable Cypher",
    "MATCH (p:Person) WHERE p.x = 1 /* */ . LOAD FROM 'x' RETURN p.id": "LOAD is no part",
    "MATCH (p:Person) RETURN p.id AS i /* ' */ LOAD FROM 'x'": "LOAD is no part",
    "MATCH (p:Person) WHERE p.name = 'a\\' LOAD FROM 'x' RETURN p.id": "not portable Cypher",
    "CALL db.labels()": "a read begins with",
    "RETURN 1 AS x; RETURN 2 AS y": "one at a time",
    "MATCH (p:Person) RETURN p.id UNION MATCH (q:Person) RETURN q.id": "UNION",
    "MATCH (p:Person)-[r:KIN*1..2]-(q:Person) RETURN p.id": "variable length",
    "MATCH (p:Person)-[:KIN]->+(q:Person) RETURN p.id": "variable length",
    "MATCH (p:Person)-[r:KIN]-(q:Person)-[s:KIN]-(z:Person) RETURN p.id": "may be the same",
    "MATCH (p:Person)-[r:KIN]-(q:Person), (p)-[s]-(z) RETURN p.id": "may be the same",
    "MATCH (p:Person)--(q)-->(z) RETURN p.id": "may be the same",
    "MATCH (p:Person) WHERE EXISTS { MATCH (p)-[:KIN]-()-[:KIN]-(p) } RETURN p.id": "may be the same",
    "MATCH (p:Person) WHERE NOT (p)-[:KIN]-()-[:KIN]-(p) RETURN p.id": "may be the same",
    "MATCH (p:Person) RETURN COUNT { (p)-[:KIN]-() } AS n": "whole MATCH",
    "MATCH (p:Persona) RETURN p.id": "no entity kind",
    "MATCH (p:Person)-[:LIKES]->(q) RETURN p.id": "no relation kind",
    "MATCH (p {id: $id}) RETURN p.name": "without its kind",
    "MATCH (p:Person) RETURN p.names[0] AS n": "index",
    "MATCH (p:Person) RETURN [x IN p.names | x] AS n": "comprehension",
    "MATCH (p:Person) RETURN substring(p.name, 0, 1) AS s": "left()",
    "MATCH (p:Person) RETURN labels(p) AS s": "property kind",
    "MATCH (p:Person) RETURN list_sum(p.names) AS s": "list_sum() is not portable",
    "MATCH (p:Person) RETURN count(*)": "no name",
    "MATCH (p:Person) RETURN *": "any order",
    "MATCH (p:Person) WITH p ORDER BY p.id RETURN p.id": "needs a LIMIT",
    "MATCH (p:Person) RETURN p.id AS p": "variable of the pattern",
    "MATCH (p:Person) RETURN p.id AS end": "reserved",
    "MATCH (p:Person) WHERE $id IS NULL OR p.id = $id RETURN p.id": "compared with NULL",
    "MATCH (p:Person) RETURN p.id AS i, $zz AS z": "no value is given for $zz",
    "MATCH (p:Person)": "nothing is returned",
    "MATCH (p:Person RETURN p.id": "not closed",
    "MATCH (p:Person) RETURN p.name AS n, 'open": "not portable Cypher",
}


@pytest.mark.parametrize("text", GOOD)
def test_portable(text: str) -> None:
    check(text, SCHEMA, {"id": 1, "ids": []})


@pytest.mark.parametrize("text", BAD)
def test_refused(text: str) -> None:
    with pytest.raises(QueryRefused) as refused:
        check(text, SCHEMA, {"id": 1})
    assert BAD[text] in str(refused.value)


def test_faults_come_together_with_their_lines() -> None:
    text = "MATCH (p:Person)\nWHERE p.names[0] = 'x'\nRETURN labels(p) AS l, count(*)"
    with pytest.raises(QueryRefused) as refused:
        check(text, SCHEMA)
    assert [p.line for p in refused.value.problems] == [2, 3, 3]


def test_a_shipped_query_is_checked_without_its_parameters() -> None:
    check("MATCH (p:Person {id: $id}) RETURN p.name", SCHEMA)


def test_functions_are_in_lower_case() -> None:
    assert all(name == name.lower() for name in FUNCTIONS)
    check("RETURN toUpper('a') AS a, TOUPPER('a') AS b", SCHEMA)
