"""A view as Cypher: which labels and types it names, and the conditions that hide what it does not show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from graph.model import PUBLIC, View
from graph.schema import Schema
from graph.store import scope_of


@dataclass(frozen=True, slots=True)
class Glasses:
    """Kinds the view shows (``every_label``: all entity kinds), and the conditions it puts on variables.

    ``parameters`` go with every text that holds such conditions.
    """

    labels: tuple[str, ...]
    types: tuple[str, ...]
    every_label: bool
    members: frozenset[str]
    parameters: dict[str, Any]

    @classmethod
    def of(cls, schema: Schema, view: View) -> Self:
        """``QueryRefused`` where the view has no scope."""
        scope = scope_of(view)
        parameters: dict[str, Any] = {}
        if not scope.population:
            parameters |= {"members": sorted(scope.members), "public": PUBLIC}
        if view.as_of is not None:
            parameters["asOf"] = view.as_of
        labels, types = _seen(view, schema.entities), _seen(view, schema.relations)
        return cls(labels, types, len(labels) == len(schema.entities), scope.members, parameters)

    def among(self, ids: Iterable[str]) -> dict[str, Any]:
        """``parameters`` for a text about these entities only, with fewer members to send."""
        if "members" not in self.parameters:
            return self.parameters
        return self.parameters | {"members": sorted(self.members.intersection(ids))}

    def entity(self, node: str) -> list[str]:
        """Conditions under which an entity of a seen label is shown."""
        return [f"({node}.grade = $public OR {node}.id IN $members)"] if "members" in self.parameters else []

    def label(self, node: str) -> list[str]:
        """The condition that the end of a relation is of a seen label, where the view hides any."""
        return [] if self.every_label else [f"({node}:{'|'.join(self.labels) or _NO_LABEL})"]

    def relation(self, relation: str, a: str, b: str) -> list[str]:
        """Conditions under which a relation of a seen type is shown, between ends that are shown."""
        found: list[str] = []
        if "asOf" in self.parameters:
            found += [f"coalesce({relation}.{name} {sign} $asOf, true)" for name, sign in _BOUNDS]
        if "members" in self.parameters:
            found.append(f"({relation}.grade = $public OR ({a}.id IN $members AND {b}.id IN $members))")
        return found

    @property
    def any_type(self) -> str:
        """Type expression of all relations seen."""
        return "|".join(self.types)


_NO_LABEL = "MingchaNone"
_BOUNDS = (("validFromMin", "<="), ("validToMax", ">="), ("atMin", "<="))
"""A bound that is null, or that the kind does not have, hides nothing."""


def where(conditions: Sequence[str]) -> str:
    """A WHERE clause, or nothing."""
    return f"WHERE {' AND '.join(conditions)} " if conditions else ""


def by_label(schema: Schema, labels: Iterable[str], ids: Iterable[str]) -> dict[str, list[str]]:
    """Ids by the label their letter tells, only these labels, each id once."""
    found: dict[str, list[str]] = {label: [] for label in labels}
    for entity_id in dict.fromkeys(ids):
        label = schema.kind_of_id(entity_id)
        if label in found:
            found[label].append(entity_id)
    return {label: own for label, own in found.items() if own}


def _seen(view: View, kinds: Iterable[str]) -> tuple[str, ...]:
    return tuple(k for k in kinds if view.kinds is None or k in view.kinds)
