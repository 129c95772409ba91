"""Every page boots in both languages, with data and without, and an error is a message, never a stack trace."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ui.pages.cases import CHOSEN
from workbench import demo
from workbench.settings import Settings
from workbench.workspace import init_workspace

ROOT = Path(__file__).resolve().parents[2]
NUMBER = "QP-2026-017"
PAGE = """
import streamlit as st
from ui.pages import {page}
st.session_state.setdefault("pages", {{}})
{page}.page()
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages") / "workspace"
    demo.make(folder)
    return folder


@pytest.fixture
def workspace(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the demo workspace that the pages show."""
    folder = tmp_path / "workspace"
    shutil.copytree(made, folder)
    monkeypatch.setenv("MINGCHA_WORKSPACE", str(folder))
    return folder


def app() -> AppTest:
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)


def page(name: str, language: str = "zh", **state: object) -> AppTest:
    found = AppTest.from_string(PAGE.format(page=name), default_timeout=60)
    found.session_state["language"] = language
    for key, value in state.items():
        found.session_state[key] = value
    return found.run()


def words(found: AppTest) -> str:
    """Everything the page says."""
    parts = [
        *found.markdown,
        *found.caption,
        *found.info,
        *found.error,
        *found.warning,
        *found.button,
        *found.get("html"),
    ]
    return "\n".join(
        str(getattr(p, "value", "") or getattr(p, "label", "") or getattr(p.proto, "body", "")) for p in parts
    )


def test_the_app_opens_on_the_cases(workspace: Path) -> None:
    found = app().run()
    assert not found.exception
    assert "青屏县道路养护招投标" in words(found) and "打开" in words(found)


@pytest.mark.parametrize(("language", "said"), [("zh", "我的案件"), ("en", "My cases")])
def test_cases_in_both_languages(workspace: Path, language: str, said: str) -> None:
    found = page("cases", language)
    assert not found.exception and said in words(found)


@pytest.mark.parametrize(("language", "said"), [("zh", "本次查看的理由"), ("en", "Why you look today")])
def test_a_case_asks_for_a_reason_first(workspace: Path, language: str, said: str) -> None:
    found = page("case", language, **{CHOSEN: NUMBER})
    assert not found.exception and said in words(found)
    assert "宏途路桥有限公司" not in words(found)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_case_opens_with_a_reason(workspace: Path, language: str) -> None:
    found = page("case", language, **{CHOSEN: NUMBER, f"case_reason:{NUMBER}": "test"})
    assert not found.exception and not found.error
    assert "宏途路桥有限公司" in found.dataframe[0].value.to_string()


def test_without_a_chosen_case_the_page_says_what_to_do(workspace: Path) -> None:
    assert "请先在“案件”页打开一个案件" in words(page("case"))


def test_a_case_of_others_and_one_that_is_not_there_are_refused_alike(workspace: Path) -> None:
    found = page("case", **{CHOSEN: "NOBODY-1"})
    assert not found.exception
    assert "无法完成" in found.error[0].value


def test_an_empty_workspace_says_what_to_do_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGCHA_WORKSPACE", str(init_workspace(tmp_path / "empty", Settings())))
    found = page("cases")
    assert not found.exception and "您还没有参与任何案件" in words(found)


def test_a_folder_that_is_no_workspace_is_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGCHA_WORKSPACE", str(tmp_path))
    found = app().run()
    assert not found.exception
    assert "mingcha init" in found.error[0].value


def test_a_new_case_is_opened_and_seeded_by_name(workspace: Path) -> None:
    found = page("cases")
    fill = {
        "案号": "QP-T-1",
        "案件名称": "试办案件",
        "案件类别": "工程招投标",
        "依据": "初核批准",
        "承办单位": "一室",
    }
    for label, text in fill.items():
        next(i for i in found.text_input if i.label == label).set_value(text)
    next(b for b in found.button if b.label == "建立案件").click()
    found.run()
    assert not found.exception and not found.error
    opened = page("case", **{CHOSEN: "QP-T-1", "case_reason:QP-T-1": "test"})
    assert "案件还没有种子" in words(opened)
    opened.text_input(key="seed-text-QP-T-1").set_value("宏途路桥有限公司").run()
    opened.button(key="seed-add-QP-T-1").click().run()
    assert not opened.exception and not opened.error
    assert "宏途路桥有限公司" in opened.dataframe[0].value.to_string()


def test_a_case_without_its_basis_is_not_opened(workspace: Path) -> None:
    found = page("cases")
    next(i for i in found.text_input if i.label == "案号").set_value("QP-T-2")
    next(b for b in found.button if b.label == "建立案件").click()
    found.run()
    assert not found.exception and "title" in found.error[0].value
