"""Columns of written dates to five Arrow arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from values import calendar_days as cal
from values.calendar_days import HOME_ZONE, MS_DAY, Ints
from values.checks import digits_ok
from values.columns import (
    Bools,
    Bytes,
    as_strings,
    fixed_width,
    from_matrix,
    narrowed,
    per_distinct,
    present,
    scatter,
    spread_reasons,
)
from values.date_text import PartialDate, check_formats, parse_date

_DASH = ord("-")


@dataclass(frozen=True, slots=True)
class DateColumn:
    """A parsed column of dates; six arrays as long as the column that came in.

    ``text`` string as known; ``first``, ``last`` int32 day numbers; ``ms_first``, ``ms_last`` int64
    milliseconds UTC: all null where nothing is known. ``reasons`` string `Reason` codes, null where the
    date was read and where the cell was empty; ``open`` stands where the cell says "until now".
    """

    text: pa.Array
    first: pa.Array
    last: pa.Array
    ms_first: pa.Array
    ms_last: pa.Array
    reasons: pa.Array


class _Draft:
    """A column of dates while it is read: a row is settled once its ``first`` is filled."""

    def __init__(self, strings: pa.Array, zone: ZoneInfo) -> None:
        size = len(strings)
        self.strings, self.text, self.zone = strings, strings, zone
        self.settled: Bools = np.zeros(size, dtype=np.bool_)
        self.first, self.last = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
        self.ms_first, self.ms_last = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)

    def days(self, rows: Bools, first: Ints, last: Ints, text: pa.Array | None) -> None:
        """Settle rows that know days only."""
        start = first * MS_DAY - cal.midnight_offsets(self.zone, first)
        end = (last + 1) * MS_DAY - cal.midnight_offsets(self.zone, last + 1) - 1
        self.moments(rows, first, last, start, end, text)

    def moments(
        self, rows: Bools, first: Ints, last: Ints, start: Ints, end: Ints, text: pa.Array | None
    ) -> None:
        """Settle rows with their days and milliseconds."""
        if not rows.any():
            return
        self.settled |= rows
        self.first[rows], self.last[rows] = first, last
        self.ms_first[rows], self.ms_last[rows] = start, end
        if text is not None:
            self.text = scatter(self.text, rows, text)

    def finish(self, known: Bools, reasons: pa.Array) -> DateColumn:
        """The column as Arrow arrays, null where not ``known``."""
        mask = None if known.all() else ~known
        first, last = (pa.array(a.astype(np.int32), mask=mask) for a in (self.first, self.last))
        ms_first, ms_last = (pa.array(a, mask=mask) for a in (self.ms_first, self.ms_last))
        return DateColumn(self.text, first, last, ms_first, ms_last, reasons)


def parse_date_column(
    column: pa.Array | pa.ChunkedArray,
    *,
    formats: Sequence[str] = (),
    zone: str = HOME_ZONE,
    excel: bool = False,
) -> DateColumn:
    """`parse_date` for a whole column: well-formed numeric dates as arrays, the rest per distinct value."""
    check_formats(tuple(formats))
    draft = _Draft(as_strings(column), cal.zone_named(zone))
    if not formats:  # a format may read the same digits otherwise, so it goes first
        _read_full_days(draft)
        _read_moments(draft)
        _read_parts(draft)
    rest = present(draft.strings) & ~draft.settled
    if not rest.any():
        return draft.finish(draft.settled, pa.nulls(len(rest), pa.string()))

    def read(text: str) -> PartialDate:
        return parse_date(text, formats, zone=zone, excel=excel)

    found, index = per_distinct(draft.strings.filter(pa.array(rest)), read)
    return _with_rest(draft, rest, found, index)


def empty_date_column(size: int) -> DateColumn:
    """A column in which nothing is known, for a mapping that has no such column."""
    text, days, times = pa.nulls(size, pa.string()), pa.nulls(size, pa.int32()), pa.nulls(size, pa.int64())
    return DateColumn(text, days, days, times, times, text)


def _with_rest(draft: _Draft, rest: Bools, found: list[PartialDate], index: np.ndarray) -> DateColumn:
    table = np.array([(d.first, d.last, d.ms_first, d.ms_last) for d in found], dtype=np.int64)[index]
    texts = pa.array([d.text or None for d in found], pa.string()).take(pa.array(index))
    draft.moments(rest, table[:, 0], table[:, 1], table[:, 2], table[:, 3], texts)
    reasons = spread_reasons([d.reason for d in found], index, rest)
    known = draft.settled
    known[rest] = np.array([not d.reason for d in found], dtype=np.bool_)[index]
    return draft.finish(known, reasons)


def _number(matrix: Bytes, start: int, stop: int) -> Ints:
    total = np.zeros(len(matrix), dtype=np.int64)
    for place in range(start, stop):
        total = total * 10 + (matrix[:, place].astype(np.int64) - 48)
    return total


def _read_full_days(draft: _Draft) -> None:
    """2019-03-05, 2019/03/05, 2019.03.05, 20190305."""
    for width, places in ((10, (0, 4, 5, 7, 8, 10)), (8, (0, 4, 4, 6, 6, 8))):
        rows, matrix = fixed_width(draft.strings, width)
        good, days = _days_at(matrix, places)
        text = None
        if width == 8 or not (matrix[good][:, 4] == _DASH).all():
            text = from_matrix(_iso_days(matrix[good], places))
        draft.days(narrowed(rows, good), days, days, text)


def _days_at(matrix: Bytes, places: tuple[int, ...]) -> tuple[Bools, Ints]:
    """Which rows hold a real day at these places, and the day numbers of those rows."""
    digits = [i for a, b in zip(places[::2], places[1::2], strict=True) for i in range(a, b)]
    good = digits_ok(matrix[:, digits])
    if places[1] != places[2]:
        mark = matrix[:, places[1]]
        good &= ((mark == _DASH) | (mark == ord("/")) | (mark == ord("."))) & (mark == matrix[:, places[3]])
    year, month, day = (_number(matrix, a, b) for a, b in zip(places[::2], places[1::2], strict=True))
    good &= (year < 9999) & cal.real_days(year, month, day)
    return good, cal.day_numbers(year[good], month[good], day[good])


def _iso_days(matrix: Bytes, places: tuple[int, ...]) -> Bytes:
    text = np.full((len(matrix), 10), _DASH, dtype=np.uint8)
    for target, (a, b) in zip((0, 5, 8), zip(places[::2], places[1::2], strict=True), strict=True):
        text[:, target : target + b - a] = matrix[:, a:b]
    return text


def _read_moments(draft: _Draft) -> None:
    """2019-03-05 14:03:22 and 2019-03-05T14:03:22, also with / and ``.``; midnight is no time known."""
    rows, matrix = fixed_width(draft.strings, 19)
    places = (0, 4, 5, 7, 8, 10)
    mark = matrix[:, 10]
    shaped = ((mark == ord("T")) | (mark == ord(" "))) & digits_ok(matrix[:, [11, 12, 14, 15, 17, 18]])
    shaped &= (matrix[:, 13] == ord(":")) & (matrix[:, 16] == ord(":"))
    hour, minute, second = (_number(matrix, a, a + 2) for a in (11, 14, 17))
    shaped &= (hour < 24) & (minute < 60) & (second < 60)
    rows, matrix = narrowed(rows, shaped), matrix[shaped]
    in_day = ((hour * 60 + minute) * 60 + second)[shaped] * 1000
    good, days = _days_at(matrix, places)
    rows, matrix, in_day = narrowed(rows, good), matrix[good], in_day[good]
    plain = in_day == 0
    iso = _iso_days(matrix, places)
    draft.days(narrowed(rows, plain), days[plain], days[plain], from_matrix(iso[plain]))
    timed = ~plain
    start = days * MS_DAY + in_day - cal.local_offsets(draft.zone, days, in_day)
    text = np.concatenate([iso, np.full((len(iso), 1), ord("T"), dtype=np.uint8), matrix[:, 11:]], axis=1)
    moments = (days[timed], days[timed], start[timed], start[timed] + 999)
    draft.moments(narrowed(rows, timed), *moments, from_matrix(text[timed]))


def _read_parts(draft: _Draft) -> None:
    """2019 and 2019-03."""
    rows, matrix = fixed_width(draft.strings, 4)
    year = _number(matrix, 0, 4)
    good = digits_ok(matrix) & (year >= 1) & (year < 9999)
    ones = np.ones(int(good.sum()), dtype=np.int64)
    first = cal.day_numbers(year[good], ones, ones)
    draft.days(narrowed(rows, good), first, cal.month_ends(year[good], ones * 12), None)

    rows, matrix = fixed_width(draft.strings, 7)
    year, month = _number(matrix, 0, 4), _number(matrix, 5, 7)
    good = digits_ok(matrix[:, [0, 1, 2, 3, 5, 6]]) & (matrix[:, 4] == _DASH)
    good &= (year >= 1) & (year < 9999) & (month >= 1) & (month <= 12)
    year, month = year[good], month[good]
    first = cal.day_numbers(year, month, np.ones_like(year))
    draft.days(narrowed(rows, good), first, cal.month_ends(year, month), None)
