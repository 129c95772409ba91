"""Original cells of refused rows, masked by the grade of what they map to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from loaders.clean import LOCATORS
from loaders.mapping import SourceMapping
from loaders.mapping_columns import columns_of
from loaders.mapping_spec import CellSpec, EntityItemSpec
from values.masking import HIDDEN, mask_column

_CLEAR = "G1"


@dataclass(frozen=True, slots=True)
class CellMasks:
    """How each column of a file is shown.

    ``types`` of the masked ones, None for a dropped one, absent for a clear one.
    """

    header: tuple[str, ...]
    types: Mapping[str, str | None]

    @classmethod
    def of(cls, mapping: SourceMapping, header: Sequence[str]) -> CellMasks:
        """The masks that a mapping asks for: clear is only what maps to public properties of public kinds."""
        types: dict[str, str | None] = {}
        for column, (grade, type_name) in _grades(mapping).items():
            if grade != _CLEAR:
                types[column] = type_name
        types |= dict.fromkeys((*mapping.spec.drop, *mapping.spec.redact))
        return cls(tuple(header), types)

    def of_rows(self, columns: Mapping[str, pa.Array], count: int) -> list[list[str | None]]:
        """Masked cells of ``count`` rows in header order."""
        if not count:
            return []
        shown = [self._column(name, columns[name]).to_pylist() for name in self.header]
        return [list(cells) for cells in zip(*shown, strict=True)]

    def of_refused(self, cells: Sequence[str]) -> list[str | None]:
        """Cells of a ragged row: nobody can tell which column they belong to, so all are hidden."""
        return [HIDDEN if cell.strip() else "" for cell in cells]

    def shown(self, table: pa.Table) -> pa.Table:
        """A table of original cells as it may be shown."""
        return pa.table([self._column(name, table[name]) for name in self.header], names=list(self.header))

    def _column(self, name: str, texts: pa.Array) -> pa.Array:
        if name not in self.types:
            return texts
        type_name = self.types[name]
        return pa.nulls(len(texts), pa.string()) if type_name is None else mask_column(texts, type_name)


def column_properties(mapping: SourceMapping) -> dict[str, str]:
    """Column → ``Kind.property`` it maps to, the most sensitive where there are several."""
    found: dict[str, tuple[str, str]] = {}
    for column, grade, _, name in _uses(mapping):
        if column not in found or grade > found[column][0]:
            found[column] = (grade, name)
    return {column: name for column, (_, name) in found.items()}


def _grades(mapping: SourceMapping) -> dict[str, tuple[str, str]]:
    """Column → (grade, value type).

    Of the most sensitive property, else of the items that use it otherwise.
    """
    found: dict[str, tuple[str, str]] = {}
    for column, grade, type_name, _ in _uses(mapping):
        if column not in found or grade > found[column][0]:
            found[column] = (grade, type_name)
    for item in mapping.items:
        for column, _ in columns_of(item.spec):
            found.setdefault(column, (item.grade, "text"))
    return found


def _uses(mapping: SourceMapping) -> list[tuple[str, str, str, str]]:
    """(column, grade, value type, Kind.property) of every cell that fills a property."""
    out: list[tuple[str, str, str, str]] = []
    for item in mapping.items:
        for name, cell in item.spec.properties.items():
            prop = item.properties[name]
            out += [(column, prop.grade, prop.type, f"{item.table}.{name}") for column in _columns(cell)]
        if isinstance(item.spec, EntityItemSpec) and item.spec.value is not None:
            prop = item.properties["normalisedValue"]
            subtype = item.spec.subtype.constant if item.spec.subtype else None
            read_as = LOCATORS.get(subtype or "", "text")
            out += [
                (column, prop.grade, read_as, f"{item.table}.normalisedValue")
                for column in _columns(item.spec.value)
            ]
    return out


def _columns(cell: CellSpec) -> list[str]:
    age = [cell.age_to_birth.column] if cell.age_to_birth else []
    return [column for column in (cell.column, *cell.columns, *age) if column]
