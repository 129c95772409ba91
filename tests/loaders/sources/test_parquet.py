"""Parquet: typed columns become text, the first record is row 1."""

from __future__ import annotations

import gzip
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graph.errors import SourceError
from tests.loaders.making import opened, rows


def test_values_become_text(tmp_path: Path) -> None:
    table = pa.table(
        {
            "n": [1.0, 2.5],
            "d": [date(2019, 3, 5), None],
            "t": [datetime(2019, 3, 5, 14, 3), datetime(2019, 3, 5, 14, 3, 7, 500_000)],
            "s": pa.array(["a", "b"]).dictionary_encode(),
            "b": [True, False],
        }
    )
    file = tmp_path / "a.parquet"
    pq.write_table(table, file)
    expected = [
        (1, 0, "1", "2019-03-05", "2019-03-05 14:03:00", "a", "true"),
        (2, 0, "2.5", None, "2019-03-05 14:03:07.500000", "b", "false"),
    ]
    assert rows(opened(file)) == expected
    packed = tmp_path / "a.parquet.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    assert rows(opened(packed)) == expected


def test_nested_columns_are_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    pq.write_table(pa.table({"xs": [[1, 2]]}), file)
    with pytest.raises(SourceError, match=r"\[xs\]"):
        opened(file)
