"""The workbench: ``mingcha serve`` (or ``streamlit run app.py`` with MINGCHA_WORKSPACE set)."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui.desk import told, workspace
from ui.pages import case, cases
from ui.text import DEFAULT, LANGUAGES, t

UI = Path(__file__).parent / "ui"


def run() -> None:
    """Draw the frame and the chosen page."""
    st.set_page_config(page_title="明察 Mingcha", page_icon=str(UI / "static" / "mingcha.png"), layout="wide")
    st.session_state.setdefault("language", DEFAULT)
    st.logo(str(UI / "static" / "brand.svg"), size="large")
    st.html(f"<style>{(UI / 'components' / 'style.css').read_text(encoding='utf-8')}</style>")
    pages = {
        "cases": st.Page(
            cases.page, title=t("app.cases"), icon=":material/folder_open:", url_path="cases", default=True
        ),
        "case": st.Page(case.page, title=t("app.case"), icon=":material/hub:", url_path="case"),
    }
    st.session_state["pages"] = pages
    chosen = st.navigation({t("app.nav_work"): list(pages.values())})
    with st.sidebar:
        st.segmented_control(
            t("app.language"), list(LANGUAGES), format_func=lambda code: {"zh": "中文", "en": "English"}[code], key="language",
            required=True, label_visibility="collapsed",
        )  # fmt: skip
    with told():
        if workspace().settings.workspace.mode == "training":
            st.sidebar.caption(t("app.training"))
        chosen.run()


run()
