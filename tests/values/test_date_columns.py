"""Columns of dates say the same as single dates."""

from __future__ import annotations

from datetime import date, datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from values.dates import DateColumn, empty_date_column, parse_date, parse_date_column
from values.parsed import Reason

EXAMPLES = [
    "2019-03-05",
    "2019/03/05",
    "2019.03.05",
    "20190305",
    "2019-03-05 14:03:22",
    "1986-05-04T02:30:00",
    "1991-09-15 01:30:00",
    "2019-03-05 00:00:00",
    "2019",
    "2019-03",
    "2019年3月",
    "201903",
    "至今",
    "9999-12-31",
    "9998-12-31",
    "0001-01-01",
    "1551765802123",
    "43529",
]


@st.composite
def cells(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(EXAMPLES))
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(text)))
        taken = draw(st.integers(0, 1))
        text = text[:place] + draw(st.sampled_from(["", *"0123459-/.: T年５z\x00"])) + text[place + taken :]
    return text


def rows(column: DateColumn) -> list[tuple[object, ...]]:
    names = ("text", "first", "last", "ms_first", "ms_last", "reasons")
    return list(zip(*(getattr(column, name).to_pylist() for name in names), strict=True))


def expected(cell: str | None, **options: object) -> tuple[object, ...]:
    found = parse_date(cell, **options) if cell is not None else None  # type: ignore[arg-type]
    if found is None or found.reason == Reason.EMPTY:
        return (None,) * 6
    if found.reason:
        return (None,) * 5 + (str(found.reason),)
    return found.text, found.first, found.last, found.ms_first, found.ms_last, None


@pytest.mark.parametrize(
    "options",
    [{}, {"zone": "America/New_York"}, {"formats": ("epoch_ms", "%Y-%d-%m")}, {"excel": True}],
    ids=["plain", "zone", "formats", "excel"],
)
@given(column=st.lists(st.none() | cells(), max_size=15))
@settings(max_examples=200, deadline=None)
def test_column_form_equals_scalar_form(options: dict[str, object], column: list[str | None]) -> None:
    parsed = parse_date_column(pa.array(column, pa.string()), **options)  # type: ignore[arg-type]
    assert rows(parsed) == [expected(cell, **options) for cell in column]


def test_types_and_chunks() -> None:
    parsed = parse_date_column(pa.chunked_array([["2019"], [None, "x"]]))
    assert (parsed.first.type, parsed.ms_first.type) == (pa.int32(), pa.int64())
    assert parsed.reasons.to_pylist() == [None, None, "format"]


def test_date_and_time_columns_of_a_typed_file() -> None:
    days = parse_date_column(pa.array([date(2019, 3, 5), None]))
    assert days.text.to_pylist() == ["2019-03-05", None]
    times = parse_date_column(
        pa.array([datetime(2019, 3, 5, 14, 3, 22), datetime(2019, 3, 5)], pa.timestamp("us"))
    )
    assert times.text.to_pylist() == ["2019-03-05T14:03:22.000", "2019-03-05"]


def test_column_that_is_not_there() -> None:
    assert rows(empty_date_column(2)) == [(None,) * 6] * 2
