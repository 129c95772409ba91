"""Values that more than one room needs and that travel through the lake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Verdict = Literal["same", "different", "unsure"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A person's or a rule's word on two units of resolution.

    ``left`` and ``right`` are source keys (so that the word survives a corrected file), the smaller one
    first; ``why`` is the rule's name or the person's reason; ``at`` is UTC.
    """

    left: str
    right: str
    verdict: Verdict
    why: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one record rests on: the source row, found again in the raw file.

    ``row`` counts as a spreadsheet does (the first line is row 1), ``part`` is 0 or the position of an
    exploded array element from 1; ``cells`` holds the original cells by column, in the file's order;
    ``column_properties`` says which ``Kind.property`` a column maps to, and so how its cell is masked.
    """

    record_id: str
    batch: str
    dataset: str
    file: str
    sha256: str
    source_grade: str
    recorded_at: datetime
    sheet: str
    row: int
    part: int
    item: str
    cells: Mapping[str, str | None]
    column_properties: Mapping[str, str]
