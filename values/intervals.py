"""Intervals between dates of which not everything is known, and three-valued overlap.

The rule is that of architecture §5. Every interval has four integers that are never null, so that plain
comparisons answer *surely active on t* (``from_max <= t <= to_min``) and *possibly* (``from_min <= t <=
to_max``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from values.calendar_days import DAY_MAX, DAY_MIN, MS_MAX, MS_MIN
from values.columns import Bools, as_bools
from values.date_columns import DateColumn
from values.date_text import PartialDate
from values.parsed import Reason

OpenEnd = Literal["open", "unknown"]


@dataclass(frozen=True, slots=True)
class Interval:
    """Earliest and latest possible start, earliest and latest possible end: day numbers, inclusive."""

    from_min: int
    from_max: int
    to_min: int
    to_max: int


@dataclass(frozen=True, slots=True)
class IntervalColumns:
    """`Interval` for whole columns, with the written dates.

    ``from_text``, ``to_text`` string, null where unknown or open; the four bounds int32, never null;
    ``reasons`` string, ``order`` where the end surely lies before the start, else null.
    """

    from_text: pa.Array
    from_min: pa.Array
    from_max: pa.Array
    to_text: pa.Array
    to_min: pa.Array
    to_max: pa.Array
    reasons: pa.Array


def interval(
    start: PartialDate | None, end: PartialDate | None, *, open_end: OpenEnd = "unknown"
) -> Interval:
    """Bounds of one interval; None and an unread date are unknown.

    Start not known: from the smallest day to the last possible end, or the largest day without one.
    End missing: ``open_end`` says whether that means still open (both bounds the largest day) or not known
    (from the earliest start on). An end that was written but not readable is not known; one that says
    "until now" is open.
    """
    start_known = start is not None and not start.reason
    end_known = end is not None and not end.reason
    from_min = start.first if start is not None and start_known else DAY_MIN
    if end is not None and end_known:
        to_min, to_max = end.first, end.last
    elif _is_open(end, open_end):
        to_min = to_max = DAY_MAX
    else:
        to_min, to_max = from_min, DAY_MAX
    from_max = start.last if start is not None and start_known else to_max
    return Interval(from_min, from_max, to_min, to_max)


def _is_open(end: PartialDate | None, open_end: OpenEnd) -> bool:
    if end is None or end.reason == Reason.EMPTY:
        return open_end == "open"
    return end.reason == Reason.OPEN


def interval_bounds(
    from_column: DateColumn, to_column: DateColumn, *, open_end: OpenEnd | pa.Array = "unknown"
) -> IntervalColumns:
    """`interval` for whole columns; ``open_end`` may also be a boolean array, True where open."""
    from_min = pc.fill_null(from_column.first, DAY_MIN)
    is_open = pa.array(_open_rows(to_column, open_end))
    missing_min = pc.if_else(is_open, pa.scalar(DAY_MAX, pa.int32()), from_min)
    to_min = pc.coalesce(to_column.first, missing_min)
    to_max = pc.fill_null(to_column.last, DAY_MAX)
    from_max = pc.coalesce(from_column.last, to_max)
    backwards = pc.less(to_max, from_min)
    reasons = pc.if_else(backwards, pa.scalar(str(Reason.ORDER)), pa.scalar(None, pa.string()))
    return IntervalColumns(from_column.text, from_min, from_max, to_column.text, to_min, to_max, reasons)


def _open_rows(to_column: DateColumn, open_end: OpenEnd | pa.Array) -> Bools:
    said = as_bools(pc.equal(to_column.reasons, str(Reason.OPEN)))
    empty = as_bools(pc.and_(pc.is_null(to_column.first), pc.is_null(to_column.reasons)))
    allowed = np.bool_(open_end == "open") if isinstance(open_end, str) else as_bools(open_end)
    result: Bools = said | (empty & allowed)
    return result


def event_bounds(column: DateColumn) -> DateColumn:
    """An event's dates with no null among the integers: unknown spans the whole calendar."""
    return DateColumn(
        column.text,
        pc.fill_null(column.first, DAY_MIN),
        pc.fill_null(column.last, DAY_MAX),
        pc.fill_null(column.ms_first, MS_MIN),
        pc.fill_null(column.ms_last, MS_MAX),
        column.reasons,
    )


def overlap(a: Interval, b: Interval) -> bool | None:
    """Whether two intervals share a day: True surely, False surely not, None not known.

    Each interval is taken to begin no later than it ends, so a post of "some time in March" surely falls
    within a contract of the whole year.
    """
    if a.from_max <= b.to_min and b.from_max <= a.to_min:
        return True
    if a.from_min <= b.to_max and b.from_min <= a.to_max:
        return None
    return False
