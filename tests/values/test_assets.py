"""Accounts, bank codes, plates, vehicles."""

from __future__ import annotations

import pytest

from values.assets import parse_account, parse_bank_code, parse_plate, parse_vin
from values.parsed import Reason, Status


@pytest.mark.parametrize(
    ("cell", "text", "status", "reason"),
    [
        ("4111 1111-1111 1111", "4111111111111111", Status.VALID, ""),
        ("4111111111111112", "4111111111111112", Status.UNCHECKED, ""),
        ("79927398713", "79927398713", Status.UNCHECKED, ""),  # passes, but is no card
        ("102：4111111111111111", "102:4111111111111111", Status.VALID, ""),
        ("6222********1234", "6222********1234", Status.INVALID, Reason.MASKED),
        ("1234", "1234", Status.INVALID, Reason.LENGTH),
        ("abc@pay", "ABC@PAY", Status.INVALID, Reason.CHARACTERS),
    ],
)
def test_account(cell: str, text: str, status: Status, reason: str) -> None:
    parsed = parse_account(cell)
    assert (parsed.text, parsed.status, parsed.reason) == (text, status, reason)


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("102", Status.UNCHECKED),
        ("102100099996", Status.UNCHECKED),
        ("ICBKCNBJXXX", Status.UNCHECKED),
        ("999", Status.FICTIONAL),
        ("999000000001", Status.FICTIONAL),
        ("1021", Status.INVALID),
        ("工商银行", Status.INVALID),
    ],
)
def test_bank_code(cell: str, status: Status) -> None:
    assert parse_bank_code(cell).status is status


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("闽 d·12a45", "闽D12A45"),
        ("闽DD12345", "闽DD12345"),
        ("闽D12345F", "闽D12345F"),
        ("粤Z1234港", "粤Z1234港"),
        ("使014578", "使014578"),
    ],
)
def test_good_plates(cell: str, text: str) -> None:
    parsed = parse_plate(cell)
    assert (parsed.text, parsed.status) == (text, Status.VALID)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("闽D1234I", Reason.SHAPE),
        ("闽DX12345", Reason.SHAPE),  # eight characters, but no letter of a new-energy car
        ("闽D1234", Reason.LENGTH),
        ("闽D**345", Reason.MASKED),
    ],
)
def test_bad_plates(cell: str, reason: Reason) -> None:
    parsed = parse_plate(cell)
    assert (parsed.status, parsed.reason) == (Status.INVALID, reason)


@pytest.mark.parametrize(
    ("cell", "status", "reason"),
    [
        ("1m8gdm9axkp042788", Status.VALID, ""),
        ("1M8GDM9A1KP042788", Status.INVALID, Reason.CHECK_CHARACTER),
        ("1M8GDM9AXKPO42788", Status.INVALID, Reason.CHARACTERS),
        ("1M8GDM9AX", Status.INVALID, Reason.LENGTH),
        ("1M8GDM9A*********", Status.INVALID, Reason.MASKED),
    ],
)
def test_vin(cell: str, status: Status, reason: str) -> None:
    parsed = parse_vin(cell)
    assert (parsed.status, parsed.reason) == (status, reason)
