"""Tools of the case page: filters above the canvas, the seed finder, scope."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from graph.model import Subgraph
from lake.names import Named
from ui import case_data
from ui.case_state import first_day
from ui.desk import told, workspace
from ui.text import language, t
from workbench import govern, investigate

EPOCH = date(1970, 1, 1)


def filters(number: str, loaded: Subgraph) -> tuple[frozenset[str], tuple[int, int] | None]:
    """Kinds switched off, and the years looked at (None = all times)."""
    schema, lang = workspace().schema, language()
    entity_kinds = [k for k in schema.entities if any(e.kind == k for e in loaded.entities)]
    relation_kinds = [k for k in schema.relations if any(r.kind == k for r in loaded.relations)]
    words = {k: schema.kind(k).label.get(lang) for k in (*entity_kinds, *relation_kinds)}
    one, two, three, four = st.columns([3.6, 1.25, 1.9, 1.15], vertical_alignment="center")
    kept_entities = one.pills(
        t("case.kinds"), entity_kinds, selection_mode="multi", default=entity_kinds, format_func=lambda k: words[k],
        key=f"kinds-{number}-{len(entity_kinds)}", label_visibility="collapsed",
    )  # fmt: skip
    with two.popover(_chosen_label(number, relation_kinds), width="stretch"):
        kept_relations = st.pills(
            t("case.relations"), relation_kinds, selection_mode="multi", default=relation_kinds, format_func=lambda k: words[k],
            key=f"relations-{number}-{len(relation_kinds)}",
        )  # fmt: skip
    years = _years(number, loaded, three)
    with four.popover(t("case.add_seed"), width="stretch"):
        scope(number)
        seed_finder(number)
    off = (set(entity_kinds) - set(kept_entities)) | (set(relation_kinds) - set(kept_relations))
    return frozenset(off), years


def _chosen_label(number: str, kinds: list[str]) -> str:
    chosen = st.session_state.get(f"relations-{number}-{len(kinds)}", kinds)
    return f"{t('case.relations')} {len(chosen)}/{len(kinds)}"


def _years(number: str, loaded: Subgraph, place: st.delta_generator.DeltaGenerator) -> tuple[int, int] | None:
    days = [d for r in loaded.relations if (d := first_day(r)) is not None]
    if not days:
        return None
    first, last = ((EPOCH + timedelta(days=d)).year for d in (min(days), max(days)))
    if first == last:
        return None
    key = f"years-{number}-{first}-{last}"
    chosen = place.slider(
        t("case.time"),
        first,
        last,
        (first, last),
        key=key,
        label_visibility="collapsed",
        help=t("case.time_at"),
    )
    return None if chosen == (first, last) else chosen


def days(years: tuple[int, int] | None) -> tuple[int, int] | None:
    """First and last day number of the chosen years."""
    if years is None:
        return None
    return (date(years[0], 1, 1) - EPOCH).days, (date(years[1], 12, 31) - EPOCH).days


def scope(number: str) -> None:
    """What the case sees now."""
    overview = case_data.overview(number)
    st.caption(t("case.hops_now", n=overview["hops"], m=f"{overview['members']:,}"))


def seed_finder(number: str) -> None:
    """Find an entity by name and make it a seed."""
    with told():
        text = st.text_input(t("case.seed_text"), key=f"seed-text-{number}")
        if not text.strip():
            return
        found = case_data.kept(number, ("find", text), lambda: investigate.find(case_data.work(number), text))
        if not found:
            st.info(t("case.seed_none"))
            return
        same = [n for n in found if n.match == "exact"]
        if len(same) > 1:
            st.warning(t("case.seed_same", n=len(same)))
        chosen = st.radio(
            text, found, format_func=_words, label_visibility="collapsed", key=f"seed-pick-{number}-{text}"
        )
        if st.button(t("case.seed_add"), type="primary", key=f"seed-add-{number}"):
            govern.add_seeds(case_data.work(number), [chosen.id])
            case_data.restart(number)
            st.rerun()


def _words(found: Named) -> str:
    kind = workspace().schema.entities[found.kind]
    subtype = kind.subtypes.get(found.subtype or "")
    parts = [kind.label.get(language()), subtype.get(language()) if subtype else "", found.hint]
    return f"{found.name} · " + " · ".join(p for p in parts if p)
