"""Numbers of things: bank accounts, bank codes, number plates, vehicles."""

from __future__ import annotations

import re

from values import checks, fictional
from values.columns import Draft, fixed_width, matching, narrowed
from values.parsed import EMPTY, Parsed, Reason, Status
from values.text import code_form, is_digits, looks_masked

CARD_LENGTHS = range(16, 20)
_ACCOUNT_LENGTHS = range(5, 33)
_form = code_form("-_.·•")
_PROVINCE_SIGNS = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE_LETTERS = "A-HJ-NP-Z"  # no I, no O
PLATE_PATTERN = (
    rf"[{_PROVINCE_SIGNS}][A-Z](?:[{_PLATE_LETTERS}0-9]{{4}}[{_PLATE_LETTERS}0-9挂学警港澳领试超]"
    rf"|[A-HJK][{_PLATE_LETTERS}0-9][0-9]{{4}}|[0-9]{{5}}[A-HJK])"
    r"|使[0-9]{6}|[0-9]{6}使"
)
_PLATE = re.compile(PLATE_PATTERN)
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


def parse_account(text: str) -> Parsed:
    """An account or card number, alone or as ``bank:account``; spaces and hyphens go.

    ``valid``: 16–19 digits that pass Luhn (cards). ``fictional``: the bank, or the number itself where no
    bank is given, starts with the reserved bank code 999 *and* the number fails Luhn. Everything else of
    5–32 digits is ``unchecked``, since most accounts of firms have no check digit at all.
    """
    bare = _form(text)
    if not bare:
        return EMPTY
    if looks_masked(bare):
        return Parsed(bare, Status.INVALID, Reason.MASKED)
    bank, colon, number = bare.rpartition(":")
    if not is_digits(number) or (colon and not is_digits(bank)):
        return Parsed(bare, Status.INVALID, Reason.CHARACTERS)
    if len(number) not in _ACCOUNT_LENGTHS:
        return Parsed(bare, Status.INVALID, Reason.LENGTH)
    passes = checks.passes_luhn(number)
    if not passes and (bank or number).startswith(fictional.BANK):
        return Parsed(bare, Status.FICTIONAL)
    return Parsed(bare, Status.VALID if passes and len(number) in CARD_LENGTHS else Status.UNCHECKED)


def settle_accounts(draft: Draft) -> None:
    """Fast path: cards of 16–19 digits; other plain digits that cannot be fictional."""
    for width in CARD_LENGTHS:
        rows, matrix = fixed_width(draft.strings, width)
        digits = checks.digits_ok(matrix)
        passes = checks.luhn_checks(matrix)
        made_up = (matrix[:, :3] == ord(fictional.BANK[0])).all(axis=1)
        draft.settle(narrowed(rows, digits & passes), Status.VALID)
        draft.settle(narrowed(rows, digits & ~passes & made_up), Status.FICTIONAL)
        draft.settle(narrowed(rows, digits & ~passes & ~made_up), Status.UNCHECKED)
    others = matching(draft.strings, "[0-8][0-9]{4,14}|[0-8][0-9]{19,31}")
    draft.settle(others, Status.UNCHECKED)


def parse_bank_code(text: str) -> Parsed:
    """A bank's code: three digits, the twelve of the payment system, or a SWIFT code. 999… is fictional."""
    bare = _form(text)
    if not bare:
        return EMPTY
    if is_digits(bare):
        if len(bare) not in (3, 12):
            return Parsed(bare, Status.INVALID, Reason.LENGTH)
        return Parsed(bare, Status.FICTIONAL if bare.startswith(fictional.BANK) else Status.UNCHECKED)
    shaped = _BIC.fullmatch(bare)
    return Parsed(bare, Status.UNCHECKED) if shaped else Parsed(bare, Status.INVALID, Reason.CHARACTERS)


def parse_plate(text: str) -> Parsed:
    """A Chinese number plate, seven characters or the eight of new-energy cars (GA 36): shape only."""
    bare = _form(text)
    if not bare:
        return EMPTY
    if looks_masked(bare):
        return Parsed(bare, Status.INVALID, Reason.MASKED)
    if _PLATE.fullmatch(bare):
        return Parsed(bare, Status.VALID)
    reason = Reason.SHAPE if len(bare) in (7, 8) else Reason.LENGTH
    return Parsed(bare, Status.INVALID, reason)


def parse_vin(text: str) -> Parsed:
    """A 17-character vehicle identification number with its check character in ninth place."""
    bare = _form(text)
    if not bare:
        return EMPTY
    if looks_masked(bare):
        return Parsed(bare, Status.INVALID, Reason.MASKED)
    if len(bare) != 17:
        return Parsed(bare, Status.INVALID, Reason.LENGTH)
    expected = checks.vin_check_character(bare)
    if expected is None:
        return Parsed(bare, Status.INVALID, Reason.CHARACTERS)
    if bare[8] != expected:
        return Parsed(bare, Status.INVALID, Reason.CHECK_CHARACTER)
    return Parsed(bare, Status.VALID)


def settle_vins(draft: Draft) -> None:
    """Fast path: 17 characters with the right check character."""
    rows, matrix = fixed_width(draft.strings, 17)
    draft.settle(narrowed(rows, checks.vin_checks(matrix)), Status.VALID)
