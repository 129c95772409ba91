"""The arrays hold the graph, in order, and refuse one that does not hold together."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graph.adjacency import EVER, Adjacency, fixed_bytes
from graph.errors import IntegrityError, StoreError
from tests.contracts.graphs import OPEN, SCHEMA, Graph, random_graph, town


@pytest.fixture(params=["town", "random"])
def graph(request: pytest.FixtureRequest) -> Graph:
    return town() if request.param == "town" else random_graph(3, 40, 300)


@pytest.fixture
def built(graph: Graph, tmp_path: Path) -> Adjacency:
    return Adjacency.build(SCHEMA, graph.write(tmp_path, "s").files)


def test_entities_and_relations_stand_by_id(graph: Graph, built: Adjacency) -> None:
    entities, relations = graph.entities(), graph.relations()
    assert built.node_names(np.arange(len(entities), dtype=np.int32)) == sorted(entities)
    assert built.relation_names(np.arange(len(relations), dtype=np.int32)) == sorted(relations)
    for number, name in enumerate(sorted(relations)):
        row = relations[name]
        assert built.kinds[built.relation_kind[number]] == row["kind"]
        assert built.relation_public[number] == (row["grade"] == "G1")
        ends = built.node_names(np.array([built.source[number], built.target[number]]))
        assert ends == [row["from_id"], row["to_id"]]
        begins = [row[n] for n in ("validFromMin", "atMin") if row.get(n) is not None]
        assert built.first[number] == max(begins, default=EVER.min)
        assert built.last[number] == (EVER.max if row.get("validToMax") is None else row["validToMax"])
    for number, name in enumerate(sorted(entities)):
        assert built.kinds[built.node_kind[number]] == entities[name]["kind"]
        assert built.node_public[number] == (entities[name]["grade"] == "G1")


def test_entries_of_an_entity(graph: Graph, built: Adjacency) -> None:
    for number, name in enumerate(sorted(graph.entities())):
        places = built.entries(np.array([number], dtype=np.int32))
        found = built.relation_names(built.relation[places])
        assert found == sorted(
            r["id"] for r in graph.relations().values() if name in (r["from_id"], r["to_id"])
        )
        for place in places:
            ends = {int(built.source[built.relation[place]]), int(built.target[built.relation[place]])}
            assert ends == {number, int(built.neighbour[place])}


def test_entries_of_several_and_of_none(built: Adjacency) -> None:
    nodes = np.array([3, 0, 5], dtype=np.int32)
    each = np.concatenate([np.arange(built.pointer[n], built.pointer[n + 1]) for n in nodes])
    assert built.entries(nodes).tolist() == each.tolist()
    assert built.entries(np.array([], dtype=np.int32)).tolist() == []


def test_written_and_mapped_it_is_the_same(built: Adjacency, tmp_path: Path) -> None:
    built.write(tmp_path / "arrays")
    mapped = Adjacency.open(tmp_path / "arrays")
    shutil.rmtree(tmp_path / "arrays")  # who has it open keeps it
    for name in (
        "node_ids",
        "relation_ids",
        "pointer",
        "neighbour",
        "relation",
        "first",
        "last",
        "source",
        "target",
    ):
        assert (getattr(mapped, name) == getattr(built, name)).all()
    assert mapped.counts() == built.counts()


def test_counts(graph: Graph, built: Adjacency) -> None:
    assert built.counts() == {kind: len(graph.rows.get(kind, ())) for kind in SCHEMA.kinds}


def test_unknown_ids_are_left_out(built: Adjacency) -> None:
    known = built.node_names(np.array([2], dtype=np.int32))
    odd = ["", "P-NOBODY", "Z" * 500, "𠮷", "\x00", known[0] + "\x00", known[0][:-1]]
    assert built.nodes([*odd, *known, *known]).tolist() == [2]
    assert built.relations(odd).tolist() == []


def test_nothing_at_all() -> None:
    empty = Adjacency.build(SCHEMA, {})
    assert (len(empty.node_ids), empty.pointer.tolist(), empty.nodes(["P-A"]).tolist()) == (0, [0], [])


def test_an_id_stands_once(tmp_path: Path) -> None:
    g = town()
    g.add("Person", "P-A")
    with pytest.raises(IntegrityError, match="entity id 'P-A' stands twice"):
        Adjacency.build(SCHEMA, g.write(tmp_path, "s").files)
    g.remove("P-A")
    g.add("Person", "P-A")
    g.add("PAYS", "R01-1", from_id="P-A", to_id="P-B")
    with pytest.raises(IntegrityError, match="relation id 'R01-1' stands twice"):
        Adjacency.build(SCHEMA, g.write(tmp_path, "t").files)


def test_an_end_must_be_there(tmp_path: Path) -> None:
    g = town()
    g.add("KIN", "R01-X", from_id="P-A", to_id="P-NOBODY")
    with pytest.raises(IntegrityError, match="P-NOBODY"):
        Adjacency.build(SCHEMA, g.write(tmp_path, "s").files)


def test_days_beyond_the_arrays_are_the_last(tmp_path: Path) -> None:
    g = Graph()
    g.add("Person", "P-A")
    g.add("KIN", "R01-1", from_id="P-A", to_id="P-A", validFromMin=-(2**40), validToMax=2**40)
    built = Adjacency.build(SCHEMA, g.write(tmp_path, "s").files)
    assert (built.first[0], built.last[0]) == (EVER.min, EVER.max)
    assert EVER.max > OPEN


def test_a_torn_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "kinds.json").write_text("[]")
    with pytest.raises(StoreError, match="rebuild"):
        Adjacency.open(tmp_path)


def test_tables_in_memory_do_as_well(graph: Graph, built: Adjacency, tmp_path: Path) -> None:
    files = graph.write(tmp_path, "again").files
    same = Adjacency.build(SCHEMA, {kind: pq.read_table(file) for kind, file in files.items()})
    assert (same.relation == built.relation).all()
    assert (same.pointer == built.pointer).all()


@pytest.mark.parametrize("texts", [[], ["a"], ["ab", "cd"], ["a", "", "abc", "é😀"], ["same", "long"]])
def test_fixed_bytes(texts: list[str]) -> None:
    array = pa.array(["skipped", *texts], pa.string()).slice(1)
    assert fixed_bytes(array).tolist() == [t.encode() for t in texts]


@pytest.mark.parametrize("seed", range(4))
def test_order_of_ids_of_any_shape(seed: int, tmp_path: Path) -> None:
    """Long common beginnings and different lengths: what the packed numbers cannot tell apart."""
    rng = np.random.default_rng(seed)
    names = {"P-" + "x" * int(rng.integers(0, 30)) + str(rng.integers(0, 10**6)) for _ in range(300)}
    g = Graph(
        {
            "Person": [
                {"id": n, "kind": "Person", "grade": "G2"} for n in rng.permutation(sorted(names)).tolist()
            ]
        }
    )
    built = Adjacency.build(SCHEMA, g.write(tmp_path, "s").files)
    assert built.node_names(np.arange(len(names), dtype=np.int32)) == sorted(names)
