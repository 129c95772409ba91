"""Day arithmetic and local time against the standard library."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from values import calendar_days as cal
from values.errors import MappingError


def test_ends_of_the_calendar() -> None:
    assert cal.day_of(cal.DAY_MIN) == date.min
    assert cal.day_of(cal.DAY_MAX) == date.max
    assert cal.DAY_MAX < 2**31
    assert cal.day_number(date(1970, 1, 1)) == 0


@given(st.lists(st.tuples(st.integers(-5, 10005), st.integers(-1, 14), st.integers(-1, 33)), min_size=1))
def test_real_days_and_their_numbers(triples: list[tuple[int, int, int]]) -> None:
    year, month, day = (np.array(part, dtype=np.int64) for part in zip(*triples, strict=True))
    real = cal.real_days(year, month, day)
    numbers = cal.day_numbers(year[real], month[real], day[real]).tolist()
    expected = []
    for triple, found in zip(triples, real.tolist(), strict=True):
        try:
            expected.append(cal.day_number(date(*triple)))
            assert found
        except ValueError:
            assert not found
    assert numbers == expected


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "UTC", "America/New_York", "Asia/Kolkata"])
@given(st.lists(st.datetimes(datetime(1890, 1, 1), datetime(2040, 1, 1)), min_size=1, max_size=30))
def test_local_offsets(zone: str, moments: list[datetime]) -> None:
    place = cal.zone_named(zone)
    days = np.array([cal.day_number(m.date()) for m in moments], dtype=np.int64)
    in_day = np.array(
        [(m - datetime.combine(m.date(), datetime.min.time())) // timedelta(milliseconds=1) for m in moments]
    )
    found = cal.local_offsets(place, days, in_day).tolist()
    expected = [
        round((m.replace(tzinfo=place).utcoffset() or timedelta()).total_seconds() * 1000) for m in moments
    ]
    assert found == expected


def test_hours_before_and_after_a_clock_change() -> None:
    zone = cal.zone_named("Asia/Shanghai")  # the clock went back at 2:00 on 1991-09-15
    days = np.full(2, cal.day_number(date(1991, 9, 15)), dtype=np.int64)
    hours = np.array([0, 12], dtype=np.int64) * 3_600_000
    assert cal.local_offsets(zone, days, hours).tolist() == [9 * 3_600_000, 8 * 3_600_000]


def test_day_of_a_clock_change_is_as_long_as_it_was() -> None:
    zone = cal.zone_named("Asia/Shanghai")  # summer time began on 1986-05-04
    number = cal.day_number(date(1986, 5, 4))
    start, end = cal.day_bounds_ms(zone, number, number)
    assert end - start + 1 == 23 * 3_600_000
    assert datetime.fromtimestamp(start / 1000, UTC) == datetime(1986, 5, 3, 16, tzinfo=UTC)


def test_unknown_zone_is_a_mapping_error() -> None:
    with pytest.raises(MappingError, match="Mars/Base"):
        cal.zone_named("Mars/Base")
