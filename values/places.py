"""Administrative area codes and addresses."""

from __future__ import annotations

import numpy as np

from values import fictional
from values.checks import digits_ok
from values.columns import Bools, Bytes, Draft, fixed_width, narrowed
from values.parsed import EMPTY, Parsed, Reason, Status
from values.text import (
    PLAIN_HAN,
    closed_beside_signs,
    compact,
    is_digits,
    pairs,
    round_brackets,
    settled,
    single_spaced,
)

# First two digits of GB/T 2260; 81 and 82 Hong Kong and Macau, 71 and 83 Taiwan (83 on residence permits).
PROVINCES = frozenset(pairs("1112131415212223313233343536374142434445465051525354616263646571818283"))
NATIONAL = "10"  # 100000: registered with a national authority


def area_table(codes: frozenset[str]) -> Bools:
    """A table of 100 flags, True at each two-digit code."""
    table = np.zeros(100, dtype=np.bool_)
    table[[int(code) for code in codes]] = True
    return table


def two_digits(matrix: Bytes, place: int) -> Bytes:
    """The two-digit numbers at ``place`` of each row; the bytes there must be digits."""
    return (matrix[:, place] - 48) * 10 + (matrix[:, place + 1] - 48)


_PROVINCE_TABLE = area_table(PROVINCES)


def parse_region_code(text: str) -> Parsed:
    """A six-digit area code of GB/T 2260 by its province; area 99 is fictional. Counties are not checked."""
    bare = compact(text)
    if not bare:
        return EMPTY
    if not is_digits(bare):
        return Parsed(bare, Status.INVALID, Reason.CHARACTERS)
    if len(bare) != 6:
        return Parsed(bare, Status.INVALID, Reason.LENGTH)
    if bare.startswith(fictional.AREA):
        return Parsed(bare, Status.FICTIONAL)
    if bare[:2] in PROVINCES:
        return Parsed(bare, Status.VALID)
    return Parsed(bare, Status.INVALID, Reason.REGION)


def settle_region_codes(draft: Draft) -> None:
    """Fast path: six digits in a known province."""
    rows, matrix = fixed_width(draft.strings, 6)
    digits = digits_ok(matrix)
    known = _PROVINCE_TABLE[np.where(digits, two_digits(matrix, 0), 0)]
    draft.settle(narrowed(rows, digits & known), Status.VALID)


_address = settled(lambda text: closed_beside_signs(round_brackets(single_spaced(text))))


def parse_address(text: str) -> Parsed:
    """NFKC, half-width round brackets, no spaces but between two Latin words or numbers."""
    form = _address(text)
    return Parsed(form, Status.UNCHECKED) if form else EMPTY


# Han and printable ASCII without square and curly brackets, nothing to close up.
ADDRESS_PATTERN = rf"[{PLAIN_HAN}!-Z\\^-z|~]+"
