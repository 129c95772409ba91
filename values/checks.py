"""Check characters: for one text, and for a matrix of bytes (one row a text).

Sources: ISO 7064 (MOD 11-2 and MOD 11,10), GB 11643 (identity numbers), GB 32100 (unified social credit
codes), GB 11714 (organisation codes), ISO/IEC 7812-1 annex B (Luhn), GB 16735 / ISO 3779 (vehicles).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from values.columns import Bools, Bytes

USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ID_WEIGHTS = tuple(2 ** (17 - i) % 11 for i in range(17))
_ID_CHARACTERS = "10X98765432"
_USCC_WEIGHTS = tuple(3**i % 31 for i in range(17))
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES = {c: int(c) for c in "0123456789"} | {
    c: v
    for letters, start in (("ABCDEFGH", 1), ("JKLMN", 1), ("P", 7), ("R", 9), ("STUVWXYZ", 2))
    for v, c in enumerate(letters, start)
}
_NONE = 255


def _table(values: dict[str, int]) -> Bytes:
    table = np.full(256, _NONE, dtype=np.uint8)
    for character, value in values.items():
        table[ord(character)] = value
    return table


_USCC_TABLE = _table({c: v for v, c in enumerate(USCC_CHARACTERS)})
_VIN_TABLE = _table(_VIN_VALUES)
_ID_BYTES = np.frombuffer(_ID_CHARACTERS.encode(), dtype=np.uint8)


def id_check_character(first17: str) -> str:
    """Check character of an identity number, from its first 17 digits (ISO 7064 MOD 11-2)."""
    return _ID_CHARACTERS[sum(int(c) * w for c, w in zip(first17, _ID_WEIGHTS, strict=True)) % 11]


def uscc_check_character(first17: str) -> str:
    """Check character of a unified social credit code, from its first 17 (weights 3^i, modulus 31)."""
    total = sum(USCC_CHARACTERS.index(c) * w for c, w in zip(first17, _USCC_WEIGHTS, strict=True))
    return USCC_CHARACTERS[-total % 31]


def organisation_code_check_character(first8: str) -> str:
    """Check character of a nine-character organisation code (A = 10 … Z = 35)."""
    rest = 11 - sum(int(c, 36) * w for c, w in zip(first8, _ORG_WEIGHTS, strict=True)) % 11
    return "0" if rest == 11 else "X" if rest == 10 else str(rest)


def registration_check_digit(first14: str) -> str:
    """Check digit of a 15-digit registration number (ISO 7064 MOD 11,10)."""
    product = 10
    for character in first14:
        total = (product + int(character)) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def luhn_check_digit(digits: str) -> str:
    """The digit that makes ``digits`` + digit pass Luhn."""
    total = 0
    for place, character in enumerate(reversed(digits)):
        doubled = int(character) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def passes_luhn(digits: str) -> bool:
    """The last digit is the Luhn check digit of the others."""
    return luhn_check_digit(digits[:-1]) == digits[-1]


def vin_check_character(vin: str) -> str | None:
    """What the ninth of 17 characters ought to be; None where a character is not allowed (I, O, Q)."""
    if any(c not in _VIN_VALUES for c in vin):
        return None
    rest = sum(_VIN_VALUES[c] * w for c, w in zip(vin, _VIN_WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def digits_ok(matrix: Bytes) -> Bools:
    """Rows made of digits only."""
    good: Bools = np.ones(len(matrix), dtype=np.bool_)
    for place in range(matrix.shape[1]):  # by column: numpy reduces short rows slowly
        good &= (matrix[:, place] - 48) < 10  # bytes below "0" wrap around to large values
    return good


def _weighted(values: Bytes, weights: Sequence[int]) -> npt.NDArray[np.int32]:
    total = np.zeros(len(values), dtype=np.int32)
    for place, weight in enumerate(weights):
        if weight:
            total += values[:, place].astype(np.int32) * np.int32(weight)
    return total


def id_checks(matrix: Bytes) -> Bools:
    """Rows × 18: 17 digits and the right check character."""
    rest = _weighted(matrix[:, :17] - 48, _ID_WEIGHTS) % 11
    result: Bools = digits_ok(matrix[:, :17]) & (matrix[:, 17] == _ID_BYTES[rest])
    return result


def uscc_checks(matrix: Bytes) -> Bools:
    """Rows × 18: allowed characters and the right check character."""
    values = _USCC_TABLE[matrix]
    allowed = (values != _NONE).all(axis=1)
    total = _weighted(values, (*_USCC_WEIGHTS, 1))
    result: Bools = allowed & (total % 31 == 0)
    return result


def registration_checks(matrix: Bytes) -> Bools:
    """Rows × 15: digits with the right check digit."""
    product = np.full(len(matrix), 10, dtype=np.int32)
    for place in range(14):
        total = (product + matrix[:, place] - 48) % 10
        total[total == 0] = 10
        product = total * 2 % 11
    result: Bools = digits_ok(matrix) & ((11 - product) % 10 == matrix[:, 14] - 48)
    return result


def luhn_checks(matrix: Bytes) -> Bools:
    """Rows × n, digits only: the last digit is right."""
    total = np.zeros(len(matrix), dtype=np.int32)
    width = matrix.shape[1]
    for place in range(width):
        digit = matrix[:, place].astype(np.int32) - 48
        if (width - place) % 2 == 0:
            digit = digit * 2 - 9 * (digit > 4)
        total += digit
    result: Bools = total % 10 == 0
    return result


def vin_checks(matrix: Bytes) -> Bools:
    """Rows × 17: allowed characters and the right ninth character."""
    values = _VIN_TABLE[matrix]
    rest = _weighted(values, _VIN_WEIGHTS) % 11
    expected = np.where(rest == 10, ord("X"), rest + 48)
    result: Bools = (values != _NONE).all(axis=1) & (matrix[:, 8] == expected)
    return result
