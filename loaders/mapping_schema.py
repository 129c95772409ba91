"""JSON Schema of mapping files, for editors: the shape from the spec, the words from the vocabulary."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from graph.schema import Property, Schema
from lake.registers import Register
from loaders.mapping_spec import MappingSpec

JsonSchema: TypeAlias = dict[str, Any]
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_Words: TypeAlias = "tuple[Mapping[str, Property], Mapping[str, Any] | None]"
_CELL = {"$ref": "#/$defs/CellSpec"}


def mapping_json_schema(schema: Schema, registers: Mapping[str, Register]) -> JsonSchema:
    """The schema as a JSON object, the same for the same vocabulary.

    YAML is read with all scalars as text, so numbers and booleans may be written with or without quotes.
    """
    found = MappingSpec.model_json_schema(by_alias=True)
    for definition in [found, *found["$defs"].values()]:
        _loosen(definition)
    defs = found["$defs"]
    defs["CellSpec"] = _or_text(defs["CellSpec"])
    defs["EntityItemSpec"]["properties"]["key"] = _or_list(_CELL, {"const": "row"})
    defs["RelationItemSpec"]["properties"]["key"] = _or_list(_CELL)
    for name in ("EntityItemSpec", "RelationItemSpec", "RegisterItemSpec"):
        defs[name]["properties"]["when"] = _or_list({"$ref": "#/$defs/ConditionSpec"})
    derived = [p for _, p in schema.properties() if p.validity == "D"]
    kinds = {k.name: (k.properties, k.subtypes) for k in schema.entities.values()}
    _by_word(defs["EntityItemSpec"], "kind", kinds, derived)
    kinds = {k.name: (k.properties, k.subtypes) for k in schema.relations.values()}
    _by_word(defs["RelationItemSpec"], "kind", kinds, derived)
    _by_word(
        defs["RegisterItemSpec"], "register", {r.name: (r.properties, None) for r in registers.values()}, ()
    )
    return {"$schema": _DRAFT, "title": "Mingcha mapping file", "x-vocabulary": schema.version, **found}


def mapping_schema_text(schema: Schema, registers: Mapping[str, Register]) -> str:
    """The schema as the text of ``docs/mapping.schema.json``."""
    return (
        json.dumps(mapping_json_schema(schema, registers), ensure_ascii=False, indent=1, sort_keys=True)
        + "\n"
    )


def _loosen(definition: JsonSchema) -> None:
    """Scalars may be written as YAML likes; lists of texts may be one text."""
    definition.pop("title", None)
    for name, prop in definition.get("properties", {}).items():
        definition["properties"][name] = _loose(prop)


def _loose(prop: JsonSchema) -> JsonSchema:
    prop = {key: value for key, value in prop.items() if key != "title"}
    if prop.get("type") in ("integer", "boolean"):
        return {**prop, "type": [prop["type"], "string"]}
    if prop.get("type") == "string" and "pattern" not in prop:
        return {**prop, "type": ["string", "number", "boolean"]}
    if prop.get("type") == "array" and prop["items"].get("type") == "string":
        return {
            "anyOf": [{"type": ["string", "number", "boolean"]}, {**prop, "items": _loose(prop["items"])}]
        }
    if "anyOf" in prop:
        return {**prop, "anyOf": [_loose(option) for option in prop["anyOf"]]}
    if isinstance(prop.get("additionalProperties"), dict):
        return {**prop, "additionalProperties": _loose(prop["additionalProperties"])}
    return prop


def _or_text(definition: JsonSchema) -> JsonSchema:
    column = {"type": "string", "description": "a column name alone"}
    return {"anyOf": [column, definition]}


def _or_list(one: JsonSchema, *others: JsonSchema) -> JsonSchema:
    return {"anyOf": [*others, one, {"type": "array", "items": one}]}


def _by_word(
    definition: JsonSchema, word: str, kinds: Mapping[str, _Words],
    derived: Iterable[Property],
) -> None:  # fmt: skip
    """Close the list of kinds, and for each kind its properties and subtypes."""
    hidden = {prop.name for prop in derived}
    definition["properties"][word] = {"enum": list(kinds)}
    rules = []
    for name, (properties, subtypes) in kinds.items():
        known = {p: {**_CELL, "description": f"{q.label.zh} · {q.label.en} · {q.type} · {q.grade}"}
                 for p, q in properties.items() if p not in hidden}  # fmt: skip
        then: JsonSchema = {
            "properties": {"properties": {"properties": known, "additionalProperties": False}}
        }
        if subtypes is not None:
            then["properties"]["subtype"] = (
                {"anyOf": [{"enum": list(subtypes)}, {"type": "object"}]} if subtypes else False
            )
        rules.append({"if": {"properties": {word: {"const": name}}}, "then": then})
    definition["allOf"] = rules
