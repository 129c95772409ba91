"""``neo4j-admin database import full``: its command line, and what a failure says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import CompletedProcess

from graph.errors import StoreError

BAD_ROWS_SHOWN = 20
_PLAIN_NAME = re.compile(r"[\w.-]+")


def import_arguments(
    database: str,
    nodes: Mapping[str, Sequence[Path]],
    relations: Mapping[str, Sequence[Path]],
    report: Path,
    *,
    array_delimiter: str,
    multiline: bool,
    off_heap: str,
    threads: int | None,
) -> list[str]:
    """The arguments of the import; ``report`` is where it writes each row it could not place.

    Bad rows are collected rather than fatal, because only the report names them; ``import_failure``
    then makes any one of them fail the import.
    """
    args = ["database", "import", "full", database, "--verbose", "--overwrite-destination=true"]
    args += ["--id-type=string", "--strict=true", f"--array-delimiter={array_delimiter}"]
    args += [f"--multiline-fields={str(multiline).lower()}", f"--max-off-heap-memory={off_heap}"]
    args += ["--skip-bad-relationships=true", "--skip-duplicate-nodes=true"]
    args += [f"--bad-tolerance={BAD_ROWS_SHOWN}", f"--report-file={report}"]
    if threads is not None:
        args.append(f"--threads={threads}")
    args += [f"--nodes={label}={_joined(files)}" for label, files in nodes.items()]
    args += [f"--relationships={kind}={_joined(files)}" for kind, files in relations.items()]
    return args


def import_failure(done: CompletedProcess[str], report: Path) -> str:
    """Why the import failed, in Neo4j's words and with the rows it names; empty if all went in."""
    rows = report.read_text(errors="replace").splitlines() if report.exists() else []
    if not done.returncode and not rows:
        return ""
    lines = done.stdout.splitlines()
    causes = [line.removeprefix("Caused by: ") for line in lines if line.startswith("Caused by: ")]
    said = causes[-1:] or [line for line in lines if line.strip()][-5:] if done.returncode else []
    return "\n".join(said + rows[:BAD_ROWS_SHOWN])


def _joined(files: Sequence[Path]) -> str:
    """Neo4j's file list. It splits at commas and reads a name as a pattern, so odd names are refused."""
    for file in files:
        if "," in str(file) or not _PLAIN_NAME.fullmatch(file.name):
            raise StoreError(
                f"Neo4j's import cannot be given the file {file}. "
                "Use letters, digits, '.', '_' and '-' in its name, and no comma in its folder."
            )
        if not file.is_file():
            raise StoreError(f"There is no file {file} to import. Write it before the import is called.")
    return ",".join(str(file.resolve()) for file in files)
