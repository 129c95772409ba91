"""From subgraph to canvas: merging, labels, widths, what is dimmed; and events back, which are not believed blindly."""

from __future__ import annotations

import pytest

from graph.model import Entity, Relation, Subgraph
from graph.schema import load_schema
from ui.components.canvas_graph import canvas_graph, short_money
from ui.components.canvas_model import CanvasAction, CanvasEdge, CanvasEvent, CanvasGraph, read_event
from ui.components.icons import GLYPHS, SHAPES, kind_svg

SCHEMA = load_schema()


def entity(identity: str, name: str = "某某") -> Entity:
    return Entity(identity, SCHEMA.kind_of_id(identity), None, name, (), "G1", {}, ())


def relation(identity: str, kind: str, start: str, end: str, **properties: object) -> Relation:
    return Relation(identity, kind, start, end, None, "G1", properties, ())  # type: ignore[arg-type]


CASE = Subgraph(
    tuple(entity(i) for i in ("A1", "A2", "O1", "O2", "P1")),
    (
        relation("h1", "HOLDS_SHARE", "O1", "O2", percent=51.0),
        relation("k1", "OFFICER_OF", "P1", "O1", role="supervisor"),
        relation("k2", "OFFICER_OF", "P1", "O1", role="supervisor"),
        relation("p1", "PAYS", "A1", "A2", amount=150_000_000, currency="CNY"),
        relation("p2", "PAYS", "A1", "A2", amount=30_000_000, currency="CNY"),
        relation("p3", "PAYS", "A2", "A1", amount=5_000_00, currency="CNY"),
    ),
)
PLACES = {e.id: (float(i), 0.0) for i, e in enumerate(CASE.entities)}


def drawn(**choices: object) -> CanvasGraph:
    return canvas_graph(CASE, SCHEMA, language="zh", positions=PLACES, **choices)  # type: ignore[arg-type]


def edge_of(graph: CanvasGraph, relation_id: str) -> CanvasEdge:
    return next(e for e in graph.edges if relation_id in e.relations)


def test_parallel_relations_become_one_line_with_count_and_sum_but_directions_stay() -> None:
    graph = drawn()
    pays = edge_of(graph, "p1")
    assert pays.relations == ("p1", "p2")
    assert pays.label == "资金往来 ×2 180万"
    assert pays.shown
    assert edge_of(graph, "p3").id != pays.id
    assert edge_of(graph, "k1").label == "监事 ×2"
    assert len(drawn(merge_parallel=False).edges) == len(CASE.relations)
    assert graph.relations_of(pays.id) == ("p1", "p2")
    assert graph.relations_of("nothing") == ()


def test_path_and_inference_stay_apart_from_plain_records() -> None:
    graph = drawn(path=["k1"], inferred=["h1"])
    assert edge_of(graph, "k1").path
    assert not edge_of(graph, "k2").path
    assert edge_of(graph, "k1").width > edge_of(graph, "k2").width
    assert edge_of(graph, "h1").inferred
    assert edge_of(graph, "h1").label == "持股出资 51%"


def test_more_money_is_wider_and_share_too() -> None:
    graph = drawn()
    assert edge_of(graph, "p1").width > edge_of(graph, "p3").width >= 1.2
    assert edge_of(graph, "h1").width > edge_of(graph, "k1").width


def test_an_edge_keeps_its_id_when_a_parallel_relation_joins() -> None:
    more = Subgraph(
        CASE.entities, (*CASE.relations, relation("a0", "PAYS", "A1", "A2", amount=1, currency="CNY"))
    )
    again = canvas_graph(more, SCHEMA, language="zh", positions=PLACES)
    assert edge_of(again, "a0").id == edge_of(drawn(), "p1").id


def test_nodes_without_a_place_are_left_out_with_their_lines() -> None:
    places = {n: p for n, p in PLACES.items() if n != "A2"}
    graph = canvas_graph(CASE, SCHEMA, language="zh", positions=places)
    assert "A2" not in {n.id for n in graph.nodes}
    assert {e.from_id for e in graph.edges} | {e.to_id for e in graph.edges} <= set(places)


def test_dimming_seeds_pins_and_folds_reach_the_nodes() -> None:
    graph = drawn(dim=["P1", "k1"], seeds=["O1"], pinned=["O2"], folded={"O1": 12})
    by_id = {n.id: n for n in graph.nodes}
    assert by_id["P1"].dimmed
    assert by_id["O1"].seed
    assert by_id["O1"].folded == 12
    assert by_id["O2"].pinned
    assert edge_of(graph, "k1").expired
    assert not edge_of(graph, "k2").expired


def test_payload_leaves_out_what_is_usual() -> None:
    node = drawn(seeds=["O1"]).payload()["nodes"][0]
    assert set(node) == {"id", "kind", "label", "x", "y"}


@pytest.mark.parametrize(
    ("minor", "currency", "language", "text"),
    [
        (180_000_000, "CNY", "zh", "180万"),
        (12_346, "CNY", "zh", "123.5元"),
        (9_999_999_999, "CNY", "zh", "10,000万"),
        (1_234_500_000_000_00, "", "zh", "12,345亿"),
        (25_000_000_000, "", "zh", "2.5亿"),
        (180_000_000, "CNY", "en", "CNY 1.8M"),
        (1_000_000, "USD", "zh", "USD 1万"),
        (50, "USD", "zh", "USD 0.5"),
        (-5_000_000, "CNY", "zh", "-5万"),
    ],
)
def test_money_in_a_few_characters(minor: int, currency: str, language: str, text: str) -> None:
    assert short_money(minor, currency, language) == text


def test_every_kind_of_the_schema_has_shape_and_glyph() -> None:
    for style in drawn().kinds.values():
        assert style.shape in SHAPES
        assert style.icon in GLYPHS
        assert style.colour in kind_svg(style)


def test_expand_menu_offers_only_relations_that_may_touch_the_kind() -> None:
    kinds = drawn().relation_kinds
    assert "KIN" in dict(kinds["Person"])
    assert "KIN" not in dict(kinds["Organisation"])


@pytest.mark.parametrize(
    "state", [{}, {"selected": None}, {"action": {"name": "rm"}}, {"expanded": 7, "moved": []}]
)
def test_nothing_or_nonsense_is_no_event(state: dict[str, object]) -> None:
    assert read_event(state) is None


def test_events_are_read() -> None:
    state = {
        "selected": ["P1", 4], "expanded": "O1", "moved": {"P1": [1, 2.5]},
        "action": {"name": "expand", "ids": ["P1"], "value": "KIN"},
    }  # fmt: skip
    assert read_event(state) == CanvasEvent(
        ("P1",), "O1", {"P1": (1.0, 2.5)}, CanvasAction("expand", ("P1",), "KIN")
    )
    assert read_event({"selected": []}) == CanvasEvent(selected=())
