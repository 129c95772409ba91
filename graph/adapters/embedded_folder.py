"""The folder of an embedded store: generations that never change, and a pointer to the one in force.

::

    folder/
      current.json          which generation, of which snapshot, with which hash
      writer.lock           held by the one process that writes
      000001/graph.lbug     the database, closed and complete
      000001/adjacency/     its arrays

A writer fills a new generation and swaps the pointer in one rename, so a crash leaves the store at the old
or at the
new snapshot, and readers, who hold their generation open, never see it change. (The engine takes no lock
on its file:
writing into one that others read would tear their pages.)
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias

from graph.errors import StoreError

Stamp: TypeAlias = tuple[int, int, int]
"""When the pointer was written, as what file, of what size; zeros before the first publish."""

_POINTER, _LOCK = "current.json", "writer.lock"


@dataclass(frozen=True, slots=True)
class Pointer:
    """The generation in force and what it holds."""

    generation: str
    snapshot: str
    graph_hash: str


class Folder:
    """Generations and pointer under ``path``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def stamp(self) -> Stamp:
        """Changes whenever the pointer is swapped; cheap enough for every read."""
        try:
            found = os.stat(self.path / _POINTER)
        except FileNotFoundError:
            return (0, 0, 0)
        return (found.st_mtime_ns, found.st_ino, found.st_size)

    def current(self) -> Pointer | None:
        """The pointer, None before the first publish. ``StoreError`` where it cannot be read."""
        try:
            return Pointer(**json.loads((self.path / _POINTER).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as fault:
            raise StoreError(
                f"{_POINTER} of the graph store cannot be read ({fault}); remove it and rebuild"
            ) from fault

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one writer. ``StoreError`` where another process is."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / _LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StoreError(
                    "another process is publishing into this graph store; wait for it to end"
                ) from None
            yield

    def new_generation(self) -> Path:
        """An empty folder for the next generation; what a crashed writer left is removed first."""
        self.clean()
        numbers = [int(p.name) for p in self.path.iterdir() if p.name.isdigit()]
        folder = self.path / f"{max(numbers, default=0) + 1:06d}"
        folder.mkdir()
        return folder

    def swap(self, generation: Path, snapshot: str, graph_hash: str) -> None:
        """Put a complete generation in force, durably, and remove the others."""
        for file in sorted(generation.rglob("*")):
            _flush(file)
        _flush(generation)
        pointer = self.path / f"{_POINTER}.new"
        text = json.dumps(asdict(Pointer(generation.name, snapshot, graph_hash)), ensure_ascii=False)
        pointer.write_text(text, encoding="utf-8")
        _flush(pointer)
        os.replace(pointer, self.path / _POINTER)
        _flush(self.path)
        self.clean()

    def clean(self) -> None:
        """Remove generations that are not in force; who reads them still holds their files open."""
        current = self.current()
        for old in self.path.iterdir():
            if old.name.isdigit() and (current is None or old.name != current.generation):
                shutil.rmtree(old)


def _flush(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
