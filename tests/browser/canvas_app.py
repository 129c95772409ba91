"""A page that shows nothing but the canvas with a fictional case, for tests: ``SIZE`` entities, expand adds ``MORE``."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import streamlit as st

from graph.model import Entity, Relation, Subgraph
from graph.schema import load_schema
from tests.browser.sample import MORE, sample
from ui.components.canvas_graph import canvas_graph
from ui.components.canvas_model import ExportFrame
from ui.components.graph_canvas import draw, pending
from ui.components.layout import extend, layout

SIZE = int(os.environ.get("SIZE", "30"))
ICON = Path(__file__).parents[2] / "ui" / "static" / "mingcha.png"


@st.cache_resource
def start() -> tuple[Subgraph, dict[str, tuple[float, float]]]:
    case = sample(SIZE)
    return case, layout({e.id: e.name for e in case.entities}, [(r.from_id, r.to_id) for r in case.relations])


def expanded(case: Subgraph, centre: str) -> Subgraph:
    """The case with ``MORE`` new persons tied to ``centre``."""
    fresh = [
        Entity(f"P9{len(case.entities) + i:04d}", "Person", None, f"新增{i}号", (), "G1", {}, ())
        for i in range(MORE)
    ]
    ties = [Relation(f"new{centre}{e.id}", "ASSOCIATED", centre, e.id, None, "G1", {}, ()) for e in fresh]
    return Subgraph((*case.entities, *fresh), (*case.relations, *ties))


st.set_page_config(page_title="canvas", page_icon=str(ICON), layout="wide")
st.html("<style>.block-container{padding:2.2rem 1.2rem 1.5rem!important;max-width:100%!important}</style>")
state = st.session_state
if "case" not in state:
    state.case, state.places = start()
    state.log = []
event = pending("canvas")
if event:
    state.log.append(asdict(event))
    if event.expanded:
        state.case = expanded(state.case, event.expanded)
        state.places = extend(
            state.places,
            {e.id: e.name for e in state.case.entities},
            [(r.from_id, r.to_id) for r in state.case.relations],
        )
    if event.action and event.action.name == "layout":
        state.layout = event.action.value
        state.places = layout(
            {e.id: e.name for e in state.case.entities},
            [(r.from_id, r.to_id) for r in state.case.relations],
            method=state.layout,
        )
with st.sidebar:
    st.markdown(":material/hub: 案件工作台")
case = state.case
kin = [r.id for r in case.relations if r.kind == "KIN"]
seeds = sorted(e.id for e in case.entities if e.kind == "Organisation")[:2]
left, right = st.columns([2.55, 1])
with left:
    returned = draw(
        canvas_graph(
            case, load_schema(), language=os.environ.get("LANGUAGE_SHOWN", "zh"), positions=state.places, seeds=seeds,
            path=[r.id for r in case.relations if r.kind == "HOLDS_SHARE"][:2], inferred=kin[:2], dim=[r.id for r in case.relations][-3:],
            folded={seeds[0]: 12} if seeds else {}, pinned=[case.entities[0].id],
            counts_text=f"{len(case.entities)} 个节点 · {len(case.relations)} 条关系 · 数据截至 2026-10-31",
            scene=state.get("layout", "auto"), layout=state.get("layout", "auto"), can_undo=len(state.log) > 1,
            export=ExportFrame("青屏县道路养护招投标", "QP-2026-017", "数据截至 2026-10-31", "虚构数据"),
        ),
        key="canvas", height=520, language=os.environ.get("LANGUAGE_SHOWN", "zh"),
    )  # fmt: skip
with right:
    st.html(
        f'<pre id="log" style="font-size:11px">{json.dumps(state.log[-4:], ensure_ascii=False, indent=1)}</pre>'
    )
    st.html(f'<div id="same">{returned == event}</div><div id="runs">{state.setdefault("runs", 0)}</div>')
state.runs += 1
