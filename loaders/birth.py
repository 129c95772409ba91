"""An age on a dated record becomes a birth year, one year either way (ontology §5)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loaders.cells import Cells
from loaders.mapping_spec import AgeSpec
from values.calendar_days import day_numbers, day_of
from values.columns import as_bools
from values.dates import DateColumn, parse_date, parse_date_column
from values.numbers import parse_integer_column
from values.parsed import Reason

OLDEST = 130


def birth_years(ages: pa.Array, spec: AgeSpec, cells: Cells, zone: str) -> DateColumn:
    """Years of birth from ages in full years on the day ``spec`` names.

    Somebody aged 58 in 2018 was born in 1960 or the year before, by another way of counting the year after:
    the text is 1960, the bounds are the first day of 1959 and the last of 1961. No year where the day is not
    known; ages outside 0–130 are faults.
    """
    numbers = parse_integer_column(ages)
    years, dated = _years(spec, cells, zone)
    known = as_bools(numbers.values.is_valid()) & dated
    age = np.where(known, pc.fill_null(numbers.values, 0).to_numpy(zero_copy_only=False), 0)
    absurd = known & ((age < 0) | (age > OLDEST))
    known &= ~absurd
    year = np.where(known, years - age, 2000)
    ones = np.ones_like(year)
    first, last = day_numbers(year - 1, ones, ones), day_numbers(year + 2, ones, ones) - 1
    reasons = pc.if_else(pa.array(absurd), pa.scalar(str(Reason.RANGE)), numbers.reasons)
    text = pa.array(year, mask=~known).cast(pa.string())
    nothing = pa.nulls(len(ages), pa.int64())
    return DateColumn(
        text, pa.array(first, mask=~known), pa.array(last, mask=~known), nothing, nothing, reasons
    )


def _years(spec: AgeSpec, cells: Cells, zone: str) -> tuple[np.ndarray, np.ndarray]:
    if spec.day:
        day = parse_date(spec.day, zone=zone)
        return np.full(cells.size, day_of(day.first).year, dtype=np.int64), np.ones(
            cells.size, dtype=np.bool_
        )
    column = parse_date_column(cells.text(spec.column), zone=zone)
    known = as_bools(column.first.is_valid())
    days = pc.fill_null(column.first, 0).to_numpy(zero_copy_only=False)
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970, known
