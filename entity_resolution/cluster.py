"""Clusters of units: connected components of the decisions, cut where a human said "different".

Order of force: a human's "same" first, then machine decisions in a fixed order, merging only where no
"different" stands between the two sides. The result is a pure function of (units, decisions,
judgements), the same for any order of input.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Pairs = NDArray[np.int64]
"""Shape (n, 2): numbers of two units."""


def components(units: int, pairs: Pairs) -> NDArray[np.int64]:
    """Component number of each of ``units`` units under ``pairs``."""
    if len(pairs) == 0:
        return np.arange(units, dtype=np.int64)
    ones = np.ones(len(pairs), dtype=np.int8)
    matrix = coo_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(units, units))
    _, labels = connected_components(matrix, directed=False)
    return np.asarray(labels, dtype=np.int64)


def cluster(units: int, machine: Pairs, same: Pairs, different: Pairs) -> NDArray[np.int64]:
    """Cluster number of each unit. Work under constraints stays inside the components a "different" touches."""
    labels = components(units, np.concatenate([machine, same]))
    clash = different[labels[different[:, 0]] == labels[different[:, 1]]]
    if len(clash) == 0:
        return labels
    fresh = int(labels.max()) + 1
    for component in np.unique(labels[clash[:, 0]]):
        inside = np.flatnonzero(labels == component)
        parts = _constrained(
            inside.tolist(), *(p[np.isin(p[:, 0], inside)].tolist() for p in (same, machine, different))
        )
        labels[inside] = np.asarray(parts, dtype=np.int64) + fresh
        fresh = int(labels.max()) + 1
    return labels


def _constrained(
    members: Sequence[int], same: list[list[int]], machine: list[list[int]], different: list[list[int]]
) -> list[int]:
    """Part number of each member: joins in order of force, refused where they would put a "different" pair together."""
    part = {m: m for m in members}
    groups = {m: {m} for m in members}
    apart: dict[int, set[int]] = {}
    for a, b in different:
        apart.setdefault(a, set()).add(b)
        apart.setdefault(b, set()).add(a)
    for a, b in sorted(same) + sorted(machine):
        left, right = part[a], part[b]
        if left == right or any(apart.get(m, set()) & groups[right] for m in groups[left]):
            continue
        for m in groups[right]:
            part[m] = left
        groups[left] |= groups.pop(right)
    number = {root: i for i, root in enumerate(sorted(groups))}
    return [number[part[m]] for m in members]
