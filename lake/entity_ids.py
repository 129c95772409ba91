"""History of entity ids: truth, not a view. Append-only Parquet, one file per run that changed something.

Rows say ``entity_id`` holds ``source_key`` from run ``since`` on (until the same key appears under
another id), or, where ``source_key`` is null, that ``entity_id`` (or a relation id) redirects to
``redirect_to``. ``since`` is the number of the run; a later row wins.
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from lake.batches import flush
from lake.lake import Lake, parquet_list

LAYOUT = pa.schema(
    [
        ("entity_id", pa.string()),
        ("source_key", pa.string()),
        ("redirect_to", pa.string()),
        ("since", pa.int64()),
    ]
)


def history_files(lake: Lake) -> list[Path]:
    """The files of the history, oldest first."""
    return sorted((lake.folder / "ids").glob("*.parquet"))


def next_run(lake: Lake) -> int:
    """Number of the run to come, from 1."""
    files = history_files(lake)
    return int(files[-1].stem) + 1 if files else 1


def append(lake: Lake, rows: pa.Table, run: int) -> None:
    """Add the rows of run ``run``; nothing is written where there are none. Call within ``lake.writing``."""
    if rows.num_rows == 0:
        return
    folder = lake.folder / "ids"
    folder.mkdir(exist_ok=True)
    half = lake.temporary(f"ids-{run}.parquet")
    pq.write_table(rows.cast(LAYOUT), half, compression="zstd")
    flush(half)
    os.replace(half, folder / f"{run:09d}.parquet")
    flush(folder)


def history_sql(lake: Lake) -> str:
    """SQL for the whole history as a relation (empty where nothing was resolved yet)."""
    files = history_files(lake)
    if files:
        return f"read_parquet({parquet_list(files)})"
    empty = ", ".join(f"NULL::{'BIGINT' if f.name == 'since' else 'VARCHAR'} AS {f.name}" for f in LAYOUT)
    return f"(SELECT {empty} WHERE false)"


def view(lake: Lake, connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """The history as ``entity_ids(entity_id, source_key, since, until, redirect_to)``; ``until`` null = still so."""
    return connection.execute(
        f"""
        SELECT entity_id, source_key, since,
               CASE WHEN source_key IS NOT NULL
                    THEN lead(since) OVER (PARTITION BY source_key ORDER BY since) END AS until,
               redirect_to
        FROM {history_sql(lake)} ORDER BY since, entity_id, source_key
        """
    ).to_arrow_table()


def follow(lake: Lake, identifier: str) -> str:
    """The id that ``identifier`` redirects to now (itself where it redirects nowhere)."""
    files = history_files(lake)
    if not files:
        return identifier
    connection = lake.connect()
    try:
        rows = connection.execute(
            f"SELECT entity_id, arg_max(redirect_to, since) FROM {history_sql(lake)} "
            "WHERE redirect_to IS NOT NULL GROUP BY entity_id"
        ).fetchall()
    finally:
        connection.close()
    onward = dict(rows)
    seen = {identifier}
    while identifier in onward and onward[identifier] not in seen:
        identifier = onward[identifier]
        seen.add(identifier)
    return identifier
