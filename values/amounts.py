"""Amounts of money as whole minor units (分) and a currency: decimal arithmetic, never floats."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from values.columns import Bools, as_strings, matching, per_distinct, present, spread_reasons
from values.errors import MappingError, Problem
from values.numerals import HAN_NUMERALS, han_integer
from values.parsed import Reason
from values.text import single_spaced

# A column's unit as a power of ten of the currency's main unit; "major" and "minor" serve any currency.
UNITS = {"major": 0, "元": 0, "角": -1, "分": -2, "千元": 3, "万元": 4, "百万元": 6, "亿元": 8}
# Currencies whose smallest unit is not a hundredth (ISO 4217).
MINOR_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "BHD": 3, "KWD": 3, "OMR": 3, "TND": 3}
_LARGEST = 2**63 - 1
_EXACT = Context(prec=1000, traps=[InvalidOperation])  # far more digits than any cell has

_MARKS: tuple[tuple[str, frozenset[str]], ...] = (
    ("人民币", frozenset({"CNY"})),
    ("RMB", frozenset({"CNY"})),
    ("US$", frozenset({"USD"})),
    ("HK$", frozenset({"HKD"})),
    ("R$", frozenset({"BRL"})),
    ("美元", frozenset({"USD"})),
    ("港元", frozenset({"HKD"})),
    ("港币", frozenset({"HKD"})),
    ("欧元", frozenset({"EUR"})),
    ("英镑", frozenset({"GBP"})),
    ("日元", frozenset({"JPY"})),
    ("€", frozenset({"EUR"})),
    ("£", frozenset({"GBP"})),
    ("¥", frozenset({"CNY", "JPY"})),
    ("$", frozenset({"USD", "HKD", "SGD", "AUD", "CAD", "NZD", "TWD", "MOP"})),
)
_CODE = re.compile(r"^([A-Z]{3})(?=[\s\d.+-])|(?<=[\s\d.万亿])([A-Z]{3})$")
_FIGURE = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?(?:E[+-]?\d{1,2})?|\.\d+", re.ASCII)
_MULTIPLES = {"万亿": 12, "千亿": 11, "百亿": 10, "十亿": 9, "亿": 8}
_MULTIPLES |= {"千万": 7, "百万": 6, "十万": 5, "万": 4, "千": 3, "百": 2}
_BASES = {"元": 0, "圆": 0, "块": 0, "角": -1, "分": -2}
_SUFFIXED = re.compile(rf"(.*?\d\.?) ?({'|'.join(_MULTIPLES)})? ?([{''.join(_BASES)}])?[整正]?")
_HAN_AMOUNT = re.compile(
    rf"(?:(?P<main>[{HAN_NUMERALS}]+)(?P<base>[元圆])?)?"
    rf"(?:零?(?P<jiao>[{HAN_NUMERALS}])角)?(?:零?(?P<fen>[{HAN_NUMERALS}])分)?[整正]?"
)
_SPACED_GROUP = re.compile(r"(?<=\d) (?=\d{3}(?!\d))", re.ASCII)
_MINUS = str.maketrans("−－﹣", "---")


@dataclass(frozen=True, slots=True)
class Amount:
    """``minor`` whole minor units, None where the text could not be read; then ``reason`` says why."""

    minor: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AmountColumn:
    """``minor`` int64, null where empty or unreadable; ``reasons`` string `Reason` codes, else null."""

    minor: pa.Array
    reasons: pa.Array


def parse_amount(
    text: str, unit: str = "major", currency: str = "CNY", *, round: bool = False, decimal: str = "."
) -> Amount:
    """Read one amount.

    ``unit`` (see `UNITS`) holds where the text names none: 12.5 in a column of 万元 is 125,000.00, while
    ``3亿`` or ``500元`` there mean what they say. Takes thousands separators (comma, or space), currency
    marks, brackets or a minus on either side for negatives, full-width and Chinese numerals. An amount
    finer than the minor unit is refused (``precision``) unless ``round``: then half to even. ``decimal`` is
    the decimal sign, ``.`` or ``,``. Raises MappingError for an unknown unit or decimal sign.
    """
    scale = _scale(unit, currency, decimal)
    form = single_spaced(text).translate(_MINUS).upper()
    if not form:
        return Amount(None, Reason.EMPTY)
    form, negative = _unsigned(form)
    form, marked = _unmarked(form, currency)
    if not marked:
        return Amount(None, Reason.CURRENCY)
    form, again = _unsigned(form)
    minor = _figure(form, scale, decimal, _minor_digits(currency))
    if minor is None:
        minor = _han(form, scale, _minor_digits(currency))
    if minor is None or (negative and again):
        return Amount(None, Reason.NUMBER)
    return _whole(minor.copy_negate() if negative or again else minor, round)


def _scale(unit: str, currency: str, decimal: str) -> int:
    """Power of ten that turns a number of this column into minor units."""
    if decimal not in (".", ","):
        raise MappingError(problems=[Problem(f"decimal sign {decimal!r}", todo="write . or ,")])
    if unit == "minor":
        return 0
    if unit not in UNITS:
        todo = f"use one of {', '.join([*UNITS, 'minor'])}"
        raise MappingError(problems=[Problem(f"unit {unit!r} of an amount is not known", todo=todo)])
    return _minor_digits(currency) + UNITS[unit]


def _minor_digits(currency: str) -> int:
    return MINOR_DIGITS.get(currency, 2)


def _unsigned(form: str) -> tuple[str, bool]:
    if form.startswith("(") and form.endswith(")"):
        return form[1:-1].strip(), True
    if form.startswith("-") or form.endswith("-"):
        return form.removeprefix("-").removesuffix("-").strip(), True
    return form.removeprefix("+").strip(), False


def _unmarked(form: str, currency: str) -> tuple[str, bool]:
    """Without currency marks, and whether those there were are the column's own currency."""
    right = True
    for mark, currencies in _MARKS:
        if form.startswith(mark) or form.endswith(mark):
            form = form.removeprefix(mark).removesuffix(mark).strip()
            right = right and currency in currencies
    if code := _CODE.search(form):
        right = right and currency in code.groups()
        form = (form[: code.start()] + form[code.end() :]).strip()
    return form, right


