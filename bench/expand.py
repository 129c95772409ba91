"""One hop around an entity on 5,000,000 relations: the first 50 of them whole with their ends, and all counted.

The view shows the whole population: what a case sees is less. Neo4j beside it holds the same graph and answers
through the same port; its times include the way over loopback.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.clock import milliseconds
from bench.finding import Finding, Samples, Target
from bench.setting import Setting
from bench.stores import any_entities, embedded, ends, neo4j
from graph.model import Scope, View
from graph.store import GraphStore

NODES, RELATIONS = 1_000_000, 5_000_000
CALLS, WARM = 1000, 50
"""Calls measured, and calls before them that are not."""

POPULATION = View(Scope(population=True))


def run(setting: Setting) -> Iterator[Finding]:
    """See the module."""
    tables, count = setting.graph(NODES, RELATIONS), setting.size(CALLS, least=50) + WARM
    chosen = {"any entity": any_entities(tables, count), "where a relation ends": ends(tables, count)}
    with embedded(setting, tables) as store:
        ours = [_times(store, ids) for ids in chosen.values()]
    peers: list[Samples] = [()] * len(chosen)
    if setting.neo4j:
        with neo4j(setting, tables) as (_, other):
            peers = [_times(other, ids) for ids in chosen.values()]
    for name, own, peer in zip(chosen, ours, peers, strict=True):
        what = f"expand {name}, {setting.size(RELATIONS):,} relations"
        yield Finding(what, "ms", own, peer, "Neo4j through the same port", Target("p95", 5))


def _times(store: GraphStore, ids: list[str]) -> Samples:
    return milliseconds(lambda one: store.neighbors(one, POPULATION), ids)[WARM:]
