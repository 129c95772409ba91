"""Plain text: one form for characters that look and mean the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

# Unified ideographs with the two Han signs that stand in names (〇, 々).
HAN = "〇々\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
# The part of it that column patterns call normal without a second look.
PLAIN_HAN = "\u4e00-\u9fff"

# Soft hyphen, zero-width spaces and joiners, direction marks, byte order mark, controls but \t \n \r.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACE = re.compile(r"\s+")
_OPENING = re.compile(r"[\[{【〔〖]")
_CLOSING = re.compile(r"[\]}】〕〗]")
_BESIDE_HAN = re.compile(f"(?<=[{HAN}]) | (?=[{HAN}])")
_BETWEEN_HAN = re.compile(f"(?<=[{HAN}]) (?=[{HAN}])")
_BESIDE_SIGN = re.compile(r"(?<![0-9A-Za-z]) | (?![0-9A-Za-z])")
# Spreadsheets export numbers kept as text with these marks around them.
_EXPORT_MARKS = "'`\"="


def settled(step: Callable[[str], str]) -> Callable[[str], str]:
    """Repeat ``step`` until the text stays as it is, so that a normal form of a normal form is itself."""

    def run(text: str) -> str:
        while (after := step(text)) != text:
            text = after
        return text

    return run


def clean(text: str) -> str:
    """Without invisible characters, in NFKC (full-width → half-width), trimmed; inner spaces stay."""
    if not text.isprintable():  # true of every character in the pattern, and quick to ask
        text = _INVISIBLE.sub("", text)
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip()


def single_spaced(text: str) -> str:
    """`clean`, every run of white space one space."""
    form = clean(text)
    return form if "  " not in form and form.isprintable() else _SPACE.sub(" ", form)


def _compact_step(text: str) -> str:
    return _SPACE.sub("", clean(text)).strip(_EXPORT_MARKS)


_compact = settled(_compact_step)


def compact(text: str) -> str:
    """`clean`, no white space at all, no export marks around it: for numbers and codes."""
    return text if text.isascii() and text.isalnum() else _compact(text)


def code_form(dropped: str = "") -> Callable[[str], str]:
    """The usual form of a number or code: `compact`, upper case, without the ``dropped`` characters."""
    table = str.maketrans("", "", dropped)
    return settled(lambda text: compact(text).upper().translate(table))


def round_brackets(text: str) -> str:
    """Every kind of bracket as half-width ``()``."""
    return _CLOSING.sub(")", _OPENING.sub("(", text))


def closed_between_han(text: str) -> str:
    """No space between two Han characters."""
    return _BETWEEN_HAN.sub("", text) if " " in text else text


def closed_beside_han(text: str) -> str:
    """No space before or after a Han character."""
    return _BESIDE_HAN.sub("", text) if " " in text else text


def closed_beside_signs(text: str) -> str:
    """No space but between two Latin letters or digits."""
    return _BESIDE_SIGN.sub("", text) if " " in text else text


def pairs(text: str) -> list[str]:
    """``text`` cut into pieces of two characters: short tables of codes and surnames are kept so."""
    return [text[i : i + 2] for i in range(0, len(text), 2)]


def is_digits(text: str) -> bool:
    """Only 0–9, at least one (other scripts' digits are no digits of an identifier)."""
    return text.isascii() and text.isdigit()


def looks_masked(text: str) -> bool:
    """Stars or similar signs stand where characters should be."""
    return "*" in text or "●" in text or "#" in text
