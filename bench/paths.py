"""Shortest paths of at most six relations on 5,000,000 relations with hubs, beside Neo4j's own on the same graph.

Ours finds all shortest paths in order and gives the first twenty. Neo4j's ``shortestPath`` finds any one; beside
both stands our adapter on Neo4j, which answers what the embedded store answers. The lengths have to agree.
"""

from __future__ import annotations

from collections.abc import Iterator

from neo4j import Session

from bench.clock import milliseconds
from bench.finding import Finding, Target
from bench.setting import Setting
from bench.stores import any_entities, driver_of, embedded, neo4j
from graph.model import Scope, View
from graph.schema import load_schema
from graph.store import GraphStore

NODES, RELATIONS = 1_000_000, 5_000_000
LONGEST = 6
CALLS, WARM = 300, 20
POPULATION = View(Scope(population=True))

Pair = tuple[str, str]
OWN = "MATCH (a:{a} {{id: $a}}), (b:{b} {{id: $b}}) MATCH p = shortestPath((a)-[*..{longest}]-(b)) RETURN length(p)"


def run(setting: Setting) -> Iterator[Finding]:
    """See the module."""
    tables, count = setting.graph(NODES, RELATIONS), setting.size(CALLS, least=20) + WARM
    ids = any_entities(tables, 2 * count)
    pairs = [(a, b) for a, b in zip(ids[:count], ids[count:], strict=True) if a != b]
    what = f"path ≤ {LONGEST}, {setting.size(RELATIONS):,} relations"
    with embedded(setting, tables) as store:
        ours = milliseconds(lambda pair: length(store, pair), pairs)[WARM:]
        lengths = [length(store, pair) for pair in pairs[WARM:]]
    note = f"{sum(n is not None for n in lengths)} of {len(lengths)} pairs joined, longest {max(filter(None, lengths))}"
    if not setting.neo4j:
        yield Finding(what, "ms", ours, target=Target("median", 10), note=note)
        return
    with neo4j(setting, tables) as (server, other), driver_of(server) as driver:
        with driver.session(default_access_mode="READ") as session:
            plain = milliseconds(lambda pair: shortest(session, pair), pairs)[WARM:]
            theirs = [shortest(session, pair) for pair in pairs[WARM:]]
        adapter = milliseconds(lambda pair: length(other, pair), pairs)[WARM:]
    if theirs != lengths:
        raise RuntimeError(
            "the embedded store and Neo4j find paths of different lengths; the bench compares nothing"
        )
    yield Finding(what, "ms", ours, plain, "Neo4j's shortestPath (any one)", Target("median", 10), note)
    yield Finding(f"{what} (all shortest, in order)", "ms", ours, adapter, "Neo4j through the same port")


def length(store: GraphStore, pair: Pair) -> int | None:
    """Length of the shortest paths, None where there is none."""
    found = store.paths(*pair, POPULATION, LONGEST)
    return len(found[0].relations) if found else None


def shortest(session: Session, pair: Pair) -> int | None:
    """The same by Neo4j's own function."""
    kind = load_schema().kind_of_id
    text = OWN.format(a=kind(pair[0]), b=kind(pair[1]), longest=LONGEST)
    found = session.run(text, a=pair[0], b=pair[1]).single()
    return found[0] if found else None
