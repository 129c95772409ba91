"""Walks over the adjacency under a view: one hop, relations among entities, all shortest paths.

All three look only at entries that the view shows, and filter them when they come to them: a mask over every
relation of a large graph would take longer than most walks.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Self

import numpy as np

from graph.adjacency import Adjacency, Bools, Codes, Numbers
from graph.model import Path, Scope, View
from graph.store import scope_of

MASKS_KEPT = 16


class Lens:
    """A view laid over an adjacency: which entities and entries it shows."""

    def __init__(self, graph: Adjacency, view: View, members: Bools | None) -> None:
        """``members``: the scope's members among all entities, None under a population scope."""
        self.graph = graph
        self._members = members
        self._as_of = view.as_of
        self._kinds = None if view.kinds is None else np.array([k in view.kinds for k in graph.kinds])

    def shows(self, nodes: Numbers) -> Bools:
        """Which of these entities are shown: of a kind seen, and a member or public."""
        shown = np.ones(len(nodes), dtype=np.bool_)
        if self._kinds is not None:
            shown &= self._kinds[self.graph.node_kind[nodes]]
        if self._members is not None:
            shown &= self._members[nodes] | self.graph.node_public[nodes]
        return shown

    def allows(self, relations: Numbers) -> Bools:
        """Which of these relations are shown, their ends included."""
        graph = self.graph
        allowed = self._of_itself(relations)
        if self._members is None and self._kinds is None:
            return allowed
        source, target = graph.source[relations], graph.target[relations]
        allowed &= self.shows(source) & self.shows(target)
        if self._members is not None:
            allowed &= graph.relation_public[relations] | (self._members[source] & self._members[target])
        return allowed

    def entries(self, nodes: Numbers) -> tuple[Numbers, Numbers]:
        """(neighbour, relation) of every entry of ``nodes`` that the view shows."""
        if len(nodes) == 1:  # a hub's entries are one slice, no copy
            span = slice(self.graph.pointer[nodes[0]], self.graph.pointer[nodes[0] + 1])
            neighbours, relations = self.graph.neighbour[span], self.graph.relation[span]
        else:
            places = self.graph.entries(nodes)
            neighbours, relations = self.graph.neighbour[places], self.graph.relation[places]
        if self._as_of is None and self._kinds is None and self._members is None:
            return neighbours, relations
        allowed = self.allows(relations)
        return neighbours[allowed], relations[allowed]

    def _of_itself(self, relations: Numbers) -> Bools:
        graph = self.graph
        allowed = np.ones(len(relations), dtype=np.bool_)
        if self._kinds is not None:
            allowed &= self._kinds[graph.relation_kind[relations]]
        if self._as_of is not None:
            allowed &= (graph.first[relations] <= self._as_of) & (self._as_of <= graph.last[relations])
        return allowed


class Lenses:
    """Lenses of one adjacency; remembers the member masks of the last scopes. Safe among threads."""

    def __init__(self, graph: Adjacency) -> None:
        self.graph = graph
        self._masks: OrderedDict[Scope, Bools] = OrderedDict()
        self._lock = Lock()

    def lens(self, view: View) -> Lens:
        """The lens of ``view``; raises ``QueryRefused`` where it has no scope."""
        scope = scope_of(view)
        return Lens(self.graph, view, None if scope.population else self._mask(scope))

    def _mask(self, scope: Scope) -> Bools:
        with self._lock:
            if scope in self._masks:
                self._masks.move_to_end(scope)
                return self._masks[scope]
        mask = np.zeros(len(self.graph.node_ids), dtype=np.bool_)
        mask[self.graph.nodes(scope.members)] = True
        with self._lock:
            self._masks[scope] = mask
            while len(self._masks) > MASKS_KEPT:
                self._masks.popitem(last=False)
        return mask


@dataclass(frozen=True, slots=True)
class Hop:
    """One hop: shown relations by kind, and the first of them."""

    counts: Mapping[str, int]
    relations: Numbers


def hop(lens: Lens, centre: int, limit: int) -> Hop:
    """All relations of an entity that the lens shows, counted by kind, and the ``limit`` smallest."""
    graph = lens.graph
    _, relations = lens.entries(np.array([centre], dtype=np.int32))
    counts = np.bincount(graph.relation_kind[relations], minlength=len(graph.kinds))
    return Hop({graph.kinds[k]: int(counts[k]) for k in np.flatnonzero(counts)}, relations[: max(limit, 0)])


def among(lens: Lens, nodes: Numbers) -> Numbers:
    """Numbers of the shown relations with both ends among ``nodes``, in order."""
    inside = np.zeros(len(lens.graph.node_ids), dtype=np.bool_)
    inside[nodes] = True
    neighbours, relations = lens.entries(nodes)
    return np.unique(relations[inside[neighbours]])


