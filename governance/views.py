"""Named views of a case, and the positions pinned by hand in its picture: lines of kind ``case.view``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from governance.cases import case_key
from lake.ledger import JSON, Ledger

Positions = Mapping[str, tuple[float, float]]
"""Entity id → x, y in the units of the canvas."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view by name: ``state`` is what the page needs to show it again (ids, filters, never values)."""

    name: str
    state: Mapping[str, Any]
    by: str
    at: datetime


def save_view(ledger: Ledger, number: str, name: str, state: Mapping[str, JSON], actor: str) -> SavedView:
    """Save ``state`` under ``name``; the newest of a name counts."""
    line = ledger.append("case.view", (case_key(number),), {"name": name, "state": state}, actor)
    return SavedView(name, line.payload["state"], actor, line.at)


def saved_views(ledger: Ledger, number: str) -> tuple[SavedView, ...]:
    """The saved views of a case, by name."""
    found: dict[str, SavedView] = {}
    for line in ledger.lines(["case.view"], case_key(number)):
        if "name" in line.payload:
            name = line.payload["name"]
            found[name] = SavedView(name, line.payload["state"], line.actor, line.at)
    return tuple(found[name] for name in sorted(found))


def pin(ledger: Ledger, number: str, positions: Positions, actor: str) -> None:
    """Keep where nodes were put by hand; only the moved ones need to be given."""
    payload: dict[str, JSON] = {"pinned": {node: list(place) for node, place in positions.items()}}
    ledger.append("case.view", (case_key(number),), payload, actor)


def pinned(ledger: Ledger, number: str) -> Positions:
    """Where the nodes of a case were put by hand."""
    places: dict[str, tuple[float, float]] = {}
    for line in ledger.lines(["case.view"], case_key(number)):
        for node, (x, y) in line.payload.get("pinned", {}).items():
            places[node] = (x, y)
    return places
