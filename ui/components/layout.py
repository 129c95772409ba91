"""Where nodes stand: computed on the server with igraph, so that a view looks the same twice and nothing jumps.

Pure functions. Positions are world units (CSS pixels at zoom 1), y down. Methods: ``stress`` (Kamada and Kawai
1989, which minimises stress), ``force`` (Fruchterman and Reingold 1991), ``drl`` (Martin et al. 2011), ``layered``
(Sugiyama 1981, for ownership and control), ``circle``; ``auto`` takes stress for small views and force for large.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final, Literal, get_args

import igraph as ig
import numpy as np
from numpy.typing import NDArray

from ui.components.labels import RADIUS, label_boxes
from ui.components.overlap import free_spot, off_edges, separate, struck

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Position = tuple[float, float]
Positions = dict[str, Position]

Method = Literal["auto", "stress", "force", "drl", "layered", "circle"]
METHODS: Final[tuple[Method, ...]] = get_args(Method)
STRESS_UP_TO: Final = 400
"""Above this many nodes in one component stress costs more than half a second on two cores."""
EDGE: Final = 110.0
"""Wished length of an edge."""
FILL: Final = 1.3
"""Share of the inner part of the picture that boxes may take before they are pushed apart."""
ASPECT: Final = 1.6
"""Width to height of the picture, near that of the canvas."""
PACK_GAP: Final = 60.0

CLEAR: Final = RADIUS + 7.0
"""A foreign edge comes no nearer to a node than this, where room allows."""
CLEAR_ROUNDS: Final = 15
CLEAR_UP_TO: Final = 60_000
"""Nodes times edges above which the clearing would take longer than the layout."""

_RNG = Lock()  # igraph draws from one generator of the whole process


@dataclass(frozen=True, slots=True)
class _Graph:
    """The input with ids turned to indices; ``edges`` without loops and doubles."""

    ids: tuple[str, ...]
    halves: Floats
    offsets: Floats
    edges: tuple[tuple[int, int], ...]

    def component(self, members: Sequence[int]) -> _Graph:
        place = {old: new for new, old in enumerate(members)}
        edges = tuple((place[a], place[b]) for a, b in self.edges if a in place)
        index = np.asarray(members)
        return _Graph(tuple(self.ids[i] for i in members), self.halves[index], self.offsets[index], edges)


def layout(
    nodes: Mapping[str, str],
    edges: Iterable[tuple[str, str]],
    *,
    method: Method = "auto",
    pinned: Mapping[str, Position] | None = None,
    previous: Mapping[str, Position] | None = None,
    seed: int = 7,
) -> Positions:
    """Positions for every node; no two boxes of node and label overlap.

    ``nodes`` maps id to label (its box counts), ``edges`` are (from, to) among them. ``pinned`` nodes stand where
    the user put them. With ``previous``, nodes that have a place keep it and only new ones are placed
    (see ``extend``). The same input gives the same output, whatever the order of nodes and edges.
    """
    graph = _indexed(nodes, edges)
    pins = {i: np.array(pinned[n], float) for i, n in enumerate(graph.ids) if n in pinned} if pinned else {}
    if previous:
        kept = {i: np.array(previous[n], float) for i, n in enumerate(graph.ids) if n in previous}
        if kept:
            return _named(graph, _extended(graph, kept | pins))
    return _named(graph, _fresh(graph, method, pins, seed)) if graph.ids else {}


def extend(
    positions: Mapping[str, Position], nodes: Mapping[str, str], edges: Iterable[tuple[str, str]]
) -> Positions:
    """Places for nodes that have none yet, near their neighbours; every old position stays as it is."""
    return layout(nodes, edges, previous=positions)


def _indexed(nodes: Mapping[str, str], edges: Iterable[tuple[str, str]]) -> _Graph:
    ids = tuple(sorted(nodes))
    index = {n: i for i, n in enumerate(ids)}
    halves, offsets = label_boxes([nodes[n] for n in ids])
    pairs = {(index[a], index[b]) for a, b in edges if a in index and b in index and a != b}
    return _Graph(ids, halves, offsets, tuple(sorted(pairs)))


def _named(graph: _Graph, places: Floats) -> Positions:
    rounded = np.round(places, 1)
    return {n: (float(x), float(y)) for n, (x, y) in zip(graph.ids, rounded, strict=True)}


def _fresh(graph: _Graph, method: Method, pins: Mapping[int, Floats], seed: int) -> Floats:
    """A layout of everything: each component by itself, then packed; one with pins stays where its pins are."""
    places = np.zeros((len(graph.ids), 2))
    packed: list[NDArray[np.intp]] = []
    taken: list[NDArray[np.intp]] = []
    for members in sorted(_whole(graph).connected_components("weak"), key=lambda m: (-len(m), m[0])):
        index = np.asarray(members)
        own = {i: pins[m] for i, m in enumerate(members) if m in pins}
        places[index] = _component(graph.component(members), method, own, seed)
        (taken if own else packed).append(index)
    _pack(graph, places, packed, taken)
    if taken:  # components hung on pins may have landed on each other
        fixed = np.isin(np.arange(len(places)), list(pins))
        places = separate(places + graph.offsets, graph.halves, fixed) - graph.offsets
    return places


def _whole(graph: _Graph) -> ig.Graph:
    return ig.Graph(n=len(graph.ids), edges=graph.edges, directed=True)


def _component(graph: _Graph, method: Method, pins: Mapping[int, Floats], seed: int) -> Floats:
    count = len(graph.ids)
    if method == "auto":
        method = "stress" if count <= STRESS_UP_TO else "force"
    raw = np.zeros((1, 2)) if count == 1 else _DRAW[method](graph, seed)
    if pins:
        index = list(pins)
        wished = np.array([pins[i] for i in index])
        raw = raw + (wished - raw[index]).mean(axis=0)
        raw[index] = wished
    fixed = np.isin(np.arange(count), list(pins))
    places = separate(raw + graph.offsets, graph.halves, fixed) - graph.offsets
    return places if method in ("layered", "circle") else _legible(graph, places, fixed)


def _legible(graph: _Graph, places: Floats, fixed: Bools) -> Floats:
    """Few edges run through nodes they do not belong to: nodes step aside and are parted again, the best round counts."""
    edges = np.array(graph.edges, dtype=np.intp)
    if len(edges) * len(places) > CLEAR_UP_TO or len(places) < 3:
        return places
    best, least = places, len(struck(places, edges, CLEAR)[0])
    for _ in range(CLEAR_ROUNDS):
        if not least:
            break
        aside = off_edges(places, edges, fixed, CLEAR)
        places = separate(aside + graph.offsets, graph.halves, fixed) - graph.offsets
        found = len(struck(places, edges, CLEAR)[0])
        if found < least:
            best, least = places, found
    return best


def _stress(graph: _Graph, seed: int) -> Floats:
    whole = _whole(graph).as_undirected()
    start = _circle(graph, seed) if len(graph.ids) > 2 else np.array([[0.0, 0.0], [1.0, 0.0]])
    return _scaled(graph, _seeded(lambda: whole.layout_kamada_kawai(seed=start.tolist()), seed))


def _force(graph: _Graph, seed: int) -> Floats:
    whole = _whole(graph).as_undirected()
    rounds = 500 if len(graph.ids) <= 1000 else 300
    return _scaled(graph, _seeded(lambda: whole.layout_fruchterman_reingold(niter=rounds), seed))


def _drl(graph: _Graph, seed: int) -> Floats:
    whole = _whole(graph).as_undirected()
    return _scaled(graph, _seeded(lambda: whole.layout_drl(), seed))


def _seeded(draw: Callable[[], ig.Layout], seed: int) -> Floats:
    with _RNG:
        ig.set_random_number_generator(random.Random(seed))
        try:
            return np.array(draw().coords, dtype=np.float64)
        finally:
            ig.set_random_number_generator(random)


def _scaled(graph: _Graph, raw: Floats) -> Floats:
    """The widest direction level and about as wide as the canvas, with edges as long as wished and room for labels."""
    raw = raw - raw.mean(axis=0)
    if len(raw) > 2:
        _, _, axes = np.linalg.svd(raw, full_matrices=False)
        axes = axes * np.where(np.abs(axes.min(axis=1)) > axes.max(axis=1), -1.0, 1.0)[:, None]
        raw = raw @ axes.T
        wide = float(raw[:, 0].std() / max(raw[:, 1].std(), 1e-9))
        stretch = min(max(ASPECT / wide, 1.0), ASPECT) ** 0.5
        raw = raw * (stretch, 1 / stretch)
    first, second = np.array(graph.edges).T
    lengths = np.hypot(*(raw[first] - raw[second]).T)
    raw = raw * (EDGE / max(float(np.median(lengths)), 1e-9))
    # room for every label from the start: pushing apart what lies in a heap takes long and loses the shape
    boxes = float(4 * graph.halves.prod(axis=1).sum())
    area = float(np.prod(2 * raw.std(axis=0) + EDGE))
    return raw * max(1.0, float(np.sqrt(boxes / (FILL * area))))


def _layered(graph: _Graph, seed: int) -> Floats:
    """Layers by direction (owner above owned); in each, boxes side by side in the order Sugiyama found."""
    height = 2 * float(graph.halves[:, 1].max()) + 60
    whole = _whole(graph)
    drawn = _seeded(lambda: whole.layout_sugiyama(hgap=20, vgap=height), seed)[: len(graph.ids)]
    for level in np.unique(drawn[:, 1]):
        row = np.flatnonzero(drawn[:, 1] == level)
        row = row[np.lexsort((row, drawn[row, 0]))]
        widths = graph.halves[row, 0]
        least = np.concatenate([[0.0], np.cumsum(widths[:-1] + widths[1:] + 8)])
        drawn[row, 0] = np.maximum.accumulate(drawn[row, 0] - least) + least
    return drawn


def _circle(graph: _Graph, seed: int) -> Floats:
    """All on one circle, communities together (Louvain, Blondel et al. 2008), wide enough for every box."""
    whole = _whole(graph).as_undirected()
    with _RNG:
        ig.set_random_number_generator(random.Random(seed))
        groups = whole.community_multilevel().membership
        ig.set_random_number_generator(random)
    order = sorted(range(len(graph.ids)), key=lambda i: (groups[i], i))
    radius = max(float(np.hypot(*graph.halves.T).sum()) / np.pi, EDGE)
    angle = np.empty(len(order))
    angle[order] = 2 * np.pi * np.arange(len(order)) / len(order)
    return radius * np.column_stack([np.cos(angle), np.sin(angle)])


_DRAW: Final[dict[Method, Callable[[_Graph, int], Floats]]] = {
    "stress": _stress,
    "force": _force,
    "drl": _drl,
    "layered": _layered,
    "circle": _circle,
}


def _pack(
    graph: _Graph, places: Floats, packed: Sequence[NDArray[np.intp]], taken: Sequence[NDArray[np.intp]]
) -> None:
    """Move whole components side by side: the largest first, the small ones stacked in columns beside it."""
    if not packed:
        return
    frames = [_frame(graph, places, index) for index in packed]
    sizes = np.array([high - low for low, high in frames]) + PACK_GAP
    row_width = max(float(np.sqrt(ASPECT * (sizes[:, 0] * sizes[:, 1]).sum())), float(sizes[:, 0].max()))
    left, top = 0.0, 0.0
    if taken:
        low, high = _frame(graph, places, np.concatenate(taken))
        left, top = float(low[0]), float(high[1]) + PACK_GAP
    order = sorted(range(len(packed)), key=lambda i: (-sizes[i, 1], -sizes[i, 0], i))
    for i, corner in zip(order, _shelves(sizes[order], row_width), strict=True):
        places[packed[i]] += corner + np.array([left, top]) - frames[i][0]


def _frame(graph: _Graph, places: Floats, index: NDArray[np.intp]) -> tuple[Floats, Floats]:
    centres = places[index] + graph.offsets[index]
    return (centres - graph.halves[index]).min(axis=0), (centres + graph.halves[index]).max(axis=0)


def _shelves(sizes: Floats, row_width: float) -> list[Floats]:
    """Upper left corners of rectangles, given tallest first: rows, in each row columns filled from the top."""
    corners: list[Floats] = []
    row_top = row_height = column_left = column_width = column_fill = 0.0
    for width, height in sizes:
        if corners and column_fill + height <= row_height and width <= column_width:
            corners.append(np.array([column_left, row_top + column_fill]))
            column_fill += height
            continue
        column_left += column_width
        if not corners or column_left + width > row_width + 1e-6:
            row_top, row_height, column_left = row_top + row_height, height, 0.0
        corners.append(np.array([column_left, row_top]))
        column_width, column_fill = width, height
    return corners


def _extended(graph: _Graph, kept: Mapping[int, Floats]) -> Floats:
    """New nodes set down one after the other in free room near the placed neighbours, nearest to the old first."""
    count = len(graph.ids)
    places = np.zeros((count, 2))
    placed = np.zeros(count, dtype=bool)
    for index, where in kept.items():
        places[index], placed[index] = where, True
    near = _whole(graph).as_undirected().get_adjlist()
    middle = places[placed].mean(axis=0)
    queue = sorted(np.flatnonzero(placed).tolist())
    waiting = [i for i in range(count) if not placed[i]]
    while waiting:
        found = next((n for i in queue for n in near[i] if not placed[n]), None)
        index = waiting[0] if found is None else found
        _set_down(graph, places, placed, near, index, middle)
        queue = [i for i in queue if not all(placed[n] for n in near[i])] + [index]
        waiting.remove(index)
    return places


def _set_down(
    graph: _Graph,
    places: Floats,
    placed: NDArray[np.bool_],
    near: Sequence[Sequence[int]],
    index: int,
    middle: Floats,
) -> None:
    anchors = [n for n in near[index] if placed[n]]
    if anchors:
        anchor = places[anchors].mean(axis=0)
        away = anchor - middle
        length = float(np.hypot(*away))
        outward = away / length if length > 1 else np.array([0.0, -1.0])
        wish = anchor + outward * EDGE * (0.8 if len(anchors) == 1 else 0.2)
    else:
        anchor = None
        wish = np.array([places[placed][:, 0].min(), places[placed][:, 1].max() + EDGE])
    shift = graph.offsets[index]
    centres = places[placed] + graph.offsets[placed]
    spot = free_spot(wish + shift, graph.halves[index], centres, graph.halves[placed], anchor=anchor)
    places[index], placed[index] = spot - shift, True
