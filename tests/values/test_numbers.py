"""Plain numbers, per cents, yes and no."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from values import numbers
from values.numbers import Number
from values.parsed import Reason


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("24", Number(24)),
        ("1,234", Number(1234)),
        ("２４.0", Number(24)),
        ("-7", Number(-7)),
        ("1.5", Number(None, Reason.PRECISION)),
        ("9" * 19, Number(None, Reason.RANGE)),
        ("x", Number(None, Reason.NUMBER)),
        ("", Number(None, Reason.EMPTY)),
    ],
)
def test_integer(cell: str, found: Number) -> None:
    assert numbers.parse_integer(cell) == found


@pytest.mark.parametrize(
    ("cell", "unit", "value"),
    [
        ("51%", "percent", 51.0),
        ("51", "percent", 51.0),
        ("0.57", "fraction", 57.0),  # 0.57 * 100 as floats is not 57
        ("51 %", "fraction", 51.0),
        ("５１．５％", "percent", 51.5),
    ],
)
def test_percent(cell: str, unit: numbers.PercentUnit, value: float) -> None:
    assert numbers.parse_percent(cell, unit) == Number(value)
    assert numbers.parse_percent_column(pa.array([cell]), unit).values.to_pylist() == [value]


def test_boolean() -> None:
    column = numbers.parse_boolean_column(pa.array(["是", "N", None, "maybe", "TRUE", " 无 "]))
    assert column.values.to_pylist() == [True, False, None, None, True, False]
    assert column.reasons.to_pylist() == [None, None, None, "value", None, None]


CELLS = (
    st.none()
    | st.text("0123456789.,-+eE% ９x", max_size=12)
    | st.integers().map(str)
    | st.floats(0, 1).map(repr)
)


@given(st.lists(CELLS, max_size=15))
def test_column_form_equals_scalar_form(column: list[str | None]) -> None:
    pairs = [
        (numbers.parse_integer_column, numbers.parse_integer),
        (numbers.parse_float_column, numbers.parse_float),
        (numbers.parse_percent_column, numbers.parse_percent),
        (numbers.parse_boolean_column, numbers.parse_boolean),
    ]
    for whole, one in pairs:
        found = whole(pa.array(column, pa.string()))
        single = [one(cell or "") for cell in column]
        assert found.values.to_pylist() == [n.value for n in single]
        assert found.reasons.to_pylist() == [
            None if n.reason in ("", Reason.EMPTY) else str(n.reason) for n in single
        ]
