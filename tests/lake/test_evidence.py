"""From a record id to the row of the file: several batches, retracted ones, rows that are gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from entity_resolution.resolve import resolve
from graph.errors import IntegrityError
from graph.store import no_progress
from lake import evidence
from lake.lake import Lake
from lake.names import find_named
from tests.lake.records import add_batch, key, open_lake


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    found = open_lake(tmp_path)
    yield found
    found.ledger.close()


def run(lake: Lake) -> None:
    with lake.writing():
        resolve(lake, b"k" * 32, no_progress)


def firms(*names: str) -> dict[str, list[dict[str, str]]]:
    return {"Organisation": [{"unit": name, "name": name} for name in names]}


def test_each_record_leads_to_its_own_row(lake: Lake) -> None:
    batches = [add_batch(lake, name, firms(f"{name}甲", f"{name}乙", f"{name}丙")) for name in ("one", "two")]
    run(lake)
    ids = [key(f"{b.info.sha256}/{row}") for b in batches for row in (2, 4)]
    found = evidence.evidence(lake, ids)
    assert [(e.file, e.row, e.cells) for e in found] == [
        ("one.csv", 2, {"unit": "one甲"}), ("one.csv", 4, {"unit": "one丙"}),
        ("two.csv", 2, {"unit": "two甲"}), ("two.csv", 4, {"unit": "two丙"}),
    ]  # fmt: skip
    assert {e.record_id for e in found} == set(ids)
    assert len(evidence.evidence(lake, ids, limit=1)) == 1
    assert evidence.evidence(lake, ["0" * 32]) == ()


def test_a_lost_row_is_an_error_that_says_what_to_do(lake: Lake) -> None:
    batch = add_batch(lake, "one", firms("甲", "乙"))
    run(lake)
    file = lake.batch_folder(batch.info.id) / "rows.parquet"
    pq.write_table(pq.read_table(file).slice(0, 1), file)
    with pytest.raises(IntegrityError, match=r"lacks row 3 of one\.csv"):
        evidence.evidence(lake, [key(f"{batch.info.sha256}/3")])


def test_values_with_history_and_the_records_behind_each(lake: Lake) -> None:
    add_batch(
        lake, "one", {"Organisation": [{"unit": "x", "name": "新名", "uscc": "C1", "source_grade": "A1"}]}
    )
    add_batch(
        lake, "two", {"Organisation": [{"unit": "y", "name": "旧名", "uscc": "C1", "source_grade": "B2"}]}
    )
    run(lake)
    (entity,) = (n.id for n in find_named(lake, lake.schema, "C1"))
    said = [(s.property, s.value, s.golden, len(s.record_ids)) for s in evidence.stated(lake, entity)]
    assert said == [("name", "新名", True, 1), ("name", "旧名", False, 1), ("uscc", "C1", True, 2)]
    assert evidence.stated(lake, "O-AAAAAAAAAAAAAAAA") == ()
