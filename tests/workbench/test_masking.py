"""Masking by grade: no sensitive number of the county leaves the door, by whatever way, unless it was revealed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pandas as pd
import pytest

from graph.errors import QueryRefused
from graph.model import Entity, Relation
from graph.schema import load_schema
from lake.model import Evidence
from lake.registers import load_registers
from tests.workbench.canaries import canaries, leaks
from tests.workbench.conftest import CASE, OTHER_CASE, REASON, set_policy
from workbench import Session, govern, ingest, investigate, open_workspace, status, tables
from workbench.scope import sight
from workbench.screen import Screen, hidden_names

SCHEMA = load_schema()
Thing = TypeVar("Thing", Entity, Relation)


@pytest.fixture(params=[CASE, OTHER_CASE])
def desk(folder: Path, request: pytest.FixtureRequest) -> Iterator[Session]:
    """At work under one of the demo's cases, under a policy that lets one open everything."""
    set_policy(folder, opened_records="100000", reveals_a_day="100000")
    with open_workspace(folder) as workspace:
        yield workspace.session(request.param, REASON, client="test")


def test_no_answer_shows_a_sensitive_number(desk: Session, folder: Path) -> None:
    members = sorted(sight(desk).members)
    seeds = sight(desk).seeds
    drawn = investigate.view(desk, members)
    few, links = some_of_each_kind(drawn.entities), some_of_each_kind(drawn.relations)
    assert {e.kind for e in few} >= {"Asset", "Locator", "Organisation"}
    answers: list[object] = [
        status.status(desk),
        govern.open_case(desk),
        govern.show_case(desk),
        govern.my_cases(desk),
    ]
    answers += [drawn, investigate.first_picture(desk), investigate.export(desk, members)]
    answers += [investigate.open_entity(desk, e) for e in (e.id for e in few)]
    answers += [investigate.expand(desk, e.id, limit=500) for e in few]
    answers += [investigate.paths(desk, seeds[0], e.id) for e in few[:12] if e.id != seeds[0]]
    answers += [investigate.evidence(desk, e.id, limit=200) for e in (*few, *links)]
    answers += [investigate.find(desk, e.name) for e in few[:6]]
    for language in ("zh", "en"):
        answers += [
            tables.entities_table(drawn, SCHEMA, language),
            tables.relations_table(drawn, SCHEMA, language),
        ]
    answers.append(tables.evidence_table(investigate.evidence(desk, seeds[0]).rows))
    answers += [ingest.batches(desk, retracted=True), govern.audit_events(desk, limit=100_000)]
    rejected = folder / "rejects.csv"
    for batch in desk.workspace.lake.batches():
        ingest.export_rejects(desk, batch.info.id, rejected)
        answers.append(rejected.read_text(encoding="utf-8-sig"))
    assert not leaks(folder, *answers)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_no_saved_table_shows_a_sensitive_number(
    desk: Session, folder: Path, tmp_path: Path, form: str
) -> None:
    drawn = investigate.export(desk, sorted(sight(desk).members))
    for number, table in enumerate(
        (tables.entities_table(drawn, SCHEMA), tables.relations_table(drawn, SCHEMA))
    ):
        file = tables.save_table(table, tmp_path / f"table{number}.{form}")
        back = (
            pd.read_csv(file, dtype=str)
            if form == "csv"
            else pd.read_excel(file, dtype=str, engine="calamine")
        )
        assert len(back) == len(table)
        assert not leaks(folder, back)


def some_of_each_kind(found: Sequence[Thing], most: int = 3) -> list[Thing]:
    """At most so many of each kind and subtype."""
    groups: dict[tuple[str, str | None], list[Thing]] = {}
    for one in found:
        groups.setdefault((one.kind, one.subtype), []).append(one)
    return [one for group in groups.values() for one in group[:most]]


QUERIES = [
    "MATCH (l:Locator) RETURN l.name AS x, l.normalisedValue AS y, l.names AS z",
    "MATCH (p:Person)-[r:REACHED_AT]->(l:Locator) RETURN p.name AS person, collect(l.normalisedValue) AS places",
    "MATCH (a:Asset) RETURN a.name AS x, a.names AS y, a.subtype AS z, a.opened AS since",
    "MATCH (p:Person) RETURN p.id AS id, p.name AS name, p.names AS names, p.sex AS sex",
    "MATCH (a:Asset)-[r:PAYS]->(b:Asset) RETURN a.name AS payer, r.at AS day, r.amount AS money, b.name AS payee",
]


@pytest.mark.parametrize("text", QUERIES)
def test_no_query_shows_a_sensitive_number(desk: Session, folder: Path, text: str) -> None:
    rows = investigate.query(desk, text)
    assert len(rows) > 0 or desk.case == OTHER_CASE
    assert not leaks(folder, rows)


