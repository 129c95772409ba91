"""Invented data that nobody can take for real: reserved ranges, the watermark, and makers of numbers.

The ranges are those of ontology §7: area code 99 in identity numbers and credit codes (no such province),
telephone prefixes 100–109 (never issued with eleven digits), bank code 999 with a failing Luhn digit, and
the top-level domain ``.invalid`` (RFC 2606). Generator, loader and tests all take them from here.
"""

from __future__ import annotations

from datetime import date

from values import checks
from values.errors import MingchaError

AREA = "99"
PHONE_PREFIX = "10"  # 100–109 is 10 and any digit
BANK = "999"
TOP_LEVEL_DOMAIN = "invalid"
WATERMARK = {"zh": "虚构数据 · 仅供培训与演示", "en": "Fictional data · for training and demonstration only"}


def fictional_id_number(birth: date, sequence: int) -> str:
    """An 18-character identity number in area 99, born on ``birth``, with its right check character.

    ``sequence`` 0–9,999,999 tells people of one birthday apart; an odd one is male, an even one female.
    """
    area, order = divmod(_within(sequence, 10**7), 1000)
    first17 = f"{AREA}{area:04d}{birth:%Y%m%d}{order:03d}"
    return first17 + checks.id_check_character(first17)


def fictional_uscc(sequence: int) -> str:
    """An 18-character social credit code of a company in area 99, with both its check characters right.

    ``sequence`` 0–999,999,999,999 tells companies apart.
    """
    area, order = divmod(_within(sequence, 10**12), 10**8)
    organisation = f"{order:08d}"
    organisation += checks.organisation_code_check_character(organisation)
    first17 = f"91{AREA}{area:04d}{organisation}"
    return first17 + checks.uscc_check_character(first17)


def fictional_phone(sequence: int) -> str:
    """Eleven digits starting 100–109, as a source would write a mobile number; ``sequence`` < 10⁹."""
    return f"{PHONE_PREFIX}{_within(sequence, 10**9):09d}"


def fictional_account(sequence: int) -> str:
    """Nineteen digits starting with bank code 999 that fail Luhn; ``sequence`` < 10¹⁵."""
    first18 = f"{BANK}{_within(sequence, 10**15):015d}"
    return first18 + str((int(checks.luhn_check_digit(first18)) + 1) % 10)


def _within(sequence: int, limit: int) -> int:
    if not 0 <= sequence < limit:
        raise MingchaError(f"sequence {sequence} of a fictional number is outside 0–{limit - 1}")
    return sequence
