"""Invented numbers are recognised as such, differ from each other, and nothing else is taken for them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from values import fictional
from values.checks import organisation_code_check_character, passes_luhn
from values.errors import MingchaError
from values.parsed import Status
from values.registry import VALUE_TYPES


def status(kind: str, text: str) -> Status:
    return VALUE_TYPES[kind].parse(text).status


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.integers(0, 10**7 - 1))
def test_identity_numbers(birth: date, sequence: int) -> None:
    number = fictional.fictional_id_number(birth, sequence)
    assert status("idNumber", number) is Status.FICTIONAL
    assert number[6:14] == birth.strftime("%Y%m%d")
    assert int(number[16]) % 2 == sequence % 2  # odd: male
    assert status("idNumber", "35" + number[2:]) is Status.INVALID


@given(st.integers(0, 10**12 - 1))
def test_credit_codes(sequence: int) -> None:
    code = fictional.fictional_uscc(sequence)
    assert status("uscc", code) is Status.FICTIONAL
    assert organisation_code_check_character(code[8:16]) == code[16]


@given(st.integers(0, 10**9 - 1))
def test_phones(sequence: int) -> None:
    parsed = VALUE_TYPES["phone"].parse(fictional.fictional_phone(sequence))
    assert parsed.status is Status.FICTIONAL
    assert parsed.text == "+86" + fictional.fictional_phone(sequence)


@given(st.integers(0, 10**15 - 1))
def test_accounts(sequence: int) -> None:
    account = fictional.fictional_account(sequence)
    assert not passes_luhn(account)
    assert status("account", account) is Status.FICTIONAL


def test_different_sequences_give_different_numbers() -> None:
    steps = range(0, 10_000_000, 9973)
    birth = date(1980, 5, 1)
    assert len({fictional.fictional_id_number(birth, n) for n in steps}) == len(steps)
    for maker in (fictional.fictional_uscc, fictional.fictional_phone, fictional.fictional_account):
        assert len({maker(n) for n in steps}) == len(steps)


def test_a_sequence_out_of_range_is_refused() -> None:
    with pytest.raises(MingchaError, match="sequence 10000000 "):
        fictional.fictional_id_number(date(1980, 1, 1), 10**7)
    with pytest.raises(MingchaError, match="sequence -1 "):
        fictional.fictional_phone(-1)


def test_account_rule_at_its_edges() -> None:
    assert status("account", "999:4111111111111111") is Status.VALID  # passes Luhn, so not ours
    assert status("account", "999:4111111111111112") is Status.FICTIONAL
    assert status("account", "102:9994111111111113") is Status.UNCHECKED  # the bank given decides
    assert status("account", "998000000000") is Status.UNCHECKED


def test_watermark_in_both_languages() -> None:
    assert set(fictional.WATERMARK) == {"zh", "en"}
