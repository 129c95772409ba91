"""Beside the canvas: cards, source rows, the path. Below it: timeline and tables."""

from __future__ import annotations

import io
from html import escape

import pandas as pd
import streamlit as st

from graph.model import Relation, Subgraph
from ui import case_data, case_events
from ui.case_state import CaseState, first_day
from ui.components.evidence_pane import (
    card_html,
    entity_name,
    path_html,
    relation_html,
    relation_words,
    sources_html,
)
from ui.components.timeline import Moment, timeline_html
from ui.desk import told, workspace
from ui.text import language, t
from workbench import investigate, tables


def beside(number: str, state: CaseState, loaded: Subgraph) -> None:
    """The right side: what was asked, else the path, else what is selected, else a hint."""
    with told():
        if state.asked:
            _ask_kinds(number, state, loaded)
        if state.path_ends[0]:
            _path(number, state, loaded)
        if state.selected:
            _selected(number, state, loaded)
        elif not state.asked and not state.path_ends[0]:
            st.html(f'<div class="mc-card mc-sub">{escape(t("case.select_hint"))}</div>')
            more = max(0, case_data.overview(number)["members"] - len(loaded.entities))
            if more:
                st.html(f'<div class="mc-sub">{escape(t("case.more", n=f"{more:,}"))}</div>')


def _ask_kinds(number: str, state: CaseState, loaded: Subgraph) -> None:
    counts = case_data.kept(number, ("counts", state.asked), dict[str, int])
    schema = workspace().schema
    with st.container(border=True):
        name = entity_name(loaded.entities, state.asked)
        st.markdown(f"**{t('case.ask_title', name=name, n=f'{sum(counts.values()):,}')}**")
        st.caption(t("case.ask_text"))
        chosen = st.pills(
            t("case.relations"), [k for k, n in counts.items() if n], selection_mode="multi", label_visibility="collapsed",
            format_func=lambda k: f"{schema.relations[k].label.get(language())} {counts[k]:,}", key=f"ask-{state.asked}",
        )  # fmt: skip
        go, no = st.columns(2)
        if go.button(t("case.ask_do"), type="primary", disabled=not chosen, width="stretch"):
            case_data.expand(number, state, state.asked, tuple(chosen))
            st.rerun()
        if no.button(t("case.cancel"), width="stretch"):
            state.asked = ""
            st.rerun()


def _path(number: str, state: CaseState, loaded: Subgraph) -> None:
    answer = case_data.paths(number, state.path_ends, state.off)
    names = {e.id: e.name for e in (*loaded.entities, *answer.subgraph.entities)}
    a, b = (names.get(end, end) for end in state.path_ends)
    if not answer.paths:
        st.warning(t("case.path_none", a=a, b=b, n=6))
    else:
        path = answer.paths[state.shown_path % len(answer.paths)]
        rows = case_data.first_rows(number, path.relations)
        head = f'<div class="mc-title">{escape(t("case.path_title", a=a, b=b))}</div>'
        head += f'<div class="mc-sub">{escape(t("case.path_steps", n=len(path.relations)))}</div>'
        if len(answer.paths) > 1:
            head += f'<div class="mc-sub">{escape(t("case.path_many", n=len(answer.paths), i=state.shown_path + 1))}</div>'
        st.html(
            f'<div class="mc-card">{head}{path_html(path, answer.subgraph, rows, workspace().schema)}</div>'
        )
    one, two = st.columns(2)
    if len(answer.paths) > 1 and one.button(t("case.path_next"), width="stretch"):
        case_events.show_path(number, state, state.path_ends, state.shown_path + 1)
        st.rerun()
    if two.button(t("case.path_clear"), width="stretch"):
        case_events.clear_path(state)
        st.rerun()


def _selected(number: str, state: CaseState, loaded: Subgraph) -> None:
    schema = workspace().schema
    relation = next((r for r in loaded.relations if r.id == state.selected), None)
    if relation is not None:
        names = {e.id: e.name for e in loaded.entities}
        twins = [r for r in loaded.relations if (r.from_id, r.to_id) == (relation.from_id, relation.to_id)]
        for one in _first(relation, twins):
            st.html(relation_html(one, names, schema))
            _reveal(
                number,
                one.id,
                [p for p in schema.relations[one.kind].properties if one.properties.get(p) is not None],
                one.kind,
            )
            st.html(sources_html(case_data.sources(number, one.id)))
        return
    card = case_data.card(number, state.selected)
    st.html(card_html(card, schema))
    if card.member:
        _reveal(number, card.entity.id, sorted({s.property for s in card.stated}), card.entity.kind)
    st.html(sources_html(case_data.sources(number, state.selected)))


