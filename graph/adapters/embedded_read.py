"""Fetch whole rows of chosen entities and relations: the engine's share of a walk over the adjacency.

The engine finds a node by its key in 0.1 ms but has no index on relations, and joins a list of ends to a
relation
table only by reading all of it. So relations are asked for end by end, from the end that costs least,
unless there are
so many that reading the table once is cheaper.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import numpy as np

from graph.adapters.embedded_ddl import own_columns
from graph.adapters.embedded_engine import Engine
from graph.adapters.rows import entity, relation
from graph.adjacency import Adjacency, Bools, Numbers
from graph.model import Entity, Relation
from graph.schema import Schema

_CALL, _STEP, _SCAN = 120.0, 0.7, 0.7
"""Microseconds: one lookup by end, one relation looked at there, one row of a table read from end to end."""


class Reader:
    """Rows by number, from one engine that holds what the adjacency holds."""

    def __init__(self, engine: Engine, schema: Schema, graph: Adjacency) -> None:
        self._engine, self._schema, self._graph = engine, schema, graph
        self._columns = {k: own_columns(schema.kind(k)) for k in schema.kinds}
        self._rows_of = graph.counts()

    def entities(self, nodes: Numbers) -> tuple[Entity, ...]:
        """Entities by number, sorted by id."""
        graph, found = self._graph, list[Entity]()
        codes = graph.node_kind[nodes]
        for code in np.unique(codes):
            name = graph.kinds[code]
            columns = self._columns[name]
            text = f"UNWIND $ids AS i MATCH (n:`{name}`) WHERE n.id = i RETURN {_listed('n', columns)}"
            rows = self._engine.rows(text, {"ids": graph.node_names(nodes[codes == code])})
            found += [entity(dict(zip(columns, row, strict=True))) for row in rows]
        return tuple(sorted(found, key=lambda e: e.id))

    def relations(self, numbers: Numbers) -> tuple[Relation, ...]:
        """Relations by number, sorted by id."""
        found: list[Relation] = []
        codes = self._graph.relation_kind[numbers]
        for code in np.unique(codes):
            found += self._of_kind(self._graph.kinds[code], numbers[codes == code])
        return tuple(sorted(found, key=lambda r: r.id))

    def _of_kind(self, name: str, numbers: Numbers) -> Iterator[Relation]:
        graph = self._graph
        ends = dict(
            zip(
                graph.relation_names(numbers),
                zip(graph.source[numbers], graph.target[numbers], strict=True),
                strict=True,
            )
        )
        for row in self._rows(name, numbers):
            values = dict(zip(self._columns[name], row, strict=True))
            from_id, to_id = graph.node_names(np.array(ends[values["id"]]))
            yield relation(values, from_id, to_id)

    def _rows(self, name: str, numbers: Numbers) -> Iterator[list[Any]]:
        listed = _listed("r", self._columns[name])
        anchors, backwards, cost = self._anchors(numbers)
        if cost > _CALL + _SCAN * self._rows_of[name]:
            text = f"UNWIND $ids AS i MATCH ()-[r:`{name}`]->() WHERE r.id = i RETURN {listed}"
            yield from self._engine.rows(text, {"ids": self._graph.relation_names(numbers)})
            return
        order = np.lexsort((backwards, anchors))
        triples: Iterable[tuple[int, bool, int]] = zip(
            anchors[order].tolist(), backwards[order].tolist(), numbers[order].tolist(), strict=True
        )
        for (anchor, backward), group in groupby(triples, key=lambda t: t[:2]):
            kind, identifier = (
                self._graph.kinds[self._graph.node_kind[anchor]],
                self._graph.node_ids[anchor].decode(),
            )
            ids = self._graph.relation_names(np.array([number for _, _, number in group]))
            arrow = ("<-", "-") if backward else ("-", "->")
            pattern = f"(a:`{kind}` {{id: $a}}){arrow[0]}[r:`{name}`]{arrow[1]}()"
            text = f"MATCH {pattern} WHERE r.id IN $ids RETURN {listed}"
            yield from self._engine.rows(text, {"a": identifier, "ids": ids})

    def _anchors(self, numbers: Numbers) -> tuple[Numbers, Bools, float]:
        """For each relation the end to come from and whether that is its target; the cost of all lookups."""
        graph = self._graph
        ends = np.stack((graph.source[numbers], graph.target[numbers]))
        unique, inverse, times = np.unique(ends, return_inverse=True, return_counts=True)
        whole = _CALL + _STEP * graph.degree(unique)
        shared = (whole / times)[inverse.reshape(ends.shape)]
        backwards = shared[1] < shared[0]
        anchors = np.where(backwards, ends[1], ends[0])
        calls = np.unique(anchors * np.int64(2) + backwards)
        cost = (_CALL + _STEP * graph.degree(calls // 2)).sum()
        return anchors, backwards, float(cost)


def _listed(variable: str, columns: Iterable[str]) -> str:
    return ", ".join(f"{variable}.`{c}`" for c in columns)
