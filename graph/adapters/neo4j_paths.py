"""All shortest paths in order, cut at a limit, by Neo4j's own search; also where there are millions."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import TypeAlias

from graph.adapters.neo4j_bolt import Row
from graph.adapters.neo4j_read import Reader, union
from graph.adapters.neo4j_view import by_label, where
from graph.model import Path

SORTED_HERE = 1000
"""So many shortest paths are all fetched and sorted; more are searched for in order, layer by layer."""

Nodes: TypeAlias = set[str]


def shortest_paths(reader: Reader, a: str, b: str, max_length: int, limit: int) -> tuple[Path, ...]:
    """All shortest paths of at most ``max_length`` relations, by their relation ids, cut at ``limit``."""
    reader.require(a, b)
    if a == b or max_length < 1 or limit < 1 or not reader.glasses.types:
        return ()
    found = _some(reader, a, b, max_length)
    if len(found) > SORTED_HERE:
        found = _first(reader, a, b, len(found[0].relations), limit)
    return tuple(sorted(found, key=lambda p: p.relations)[:limit])


def _some(reader: Reader, a: str, b: str, max_length: int) -> list[Path]:
    """All shortest paths, or ``SORTED_HERE`` + 1 of them."""
    glasses = reader.glasses
    nodes = [*glasses.entity("n"), *glasses.label("n")]
    relations = glasses.relation("r", "startNode(r)", "endNode(r)")
    conditions = [f"all(n IN nodes(p) WHERE {' AND '.join(nodes)})"] if nodes else []
    conditions += [f"all(r IN relationships(p) WHERE {' AND '.join(relations)})"] if relations else []
    text = (
        f"MATCH (a:{reader.schema.kind_of_id(a)} {{id: $a}}) MATCH (b:{reader.schema.kind_of_id(b)} {{id: $b}}) "
        f"MATCH p = allShortestPaths((a)-[:{glasses.any_type}*..{int(max_length)}]-(b)) {where(conditions)}"
        f"RETURN [n IN nodes(p) | n.id], [r IN relationships(p) | r.id] LIMIT {SORTED_HERE + 1}"
    )
    rows = reader.rows("find paths", text, a=a, b=b)
    return [Path(tuple(nodes), tuple(relations)) for nodes, relations in rows]


def _first(reader: Reader, a: str, b: str, length: int, limit: int) -> list[Path]:
    """The first ``limit`` of the shortest paths, whose ``length`` is known, grown relation by relation.

    Every step leads to ``b``, so the ``limit`` smallest beginnings of a length hold the beginnings of all paths
    that are wanted, and the work is bounded by ``length`` times ``limit``.
    """
    beginnings = [Path((a,), ())]
    for onward in _layers(reader, a, b, length):
        grown = (_grown(path, step) for path, step in _steps(reader, beginnings, onward, limit))
        beginnings = sorted(grown, key=lambda p: p.relations)[:limit]
    return beginnings


def _grown(path: Path, step: Row) -> Path:
    return Path((*path.nodes, step[2]), (*path.relations, step[1]))


def _steps(reader: Reader, paths: list[Path], onward: Nodes, limit: int) -> Iterable[tuple[Path, Row]]:
    """Each path with its next (from, relation, to): of each end the ``limit`` smallest relation ids."""
    text = "CALL (a) {{ MATCH (a)-[r:{types}]-(b) {shown}RETURN r.id AS by, b.id AS to ORDER BY by LIMIT $limit }} "
    inner = text.format(types=reader.glasses.any_type, shown=where(["b.id IN $onward", *_hop(reader)]))
    ends = by_label(reader.schema, reader.glasses.labels, (p.nodes[-1] for p in paths))
    if not ends:  # the graph changed since the search: the read is done again
        return ()
    asked = union(
        f"MATCH (a:{label}) WHERE a.id IN $ids.{label} {inner}RETURN a.id AS a, by, to" for label in ends
    )
    found: dict[str, list[Row]] = {}
    for row in reader.rows("find paths", asked, ids=ends, onward=list(onward), limit=limit):
        found.setdefault(row[0], []).append(row)
    return ((path, row) for path in paths for row in found.get(path.nodes[-1], ()))


def _layers(reader: Reader, a: str, b: str, length: int) -> list[Nodes]:
    """For each step, the entities to go to: those from which what is then left of ``length`` reaches ``b``.

    Breadth first from both ends until they meet; on the side of ``a`` back from there, to leave the dead ends out.
    """
    near, far = [{a}], [{b}]
    while len(near) + len(far) - 2 < length:
        side = near if len(near[-1]) <= len(far[-1]) else far
        side.append(_around(reader, side[-1]) - set(chain.from_iterable(side)))
    layers = [near[-1] & far[-1], *reversed(far[:-1])]
    for earlier in reversed(near[1:-1]):
        layers.insert(0, _around(reader, layers[0]) & earlier)
    return layers if len(near) > 1 else layers[1:]


def _around(reader: Reader, nodes: Nodes) -> Nodes:
    """Shown entities one shown relation away."""
    parts = by_label(reader.schema, reader.glasses.labels, nodes)
    text = union(
        f"MATCH (a:{label})-[r:{reader.glasses.any_type}]-(b) {where([f'a.id IN $ids.{label}', *_hop(reader)])}"
        "RETURN DISTINCT b.id AS to"
        for label in parts
    )
    return {row[0] for row in reader.rows("find paths", text, ids=parts)} if parts else set()


def _hop(reader: Reader) -> list[str]:
    """Conditions on a relation ``r`` from a shown ``a`` to ``b``."""
    glasses = reader.glasses
    return [*glasses.entity("b"), *glasses.label("b"), *glasses.relation("r", "a", "b")]
