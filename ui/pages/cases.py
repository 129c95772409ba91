"""案件 Cases: my cases, the data at a glance, and opening a new case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import escape

import streamlit as st

from governance.cases import Case, NewCase
from ui.desk import session, told, workspace
from ui.text import language, t
from workbench import govern, status

CHOSEN = "case_number"
"""Key of the chosen case in the session's state."""


def page() -> None:
    """Draw the page."""
    st.html(f'<div class="mc-head"><h1>{escape(t("cases.title"))}</h1></div>')
    with told():
        _overview()
        st.markdown(f"#### {t('cases.mine')}")
        mine = govern.my_cases(session())
        if not mine:
            st.info(t("cases.none"))
        for case in mine:
            _case_row(case)
    with st.expander(t("cases.new"), icon=":material/add:"), told():
        _new_case()


def _overview() -> None:
    found = status.status(session())
    day = f"{found.data_as_of:%Y-%m-%d}" if found.data_as_of else "—"
    stats = (
        (t("cases.entities"), f"{found.entities:,}"), (t("cases.relations"), f"{found.relations:,}"),
        (t("cases.batches"), f"{found.batches:,}"), (t("cases.rows"), f"{found.rows:,}"),
        (t("cases.rejected"), f"{found.rejected:,}"), (t("cases.as_of"), day),
    )  # fmt: skip
    cells = "".join(
        f'<div class="mc-stat"><b>{escape(n)}</b><span>{escape(w)}</span></div>' for w, n in stats
    )
    st.html(f'<div class="mc-stats">{cells}</div>')


def _case_row(case: Case) -> None:
    now = workspace().ledger.now()
    state = case.status(now)
    tags = [
        (t("case.number", number=case.number), ""), (t("case.class", name=case.class_code), "blue"),
        (t("cases.seeds", n=len(case.seeds)), ""), (t("cases.hops", n=case.hops), ""),
        (t("cases.members", n=len(case.members)), ""),
        (t("cases.until", day=f"{case.purpose.expires:%Y-%m-%d}"), "amber"),
    ]  # fmt: skip
    if state != "open":
        tags.append((t(f"cases.{state}"), "amber"))
    left, right = st.columns([8, 1], vertical_alignment="center")
    chips = "".join(f'<span class="mc-tag {colour}">{escape(word)}</span>' for word, colour in tags)
    left.html(
        f'<div class="mc-card" style="margin:0"><div class="mc-title">{escape(case.title)}</div><div class="mc-head" style="margin-top:6px">{chips}</div></div>'
    )
    if right.button(
        t("cases.open"), key=f"open-{case.number}", type="primary", disabled=state != "open", width="stretch"
    ):
        st.session_state[CHOSEN] = case.number
        st.switch_page(st.session_state["pages"]["case"])


def _new_case() -> None:
    policy = workspace().policy
    zh = language() == "zh"
    with st.form("new-case", border=False):
        one, two, three = st.columns(3)
        number = one.text_input(t("cases.number"))
        title = two.text_input(t("cases.name"))
        class_code = three.text_input(t("cases.class"))
        purpose = one.selectbox(
            t("cases.purpose"),
            list(policy.purposes),
            format_func=lambda p: policy.purposes[p].zh if zh else policy.purposes[p].en,
        )
        basis = two.text_input(t("cases.basis"))
        unit = three.text_input(t("cases.unit"))
        today = datetime.now(UTC).date()
        expires = one.date_input(
            t("cases.expires"), today + timedelta(days=policy.limits.case_days), min_value=today + timedelta(days=1),
            max_value=today + timedelta(days=policy.limits.case_days_most - 1),
        )  # fmt: skip
        people = two.text_input(t("cases.people"))
        if st.form_submit_button(t("cases.create"), type="primary"):
            members = tuple(
                m.strip() for m in people.replace("，", ",").replace("、", ",").split(",") if m.strip()
            )
            ends = datetime(expires.year, expires.month, expires.day, tzinfo=UTC)
            new = NewCase(
                number.strip(), title, class_code, purpose, basis, unit, expires=ends, members=members
            )
            made = govern.new_case(session(), new)
            st.success(t("cases.created", number=made.number))
