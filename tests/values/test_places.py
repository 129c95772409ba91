"""Addresses and area codes."""

from __future__ import annotations

import pytest

from values.parsed import Parsed, Reason, Status
from values.places import parse_address, parse_region_code


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("厦门市　思明区 湖滨南路 ３ 号【Ａ座】 5 - 2 室", "厦门市思明区湖滨南路3号(A座)5-2室"),
        ("12  Nanjing  Road", "12 Nanjing Road"),
        ("江头 12 34 号", "江头12 34号"),  # two numbers stay two
    ],
)
def test_address(cell: str, text: str) -> None:
    assert parse_address(cell) == Parsed(text, Status.UNCHECKED)


@pytest.mark.parametrize(
    ("cell", "status", "reason"),
    [
        ("３５０２０３", Status.VALID, ""),
        ("990101", Status.FICTIONAL, ""),
        ("160000", Status.INVALID, Reason.REGION),
        ("3502", Status.INVALID, Reason.LENGTH),
        ("35020A", Status.INVALID, Reason.CHARACTERS),
    ],
)
def test_region_code(cell: str, status: Status, reason: str) -> None:
    parsed = parse_region_code(cell)
    assert (parsed.status, parsed.reason) == (status, reason)
