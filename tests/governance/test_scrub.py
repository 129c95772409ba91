from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from governance.scrub import DROPPED, scrub, scrub_text, sensitive_keys

CANARIES = [
    "11010519491231002X",
    "6222 0212 3456 7890 123",
    "13800138000",
    "138-0013-8000",
    "１３８００１３８０００",
]


@pytest.mark.parametrize("canary", CANARIES)
def test_long_numbers_are_counted_not_shown(canary: str) -> None:
    for text in (canary, f"看{canary}的户", f"number: {canary}.", f"a;{canary}"):
        told = scrub_text(text)
        assert canary not in told
        assert " digits]" in told


@pytest.mark.parametrize(
    "harmless",
    [
        "2026-03-02 09:00",
        "2026-03-02 - 2026-04-05",
        "2026-03 2026-04",
        "P-abcdefgh23456723",
        "0123456789abcdef0123456789abcdef",
        "f0" + "1" * 30,
        "600519",
        "20240300",
        "王小明, 王大明",
    ],
)
def test_what_is_no_number_stays(harmless: str) -> None:
    assert scrub_text(harmless) == harmless


def test_values_under_sensitive_keys_are_dropped() -> None:
    asked = {
        "name": "王小明",
        "idNumber": "A1",
        "birth_year_month": "1949-12",
        "more": [{"plate": "京A12345"}],
    }
    assert scrub(asked) == {
        "name": "王小明",
        "idNumber": DROPPED,
        "birth_year_month": DROPPED,
        "more": [{"plate": DROPPED}],
    }
    assert scrub({"secret": 1, "plate": 2}, {"secret"}) == {"secret": DROPPED, "plate": 2}


def test_sensitive_keys_come_from_the_grades_of_schema_and_registers() -> None:
    assert {"idnumber", "phone", "plate", "address"} <= sensitive_keys()
    assert not {"name", "uscc", "subtype"} & sensitive_keys()


def test_fields_of_a_value_are_looked_at_one_by_one() -> None:
    @dataclass(frozen=True, slots=True)
    class Asked:
        name: str
        phone: str

    assert scrub({"new": Asked("王小明", "123")}) == {"new": {"name": "王小明", "phone": DROPPED}}


def test_nothing_makes_it_fail() -> None:
    told = scrub(
        {1: Path("a"), "d": date(2026, 1, 1), "s": {"b", "a"}, "t": (1, 2.5, None, True), "n": float("nan"),
         "big": 13800138000, "bad": "\udc80\0", "none": {}}
    )  # fmt: skip
    assert told == {
        "1": "a", "d": "2026-01-01", "s": ["a", "b"], "t": [1, 2.5, None, True], "n": "nan",
        "big": "[11 digits]", "bad": "\\udc80\\0", "none": {},
    }  # fmt: skip
