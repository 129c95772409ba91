"""Amounts come out as whole minor units, exactly or not at all."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from values.amounts import UNITS, Amount, parse_amount, parse_amount_column
from values.errors import MappingError
from values.parsed import Reason

GOOD = [
    ("1,234.56", 123456),
    ("１２３４", 123400),
    ("12.5万元", 12_500_000),
    ("3亿", 30_000_000_000),
    ("500千元", 50_000_000),
    ("¥ 1 200", 120_000),
    ("￥1,200.5", 120_050),
    ("(1,234.00)", -123_400),
    ("-¥5", -500),
    ("¥-5", -500),
    ("−5", -500),
    ("5-", -500),
    ("+5", 500),
    ("壹佰万元整", 100_000_000),
    ("人民币壹拾贰元叁角肆分", 1234),
    ("三万五千元", 3_500_000),
    ("五角", 50),
    ("100元整", 10_000),
    ("50分", 50),
    ("CNY 5", 500),
    ("12.5 万元人民币", 12_500_000),
    ("1.2E+5", 12_000_000),
    (".5", 50),
    ("5.", 500),
    ("0.10", 10),
    ("92233720368547758.07", 2**63 - 1),
]


@pytest.mark.parametrize(("cell", "minor"), GOOD)
def test_written_amounts(cell: str, minor: int) -> None:
    assert parse_amount(cell) == Amount(minor)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", Reason.EMPTY),
        ("1.234", Reason.PRECISION),
        ("1." + "0" * 40 + "1", Reason.PRECISION),
        ("0.001分", Reason.PRECISION),
        ("12,34", Reason.NUMBER),
        ("1,2345", Reason.NUMBER),
        ("万元", Reason.NUMBER),
        ("一万二", Reason.NUMBER),
        ("--5", Reason.NUMBER),
        ("(-5)", Reason.NUMBER),
        ("1.2.3", Reason.NUMBER),
        ("约5万", Reason.NUMBER),
        ("$5", Reason.CURRENCY),
        ("5万美元", Reason.CURRENCY),
        ("USD 5", Reason.CURRENCY),
        ("92233720368547758.08", Reason.RANGE),
        ("9" * 40, Reason.RANGE),
        ("1E99", Reason.RANGE),
    ],
)
def test_refused_amounts(cell: str, reason: Reason) -> None:
    assert parse_amount(cell) == Amount(None, reason)


@pytest.mark.parametrize(
    ("cell", "unit", "minor"),
    [
        ("12.5", "万元", 12_500_000),
        ("0.000001", "万元", 1),
        ("12.5", "千元", 1_250_000),
        ("1.5", "亿元", 15_000_000_000),
        ("1250", "分", 1250),
        ("1250", "minor", 1250),
        ("3", "角", 30),
        ("500元", "万元", 50_000),  # what the cell says itself goes before the column
        ("3亿", "万元", 30_000_000_000),
        ("一百", "万元", 100_000_000),
        ("一百元", "万元", 10_000),
    ],
)
def test_unit_of_the_column(cell: str, unit: str, minor: int) -> None:
    assert parse_amount(cell, unit) == Amount(minor)
    assert parse_amount_column(pa.array([cell]), unit).minor.to_pylist() == [minor]


def test_other_currencies() -> None:
    assert parse_amount("R$ 1.234,56", currency="BRL", decimal=",") == Amount(123456)
    assert parse_amount("¥1200", currency="JPY") == Amount(1200)
    assert parse_amount("1200.5", currency="JPY") == Amount(None, Reason.PRECISION)
    assert parse_amount("1.234", currency="KWD") == Amount(1234)


def test_rounding_only_if_asked_and_half_to_even() -> None:
    for cell, minor in (("0.125", 12), ("0.135", 14), ("-0.125", -12), ("1.999", 200)):
        assert parse_amount(cell, round=True) == Amount(minor)
        assert parse_amount_column(pa.array([cell]), round=True).minor.to_pylist() == [minor]


def test_unknown_unit_or_sign_is_a_mapping_error() -> None:
    with pytest.raises(MappingError, match="亩"):
        parse_amount("1", "亩")
    with pytest.raises(MappingError, match="decimal"):
        parse_amount_column(pa.array(["1"]), decimal=";")


@st.composite
def cells(draw: st.DrawFn) -> str:
    text = draw(
        st.sampled_from([cell for cell, _ in GOOD]) | st.decimals(-(10**12), 10**12, places=2).map(str)
    )
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(text)))
        taken = draw(st.integers(0, 1))
        text = text[:place] + draw(st.sampled_from(["", *"019,.-() 元万角¥９E"])) + text[place + taken :]
    return text


@given(
    st.lists(st.none() | cells(), max_size=12),
    st.sampled_from([*UNITS, "minor"]),
    st.sampled_from(["CNY", "JPY", "KWD"]),
    st.booleans(),
    st.sampled_from([".", ","]),
)
@settings(max_examples=300, deadline=None)
def test_column_form_equals_scalar_form(
    column: list[str | None], unit: str, currency: str, rounding: bool, decimal: str
) -> None:
    parsed = parse_amount_column(
        pa.array(column, pa.string()), unit, currency, round=rounding, decimal=decimal
    )
    single = [parse_amount(c or "", unit, currency, round=rounding, decimal=decimal) for c in column]
    assert parsed.minor.type == pa.int64()
    assert parsed.minor.to_pylist() == [a.minor for a in single]
    assert parsed.reasons.to_pylist() == [
        None if a.reason in ("", Reason.EMPTY) else str(a.reason) for a in single
    ]


@given(st.lists(st.integers(-(10**15), 10**15), min_size=1), st.booleans())
def test_no_rounding_error_ever(minor: list[int], grouped: bool) -> None:
    cells = [f"{Decimal(m).scaleb(-2):,.2f}" if grouped else f"{Decimal(m).scaleb(-2):.2f}" for m in minor]
    assert parse_amount_column(pa.array(["x", *cells]).slice(1)).minor.to_pylist() == minor
