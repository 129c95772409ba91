"""How much room a node and its label take on the canvas: one rule for the layout (server) and the painter (browser).

Lengths are world units, which are CSS pixels at zoom 1. A CJK character is 1 em wide, any other 0.55 em.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from unicodedata import combining, east_asian_width

import numpy as np
from numpy.typing import NDArray

FONT = 12.0
"""Label font size."""
LINE = 15.0
"""Line height of a label."""
RADIUS = 15.0
"""Radius of a node; a seed is drawn with a ring of ``RING`` more."""
RING = 5.0
ROOM = 1.15
"""Boxes are this much larger than the label, which keeps 10.5 pixels on screen when the picture is made smaller."""
LABEL_TOP = RADIUS + 5.0
"""Distance from the centre of a node to the top of its label."""
MAX_EM = 9.0
MAX_LINES = 2

Floats = NDArray[np.float64]


@lru_cache(maxsize=8192)
def char_em(char: str) -> float:
    """Width of one character in em."""
    if combining(char):
        return 0.0
    return 1.0 if east_asian_width(char) in "WFA" else 0.55


def text_em(text: str) -> float:
    """Width of a text in em."""
    return sum(map(char_em, text))


@lru_cache(maxsize=32768)
def label_lines(text: str) -> tuple[str, ...]:
    """The label as drawn: at most ``MAX_LINES`` lines of about ``MAX_EM``, cut with an ellipsis.

    Latin words are kept whole where a blank allows it; the two lines are made about equally long, so that
    the box is as narrow as the text allows.
    """
    text = " ".join(text.split())
    width = text_em(text)
    if width <= MAX_EM:
        return (text,) if text else ()
    half = min(max(width / 2, MAX_EM / 2), MAX_EM)
    head = _fitting(text, half + 1.0)
    cut = _word_break(text, head)
    rest = text[cut:].strip()
    limit = MAX_EM + 0.5
    if text_em(rest) > limit:
        rest = rest[: _fitting(rest, limit - 1.0)] + "…"
    return (text[:cut].strip(), rest)


def _fitting(text: str, em: float) -> int:
    """How many characters from the start fit in ``em`` (at least one)."""
    used = 0.0
    for index, char in enumerate(text):
        used += char_em(char)
        if used > em:
            return max(index, 1)
    return len(text)


def _word_break(text: str, cut: int) -> int:
    """``cut`` moved back to the last blank where it would split a Latin word, unless that leaves too little."""
    if cut >= len(text) or not (text[cut - 1].isascii() and text[cut].isascii()):
        return cut
    blank = text.rfind(" ", 0, cut + 1)
    return blank if blank >= cut // 3 and blank > 0 else cut


def label_boxes(labels: Iterable[str]) -> tuple[Floats, Floats]:
    """Boxes of nodes with their labels below: (half sizes n × 2, offsets n × 2 of the box centre from the node)."""
    lines = [label_lines(label) for label in labels]
    widths = np.array([max(map(text_em, ls), default=0.0) * FONT * ROOM for ls in lines], dtype=np.float64)
    heights = np.array([len(ls) * LINE * ROOM for ls in lines], dtype=np.float64)
    reach = RADIUS + RING
    below = np.where(heights > 0, LABEL_TOP + heights, reach)
    halves = np.column_stack([np.maximum(widths / 2, reach), (below + reach) / 2])
    offsets = np.column_stack([np.zeros(len(lines)), (below - reach) / 2])
    return halves, offsets
