"""Chinese numerals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from values.numerals import han_integer


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("零", 0),
        ("〇", 0),
        ("十", 10),
        ("十二", 12),
        ("一百零五", 105),
        ("一百一十", 110),
        ("壹佰万", 1_000_000),
        ("叁仟零伍拾", 3050),
        ("两千", 2000),
        ("三万五千", 35_000),
        ("一万零二", 10_002),
        ("一亿二千万", 120_000_000),
        ("一万亿", 10**12),
        ("貳萬", 20_000),
    ],
)
def test_numbers(text: str, number: int) -> None:
    assert han_integer(text) == number


@pytest.mark.parametrize(
    "text", ["", "一万二", "一百二", "三千五", "一亿二", "二〇一九", "百百", "万", "一千千", "零零", "甲"]
)
def test_no_number_or_two(text: str) -> None:
    assert han_integer(text) is None


def spelt(number: int) -> str:
    """An independent speller, group by group."""
    if number == 0:
        return "零"
    groups, out = [], ""
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    for place, group in reversed(list(enumerate(groups))):
        digits = f"{group:04d}"
        part = ""
        for unit, digit in zip("千百十 ", digits, strict=True):
            part += "零" if digit == "0" else "零一二三四五六七八九"[int(digit)] + unit.strip()
        while "零零" in part:
            part = part.replace("零零", "零")
        part = part.rstrip("零")
        if part:
            gap = "零" if out and group < 1000 and not part.startswith("零") else ""
            out += gap + part + ("", "万", "亿")[place]
    return out.lstrip("零")


@given(st.integers(0, 10**12 - 1))
def test_every_number_comes_back(number: int) -> None:
    assert han_integer(spelt(number)) == number
