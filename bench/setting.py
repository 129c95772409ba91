"""How large the bench runs, and where its data lies: made once, kept between runs, the same on every machine."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import graphs, import_file
from graph import hash as graph_hashing
from graph.model import TableSet
from graph.schema import SCHEMA_FILE

SEED = 20190305


@dataclass(frozen=True, slots=True)
class Setting:
    """``folder``: where data is kept. ``divisor``: of every size. ``neo4j``: measure it beside the embedded store."""

    folder: Path
    divisor: int = 1
    neo4j: bool = True

    def size(self, full: int, least: int = 1) -> int:
        """A size at this setting."""
        return max(full // self.divisor, min(full, least))

    def rounds(self, full: int) -> int:
        """How often a measure is repeated: small sizes only show that it runs."""
        return full if self.divisor == 1 else 1

    def graph(self, nodes: int, relations: int) -> TableSet:
        """A random graph of these full sizes, scaled."""
        nodes, relations = self.size(nodes), self.size(relations)
        folder = (
            self.folder
            / f"graph-{nodes}-{relations}-{_made_by(Path(graphs.__file__), Path(graph_hashing.__file__), SCHEMA_FILE)}"
        )
        told = folder / "tables.json"
        if not told.exists():
            shutil.rmtree(folder, ignore_errors=True)
            made = graphs.make_tables(folder, nodes, relations, SEED)
            names = {kind: file.name for kind, file in made.files.items()}
            told.write_text(json.dumps({"id": made.id, "graph_hash": made.graph_hash, "files": names}))
        kept = json.loads(told.read_text())
        files = {kind: folder / name for kind, name in kept["files"].items()}
        return TableSet(id=kept["id"], graph_hash=kept["graph_hash"], files=files)

    def rows(self, full: int) -> Path:
        """The CSV file of ``import_file`` with this many rows, scaled."""
        rows = self.size(full)
        file = self.folder / f"posts-{rows}-{_made_by(Path(import_file.__file__))}.csv"
        if not file.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            import_file.write_file(file, rows)
        return file

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder that is gone afterwards, on the disk where the data lies."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder, prefix="scratch-") as folder:
            yield Path(folder)


def _made_by(*files: Path) -> str:
    """Data made by other code is other data."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:8]
