"""Build batches of records by hand: the smallest lake a test needs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from graph.schema import Schema, load_schema
from lake.batches import Batch, BatchInfo, BatchWriter
from lake.lake import Lake
from lake.ledger import Ledger
from lake.registers import load_registers
from lake.standard import record_schema

Row = Mapping[str, Any]


def open_lake(folder: Path) -> Lake:
    """A lake with its own SQLite ledger under ``folder``."""
    return Lake(folder / "lake", load_schema(), load_registers(), Ledger.open(folder / "ledger.sqlite"))


def key(text: str) -> str:
    """A source key for the unit called ``text``."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def add_batch(
    lake: Lake, name: str, tables: Mapping[str, Sequence[Row]], doubts: tuple[Mapping[str, str], ...] = ()
) -> Batch:
    """Commit a batch whose records are ``tables``: kind → rows.

    A row gives ``unit`` (its source key is derived from it), for relations ``from``/``to`` units as
    ``Kind:unit``, and any columns. Source cells are the row number and the unit.
    """
    sha = hashlib.sha256(name.encode()).hexdigest()
    info = BatchInfo(
        id=lake.new_batch_id(sha, "", name, "mapping"),
        dataset=name,
        file_name=f"{name}.csv",
        sha256=sha,
        sheet="",
        mapping="test",
        mapping_sha256="mapping",
        source_grade="A1",
        columns=("unit",),
        doubts=doubts,
    )
    with lake.writing():
        return lake.write_batch(info, "tester", lambda writer: _fill(lake.schema, lake, writer, info, tables))


def _fill(
    schema: Schema, lake: Lake, writer: BatchWriter, info: BatchInfo, tables: Mapping[str, Sequence[Row]]
) -> tuple[int, int]:
    number = 1
    for kind, rows in tables.items():
        layout = record_schema(schema, lake.registers, kind)
        out = []
        for row in rows:
            number += 1
            out.append(_record(schema, kind, info, dict(row), number, layout))
            cells = {"sheet": [""], "row": [number], "part": [0], "c0": [str(row.get("unit", ""))]}
            writer.rows(pa.table(cells, schema=pa.schema([("sheet", pa.string()), ("row", pa.int64()), ("part", pa.int32()), ("c0", pa.string())])))  # fmt: skip
        writer.records(kind, pa.Table.from_pylist(out, schema=layout))
    return number - 1, 0


def _record(
    schema: Schema, kind: str, info: BatchInfo, row: dict[str, Any], number: int, layout: pa.Schema
) -> Row:
    unit = row.pop("unit", "")
    frame: dict[str, Any] = {
        "record_id": key(f"{info.sha256}/{number}"),
        "source_key": key(f"{kind}:{unit}") if unit else key(f"{info.sha256}/{number}"),
        "dataset": info.dataset,
        "batch": info.id,
        "sheet": "",
        "row": number,
        "part": 0,
        "item": kind,
        "source_grade": row.pop("source_grade", "A1"),
        "grade": row.pop("grade", schema.kind(kind).grade),
    }
    for end in ("from", "to"):
        if end in row:
            end_kind, _, name = row.pop(end).partition(":")
            frame |= {f"{end}_key": key(f"{end_kind}:{name}"), f"{end}_kind": end_kind}
    unknown = set(row) - set(layout.names)
    assert not unknown, unknown
    return frame | row
