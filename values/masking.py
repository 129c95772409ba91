"""What is shown of a value that the viewer may not see in full. Works on any text, parsed or not.

The rules are those of ontology §7: an identity number shows its last two characters, an account its last
four, and so on. A text too short for its rule shows nothing: what stays visible is never more than half.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

import pyarrow as pa

from values.columns import as_strings
from values.date_text import parse_date
from values.names import parse_person_name
from values.text import HAN, clean, compact, is_digits, pairs

HIDDEN = "***"
COMPOUND_SURNAMES = frozenset(
    pairs(
        "欧阳上官司马诸葛司徒东方夏侯皇甫尉迟公孙慕容令狐长孙宇文司空端木百里东郭南宫呼延轩辕公羊澹台"
        "公冶宗政濮阳淳于单于太叔申屠仲孙钟离闾丘鲜于独孤拓跋万俟闻人赫连西门第五左丘梁丘谷梁歐陽司馬諸葛"
    )
)
_HAN_NAME = re.compile(rf"[{HAN}]+")


def _ends(first: int, last: int, stars: int = 0) -> Callable[[str], str]:
    """Show the first and last characters; ``stars`` between them, 0 for as many as are hidden."""

    def rule(value: str) -> str:
        text = compact(value)
        hidden = len(text) - first - last
        if hidden < first + last:
            return HIDDEN
        return text[:first] + "*" * (stars or hidden) + (text[-last:] if last else "")

    return rule


def _person(value: str) -> str:
    """张三 → 张*, 欧阳修 → 欧阳*; of any other name its first character: Li Xiaoming → L**."""
    text = parse_person_name(value).text
    if not _HAN_NAME.fullmatch(text):
        return text[:1] + "**" if len(text) > 1 else HIDDEN
    shown = 2 if len(text) > 2 and text[:2] in COMPOUND_SURNAMES else 1
    return text[:shown] + "*" * max(1, len(text) - shown)


def _phone(value: str) -> str:
    """139****4417; of lines that are no Chinese mobile only the last four."""
    text = compact(value).translate(str.maketrans("", "", "-()"))
    national = text.removeprefix("+86")
    if len(national) == 11 and is_digits(national) and national[0] == "1":
        return f"{national[:3]}****{national[-4:]}"
    return _ends(0, 4)(text) if len(text) <= 16 else HIDDEN


def _email(value: str) -> str:
    mailbox, at, domain = clean(value).rpartition("@")
    return f"{mailbox[:1]}{HIDDEN}@{domain}" if at and len(mailbox) > 1 else HIDDEN


def _address(value: str) -> str:
    """The first six characters, about the district; half of a shorter one."""
    text = clean(value)
    return text[: min(6, len(text) // 2)] + HIDDEN


def _date(value: str) -> str:
    """The year alone."""
    return parse_date(value).text[:4] or HIDDEN


def _nothing(_value: str) -> str:
    return HIDDEN


MASKS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "personName": _person,
        "organisationName": _ends(2, 0, stars=3),
        "idNumber": _ends(0, 2),
        "otherId": _ends(0, 2),
        "uscc": _ends(0, 4),
        "registrationNo": _ends(0, 4),
        "phone": _phone,
        "email": _email,
        "domain": _nothing,
        "account": _ends(0, 4, stars=4),
        "bankCode": _ends(3, 0),
        "plate": _ends(0, 2),
        "vin": _ends(0, 4),
        "address": _address,
        "deviceMark": _ends(0, 2, stars=3),
        "regionCode": _ends(2, 0),
        "date": _date,
    }
)


def mask(value: str, type_name: str) -> str:
    """``value`` as it may be shown to someone without the right to see it; empty stays empty.

    Types without a rule of their own (text, codes, sex, amounts, numbers) show nothing at all.
    """
    return MASKS.get(type_name, _nothing)(value) if value else ""


def mask_column(column: pa.Array | pa.ChunkedArray, type_name: str) -> pa.Array:
    """`mask` for a whole column, once per distinct value; null stays null."""
    strings = as_strings(column)
    encoded = strings.dictionary_encode()
    masked = [mask(value, type_name) for value in encoded.dictionary.to_pylist()]
    return pa.array(masked, pa.string()).take(encoded.indices)
