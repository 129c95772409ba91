"""Faults and notes of a chunk: which row, which column, which reason.

The first fault of a row is the one told.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from values.columns import Bools, as_bools

Tally = Counter[tuple[str, str]]
"""(column, reason code) → how often."""


class Faults:
    """Faults of the rows of one chunk."""

    def __init__(self, size: int) -> None:
        self._codes: npt.NDArray[np.int32] = np.full(size, -1, dtype=np.int32)
        self._labels: list[tuple[str, str]] = []

    @property
    def good(self) -> Bools:
        """Rows without a fault."""
        result: Bools = self._codes < 0
        return result

    def add(
        self, column: str, reasons: pa.Array, where: Bools, rows: npt.NDArray[np.int64] | None = None
    ) -> None:
        """Take over reason codes where the item is present.

        ``rows`` tells the row of each entry of a split item.
        """
        if reasons.null_count == len(reasons):
            return
        hit = np.flatnonzero(as_bools(reasons.is_valid()) & where)
        if len(hit) == 0:
            return
        encoded = reasons.take(pa.array(hit)).dictionary_encode()
        base = len(self._labels)
        self._labels += [(column, reason) for reason in encoded.dictionary.to_pylist()]
        target = hit if rows is None else rows[hit]
        fresh = self._codes[target] < 0
        # Backwards, so that of several pieces of one row the first one's fault stays.
        self._codes[target[fresh][::-1]] = encoded.indices.to_numpy()[fresh][::-1] + base

    def told(self) -> tuple[list[str], list[str], Tally]:
        """Column and reason of each bad row in order, and how often each occurs."""
        labels = [self._labels[code] for code in self._codes[self._codes >= 0].tolist()]
        return [column for column, _ in labels], [reason for _, reason in labels], Counter(labels)


def tally(column: str, reasons: pa.Array | None, where: Bools) -> Tally:
    """How often each reason code stands where ``where`` is true."""
    if reasons is None or reasons.null_count == len(reasons):
        return Counter()
    counts = pc.value_counts(pc.filter(reasons, pa.array(where)).drop_null())
    return Counter({(column, entry["values"]): entry["counts"] for entry in counts.to_pylist()})
