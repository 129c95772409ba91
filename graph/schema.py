"""The vocabulary, read once and strictly from ``schema.yaml``: kinds, subtypes, properties and how they lie in the stores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal

import pyarrow as pa

from graph.errors import Problem, SchemaError
from graph.spec import EntitySpec, PropertySpec, RelationSpec, SchemaSpec, read_spec

SCHEMA_FILE = Path(__file__).with_name("schema.yaml")

RESERVED = frozenset(
    "end order desc group table primary default all case when exists column in on profile".split()
)
"""Words the embedded engine reserves: no property may be called so."""


class Storage(StrEnum):
    """How a column lies in both stores."""

    STRING = "STRING"
    STRINGS = "STRING[]"
    INT = "INT64"
    FLOAT = "DOUBLE"
    BOOL = "BOOL"

    @property
    def arrow(self) -> pa.DataType:
        return _ARROW[self]


_ARROW: dict[Storage, pa.DataType] = {
    Storage.STRING: pa.string(),
    Storage.STRINGS: pa.list_(pa.string()),
    Storage.INT: pa.int64(),
    Storage.FLOAT: pa.float64(),
    Storage.BOOL: pa.bool_(),
}

_STORAGE: dict[str, Storage] = {
    "int": Storage.INT,
    "float": Storage.FLOAT,
    "percent": Storage.FLOAT,
    "money": Storage.INT,
    "bool": Storage.BOOL,
    "strings": Storage.STRINGS,
}
"""Property type → storage; every other type (text, code, date, ref, value types) is a string."""

TOKENED = frozenset({"idNumber", "otherId", "account", "identifier", "plate", "vin"})
"""Types that a store holds only as masked form and keyed token when their grade is G3."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a store table: its name, storage, and the property it belongs to ("" for the frame)."""

    name: str
    storage: Storage
    property: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A word for users in both languages."""

    zh: str
    en: str

    def get(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a kind. ``codes`` closes the list of values where it is not empty; ``to`` is the kind of a ref.

    ``inverse`` turns a code round with its symmetric relation (parent ↔ child).
    """

    name: str
    type: str
    grade: str
    validity: str
    used_by: tuple[str, ...]
    label: Label
    codes: Mapping[str, Label]
    to: str
    inverse: Mapping[str, str]

    @property
    def storage(self) -> Storage:
        return _STORAGE.get(self.type, Storage.STRING)

    @property
    def tokened(self) -> bool:
        return self.grade == "G3" and self.type in TOKENED

    def columns(self) -> tuple[Column, ...]:
        """Columns of this property in a store."""
        own = Column(self.name, self.storage, self.name)
        if self.type == "date":
            return (
                own,
                Column(f"{self.name}Min", Storage.INT, self.name),
                Column(f"{self.name}Max", Storage.INT, self.name),
            )
        if self.tokened:
            return (own, Column(f"{self.name}Token", Storage.STRING, self.name))
        return (own,)


@dataclass(frozen=True, slots=True)
class EntityKind:
    """One of the five entity kinds."""

    name: str
    letter: str
    label: Label
    grade: str
    icon: str
    shape: str
    colour: str
    caption: tuple[str, ...]
    subtypes: Mapping[str, Label]
    properties: Mapping[str, Property]

    def columns(self) -> tuple[Column, ...]:
        """Columns of the node table, frame first."""
        return _NODE_FRAME + tuple(
            c for p in self.properties.values() if p.name != "name" for c in p.columns()
        )


@dataclass(frozen=True, slots=True)
class RelationKind:
    """One of the nineteen relation kinds. ``ends`` lists the allowed (from, to) pairs of entity kinds."""

    name: str
    code: str
    label: Label
    verb: Label
    grade: str
    ends: tuple[tuple[str, str], ...]
    symmetric: bool
    time: Literal["interval", "event", "both"]
    key: tuple[str, ...]
    optional_key: frozenset[str]
    colour: str
    width: str
    subtypes: Mapping[str, Label]
    properties: Mapping[str, Property]

    def columns(self) -> tuple[Column, ...]:
        """Columns of the relation table, frame and time first; ``from_id``/``to_id`` are the ends."""
        times = (_INTERVAL if self.time != "event" else ()) + (_EVENT if self.time != "interval" else ())
        return _RELATION_FRAME + times + tuple(c for p in self.properties.values() for c in p.columns())


def _frame(*names: str, lists: tuple[str, ...] = ()) -> tuple[Column, ...]:
    return tuple(Column(n, Storage.STRINGS if n in lists else Storage.STRING) for n in names)


_NODE_FRAME = _frame(
    "id", "kind", "subtype", "name", "names", "grade", "record_ids", lists=("names", "record_ids")
)
_RELATION_FRAME = _frame(
    "id", "kind", "from_id", "to_id", "subtype", "grade", "record_ids", lists=("record_ids",)
)
_INTERVAL = tuple(
    Column(n, Storage.STRING if n in ("validFrom", "validTo") else Storage.INT)
    for n in ("validFrom", "validFromMin", "validFromMax", "validTo", "validToMin", "validToMax")
)
_EVENT = (
    Column("at", Storage.STRING),
    *(Column(n, Storage.INT) for n in ("atMin", "atMax", "atMsMin", "atMsMax")),
)


