"""The two-way canvas: the vis-network bundle of the installed pyvis, mounted with Streamlit's Components v2.

``draw`` shows a ``CanvasGraph`` and returns what the user did; ``pending`` gives the same before anything is drawn,
so that a page can change the graph first and draw once. The browser fetches nothing: bundle, style and script
travel over Streamlit's own connection.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import streamlit as st

from ui.components.canvas_model import CanvasEvent, CanvasGraph, read_event
from ui.components.icons import GLYPHS, SHAPES
from ui.components.labels import label_lines
from ui.components.layout import METHODS
from ui.text import catalogue

_HERE = Path(__file__).parent
_SCRIPTS = ("canvas_paint.js", "canvas_export.js", "canvas_tools.js", "canvas.js")
_WORDS = "canvas."


def _script() -> str:
    """The bundle as a module-level object ``vis``, then our scripts in one module."""
    found = sorted(files("pyvis").joinpath("lib").glob("vis-*/vis-network.min.js"))  # type: ignore[attr-defined]
    bundle = found[-1].read_text(encoding="utf-8").split("//# sourceMappingURL")[0]
    own = "\n".join((_HERE / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    return f"const vis = {{}};\n(function (exports, module) {{\n{bundle}\n}}).call(globalThis, vis, {{}});\n{own}"


_MOUNT = st.components.v2.component(
    "mingcha_canvas",
    html=(_HERE / "canvas.html").read_text(encoding="utf-8"),
    css=(_HERE / "canvas.css").read_text(encoding="utf-8"),
    js=_script(),
)


def draw(graph: CanvasGraph, *, key: str, height: int = 560, language: str = "zh") -> CanvasEvent | None:
    """Show ``graph`` in a canvas of ``height`` pixels; what the user did since the last run, None where nothing.

    ``key`` names the canvas in the session. A graph of the same ``scene`` updates the canvas by difference.
    """
    result = _MOUNT(
        key=key,
        data=_data(graph, height, language),
        height=height,
        on_selected_change=_nothing,
        on_expanded_change=_nothing,
        on_moved_change=_nothing,
        on_action_change=_nothing,
    )
    return read_event(result)


def pending(key: str) -> CanvasEvent | None:
    """The event that ``draw`` with this ``key`` will return in this run, already before it is called."""
    state = st.session_state.get(key)
    return read_event(state) if state else None


def _nothing() -> None:
    """Events are read from the result; Streamlit only wants a callback to know their names."""


def _data(graph: CanvasGraph, height: int, language: str) -> dict[str, Any]:
    data = graph.payload()
    for node in data["nodes"]:
        node["lines"] = label_lines(node["label"])
    for style in data["kinds"].values():
        style["outline"] = SHAPES[style.pop("shape")]
        style["glyph"] = GLYPHS[style.pop("icon")]
    words = _words(language)
    layouts = {method: words[f"layout_{method}"] for method in METHODS if f"layout_{method}" in words}
    return data | {"height": height, "words": words, "layouts": layouts}


@cache
def _words(language: str) -> dict[str, str]:
    return {k.removeprefix(_WORDS): v for k, v in catalogue(language).items() if k.startswith(_WORDS)}
