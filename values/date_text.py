"""One written date to a date with precision."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from values.calendar_days import (
    DAY_MAX,
    DAY_MIN,
    HOME_ZONE,
    MS_DAY,
    MS_MAX,
    MS_MIN,
    day_bounds_ms,
    day_number,
    offset_ms,
    zone_named,
)
from values.errors import MappingError, Problem
from values.parsed import Reason
from values.text import closed_beside_han, settled, single_spaced


class Precision(StrEnum):
    """The finest calendar unit that is known."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as far as it is known.

    ``text`` ``2019``, ``2019-03``, ``2019-03-05`` or ``2019-03-05T14:03:22`` (local time), empty if unknown;
    ``first``, ``last`` the first and last possible day number, both inclusive;
    ``ms_first``, ``ms_last`` the same in milliseconds UTC: narrower than the day only where a time is known;
    ``reason`` why nothing is known (`Reason`), empty where something is. Unknown spans the whole calendar.
    """

    text: str
    first: int
    last: int
    ms_first: int
    ms_last: int
    precision: Precision
    reason: str = ""


EPOCH_MS = "epoch_ms"
EPOCH_S = "epoch_s"
OPEN_WORDS = frozenset({"至今", "今", "现在", "目前", "长期", "永久", "present", "now", "current", "ongoing"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS_EARLIEST, _SECONDS_LATEST = MS_MIN // 1000, MS_MAX // 1000
_form = settled(lambda text: closed_beside_han(single_spaced(text)))

_DAY = re.compile(
    r"(\d{4})(?:([-/.])(\d{1,2})(?:\2(\d{1,2}))?)?"
    r"|(\d{4})年(?:(\d{1,2})月?(?:(\d{1,2})[日号]?)?)?"
    r"|(\d{4})(\d{2})(\d{2})?",
    re.ASCII,
)
_MOMENT = re.compile(
    r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})[T ](?P<time>.+)"
    r"|(\d{4})年(\d{1,2})月(\d{1,2})[日号] ?(?P<han>.+)"
    r"|(\d{4})(\d{2})(\d{2})[T ]?(?P<compact>\d.+)",
    re.ASCII,
)
_TIME = re.compile(
    r"(\d{1,2})(?:[:时点](\d{1,2})(?:(?::|(?<=\d)分)(\d{1,2})秒?(?:[.,](\d{1,9}))?|分)?|(\d{2})(\d{2}))"
    r" ?(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_EXCEL = re.compile(r"(\d{5})(\.\d+)?", re.ASCII)
_INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)
_DIRECTIVE = re.compile("%(.)")
_KNOWN_DIRECTIVES = frozenset("YymdjbBHMSfz%")


def parse_date(
    text: str, formats: Sequence[str] = (), *, zone: str = HOME_ZONE, excel: bool = False
) -> PartialDate:
    """Read one date.

    Without ``formats``: year, month and day in this order with ``-``, ``/``, ``.``, 年月日 or nothing
    between, day or month and day left out if unknown, a time of day behind a space or ``T``, and an offset
    (``Z``, ``+08:00``) behind that. ``formats`` are tried first, in order: `strptime` patterns such as
    ``%d/%m/%Y``, or ``epoch_ms`` and ``epoch_s``. ``excel`` also reads five digits as a spreadsheet's day
    count. Times without an offset are local to ``zone``. A time of exactly 00:00:00 counts as no time
    known, because databases print plain dates so. Raises MappingError for an unknown zone or format.
    """
    place = zone_named(zone)
    check_formats(tuple(formats))
    form = _form(text)
    if not form:
        return unknown(Reason.EMPTY)
    if form.lower() in OPEN_WORDS:
        return unknown(Reason.OPEN)
    try:
        result = _by_formats(form, formats, place) or (_by_excel(form, place) if excel else None)
        result = result or _by_day(form, place) or _by_moment(form, place) or unknown(Reason.FORMAT)
    except OverflowError:
        return unknown(Reason.RANGE)
    return unknown(Reason.OPEN) if result.first == DAY_MAX else result


def unknown(reason: str) -> PartialDate:
    """A date of which nothing is known."""
    return PartialDate("", DAY_MIN, DAY_MAX, MS_MIN, MS_MAX, Precision.UNKNOWN, reason)


@lru_cache(maxsize=256)
def check_formats(formats: tuple[str, ...]) -> None:
    """Raise MappingError for a date format that cannot be read, before the first row."""
    for pattern in formats:
        directives = set(_DIRECTIVE.findall(pattern))
        readable = directives <= _KNOWN_DIRECTIVES and directives & {"Y", "y"}
        if "H" in directives and not directives >= {"M", "H", "d"}:
            readable = False
        if pattern not in (EPOCH_MS, EPOCH_S) and not readable:
            todo = "use epoch_ms, epoch_s or a pattern of %Y %m %d %H %M %S %f %z with a year"
            raise MappingError(problems=[Problem(f"date format {pattern!r} is not known", todo=todo)])


def _by_formats(form: str, formats: Sequence[str], zone: ZoneInfo) -> PartialDate | None:
    for pattern in formats:
        if pattern in (EPOCH_MS, EPOCH_S):
            found = _by_epoch(form, 1 if pattern == EPOCH_MS else 1000, zone)
        else:
            found = _by_pattern(form, pattern, zone)
        if found:
            return found
    return None


def _by_epoch(form: str, unit_ms: int, zone: ZoneInfo) -> PartialDate | None:
    if not _INTEGER.fullmatch(form):
        return None
    ms = int(form) * unit_ms
    if not _SECONDS_EARLIEST <= ms // 1000 <= _SECONDS_LATEST:
        return unknown(Reason.RANGE)
    return _instant(_EPOCH + timedelta(milliseconds=ms), unit_ms, zone)


def _by_pattern(form: str, pattern: str, zone: ZoneInfo) -> PartialDate | None:
    try:
        moment = datetime.strptime(form, pattern)
    except ValueError:
        return None
    directives = set(_DIRECTIVE.findall(pattern))
    if "H" in directives:
        unit_ms = 1 if "f" in directives else 1000 if "S" in directives else 60_000
        return _instant(moment, unit_ms, zone) if moment.tzinfo else _local(moment, unit_ms, zone)
    if directives & {"d", "j"}:
        return _days(moment.year, moment.month, moment.day, zone)
    return _days(moment.year, moment.month if directives & {"m", "b", "B"} else None, None, zone)


def _by_excel(form: str, zone: ZoneInfo) -> PartialDate | None:
    match = _EXCEL.fullmatch(form)
    if not match:
        return None
    seconds = round(float(match[2] or 0) * 86_400)
    moment = datetime(1899, 12, 30) + timedelta(days=int(match[1]), seconds=seconds)
    return _local(moment, 1000, zone)


def _by_day(form: str, zone: ZoneInfo) -> PartialDate | None:
    match = _DAY.fullmatch(form)
    if not match:
        return None
    year = match[1] or match[5] or match[8]
    month, day = match[3] or match[6] or match[9], match[4] or match[7] or match[10]
    return _days(int(year), int(month) if month else None, int(day) if day else None, zone)


def _by_moment(form: str, zone: ZoneInfo) -> PartialDate | None:
    match = _MOMENT.fullmatch(form)
    time = match and _TIME.fullmatch(match["time"] or match["han"] or match["compact"])
    if not match or not time:
        return None
    year, month, day = (int(g) for g in match.group(1, 3, 4, 6, 7, 8, 10, 11, 12) if g)
    hour, minute, second, fraction, minute2, second2, offset = time.groups()
    second = second or second2
    try:
        local = datetime(year, month, day)
    except ValueError:
        return unknown(Reason.CALENDAR)
    try:
        local = local.replace(hour=int(hour), minute=int(minute or minute2), second=int(second or 0))
    except ValueError:
        return unknown(Reason.TIME)
    digits = (fraction or "")[:3]
    local = local.replace(microsecond=int(digits.ljust(3, "0")) * 1000)
    unit_ms = int(10 ** (3 - len(digits))) if second else 60_000
    if offset:
        return _instant(local.replace(tzinfo=_offset(offset)), unit_ms, zone)
    return _local(local, unit_ms, zone)


def _offset(text: str) -> ZoneInfo | None:
    return datetime.strptime(text, "%z").tzinfo  # type: ignore[return-value]


def _days(year: int, month: int | None, day: int | None, zone: ZoneInfo) -> PartialDate:
    try:
        start = date(year, month or 1, day or 1)
    except ValueError:
        return unknown(Reason.CALENDAR)
    first = last = day_number(start)
    precision, text = Precision.DAY, start.isoformat()
    if month is None:
        precision, text, last = Precision.YEAR, f"{year:04d}", day_number(date(year, 12, 31))
    elif day is None:
        following = date(year + month // 12, month % 12 + 1, 1) if (year, month) < (9999, 12) else None
        last = day_number(following) - 1 if following else DAY_MAX
        precision, text = Precision.MONTH, f"{year:04d}-{month:02d}"
    return PartialDate(text, first, last, *day_bounds_ms(zone, first, last), precision)


def _instant(moment: datetime, unit_ms: int, zone: ZoneInfo) -> PartialDate:
    """A moment with an offset of its own, shown in local time."""
    result = _local(moment.astimezone(zone).replace(tzinfo=None), unit_ms, zone)
    if "T" not in result.text:
        return result
    start = (moment - _EPOCH) // timedelta(milliseconds=1)
    return PartialDate(result.text, result.first, result.last, start, start + unit_ms - 1, Precision.DAY)


def _local(moment: datetime, unit_ms: int, zone: ZoneInfo) -> PartialDate:
    """A moment of local time, known to within ``unit_ms``."""
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    midnight = datetime(moment.year, moment.month, moment.day)
    if moment == midnight:
        return _days(moment.year, moment.month, moment.day, zone)
    number = day_number(moment.date())
    in_day = (moment - midnight) // timedelta(milliseconds=1)
    start = number * MS_DAY + in_day - offset_ms(zone, number, in_day)
    shape = {60_000: "minutes", 1000: "seconds"}.get(unit_ms, "milliseconds")
    text = moment.isoformat(timespec=shape)
    if 1 < unit_ms < 1000:
        text = text[: 1 - len(str(unit_ms))]
    return PartialDate(text, number, number, start, start + unit_ms - 1, Precision.DAY)
