"""What leaves the door: subgraphs and source cells with everything masked that the asker may not see in clear.

Rules (ontology §5, safeguards S-02, S-21): G3 values are masked; outside the case's members only G1
values are shown; keyed tokens never leave. On a relation, whose mere existence was already weighed by
the scope, closed codes and yes/no values stay readable (the degree of kin is the relation).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from graph.model import PUBLIC, Entity, Relation, Subgraph, Value
from graph.schema import EntityKind, Property, Schema
from lake.model import Evidence
from lake.registers import Register
from values.masking import HIDDEN, mask

SENSITIVE = "G3"
LOCATOR_VALUE = "normalisedValue"
_LONG_NUMBER = re.compile(r"\d{7,}[\dXx]?")
_READABLE_ON_RELATIONS = frozenset({"code", "bool", "percent"})
_LOCATOR_TYPES = {
    "phone": "phone",
    "email": "email",
    "address": "address",
    "domain": "text",
    "bidDevice": "deviceMark",
}


@dataclass(frozen=True, slots=True)
class Screen:
    """One asker's glasses: the vocabulary, the members of the case, and values revealed to this asker just now.

    ``revealed`` maps (entity or relation id, property) to the clear value. With ``drop`` what would be
    masked is left out, for graphs whose columns are typed.
    """

    schema: Schema
    registers: Mapping[str, Register]
    members: Collection[str]
    revealed: Mapping[tuple[str, str], str]
    drop: bool = False

    def subgraph(self, subgraph: Subgraph) -> Subgraph:
        """``subgraph`` as this asker may see it."""
        return Subgraph(
            tuple(self.entity(e) for e in subgraph.entities),
            tuple(self.relation(r) for r in subgraph.relations),
        )

    def entity(self, entity: Entity) -> Entity:
        """``entity`` with masked values; values above G1 are left out where it is no member."""
        kind = self.schema.entities[entity.kind]
        inside = entity.id in self.members
        shown = self._properties(entity.id, kind.properties, entity.properties, inside, frozenset())
        if private_locator(entity) and LOCATOR_VALUE in shown:
            shown[LOCATOR_VALUE] = self._caption(kind, entity)
        names = entity.names if (inside or entity.grade == PUBLIC) and not private_locator(entity) else ()
        return replace(entity, name=self._caption(kind, entity), properties=shown, names=names)

    def relation(self, relation: Relation) -> Relation:
        """``relation`` with masked values; values above G1 are left out where an end is no member."""
        kind = self.schema.relations[relation.kind]
        inside = relation.from_id in self.members and relation.to_id in self.members
        shown = self._properties(
            relation.id, kind.properties, relation.properties, inside, _READABLE_ON_RELATIONS
        )
        return replace(relation, properties=shown)

    def _caption(self, kind: EntityKind, entity: Entity) -> str:
        lead = next((c for c in kind.caption if entity.properties.get(c) is not None), "name")
        if (entity.id, lead) in self.revealed:
            return self.revealed[(entity.id, lead)]
        if private_locator(entity):
            return mask_locator(entity.subtype, entity.name)
        prop = kind.properties.get(lead)
        if prop is not None and prop.grade == SENSITIVE and not prop.tokened:
            return mask(entity.name, prop.type)
        return entity.name

    def _properties(
        self, subject: str, known: Mapping[str, Property], values: Mapping[str, Value], inside: bool, readable: frozenset[str]
    ) -> dict[str, Value]:  # fmt: skip
        shown: dict[str, Value] = {}
        for prop in known.values():
            value = values.get(prop.name)
            if value is None or not (inside or prop.grade == PUBLIC):
                continue
            if (subject, prop.name) in self.revealed:
                shown[prop.name] = self.revealed[(subject, prop.name)]
            elif (
                prop.grade != SENSITIVE or prop.type in readable or prop.tokened
            ):  # tokened: masked in the store already
                shown |= {
                    c.name: values[c.name]
                    for c in prop.columns()
                    if c.name in values and not c.name.endswith("Token")
                }
            elif not self.drop:
                shown[prop.name] = mask(_text(value), prop.type)
        owned = {c.name for p in known.values() for c in p.columns()}
        return {**{n: values[n] for n in sorted(values.keys() - owned)}, **shown}

    def evidence(self, found: Evidence, inside: bool) -> Evidence:
        """Source cells masked by the grade of the property their column maps to.

        ``inside``: what the row is shown for lies inside the case; else only cells of public properties are clear.
        """
        cells = {
            column: self._cell(found.column_properties.get(column, ""), cell, inside)
            for column, cell in found.cells.items()
        }
        return replace(found, cells=cells)

    def _cell(self, target: str, cell: str | None, inside: bool) -> str | None:
        if not cell:
            return cell
        prop, readable = self._property(target)
        if (
            prop is None
        ):  # no property stands for the column (a bare key, a condition): it may still hold a number
            return _LONG_NUMBER.sub(lambda found: mask(found.group(), "account"), cell) if inside else HIDDEN
        if target == f"Locator.{LOCATOR_VALUE}":  # whose it is the row does not tell: seen as private
            return mask(cell, "phone" if sum(c.isdigit() for c in cell) >= 7 else "address")
        if prop.grade == PUBLIC or prop.type in readable or (inside and prop.grade != SENSITIVE):
            return cell
        return mask(cell, prop.type)

    def _property(self, target: str) -> tuple[Property | None, frozenset[str]]:
        """The property ``Kind.name`` of the graph or of a register, and the types readable there."""
        kind, _, name = target.partition(".")
        if kind in self.schema.relations:
            return self.schema.relations[kind].properties.get(name), _READABLE_ON_RELATIONS
        known = self.schema.entities.get(kind) or self.registers.get(kind)
        return known.properties.get(name) if known else None, frozenset()


def hidden_names(schema: Schema) -> frozenset[str]:
    """Names of properties that no picture shows in clear on any kind, and of all keyed tokens."""
    shown: set[str] = set()
    hidden: set[str] = set()
    for kind, prop in schema.properties():
        readable = prop.grade != SENSITIVE or (
            kind in schema.relations and prop.type in _READABLE_ON_RELATIONS
        )
        (shown if readable else hidden).add(prop.name)
        hidden |= {c.name for c in prop.columns() if c.name.endswith("Token")}
    return frozenset(hidden - shown)


def mask_locator(subtype: str | None, value: str) -> str:
    """A phone, address, mail … as it may be shown to someone without the right to see it."""
    return mask(value, _LOCATOR_TYPES.get(subtype or "", "text"))


def private_locator(entity: Entity) -> bool:
    """A phone, address or mail that no public register holds: masked like a sensitive value (ontology §7)."""
    return entity.kind == "Locator" and entity.grade != PUBLIC


def _text(value: Value) -> str:
    return "、".join(value) if isinstance(value, tuple) else str(value)
