"""The JSON Schema of mapping files: current, the same for every run, and it knows the vocabulary."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from graph.schema import load_schema
from lake.registers import load_registers
from loaders.mapping import SHIPPED
from loaders.mapping_schema import mapping_schema_text
from tests.loaders.making import HEAD

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "mapping.schema.json"


@pytest.fixture(scope="module")
def text() -> str:
    return mapping_schema_text(load_schema(), load_registers())


@pytest.fixture(scope="module")
def validator(text: str) -> Any:
    schema = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_document_is_current(text: str) -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == text
    assert mapping_schema_text(load_schema(), load_registers()) == text


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.yaml")), ids=lambda file: file.stem)
def test_shipped_mappings_fit(file: Path, validator: Any) -> None:
    assert [
        error.message for error in validator.iter_errors(yaml.safe_load(file.read_text(encoding="utf-8")))
    ] == []


@pytest.mark.parametrize(
    "wrong",
    [
        "entities: {p: {kind: Persson, key: row}}",
        "entities: {p: {kind: Person, key: row, properties: {nmae: a}}}",
        "entities: {p: {kind: Person, subtype: boss, key: row}}",
        "entities: {p: {kind: Person, keys: row}}",
        "relations: {r: {kind: KIN, from: p, to: p, properties: {post: a}}}",
        "registers: {h: {register: Headers}}",
        "file: {formt: csv}",
    ],
)
def test_wrong_words_are_seen(wrong: str, validator: Any) -> None:
    assert not validator.is_valid(yaml.safe_load(HEAD + wrong))
