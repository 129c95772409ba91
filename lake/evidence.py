"""From a record id back to the very row of the very file, and from an entity to its clear values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from lake import resource
from lake.batches import ROWS_TABLE, Batch
from lake.lake import Lake
from lake.model import Evidence

LIMIT = 200
"""Records shown for one subject at most; the count says how many there are."""


@dataclass(frozen=True, slots=True)
class Stated:
    """One clear value of one property of an entity, with the records behind it."""

    property: str
    value: str
    golden: bool
    source_grade: str
    valid_from: str | None
    valid_to: str | None
    record_ids: tuple[str, ...]


def evidence(lake: Lake, record_ids: Sequence[str], limit: int = LIMIT) -> tuple[Evidence, ...]:
    """The source rows behind ``record_ids`` (clear; the door masks them), ordered by file, sheet and row."""
    wanted = list(record_ids[:limit])
    connection = lake.connect()
    try:
        found = connection.execute(
            f"SELECT record_id, batch, sheet, row, part, item FROM read_parquet('{resource.part(lake, 'record')}') "
            "WHERE record_id IN (SELECT unnest($ids)) ORDER BY batch, sheet, row, part, item",
            {"ids": wanted},
        ).fetchall()
        batches = {b.info.id: b for b in lake.batches(retracted=True)}
        out = [_evidence(lake, connection, batches[batch], record, *place) for record, batch, *place in found]
    finally:
        connection.close()
    return tuple(sorted(out, key=lambda e: (e.file, e.sheet, e.row, e.part)))


def _evidence(
    lake: Lake, connection: duckdb.DuckDBPyConnection, batch: Batch, record: str, sheet: str, row: int, part: int, item: str
) -> Evidence:  # fmt: skip
    cells = _cells(connection, lake.batch_folder(batch.info.id) / f"{ROWS_TABLE}.parquet", row, part)
    return Evidence(
        record_id=record,
        batch=batch.info.id,
        dataset=batch.info.dataset,
        file=batch.info.file_name,
        sha256=batch.info.sha256,
        source_grade=batch.info.source_grade,
        recorded_at=batch.recorded_at,
        sheet=sheet,
        row=row,
        part=part,
        item=item,
        cells=dict(zip(batch.info.columns, cells, strict=True)),
        column_properties=batch.info.column_properties,
    )


def _cells(connection: duckdb.DuckDBPyConnection, file: Path, row: int, part: int) -> list[str | None]:
    found = connection.execute(
        f"SELECT * EXCLUDE (sheet, row, part) FROM read_parquet('{file}') WHERE row = $row AND part = $part",
        {"row": row, "part": part},
    ).fetchone()
    return list(found) if found else []


def stated(lake: Lake, entity_id: str) -> tuple[Stated, ...]:
    """Every clear value of an entity: golden ones first, then history and conflicts."""
    connection = lake.connect()
    try:
        rows = connection.execute(
            f"SELECT property, value, golden, source_grade, valid_from, valid_to, record_ids FROM read_parquet('{resource.part(lake, 'value')}') "
            "WHERE entity_id = $id ORDER BY property, golden DESC, value",
            {"id": entity_id},
        ).fetchall()
    finally:
        connection.close()
    return tuple(Stated(p, v, g, sg, f, t, tuple(ids)) for p, v, g, sg, f, t, ids in rows)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A mark that warns the reader of an entity or relation."""

    subject: str
    code: str
    count: int
    threshold: int
    relation: str
    dataset: str


def doubts(lake: Lake, subjects: Sequence[str] | None = None) -> tuple[Doubt, ...]:
    """Marks on ``subjects`` (None = all), ordered by subject."""
    connection = lake.connect()
    try:
        where = "" if subjects is None else " WHERE subject IN (SELECT unnest($ids))"
        given = {} if subjects is None else {"ids": list(subjects)}
        rows = connection.execute(
            f"SELECT subject, code, count, threshold, relation, dataset FROM read_parquet('{resource.part(lake, 'doubt')}'){where} ORDER BY ALL",
            given,
        ).fetchall()
    finally:
        connection.close()
    return tuple(Doubt(*row) for row in rows)
