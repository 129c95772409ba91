"""The canvas in a real browser with the network shut: what is drawn, what Python hears, what stays where it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.sample import MORE
from tests.browser.served import browser, page_of, served

CANVAS = "tests/browser/canvas_app.py"


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    with browser(chromium_path) as running:
        yield running


@pytest.fixture(scope="module")
def small() -> Iterator[str]:
    with served(CANVAS, {"SIZE": "30"}) as address:
        yield address


@pytest.fixture
def page(chromium: Browser, small: str) -> Iterator[Page]:
    with page_of(chromium, small) as (shown, faults):
        drawn(shown)
        yield shown
        assert faults == []


def frame(page: Page) -> Any:
    return page.locator(".mc-frame")


def drawn(page: Page, nodes: int | None = None) -> dict[str, int]:
    wanted = f"[data-nodes='{nodes}']" if nodes is not None else "[data-drawn]"
    page.wait_for_selector(f".mc-frame{wanted}", timeout=60_000)
    return {k: int(v) for k, v in frame(page).evaluate("f => ({...f.dataset})").items()}


def inside(page: Page, script: str, argument: object = None) -> Any:
    """Evaluate ``script`` over (canvas, argument)."""
    return frame(page).evaluate(f"(f, a) => (({script}))(f.canvas, a)", argument)


def spot(page: Page, node: str) -> tuple[float, float]:
    """Where a node stands on the page."""
    box = frame(page).bounding_box()
    at = inside(page, "(c, id) => c.onScreen(id)", node)
    return box["x"] + 1 + at["x"], box["y"] + 1 + at["y"]


def heard(page: Page) -> list[dict[str, Any]]:
    """The last events that Python has got."""
    return json.loads(page.locator("#log").inner_text())


def await_event(page: Page, field: str) -> Any:
    """The newest value of ``field`` that is set, once Python has one."""
    page.wait_for_function(
        "f => JSON.parse(document.querySelector('#log').innerText).some(e => e[f] && (!Array.isArray(e[f]) || e[f].length) && Object.keys(e[f]).length)",
        arg=field, timeout=15_000,
    )  # fmt: skip
    return [e[field] for e in heard(page) if e[field]][-1]


def places(page: Page) -> dict[str, list[float]]:
    return inside(
        page, "c => Object.fromEntries([...c.nodes.keys()].map(id => [id, [c.place(id).x, c.place(id).y]]))"
    )


def lonely(page: Page) -> str:
    """A node with room round it, so that a click means only this one."""
    script = """c => {
        const at = new Map([...c.nodes.keys()].map(id => [id, c.onScreen(id)]));
        const room = id => Math.min(...[...at].filter(([o]) => o !== id).map(([, p]) => Math.hypot(p.x - at.get(id).x, p.y - at.get(id).y)));
        return [...at.keys()].filter(id => at.get(id).x > 60 && at.get(id).y > 110 && at.get(id).y < 420).sort((a, b) => room(b) - room(a))[0];
    }"""
    return inside(page, script)


def test_draws_every_node_and_edge(page: Page) -> None:
    shown = drawn(page)
    assert shown["nodes"] == 30
    assert shown["edges"] > 25


def test_click_on_a_node_tells_its_id(page: Page) -> None:
    node = lonely(page)
    page.mouse.click(*spot(page, node))
    assert await_event(page, "selected") == [node]
    assert page.locator("#same").inner_text() == "True"  # pending() and draw() agree


def test_ctrl_click_selects_several(page: Page) -> None:
    first, second = sorted(places(page), key=lambda n: spot(page, n)[0])[:: len(places(page)) - 1]
    page.mouse.click(*spot(page, first))
    page.keyboard.down("Control")
    page.mouse.click(*spot(page, second))
    page.keyboard.up("Control")
    page.wait_for_function(
        "n => JSON.parse(document.querySelector('#log').innerText).at(-1)?.selected?.length === n", arg=2
    )
    assert set(heard(page)[-1]["selected"]) == {first, second}


def test_click_on_an_edge_tells_its_id(page: Page) -> None:
    edge = inside(
        page,
        """c => [...c.edges.values()].map(e => { const a = c.onScreen(e.from_id), b = c.onScreen(e.to_id);
            return { id: e.id, x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, n: Math.min(...[...c.nodes.keys()].map(n => Math.hypot(c.onScreen(n).x - (a.x + b.x) / 2, c.onScreen(n).y - (a.y + b.y) / 2))) }; })
            .filter(e => e.y > 90 && e.y < 420).sort((a, b) => b.n - a.n)[0]""",
    )
    box = frame(page).bounding_box()
    page.mouse.click(box["x"] + 1 + edge["x"], box["y"] + 1 + edge["y"])
    assert await_event(page, "selected") == [edge["id"]]


def test_double_click_expands_and_nothing_else_moves(page: Page) -> None:
    before, node = places(page), lonely(page)
    view = inside(page, "c => [c.scale(), c.network.getViewPosition()]")
    page.mouse.dblclick(*spot(page, node))
    drawn(page, 30 + MORE)
    assert await_event(page, "expanded") == node
    after = places(page)
    assert {n: after[n] for n in before} == before
    assert inside(page, "c => [c.scale(), c.network.getViewPosition()]") == view


def test_dragging_tells_the_new_place_and_it_stays(page: Page) -> None:
    node = lonely(page)
    x, y = spot(page, node)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y + 20, steps=4)
    page.mouse.up()
    moved = await_event(page, "moved")
    assert list(moved) == [node]
    assert places(page)[node] == pytest.approx(moved[node])
    assert spot(page, node) == pytest.approx((x + 30, y + 20), abs=3)


def test_menu_expands_by_relation_kind(page: Page) -> None:
    node = next(n for n in sorted(places(page)) if n.startswith("P"))
    page.mouse.click(*spot(page, node), button="right")
    page.get_by_role("menuitem", name="按关系类别展开").click()
    page.get_by_role("menuitem", name="亲属", exact=True).click()
    assert await_event(page, "action") == {"name": "expand", "ids": [node], "value": "KIN"}


def test_path_between_two_picked_nodes(page: Page) -> None:
    first, second = sorted(places(page), key=lambda n: spot(page, n)[0])[:: len(places(page)) - 1]
    page.get_by_role("button", name="路径 A→B").click()
    expect(page.locator(".mc-hint")).to_contain_text("起点")
    page.mouse.click(*spot(page, first))
    page.mouse.click(*spot(page, second))
    assert await_event(page, "action") == {"name": "path", "ids": [first, second], "value": ""}


def test_keyboard_reaches_selects_and_expands(page: Page) -> None:
    page.locator(".mc-net").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    (node,) = await_event(page, "selected")
    expect(page.locator(".mc-live")).to_contain_text(inside(page, "(c, id) => c.nodes.get(id).label", node))
    page.keyboard.press("Enter")
    assert await_event(page, "expanded") == node
    page.keyboard.press("Shift+F10")
    expect(page.get_by_role("menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_be_hidden()


def test_search_centres_on_the_hit(page: Page) -> None:
    node = min(places(page), key=lambda n: spot(page, n)[0])
    name = inside(page, "(c, id) => c.nodes.get(id).label", node)
    page.get_by_placeholder("在图中查找").fill(name)
    expect(page.locator(".mc-hits")).to_have_text("1/1")
    assert inside(page, "c => c.focused") == node


def test_layout_choice_draws_anew_and_fits(page: Page) -> None:
    before = places(page)
    page.get_by_role("button", name="布局").click()
    page.get_by_role("menuitemradio", name="环形(按群组)").click()
    assert await_event(page, "action") == {"name": "layout", "ids": [], "value": "circle"}
    page.wait_for_selector(".mc-frame[data-updates='2']")
    after = places(page)
    assert sum(after[n] != before[n] for n in before) > len(before) / 2


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_export_is_made_in_the_browser(page: Page, ending: str, tmp_path: Path) -> None:
    page.get_by_role("button", name="导出").click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name=ending.upper()).click()
    assert waiting.value.suggested_filename == f"QP-2026-017 青屏县道路养护招投标.{ending}"
    file = tmp_path / f"picture.{ending}"
    waiting.value.save_as(file)
    if ending == "svg":
        text = file.read_text(encoding="utf-8")
        for word in ("青屏县道路养护招投标", "QP-2026-017", "虚构数据", "数据截至 2026-10-31"):
            assert word in text
    else:
        assert file.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
        assert file.stat().st_size > 30_000
    assert await_event(page, "action") == {"name": "exported", "ids": [], "value": ending}


@pytest.mark.parametrize("size", [500, 2000])
def test_large_views_are_drawn_whole_and_expand(chromium: Browser, size: int, artifacts: Path) -> None:
    """Times are kept beside the screenshot, not asserted: the machine may be busy."""
    with (
        served(CANVAS, {"SIZE": str(size)}) as address,
        page_of(chromium, address, (1440, 900)) as (page, faults),
    ):
        first = drawn(page)
        assert first["nodes"] == size
        page.screenshot(path=artifacts / f"canvas-{size}.png")
        inside(page, "c => { window.t0 = performance.now(); c.expand([...c.nodes.keys()][0]); }")
        page.wait_for_selector(f".mc-frame[data-nodes='{size + MORE}']", timeout=30_000)
        whole = page.evaluate("performance.now() - window.t0")
        times = {
            "first_draw_ms": first["drawn"],
            "expand_round_trip_ms": round(whole),
            "expand_draw_ms": drawn(page)["drawn"],
        }
        (artifacts / f"canvas-{size}.json").write_text(json.dumps(times))
        assert faults == []