@dataclass(frozen=True, slots=True)
class Schema:
    """The whole vocabulary."""

    version: str
    entities: Mapping[str, EntityKind]
    relations: Mapping[str, RelationKind]

    @property
    def kinds(self) -> tuple[str, ...]:
        """All 24 kind names, entities first."""
        return (*self.entities, *self.relations)

    def kind(self, name: str) -> EntityKind | RelationKind:
        """The kind called ``name``; ``SchemaError`` where there is none."""
        found = self.entities.get(name) or self.relations.get(name)
        if found is None:
            raise SchemaError(f"no kind {name!r} in the schema; kinds are {', '.join(self.kinds)}")
        return found

    def kind_of_id(self, entity_id: str) -> str:
        """The entity kind told by the letter of an entity id, "" where the letter is unknown."""
        return _letters(self).get(entity_id[:1], "")

    def arrow_schema(self, name: str) -> pa.Schema:
        """Arrow layout of the table of a kind, as published to both stores."""
        return pa.schema([(c.name, c.storage.arrow) for c in self.kind(name).columns()])

    def properties(self) -> Iterator[tuple[str, Property]]:
        """(kind, property) over all kinds."""
        for name in self.kinds:
            kind = self.kind(name)
            for prop in kind.properties.values():
                yield kind.name, prop


def _letters(schema: Schema) -> dict[str, str]:
    return {kind.letter: kind.name for kind in schema.entities.values()}


def _label(spec: Mapping[str, str]) -> Label:
    return Label(spec["zh"], spec["en"])


def property_of(name: str, spec: PropertySpec) -> Property:
    """The property ``name`` as its spec declares it."""
    codes = {code: _label(words.model_dump()) for code, words in spec.codes.items()}
    label = Label(spec.zh, spec.en)
    return Property(
        name,
        spec.type,
        spec.grade,
        spec.validity,
        tuple(spec.used_by),
        label,
        codes,
        spec.to,
        dict(spec.inverse),
    )


def _entity(name: str, spec: EntitySpec) -> EntityKind:
    return EntityKind(
        name=name,
        letter=spec.letter,
        label=Label(spec.zh, spec.en),
        grade=spec.grade,
        icon=spec.icon,
        shape=spec.shape,
        colour=spec.colour,
        caption=tuple(spec.caption),
        subtypes={code: _label(words.model_dump()) for code, words in spec.subtypes.items()},
        properties={n: property_of(n, p) for n, p in spec.properties.items()},
    )


def _relation(name: str, spec: RelationSpec) -> RelationKind:
    return RelationKind(
        name=name,
        code=spec.code,
        label=Label(spec.zh, spec.en),
        verb=_label(spec.verb.model_dump()),
        grade=spec.grade,
        ends=tuple((a, b) for a, b in spec.ends),
        symmetric=spec.symmetric,
        time=spec.time,
        key=tuple(spec.key),
        optional_key=frozenset(spec.optional_key),
        colour=spec.colour,
        width=spec.width,
        subtypes={code: _label(words.model_dump()) for code, words in spec.subtypes.items()},
        properties={n: property_of(n, p) for n, p in spec.properties.items()},
    )


def _build(spec: SchemaSpec) -> Schema:
    return Schema(
        version=spec.version,
        entities={n: _entity(n, s) for n, s in spec.entities.items()},
        relations={n: _relation(n, s) for n, s in spec.relations.items()},
    )


def _faults(schema: Schema) -> Iterator[str]:
    if len(schema.entities) != 5 or len(schema.relations) != 19:
        yield f"{len(schema.entities)} entity and {len(schema.relations)} relation kinds; must be 5 and 19"
    shapes: dict[str, tuple[str, tuple[Storage, ...]]] = {}
    for kind, prop in schema.properties():
        shape = tuple(c.storage for c in prop.columns() if not c.name.endswith("Token"))
        first, expected = shapes.setdefault(prop.name, (kind, shape))
        if expected != shape:
            yield f"property {prop.name} lies differently in {first} and {kind}; one name has one type"
        if prop.name.lower() in RESERVED:
            yield f"property {kind}.{prop.name} is a reserved word"
        if (prop.type == "ref") != (prop.to in schema.entities):
            yield f"property {kind}.{prop.name}: a ref, and only a ref, names an entity kind under 'to'"
    for relation in schema.relations.values():
        yield from _relation_faults(schema, relation)
    for entity in schema.entities.values():
        yield from (
            f"{entity.name}.caption: no property {c}" for c in entity.caption if c not in entity.properties
        )


def _relation_faults(schema: Schema, relation: RelationKind) -> Iterator[str]:
    for pair in relation.ends:
        yield from (
            f"{relation.name}.ends: no entity kind {end}" for end in pair if end not in schema.entities
        )
    known = {"from", "to", "subtype"} | {c.name for c in relation.columns()}
    yield from (f"{relation.name}.key: no property {part}" for part in relation.key if part not in known)
    if relation.symmetric and any(a != b for a, b in relation.ends):
        yield f"{relation.name}: a symmetric kind joins one entity kind to itself"


def parse_schema(file: Path) -> Schema:
    """Read and check a schema file; ``SchemaError`` lists every fault with file and line."""
    schema = _build(read_spec(file, SchemaSpec, SchemaError))
    faults = [Problem(text, file=file.name) for text in _faults(schema)]
    if faults:
        raise SchemaError("the schema is wrong", faults)
    return schema


@cache
def load_schema() -> Schema:
    """The shipped vocabulary."""
    return parse_schema(SCHEMA_FILE)