def test_a_query_cannot_look_for_a_number(desk: Session, folder: Path) -> None:
    reached = {
        e.id for e in investigate.view(desk, sorted(sight(desk).members)).entities if e.kind == "Locator"
    }
    clear = desk.workspace.store.subgraph(sorted(reached), sight(desk).view()).entities
    asked = [str(e.properties["normalisedValue"]) for e in clear]
    assert asked and any(text in canaries(folder) for text in asked)
    for text in asked[:20]:
        found = investigate.query(
            desk,
            "MATCH (l:Locator) WHERE l.normalisedValue = $x OR l.name = $x RETURN l.id AS id",
            {"x": text},
        )
        assert found.empty


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (p:Person) RETURN p.idNumber AS x",
        "MATCH (p:Person) RETURN p.idNumberToken AS x",
        "MATCH (p:Person) RETURN p.`birthYearMonth` AS x",
        "MATCH (p:Person) WHERE p /* . */ . birthYearMonth STARTS WITH '1978' RETURN p.id AS x",
        "MATCH (p:Person {birthYearMonth: '1978-01'}) RETURN p.id AS x",
        "MATCH (a:Asset) WHERE a.accountNumber CONTAINS '9992' RETURN a.id AS x",
        "MATCH (a:Asset) WHERE a.plate ENDS WITH '7' RETURN a.id AS x",
    ],
)
def test_a_query_that_names_a_sensitive_value_is_refused(desk: Session, text: str) -> None:
    with pytest.raises(QueryRefused, match="sensitive values"):
        investigate.query(desk, text)


def test_hidden_names_are_those_that_are_open_nowhere() -> None:
    hidden = hidden_names(SCHEMA)
    assert {"idNumber", "idNumberToken", "accountNumberToken", "birthYearMonth", "propertyLocation"} <= hidden
    # of another kind public (when bids were opened), or readable on a relation (the degree of kin)
    assert not {"opened", "name", "kinDegree", "role", "percent", "amount"} & hidden


# -- the rules one by one, on values made by hand ----------------------------------------------------


def screen(*members: str, **more: object) -> Screen:
    return replace(Screen(SCHEMA, load_registers(), frozenset(members), {}), **more)  # type: ignore[arg-type]


def person(**properties: object) -> Entity:
    return Entity("P-1", "Person", None, "张伟", ("张伟",), "G2", properties, ())  # type: ignore[arg-type]


def test_entity_properties_by_grade() -> None:
    said = {
        "sex": "男",
        "birthYearMonth": "1978-01",
        "birthYearMonthMin": 1,
        "birthYearMonthMax": 2,
        "idNumber": "****18",
        "idNumberToken": "ab",
    }
    inside = screen("P-1").entity(person(**said)).properties
    assert inside == {"sex": "男", "birthYearMonth": "1978", "idNumber": "****18"}
    assert screen().entity(person(**said)).properties == {}
    assert screen("P-1", drop=True).entity(person(**said)).properties == {"sex": "男", "idNumber": "****18"}
    opened = screen("P-1", revealed={("P-1", "birthYearMonth"): "1978-01"}).entity(person(**said)).properties
    assert opened["birthYearMonth"] == "1978-01"


def test_private_locators_are_masked_in_name_names_and_value() -> None:
    phone = Entity(
        "L-1",
        "Locator",
        "phone",
        "10033415295",
        ("10033415295",),
        "G2",
        {"normalisedValue": "10033415295"},
        (),
    )
    shown = screen("L-1").entity(phone)
    assert (shown.name, shown.properties["normalisedValue"], shown.names) == (
        "100****5295",
        "100****5295",
        (),
    )
    assert screen("L-1").entity(replace(phone, grade="G1")).name == "10033415295"


def test_relation_properties_by_grade() -> None:
    kin = Relation(
        "R01-1",
        "KIN",
        "P-1",
        "P-2",
        None,
        "G3",
        {"kinDegree": "K1", "basis": "户籍档案第3卷", "validFrom": "2001"},
        (),
    )
    assert screen("P-1", "P-2").relation(kin).properties == {
        "kinDegree": "K1",
        "basis": "***",
        "validFrom": "2001",
    }
    assert screen("P-1").relation(kin).properties == {"validFrom": "2001"}


def cells(**columns: tuple[str, str]) -> Evidence:
    """A source row: column → (Kind.property it maps to, cell)."""
    values = {name: cell for name, (_, cell) in columns.items()}
    targets = {name: target for name, (target, _) in columns.items() if target}
    return Evidence("r", "b", "d", "f.csv", "", "A1", None, "", 2, 0, "i", values, targets)  # type: ignore[arg-type]


def test_source_cells_by_grade_of_graph_and_registers() -> None:
    row = cells(
        name=("Person.name", "张伟"), number=("Person.idNumber", "990101197801010018"), code=("Organisation.uscc", "91990102311720128K"),
        degree=("KIN.kinDegree", "K1"), phone=("Header.phone", "10033415295"), home=("Header.address", "青屏县屏山花园12-1-302"),
        key=("", "990101197801010018"), call=("Locator.normalisedValue", "10033415295"), place=("Matter.address", "青屏县屏北路92号"),
    )  # fmt: skip
    shown = screen().evidence(row, inside=True).cells
    assert shown["name"] == "张伟" and shown["code"] == "91990102311720128K" and shown["degree"] == "K1"
    assert shown["number"] == "****************18"
    assert shown["phone"] == "100****5295" and shown["call"] == "100****5295"
    assert shown["home"] == "青屏县屏山花***"
    assert shown["place"] == "青屏县屏北路92号"
    assert "990101" not in str(shown["key"])
    outside = screen().evidence(row, inside=False).cells
    assert outside["code"] == "91990102311720128K" and outside["place"] == "青屏县屏北路92号"
    assert outside["name"] == "张*" and outside["key"] == "***"
