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
from graph.schema import EntityKind, Property, RelationKind, Schema
from lake.model import Evidence
from values.masking import mask

SENSITIVE = "G3"
LOCATOR_VALUE = "normalisedValue"
_LONG_NUMBER = re.compile(r"\d{7,}[\dXx]?")
_READABLE_ON_RELATIONS = frozenset({"code", "bool", "percent"})
_LOCATOR_TYPES = {"phone": "phone", "email": "email", "address": "address", "domain": "text", "bidDevice": "deviceMark"}


@dataclass(frozen=True, slots=True)
class Screen:
    """One asker's glasses: the schema, the members of the case, and values revealed to this asker just now.

    ``revealed`` maps (entity or relation id, property) to the clear value.
    """

    schema: Schema
    members: Collection[str]
    revealed: Mapping[tuple[str, str], str]

    def subgraph(self, subgraph: Subgraph) -> Subgraph:
        """``subgraph`` as this asker may see it."""
        return Subgraph(
            tuple(self.entity(e) for e in subgraph.entities), tuple(self.relation(r) for r in subgraph.relations)
        )

    def entity(self, entity: Entity) -> Entity:
        """``entity`` with masked values; values above G1 are left out where it is no member."""
        kind = self.schema.entities[entity.kind]
        inside = entity.id in self.members
        shown = _properties(entity.id, kind.properties, entity.properties, self.revealed, inside, frozenset())
        if private_locator(entity) and LOCATOR_VALUE in shown:
            shown[LOCATOR_VALUE] = self._caption(kind, entity)
        return replace(entity, name=self._caption(kind, entity), properties=shown, names=_names(entity, inside))

    def relation(self, relation: Relation) -> Relation:
        """``relation`` with masked values; values above G1 are left out where an end is no member."""
        kind = self.schema.relations[relation.kind]
        inside = relation.from_id in self.members and relation.to_id in self.members
        shown = _properties(
            relation.id, kind.properties, relation.properties, self.revealed, inside, _READABLE_ON_RELATIONS
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

    def evidence(self, found: Evidence) -> Evidence:
        """Source cells masked by the grade of the property their column maps to."""
        cells = {
            column: self._cell(found.column_properties.get(column, ""), cell) for column, cell in found.cells.items()
        }
        return replace(found, cells=cells)

    def _cell(self, target: str, cell: str | None) -> str | None:
        kind_name, _, name = target.partition(".")
        if not cell:
            return cell
        if not name:  # no property stands for the column (a bare key, a condition): it may still hold a number
            return _LONG_NUMBER.sub(lambda found: mask(found.group(), "account"), cell)
        if kind_name in self.schema.entities:
            kind: EntityKind | RelationKind = self.schema.entities[kind_name]
            readable: frozenset[str] = frozenset()
        elif kind_name in self.schema.relations:
            kind, readable = self.schema.relations[kind_name], _READABLE_ON_RELATIONS
        else:
            return cell
        if target == f"Locator.{LOCATOR_VALUE}":  # whose it is the row does not tell: seen as private
            return mask(cell, "phone" if sum(c.isdigit() for c in cell) >= 7 else "address")
        prop = kind.properties.get(name)
        if prop is None or prop.grade != SENSITIVE or prop.type in readable:
            return cell
        return mask(cell, prop.type)


def mask_locator(subtype: str | None, value: str) -> str:
    """A phone, address, mail … as it may be shown to someone without the right to see it."""
    return mask(value, _LOCATOR_TYPES.get(subtype or "", "text"))


def private_locator(entity: Entity) -> bool:
    """A phone, address or mail that no public register holds: masked like a sensitive value (ontology §7)."""
    return entity.kind == "Locator" and entity.grade != PUBLIC


def _names(entity: Entity, inside: bool) -> tuple[str, ...]:
    return entity.names if inside or entity.grade == PUBLIC else ()


def _properties(
    subject: str,
    known: Mapping[str, Property],
    values: Mapping[str, Value],
    revealed: Mapping[tuple[str, str], str],
    inside: bool,
    readable: frozenset[str],
) -> dict[str, Value]:
    shown: dict[str, Value] = {}
    for prop in known.values():
        value = values.get(prop.name)
        if value is None or not (inside or prop.grade == PUBLIC):
            continue
        clear = prop.grade != SENSITIVE or prop.type in readable or prop.tokened  # tokened: masked in the store already
        if (subject, prop.name) in revealed:
            shown[prop.name] = revealed[(subject, prop.name)]
        elif clear:
            shown |= {c.name: values[c.name] for c in prop.columns() if c.name in values and not c.name.endswith("Token")}
        else:
            shown[prop.name] = mask(str(value), prop.type)
    frame = {n for n in values if n not in {c.name for p in known.values() for c in p.columns()}}
    return {**{n: values[n] for n in sorted(frame)}, **shown}
