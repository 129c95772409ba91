"""Fetch whole rows of chosen entities and relations: the engine's share of a walk over the adjacency.

The engine finds a node by its key in 0.1 ms but has no index on relations, and joins a list of ends to a relation
table only by reading all of it. So relations are asked for end by end, from the end that costs least, unless there
are so many that reading the table once is cheaper.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.adapters.embedded_columns import Columns
from graph.adapters.embedded_engine import Engine
from graph.adapters.rows import entity, relation
from graph.adjacency import Adjacency, Numbers
from graph.model import Entity, Relation, Subgraph
from graph.schema import Schema

_CALL, _STEP, _SCAN = 150.0, 0.7, 0.7
"""Microseconds: one lookup by end, one relation looked at there, one row of a table read from end to end."""


@dataclass(frozen=True, slots=True)
class _Lookup:
    """Relations of one kind that are found at one end, ``anchor``, and lead to entities of one kind."""

    kind: int
    anchor: int
    backward: bool
    far_kind: int


class Reader:
    """Rows by number, from one engine that holds what the adjacency holds."""

    def __init__(self, engine: Engine, schema: Schema, graph: Adjacency, columns: Columns) -> None:
        self._engine, self._schema, self._graph, self._columns = engine, schema, graph, columns
        self._size = np.array([*graph.counts().values()])

    def entities(self, nodes: Numbers) -> tuple[Entity, ...]:
        """Entities by number, sorted by id."""
        graph, found = self._graph, list[Entity]()
        codes = graph.node_kind[nodes]
        for code in np.unique(codes):
            name = graph.kinds[code]
            columns = self._columns[name]
            text = f"UNWIND $ids AS i MATCH (n:`{name}`) WHERE n.id = i RETURN {_listed('n', columns)}"
            rows = self._engine.rows(text, {"ids": graph.node_names(nodes[codes == code])}, keep_plan=True)
            found += [entity(dict(zip(columns, row, strict=True))) for row in rows]
        return tuple(sorted(found, key=lambda e: e.id))

    def relations(self, numbers: Numbers) -> tuple[Relation, ...]:
        """Relations by number, sorted by id."""
        found: dict[str, dict[str, Any]] = {}
        for lookup, members in self._lookups(numbers):
            name = self._graph.kinds[lookup.kind]
            columns = self._columns[name]
            rows = self._scan(name, members) if lookup.anchor < 0 else self._at(lookup, members)
            for row in rows:
                values = dict(zip(columns, row, strict=False))
                found[values["id"]] = values
        return self._built(numbers, found)

    def hop(self, centre: int, numbers: Numbers) -> Subgraph:
        """An entity, relations that all have it as an end, and what they lead to: ends come with their relations."""
        entities: dict[str, Entity] = {}
        found: dict[str, dict[str, Any]] = {}
        for lookup, members in self._lookups(numbers, whole=False):
            own = self._columns[self._graph.kinds[lookup.kind]]
            at_centre = lookup.anchor == centre
            far_kind = lookup.far_kind if at_centre else int(self._graph.node_kind[lookup.anchor])
            far = self._columns[self._graph.kinds[far_kind]]
            for row in self._at(lookup, members, ("b" if at_centre else "a", far)):
                values = dict(zip(own, row, strict=False))
                found[values["id"]] = values
                end = dict(zip(far, row[len(own) :], strict=True))
                entities.setdefault(end["id"], entity(end))
        own_id = self._graph.node_ids[centre].decode()
        if own_id not in entities:
            entities[own_id] = self.entities(np.array([centre], dtype=np.int32))[0]
        return Subgraph(tuple(entities[i] for i in sorted(entities)), self._built(numbers, found))

    def _built(self, numbers: Numbers, found: dict[str, dict[str, Any]]) -> tuple[Relation, ...]:
        graph, ordered = self._graph, np.sort(numbers)
        names = graph.relation_names(ordered)
        sources, targets = graph.node_names(graph.source[ordered]), graph.node_names(graph.target[ordered])
        return tuple(relation(found[name], a, b) for name, a, b in zip(names, sources, targets, strict=True))

    def _lookups(self, numbers: Numbers, whole: bool = True) -> Iterator[tuple[_Lookup, list[int]]]:
        """Group relations into lookups; with ``whole``, kinds read from end to end have one without an anchor."""
        graph = self._graph
        kinds, source, target = graph.relation_kind[numbers], graph.source[numbers], graph.target[numbers]
        scanned, backward = self._plan(kinds, source, target)
        anchor, far = np.where(backward, target, source), np.where(backward, source, target)
        groups: dict[_Lookup, list[int]] = {}
        columns = (kinds, anchor, backward, graph.node_kind[far], numbers)
        for kind, at, back, far_kind, number in zip(*(c.tolist() for c in columns), strict=True):
            lookup = (
                _Lookup(kind, -1, False, -1)
                if whole and kind in scanned
                else _Lookup(kind, at, back, far_kind)
            )
            groups.setdefault(lookup, []).append(number)
        yield from groups.items()

    def _plan(self, kinds: Any, source: Numbers, target: Numbers) -> tuple[set[int], Any]:
        """Kinds for which one reading of the table is cheaper, and which relations are asked for at their target."""
        ends = np.stack((source, target))
        unique, inverse, times = np.unique(ends, return_inverse=True, return_counts=True)
        cost = ((_CALL + _STEP * self._graph.degree(unique)) / times)[inverse.reshape(ends.shape)]
        at_ends = np.bincount(kinds, weights=cost.min(axis=0), minlength=len(self._size))
        scanned = np.flatnonzero(at_ends > _CALL + _SCAN * self._size)
        return set(scanned.tolist()), cost[1] < cost[0]

    def _scan(self, name: str, members: list[int]) -> Iterator[list[Any]]:
        listed = _listed("r", self._columns[name])
        text = f"UNWIND $ids AS i MATCH ()-[r:`{name}`]->() WHERE r.id = i RETURN {listed}"
        yield from self._engine.rows(text, {"ids": self._graph.relation_names(np.array(members))})

    def _at(
        self, lookup: _Lookup, members: list[int], also: tuple[str, tuple[str, ...]] | None = None
    ) -> list[list[Any]]:
        """Rows of relations found at their anchor; ``also`` asks for columns of an end, after theirs."""
        graph = self._graph
        name, kind = graph.kinds[lookup.kind], graph.kinds[graph.node_kind[lookup.anchor]]
        arrow = ("<-", "-") if lookup.backward else ("-", "->")
        far = graph.kinds[lookup.far_kind]
        pattern = f"(a:`{kind}` {{id: $a}}){arrow[0]}[r:`{name}`]{arrow[1]}(b:`{far}`)"
        listed = _listed("r", self._columns[name]) + (f", {_listed(*also)}" if also else "")
        text = f"MATCH {pattern} WHERE r.id IN $ids RETURN {listed}"
        ids = graph.relation_names(np.array(members))
        parameters = {"a": graph.node_ids[lookup.anchor].decode(), "ids": ids}
        return self._engine.rows(text, parameters, keep_plan=True)


def _listed(variable: str, columns: tuple[str, ...]) -> str:
    return ", ".join(f"{variable}.`{c}`" for c in columns)
