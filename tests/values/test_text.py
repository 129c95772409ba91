"""Plain text steps."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from values import text


@given(st.text())
def test_clean_is_normal_and_compact_has_no_space(raw: str) -> None:
    assert unicodedata.is_normalized("NFKC", text.clean(raw))
    assert not any(c.isspace() for c in text.compact(raw))
    assert text.compact(text.compact(raw)) == text.compact(raw)


def test_steps() -> None:
    assert text.clean("\ufeff１ a\u200b ") == "1 a"
    assert text.single_spaced("a \t\n b\u3000c") == "a b c"
    assert text.compact("\"'００１ 2'\"") == "0012"
    assert text.round_brackets("[a]【b】〔c〕") == "(a)(b)(c)"
    assert text.pairs("112233") == ["11", "22", "33"]
    assert text.is_digits("09")
    assert not text.is_digits("٣")
    assert not text.is_digits("")
