"""Between rows of a store and the values that travel: both adapters build entities and relations here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from graph.model import Entity, Relation, Subgraph, Value
from graph.schema import Schema

_FRAME = frozenset(("id", "kind", "from_id", "to_id", "subtype", "name", "names", "grade", "record_ids"))


def entity(row: Mapping[str, Any]) -> Entity:
    """The entity in a row whose keys are the columns of its kind; other keys must not be there."""
    return Entity(
        id=row["id"],
        kind=row["kind"],
        subtype=row.get("subtype"),
        name=row.get("name") or "",
        names=tuple(row.get("names") or ()),
        grade=row.get("grade") or "",
        properties=_properties(row),
        record_ids=tuple(row.get("record_ids") or ()),
    )


def relation(row: Mapping[str, Any], from_id: str, to_id: str) -> Relation:
    """The relation in a row of its kind's properties, between these ends."""
    return Relation(
        id=row["id"],
        kind=row["kind"],
        from_id=from_id,
        to_id=to_id,
        subtype=row.get("subtype"),
        grade=row.get("grade") or "",
        properties=_properties(row),
        record_ids=tuple(row.get("record_ids") or ()),
    )


def _properties(row: Mapping[str, Any]) -> dict[str, Value]:
    """What is not of the frame and not empty; a list without items counts as absent, as in the graph hash."""
    out: dict[str, Value] = {}
    for name, value in row.items():
        if value is None or value == [] or name in _FRAME:
            continue
        out[name] = tuple(value) if isinstance(value, list) else value
    return out


def tables(schema: Schema, subgraph: Subgraph) -> dict[str, pa.Table]:
    """A subgraph as tables in the layout of the schema, kinds without rows left out."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for e in subgraph.entities:
        row = {
            "id": e.id,
            "kind": e.kind,
            "subtype": e.subtype,
            "name": e.name,
            "names": e.names,
            "grade": e.grade,
        }
        rows.setdefault(e.kind, []).append(row | {"record_ids": e.record_ids} | dict(e.properties))
    for r in subgraph.relations:
        row = {
            "id": r.id,
            "kind": r.kind,
            "from_id": r.from_id,
            "to_id": r.to_id,
            "subtype": r.subtype,
            "grade": r.grade,
        }
        rows.setdefault(r.kind, []).append(row | {"record_ids": r.record_ids} | dict(r.properties))
    return {
        kind: pa.Table.from_pylist(found, schema=schema.arrow_schema(kind)) for kind, found in rows.items()
    }
