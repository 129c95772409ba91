"""What the canvas shows and what it says back: plain values, no Streamlit and no browser in sight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

Position = tuple[float, float]


@dataclass(frozen=True, slots=True)
class KindStyle:
    """How one entity kind looks: shape (circle, square, diamond, hexagon, dot), icon of ``icons.GLYPHS``, colour."""

    label: str
    shape: str
    icon: str
    colour: str


@dataclass(frozen=True, slots=True)
class CanvasNode:
    """One node. ``folded``: how many leaves are folded into it (a badge shows the count); ``note``: more words
    for the tooltip; ``counts``: relation kind → how many in the store, for the expand menu (empty = unknown)."""

    id: str
    kind: str
    label: str
    x: float
    y: float
    seed: bool = False
    folded: int = 0
    dimmed: bool = False
    pinned: bool = False
    note: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CanvasEdge:
    """One line: the ``relations`` of one direction between two nodes that were merged into it.

    ``shown``: its label is always written (path, money, inference); others are written when selected.
    ``width`` is in pixels at zoom 1. ``expired``: surely over at the time looked at.
    """

    id: str
    relations: tuple[str, ...]
    from_id: str
    to_id: str
    kind: str
    label: str
    width: float = 1.2
    inferred: bool = False
    path: bool = False
    expired: bool = False
    symmetric: bool = False
    shown: bool = False


@dataclass(frozen=True, slots=True)
class ExportFrame:
    """Words written round an exported picture: every export says what it is, from when and whose."""

    title: str = ""
    case: str = ""
    as_of: str = ""
    watermark: str = ""


@dataclass(frozen=True, slots=True)
class CanvasGraph:
    """Everything the canvas draws.

    ``scene`` names the view: when it changes, the canvas is drawn anew and fitted; otherwise an update is a
    difference and zoom and place are kept. ``relation_kinds``: entity kind → (relation kind, label) that may
    be expanded from it. ``counts_text`` stands in the lower right corner.
    """

    nodes: tuple[CanvasNode, ...] = ()
    edges: tuple[CanvasEdge, ...] = ()
    kinds: Mapping[str, KindStyle] = field(default_factory=dict)
    relation_kinds: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    counts_text: str = ""
    scene: str = ""
    selected: tuple[str, ...] = ()
    layout: str = "auto"
    can_undo: bool = False
    can_redo: bool = False
    export: ExportFrame = field(default_factory=ExportFrame)

    def relations_of(self, edge_id: str) -> tuple[str, ...]:
        """Ids of the relations merged into an edge, () where there is no such edge."""
        return next((e.relations for e in self.edges if e.id == edge_id), ())

    def payload(self) -> dict[str, Any]:
        """The same as JSON-ready values; defaults are left out of nodes and edges, for they are many."""
        return {
            "nodes": [_compact(n, _NODE_DEFAULTS) for n in self.nodes],
            "edges": [_compact(e, _EDGE_DEFAULTS) for e in self.edges],
            "kinds": {name: asdict(style) for name, style in self.kinds.items()},
            "relationKinds": {k: [list(pair) for pair in pairs] for k, pairs in self.relation_kinds.items()},
            "countsText": self.counts_text,
            "scene": self.scene,
            "selected": list(self.selected),
            "layout": self.layout,
            "canUndo": self.can_undo,
            "canRedo": self.can_redo,
            "export": asdict(self.export),
        }


def _compact(value: CanvasNode | CanvasEdge, defaults: Mapping[str, Any]) -> dict[str, Any]:
    out = {}
    for name, default in defaults.items():
        held = getattr(value, name)
        if held != default:
            out[name] = dict(held) if isinstance(held, Mapping) else held
    return out


_REQUIRED = object()
_NODE_DEFAULTS: dict[str, Any] = {
    "id": _REQUIRED, "kind": _REQUIRED, "label": _REQUIRED, "x": _REQUIRED, "y": _REQUIRED, "seed": False, "folded": 0,
    "dimmed": False, "pinned": False, "note": "", "counts": {},
}  # fmt: skip
_EDGE_DEFAULTS: dict[str, Any] = {
    "id": _REQUIRED, "from_id": _REQUIRED, "to_id": _REQUIRED, "kind": _REQUIRED, "label": _REQUIRED, "width": 1.2,
    "inferred": False, "path": False, "expired": False, "symmetric": False, "shown": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CanvasAction:
    """Something chosen in the toolbar or the menu.

    ``name`` with ``ids`` (nodes it is meant for): ``expand`` (``value``: relation kind, "" = all), ``hide``,
    ``pin``, ``unpin``, ``only`` (only these and their neighbours), ``fold`` (leaves of these; same again unfolds),
    ``path`` (ids = from, to), ``layout`` (``value``: method), ``undo``, ``redo``, ``exported`` (``value``: png, svg).
    """

    name: str
    ids: tuple[str, ...] = ()
    value: str = ""


@dataclass(frozen=True, slots=True)
class CanvasEvent:
    """What happened in the canvas since the last run; several may be set at once.

    ``selected``: node and edge ids now selected, None where the selection did not change; ``expanded``: the
    node double-clicked; ``moved``: id → new place of nodes dragged by hand; ``action``: see ``CanvasAction``.
    """

    selected: tuple[str, ...] | None = None
    expanded: str = ""
    moved: Mapping[str, Position] = field(default_factory=dict)
    action: CanvasAction | None = None


ACTIONS = frozenset("expand hide pin unpin only fold path layout undo redo exported".split())


def read_event(state: Mapping[str, Any]) -> CanvasEvent | None:
    """The event in what the browser sent, None where nothing happened. What does not fit is ignored, not believed."""
    selected, expanded, moved, action = (state.get(k) for k in ("selected", "expanded", "moved", "action"))
    event = CanvasEvent(
        selected=_ids(selected) if isinstance(selected, list) else None,
        expanded=expanded if isinstance(expanded, str) else "",
        moved={str(k): (float(x), float(y)) for k, (x, y) in moved.items()}
        if isinstance(moved, Mapping)
        else {},
        action=_action(action),
    )
    return None if event == CanvasEvent() else event


def _ids(value: Any) -> tuple[str, ...]:
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()


def _action(value: Any) -> CanvasAction | None:
    if not isinstance(value, Mapping) or value.get("name") not in ACTIONS:
        return None
    return CanvasAction(value["name"], _ids(value.get("ids")), str(value.get("value", "")))
