"""What is written beside and below the canvas: text from files is text, never markup; labels keep clear of each other."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime

from graph.model import Entity
from graph.schema import load_schema
from lake.evidence import Doubt
from lake.model import Evidence
from ui.components.evidence_pane import card_html, sources_html
from ui.components.timeline import Moment, timeline_html
from workbench.investigate import EntityCard, Sources

EVIL = "<script>alert(1)</script>"


def evidence(cell: str) -> Evidence:
    return Evidence(
        "r",
        "b",
        "d",
        EVIL,
        "a" * 64,
        "A1",
        datetime(2026, 1, 1, tzinfo=UTC),
        "",
        12,
        0,
        "i",
        {EVIL: cell},
        {EVIL: "Person.name"},
    )


def test_markup_in_names_and_cells_stays_text() -> None:
    entity = Entity("P-A", "Person", None, EVIL, (EVIL,), "G2", {"staffCode": EVIL}, ("r",))
    card = EntityCard(entity, (), (), {}, True)
    assert "<script" not in card_html(card, load_schema())
    assert "<script" not in sources_html(Sources("P-A", "Person", (evidence(EVIL),), 1))


def test_a_doubtful_person_carries_the_warning() -> None:
    entity = Entity("P-A", "Person", None, "刘洋", ("刘洋",), "G2", {}, ("r",))
    mark = Doubt("P-A", "possibleNamesakes", 6, 5, "OFFICER_OF", "d")
    html = card_html(EntityCard(entity, (), (mark,), {}, True), load_schema())
    assert "6 家机构" in html and "同名" in html


def test_one_block_per_source_row_and_the_cells_that_speak_of_it_marked() -> None:
    html = sources_html(Sources("P-A", "Person", (evidence("张"), evidence("张")), 2))
    assert html.count("mc-source") == 1
    assert 'class="mc-hit"' in html
    assert 'class="mc-hit"' not in sources_html(Sources("x", "KIN", (evidence("张"),), 1))


def drawing(html: str) -> str:
    found = re.search(r"base64,([^\"]+)", html)
    assert found
    return base64.b64decode(found.group(1)).decode()


def test_timeline_labels_do_not_overlap() -> None:
    moments = [Moment(str(i), 18000 + i * 3, f"第{i}件事发生在这一天", "#123456") for i in range(60)]
    svg = drawing(timeline_html(moments, {}))
    boxes = []
    for x, y, anchor, text in re.findall(
        r'<text x="([\d.]+)" y="([\d.]+)" font-size="12.5" fill="#1B2430" text-anchor="(\w+)"[^>]*>([^<]+)<',
        svg,
    ):
        width = sum(12.5 if ord(c) > 0x2E80 else 6.875 for c in text)
        left = float(x) if anchor == "start" else float(x) - width
        boxes.append((float(y), left, left + width))
    assert len(boxes) >= 8
    assert not any(
        a[0] == b[0] and a[1] < b[2] and b[1] < a[2] for i, a in enumerate(boxes) for b in boxes[:i]
    )
    assert svg.count("<circle") == 60


def test_no_dates_no_timeline() -> None:
    assert timeline_html([], {}) == ""