def shortest_paths(lens: Lens, a: int, b: int, max_length: int, limit: int) -> tuple[Path, ...]:
    """All shortest paths of at most ``max_length`` relations, by their relation numbers, cut at ``limit``."""
    search = _Search.run(lens, a, b, max_length)
    if search is None or limit < 1:
        return ()
    out: list[Path] = []
    for nodes, relations in search.walks(a):
        names = lens.graph.node_names(np.array(nodes)), lens.graph.relation_names(np.array(relations))
        out.append(Path(tuple(names[0]), tuple(names[1])))
        if len(out) == limit:
            break
    return tuple(out)


_UNKNOWN = 255


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """``left``: steps to ``b`` from each entity on a shortest path and those near ``b``; else 255."""

    lens: Lens
    length: int
    left: Codes

    @classmethod
    def run(cls, lens: Lens, a: int, b: int, max_length: int) -> Self | None:
        """Breadth first from both ends, the side with fewer entries first; None where there is no path."""
        if a == b:
            return None
        max_length = min(max_length, _UNKNOWN - 1)
        near, far = _Side.at(lens, a), _Side.at(lens, b)
        while near.depth + far.depth < max_length:
            side, other = (near, far) if near.cost() <= far.cost() else (far, near)
            if not side.grow():
                return None
            meeting = side.frontier[other.seen[side.frontier] != _UNKNOWN]
            if len(meeting):
                cls._fill(near, far, meeting)
                return cls(lens, near.depth + far.depth, far.seen)
        return None

    @staticmethod
    def _fill(near: _Side, far: _Side, meeting: Numbers) -> None:
        """Walk back from where the sides met towards ``a``, writing what is left to ``b``."""
        far.seen[meeting] = far.depth
        here = meeting
        for step in range(1, near.depth):
            neighbours, _ = near.lens.entries(here)
            here = np.unique(neighbours[near.seen[neighbours] == near.depth - step])
            far.seen[here] = far.depth + step

    def walks(self, a: int) -> Iterator[tuple[list[int], list[int]]]:
        """(entities, relations) of every shortest path from ``a``: depth first, smallest relation first.

        Every step taken leads to ``b``, so the work is bounded by the number of walks asked for.
        """
        nodes, relations = [a], list[int]()
        stack = [self._steps(a, self.length - 1)]
        while stack:
            step = next(stack[-1], None)
            if step is None:
                stack.pop()
                nodes.pop()
                if relations:
                    relations.pop()
                continue
            nodes.append(step[0])
            relations.append(step[1])
            if len(relations) == self.length:
                yield list(nodes), list(relations)
                nodes.pop()
                relations.pop()
            else:
                stack.append(self._steps(step[0], self.length - len(relations) - 1))

    def _steps(self, node: int, left: int) -> Iterator[tuple[int, int]]:
        neighbours, relations = self.lens.entries(np.array([node], dtype=np.int32))
        onward = np.flatnonzero(self.left[neighbours] == left)
        return zip(neighbours[onward].tolist(), relations[onward].tolist(), strict=True)


class _Side:
    """One of the two searches: ``seen`` is the distance from its start, ``frontier`` those at ``depth``."""

    __slots__ = ("depth", "frontier", "lens", "seen")

    def __init__(self, lens: Lens, frontier: Numbers, seen: Codes) -> None:
        self.lens, self.frontier, self.seen, self.depth = lens, frontier, seen, 0

    @classmethod
    def at(cls, lens: Lens, start: int) -> Self:
        seen = np.full(len(lens.graph.node_ids), _UNKNOWN, dtype=np.uint8)
        seen[start] = 0
        return cls(lens, np.array([start], dtype=np.int32), seen)

    def cost(self) -> int:
        """Entries to look at to go one step further."""
        return int(self.lens.graph.degree(self.frontier).sum())

    def grow(self) -> bool:
        """Go one step further; False where nothing new is reached."""
        neighbours, _ = self.lens.entries(self.frontier)
        new = neighbours[self.seen[neighbours] == _UNKNOWN]
        self.depth += 1
        self.seen[new] = self.depth
        self.frontier = np.unique(new)
        return len(self.frontier) > 0


def shown_nodes(lens: Lens, ids: Numbers) -> Numbers:
    """Of these entities, those the lens shows."""
    return ids[lens.shows(ids)]


def shown_relations(lens: Lens, ids: Numbers) -> Numbers:
    """Of these relations, those the lens shows."""
    return ids[lens.allows(ids)]
