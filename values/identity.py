"""Numbers that identify people: the citizen identity number, passports and permits."""

from __future__ import annotations

import re
from datetime import date

import numpy as np

from values import checks, fictional
from values.calendar_days import real_days
from values.columns import Bools, Bytes, Draft, fixed_width, narrowed
from values.parsed import EMPTY, Parsed, Reason, Status
from values.places import PROVINCES, area_table, two_digits
from values.text import code_form, is_digits, looks_masked

_YEARS = range(1850, 2100)  # wide enough for every register, and the same on every day it is run
_MASK_RUN = re.compile(r"\d{3,}X{3,}")
OTHER_ID_PATTERN = r"[A-Z0-9()]{5,20}"
_OTHER_ID = re.compile(OTHER_ID_PATTERN)
_form = code_form()
_separated_form = code_form("-_./")
_AREAS = area_table(PROVINCES)


def parse_id_number(text: str) -> Parsed:
    """An 18-character citizen identity number (GB 11643): area, birth date and check character.

    Full-width digits, spaces and lower-case x are put right. Fifteen digits (before 1999) become the 18 of
    the same person, but stay ``unchecked``: nothing in them could have betrayed a slip. Letters typed for
    digits are not guessed at here. Area 99 with the right check character is fictional.
    """
    bare = _form(text)
    if not bare:
        return EMPTY
    if looks_masked(bare) or _MASK_RUN.match(bare):
        return Parsed(bare, Status.INVALID, Reason.MASKED)
    if not is_digits(bare[:-1]) or not (is_digits(bare[-1]) or bare[-1] == "X"):
        return Parsed(bare, Status.INVALID, Reason.CHARACTERS)
    if len(bare) == 15 and is_digits(bare):
        return _from_fifteen(bare)
    if len(bare) != 18:
        return Parsed(bare, Status.INVALID, Reason.LENGTH)
    return _check_eighteen(bare)


def _check_eighteen(bare: str) -> Parsed:
    if checks.id_check_character(bare[:17]) != bare[17]:
        return Parsed(bare, Status.INVALID, Reason.CHECK_CHARACTER)
    made_up = bare.startswith(fictional.AREA)
    if not made_up and not _known_area(bare):
        return Parsed(bare, Status.INVALID, Reason.REGION)
    if not _birth_date(bare[6:14]):
        return Parsed(bare, Status.INVALID, Reason.BIRTH_DATE)
    return Parsed(bare, Status.FICTIONAL if made_up else Status.VALID)


def _from_fifteen(bare: str) -> Parsed:
    if bare[:2] not in PROVINCES:
        return Parsed(bare, Status.INVALID, Reason.REGION)
    if not _birth_date("19" + bare[6:12]):
        return Parsed(bare, Status.INVALID, Reason.BIRTH_DATE)
    first17 = f"{bare[:6]}19{bare[6:]}"
    return Parsed(first17 + checks.id_check_character(first17), Status.UNCHECKED)


def _known_area(bare: str) -> bool:
    # Permanent residents from abroad have 9, the province of issue, three digits of nationality.
    return bare[:2] in PROVINCES or (bare[0] == "9" and bare[1:3] in PROVINCES)


def _birth_date(eight: str) -> bool:
    try:
        return date(int(eight[:4]), int(eight[4:6]), int(eight[6:])).year in _YEARS
    except ValueError:
        return False


def settle_id_numbers(draft: Draft) -> None:
    """Fast path: 18 characters that pass every check, among them the fictional ones."""
    rows, matrix = fixed_width(draft.strings, 18)
    passes = checks.id_checks(matrix)
    rows, matrix = narrowed(rows, passes), matrix if passes.all() else matrix[passes]
    made_up = two_digits(matrix, 0) == int(fictional.AREA)
    good = (made_up | _known_areas(matrix)) & _birth_dates(matrix)
    draft.settle(narrowed(rows, good & ~made_up), Status.VALID)
    draft.settle(narrowed(rows, good & made_up), Status.FICTIONAL)


def _known_areas(matrix: Bytes) -> Bools:
    abroad = (matrix[:, 0] == ord("9")) & _AREAS[two_digits(matrix, 1)]
    result: Bools = _AREAS[two_digits(matrix, 0)] | abroad
    return result


def _birth_dates(matrix: Bytes) -> Bools:
    pairs = [two_digits(matrix, place).astype(np.int64) for place in (6, 8, 10, 12)]
    year = pairs[0] * 100 + pairs[1]
    within: Bools = (year >= _YEARS.start) & (year < _YEARS.stop)
    return within & real_days(year, pairs[2], pairs[3])


def parse_other_id(text: str) -> Parsed:
    """A passport or a permit of Hong Kong, Macau or Taiwan: upper case, no separators; it has no check."""
    bare = _separated_form(text)
    if not bare:
        return EMPTY
    if looks_masked(bare):
        return Parsed(bare, Status.INVALID, Reason.MASKED)
    if not _OTHER_ID.fullmatch(bare):
        reason = Reason.LENGTH if bare.isascii() and bare.isalnum() else Reason.CHARACTERS
        return Parsed(bare, Status.INVALID, reason)
    return Parsed(bare, Status.UNCHECKED)
