"""One mapping item over one chunk, cleaned but not yet identified: the columns of the records to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loaders.cells import UNLISTED, Cells, holds, make
from loaders.clean import (
    REQUIRED,
    UNVERIFIED,
    Cleaned,
    Reading,
    clean,
    clean_locator,
    date_faults,
    dates,
    flagged,
    listed,
)
from loaders.faults import Faults, Tally, tally
from loaders.mapping import Item
from loaders.mapping_spec import CellSpec, EntityItemSpec, RegisterItemSpec, RelationItemSpec, ValidSpec
from values.columns import Bools, as_bools
from values.dates import DateColumn, empty_date_column, event_bounds, interval_bounds

NOTHING = pa.scalar(None, pa.string())
Part: TypeAlias = "pa.Array | str"
"""Part of a key: values, or the name of the entity item whose source key it is."""


@dataclass(slots=True)
class Draft:
    """Columns of an item's records: an entry for each row, or for each piece where the item splits a cell.

    ``present``: entries about which the row says something. ``keys``: the parts of the declared key, None
    where each record is a unit of its own. ``rows`` and ``numbers`` only for a split. ``wrong_sort``:
    column → entries that hold an identifier of the wrong sort for this workspace.
    """

    item: Item
    present: Bools
    columns: dict[str, pa.Array]
    keys: list[Part] | None
    ends: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rows: pa.Array | None = None
    numbers: pa.Array | None = None
    notes: Tally = field(default_factory=Tally)
    wrong_sort: dict[str, Bools] = field(default_factory=dict)

    def filtered(self, good: Bools) -> Draft:
        """Only what stands on good rows; row numbers then count these."""
        if good.all():
            return self
        keep = good if self.rows is None else good[self.rows.to_numpy()]
        mask = pa.array(keep)
        rows = self.rows
        if rows is not None:
            rows = pa.array((np.cumsum(good) - 1)[rows.to_numpy()[keep]], pa.int64())
        return Draft(
            self.item,
            self.present[keep],
            {name: column.filter(mask) for name, column in self.columns.items()},
            None if self.keys is None else [_filtered(part, mask) for part in self.keys],
            self.ends,
            rows,
            None if self.numbers is None else self.numbers.filter(mask),
        )


def _filtered(part: Part, mask: pa.Array) -> Part:
    return part if isinstance(part, str) else part.filter(mask)


@dataclass(slots=True)
class _Maker:
    item: Item
    cells: Cells
    reading: Reading
    found: list[tuple[str, Cleaned]] = field(default_factory=list)

    def property_columns(self) -> dict[str, pa.Array]:
        """Typed columns of every mapped property but references; currencies and unverified numbers too."""
        spec = self.item.spec
        columns: dict[str, pa.Array] = {}
        for name, cell in spec.properties.items():
            if cell.entity:
                continue
            cleaned = clean(self.item.properties[name], cell, self.cells, self.reading)
            self.found.append((column_of(cell, name), cleaned))
            columns |= cleaned.columns
        self._currency(columns)
        self._unverified(columns)
        return columns

    def _currency(self, columns: dict[str, pa.Array]) -> None:
        """The currency of amounts, where the mapping states it and no column says it."""
        spec, properties = self.item.spec.properties, self.item.properties
        if "currency" not in properties or "currency" in spec:
            return
        amounts = [name for name in spec if properties[name].type == "money"]
        if amounts:
            word = pa.scalar(spec[amounts[0]].currency or self.reading.currency, pa.string())
            known = np.logical_or.reduce([as_bools(columns[name].is_valid()) for name in amounts])
            columns["currency"] = pc.if_else(pa.array(known), word, NOTHING)

    def _unverified(self, columns: dict[str, pa.Array]) -> None:
        """Numbers that failed their check, under ``unverifiedId`` where the kind has it."""
        moved = [cleaned.unverified for _, cleaned in self.found if cleaned.unverified is not None]
        if UNVERIFIED in self.item.properties and moved:
            parts = [columns[UNVERIFIED], *moved] if UNVERIFIED in columns else moved
            # Pair by pair: with null_handling="skip" Arrow 26 loses the rows in which every part is null.
            columns[UNVERIFIED] = reduce(
                lambda a, b: pc.coalesce(pc.binary_join_element_wise(a, b, "; "), a, b), parts
            )

    def subtype(self, cell: CellSpec | None) -> pa.Array:
        """Codes of the subtype."""
        if cell is None:
            return pa.nulls(self.cells.size, pa.string())
        words = {code: (code, label.zh, label.en) for code, label in self.item.subtypes.items()}
        made = make(cell, self.cells)
        codes, missing = listed(made.texts, words)
        unlisted = [] if made.unlisted is None else [flagged(made.unlisted, UNLISTED)]
        self.found.append((column_of(cell, "subtype"), Cleaned({}, [missing, *unlisted])))
        return codes

    def times(self, valid: ValidSpec | None, *, always: bool) -> dict[str, pa.Array]:
        """The six columns of valid time; unknown where nothing is mapped and they are needed always."""
        if valid is None and not always:
            return {}
        start, end = (self._dates(valid.from_ if valid else None), self._dates(valid.to if valid else None))
        bounds = interval_bounds(start, end, open_end=valid.open_end if valid else "unknown")
        if valid is not None:
            column = column_of(valid.to or valid.from_, "valid")
            self.found.append((column, Cleaned({}, [bounds.reasons])))
        texts = {"validFrom": bounds.from_text, "validTo": bounds.to_text}
        days = {
            "validFromMin": bounds.from_min,
            "validFromMax": bounds.from_max,
            "validToMin": bounds.to_min,
            "validToMax": bounds.to_max,
        }
        return texts | {name: array.cast(pa.int64()) for name, array in days.items()}

    def event(self, cell: CellSpec | None) -> dict[str, pa.Array]:
        """The five columns of an event's time."""
        when = event_bounds(self._dates(cell))
        days = {"atMin": when.first, "atMax": when.last, "atMsMin": when.ms_first, "atMsMax": when.ms_last}
        return {"at": when.text} | {name: array.cast(pa.int64()) for name, array in days.items()}

    def _dates(self, cell: CellSpec | None) -> DateColumn:
        if cell is None:
            return empty_date_column(self.cells.size)
        column = dates(make(cell, self.cells).texts, cell, self.reading)
        self.found.append((column_of(cell, "date"), Cleaned({}, [date_faults(column)])))
        return column

    def report(self, draft: Draft, faults: Faults, noted: Bools) -> None:
        """Hand on faults of present entries, and notes where ``noted``: also of values without a record."""
        rows = None if draft.rows is None else draft.rows.to_numpy()
        for column, cleaned in self.found:
            for reasons in cleaned.faults:
                faults.add(column, reasons, draft.present, rows)
            draft.notes += tally(column, cleaned.notes, noted)
            if cleaned.wrong_sort is not None:
                draft.wrong_sort[column] = cleaned.wrong_sort


