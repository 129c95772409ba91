"""Names of people and organisations: one written form. Keys for finding them are made elsewhere."""

from __future__ import annotations

import re

from values.parsed import EMPTY, Parsed, Status
from values.text import (
    HAN,
    PLAIN_HAN,
    closed_beside_han,
    closed_between_han,
    round_brackets,
    settled,
    single_spaced,
)

# The dots that stand between the parts of minority and transcribed names, with spaces around them or not.
_NAME_DOT = re.compile(rf"(?<=[{HAN}]) ?[·•‧∙⋅・.。] ?(?=[{HAN}])")
_APOSTROPHES = str.maketrans("’‘ʼ`", "''''")
_ONLY_HAN = re.compile(f"[{HAN}]+")


def _person_step(text: str) -> str:
    spaced = single_spaced(text)
    if _ONLY_HAN.fullmatch(spaced):
        return spaced
    spaced = spaced.translate(_APOSTROPHES)
    return closed_between_han(_NAME_DOT.sub("·", spaced))


_person = settled(_person_step)
_organisation = settled(lambda text: closed_beside_han(round_brackets(single_spaced(text))))


def parse_person_name(text: str) -> Parsed:
    """NFKC, no space between Han characters, name separators as ``·``, Latin words one space apart.

    Upper and lower case, traditional and simplified characters stay as written.
    """
    form = _person(text)
    return Parsed(form, Status.UNCHECKED) if form else EMPTY


def parse_organisation_name(text: str) -> Parsed:
    """NFKC, every kind of bracket as half-width ``()``, no space beside a Han character.

    Half-width because NFKC gives it: 宏达(北京)有限公司 has one form however it was typed. The printed
    full-width form stays in the original cell.
    """
    form = _organisation(text)
    return Parsed(form, Status.UNCHECKED) if form else EMPTY


# What is surely in normal form already (RE2): the rest goes through the functions above.
PERSON_PATTERN = rf"[{PLAIN_HAN}]+(?:·[{PLAIN_HAN}]+)*|[A-Za-z'.\-]+(?: [A-Za-z'.\-]+)*"
_SIGNS = r"!-Z\\^-z|~"  # printable ASCII without square and curly brackets
ORGANISATION_PATTERN = rf"[{PLAIN_HAN}{_SIGNS}]+|[{_SIGNS}]+(?: [{_SIGNS}]+)*"
