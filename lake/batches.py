"""Batches: one file (or one sheet) under one mapping, written as one folder and committed by one ledger line.

A batch is written under ``tmp/``, flushed to disk, renamed into ``standard/<batch>/`` in one step and
then named by a ledger line ``batch.import``. The line is the commit: a folder without one is the trace
of an import that was killed, and the next writer sweeps it away.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from graph.errors import IntegrityError

ROWS_TABLE = "rows"
REJECTS_TABLE = "rejects"
_IDS = frozenset({"record_id", "source_key", "from_key", "to_key"})

REJECTS = pa.schema(
    [("sheet", pa.string()), ("row", pa.int64()), ("part", pa.int32()), ("column", pa.string()), ("reason", pa.string()), ("cells", pa.list_(pa.string()))]
)  # fmt: skip
"""A refused row: where it stood, the column and reason code, and its cells masked by grade (dropped columns null)."""


@dataclass(frozen=True, slots=True)
class BatchInfo:
    """What is known of a batch before its rows are read."""

    id: str
    dataset: str
    file_name: str
    sha256: str
    sheet: str
    mapping: str
    mapping_sha256: str
    source_grade: str
    columns: tuple[str, ...]
    dropped: tuple[str, ...] = ()
    redacted: tuple[str, ...] = ()
    encoding: str = ""
    column_properties: Mapping[str, str] = field(default_factory=dict)
    """Column → ``Kind.property`` it maps to; decides how its original cell is masked."""
    doubts: tuple[Mapping[str, str], ...] = ()
    """Declared keys that may run namesakes together: {kind, item, relation, above, note_zh, note_en}."""
    raw_sha256: str = ""
    """Digest of the bytes kept in raw where they are not the file's own: a copy without redacted columns."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A committed batch as its ledger line tells it. ``retracted`` is the time of a retraction in force, else None."""

    info: BatchInfo
    read: int
    loaded: int
    rejected: int
    tables: Mapping[str, int]
    recorded_at: datetime
    actor: str
    line: int
    retracted: datetime | None = None


def info_payload(info: BatchInfo) -> dict[str, Any]:
    """The ledger payload of ``info`` (JSON values only)."""
    return {
        "batch": info.id,
        "dataset": info.dataset,
        "file": info.file_name,
        "sha256": info.sha256,
        "sheet": info.sheet,
        "mapping": info.mapping,
        "mapping_sha256": info.mapping_sha256,
        "source_grade": info.source_grade,
        "columns": list(info.columns),
        "dropped": list(info.dropped),
        "redacted": list(info.redacted),
        "encoding": info.encoding,
        "column_properties": dict(info.column_properties),
        "doubts": [dict(rule) for rule in info.doubts],
        "raw_sha256": info.raw_sha256,
    }


def info_of(payload: Mapping[str, Any]) -> BatchInfo:
    """The inverse of ``info_payload``."""
    return BatchInfo(
        id=payload["batch"],
        dataset=payload["dataset"],
        file_name=payload["file"],
        sha256=payload["sha256"],
        sheet=payload["sheet"],
        mapping=payload["mapping"],
        mapping_sha256=payload["mapping_sha256"],
        source_grade=payload["source_grade"],
        columns=tuple(payload["columns"]),
        dropped=tuple(payload["dropped"]),
        redacted=tuple(payload["redacted"]),
        encoding=payload["encoding"],
        column_properties=dict(payload["column_properties"]),
        doubts=tuple(payload["doubts"]),
        raw_sha256=payload["raw_sha256"],
    )


class BatchWriter:
    """Writes the tables of one batch, chunk by chunk, into a folder that does not count until it is committed.

    ``rows`` takes the original cells (frame of ``lake.standard.ROWS`` + ``c0…cN``), ``records`` a
    standard table, ``rejects`` refused rows in the layout of ``REJECTS``. Use as a context manager:
    leaving it without ``seal`` removes every trace.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, pq.ParquetWriter] = {}
        self.counts: dict[str, int] = {}
        self._sealed = False

    def __enter__(self) -> BatchWriter:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        return self

    def __exit__(self, *_: object) -> None:
        if not self._sealed:
            self._close()
            shutil.rmtree(self._folder, ignore_errors=True)

    def rows(self, table: pa.Table) -> None:
        """Append original cells."""
        self._append(ROWS_TABLE, table)

    def records(self, name: str, table: pa.Table) -> None:
        """Append records of the standard table ``name``."""
        self._append(name, table)

    def rejects(self, table: pa.Table) -> None:
        """Append refused rows."""
        self._append(REJECTS_TABLE, table)

    def _append(self, name: str, table: pa.Table) -> None:
        if name not in self._writers:
            # Ids hardly repeat: a dictionary of them would be built in vain.
            repeating = [column for column in table.column_names if column not in _IDS]
            self._writers[name] = pq.ParquetWriter(
                self._folder / f"{name}.parquet",
                table.schema,
                compression="zstd",
                compression_level=1,
                use_dictionary=repeating,
            )
        self._writers[name].write_table(table)
        self.counts[name] = self.counts.get(name, 0) + table.num_rows

    def _close(self) -> None:
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()

    def seal(self) -> Path:
        """Finish every file and flush it to disk; returns the folder, ready to be renamed into place."""
        self._close()
        for file in self._folder.iterdir():
            flush(file)
        flush(self._folder)
        self._sealed = True
        return self._folder


def flush(path: Path) -> None:
    """Force a file or folder to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def place(folder: Path, target: Path) -> None:
    """Rename a sealed folder into place in one step; ``IntegrityError`` where the place is taken."""
    if target.exists():
        raise IntegrityError(f"batch folder {target.name} is there already; run the import again")
    target.parent.mkdir(parents=True, exist_ok=True)
    os.rename(folder, target)
    flush(target.parent)
