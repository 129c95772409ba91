"""Heads of the audit chain: one JSON line each, in a file outside the log's database.

Put the file on another medium or machine: who can write both the log and its heads can hide a cut.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from graph.errors import IntegrityError, StoreError
from lake.database import moment, stamp
from lake.ledger import stable_json


@dataclass(frozen=True, slots=True)
class Head:
    """The chain had entry ``seq`` with this ``hash`` as its last at that moment (UTC)."""

    seq: int
    hash: str
    at: datetime


def append_head(file: Path, head: Head) -> None:
    """Add one line, on the disk when this returns."""
    line = stable_json({"seq": head.seq, "hash": head.hash, "at": stamp(head.at)}) + "\n"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("ab") as out:
            out.write(line.encode())
            out.flush()
            os.fsync(out.fileno())
    except OSError as fault:
        raise StoreError(f"{file}: no head of the audit chain can be written: {fault}. Mount it") from fault


def read_heads(file: Path) -> tuple[Head, ...]:
    """Every head in the file, oldest first; none where there is no file yet."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    except (OSError, UnicodeDecodeError) as fault:
        raise IntegrityError(f"{file}: the heads of the audit chain cannot be read: {fault}") from fault
    return tuple(_head(file, number, line) for number, line in enumerate(lines, 1))


def last_head(file: Path) -> Head | None:
    """The newest head in the file."""
    heads = read_heads(file)
    return heads[-1] if heads else None


def _head(file: Path, number: int, line: str) -> Head:
    try:
        told = json.loads(line)
        return Head(int(told["seq"]), str(told["hash"]), moment(told["at"]))
    except (ValueError, KeyError, TypeError) as fault:
        raise IntegrityError(f"{file}:{number}: no head of an audit chain; restore the file") from fault
