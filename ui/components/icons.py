"""Signs of the entity kinds, drawn for this project: shapes and glyphs as SVG path data in a box of 24 × 24.

The same paths are used by the canvas (as ``Path2D``) and by pages (as inline SVG).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ui.components.canvas_model import KindStyle

SHAPES: Final[Mapping[str, str]] = {
    "circle": "M12 1a11 11 0 1 1 0 22a11 11 0 1 1 0-22z",
    "square": "M6 1.8H18A4.2 4.2 0 0 1 22.2 6V18A4.2 4.2 0 0 1 18 22.2H6A4.2 4.2 0 0 1 1.8 18V6A4.2 4.2 0 0 1 6 1.8z",
    "diamond": "M12 .2L23.8 12L12 23.8L.2 12z",
    "hexagon": "M6.2 1.9H17.8L23.6 12L17.8 22.1H6.2L.4 12z",
    "dot": "M12 2.6a9.4 9.4 0 1 1 0 18.8a9.4 9.4 0 1 1 0-18.8z",
}
"""Outlines of about equal area, so that no kind looks weightier than another."""

GLYPHS: Final[Mapping[str, str]] = {
    # a head over shoulders
    "person": "M12 6.2a2.9 2.9 0 1 1 0 5.8a2.9 2.9 0 1 1 0-5.8z M6.3 17.6C6.3 14.7 8.8 13 12 13S17.7 14.7 17.7 17.6z",
    # two house blocks with windows (windows wind the other way, so they stay open)
    "organisation": "M6.5 18V6.5H12.8V10H17.5V18z M8.2 8.3V9.9H9.3V8.3z M10.2 8.3V9.9H11.3V8.3z M8.2 11.3V12.9H9.3V11.3z"
    " M10.2 11.3V12.9H11.3V11.3z M8.2 14.3V15.9H9.3V14.3z M10.2 14.3V15.9H11.3V14.3z M14.2 12V13.5H15.6V12z M14.2 14.7V16.2H15.6V14.7z",
    # a banknote with a round seal
    "asset": "M6.4 8.6H17.6V15.4H6.4z M12 10A2 2 0 1 0 12 14A2 2 0 1 0 12 10z M7.5 9.6V10.8H8.7V9.6z M15.3 13.2V14.4H16.5V13.2z",
    # a sheet with a turned corner and two lines
    "matter": "M8 5.8H13.6L16.4 8.6V18.2H8z M9.6 11V12.1H14.8V11z M9.6 13.8V14.9H14.8V13.8z",
    # a pin on a map
    "locator": "M12 6A4.2 4.2 0 0 1 16.2 10.2C16.2 13 12 18 12 18S7.8 13 7.8 10.2A4.2 4.2 0 0 1 12 6z M12 8.7A1.6 1.6 0 1 0 12 11.9A1.6 1.6 0 1 0 12 8.7z",
}


def kind_svg(style: KindStyle, size: int = 18, *, glyph: bool = True) -> str:
    """Inline SVG of an entity kind as the canvas draws it; decorative, so hidden from screen readers."""
    inner = f'<path d="{GLYPHS[style.icon]}" fill="#fff" fill-rule="evenodd"/>' if glyph else ""
    return (
        f'<svg width="{size}" height="{size}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        f'<path d="{SHAPES[style.shape]}" fill="{style.colour}"/>{inner}</svg>'
    )
