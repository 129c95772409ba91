"""The shape of a mapping file: what may be written where. Meaning is checked in ``mapping_check``.

A place that takes a *cell* may be a column name alone or a small table (``CellSpec``); a place that takes
a list may be one thing alone.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from graph.spec import Grade, Strict, Words
from values.text import single_spaced

SourceGrade = Annotated[str, Field(pattern="^[ABCX][1-4]$")]
DATASET_PATTERN = r"^[a-z][a-z0-9_]*$"


def _column(text: Any) -> Any:
    """A header as sources give it: NFKC, one space for any white space."""
    return single_spaced(text) if isinstance(text, str) else text


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) or value is None else [value]


ColumnName = Annotated[str, BeforeValidator(_column)]
Texts = Annotated[list[str], BeforeValidator(_listed)]
ColumnNames = Annotated[list[ColumnName], BeforeValidator(_listed)]


class AgeSpec(Strict):
    """An age on a dated record: on which day it was right, as a date or in a column."""

    day: str = ""
    column: ColumnName = ""


class CellSpec(Strict):
    """What one value is made from, and the steps on the way.

    Null, values, pad, prefix, split or a reading as its type.
    """

    column: ColumnName = ""
    columns: ColumnNames = Field(default_factory=list)
    join: str = ""
    constant: str | None = None
    entity: str = ""
    nulls: Texts = Field(default_factory=list)
    values: dict[str, str] = Field(default_factory=dict)
    otherwise: str | None = None
    pad: int = Field(default=0, ge=0, le=64)
    prefix: str = ""
    split: str = ""
    format: Texts = Field(default_factory=list)
    unit: str = ""
    currency: str = ""
    decimal: Literal[".", ","] = "."
    age_to_birth: AgeSpec | None = None
    required: bool = False

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, value: Any) -> Any:
        return {"column": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_source(self) -> CellSpec:
        if sum((bool(self.column), bool(self.columns), self.constant is not None, bool(self.entity))) != 1:
            raise ValueError("give exactly one of column, columns, constant, entity")
        return self


def _coded(value: Any) -> Any:
    return {"constant": value} if isinstance(value, str) else value


def _keyed(value: Any) -> Any:
    return [] if value == "row" else _listed(value)


Subtype = Annotated[CellSpec, BeforeValidator(_coded)]
Key = Annotated[list[CellSpec], BeforeValidator(_keyed)]
"""Key of an item; the word ``row`` (an empty list here) says that every row speaks of a unit of its own."""


class ConditionSpec(Strict):
    """One test of a column. ``matches`` looks for a regular expression (RE2) anywhere in the cell."""

    column: ColumnName
    equals: str | None = None
    in_: list[str] | None = Field(default=None, alias="in")
    not_in: list[str] | None = None
    matches: str | None = None
    empty: bool | None = None
    not_empty: bool | None = None

    @model_validator(mode="after")
    def _one_test(self) -> ConditionSpec:
        tests = (self.equals, self.in_, self.not_in, self.matches, self.empty, self.not_empty)
        if sum(test is not None for test in tests) != 1:
            raise ValueError("give exactly one of equals, in, not_in, matches, empty, not_empty")
        return self


Conditions = Annotated[list[ConditionSpec], BeforeValidator(_listed)]


class ValidSpec(Strict):
    """Since when and until when the statement holds. ``open_end`` says what an empty end means."""

    from_: CellSpec | None = Field(default=None, alias="from")
    to: CellSpec | None = None
    open_end: Literal["open", "unknown"] = "unknown"


class DoubtSpec(Strict):
    """The declared key may run namesakes together.

    Shown where an entity has more than ``above`` far ends of ``relation``.
    """

    relation: str
    above: int = Field(ge=1)
    note: Words


class SplitSpec(Strict):
    """A cell that holds several values with ``by`` between them.

    One relation for each, ``column`` then stands for the piece.
    """

    column: ColumnName
    by: str = Field(min_length=1)


class ItemSpec(Strict):
    """What entities, relations and registers have in common."""

    properties: dict[str, CellSpec] = Field(default_factory=dict)
    when: Conditions = Field(default_factory=list)
    grade: Grade | None = None
    required: bool = False


class EntityItemSpec(ItemSpec):
    """One thing that each row speaks of."""

    kind: str
    subtype: Subtype | None = None
    key: Key | None = None
    value: CellSpec | None = None
    valid: ValidSpec | None = None
    doubt: DoubtSpec | None = None


class RelationItemSpec(ItemSpec):
    """One relation that each row speaks of.

    Of several items under ``from`` or ``to`` the first that the row names.
    """

    kind: str
    subtype: Subtype | None = None
    from_: Texts = Field(alias="from", min_length=1)
    to: Texts = Field(min_length=1)
    key: Key = Field(default_factory=list)
    own_identity: bool = False
    split: SplitSpec | None = None
    at: CellSpec | None = None
    valid: ValidSpec | None = None


class RegisterItemSpec(ItemSpec):
    """One entry of a register beside the graph."""

    register_: str = Field(alias="register")


class FileSpec(Strict):
    """How the file is to be read. Nothing here is needed for a plain file with one header row."""

    format: Literal["", "delimited", "sheet", "parquet", "jsonlines"] = ""
    encoding: str = ""
    delimiter: str = ""
    quote: str = '"'
    sheets: Texts = Field(default_factory=list)
    header_rows: int = Field(default=1, ge=0, le=5)
    join: str = "/"
    skip_rows: int = Field(default=0, ge=0)
    stop_when: ConditionSpec | None = None
    explode: str = ""


class SourceSpec(Strict):
    """Where the file comes from and how far the source is trusted (ontology §9)."""

    grade: SourceGrade
    publisher: str
    licence: str


class MappingSpec(Strict):
    """The whole mapping file."""

    dataset: str = Field(pattern=DATASET_PATTERN)
    version: str
    title: Words
    source: SourceSpec
    grade: Grade | None = None
    file: FileSpec = FileSpec()
    zone: str = ""
    currency: str = ""
    null_values: list[str] = Field(default_factory=list)
    null_values_of: dict[ColumnName, Texts] = Field(default_factory=dict)
    drop: ColumnNames = Field(default_factory=list)
    redact: ColumnNames = Field(default_factory=list)
    entities: dict[str, EntityItemSpec] = Field(default_factory=dict)
    relations: dict[str, RelationItemSpec] = Field(default_factory=dict)
    registers: dict[str, RegisterItemSpec] = Field(default_factory=dict)
