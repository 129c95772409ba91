"""The main job in a real browser with the network shut: a case opened, expanded, filtered, a path, and the row behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.served import browser, page_of, served
from workbench import demo

OFFICIAL, BUILDER, BROTHER, FUND = "周启明", "宏途路桥有限公司", "周启航", "长汀投资合伙企业"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("journey") / "workspace"
    demo.make(folder)
    with served("app.py", {"MINGCHA_WORKSPACE": str(folder)}) as found:
        yield found


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    with browser(chromium_path) as running:
        yield running


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """The demo case, opened with a reason."""
    with page_of(chromium, address) as (shown, faults):
        shown.wait_for_selector(".mc-stat", timeout=60_000)
        shown.get_by_role("button", name="打开").first.click()
        shown.get_by_label("理由").fill("核对投标人之间的关系记录")
        shown.get_by_role("button", name="开始查看").click()
        shown.wait_for_selector(".mc-frame[data-drawn]", timeout=60_000)
        yield shown
        assert faults == []


def frame(page: Page) -> Any:
    return page.locator(".mc-frame").first


def nodes(page: Page) -> dict[str, str]:
    """Label → id of what is drawn."""
    script = "f => Object.fromEntries([...f.canvas.nodes.values()].map(n => [n.label, n.id]))"
    found: dict[str, str] = frame(page).evaluate(script)
    return found


def spot(page: Page, label: str) -> tuple[float, float]:
    box = frame(page).bounding_box()
    at = frame(page).evaluate("(f, id) => f.canvas.onScreen(id)", nodes(page)[label])
    return box["x"] + 1 + at["x"], box["y"] + 1 + at["y"]


def settled(page: Page) -> None:
    """Wait until Streamlit has drawn its answer."""
    page.wait_for_timeout(300)
    expect(page.locator("[data-testid=stStatusWidget]")).to_have_count(0, timeout=20_000)


def until(page: Page, condition: str, argument: object = None) -> None:
    """Wait until ``condition`` over (canvas, argument) holds; the canvas lives in a shadow of the page."""
    for _ in range(100):
        if frame(page).evaluate(f"(f, a) => (({condition}))(f.canvas, a)", argument):
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"never came true: {condition}")


def choose_path(page: Page, start: str, end: str) -> None:
    page.get_by_role("button", name="路径").first.click()
    page.mouse.click(*spot(page, start))
    page.mouse.click(*spot(page, end))


def test_click_on_a_company_shows_its_card_and_the_rows_of_the_files(page: Page, artifacts: Path) -> None:
    page.screenshot(path=artifacts / "case-first.png")
    page.mouse.click(*spot(page, BUILDER))
    expect(page.locator(".mc-card .mc-title", has_text=BUILDER)).to_be_visible(timeout=20_000)
    expect(page.locator(".mc-place").first).to_contain_text(re.compile(r"工商登记_企业\.csv · 第 \d+ 行"))
    expect(page.locator(".mc-hit td", has_text=BUILDER).first).to_be_visible()
    page.screenshot(path=artifacts / "case-company.png")


def test_double_click_expands_and_leaves_the_others_in_place(page: Page) -> None:
    before, place = nodes(page), spot(page, BUILDER)
    page.mouse.dblclick(*spot(page, BROTHER))
    until(page, "(c, n) => c.nodes.size > n", len(before))
    settled(page)
    assert set(before) < set(nodes(page))
    assert spot(page, BUILDER) == pytest.approx(place, abs=1.5)


def test_a_path_without_matters_names_each_step_with_file_and_row(page: Page, artifacts: Path) -> None:
    page.get_by_role("button", name="事项").first.click()
    until(page, "c => [...c.nodes.values()].every(n => n.kind !== 'Matter')")
    choose_path(page, OFFICIAL, BUILDER)
    steps = page.locator(".mc-path li")
    expect(steps).to_have_count(3, timeout=20_000)
    expect(steps.nth(0)).to_contain_text("亲属申报表.xlsx")
    expect(steps.nth(1)).to_contain_text("工商登记_股东.csv · 第")
    expect(steps.nth(2)).to_contain_text(f"{FUND} —持股出资 51%→ {BUILDER}")
    expect(page.locator(".mc-note")).to_contain_text("最弱一环:第 1 步")
    page.screenshot(path=artifacts / "case-path.png")


def test_click_on_a_relation_shows_the_original_cells(page: Page) -> None:
    edge = frame(page).evaluate(
        """f => { const e = [...f.canvas.edges.values()].find(e => e.label.includes('51%'));
                  const a = f.canvas.onScreen(e.from_id), b = f.canvas.onScreen(e.to_id);
                  return [(a.x + b.x) / 2, (a.y + b.y) / 2]; }"""
    )
    box = frame(page).bounding_box()
    page.mouse.click(box["x"] + 1 + edge[0], box["y"] + 1 + edge[1])
    expect(page.locator(".mc-sentence").first).to_contain_text(
        f"{FUND} —持股出资 51%→ {BUILDER}", timeout=20_000
    )
    expect(page.locator(".mc-source").first).to_contain_text("工商登记_股东.csv · 第")
    expect(page.locator(".mc-hit").first).to_contain_text("51%")


def test_time_dims_what_was_not_valid_then(page: Page) -> None:
    assert not frame(page).evaluate("f => [...f.canvas.edges.values()].some(e => e.expired)")
    page.get_by_role("slider").last.focus()
    for _ in range(8):
        page.keyboard.press("ArrowLeft")
    until(page, "c => [...c.edges.values()].some(e => e.expired)")


def test_english_by_a_switch(page: Page, artifacts: Path) -> None:
    page.get_by_text("English").click()
    expect(page.get_by_role("tab", name="Timeline")).to_be_visible(timeout=20_000)
    expect(page.locator(".mc-head")).to_contain_text("Purpose: Preliminary verification")
    page.screenshot(path=artifacts / "case-english.png")


def test_no_identity_number_account_or_plate_is_in_the_page(page: Page) -> None:
    page.mouse.click(*spot(page, OFFICIAL))
    expect(page.locator(".mc-card .mc-title", has_text=OFFICIAL)).to_be_visible(timeout=20_000)
    expect(page.locator(".mc-source").first).to_be_visible()
    text = page.locator("body").inner_text()
    assert not re.search(r"99\d{15}[\dX]|(?<!\d)100\d{8}(?!\d)|青Z[A-Z0-9]{5}", text)
    assert "****************" in text


def test_a_value_is_revealed_with_a_reason_and_only_then(page: Page) -> None:
    page.mouse.click(*spot(page, OFFICIAL))
    page.get_by_role("button", name="查看明文").click()
    ask = page.get_by_label(re.compile("查看理由"))
    expect(ask).to_be_visible(timeout=20_000)
    do = page.get_by_role("button", name="查看", exact=True)
    expect(do).to_be_disabled()
    ask.fill("核对证件号码")
    ask.press("Enter")
    expect(do).to_be_enabled(timeout=20_000)
    do.click()
    expect(page.get_by_text("明文显示至")).to_be_visible(timeout=20_000)
