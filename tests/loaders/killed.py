"""An import in a process of its own that stops at a named moment and waits to be killed.

``python -m tests.loaders.killed FOLDER FILE MAPPING MOMENT``. It prints ``here`` at the moment.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lake.lake
from lake.batches import BatchWriter
from lake.lake import Lake
from lake.ledger import Ledger
from loaders.mapping import read_mapping
from loaders.sources import delimited
from tests.lake.records import open_lake
from tests.loaders.making import load

MOMENTS = ("first chunk", "last chunk", "before raw", "after raw", "sealed", "placed", "committed")


def stop() -> None:
    """Say that the moment has come, and wait."""
    print("here", flush=True)
    time.sleep(600)


def stopping(call: Callable[..., Any], *, before: bool) -> Callable[..., Any]:
    """``call`` that stops before or after its work."""

    def run(*args: Any, **options: Any) -> Any:
        if before:
            stop()
        result = call(*args, **options)
        stop()
        return result

    return run


def main(folder: Path, file: Path, mapping: Path, moment: str) -> None:
    """Import, and stop at ``moment``."""
    delimited.BLOCK = 1 << 14
    chunks = 0

    def progress(done: int, total: int, stage: str) -> None:
        nonlocal chunks
        chunks += 1
        if (moment == "first chunk" and chunks == 1) or (moment == "last chunk" and done == total):
            stop()

    patches: dict[str, tuple[Any, str, bool]] = {
        "before raw": (Lake, "keep_raw", True),
        "after raw": (Lake, "keep_raw", False),
        "sealed": (BatchWriter, "seal", False),
        "placed": (lake.lake, "place", False),
        "committed": (Ledger, "append_many", False),
    }
    if moment in patches:
        owner, name, before = patches[moment]
        setattr(owner, name, stopping(getattr(owner, name), before=before))
    opened = open_lake(folder)
    load(
        opened, file, read_mapping(mapping, opened.schema, opened.registers), replace=True, progress=progress
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
