"""Free text, codes, sex."""

from __future__ import annotations

import pytest

from values.parsed import EMPTY, Parsed, Reason, Status
from values.plain import parse_sex, parse_text


def test_text_keeps_case_and_inner_space() -> None:
    assert parse_text("　aB１  c\n") == Parsed("aB1  c", Status.UNCHECKED)
    assert parse_text("000001") == Parsed("000001", Status.UNCHECKED)
    assert parse_text("\u200b") == EMPTY


@pytest.mark.parametrize(
    ("cell", "sex"),
    [("男", "male"), (" Ｍ ", "male"), ("Male", "male"), ("1", "male"), ("女性", "female"), ("2", "female")],
)
def test_sex(cell: str, sex: str) -> None:
    assert parse_sex(cell) == Parsed(sex, Status.VALID)


@pytest.mark.parametrize("cell", ["未知", "0", "9", "x"])
def test_unknown_sex_is_not_guessed(cell: str) -> None:
    assert parse_sex(cell) == Parsed("", Status.INVALID, Reason.VALUE)
