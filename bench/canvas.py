"""The case page in Chromium: the first draw of 500 entities, and an expansion until it is drawn.

Times are what a user waits: from the click to the picture on the canvas, with everything between (scope, store,
masking, audit, layout, Streamlit, the way to the browser). Beside them the canvas alone on its test page: from
the data's arrival in the browser to the picture, and an expansion without a store.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, Page

from bench import large_case
from bench.finding import Finding, Target
from bench.setting import Setting
from graph.errors import NotFound
from tests.browser.sample import MORE
from tests.browser.served import browser, page_of, served

NODES = 500
VISITS = 5
VIEWPORT = (1440, 900)
DRAWN = ".mc-frame[data-drawn]"
FIRST, NEXT = Target("median", 1500), Target("median", 500)


def run(setting: Setting) -> Iterator[Finding]:
    """See the module."""
    nodes, visits = setting.size(NODES, least=25), setting.rounds(VISITS)
    with browser(_chromium()) as running:
        yield from _case_page(setting, running, nodes, visits)
        yield from _canvas_alone(running, nodes, visits)


def _case_page(setting: Setting, running: Browser, nodes: int, visits: int) -> Iterator[Finding]:
    first: list[float] = []
    further: list[float] = []
    with setting.scratch() as folder:
        grown = large_case.make(folder / "workspace", nodes, expansions=visits)
        env = {"MINGCHA_WORKSPACE": str(folder / "workspace"), "BENCH_NODES": str(nodes)}
        with served("bench/case_app.py", env) as address:
            for visit in range(visits + 1):
                with page_of(running, address, VIEWPORT) as (page, faults):
                    took = _opened(page)
                    if visit:  # the first visit also opens the workspace, once for all visitors
                        first.append(took)
                    else:
                        drawn, edges = _count(page), _count(page, "edges")
                    if visit == visits:
                        further += [_until_grown(page, f"c => c.expand('{entity}')") for entity in grown]
                if faults:
                    raise RuntimeError(f"the case page did what it must not: {faults}")
    note = f"{drawn} entities and {edges} relations drawn"
    yield Finding(f"case page, first draw of {drawn} entities", "ms", tuple(first), target=FIRST, note=note)
    yield Finding(f"case page, expand at {drawn} entities", "ms", tuple(further), target=NEXT)


def _opened(page: Page) -> float:
    page.locator(f".st-key-open-{large_case.NUMBER} button").click(timeout=60_000)
    page.get_by_label("理由").fill(large_case.REASON)
    started = time.perf_counter()
    page.get_by_role("button", name="开始查看").click()
    page.wait_for_selector(DRAWN, timeout=60_000)
    return (time.perf_counter() - started) * 1000


def _canvas_alone(running: Browser, nodes: int, visits: int) -> Iterator[Finding]:
    first: list[float] = []
    further: list[float] = []
    with served("tests/browser/canvas_app.py", {"SIZE": str(nodes)}) as address:
        for _ in range(visits):
            with page_of(running, address, VIEWPORT) as (page, _):
                page.wait_for_selector(DRAWN, timeout=60_000)
                first.append(float(_count(page, "drawn")))
                further.append(_until_grown(page, "c => c.expand([...c.nodes.keys()][0])"))
    yield Finding(f"canvas alone, data to drawn, {nodes} entities", "ms", tuple(first), target=FIRST)
    note = f"{MORE} new entities, no store"
    yield Finding(f"canvas alone, expand at {nodes} entities", "ms", tuple(further), target=NEXT, note=note)


def _until_grown(page: Page, act: str) -> float:
    """Milliseconds from ``act`` on the canvas until more entities stand on it."""
    frame, before = page.locator(".mc-frame"), _count(page)
    grown = """([f, n]) => new Promise(done => { const look = () => Number(f.dataset.nodes) > n && !f.canvas.started
        ? done(performance.now()) : requestAnimationFrame(look); look(); })"""
    handle = frame.element_handle()
    started = frame.evaluate(f"f => {{ const t = performance.now(); ({act})(f.canvas); return t; }}")
    ended = page.evaluate(grown, [handle, before])
    return float(ended - started)


def _count(page: Page, what: str = "nodes") -> int:
    found: dict[str, Any] = page.locator(".mc-frame").evaluate("f => ({...f.dataset})")
    return int(found[what])


def _chromium() -> str:
    named = os.environ.get("MINGCHA_CHROMIUM", "chromium")
    program = shutil.which(named)
    if program is None:
        raise NotFound(f"there is no program {named!r}; install Chromium, or name it in MINGCHA_CHROMIUM")
    return program
