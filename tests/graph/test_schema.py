"""The vocabulary: complete, closed, and wrong files refused with their place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from graph.errors import SchemaError
from graph.schema import SCHEMA_FILE, Storage, load_schema, parse_schema
from graph.schema_docs import DOCUMENT, schema_document

RELATIONS = (
    "KIN ASSOCIATED HOLDS_POST EMPLOYED_BY OFFICER_OF HOLDS_SHARE CONTROLS ORG_LINK OWNS USES REACHED_AT INITIATES "
    "APPLIES GRANTED DECIDES SERVES PAYS INVOICES LENDS"
).split()


def test_exactly_the_five_and_nineteen_kinds_of_the_ontology() -> None:
    schema = load_schema()
    assert list(schema.entities) == ["Person", "Organisation", "Asset", "Matter", "Locator"]
    assert list(schema.relations) == RELATIONS
    assert [r.code for r in schema.relations.values()] == [f"R{n:02}" for n in range(1, 20)]


def test_every_property_is_used_by_a_tactic_an_identifier_or_the_screen() -> None:
    known = re.compile(r"[A-L]\d\d|N\d\d|identifier|display")
    orphans = [
        f"{k}.{p.name}"
        for k, p in load_schema().properties()
        if not all(known.fullmatch(u) for u in p.used_by)
    ]
    assert orphans == []


def test_dates_lie_as_text_and_two_days_and_sensitive_identifiers_as_mask_and_token() -> None:
    names = load_schema().arrow_schema("Person").names
    assert {"deathDate", "deathDateMin", "deathDateMax", "idNumber", "idNumberToken"} <= set(names)
    pays = {c.name: c.storage for c in load_schema().kind("PAYS").columns()}
    assert pays["amount"] is Storage.INT and pays["atMsMin"] is Storage.INT and "validFrom" not in pays


def test_an_id_tells_its_kind() -> None:
    schema = load_schema()
    assert schema.kind_of_id("O-ABC") == "Organisation"
    assert schema.kind_of_id("?") == ""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("letter: P\n", "letter: P\n    shoe: 42\n", "shoe"),
        ("grade: G2, validity: H, used_by: [identifier], zh: 姓名", "grade: G9, validity: H, used_by: [identifier], zh: 姓名", "G9|G1"),
        ("ends: [[Person, Matter]]", "ends: [[Person, Case]]", "no entity kind Case"),
        ("batchNo: {type: code", "table: {type: code", "reserved"),
        ("dutyRegion: {type: code", "quantity: {type: code", "one name has one type"),
        ("key: [transactionNo]", "key: [serial]", "no property serial"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_and_says_where(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = SCHEMA_FILE.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "schema.yaml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(SchemaError, match=said) as caught:
        parse_schema(file)
    assert "schema.yaml" in str(caught.value)


def test_the_shipped_document_is_current() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == schema_document(load_schema()), (
        "run: python -m graph.schema_docs"
    )
