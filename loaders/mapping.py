"""Mapping files: which columns of a source make which entities, relations and register entries.

``read_mapping`` reads the shape and checks the meaning against the vocabulary; what is wrong stands in
``Mapping.problems`` with file and line, so that an import can report it together with what does not fit
the file at hand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import ValidationError

from graph.errors import MappingError, Problem
from graph.schema import EntityKind, Label, Property, RelationKind, Schema
from graph.spec import Node, read_yaml
from lake.registers import Register
from loaders.cells import NullWords
from loaders.mapping_check import check_mapping
from loaders.mapping_columns import columns_of
from loaders.mapping_spec import (
    EntityItemSpec,
    MappingSpec,
    RegisterItemSpec,
    RelationItemSpec,
)

SHIPPED = Path(__file__).with_name("mappings")
Role: TypeAlias = Literal["entity", "relation", "register"]
_MESSAGES = {"extra_forbidden": "no such key", "missing": "this key is needed"}


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a mapping with what the vocabulary says of it. ``table`` is its kind or register.

    ``time`` is the mode of a relation (interval, event, both), empty for others.
    """

    name: str
    role: Role
    table: str
    grade: str
    properties: Mapping[str, Property]
    subtypes: Mapping[str, Label]
    time: str
    spec: EntityItemSpec | RelationItemSpec | RegisterItemSpec


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """A mapping file, read and bound to the vocabulary.

    ``name`` is the file's name without ending, ``columns`` every column it speaks of and the line where it
    does so first. Of a mapping with ``problems`` the ``items`` are empty.
    """

    name: str
    file: str
    sha256: str
    spec: MappingSpec
    items: tuple[Item, ...]
    columns: Mapping[str, int]
    problems: tuple[Problem, ...]

    @property
    def title(self) -> str:
        """Name and version, as batches remember it."""
        return f"{self.name} {self.spec.version}"

    @property
    def nulls(self) -> NullWords:
        """Words that stand for nothing."""
        of = {column: tuple(words) for column, words in self.spec.null_values_of.items()}
        return NullWords(tuple(self.spec.null_values), of)

    def of_role(self, role: Role) -> tuple[Item, ...]:
        """Items of one role, in the order of the file."""
        return tuple(item for item in self.items if item.role == role)


def read_mapping(file: Path, schema: Schema, registers: Mapping[str, Register]) -> SourceMapping:
    """Read one mapping file.

    ``MappingError`` where it is no mapping at all: not YAML, unknown or missing keys.
    """
    node = read_yaml(file, MappingError)
    spec = _spec(file, node)
    problems = tuple(check_mapping(spec, schema, registers, file.name, node.line))
    columns: dict[str, int] = {}
    for column, place in columns_of(spec):
        columns.setdefault(column, node.line(place))
    items = () if problems else tuple(_items(spec, schema, registers))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return SourceMapping(file.stem, file.name, digest, spec, items, columns, problems)


def shipped_mapping(name: str, schema: Schema, registers: Mapping[str, Register]) -> SourceMapping:
    """One of the mappings that come with the project.

    ``MappingError`` lists them where there is none of that name.
    """
    file = SHIPPED / f"{name}.yaml"
    if not file.exists():
        known = ", ".join(sorted(f.stem for f in SHIPPED.glob("*.yaml")))
        raise MappingError(f"no mapping {name!r} is shipped; there are {known}")
    return read_mapping(file, schema, registers)


def _spec(file: Path, node: Node) -> MappingSpec:
    try:
        return MappingSpec.model_validate(node.value)
    except ValidationError as fault:
        problems = []
        for error in fault.errors():
            place = tuple(error["loc"])
            shown = ".".join(str(part) for part in place)
            message = _MESSAGES.get(error["type"], error["msg"]).removeprefix("Value error, ")
            problems.append(Problem(f"{shown}: {message}", file.name, node.line(place)))
        raise MappingError(problems=problems) from fault


def _items(spec: MappingSpec, schema: Schema, registers: Mapping[str, Register]) -> Iterator[Item]:
    for name, entity in spec.entities.items():
        yield _item(name, "entity", schema.entities[entity.kind], spec, entity)
    for name, relation in spec.relations.items():
        yield _item(name, "relation", schema.relations[relation.kind], spec, relation)
    for name, entry in spec.registers.items():
        register = registers[entry.register_]
        grade = entry.grade or spec.grade or "G2"
        yield Item(name, "register", register.name, grade, register.properties, {}, "", entry)


def _item(
    name: str, role: Role, kind: EntityKind | RelationKind, spec: MappingSpec,
    item: EntityItemSpec | RelationItemSpec,
) -> Item:  # fmt: skip
    grade = item.grade or spec.grade or kind.grade
    time = kind.time if isinstance(kind, RelationKind) else ""
    return Item(name, role, kind.name, grade, kind.properties, kind.subtypes, time, item)
