"""Cells of one chunk as the mapping file speaks of them: null words, conditions, value maps, prefixes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loaders.mapping_spec import CellSpec, ConditionSpec
from values.columns import Bools, as_bools

UNLISTED = "unlisted"  # a value the mapping's value map, or the closed list of codes, does not have


@dataclass(frozen=True, slots=True)
class NullWords:
    """Words that stand for "nothing", everywhere and in single columns. An empty cell always is nothing."""

    everywhere: tuple[str, ...] = ()
    of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def words(self, column: str) -> tuple[str, ...]:
        """All null words of one column."""
        return (*self.everywhere, *self.of.get(column, ()))


class Cells:
    """Columns of a chunk by name, trimmed, null where they say nothing. Each is prepared once."""

    def __init__(self, columns: Mapping[str, pa.Array], size: int, nulls: NullWords) -> None:
        self._columns = columns
        self._nulls = nulls
        self._ready: dict[str, pa.Array] = {}
        self.size = size

    def text(self, column: str) -> pa.Array:
        """One column."""
        if column not in self._ready:
            trimmed = pc.utf8_trim_whitespace(self._columns[column])
            self._ready[column] = without(trimmed, ("", *self._nulls.words(column)))
        return self._ready[column]

    def split(self, column: str, by: str) -> tuple[Cells, pa.Array, pa.Array]:
        """A row for each piece of ``column``: the cells, which row each comes from, and its number from 1.

        Pieces that are empty make no row; rows whose cell is empty make none either.
        """
        texts = self.text(column)
        lists = pc.split_pattern(pc.fill_null(texts, ""), by)
        parents, pieces = pc.list_parent_indices(lists), pc.utf8_trim_whitespace(pc.list_flatten(lists))
        starts = lists.offsets.to_numpy()[:-1]
        owner = parents.to_numpy()
        numbers = pa.array(np.arange(len(pieces)) - starts[owner] + 1, pa.int32())
        keep = pc.not_equal(pieces, "")
        rows = pc.filter(parents, keep)
        taken = _Taken(self, rows)
        cells = Cells(taken, len(rows), self._nulls)
        cells._ready[column] = pc.filter(pieces, keep)
        return cells, rows, pc.filter(numbers, keep)


class _Taken(Mapping[str, pa.Array]):
    """Columns of another set of cells, taken row by row as they are asked for."""

    def __init__(self, cells: Cells, rows: pa.Array) -> None:
        self._cells, self._rows = cells, rows

    def __getitem__(self, column: str) -> pa.Array:
        return self._cells.text(column).take(self._rows)

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self._cells._columns)

    def __len__(self) -> int:
        return len(self._cells._columns)


def without(texts: pa.Array, words: Sequence[str]) -> pa.Array:
    """``texts`` with null where one of ``words`` stands."""
    found = pc.is_in(texts, pa.array(words, pa.string())) if len(words) > 1 else pc.equal(texts, words[0])
    if not pc.any(found).as_py():
        return texts
    return pc.if_else(found, pa.scalar(None, pa.string()), texts)


def holds(conditions: Sequence[ConditionSpec], cells: Cells) -> Bools:
    """Rows on which every condition holds."""
    result: Bools = np.ones(cells.size, dtype=np.bool_)
    for condition in conditions:
        result &= _holds(condition, cells.text(condition.column))
    return result


def _holds(condition: ConditionSpec, texts: pa.Array) -> Bools:
    if condition.equals is not None:
        return as_bools(pc.equal(texts, condition.equals))
    if condition.in_ is not None:
        return as_bools(pc.is_in(texts, pa.array(condition.in_, pa.string())))
    if condition.not_in is not None:
        return ~as_bools(pc.is_in(texts, pa.array(condition.not_in, pa.string())))
    if condition.matches is not None:
        return as_bools(pc.match_substring_regex(texts, condition.matches))
    empty = condition.empty if condition.empty is not None else not condition.not_empty
    return as_bools(texts.is_null() if empty else texts.is_valid())


@dataclass(frozen=True, slots=True)
class Made:
    """Strings made from a cell spec, null where there is nothing.

    ``unlisted`` rows had a value the value map lacks.
    """

    texts: pa.Array
    unlisted: Bools | None = None


def make(spec: CellSpec, cells: Cells) -> Made:
    """Run the steps of ``spec`` that come before its reading as a type."""
    texts = _source(spec, cells)
    if spec.nulls:
        texts = without(texts, spec.nulls)
    unlisted = None
    if spec.values or spec.otherwise is not None:
        before = texts
        texts = _mapped(spec, texts)
        missing = as_bools(texts.is_null()) & as_bools(before.is_valid())
        unlisted = missing if missing.any() else None
    if spec.pad:
        texts = pc.utf8_lpad(texts, spec.pad, "0")
    if spec.prefix:
        texts = pc.binary_join_element_wise(pa.scalar(spec.prefix), texts, "")
    return Made(texts, unlisted)


def _source(spec: CellSpec, cells: Cells) -> pa.Array:
    if spec.constant is not None:
        return pa.repeat(pa.scalar(spec.constant, pa.string()), cells.size)
    if spec.columns:
        parts = [cells.text(column) for column in spec.columns]
        # Pair by pair: with null_handling="skip" Arrow 26 loses the rows in which every part is null.
        return reduce(lambda a, b: pc.coalesce(pc.binary_join_element_wise(a, b, spec.join), a, b), parts)
    return cells.text(spec.column)


def _mapped(spec: CellSpec, texts: pa.Array) -> pa.Array:
    places = pc.index_in(texts, pa.array(list(spec.values), pa.string()))
    mapped = pa.array(list(spec.values.values()), pa.string()).take(places)
    if spec.otherwise is None:
        return mapped
    return pc.if_else(pc.and_(mapped.is_null(), texts.is_valid()), pa.scalar(spec.otherwise), mapped)
