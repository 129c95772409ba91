"""案件工作台 Case: the network of one case on a canvas, with the records behind every node and edge beside it."""

from __future__ import annotations

from html import escape

import streamlit as st

from governance.cases import Case
from ui import case_data, case_events
from ui.case_state import CaseState, dimmed, shown
from ui.components import case_panes, case_tools
from ui.components.canvas_graph import canvas_graph
from ui.components.canvas_model import ExportFrame
from ui.components.graph_canvas import draw, pending
from ui.components.layout import extend, layout
from ui.desk import session, told, workspace
from ui.pages.cases import CHOSEN
from ui.text import language, t
from workbench import govern

HEIGHT = 560


def page() -> None:
    """Draw the page of the chosen case."""
    number = st.session_state.get(CHOSEN) or st.query_params.get("case", "")
    if not number:
        st.info(t("case.none"))
        if st.button(t("case.go"), type="primary"):
            st.switch_page(st.session_state["pages"]["cases"])
        return
    st.session_state[CHOSEN] = number
    st.query_params["case"] = number
    with told():
        case = case_data.kept(number, "case", lambda: govern.show_case(session(number)))
        _header(case)
        if not case_data.reason_of(number):
            _ask_reason(number)
            return
        _work(number, case)


def _header(case: Case) -> None:
    purposes = workspace().policy.purposes
    words = purposes[case.purpose.code]
    purpose = words.zh if language() == "zh" else words.en
    tags = [
        (t("case.number", number=case.number), ""),
        (t("case.class", name=case.class_code), "blue"),
        (t("case.purpose", purpose=purpose, basis=case.purpose.legal_basis), "green"),
        (t("case.until", day=f"{case.purpose.expires:%Y-%m-%d}"), "amber"),
        (t("case.members", n=len(case.members)), ""),
    ]
    chips = "".join(f'<span class="mc-tag {colour}">{escape(word)}</span>' for word, colour in tags)
    st.html(f'<div class="mc-head"><h1>{escape(case.title)}</h1>{chips}</div>')


def _ask_reason(number: str) -> None:
    with st.form("reason", width=640):
        st.markdown(f"**{t('case.why_title')}**")
        st.caption(t("case.why_help"))
        reason = st.text_input(t("case.why"), placeholder=t("case.why_example"))
        if st.form_submit_button(t("case.start"), type="primary") and reason.strip():
            case_data.set_reason(number, reason.strip())
            st.rerun()


def _work(number: str, case: Case) -> None:
    overview = case_data.overview(number)
    if overview["newBatches"]:
        st.caption(t("case.since", n=overview["newBatches"]))
    if not case.seeds:
        st.info(t("case.empty"))
        case_tools.seed_finder(number)
        return
    state = case_data.state_of(number)
    _heed(number, state)
    loaded = case_data.loaded(number, state)
    left, right = st.columns([2.55, 1], gap="small")
    with left:
        state.off, years = case_tools.filters(number, loaded)
        _canvas(number, case, state, years)
        case_panes.below(number, state, shown(loaded, state))
    with right:
        message = st.session_state.pop("case_message", "")
        if message:
            st.toast(t(message))
        case_panes.beside(number, state, loaded)


def _heed(number: str, state: CaseState) -> None:
    """Act on what happened in the canvas before it is drawn, so that one run shows the answer."""
    event = pending(_key(number))
    last = st.session_state.get(f"case_graph:{number}")
    if event is not None and last is not None:
        message = case_events.handle(number, state, event, last, case_data.loaded(number, state))
        if message:
            st.session_state["case_message"] = message


def _key(number: str) -> str:
    return f"canvas-{number}"


def _canvas(number: str, case: Case, state: CaseState, years: tuple[int, int] | None) -> None:
    """Lay out what is shown and draw it."""
    loaded = case_data.loaded(number, state)
    visible = shown(loaded, state)
    names = {e.id: e.name for e in loaded.entities}
    edges = [(r.from_id, r.to_id) for r in loaded.relations]
    if not state.positions:
        state.positions = dict(layout(names, edges, method=state.layout, pinned=state.pinned))  # type: ignore[arg-type]
    elif any(e not in state.positions for e in names):
        state.positions = {**state.positions, **extend(state.positions, names, edges)}
    days = case_tools.days(years)
    as_of = case_data.data_as_of(number)
    training = workspace().settings.workspace.mode == "training"
    graph = canvas_graph(
        visible, workspace().schema, language=language(), positions=state.positions, seeds=case_data.seeds(number),
        pinned=state.pinned, path=state.picture.path, dim=dimmed(visible, *days) if days else (),
        folded={c: len(leaves) for c, leaves in state.picture.folded.items()},
        counts_text=t("case.drawn", nodes=len(visible.entities), edges=len(visible.relations), day=as_of),
        scene=f"{number}:{state.round}", layout=state.layout, can_undo=bool(state.past), can_redo=bool(state.future),
        export=ExportFrame(case.title, case.number, as_of, t("app.training") if training else session(number).actor),
    )  # fmt: skip
    st.session_state[f"case_graph:{number}"] = graph
    draw(graph, key=_key(number), height=HEIGHT, language=language())
