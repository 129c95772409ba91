"""Bounds of half-known intervals, and three-valued overlap (acceptance test O-05)."""

from __future__ import annotations

from itertools import product

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from values.dates import (
    DAY_MAX,
    DAY_MIN,
    MS_MAX,
    MS_MIN,
    Interval,
    event_bounds,
    interval,
    interval_bounds,
    overlap,
    parse_date,
    parse_date_column,
)
from values.intervals import OpenEnd

D = {text: parse_date(text).first for text in ("2019-03-05", "2019-03-01", "2019-03-31", "2019-06-10")}
STARTS = {"day": "2019-03-05", "month": "2019-03", "unknown": ""}
ENDS = {"day": "2019-06-10", "month": "2019-06", "unknown": ""}
PROBES = {
    "before": ("2019-03-02", "2019-03-03"),
    "inside": ("2019-04-01", "2019-04-30"),
    "late": ("2019-06-20",) * 2,
}

# Start known to the …, end known to the …: does it share a day with 2–3 March, with April, with 20 June?
TRUTH: dict[tuple[str, str], tuple[bool | None, bool | None, bool | None]] = {
    ("day", "day"): (False, True, False),
    ("day", "month"): (False, True, None),
    ("day", "unknown"): (False, None, None),
    ("month", "day"): (None, True, False),
    ("month", "month"): (None, True, None),
    ("month", "unknown"): (None, None, None),
    ("unknown", "day"): (None, None, False),
    ("unknown", "month"): (None, None, None),
    ("unknown", "unknown"): (None, None, None),
}


def made(start: str, end: str, open_end: OpenEnd = "unknown") -> Interval:
    return interval(parse_date(start), parse_date(end), open_end=open_end)


@pytest.mark.parametrize(("start", "end", "probe"), list(product(STARTS, ENDS, PROBES)))
def test_overlap_truth_table(start: str, end: str, probe: str) -> None:
    known = made(STARTS[start], ENDS[end])
    other = made(*PROBES[probe])
    expected = TRUTH[start, end][list(PROBES).index(probe)]
    assert overlap(known, other) is expected
    assert overlap(other, known) is expected


@pytest.mark.parametrize(
    ("start", "end", "open_end", "bounds"),
    [
        ("2019-03-05", "2019-06-10", "unknown", (D["2019-03-05"],) * 2 + (D["2019-06-10"],) * 2),
        ("2019-03", "", "open", (D["2019-03-01"], D["2019-03-31"], DAY_MAX, DAY_MAX)),
        ("2019-03", "", "unknown", (D["2019-03-01"], D["2019-03-31"], D["2019-03-01"], DAY_MAX)),
        ("2019-03", "至今", "unknown", (D["2019-03-01"], D["2019-03-31"], DAY_MAX, DAY_MAX)),
        ("2019-03", "2019-02-30", "open", (D["2019-03-01"], D["2019-03-31"], D["2019-03-01"], DAY_MAX)),
        ("", "2019-03", "unknown", (DAY_MIN, D["2019-03-31"], D["2019-03-01"], D["2019-03-31"])),
        ("", "", "unknown", (DAY_MIN, DAY_MAX, DAY_MIN, DAY_MAX)),
        ("", "", "open", (DAY_MIN, DAY_MAX, DAY_MAX, DAY_MAX)),
    ],
)
def test_bounds(start: str, end: str, open_end: OpenEnd, bounds: tuple[int, int, int, int]) -> None:
    assert made(start, end, open_end) == Interval(*bounds)


def test_a_month_within_a_year_surely_overlaps_it() -> None:
    assert overlap(made("2019-03", "2019-03"), made("2019-01-01", "2019-12-31")) is True
    assert overlap(made("2019-03", "2019-03"), made("2019-03-10", "2019-03-20")) is None
    assert overlap(made("2019-03-05", "", "open"), made("2024", "2025")) is True


DATES = ["", "2019", "2019-03", "2019-03-05", "2018-12-31", "2019-13", "至今", "2020-01"]


@given(
    st.lists(st.tuples(st.sampled_from(DATES), st.sampled_from(DATES), st.booleans()), max_size=20),
    st.sampled_from(["open", "unknown", "per row"]),
)
def test_column_form_equals_scalar_form(rows: list[tuple[str, str, bool]], open_end: str) -> None:
    starts, ends, opens = (list(part) for part in zip(*rows, strict=True)) if rows else ([], [], [])
    option = pa.array(opens, pa.bool_()) if open_end == "per row" else open_end
    start_column = parse_date_column(pa.array(starts, pa.string()))
    bounds = interval_bounds(start_column, parse_date_column(pa.array(ends, pa.string())), open_end=option)
    arrays = (bounds.from_min, bounds.from_max, bounds.to_min, bounds.to_max)
    assert all(a.type == pa.int32() and a.null_count == 0 for a in arrays)
    found = [Interval(*row) for row in zip(*(a.to_pylist() for a in arrays), strict=True)]
    words = [("open" if o else "unknown") if open_end == "per row" else open_end for o in opens]
    assert found == [made(s, e, w) for s, e, w in zip(starts, ends, words, strict=True)]  # type: ignore[arg-type]
    backwards = [i.to_max < i.from_min for i in found]
    assert [r == "order" for r in bounds.reasons.to_pylist()] == backwards


@st.composite
def small_intervals(draw: st.DrawFn) -> Interval:
    start = sorted(draw(st.tuples(st.integers(0, 6), st.integers(0, 6))))
    end = sorted(draw(st.tuples(st.integers(start[0], 8), st.integers(start[1], 8))))
    return Interval(start[0], start[1], end[0], end[1])


def worlds(a: Interval) -> list[tuple[int, int]]:
    """Every interval that the bounds allow."""
    starts, ends = range(a.from_min, a.from_max + 1), range(a.to_min, a.to_max + 1)
    return [(s, e) for s, e in product(starts, ends) if s <= e]


@given(small_intervals(), small_intervals())
def test_overlap_against_every_possible_world(a: Interval, b: Interval) -> None:
    answers = {x[0] <= y[1] and y[0] <= x[1] for x, y in product(worlds(a), worlds(b))}
    assert overlap(a, b) is (answers.pop() if len(answers) == 1 else None)


def test_events_have_no_null_among_the_integers() -> None:
    found = event_bounds(parse_date_column(pa.array(["2019-03-05", None, "x"])))
    assert found.first.to_pylist() == [D["2019-03-05"], DAY_MIN, DAY_MIN]
    assert found.last.to_pylist() == [D["2019-03-05"], DAY_MAX, DAY_MAX]
    assert found.ms_first.to_pylist()[1:] == [MS_MIN, MS_MIN]
    assert found.ms_last.to_pylist()[1:] == [MS_MAX, MS_MAX]
    assert found.reasons.to_pylist() == [None, None, "format"]