def _figure(form: str, scale: int, decimal: str, minor_digits: int) -> Decimal | None:
    match = _SUFFIXED.fullmatch(form)
    if not match:
        return None
    number, multiple, base = match.groups()
    if decimal == ",":
        number = number.translate(str.maketrans(",.", ".,"))
    number = _SPACED_GROUP.sub(",", number)
    if not _FIGURE.fullmatch(number):
        return None
    if multiple or base:
        scale = minor_digits + _MULTIPLES.get(multiple, 0) + _BASES.get(base, 0)
    try:
        return Decimal(number.replace(",", "")).scaleb(scale, _EXACT)
    except InvalidOperation:
        return None


def _han(form: str, scale: int, minor_digits: int) -> Decimal | None:
    match = _HAN_AMOUNT.fullmatch(form)
    if not match or not any(match.group("main", "jiao", "fen")):
        return None
    parts = [han_integer(match[name]) if match[name] else 0 for name in ("main", "jiao", "fen")]
    if None in parts:
        return None
    main, jiao, fen = (Decimal(p or 0) for p in parts)
    named = match["base"] or match["jiao"] or match["fen"] or any(c in "万亿萬億" for c in form)
    if not named:
        return main.scaleb(scale)
    return (main + jiao / 10 + fen / 100).scaleb(minor_digits)


def _whole(minor: Decimal, round: bool) -> Amount:
    if abs(minor) > _LARGEST:
        return Amount(None, Reason.RANGE)
    whole = minor.to_integral_value(ROUND_HALF_EVEN)
    if whole != minor and not round:
        return Amount(None, Reason.PRECISION)
    return Amount(int(whole))


def parse_amount_column(
    column: pa.Array | pa.ChunkedArray,
    unit: str = "major",
    currency: str = "CNY",
    *,
    round: bool = False,
    decimal: str = ".",
) -> AmountColumn:
    """`parse_amount` for a whole column: plain figures as arrays, the rest once per distinct value."""
    scale = _scale(unit, currency, decimal)
    strings = as_strings(column)
    size = len(strings)
    minor, known = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.bool_)
    if decimal == "." and 0 <= scale <= 12:
        known = _read_plain(strings, scale, minor)
    rest = present(strings) & ~known
    if not rest.any():
        return AmountColumn(pa.array(minor, mask=~known), pa.nulls(size, pa.string()))

    def read(text: str) -> Amount:
        return parse_amount(text, unit, currency, round=round, decimal=decimal)

    found, index = per_distinct(strings.filter(pa.array(rest)), read)
    minor[rest] = np.array([a.minor or 0 for a in found], dtype=np.int64)[index]
    known[rest] = np.array([a.minor is not None for a in found], dtype=np.bool_)[index]
    return AmountColumn(pa.array(minor, mask=~known), spread_reasons([a.reason for a in found], index, rest))


def _read_plain(strings: pa.Array, scale: int, minor: np.ndarray) -> Bools:
    """Fill ``minor`` for cells such as -1,234.5 whose result surely fits; returns which."""
    decimals = rf"(?:\.[0-9]{{1,{scale}}})?" if scale else ""
    whole = 18 - scale
    rows = matching(strings, rf"-?[0-9]{{1,{whole}}}{decimals}")
    plain = strings
    grouped = matching(strings, rf"-?[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,{whole // 3 - 1}}}{decimals}")
    if grouped.any():
        plain, rows = pc.replace_substring(strings, ",", ""), rows | grouped
    if rows.any():
        chosen = plain if rows.all() else plain.filter(pa.array(rows))
        exact = chosen.cast(pa.decimal128(38, scale))
        words = np.frombuffer(exact.buffers()[1], dtype="<i8")[2 * exact.offset :]
        minor[rows] = words[: 2 * len(exact) : 2]
    return rows
