"""Dates with precision: the one module to import them from.

Reading lives in ``date_text`` (one cell) and ``date_columns`` (whole columns), day arithmetic in
``calendar_days``, intervals and three-valued overlap in ``intervals``.
"""

from values.calendar_days import DAY_MAX, DAY_MIN, HOME_ZONE, MS_DAY, MS_MAX, MS_MIN, day_number, day_of
from values.date_columns import DateColumn, empty_date_column, parse_date_column
from values.date_text import EPOCH_MS, EPOCH_S, PartialDate, Precision, check_formats, parse_date
from values.intervals import Interval, IntervalColumns, event_bounds, interval, interval_bounds, overlap

__all__ = [
    "DAY_MAX",
    "DAY_MIN",
    "EPOCH_MS",
    "EPOCH_S",
    "HOME_ZONE",
    "MS_DAY",
    "MS_MAX",
    "MS_MIN",
    "DateColumn",
    "Interval",
    "IntervalColumns",
    "PartialDate",
    "Precision",
    "check_formats",
    "day_number",
    "day_of",
    "empty_date_column",
    "event_bounds",
    "interval",
    "interval_bounds",
    "overlap",
    "parse_date",
    "parse_date_column",
]
