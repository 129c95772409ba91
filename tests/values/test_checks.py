"""Check characters against published examples, and arrays against scalars."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest

from values import checks
from values.columns import fixed_width


def test_published_examples() -> None:
    assert checks.id_check_character("11010519491231002") == "X"  # GB 11643 annex
    assert checks.id_check_character("44052418800101001") == "4"  # GB 11643 annex
    assert checks.registration_check_digit("11010800000001") == "6"
    assert checks.luhn_check_digit("7992739871") == "3"
    assert checks.passes_luhn("4111111111111111")
    assert checks.vin_check_character("1M8GDM9AXKP042788") == "X"
    assert checks.vin_check_character("1M8GDM9AIKP042788") is None
    assert checks.uscc_check_character("91350100M000100Y4") == "3"
    assert checks.organisation_code_check_character("D2143569") == "X"  # GB 11714 example
    assert checks.organisation_code_check_character("M000100Y") == "4"


def test_organisation_code_check_can_be_any_of_eleven() -> None:
    seen = {checks.organisation_code_check_character(f"{n:08d}") for n in range(200)}
    assert seen == set("0123456789X")


@pytest.mark.parametrize(
    ("width", "alphabet", "scalar", "array"),
    [
        (
            18,
            "0123456789X",
            lambda t: t[:17].isdigit() and checks.id_check_character(t[:17]) == t[17],
            "id_checks",
        ),
        (15, "0123456789", lambda t: checks.registration_check_digit(t[:14]) == t[14], "registration_checks"),
        (16, "0123456789", checks.passes_luhn, "luhn_checks"),
        (19, "0123456789", checks.passes_luhn, "luhn_checks"),
        (17, "0123456789ABCXYZ", lambda t: checks.vin_check_character(t) == t[8], "vin_checks"),
        (18, checks.USCC_CHARACTERS, lambda t: checks.uscc_check_character(t[:17]) == t[17], "uscc_checks"),
    ],
)
def test_array_form_equals_scalar_form(width, alphabet, scalar, array) -> None:  # type: ignore[no-untyped-def]
    source = random.Random(width)
    texts = ["".join(source.choices(alphabet, k=width)) for _ in range(3000)]
    _, matrix = fixed_width(pa.array(texts), width)
    found = getattr(checks, array)(matrix)
    assert found.tolist() == [scalar(text) for text in texts]
    assert found.any()


def test_digits_ok_refuses_the_neighbours_of_digits() -> None:
    matrix = np.frombuffer(b"09/9:9\x009", dtype=np.uint8).reshape(4, 2)
    assert checks.digits_ok(matrix).tolist() == [True, False, False, False]
