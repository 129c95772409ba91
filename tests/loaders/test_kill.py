"""An import killed at any moment leaves the lake as before or as after; the next one finishes the work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lake.lake import Lake
from tests.lake.records import open_lake
from tests.loaders.killed import MOMENTS
from tests.loaders.making import load, mapping, records, write

ROOT = Path(__file__).resolve().parents[2]
OLD = "entities: {p: {kind: Person, key: [a], properties: {name: a}}}\ndrop: [b]\n"
NEW = "entities: {p: {kind: Person, key: [a], properties: {name: b}}}\n"


def state(lake: Lake) -> tuple[list[str], int, bool]:
    """Mapping of each batch in force, number of people, and whether they carry the new names."""
    people = records(lake, "Person", "name")
    return (
        [b.info.mapping for b in lake.batches()],
        len(people),
        bool(people) and people[0][0].startswith("new"),
    )


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_while_replacing_a_batch(tmp_path: Path, moment: str) -> None:
    lake = open_lake(tmp_path)
    lines = "".join(f"old{n},new{n}\n" for n in range(5000))
    file = write(tmp_path, "a.csv", "a,b\n" + lines)
    load(lake, file, mapping(tmp_path, OLD, "old"))
    new = mapping(tmp_path, NEW, "new")
    before, after = (["old 1.0.0"], 5000, False), (["new 1.0.0"], 5000, True)
    assert state(lake) == before

    command = [
        sys.executable,
        "-m",
        "tests.loaders.killed",
        str(tmp_path),
        str(file),
        str(tmp_path / "new.yaml"),
        moment,
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n", "the import never came to this moment"
        os.kill(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL

    assert state(lake) == (after if moment == "committed" else before)
    with lake.writing():
        folders = {path.name for path in (lake.folder / "standard").iterdir()}
        assert folders == {batch.info.id for batch in lake.batches(retracted=True)}, "what it left is swept"
        assert not (lake.folder / "tmp").exists()
    report = load(lake, file, new, replace=True)
    assert report.unchanged == (moment == "committed")
    assert state(lake) == after
