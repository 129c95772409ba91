"""Arrow arrays of every make give the same cells."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from values.columns import as_strings, fixed_width, from_matrix
from values.registry import VALUE_TYPES

NUMBERS = ["13912345678", None, " 139 1234 5678", "13912345679"]
FORMS = ["+8613912345678", None, "+8613912345678", "+8613912345679"]


@pytest.mark.parametrize(
    "column",
    [
        pa.array(NUMBERS, pa.string()),
        pa.array(NUMBERS, pa.large_string()),
        pa.array(NUMBERS, pa.string_view()),
        pa.array(NUMBERS, pa.string()).dictionary_encode(),
        pa.chunked_array([NUMBERS[:1], NUMBERS[1:]], pa.string()),
        pa.array(["x", *NUMBERS, "x"], pa.string()).slice(1, 4),
    ],
    ids=["string", "large", "view", "dictionary", "chunked", "slice"],
)
def test_any_kind_of_string_array(column: pa.Array) -> None:
    parsed = VALUE_TYPES["phone"].parse_column(column)
    assert parsed.values.to_pylist() == FORMS
    assert parsed.status.to_pylist() == ["valid", None, "valid", "valid"]


def test_numbers_read_as_a_spreadsheet_shows_them() -> None:
    assert as_strings(pa.array([13912345678.0, 2.5, None, 1e20])).to_pylist() == [
        "13912345678",
        "2.5",
        None,
        "100000000000000000000",
    ]
    assert as_strings(pa.array([7, None])).to_pylist() == ["7", None]
    assert as_strings(pa.array([float("nan"), float("inf")])).to_pylist() == ["nan", "inf"]


def test_fixed_width_sees_bytes_of_a_slice() -> None:
    strings = pa.array(["abc", "12345", "xyz", "张", None, "pq"]).slice(1)
    rows, matrix = fixed_width(strings, 3)
    assert rows.tolist() == [False, True, True, False, False]
    assert from_matrix(matrix).to_pylist() == ["xyz", "张"]
    rows, matrix = fixed_width(pa.array(["", ""]), 4)
    assert matrix.shape == (0, 4)
    assert not rows.any()


def test_status_compares_with_a_plain_string() -> None:
    parsed = VALUE_TYPES["sex"].parse_column(pa.array(["男", "?", None]))
    assert pc.equal(parsed.status, "valid").to_pylist() == [True, False, None]
    assert parsed.reasons.to_pylist() == [None, "value", None]
