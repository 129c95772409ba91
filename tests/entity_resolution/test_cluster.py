"""Clusters against an oracle: connected components by networkx, cut by the negatives."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from entity_resolution.cluster import cluster

UNITS = 12
Pair = tuple[int, int]
pairs = st.lists(
    st.tuples(st.integers(0, UNITS - 1), st.integers(0, UNITS - 1)).filter(lambda p: p[0] != p[1]),
    max_size=14,
)


def as_array(found: list[Pair]) -> np.ndarray:
    return np.asarray(found, dtype=np.int64).reshape(-1, 2)


def groups(labels: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels)}


@given(machine=pairs, same=pairs)
def test_without_negatives_clusters_are_connected_components(machine: list[Pair], same: list[Pair]) -> None:
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(UNITS))
    graph.add_edges_from(machine + same)
    found = groups(cluster(UNITS, as_array(machine), as_array(same), as_array([])))
    assert found == {frozenset(c) for c in nx.connected_components(graph)}


@given(machine=pairs, same=pairs, different=pairs)
def test_negatives_are_never_inside_a_cluster_and_clusters_stay_connected(
    machine: list[Pair], same: list[Pair], different: list[Pair]
) -> None:
    found = groups(cluster(UNITS, as_array(machine), as_array(same), as_array(different)))
    assert not any({a, b} <= group for a, b in different for group in found)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(UNITS))
    graph.add_edges_from(machine + same)
    assert all(nx.is_connected(graph.subgraph(group)) for group in found)


@given(machine=pairs, different=pairs, order=st.randoms())
def test_the_order_of_pairs_does_not_matter(
    machine: list[Pair], different: list[Pair], order: object
) -> None:
    first = groups(cluster(UNITS, as_array(sorted(machine)), as_array([]), as_array(different)))
    shuffled = list(machine)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert groups(cluster(UNITS, as_array(shuffled), as_array([]), as_array(different))) == first


def test_a_human_same_wins_over_a_machine_pair_when_both_cannot_be() -> None:
    labels = cluster(3, as_array([(1, 2)]), as_array([(0, 1)]), as_array([(0, 2)]))
    assert labels[0] == labels[1] != labels[2]
