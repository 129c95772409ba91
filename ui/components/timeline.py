"""The timeline under the canvas: one dot per dated relation, labels in lanes so that none overlaps. Plain SVG, no script."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

EPOCH = date(1970, 1, 1)
_LANE = 22
_TOP = 8
_EM = 12.5
_GAP = 16
_LONGEST = 24
_FONTS = "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif"


@dataclass(frozen=True, slots=True)
class Moment:
    """One dated thing: its first possible day (since 1970-01-01), words, colour, and whether it is selected."""

    id: str
    day: int
    text: str
    colour: str
    selected: bool = False


def timeline_html(
    moments: Sequence[Moment], legend: Mapping[str, str], width: int = 980, lanes: int = 8
) -> str:
    """HTML of ``moments``; ``legend`` maps words to colours. Those beyond the last lane are drawn as dots alone."""
    if not moments:
        return ""
    ordered = sorted(moments, key=lambda m: (m.day, m.text))
    first, last = _year(ordered[0].day), _year(ordered[-1].day) + 1
    low, high = (date(first, 1, 1) - EPOCH).days, (date(last, 1, 1) - EPOCH).days
    scale = (width - 20) / max(high - low, 1)
    ends = [0.0] * lanes
    marks = []
    used = 1
    for moment in ordered:
        x = 10 + (moment.day - low) * scale
        text = _short(moment.text)
        long = _GAP + sum(_EM if ord(c) > 0x2E80 else _EM * 0.55 for c in text)
        flip = x + long > width
        left, right = (x - long, x + _GAP) if flip else (x - 6, x + long)
        lane = next((i for i, end in enumerate(ends) if end <= left), None)
        if lane is None:
            marks.append(_dot(moment, x, _TOP + lanes * _LANE + 6))
            used = lanes + 1
            continue
        ends[lane] = right
        used = max(used, lane + 1)
        marks.append(
            _dot(moment, x, _TOP + lane * _LANE + 10)
            + _label(moment, text, x, _TOP + lane * _LANE + 14, flip)
        )
    height = _TOP + used * _LANE + 28
    grid = "".join(
        _year_line(y, 10 + ((date(y, 1, 1) - EPOCH).days - low) * scale, height, last - first)
        for y in range(first, last + 1)
    )
    keys = "".join(
        f'<span><i style="background:{colour}"></i>{escape(word)}</span>' for word, colour in legend.items()
    )
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="{_FONTS}">{grid}{"".join(marks)}</svg>'
    )
    # As a picture, because Streamlit takes inline SVG out of HTML; the words stay for readers of the page.
    words = escape("; ".join(m.text for m in ordered))
    data = base64.b64encode(drawing.encode()).decode()
    return f'<div class="mc-keys">{keys}</div><img class="mc-timeline" alt="{words}" src="data:image/svg+xml;base64,{data}">'


def _year(day: int) -> int:
    return (EPOCH + timedelta(days=day)).year


def _year_line(year: int, x: float, height: int, span: int) -> str:
    every = max(1, span // 12)
    word = (
        f'<text x="{x:.1f}" y="{height - 6}" fill="#8A94A0" font-size="11.5" text-anchor="middle">{year}</text>'
        if year % every == 0
        else ""
    )
    return f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height - 20}" stroke="#E6EAEF"/>{word}'


def _dot(moment: Moment, x: float, y: float) -> str:
    ring = ' stroke="#C8402A" stroke-width="2"' if moment.selected else ""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{moment.colour}"{ring}><title>{escape(moment.text)}</title></circle>'


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _label(moment: Moment, text: str, x: float, y: float, flip: bool) -> str:
    anchor, shift = ("end", -9) if flip else ("start", 9)
    weight = ' font-weight="600"' if moment.selected else ""
    return f'<text x="{x + shift:.1f}" y="{y:.1f}" font-size="12.5" fill="#1B2430" text-anchor="{anchor}"{weight}>{escape(text)}</text>'
