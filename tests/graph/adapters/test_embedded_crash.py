"""A writer killed at any moment leaves the store at the old or at the new snapshot, whole."""

from __future__ import annotations

import pickle
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from graph.adapters.embedded import EmbeddedStore
from graph.model import TableSet
from tests.contracts.graphs import SCHEMA, Graph, difference, random_graph, town

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    filler = random_graph(7, 300, 1500)
    one = Graph({k: [*town().rows.get(k, ()), *filler.rows.get(k, ())] for k in SCHEMA.kinds})
    two = one.copy()
    two.remove("P-D", "R01-2", "R17-2")
    two.change("P-A", name="new")
    two.add("KIN", "R01-9", from_id="P-A", to_id="P-C")
    first, second = one.write(folder, "one"), two.write(folder, "two")
    forth, back = difference(one, two, folder / "forth", "one"), difference(two, one, folder / "back", "two")
    (folder / "one.pickle").write_bytes(pickle.dumps((first, forth)))
    (folder / "two.pickle").write_bytes(pickle.dumps((second, back)))
    return folder


@pytest.fixture
def store_folder(tables: Path, tmp_path: Path) -> Path:
    store = EmbeddedStore.open(tmp_path / "graph", SCHEMA, buffer_pool_bytes=1 << 28)
    store.rebuild(pickle.loads((tables / "one.pickle").read_bytes())[0])
    store.close()
    return tmp_path / "graph"


def killed_writer(folder: Path, tables: Path, lines: int, delay: float) -> None:
    """Start a writer, let it say ``lines`` lines, wait ``delay`` seconds, kill it."""
    command = [sys.executable, "-m", "tests.graph.adapters.embedded_writer", str(folder), str(tables)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(lines):
            assert writer.stdout.readline(), "the writer ended by itself"
        time.sleep(delay)
        writer.kill()


def test_killed_at_random_moments(store_folder: Path, tables: Path) -> None:
    sets: list[TableSet] = [pickle.loads((tables / f"{n}.pickle").read_bytes())[0] for n in ("one", "two")]
    hashes = {s.id: s.graph_hash for s in sets}
    rng, seen = random.Random(1), set[str]()
    for _ in range(5):
        killed_writer(store_folder, tables, rng.randrange(1, 70), rng.random() * 0.1)
        store = EmbeddedStore.open(store_folder, SCHEMA, buffer_pool_bytes=1 << 28)
        held = store.snapshot(verify=True)
        assert held.graph_hash == hashes[held.id]
        assert store.snapshot() == held
        store.close()
        seen.add(held.id)
    assert seen <= {"one", "two"}


def test_after_a_crash_the_next_writer_goes_on(store_folder: Path, tables: Path) -> None:
    first, forth = pickle.loads((tables / "one.pickle").read_bytes())
    second, _ = pickle.loads((tables / "two.pickle").read_bytes())
    killed_writer(store_folder, tables, 3, 0.0)
    store = EmbeddedStore.open(store_folder, SCHEMA, buffer_pool_bytes=1 << 28)
    if store.snapshot().id != "one":
        store.rebuild(first)
    store.publish(second, forth)
    assert store.snapshot(verify=True).graph_hash == second.graph_hash
    assert sorted(p.name for p in store_folder.iterdir() if p.is_dir()) == [_generation(store_folder)]
    store.close()


def _generation(folder: Path) -> str:
    return max((p.name for p in folder.iterdir() if p.name.isdigit()), key=int)
