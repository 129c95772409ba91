"""The reject file of a batch, for whoever has to put the source right."""

from __future__ import annotations

from pathlib import Path

import duckdb

from lake.batches import REJECTS_TABLE
from lake.keys import quoted
from lake.lake import Lake

FRAME = ("sheet", "row", "part", "column", "reason")


def export_rejects(lake: Lake, batch_id: str, target: Path) -> int:
    """Write the refused rows of a batch as CSV and return how many there are (0 writes the header alone).

    One line a row: where it stood, the column and reason code, then its cells under their headers, masked
    as they lie in the lake (what maps to anything not public is never written in clear; dropped columns
    stay empty). ``NotFound`` where there is no such batch.
    """
    batch = lake.batch(batch_id)
    source = lake.batch_folder(batch_id) / f"{REJECTS_TABLE}.parquet"
    names = [name if name not in FRAME else f"{name} (cell)" for name in batch.info.columns]
    cells = ", ".join(f"cells[{place}] AS {_name(name)}" for place, name in enumerate(names, 1))
    table = f"read_parquet({quoted(str(source))})" if source.exists() else _EMPTY
    query = f'SELECT sheet, row, part, "column", reason, {cells} FROM {table} ORDER BY sheet, row, part'
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({query}) TO {quoted(str(target))} (FORMAT csv, HEADER)")
    return batch.rejected


_EMPTY = (
    '(SELECT NULL::VARCHAR AS sheet, NULL::BIGINT AS row, NULL::INTEGER AS part, NULL::VARCHAR AS "column", '
    "NULL::VARCHAR AS reason, NULL::VARCHAR[] AS cells WHERE false)"
)


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
