"""Plain numbers, shares in per cent, and yes or no."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from values.columns import as_strings, matching, per_distinct, present, spread_reasons
from values.parsed import Reason
from values.text import single_spaced

PercentUnit = Literal["percent", "fraction"]
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?(?:[eE][+-]?\d{1,2})?|[+-]?\.\d+", re.ASCII)
_LARGEST = 2**63 - 1
_TRUE = frozenset({"1", "true", "t", "yes", "y", "是", "有", "真", "对"})
_FALSE = frozenset({"0", "false", "f", "no", "n", "否", "无", "假", "错"})


@dataclass(frozen=True, slots=True)
class Number:
    """``value`` None where the text could not be read; then ``reason`` says why."""

    value: int | float | bool | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """``values`` int64, float64 or bool, null where empty or unreadable; ``reasons`` codes, else null."""

    values: pa.Array
    reasons: pa.Array


def _decimal(text: str) -> Decimal | None:
    form = single_spaced(text).replace("−", "-")
    return Decimal(form.replace(",", "")) if _NUMBER.fullmatch(form) else None


def _unread(text: str) -> Number:
    return Number(None, Reason.NUMBER if single_spaced(text) else Reason.EMPTY)


def parse_integer(text: str) -> Number:
    """A whole number; thousands commas and ``.0`` are allowed, other decimals are not."""
    number = _decimal(text)
    if number is None:
        return _unread(text)
    if number != number.to_integral_value():
        return Number(None, Reason.PRECISION)
    return Number(int(number)) if abs(number) <= _LARGEST else Number(None, Reason.RANGE)


def parse_float(text: str) -> Number:
    """A number as the nearest float. Never for money (`values.amounts`)."""
    number = _decimal(text)
    return _unread(text) if number is None else Number(float(number))


def parse_percent(text: str, unit: PercentUnit = "percent") -> Number:
    """A share in per cent. A ``%`` sign says so itself; without one, ``unit`` tells 51 from 0.51."""
    form = single_spaced(text)
    number = _decimal(form.removesuffix("%").strip())
    if number is None:
        return _unread(text)
    return Number(float(number if form.endswith("%") or unit == "percent" else number * 100))


def parse_boolean(text: str) -> Number:
    """Yes or no: 是/否, 有/无, yes/no, true/false, 1/0."""
    form = single_spaced(text).lower()
    if form in _TRUE or form in _FALSE:
        return Number(form in _TRUE)
    return Number(None, Reason.VALUE if form else Reason.EMPTY)


def parse_integer_column(column: pa.Array | pa.ChunkedArray) -> NumberColumn:
    """`parse_integer` for a whole column."""
    return _parse_column(column, parse_integer, pa.int64(), "-?[0-9]{1,18}")


def parse_float_column(column: pa.Array | pa.ChunkedArray) -> NumberColumn:
    """`parse_float` for a whole column."""
    return _parse_column(column, parse_float, pa.float64(), r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")


def parse_percent_column(column: pa.Array | pa.ChunkedArray, unit: PercentUnit = "percent") -> NumberColumn:
    """`parse_percent` for a whole column: float64, in per cent."""
    return _parse_column(column, lambda text: parse_percent(text, unit), pa.float64())


def parse_boolean_column(column: pa.Array | pa.ChunkedArray) -> NumberColumn:
    """`parse_boolean` for a whole column."""
    return _parse_column(column, parse_boolean, pa.bool_())


def _parse_column(
    column: pa.Array | pa.ChunkedArray, parse: Callable[[str], Number], kind: pa.DataType, plain: str = ""
) -> NumberColumn:
    """Cells of the RE2 pattern ``plain`` by one cast, the rest once per distinct value."""
    strings = as_strings(column)
    easy = matching(strings, plain) if plain else np.zeros(len(strings), dtype=np.bool_)
    rest = present(strings) & ~easy
    values = pc.if_else(pa.array(easy), strings, None).cast(kind)
    if not rest.any():
        return NumberColumn(values, pa.nulls(len(strings), pa.string()))
    found, index = per_distinct(strings.filter(pa.array(rest)), parse)
    read = pa.array([n.value for n in found], kind).take(pa.array(index))
    values = pc.replace_with_mask(values, pa.array(rest), read)
    return NumberColumn(values, spread_reasons([n.reason for n in found], index, rest))
