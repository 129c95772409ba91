"""Layout of the standard library 标准库: one Parquet file per batch and table, a row per record.

A *record* is what one source row says about one entity, one relation or one register entry. Every
table starts with the same frame; values are clear and typed; the original cells lie once per source
row in the batch's ``rows`` table, found by (batch, sheet, row, part).
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from graph.schema import Column, Property, Schema, Storage
from lake.registers import Register

FRAME: tuple[tuple[str, pa.DataType], ...] = (
    ("record_id", pa.string()),  # 32 hex characters, see lake/keys.py
    ("source_key", pa.string()),  # 32 hex characters: unit of resolution
    ("dataset", pa.string()),
    ("batch", pa.string()),
    ("sheet", pa.string()),  # "" where the file has no sheets
    ("row", pa.int64()),  # as a spreadsheet counts: the first line of the file is row 1
    ("part", pa.int32()),  # 0, or the position of the exploded array element from 1
    ("item", pa.string()),  # mapping item that made the record
    ("source_grade", pa.string()),  # A1 … X4 (ontology §9)
    ("grade", pa.string()),  # G1 … G3: how public the statement is
    ("subtype", pa.string()),
)
VALID = tuple(
    (name, pa.string() if name in ("validFrom", "validTo") else pa.int64())
    for name in ("validFrom", "validFromMin", "validFromMax", "validTo", "validToMin", "validToMax")
)
EVENT = (("at", pa.string()), *((name, pa.int64()) for name in ("atMin", "atMax", "atMsMin", "atMsMax")))
ENDS: tuple[tuple[str, pa.DataType], ...] = (
    ("from_key", pa.string()),  # source keys of the end points
    ("to_key", pa.string()),
    ("from_kind", pa.string()),
    ("to_kind", pa.string()),
    ("own_identity", pa.bool_()),  # true: this source's key, not the schema's, makes the relation
)
ROWS: tuple[tuple[str, pa.DataType], ...] = (
    ("sheet", pa.string()),
    ("row", pa.int64()),
    ("part", pa.int32()),
)
"""Frame of the ``rows`` table; the original cells follow as string columns ``c0 … cN`` in header order."""


def clear_columns(properties: Mapping[str, Property]) -> tuple[Column, ...]:
    """Columns of properties with clear values: dates with their bounds, no tokens."""
    out: list[Column] = []
    for prop in properties.values():
        out.append(Column(prop.name, prop.storage, prop.name))
        if prop.type == "date":
            out += [Column(f"{prop.name}{end}", Storage.INT, prop.name) for end in ("Min", "Max")]
    return tuple(out)


def record_schema(schema: Schema, registers: Mapping[str, Register], table: str) -> pa.Schema:
    """Arrow layout of the standard table ``table``: an entity kind, a relation kind or a register."""
    fields: list[tuple[str, pa.DataType]] = list(FRAME)
    if table in schema.relations:
        relation = schema.relations[table]
        fields += ENDS
        fields += VALID if relation.time != "event" else ()
        fields += EVENT if relation.time != "interval" else ()
        properties = relation.properties
    elif table in schema.entities:
        fields += VALID
        properties = schema.entities[table].properties
    else:
        properties = registers[table].properties
    fields += [(c.name, c.storage.arrow) for c in clear_columns(properties)]
    return pa.schema(fields)
