"""Values without structure: free text, business codes, sex."""

from __future__ import annotations

from values.parsed import EMPTY, Parsed, Reason, Status
from values.text import PLAIN_HAN, clean, settled

_SEXES = {
    "male": ("男", "男性", "m", "male", "1"),
    "female": ("女", "女性", "f", "female", "2"),
}
_SEX_OF = {word: sex for sex, words in _SEXES.items() for word in words}
_text = settled(clean)

# Surely in NFKC and trimmed: Han and printable ASCII, no space at either end.
TEXT_PATTERN = rf"[{PLAIN_HAN}!-~](?:[{PLAIN_HAN} -~]*[{PLAIN_HAN}!-~])?"


def parse_text(text: str) -> Parsed:
    """Any text or business code: NFKC, invisible characters out, trimmed; case and inner spaces stay."""
    form = _text(text)
    return Parsed(form, Status.UNCHECKED) if form else EMPTY


def parse_sex(text: str) -> Parsed:
    """``male`` or ``female`` from 男, M, male, 1 and their counterparts (1 and 2 as in GB/T 2261.1)."""
    form = clean(text).lower()
    if not form:
        return EMPTY
    sex = _SEX_OF.get(form)
    return Parsed(sex, Status.VALID) if sex else Parsed("", Status.INVALID, Reason.VALUE)
