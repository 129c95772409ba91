"""Numbers that identify organisations."""

from __future__ import annotations

import re

import numpy as np

from values import checks, fictional
from values.columns import Draft, fixed_width, narrowed
from values.parsed import EMPTY, Parsed, Reason, Status
from values.places import NATIONAL, PROVINCES, area_table, two_digits
from values.text import code_form, compact, is_digits, looks_masked, round_brackets, settled

_AREAS = area_table(PROVINCES | {NATIONAL})
_OLD_STYLE = re.compile(r"[^\W\d_]+字(?:第)?[0-9A-Z\-]+号?")
_form = code_form("-")
_bracketed_form = settled(lambda text: round_brackets(compact(text).upper()))


def parse_uscc(text: str) -> Parsed:
    """An 18-character unified social credit code (GB 32100): characters, area, check character.

    Fictional where the area (characters 3–8) starts with 99 and the check character is right.
    """
    bare = _form(text)
    if not bare:
        return EMPTY
    if looks_masked(bare):
        return Parsed(bare, Status.INVALID, Reason.MASKED)
    if len(bare) != 18:
        return Parsed(bare, Status.INVALID, Reason.LENGTH)
    if any(c not in checks.USCC_CHARACTERS for c in bare):
        return Parsed(bare, Status.INVALID, Reason.CHARACTERS)
    if checks.uscc_check_character(bare[:17]) != bare[17]:
        return Parsed(bare, Status.INVALID, Reason.CHECK_CHARACTER)
    return _by_area(bare, bare[2:8])


def parse_registration_number(text: str) -> Parsed:
    """A former registration number: 15 digits with a check digit; older forms have none.

    Thirteen digits and forms such as 企独粤总字第001234号 are ``unchecked``.
    """
    bare = _bracketed_form(text)
    if not bare:
        return EMPTY
    if looks_masked(bare):
        return Parsed(bare, Status.INVALID, Reason.MASKED)
    if _OLD_STYLE.fullmatch(bare) or (len(bare) == 13 and is_digits(bare)):
        return Parsed(bare, Status.UNCHECKED)
    if not is_digits(bare):
        return Parsed(bare, Status.INVALID, Reason.CHARACTERS)
    if len(bare) != 15:
        return Parsed(bare, Status.INVALID, Reason.LENGTH)
    if checks.registration_check_digit(bare[:14]) != bare[14]:
        return Parsed(bare, Status.INVALID, Reason.CHECK_CHARACTER)
    return _by_area(bare, bare[:6])


def _by_area(bare: str, area: str) -> Parsed:
    if not is_digits(area):
        return Parsed(bare, Status.INVALID, Reason.REGION)
    if area.startswith(fictional.AREA):
        return Parsed(bare, Status.FICTIONAL)
    if area[:2] in PROVINCES or area[:2] == NATIONAL:
        return Parsed(bare, Status.VALID)
    return Parsed(bare, Status.INVALID, Reason.REGION)


def settle_usccs(draft: Draft) -> None:
    """Fast path: 18 characters that pass every check."""
    rows, matrix = fixed_width(draft.strings, 18)
    good = checks.uscc_checks(matrix) & checks.digits_ok(matrix[:, 2:8])
    area = np.where(good, two_digits(matrix, 2), 0)
    draft.settle(narrowed(rows, good & _AREAS[area]), Status.VALID)
    draft.settle(narrowed(rows, good & (area == int(fictional.AREA))), Status.FICTIONAL)


def settle_registration_numbers(draft: Draft) -> None:
    """Fast path: 15 digits that pass every check."""
    rows, matrix = fixed_width(draft.strings, 15)
    good = checks.registration_checks(matrix)
    area = np.where(good, two_digits(matrix, 0), 0)
    draft.settle(narrowed(rows, good & _AREAS[area]), Status.VALID)
    draft.settle(narrowed(rows, good & (area == int(fictional.AREA))), Status.FICTIONAL)
