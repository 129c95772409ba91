"""What a mapping says, checked against the vocabulary and a file's columns before the first row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import MappingError, Problem
from graph.schema import EntityKind, Label, Property, RelationKind, Schema
from lake.registers import Register
from loaders.mapping_columns import Place, columns_of
from loaders.mapping_spec import (
    CellSpec,
    ConditionSpec,
    EntityItemSpec,
    ItemSpec,
    MappingSpec,
    RegisterItemSpec,
    RelationItemSpec,
    ValidSpec,
)
from values.amounts import UNITS
from values.calendar_days import zone_named
from values.dates import check_formats, parse_date

LineOf: TypeAlias = Callable[[Place], int]
_DERIVED = "D"


def check_mapping(
    spec: MappingSpec, schema: Schema, registers: Mapping[str, Register], file: str, line_of: LineOf
) -> list[Problem]:
    """Every fault of meaning, each with its line."""
    return list(_Checker(spec, schema, registers, file, line_of).all())


def check_columns(
    spec: MappingSpec, columns: Mapping[str, int], header: Sequence[str], mapping_file: str, file: str
) -> list[Problem]:
    """What does not fit between a mapping and a file's header: columns missing, and columns nobody speaks of.

    ``columns``: those the mapping reads, with lines. Prohibited columns are the privacy gate's.
    """
    there, listed = set(header), {*spec.drop, *spec.redact}
    problems = [
        Problem(f"{file} has no column {column!r}", mapping_file, line, todo=_near(column, header))
        for column, line in columns.items()
        if column not in there
    ]
    todo = "map it, or list it under drop"
    unmapped = [name for name in header if name not in columns and name not in listed]
    return problems + [
        Problem("the mapping does not speak of this column", file, 0, name, todo) for name in unmapped
    ]


def _near(column: str, header: Sequence[str]) -> str:
    return "its columns are " + ", ".join(header[:30]) + (" …" if len(header) > 30 else "")


@dataclass(frozen=True, slots=True)
class _Checker:
    spec: MappingSpec
    schema: Schema
    registers: Mapping[str, Register]
    file: str
    line_of: LineOf

    def _problem(self, place: Place, what: str, todo: str = "") -> Problem:
        shown = ".".join(str(part) for part in place)
        return Problem(f"{shown}: {what}", self.file, self.line_of(place), todo=todo)

    def all(self) -> Iterator[Problem]:
        """Every fault, in the order of the file."""
        yield from self._head()
        for name, entity in self.spec.entities.items():
            yield from self._entity(("entities", name), entity)
        for name, relation in self.spec.relations.items():
            yield from self._relation(("relations", name), relation)
        for name, entry in self.spec.registers.items():
            yield from self._register(("registers", name), entry)
        yield from self._names()

    def _head(self) -> Iterator[Problem]:
        spec, read = self.spec, {column for column, _ in columns_of(self.spec)}
        if spec.zone:
            yield from self._raised(("zone",), lambda: zone_named(spec.zone))
        if not (spec.entities or spec.relations or spec.registers):
            yield self._problem((), "the mapping makes nothing", "name entities, relations or registers")
        for name in (*spec.drop, *spec.redact):
            if name in read:
                yield self._problem(
                    ("drop",), f"column {name!r} is dropped or redacted, and mapped", "do one of them"
                )
        for name in set(spec.drop) & set(spec.redact):
            yield self._problem(
                ("redact",), f"column {name!r} is under drop and redact", "leave it under one"
            )
        delimiter = spec.file.delimiter
        if delimiter and (len(delimiter) > 1 or delimiter > "\x7f"):
            yield self._problem(("file", "delimiter"), f"{delimiter!r} is not one ASCII sign")
        quote = spec.file.quote
        if quote != "none" and (len(quote) != 1 or quote > "\x7f"):
            yield self._problem(("file", "quote"), f"{quote!r} is neither one ASCII sign nor none")
        if spec.file.stop_when:
            yield from self._condition(("file", "stop_when"), spec.file.stop_when)

    def _names(self) -> Iterator[Problem]:
        seen: set[str] = set()
        groups: dict[str, Mapping[str, ItemSpec]] = {
            "entities": self.spec.entities,
            "relations": self.spec.relations,
            "registers": self.spec.registers,
        }
        for group, items in groups.items():
            for name in items:
                if name in seen:
                    yield self._problem(
                        (group, name), "another item has this name", "give each item a name of its own"
                    )
                seen.add(name)

    # -- items ------------------------------------------------------------------------------------

    def _entity(self, place: Place, item: EntityItemSpec) -> Iterator[Problem]:
        kind = self.schema.entities.get(item.kind)
        if kind is None:
            known = ", ".join(self.schema.entities)
            yield self._problem((*place, "kind"), f"no entity kind {item.kind!r}", f"kinds are {known}")
            return
        yield from self._common(place, item, kind.properties, kind.name)
        yield from self._subtype(place, item.subtype, kind.subtypes, kind.name)
        locator = kind.name == "Locator"
        if item.key is None and not locator:
            yield self._problem(
                place, "no key", "name the columns that tell one from another, or write key: row"
            )
        if locator and (item.value is None or item.subtype is None or "normalisedValue" in item.properties):
            yield self._problem(
                place, "a Locator is made from subtype and value", "give both, not normalisedValue"
            )
        if item.value is not None and not locator:
            yield self._problem((*place, "value"), "only a Locator has a value", "name properties instead")
        yield from self._cells(place, {"value": item.value, **_numbered("key", item.key or [])})
        yield from self._valid(place, item.valid)
        if item.doubt is not None:
            yield from self._doubt((*place, "doubt", "relation"), item.doubt.relation, kind)

    def _doubt(self, place: Place, name: str, kind: EntityKind) -> Iterator[Problem]:
        relation = self.schema.relations.get(name)
        if relation is None:
            yield self._problem(place, f"no relation kind {name!r}")
        elif kind.name not in {a for a, _ in relation.ends}:
            yield self._problem(place, f"{name} never starts at a {kind.name}")

    def _relation(self, place: Place, item: RelationItemSpec) -> Iterator[Problem]:
        kind = self.schema.relations.get(item.kind)
        if kind is None:
            known = ", ".join(self.schema.relations)
            yield self._problem((*place, "kind"), f"no relation kind {item.kind!r}", f"kinds are {known}")
            return
        yield from self._common(place, item, kind.properties, kind.name)
        yield from self._subtype(place, item.subtype, kind.subtypes, kind.name)
        yield from self._ends(place, item, kind)
        yield from self._cells(place, {"at": item.at, **_numbered("key", item.key)})
        if item.at is not None:
            if kind.time == "interval":
                yield self._problem(
                    (*place, "at"), f"{kind.name} lasts, it does not happen", "use valid: from, to"
                )
            yield from self._formats((*place, "at"), item.at)
        if item.valid is not None and kind.time == "event":
            yield self._problem((*place, "valid"), f"{kind.name} happens, it does not last", "use at")
        yield from self._valid(place, item.valid)

    def _ends(self, place: Place, item: RelationItemSpec, kind: RelationKind) -> Iterator[Problem]:
        kinds: dict[str, list[str]] = {"from": [], "to": []}
        for end, names in (("from", item.from_), ("to", item.to)):
            for name in names:
                entity = self.spec.entities.get(name)
                if entity is None:
                    yield self._problem(
                        (*place, end),
                        f"no entity item {name!r}",
                        f"items are {', '.join(self.spec.entities)}",
                    )
                elif entity.kind in self.schema.entities:
                    kinds[end].append(entity.kind)
        for pair in product(kinds["from"], kinds["to"]):
            if pair not in kind.ends:
                allowed = ", ".join(f"{a} → {b}" for a, b in kind.ends)
                yield self._problem(
                    place, f"{kind.name} does not go {pair[0]} → {pair[1]}", f"it goes {allowed}"
                )

    def _register(self, place: Place, item: RegisterItemSpec) -> Iterator[Problem]:
        register = self.registers.get(item.register_)
        if register is None:
            known = ", ".join(self.registers)
            yield self._problem(
                (*place, "register"), f"no register {item.register_!r}", f"registers are {known}"
            )
            return
        yield from self._common(place, item, register.properties, register.name)
        for part in register.key:
            if part not in item.properties:
                yield self._problem(place, f"no key: {register.name} needs {part}", "map it under properties")

    # -- parts of items ---------------------------------------------------------------------------

    def _common(
        self, place: Place, item: ItemSpec, properties: Mapping[str, Property], kind: str
    ) -> Iterator[Problem]:
        for number, condition in enumerate(item.when):
            yield from self._condition((*place, "when", number), condition)
        for name, cell in item.properties.items():
            where = (*place, "properties", name)
            prop = properties.get(name)
            if prop is None:
                yield self._problem(
                    where, f"{kind} has no property {name!r}", f"it has {', '.join(properties)}"
                )
            elif prop.validity == _DERIVED:
                yield self._problem(where, f"{name} is derived, never loaded", "leave it out")
            else:
                yield from self._property(where, prop, cell, item.properties, "currency" in properties)

    def _property(
        self, place: Place, prop: Property, cell: CellSpec, others: Iterable[str], has_currency: bool
    ) -> Iterator[Problem]:
        if (prop.type == "ref") != bool(cell.entity):
            todo = "write {entity: item}" if prop.type == "ref" else "name a column"
            yield self._problem(
                place, f"{prop.name} is {'' if prop.type == 'ref' else 'not '}a reference", todo
            )
        elif cell.entity:
            yield from self._reference(place, prop, cell.entity)
        yield from self._formats(place, cell)
        if cell.age_to_birth is not None:
            yield from self._age(place, prop, cell)
        if prop.type == "money":
            if cell.unit and cell.unit not in (*UNITS, "minor"):
                yield self._problem(
                    place, f"unit {cell.unit!r} is not known", f"units are {', '.join(UNITS)}, minor"
                )
            if has_currency and not (cell.currency or self.spec.currency or "currency" in others):
                yield self._problem(
                    place, "an amount without a currency", "write currency: CNY here or once for the mapping"
                )
        elif cell.currency or (cell.unit and prop.type != "percent"):
            yield self._problem(place, f"{prop.name} is no amount", "leave out unit and currency")
        if prop.codes:
            yield from self._listed(place, cell, prop.codes, prop.name)

    def _reference(self, place: Place, prop: Property, name: str) -> Iterator[Problem]:
        entity = self.spec.entities.get(name)
        if entity is None:
            yield self._problem(
                place, f"no entity item {name!r}", f"items are {', '.join(self.spec.entities)}"
            )
        elif prop.to not in ("*", entity.kind):
            yield self._problem(place, f"{prop.name} names a {prop.to}, {name} is a {entity.kind}")

    def _age(self, place: Place, prop: Property, cell: CellSpec) -> Iterator[Problem]:
        age = cell.age_to_birth
        if prop.type != "date":
            yield self._problem(place, f"{prop.name} is no date", "age_to_birth makes birthYearMonth")
        if age is not None and bool(age.day) == bool(age.column):
            yield self._problem(place, "age_to_birth needs the day of the record", "give day or column")
        if age is not None and age.day and parse_date(age.day).reason:
            yield self._problem((*place, "age_to_birth", "day"), f"{age.day!r} is no date")

    def _subtype(
        self, place: Place, cell: CellSpec | None, codes: Mapping[str, Label], kind: str
    ) -> Iterator[Problem]:
        if cell is None:
            return
        if not codes:
            yield self._problem((*place, "subtype"), f"{kind} has no subtypes", "leave it out")
        else:
            yield from self._listed((*place, "subtype"), cell, codes, f"{kind}.subtype")

    def _listed(
        self, place: Place, cell: CellSpec, codes: Mapping[str, Label], name: str
    ) -> Iterator[Problem]:
        said = [
            *cell.values.values(),
            *(word for word in (cell.constant, cell.otherwise) if word is not None),
        ]
        for word in dict.fromkeys(said):
            if word not in codes:
                yield self._problem(place, f"{name} has no code {word!r}", f"codes are {', '.join(codes)}")

    def _valid(self, place: Place, valid: ValidSpec | None) -> Iterator[Problem]:
        if valid is None:
            return
        cells = {"from": valid.from_, "to": valid.to}
        if not any(cells.values()):
            yield self._problem((*place, "valid"), "neither from nor to")
        yield from self._cells((*place, "valid"), cells)
        for name, cell in cells.items():
            if cell is not None:
                yield from self._formats((*place, "valid", name), cell)

    def _cells(self, place: Place, cells: Mapping[str, CellSpec | None]) -> Iterator[Problem]:
        for name, cell in cells.items():
            if cell is not None and cell.entity:
                yield self._problem(
                    (*place, *name.split(".")), "a reference cannot stand here", "name a column"
                )

    def _formats(self, place: Place, cell: CellSpec) -> Iterator[Problem]:
        if cell.format:
            yield from self._raised((*place, "format"), lambda: check_formats(tuple(cell.format)))

    def _condition(self, place: Place, condition: ConditionSpec) -> Iterator[Problem]:
        if condition.matches is None:
            return
        try:
            pc.match_substring_regex(pa.array([""]), condition.matches)
        except pa.ArrowInvalid as fault:
            yield self._problem((*place, "matches"), f"no regular expression (RE2): {fault}")

    def _raised(self, place: Place, check: Callable[[], object]) -> Iterator[Problem]:
        try:
            check()
        except MappingError as fault:
            yield from (self._problem(place, problem.what, problem.todo) for problem in fault.problems)


def _numbered(name: str, cells: Sequence[CellSpec]) -> dict[str, CellSpec]:
    return {f"{name}.{number}": cell for number, cell in enumerate(cells)}
