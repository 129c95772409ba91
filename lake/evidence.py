"""From a record id back to the very row of the very file, and from an entity to its clear values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

import duckdb

from graph.errors import IntegrityError
from lake import resource
from lake.batches import ROWS_TABLE, Batch
from lake.lake import Lake
from lake.model import Evidence

LIMIT = 200
"""Records shown for one subject at most; the count says how many there are."""

_Cells: TypeAlias = dict[tuple[int, int], list[str | None]]


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
    connection = lake.connect()
    try:
        found = connection.execute(
            f"SELECT record_id, batch, sheet, row, part, item FROM read_parquet('{resource.part(lake, 'record')}') "
            "WHERE record_id IN (SELECT unnest($ids)) ORDER BY batch, sheet, row, part, item",
            {"ids": list(record_ids[:limit])},
        ).fetchall()
        batches = {b.info.id: b for b in lake.batches(retracted=True)}
        out: list[Evidence] = []
        for name, group in groupby(found, key=itemgetter(1)):
            batch, records = batches[name], list(group)
            cells = _cells(lake, connection, batch, [(row, part) for _, _, _, row, part, _ in records])
            out += [_evidence(batch, record, cells) for record in records]
    finally:
        connection.close()
    return tuple(sorted(out, key=lambda e: (e.file, e.sheet, e.row, e.part)))


def _evidence(batch: Batch, record: tuple[str, str, str, int, int, str], cells: _Cells) -> Evidence:
    record_id, _, sheet, row, part, item = record
    if (row, part) not in cells:
        raise IntegrityError(
            f"batch {batch.info.id} lacks row {row} of {batch.info.file_name}; retract it and import the file again"
        )
    return Evidence(
        record_id=record_id,
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
        cells=dict(zip(batch.info.columns, cells[row, part], strict=True)),
        column_properties=batch.info.column_properties,
    )


def _cells(
    lake: Lake, connection: duckdb.DuckDBPyConnection, batch: Batch, places: list[tuple[int, int]]
) -> _Cells:
    """Original cells of the rows at ``places`` (row, part) of a batch, which is one sheet."""
    file = lake.batch_folder(batch.info.id) / f"{ROWS_TABLE}.parquet"
    rows = sorted({row for row, _ in places})
    found = connection.execute(
        f"SELECT * EXCLUDE (sheet) FROM read_parquet('{file}') WHERE row BETWEEN $first AND $last AND row IN (SELECT unnest($rows))",
        {"first": rows[0], "last": rows[-1], "rows": rows},
    ).fetchall()
    return {(row, part): cells for row, part, *cells in found}


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
