"""What a measure finds: times of ours and of a peer, and whether a target is met."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import Any, Literal

SAMPLES_KEPT = 20
"""So many samples are written to the result file one by one; of more only a summary."""

Samples = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """A bound on the median or the 95th percentile of ours, or on the ratio of ours to the peer (medians)."""

    of: Literal["median", "p95", "ratio"]
    bound: float
    least: bool = False
    """The bound is the least that is wanted; else the most."""

    def __str__(self) -> str:
        shown = f"{self.bound:,.0f}" if self.bound >= 100 else f"{self.bound:g}"
        return f"{self.of} {'≥' if self.least else '≤'} {shown}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the bench. ``ours`` and ``peer`` hold at least one sample each in ``unit``; no peer: ()."""

    what: str
    unit: str
    ours: Samples
    peer: Samples = ()
    peer_name: str = ""
    target: Target | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Median of ours divided by the peer's; None without a peer."""
        return statistics.median(self.ours) / statistics.median(self.peer) if self.peer else None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.target is None:
            return None
        value = {"median": statistics.median(self.ours), "p95": p95(self.ours), "ratio": self.ratio}[
            self.target.of
        ]
        if value is None:
            raise ValueError(f"{self.what}: a target for a ratio needs a peer")
        return value >= self.target.bound if self.target.least else value <= self.target.bound

    def as_json(self) -> dict[str, Any]:
        """Everything, for the result file."""
        return {
            "what": self.what,
            "unit": self.unit,
            "ours": _told(self.ours),
            "peer": _told(self.peer) if self.peer else None,
            "peer_name": self.peer_name,
            "ratio": self.ratio,
            "target": str(self.target) if self.target else None,
            "met": self.met,
            "note": self.note,
        }


def p95(samples: Samples) -> float:
    """The 95th percentile: of few samples the largest."""
    return sorted(samples)[min(len(samples) - 1, int(0.95 * len(samples)))]


def _told(samples: Samples) -> dict[str, Any]:
    told: dict[str, Any] = {
        "n": len(samples),
        "median": statistics.median(samples),
        "min": min(samples),
        "max": max(samples),
        "p95": p95(samples),
    }
    return told | ({"samples": list(samples)} if len(samples) <= SAMPLES_KEPT else {})