def _first(relation: Relation, twins: list[Relation], most: int = 6) -> list[Relation]:
    """The relation clicked, then those drawn on the same line, a few of them."""
    return [relation, *(r for r in twins if r.id != relation.id)][:most]


def _reveal(number: str, subject: str, present: list[str], kind: str) -> None:
    schema = workspace().schema
    readable = {"code", "bool", "percent"} if kind in schema.relations else set()
    known = schema.kind(kind).properties
    masked = [
        p
        for p in present
        if p in known
        and (known[p].grade == "G3" or known[p].type == "locator")
        and known[p].type not in readable | {"ref"}
    ]
    if not masked:
        return
    minutes = case_data.policy_limits().reveal_minutes
    with st.popover(t("evidence.reveal"), icon=":material/visibility:"), told():
        prompt = t("evidence.reveal_why", n=minutes)
        name = st.selectbox(
            t("evidence.reveal_of"),
            masked,
            format_func=lambda p: known[p].label.get(language()),
            key=f"reveal-of-{subject}",
        )
        reason = st.text_input(prompt, key=f"reveal-why-{subject}")
        alone = st.checkbox(t("evidence.reveal_confirm"), key=f"reveal-ok-{subject}")
        if st.button(
            t("evidence.reveal_do"), type="primary", key=f"reveal-do-{subject}", disabled=not reason.strip()
        ):
            asked = case_data.work(number).because(reason.strip(), alone)
            opened = investigate.reveal(asked, subject, name, prompt)
            st.code(opened.value, language=None)
            st.caption(t("evidence.revealed", time=f"{opened.until.astimezone():%H:%M}"))


def below(number: str, state: CaseState, visible: Subgraph) -> None:
    """Timeline and tables of what is shown."""
    schema, lang = workspace().schema, language()
    labels = [
        t("case.timeline"),
        t("case.entities", n=len(visible.entities)),
        t("case.relations_tab", n=len(visible.relations)),
    ]
    time, entities, relations = st.tabs(labels)
    with time:
        st.html(_timeline(state, visible) or f'<div class="mc-sub">{escape(t("case.timeline_none"))}</div>')
    with entities:
        st.dataframe(tables.entities_table(visible, schema, lang), hide_index=True, height=320)
    with relations:
        st.dataframe(tables.relations_table(visible, schema, lang), hide_index=True, height=320)
        _export(number, visible)


def _timeline(state: CaseState, visible: Subgraph) -> str:
    schema, lang = workspace().schema, language()
    names = {e.id: e.name for e in visible.entities}
    marked = {*state.picture.path, state.selected}
    moments = [
        Moment(r.id, day, _words(r, names), schema.relations[r.kind].colour, r.id in marked)
        for r in visible.relations
        if (day := first_day(r)) is not None
    ]
    kinds = {r.kind for r in visible.relations if first_day(r) is not None}
    legend = {
        schema.relations[k].label.get(lang): schema.relations[k].colour
        for k in schema.relations
        if k in kinds
    }
    return timeline_html(moments, legend)


def _words(relation: Relation, names: dict[str, str]) -> str:
    left, right = names[relation.from_id], names[relation.to_id]
    return f"{left} {relation_words(relation, workspace().schema)} {right}"


def _export(number: str, visible: Subgraph) -> None:
    with st.popover(t("case.export"), icon=":material/download:"), told():
        reason = st.text_input(t("case.export_reason"), key=f"export-why-{number}")
        if not reason.strip():
            return
        asked = case_data.work(number).because(reason.strip())
        ids = tuple(sorted(e.id for e in visible.entities))
        found = case_data.kept(number, ("export", ids, reason), lambda: investigate.export(asked, ids))
        table = tables.relations_table(found, workspace().schema, language())
        st.download_button(t("case.export_csv"), _csv(table), file_name=f"{number}.csv", mime="text/csv")


def _csv(table: pd.DataFrame) -> bytes:
    out = io.StringIO()
    tables.no_formulas(table).to_csv(out, index=False)
    return out.getvalue().encode("utf-8-sig")