def column_of(cell: CellSpec | None, fallback: str) -> str:
    """The column a fault of this cell is told under."""
    if cell is None:
        return fallback
    return cell.column or next(iter(cell.columns), fallback)


def draft_entity(item: Item, cells: Cells, reading: Reading, faults: Faults) -> Draft:
    """An entity on each row that names its key (a Locator: a usable value) and meets its conditions."""
    spec = item.spec
    assert isinstance(spec, EntityItemSpec)
    maker = _Maker(item, cells, reading)
    columns = maker.property_columns()
    columns["subtype"] = maker.subtype(spec.subtype)
    parts = [make(cell, cells).texts for cell in spec.key or ()]
    asked = holds(spec.when, cells)
    if spec.value is not None:
        texts = make(spec.value, cells).texts
        cleaned = clean_locator(columns["subtype"], texts, reading)
        maker.found.append((column_of(spec.value, "value"), cleaned))
        columns |= cleaned.columns
        parts = parts or [columns["subtype"], columns["normalisedValue"]]
        present = asked & as_bools(columns["normalisedValue"].is_valid())
    elif parts:
        present = asked & np.logical_or.reduce([as_bools(part.is_valid()) for part in parts])
    else:
        said = [as_bools(c.is_valid()) for name, c in columns.items() if name != "subtype"]
        present = asked & (np.logical_or.reduce(said) if said else True)
    columns |= maker.times(spec.valid, always=False)
    keys: list[Part] | None = [*parts] or None
    draft = Draft(item, present, columns, keys)
    maker.report(draft, faults, asked if spec.value is not None else present)
    if spec.required and not (present | ~asked).all():
        first = column_of(spec.value or (spec.key[0] if spec.key else None), item.name)
        faults.add(first, flagged(asked & ~present, REQUIRED), asked)
    return draft


def draft_relation(
    item: Item, cells: Cells, reading: Reading, faults: Faults, entities: Mapping[str, Draft]
) -> Draft:
    """A relation on each row (or piece) that names both its ends and meets its conditions."""
    spec = item.spec
    assert isinstance(spec, RelationItemSpec)
    rows = numbers = None
    whole = cells
    if spec.split is not None:
        cells, rows, numbers = cells.split(spec.split.column, spec.split.by)
    maker = _Maker(item, cells, reading)
    columns = maker.property_columns()
    columns["subtype"] = maker.subtype(spec.subtype)
    ended = np.ones(whole.size, dtype=np.bool_)
    for names in (spec.from_, spec.to):
        ended &= np.logical_or.reduce([entities[name].present for name in names])
    asked = holds(spec.when, cells)
    present = asked & (ended if rows is None else ended[rows.to_numpy()])
    columns |= maker.times(spec.valid, always=item.time != "event")
    if item.time != "interval":
        columns |= maker.event(spec.at)
    ends = {"from": tuple(spec.from_), "to": tuple(spec.to)}
    keys: list[Part] = [make(cell, cells).texts for cell in spec.key]
    draft = Draft(item, present, columns, keys or None, ends, rows, numbers)
    maker.report(draft, faults, present)
    if spec.required and not (present | ~asked).all():
        indices = None if rows is None else rows.to_numpy()
        faults.add(item.name, flagged(asked & ~present, REQUIRED), asked, indices)
    return draft


def draft_entry(item: Item, cells: Cells, reading: Reading, faults: Faults, key: Sequence[str]) -> Draft:
    """A register entry on each row that names its key and meets its conditions."""
    spec = item.spec
    assert isinstance(spec, RegisterItemSpec)
    maker = _Maker(item, cells, reading)
    columns = maker.property_columns()
    parts: list[Part] = [spec.properties[name].entity or columns[name].cast(pa.string()) for name in key]
    asked = holds(spec.when, cells)
    said = [as_bools(part.is_valid()) for part in parts if not isinstance(part, str)]
    present = asked & np.logical_or.reduce(said)
    draft = Draft(item, present, columns, parts)
    maker.report(draft, faults, present)
    if spec.required and not (present | ~asked).all():
        faults.add(item.name, flagged(asked & ~present, REQUIRED), asked)
    return draft


def references(item: Item) -> dict[str, str]:
    """Property → entity item it names."""
    return {name: cell.entity for name, cell in item.spec.properties.items() if cell.entity}
