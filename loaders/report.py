"""What an import tells: what was read, loaded, refused and why. Words are made from it above the door."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from lake.batches import Batch
from loaders.faults import Tally
from loaders.mapping import SourceMapping
from loaders.records import Recorded
from values.masking import mask_column

SAMPLE_ROWS = 5
_FRAME_SHOWN = ("row", "item", "subtype")


@dataclass(frozen=True, slots=True)
class Reason:
    """How often a reason code stands for a column ("" = the row as a whole)."""

    column: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class SheetReport:
    """One sheet (or the file, where it has none): ``read = loaded + rejected``.

    ``blank`` rows have no cell at all and are not read; ``silent`` ones were loaded and made no record.
    ``stopped_at``: row of the trailing total at which reading ended.
    """

    sheet: str
    read: int
    loaded: int
    rejected: int
    blank: int
    silent: int
    stopped_at: int | None
    tables: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """One import of one file.

    ``reasons`` tell of rejected rows, ``notes`` of single values set aside in loaded rows (an identity number
    failing its check, an unreadable telephone number). ``unchanged``: the lake had this file under this
    mapping already. ``sample``: of a dry run, a few records of each table, masked by grade.
    ``redacted_copy``: raw keeps a CSV copy without the redacted columns, not the original's bytes.
    """

    file: str
    dataset: str
    mapping: str
    sha256: str
    format: str
    encoding: str
    dry_run: bool
    unchanged: bool
    batches: tuple[Batch, ...]
    replaced: tuple[str, ...]
    sheets: tuple[SheetReport, ...]
    unread_sheets: tuple[str, ...]
    reasons: tuple[Reason, ...]
    notes: tuple[Reason, ...]
    dropped: tuple[str, ...]
    redacted: tuple[str, ...]
    redacted_copy: bool
    seconds: float
    sample: Mapping[str, Sequence[Mapping[str, Any]]]

    @property
    def read(self) -> int:
        return sum(sheet.read for sheet in self.sheets)

    @property
    def loaded(self) -> int:
        return sum(sheet.loaded for sheet in self.sheets)

    @property
    def rejected(self) -> int:
        return sum(sheet.rejected for sheet in self.sheets)

    @property
    def tables(self) -> Mapping[str, int]:
        """Records by kind or register."""
        total: Counter[str] = Counter()
        for sheet in self.sheets:
            total.update(sheet.tables)
        return dict(total)


@dataclass(slots=True)
class Counts:
    """Running counts of one sheet while it is imported."""

    read: int = 0
    rejected: int = 0
    blank: int = 0
    silent: int = 0
    tables: Counter[str] = field(default_factory=Counter)
    reasons: Tally = field(default_factory=Tally)
    notes: Tally = field(default_factory=Tally)

    def add(self, recorded: Recorded) -> None:
        """Count one chunk."""
        self.read += recorded.read
        self.rejected += recorded.rejected
        self.blank += recorded.blank
        self.silent += recorded.silent
        self.reasons += recorded.reasons
        self.notes += recorded.notes
        for name, table in recorded.records:
            self.tables[name] += table.num_rows

    def report(self, sheet: str, stopped_at: int | None) -> SheetReport:
        """The finished report of the sheet."""
        loaded = self.read - self.rejected
        return SheetReport(
            sheet, self.read, loaded, self.rejected, self.blank, self.silent, stopped_at, dict(self.tables)
        )


def told(tally: Tally) -> tuple[Reason, ...]:
    """Counts as reasons, the most frequent first."""
    ordered = sorted(tally.items(), key=lambda entry: (-entry[1], entry[0]))
    return tuple(Reason(column, reason, count) for (column, reason), count in ordered)


def masked_sample(mapping: SourceMapping, recorded: Recorded) -> dict[str, list[dict[str, Any]]]:
    """A few records of each table with what is not public masked, empty columns left out."""
    properties = {item.table: item.properties for item in mapping.items}
    out: dict[str, list[dict[str, Any]]] = {}
    for name, table in recorded.records:
        few = table.slice(0, SAMPLE_ROWS)
        columns: dict[str, list[Any]] = {}
        for column in few.column_names:
            prop = properties[name].get(column)
            if few[column].null_count == len(few) or (prop is None and column not in _FRAME_SHOWN):
                continue
            hidden = prop is not None and prop.grade != "G1"
            columns[column] = (
                _masked(few[column], prop.type) if hidden and prop else few[column]
            ).to_pylist()
        out[name] = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return out


def _masked(column: pa.ChunkedArray, type_name: str) -> pa.Array:
    if pa.types.is_list(column.type):
        return pa.array([None if v is None else "***" for v in column.to_pylist()])
    return mask_column(column.cast(pa.string()), type_name)
