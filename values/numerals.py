"""Whole numbers written in Chinese numerals, everyday and formal (壹佰万, 三千零五十)."""

from __future__ import annotations

import re

_FORMAL = str.maketrans("〇壹贰叁肆伍陆柒捌玖拾佰仟萬億两貳參陸", "零一二三四五六七八九十百千万亿二二三六")
_DIGIT = {c: v for v, c in enumerate("零一二三四五六七八九")}
_BELOW_MYRIAD = re.compile(
    r"零?(?:([一二三四五六七八九])千)?(零)?(?:([一二三四五六七八九])百)?(零)?"
    r"(?:([一二三四五六七八九])?(十))?(零)?([一二三四五六七八九])?"
)
HAN_NUMERALS = "〇零一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟萬億两貳參陸"


def han_integer(text: str) -> int | None:
    """The number, or None where the text is no number or can be read in two ways.

    一万二 (12,000 when spoken, 10,002 when spelt) is such a case: a last digit after a skipped place needs
    its 零.
    """
    plain = text.translate(_FORMAL)
    if not plain:
        return None
    if plain == "零":
        return 0
    return _split(plain, (("亿", 10**8), ("万", 10**4)))


def _split(text: str, levels: tuple[tuple[str, int], ...]) -> int | None:
    if not levels:
        return _below_myriad(text)
    sign, size = levels[0]
    left, found, right = text.rpartition(sign)
    if not found:
        return _split(text, levels[1:])
    # 万亿 is a myriad of 亿, so the part before 亿 may hold 万 again.
    above = _split(left, levels[1:])
    below = _split(right, levels[1:]) if right else 0
    if not above or below is None or (0 < below < 10 and not right.startswith("零")):
        return None
    return above * size + below


def _below_myriad(text: str) -> int | None:
    match = _BELOW_MYRIAD.fullmatch(text)
    if not match or not text.strip("零"):
        return None
    thousands, gap1, hundreds, gap2, tens, ten, gap3, ones = match.groups()
    skipped = (thousands or hundreds) and not ten
    if ones and skipped and not (gap1 or gap2 or gap3):
        return None
    value = (_DIGIT[tens] if tens else 1) * 10 if ten else 0
    for digit, size in ((thousands, 1000), (hundreds, 100), (ones, 1)):
        value += _DIGIT[digit] * size if digit else 0
    return value
