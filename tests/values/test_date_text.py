"""Every way of writing a date that is promised, and those that are refused."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from values.dates import DAY_MAX, DAY_MIN, MS_MAX, MS_MIN, Precision, day_number, day_of, parse_date
from values.errors import MappingError
from values.parsed import Reason


def ms(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp()) * 1000  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("cell", "text", "first", "last", "precision"),
    [
        ("2019-03-05", "2019-03-05", date(2019, 3, 5), date(2019, 3, 5), Precision.DAY),
        ("2019/3/5", "2019-03-05", date(2019, 3, 5), date(2019, 3, 5), Precision.DAY),
        ("2019.3.5", "2019-03-05", date(2019, 3, 5), date(2019, 3, 5), Precision.DAY),
        ("20190305", "2019-03-05", date(2019, 3, 5), date(2019, 3, 5), Precision.DAY),
        ("2019年3月5日", "2019-03-05", date(2019, 3, 5), date(2019, 3, 5), Precision.DAY),
        ("２０１９ 年 ３ 月 ５ 日", "2019-03-05", date(2019, 3, 5), date(2019, 3, 5), Precision.DAY),
        ("2019-03-05 00:00:00.000", "2019-03-05", date(2019, 3, 5), date(2019, 3, 5), Precision.DAY),
        ("2019年3月", "2019-03", date(2019, 3, 1), date(2019, 3, 31), Precision.MONTH),
        ("2020-02", "2020-02", date(2020, 2, 1), date(2020, 2, 29), Precision.MONTH),
        ("201912", "2019-12", date(2019, 12, 1), date(2019, 12, 31), Precision.MONTH),
        ("2019年", "2019", date(2019, 1, 1), date(2019, 12, 31), Precision.YEAR),
        ("2019", "2019", date(2019, 1, 1), date(2019, 12, 31), Precision.YEAR),
    ],
)
def test_days(cell: str, text: str, first: date, last: date, precision: Precision) -> None:
    found = parse_date(cell)
    assert (found.text, day_of(found.first), day_of(found.last)) == (text, first, last)
    assert (found.precision, found.reason) == (precision, "")
    assert found.ms_first == day_number(first) * 86_400_000 - 8 * 3_600_000  # midnight in China
    assert found.ms_last == (day_number(last) + 1) * 86_400_000 - 8 * 3_600_000 - 1


@pytest.mark.parametrize(
    ("cell", "text", "start", "span"),
    [
        ("2019-03-05 14:03:22", "2019-03-05T14:03:22", ms(2019, 3, 5, 6, 3, 22), 1000),
        ("2019/3/5 14:03:22", "2019-03-05T14:03:22", ms(2019, 3, 5, 6, 3, 22), 1000),
        ("2019-03-05T14:03", "2019-03-05T14:03", ms(2019, 3, 5, 6, 3), 60_000),
        ("20190305140322", "2019-03-05T14:03:22", ms(2019, 3, 5, 6, 3, 22), 1000),
        ("20190305 140322", "2019-03-05T14:03:22", ms(2019, 3, 5, 6, 3, 22), 1000),
        ("2019年3月5日14时03分22秒", "2019-03-05T14:03:22", ms(2019, 3, 5, 6, 3, 22), 1000),
        ("2019年3月5日 14时3分", "2019-03-05T14:03", ms(2019, 3, 5, 6, 3), 60_000),
        ("2019-03-05 14:03:22.5", "2019-03-05T14:03:22.5", ms(2019, 3, 5, 6, 3, 22) + 500, 100),
        ("2019-03-05 14:03:22.123456", "2019-03-05T14:03:22.123", ms(2019, 3, 5, 6, 3, 22) + 123, 1),
        ("2019-03-05T14:03:22Z", "2019-03-05T22:03:22", ms(2019, 3, 5, 14, 3, 22), 1000),
        ("2019-03-05T23:03:22Z", "2019-03-06T07:03:22", ms(2019, 3, 5, 23, 3, 22), 1000),
        ("2019-03-05T14:03:22-05:00", "2019-03-06T03:03:22", ms(2019, 3, 5, 19, 3, 22), 1000),
    ],
)
def test_moments(cell: str, text: str, start: int, span: int) -> None:
    found = parse_date(cell)
    assert (found.text, found.ms_first, found.ms_last) == (text, start, start + span - 1)
    assert day_of(found.first) == day_of(found.last) == date.fromisoformat(text[:10])


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("2019-02-30", Reason.CALENDAR),
        ("2019-13", Reason.CALENDAR),
        ("20190230", Reason.CALENDAR),
        ("0000", Reason.CALENDAR),
        ("2019-02-30 10:00:00", Reason.CALENDAR),
        ("2019-03-05 25:00:00", Reason.TIME),
        ("2019-03-05 23:59:60", Reason.TIME),
        ("05/03/2019", Reason.FORMAT),  # day first or month first: only a mapping can know
        ("19-03-05", Reason.FORMAT),
        ("2019-03/05", Reason.FORMAT),
        ("43529", Reason.FORMAT),
        ("三月", Reason.FORMAT),
        ("至今", Reason.OPEN),
        ("Present", Reason.OPEN),
        ("9999-12-31", Reason.OPEN),
        ("9999-12-31 23:59:59", Reason.OPEN),
        (" ", Reason.EMPTY),
        ("0001-01-01T00:00:01+14:00", Reason.RANGE),
    ],
)
def test_nothing_is_guessed(cell: str, reason: Reason) -> None:
    found = parse_date(cell)
    assert (found.text, found.reason, found.precision) == ("", reason, Precision.UNKNOWN)
    assert (found.first, found.last) == (DAY_MIN, DAY_MAX)
    assert (found.ms_first, found.ms_last) == (MS_MIN, MS_MAX)


@pytest.mark.parametrize(
    ("cell", "formats", "text"),
    [
        ("05/03/2019", ("%d/%m/%Y",), "2019-03-05"),
        ("05/03/2019", ("%Y", "%m/%d/%Y"), "2019-05-03"),
        ("2019-05-03", ("%Y-%d-%m",), "2019-03-05"),  # a format goes before the usual reading
        ("2019-05-03", ("%d/%m/%Y",), "2019-05-03"),  # and the usual reading still holds behind it
        ("03/2019", ("%m/%Y",), "2019-03"),
        ("05.03.19", ("%d.%m.%y",), "2019-03-05"),
        ("05/03/2019 14:03", ("%d/%m/%Y %H:%M",), "2019-03-05T14:03"),
        ("05/03/2019 14:03 +0000", ("%d/%m/%Y %H:%M %z",), "2019-03-05T22:03"),
        ("1551765802123", ("epoch_ms",), "2019-03-05T14:03:22.123"),
        ("1551765802", ("epoch_s",), "2019-03-05T14:03:22"),
    ],
)
def test_formats(cell: str, formats: tuple[str, ...], text: str) -> None:
    assert parse_date(cell, formats).text == text


def test_epoch_is_utc_whatever_the_zone() -> None:
    found = parse_date("1551765802123", ["epoch_ms"], zone="America/New_York")
    assert found.ms_first == found.ms_last == 1551765802123
    assert found.text == "2019-03-05T01:03:22.123"
    assert parse_date("9" * 18, ["epoch_ms"]).reason == Reason.RANGE


@pytest.mark.parametrize("pattern", ["dd/mm/yyyy", "%d/%m", "%Y %Q", "%Y-%m-%d %H", "epoch"])
def test_unreadable_format_is_refused_before_the_first_row(pattern: str) -> None:
    with pytest.raises(MappingError, match="is not known"):
        parse_date("2019", [pattern])


def test_spreadsheet_days_only_if_asked() -> None:
    assert parse_date("43529", excel=True).text == "2019-03-05"
    assert parse_date("43529.5858", excel=True).text == "2019-03-05T14:03:33"
    assert parse_date("43529.999999", excel=True).text == "2019-03-06"
    assert parse_date("2019", excel=True).text == "2019"


def test_zone_of_a_time_without_one() -> None:
    assert parse_date("2019-03-05 14:03:22", zone="UTC").ms_first == ms(2019, 3, 5, 14, 3, 22)


@given(
    st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)),
    st.sampled_from(["seconds", "minutes", "milliseconds"]),
)
@settings(max_examples=300)
def test_normal_form_of_a_normal_form_is_itself(moment: datetime, detail: str) -> None:
    for cell in (moment.isoformat(timespec=detail), f"{moment:%m}/{moment.year}", str(moment.date())):
        once = parse_date(cell, ("%m/%Y",) if moment.year >= 1000 else ())
        if once.text:
            assert parse_date(once.text) == once
            assert once.first <= once.last
            assert once.ms_first <= once.ms_last
