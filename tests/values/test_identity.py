"""Identity numbers and permits."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

import pyarrow as pa
import pytest

from values import checks
from values.identity import parse_id_number, parse_other_id
from values.parsed import Reason, Status
from values.registry import VALUE_TYPES

GOOD = "11010519491231002X"


def complete(first17: str) -> str:
    return first17 + checks.id_check_character(first17)


@pytest.mark.parametrize(
    ("cell", "text", "status", "reason"),
    [
        (GOOD, GOOD, Status.VALID, ""),
        ("１１０１０５　１９４９１２３１００２ｘ", GOOD, Status.VALID, ""),
        (" 110105 19491231 002x ", GOOD, Status.VALID, ""),
        ("'" + GOOD, GOOD, Status.VALID, ""),
        ("110105491231002", GOOD, Status.UNCHECKED, ""),
        (complete("99010119800101001"), complete("99010119800101001"), Status.FICTIONAL, ""),
        (complete("91112419810803002"), complete("91112419810803002"), Status.VALID, ""),
        ("4201**********1234", "4201**********1234", Status.INVALID, Reason.MASKED),
        ("420106XXXXXXXX1234", "420106XXXXXXXX1234", Status.INVALID, Reason.MASKED),
        ("110105194912310021", "110105194912310021", Status.INVALID, Reason.CHECK_CHARACTER),
        (complete("16010519491231002"), complete("16010519491231002"), Status.INVALID, Reason.REGION),
        (complete("11010519490230002"), complete("11010519490230002"), Status.INVALID, Reason.BIRTH_DATE),
        (complete("11010517491231002"), complete("11010517491231002"), Status.INVALID, Reason.BIRTH_DATE),
        ("110105499931002", "110105499931002", Status.INVALID, Reason.BIRTH_DATE),
        ("990105491231002", "990105491231002", Status.INVALID, Reason.REGION),
        ("1101051949123100", "1101051949123100", Status.INVALID, Reason.LENGTH),
        ("11O10519491231002X", "11O10519491231002X", Status.INVALID, Reason.CHARACTERS),
        ("٣٣٣", "٣٣٣", Status.INVALID, Reason.CHARACTERS),
    ],
)
def test_id_number(cell: str, text: str, status: Status, reason: str) -> None:
    parsed = parse_id_number(cell)
    assert (parsed.text, parsed.status, parsed.reason) == (text, status, reason)


def test_ten_thousand_numbers_with_one_altered_character_are_never_taken() -> None:
    """Acceptance test O-04, for identity numbers and credit codes, as columns and as scalars."""
    source = random.Random(4)
    makers: list[tuple[str, Callable[[], str], str]] = [
        ("idNumber", lambda: _id_number(source), "0123456789XOI *"),
        ("uscc", lambda: _uscc(f"91350200{source.randrange(10**8):08d}X"), checks.USCC_CHARACTERS + "IO *"),
    ]
    for kind, make, alphabet in makers:
        originals = [make() for _ in range(10_000)]
        altered = [_alter(number, alphabet, source) for number in originals]
        good = VALUE_TYPES[kind].parse_column(pa.array(originals))
        assert set(good.status.to_pylist()) == {"valid"}
        bad = VALUE_TYPES[kind].parse_column(pa.array(altered))
        assert set(bad.status.to_pylist()) == {"invalid"}
        assert bad.reasons.null_count == 0
        assert {VALUE_TYPES[kind].parse(cell).status for cell in altered} == {Status.INVALID}


def _id_number(source: random.Random) -> str:
    birth = date(1930, 1, 1) + timedelta(days=source.randrange(30_000))
    return complete(f"350203{birth:%Y%m%d}{source.randrange(1000):03d}")


def _uscc(first17: str) -> str:
    return first17 + checks.uscc_check_character(first17)


def _alter(number: str, alphabet: str, source: random.Random) -> str:
    place = source.randrange(len(number))
    other = source.choice([c for c in alphabet if c != number[place]])
    return number[:place] + other + number[place + 1 :]


@pytest.mark.parametrize(
    ("cell", "text", "status", "reason"),
    [
        ("e 1234-5678", "E12345678", Status.UNCHECKED, ""),
        ("A123456（7）", "A123456(7)", Status.UNCHECKED, ""),
        ("E1****78", "E1****78", Status.INVALID, Reason.MASKED),
        ("E1", "E1", Status.INVALID, Reason.LENGTH),
        ("护照", "护照", Status.INVALID, Reason.CHARACTERS),
    ],
)
def test_other_id(cell: str, text: str, status: Status, reason: str) -> None:
    parsed = parse_other_id(cell)
    assert (parsed.text, parsed.status, parsed.reason) == (text, status, reason)
