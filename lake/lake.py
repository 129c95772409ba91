"""The lake: records in three libraries on Parquet and DuckDB (raw 原始库, standard 标准库, resource 资源库).

::

    raw/ab/abcd…            bytes of each file, named by their SHA-256, never changed
    standard/<batch>/       one Parquet file per table, and rows.parquet, rejects.parquet
    resource/<snapshot>/    resolved entities, relations, values, decisions (lake/resource.py)
    ids/                    history of entity ids (lake/entity_ids.py)
    tmp/                    what is being written; swept by the next writer
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

import duckdb

from graph.errors import LedgerConflict, MingchaError, NotFound, SourceError
from graph.schema import Schema
from lake.batches import Batch, BatchInfo, BatchWriter, flush, info_of, info_payload, place
from lake.ledger import Draft, Ledger, Line
from lake.registers import Register

CHUNK = 1 << 22

Fill: TypeAlias = Callable[[BatchWriter], tuple[int, int]]
"""Writes the tables of one batch and returns (rows read, rows rejected)."""


class Lake:
    """One workspace's lake. Cheap to open; holds no connection between calls."""

    def __init__(
        self, folder: Path, schema: Schema, registers: Mapping[str, Register], ledger: Ledger
    ) -> None:
        self.folder = folder
        self.schema = schema
        self.registers = registers
        self.ledger = ledger
        folder.mkdir(parents=True, exist_ok=True)

    # -- one writer at a time ---------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer's lock of this lake; waits for another writer, and sweeps what a killed one left.

        What fails inside leaves nothing behind: bytes and folders without a ledger line go at once.
        """
        with open(self.folder / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._sweep()
            try:
                yield
            except BaseException:
                with suppress(MingchaError):
                    self._sweep()
                raise

    def _sweep(self) -> None:
        shutil.rmtree(self.folder / "tmp", ignore_errors=True)
        infos = [batch.info for batch in self.batches(retracted=True)]
        known = {info.id for info in infos}
        for folder in self.folder.glob("standard/*"):
            if folder.name not in known:
                shutil.rmtree(folder, ignore_errors=True)
        kept = {info.raw_sha256 or info.sha256 for info in infos}
        for file in self.folder.glob("raw/*/*"):
            if file.name not in kept:
                file.unlink(missing_ok=True)

    def temporary(self, name: str) -> Path:
        """A path under ``tmp/``; call within ``writing``."""
        folder = self.folder / "tmp"
        folder.mkdir(exist_ok=True)
        return folder / name

    # -- raw ----------------------------------------------------------------------------------

    def raw_path(self, sha256: str) -> Path:
        """Where the bytes with this digest lie (whether or not they do)."""
        return self.folder / "raw" / sha256[:2] / sha256

    def keep_raw(self, file: Path) -> str:
        """Copy the bytes of ``file`` into the lake under their SHA-256 and return it. Twice is once.

        Call within ``writing``, in the step that commits a batch of them: bytes without a batch are swept.
        """
        digest = sha256_of(file)
        target = self.raw_path(digest)
        if target.exists():
            return digest
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_suffix(".part")
        shutil.copyfile(file, half)
        if sha256_of(half) != digest:
            half.unlink()
            raise SourceError(f"{file.name} changed while it was read; import it again")
        flush(half)
        os.replace(half, target)
        flush(target.parent)
        return digest

    # -- standard -----------------------------------------------------------------------------

    def batch_folder(self, batch: str) -> Path:
        """Folder of a committed batch."""
        return self.folder / "standard" / batch

    def batches(self, known_at: datetime | None = None, retracted: bool = False) -> list[Batch]:
        """Batches in the order they came; those retracted (as known at ``known_at``) only when asked for."""
        lines = self.ledger.lines(kinds=("batch.import", "batch.retract"), known_at=known_at)
        gone = {line.subjects[0]: line.at for line in lines if line.kind == "batch.retract"}
        found = [_batch(line, gone.get(line.subjects[0])) for line in lines if line.kind == "batch.import"]
        return [b for b in found if retracted or b.retracted is None]

    def batch(self, batch_id: str) -> Batch:
        """The batch with this id, retracted or not; ``NotFound`` otherwise."""
        for batch in self.batches(retracted=True):
            if batch.info.id == batch_id:
                return batch
        raise NotFound(f"no batch {batch_id}; see: mingcha batch list")

    def same_source(self, sha256: str, sheet: str, dataset: str) -> Batch | None:
        """The batch in force that already holds this file (and sheet) in this dataset, under any mapping."""
        for batch in self.batches():
            if (batch.info.sha256, batch.info.sheet, batch.info.dataset) == (sha256, sheet, dataset):
                return batch
        return None

    def new_batch_id(self, sha256: str, sheet: str, dataset: str, mapping_sha256: str) -> str:
        """Id for a batch to be written: 16 hex characters of its origin, ``-2``, ``-3`` … after a retraction."""
        base = hashlib.sha256("\n".join((sha256, sheet, dataset, mapping_sha256)).encode()).hexdigest()[:16]
        taken = {b.info.id for b in self.batches(retracted=True)}
        names = (base if n == 1 else f"{base}-{n}" for n in range(1, len(taken) + 2))
        return next(name for name in names if name not in taken)

    def write_batch(self, info: BatchInfo, actor: str, fill: Fill) -> Batch:
        """Write and commit one batch. See ``write_batches``."""
        return self.write_batches([(info, fill)], actor)[0]

    def write_batches(
        self, jobs: Sequence[tuple[BatchInfo, Fill]], actor: str, replaced: Mapping[str, str] | None = None
    ) -> list[Batch]:
        """Write several batches and commit them at once: all of them or none.

        Each ``Fill`` writes its tables and returns (rows read, rows rejected). ``replaced``: batches to
        retract in the same step, with the reason. Call within ``writing``; an exception leaves no trace.
        """
        taken = {b.info.id for b in self.batches(retracted=True)}
        gone = (replaced or {}).items()
        drafts = [Draft("batch.retract", (old,), {"reason": why}, actor) for old, why in gone]
        folders: list[tuple[Path, Path]] = []
        with ExitStack() as stack:
            for info, fill in jobs:
                if info.id in taken:
                    raise LedgerConflict(f"batch {info.id} is in the lake already")
                writer = stack.enter_context(BatchWriter(self.temporary(info.id)))
                read, rejected = fill(writer)
                folders.append((writer.seal(), self.batch_folder(info.id)))
                counts: dict[str, Any] = {"read": read, "loaded": read - rejected, "rejected": rejected}
                counts |= {"tables": dict(writer.counts)}
                drafts.append(Draft("batch.import", (info.id,), info_payload(info) | counts, actor))
            for folder, target in folders:
                place(folder, target)
        lines = self.ledger.append_many(drafts)
        return [_batch(line, None) for line in lines if line.kind == "batch.import"]

    def retract(self, batch_id: str, actor: str, reason: str) -> Line:
        """Take a batch out of every view from now on; its files stay, so that an old report can be replayed."""
        if self.batch(batch_id).retracted is not None:
            raise LedgerConflict(f"batch {batch_id} is retracted already")
        return self.ledger.append("batch.retract", (batch_id,), {"reason": reason}, actor)

    def files(self, table: str, known_at: datetime | None = None) -> list[Path]:
        """Parquet files of one standard table over all batches in force."""
        paths = (
            self.batch_folder(b.info.id) / f"{table}.parquet"
            for b in self.batches(known_at)
            if table in b.tables
        )
        return sorted(paths)

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A DuckDB connection of the caller's own, spilling inside the lake's ``tmp/``."""
        connection = duckdb.connect()
        spill = self.folder / "tmp" / "spill"
        connection.execute("SET temp_directory = " + _literal(str(spill)))
        connection.execute("SET preserve_insertion_order = false")
        return connection


def _batch(line: Line, retracted: datetime | None) -> Batch:
    payload: Mapping[str, Any] = line.payload
    return Batch(
        info=info_of(payload),
        read=payload["read"],
        loaded=payload["loaded"],
        rejected=payload["rejected"],
        tables=dict(payload["tables"]),
        recorded_at=line.at,
        actor=line.actor,
        line=line.seq,
        retracted=retracted,
    )


def sha256_of(file: Path) -> str:
    """SHA-256 of a file's bytes, in hex; ``SourceError`` where it cannot be read."""
    try:
        with open(file, "rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError as fault:
        raise SourceError(
            f"{file.name} cannot be read: {fault.strerror}; check the path and its rights"
        ) from fault


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def parquet_list(files: Sequence[Path]) -> str:
    """SQL list literal of Parquet paths for ``read_parquet``."""
    return "[" + ", ".join(_literal(str(f)) for f in files) + "]"
