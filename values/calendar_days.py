"""Days as integers, and the offset of local time: the arithmetic below all dates.

A *day number* counts days since 1970-01-01 in the proleptic Gregorian calendar; *milliseconds* count from
1970-01-01T00:00Z. Both hold the years 1 to 9999.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from values.columns import Bools
from values.errors import MappingError, Problem

Ints: TypeAlias = npt.NDArray[np.int64]

DAY_MIN = -719_162  # 0001-01-01, the smallest day: "no lower bound known"
DAY_MAX = 2_932_896  # 9999-12-31, the largest day: "still open" and "no upper bound known"
MS_DAY = 86_400_000
MS_MIN = DAY_MIN * MS_DAY
MS_MAX = (DAY_MAX + 1) * MS_DAY - 1
HOME_ZONE = "Asia/Shanghai"
_ORDINAL_1970 = date(1970, 1, 1).toordinal()


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _ORDINAL_1970


def day_of(number: int) -> date:
    """The date of a day number between `DAY_MIN` and `DAY_MAX`."""
    return date.fromordinal(number + _ORDINAL_1970)


@lru_cache(maxsize=16)
def zone_named(name: str) -> ZoneInfo:
    """The time zone of an IANA name. Raises MappingError, because names come from mapping files."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        problem = Problem(f"no time zone is called {name!r}", todo="write a name such as Asia/Shanghai")
        raise MappingError(problems=[problem]) from error


def offset_ms(zone: ZoneInfo, number: int, ms_in_day: int = 0) -> int:
    """Local time minus UTC in milliseconds, at a local time of day.

    A time that the clock skipped or showed twice is read as before the change. Days outside the calendar
    (the end of 9999-12-31) take the offset of the nearest day inside.
    """
    inside = min(max(number, DAY_MIN), DAY_MAX)
    return _offset(zone, inside, ms_in_day // 1000)


@lru_cache(maxsize=100_000)
def _offset(zone: ZoneInfo, number: int, second: int) -> int:
    local = datetime.combine(day_of(number), datetime.min.time()) + timedelta(seconds=second)
    offset = local.replace(tzinfo=zone).utcoffset() or timedelta()
    return round(offset.total_seconds() * 1000)


def day_bounds_ms(zone: ZoneInfo, first: int, last: int) -> tuple[int, int]:
    """First and last millisecond (UTC) of the local days ``first`` to ``last``."""
    start = first * MS_DAY - offset_ms(zone, first)
    end = (last + 1) * MS_DAY - offset_ms(zone, last + 1) - 1
    return start, end


def day_numbers(year: Ints, month: Ints, day: Ints) -> Ints:
    """Day numbers of whole columns; month and day must be real (`real_days`)."""
    months = (year - 1970) * 12 + month - 1
    result: Ints = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + day - 1
    return result


def real_days(year: Ints, month: Ints, day: Ints) -> Bools:
    """Whether each triple is a day of the calendar, years 1 to 9999."""
    plausible = (year >= 1) & (year <= 9999) & (month >= 1) & (month <= 12) & (day >= 1)
    safe_year, safe_month = np.where(plausible, year, 2000), np.where(plausible, month, 1)
    ends = month_ends(safe_year, safe_month)
    starts = day_numbers(safe_year, safe_month, np.ones_like(safe_year))
    result: Bools = plausible & (day <= ends - starts + 1)
    return result


def month_ends(year: Ints, month: Ints) -> Ints:
    """Day number of the last day of each month."""
    months = (year - 1970) * 12 + month
    result: Ints = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - 1
    return result


def midnight_offsets(zone: ZoneInfo, days: Ints) -> Ints:
    """`offset_ms` at the midnight that begins each day: once per distinct day."""
    if len(days) == 0:
        return days
    base = int(days.min())
    seen = np.zeros(int(days.max()) - base + 1, dtype=np.bool_)
    seen[days - base] = True
    table = np.zeros(len(seen), dtype=np.int64)
    for place in np.flatnonzero(seen).tolist():
        table[place] = offset_ms(zone, base + place)
    result: Ints = table[days - base]
    return result


def local_offsets(zone: ZoneInfo, days: Ints, ms_in_day: Ints) -> Ints:
    """`offset_ms` at each local time; cell by cell only on the few days on which the clock changes."""
    offsets = midnight_offsets(zone, days)
    changing = offsets != midnight_offsets(zone, days + 1)
    for place in np.flatnonzero(changing).tolist():
        offsets[place] = offset_ms(zone, int(days[place]), int(ms_in_day[place]))
    return offsets
