"""The layout is the same twice, no label lies on another, and what stands stays."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.components.labels import LINE, MAX_EM, label_boxes, label_lines, text_em
from ui.components.layout import METHODS, extend, layout
from ui.components.overlap import free_spot, off_edges, separate, struck, touching

NAMES = [
    "周启明",
    "宏途路桥有限公司",
    "X214 线大修一标段",
    "投标机 MAC …7C:1E",
    "A",
    "Consultancy of the Northern Districts Ltd",
]
Case = tuple[dict[str, str], list[tuple[str, str]]]


@st.composite
def cases(draw: st.DrawFn, most: int = 40) -> Case:
    """Graphs with several components, isolated nodes, loops, doubles and both directions."""
    count = draw(st.integers(1, most))
    nodes = {f"N{i:03d}": draw(st.sampled_from(NAMES)) for i in range(count)}
    ends = st.sampled_from(sorted(nodes))
    return nodes, draw(st.lists(st.tuples(ends, ends), max_size=2 * count))


def tree(count: int, seed: int = 1) -> Case:
    rng = random.Random(seed)
    nodes = {f"N{i:04d}": rng.choice(NAMES) for i in range(count)}
    ids = list(nodes)
    edges = [(ids[rng.randrange(max(0, i - 30), i)], ids[i]) for i in range(1, count)]
    return nodes, edges + [(rng.choice(ids), rng.choice(ids)) for _ in range(count // 3)]


def overlaps(nodes: dict[str, str], places: dict[str, tuple[float, float]]) -> int:
    halves, offsets = label_boxes([nodes[n] for n in places])
    # positions are rounded to a tenth of a pixel, less than the gap between boxes
    return len(touching(np.array(list(places.values())) + offsets, halves))


@pytest.mark.parametrize("method", METHODS)
@given(case=cases())
@settings(max_examples=25, deadline=None)
def test_no_two_boxes_overlap_and_every_node_has_a_place(method: str, case: Case) -> None:
    places = layout(*case, method=method)  # type: ignore[arg-type]
    assert set(places) == set(case[0])
    assert np.isfinite(np.array(list(places.values()))).all()
    assert overlaps(case[0], places) == 0


@pytest.mark.parametrize("method", METHODS)
@given(case=cases(20), rng=st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_same_input_in_any_order_gives_the_same_picture(method: str, case: Case, rng: random.Random) -> None:
    nodes, edges = case
    first = layout(nodes, edges, method=method)  # type: ignore[arg-type]
    mixed = list(nodes.items())
    rng.shuffle(mixed)
    assert layout(dict(mixed), rng.sample(edges, len(edges)), method=method) == first  # type: ignore[arg-type]


@given(case=cases(), share=st.floats(0.1, 0.9))
@settings(max_examples=40, deadline=None)
def test_extend_leaves_the_old_unmoved_and_overlaps_nothing(case: Case, share: float) -> None:
    nodes, edges = case
    old = dict(list(nodes.items())[: max(1, int(len(nodes) * share))])
    before = layout(old, [e for e in edges if e[0] in old and e[1] in old])
    after = extend(before, nodes, edges)
    assert {n: after[n] for n in before} == before
    assert set(after) == set(nodes)
    assert overlaps(nodes, after) == 0
    assert extend(before, nodes, edges) == after


def test_new_nodes_stand_near_the_one_they_hang_on() -> None:
    nodes, edges = tree(200)
    before = layout(nodes, edges)
    hub = edges[0][0]
    fresh = {f"Z{i}": "周启明" for i in range(8)}
    after = extend(before, nodes | fresh, [*edges, *((hub, z) for z in fresh)])
    wide = np.ptp(np.array(list(before.values())), axis=0).max()
    for node in fresh:
        assert np.hypot(*np.subtract(after[node], after[hub])) < wide / 4


def test_pinned_nodes_stand_where_they_were_put() -> None:
    nodes, edges = tree(40)
    pinned = {"N0003": (0.0, 0.0), "N0017": (900.0, -50.0)}
    places = layout(nodes, edges, pinned=pinned)
    assert {n: places[n] for n in pinned} == pinned
    assert overlaps(nodes, places) == 0


def test_layers_show_owners_above_the_owned() -> None:
    nodes = dict.fromkeys("ABCDE", "宏途路桥有限公司")
    places = layout(nodes, [("A", "B"), ("A", "C"), ("B", "D"), ("C", "D"), ("D", "E")], method="layered")
    assert places["A"][1] < places["B"][1] == places["C"][1] < places["D"][1] < places["E"][1]


def test_components_stand_side_by_side() -> None:
    nodes = {f"{c}{i}": "周启明" for c in "AB" for i in range(6)}
    places = layout(nodes, [(f"{c}0", f"{c}{i}") for c in "AB" for i in range(1, 6)])
    frames = [np.array([places[f"{c}{i}"] for i in range(6)]) for c in "AB"]
    low, high = [f.min(axis=0) for f in frames], [f.max(axis=0) for f in frames]
    assert ((low[0] > high[1]) | (low[1] > high[0])).any()


def test_separation_does_not_move_what_is_apart_and_holds_the_fixed() -> None:
    centres, halves = np.array([[0.0, 0.0], [300.0, 0.0]]), np.full((2, 2), 20.0)
    assert (separate(centres, halves, np.zeros(2, bool)) == centres).all()
    heap = np.zeros((30, 2))
    fixed = np.arange(30) == 0
    apart = separate(heap, np.full((30, 2), 20.0), fixed)
    assert (apart[0] == 0).all()
    assert not len(touching(apart, np.full((30, 2), 20.0)))


def test_free_spot_is_the_wish_where_the_wish_is_free() -> None:
    wish, half = np.array([500.0, 500.0]), np.array([20.0, 20.0])
    assert (free_spot(wish, half, np.array([[0.0, 0.0]]), np.array([[20.0, 20.0]])) == wish).all()


@given(st.text(max_size=60))
def test_labels_have_two_short_lines_at_most_and_keep_their_beginning(text: str) -> None:
    lines = label_lines(text)
    assert len(lines) <= 2
    assert all(text_em(line) <= MAX_EM + 2 for line in lines)
    whole = " ".join(text.split())
    assert "".join(lines).replace(" ", "").rstrip("…")[:3] == whole.replace(" ", "").rstrip("…")[:3]


def test_boxes_hold_disc_and_label() -> None:
    halves, offsets = label_boxes(["", "周", "宏途路桥有限公司工程咨询分公司"])
    assert halves[0, 0] == halves[0, 1]
    assert (offsets[0] == 0).all()
    assert halves[2, 0] > halves[1, 0]
    assert halves[2, 1] >= halves[1, 1] + LINE / 2


def test_a_node_steps_off_a_line_that_runs_through_it() -> None:
    places = np.array([[0.0, 0.0], [200.0, 0.0], [100.0, 3.0], [60.0, 0.0], [100.0, 90.0]])
    edges = np.array([[0, 1]])
    assert struck(places, edges, 20.0)[0].tolist() == [[2, 0], [3, 0]]
    aside = off_edges(places, edges, np.arange(5) == 3, 20.0)
    assert struck(aside, edges, 20.0)[0].tolist() == [[3, 0]]  # the pinned one stays
    assert (aside[[0, 1, 3, 4]] == places[[0, 1, 3, 4]]).all()


def test_few_lines_run_through_foreign_nodes() -> None:
    nodes, edges = tree(60)
    places = layout(nodes, edges)
    index = {n: i for i, n in enumerate(places)}
    pairs = np.array([(index[a], index[b]) for a, b in edges if a != b])
    assert len(struck(np.array(list(places.values())), pairs, 15.0)[0]) <= len(pairs) / 10
