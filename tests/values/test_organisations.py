"""Credit codes and registration numbers."""

from __future__ import annotations

import pytest

from values import checks
from values.organisations import parse_registration_number, parse_uscc
from values.parsed import Reason, Status


def uscc(first17: str) -> str:
    return first17 + checks.uscc_check_character(first17)


@pytest.mark.parametrize(
    ("cell", "text", "status", "reason"),
    [
        ("91350100m000 100y-43", "91350100M000100Y43", Status.VALID, ""),
        ("91350100M000100Y44", "91350100M000100Y44", Status.INVALID, Reason.CHECK_CHARACTER),
        ("9135O100M000100Y43", "9135O100M000100Y43", Status.INVALID, Reason.CHARACTERS),
        ("9135010", "9135010", Status.INVALID, Reason.LENGTH),
        ("9135**********Y43", "9135**********Y43", Status.INVALID, Reason.MASKED),
        (uscc("91100000100003962"), uscc("91100000100003962"), Status.VALID, ""),  # registered nationally
        (uscc("91990000100003962"), uscc("91990000100003962"), Status.FICTIONAL, ""),
        (uscc("91160000100003962"), uscc("91160000100003962"), Status.INVALID, Reason.REGION),
        (uscc("9135A000100003962"), uscc("9135A000100003962"), Status.INVALID, Reason.REGION),
    ],
)
def test_uscc(cell: str, text: str, status: Status, reason: str) -> None:
    parsed = parse_uscc(cell)
    assert (parsed.text, parsed.status, parsed.reason) == (text, status, reason)


@pytest.mark.parametrize(
    ("cell", "status", "reason"),
    [
        ("110108000000016", Status.VALID, ""),
        ("110108000000017", Status.INVALID, Reason.CHECK_CHARACTER),
        ("16010800000001" + checks.registration_check_digit("16010800000001"), Status.INVALID, Reason.REGION),
        ("1101082123456", Status.UNCHECKED, ""),
        ("企独粤总字第001234号", Status.UNCHECKED, ""),
        ("11010800", Status.INVALID, Reason.LENGTH),
        ("11010800000001A", Status.INVALID, Reason.CHARACTERS),
    ],
)
def test_registration_number(cell: str, status: Status, reason: str) -> None:
    parsed = parse_registration_number(cell)
    assert (parsed.text, parsed.status, parsed.reason) == (cell, status, reason)
