"""What refuses a file while it is read.

Prohibited values, invented data in a live workspace or the reverse, minors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import PrivacyRefused, Problem
from loaders.cells import Cells
from loaders.clean import Mode
from loaders.drafts import Draft
from loaders.mapping import Item, SourceMapping
from loaders.mapping_columns import columns_of
from loaders.mapping_spec import RelationItemSpec
from loaders.privacy import load_gate, value_problems
from values.columns import Bools, as_bools
from values.dates import day_number

ADULT_YEARS = 18
_FREE_TYPES = frozenset({"text", "code", "strings", "personName"})
_PERSONAL = frozenset({"Person", "Header"})
_REMARKS = frozenset({"remark", "basis", "declaredInterests", "acquiredFrom", "instrument", "amendments"})
_OF_A_MINOR = frozenset({"name", "idNumber", "birthYearMonth", "unverifiedId"})


class Guard:
    """The gate of one import. ``today`` decides who is a minor."""

    def __init__(
        self, mapping: SourceMapping, header: Sequence[str], file: str, mode: Mode, today: date
    ) -> None:
        self._file, self._mode = file, mode
        self._looked_at = [name for name in header if name in _looked_at(mapping, header)]
        self._kin_only = frozenset(
            item.name for item in mapping.of_role("entity") if _kin_only(item, mapping)
        )
        self._limit = day_number(date(today.year - ADULT_YEARS, today.month, min(today.day, 28)))

    def columns(self, cells: Cells, rows: pa.Array) -> None:
        """Look at the values of columns about persons and of remarks.

        ``PrivacyRefused`` names row and column.
        """
        texts = {name: cells.text(name) for name in self._looked_at}
        _refuse(value_problems(texts, rows, self._file))

    def drafts(self, drafts: Mapping[str, Draft], rows: pa.Array) -> None:
        """Look at cleaned identifiers and ages; marks minors of items that are nothing but kin."""
        for draft in drafts.values():
            numbers = rows if draft.rows is None else rows.take(draft.rows)
            _refuse(self._wrong_sort(draft, numbers))
            if draft.item.table == "Person":
                self._minors(draft, numbers)

    def _wrong_sort(self, draft: Draft, rows: pa.Array) -> Iterator[Problem]:
        live = self._mode == "live"
        what = (
            "an invented identifier in a live workspace"
            if live
            else "a real identifier in a training workspace"
        )
        todo = "import it into a workspace marked training" if live else "import it into a live workspace"
        for column, wrong in draft.wrong_sort.items():
            yield Problem(what, self._file, rows[int(wrong.argmax())].as_py(), column, todo)

    def _minors(self, draft: Draft, rows: pa.Array) -> None:
        young = self._young(draft)
        if not young.any():
            return
        if draft.item.name not in self._kin_only:
            todo = "a minor may appear only as an end point of KIN; ask for the file without these rows"
            row = rows[int(young.argmax())].as_py()
            _refuse(
                [
                    Problem(
                        "prohibited data: 未成年人数据 (data of minors)",
                        self._file,
                        row,
                        _birth_column(draft),
                        todo,
                    )
                ]
            )
        draft.columns["isMinor"] = pc.if_else(pa.array(young), True, pa.scalar(None, pa.bool_()))

    def _young(self, draft: Draft) -> Bools:
        young: Bools = np.zeros(len(draft.present), dtype=np.bool_)
        if (numbers := draft.columns.get("idNumber")) is not None:
            born = pc.utf8_slice_codeunits(numbers, 6, 14)
            limit = (
                (np.datetime64("1970-01-01") + self._limit)
                .astype("datetime64[D]")
                .astype(str)
                .replace("-", "")
            )
            young |= as_bools(pc.greater(born, limit))
        if (earliest := draft.columns.get("birthYearMonthMin")) is not None:
            young |= as_bools(pc.greater(earliest, self._limit))
        return young & draft.present


def _birth_column(draft: Draft) -> str:
    cells = draft.item.spec.properties
    return next((cells[name].column for name in ("idNumber", "birthYearMonth") if name in cells), "")


def _refuse(problems: Sequence[Problem] | Iterator[Problem]) -> None:
    if found := list(problems):
        raise PrivacyRefused("the file is refused; nothing of it was kept", found)


def _looked_at(mapping: SourceMapping, header: Sequence[str]) -> set[str]:
    """Columns whose values are looked at.

    Free ones about persons, remarks, and dropped columns that are remarks.
    """
    gate = load_gate()
    found = {name for name in mapping.spec.drop if name in header and gate.is_remark(name)}
    for item in mapping.items:
        for name, cell in item.spec.properties.items():
            personal = item.table in _PERSONAL and item.properties[name].type in _FREE_TYPES
            if personal or name in _REMARKS:
                found |= {column for column, _ in columns_of(cell)}
    return found


def _kin_only(item: Item, mapping: SourceMapping) -> bool:
    """Whether an item appears as an end point of KIN and nowhere else, with no more than tells who it is."""
    using: list[str] = []
    for other in mapping.items:
        ends: list[str] = []
        if isinstance(other.spec, RelationItemSpec):
            ends = [*other.spec.from_, *other.spec.to]
        named = [cell.entity for cell in other.spec.properties.values()]
        if item.name in (*ends, *named):
            using.append(other.table)
    return bool(using) and set(using) == {"KIN"} and set(item.spec.properties) <= _OF_A_MINOR
