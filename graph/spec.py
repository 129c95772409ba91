"""Strict reading of YAML specs: all scalars stay strings until the spec converts them, unknown keys are errors with file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from graph.errors import MingchaError, Problem

Model = TypeVar("Model", bound=BaseModel)


class Strict(BaseModel):
    """Base of every spec: unknown keys are errors, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Strict):
    """A word in both languages."""

    zh: str
    en: str


Grade = Literal["G1", "G2", "G3"]


class PropertySpec(Strict):
    """One property as written in ``schema.yaml``."""

    type: Literal[
        "text", "code", "strings", "int", "float", "percent", "bool", "money", "date", "ref", "identifier", "locator",
        "personName", "organisationName", "sex", "idNumber", "otherId", "regionCode", "uscc", "registrationNo",
        "account", "bankCode", "address", "plate", "vin", "phone",
    ]  # fmt: skip
    grade: Grade
    validity: Literal["S", "H", "E", "D"]
    used_by: list[str] = Field(min_length=1)
    zh: str
    en: str
    to: str = ""
    codes: dict[str, Words] = {}
    inverse: dict[str, str] = {}


class EntitySpec(Strict):
    """One entity kind as written in ``schema.yaml``."""

    letter: str = Field(pattern="^[A-Z]$")
    zh: str
    en: str
    grade: Grade
    icon: str
    shape: str
    colour: str = Field(pattern="^#[0-9A-F]{6}$")
    caption: list[str]
    subtypes: dict[str, Words]
    properties: dict[str, PropertySpec]


class RelationSpec(Strict):
    """One relation kind as written in ``schema.yaml``."""

    code: str = Field(pattern=r"^R\d\d$")
    zh: str
    en: str
    verb: Words
    ends: list[tuple[str, str]]
    symmetric: bool = False
    time: Literal["interval", "event", "both"]
    grade: Grade
    key: list[str]
    optional_key: list[str] = []
    colour: str = Field(pattern="^#[0-9A-F]{6}$")
    width: str = ""
    subtypes: dict[str, Words]
    properties: dict[str, PropertySpec]


class SchemaSpec(Strict):
    """The whole file ``schema.yaml``."""

    version: str
    entities: dict[str, EntitySpec]
    relations: dict[str, RelationSpec]


class Node:
    """A parsed YAML value and where its parts stand: ``line((key, …))`` gives the line from 1."""

    def __init__(self, value: Any, lines: dict[tuple[str | int, ...], int]) -> None:
        self.value = value
        self._lines = lines

    def line(self, place: tuple[str | int, ...]) -> int:
        """Line of the deepest known part of ``place``."""
        while place and place not in self._lines:
            place = place[:-1]
        return self._lines.get(place, 1)


def read_yaml(file: Path, error: type[MingchaError]) -> Node:
    """Parse a YAML file; scalars stay strings (null stays None), repeated keys are errors."""
    lines: dict[tuple[str | int, ...], int] = {}
    try:
        root = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, OSError, UnicodeDecodeError) as fault:
        mark = getattr(fault, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        raise error(
            problems=[Problem(f"not readable as YAML: {fault}", file=file.name, line=line)]
        ) from fault
    if root is None:
        raise error(problems=[Problem("the file is empty", file=file.name)])
    return Node(_value(root, (), lines, file, error), lines)


def _value(
    node: yaml.Node, place: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int], file: Path,
    error: type[MingchaError],
) -> Any:  # fmt: skip
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        out: dict[str, Any] = {}
        for key, child in node.value:
            name = str(key.value)
            if name in out:
                raise error(
                    problems=[
                        Problem(f"key {name!r} stands twice", file=file.name, line=key.start_mark.line + 1)
                    ]
                )
            lines[(*place, name)] = key.start_mark.line + 1
            out[name] = _value(child, (*place, name), lines, file, error)
        return out
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*place, i), lines, file, error) for i, child in enumerate(node.value)]
    return None if node.tag == "tag:yaml.org,2002:null" else str(node.value)


def read_spec(file: Path, model: type[Model], error: type[MingchaError]) -> Model:
    """Read ``file`` as ``model``; raises ``error`` with file and line of every fault."""
    node = read_yaml(file, error)
    try:
        return model.model_validate(node.value)
    except ValidationError as fault:
        problems = []
        for item in fault.errors():
            place = tuple(item["loc"])
            shown = ".".join(str(part) for part in place)
            problems.append(Problem(f"{shown}: {item['msg']}", file=file.name, line=node.line(place)))
        raise error(problems=problems) from fault
