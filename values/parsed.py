"""What parsing one cell, or one column of cells, yields."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa


class Status(StrEnum):
    """How far a value can be trusted as an identifier (ontology §7)."""

    VALID = "valid"  # has the right form and, where the type has one, the right check character
    FICTIONAL = "fictional"  # lies in a range reserved for invented data (values/fictional.py)
    INVALID = "invalid"  # fails its check; may be kept as unverified, never merges by itself
    UNCHECKED = "unchecked"  # the type, or this form of it, has no check


class Reason(StrEnum):
    """Why a cell could not be read as its type. Codes only: the words stand in the catalogues."""

    EMPTY = "empty"  # nothing but white space
    MASKED = "masked"  # somebody starred part of it out
    LENGTH = "length"
    CHARACTERS = "characters"  # a character the type does not allow
    SHAPE = "shape"  # right characters in the wrong places
    REGION = "region"  # no such administrative area
    BIRTH_DATE = "birthDate"
    CHECK_CHARACTER = "checkCharacter"
    PREFIX = "prefix"  # no such number range
    PLACEHOLDER = "placeholder"  # a value that stands for "none", such as a MAC of zeros
    VALUE = "value"  # not one of the type's few values
    FORMAT = "format"  # no known way to write a date
    CALENDAR = "calendar"  # a day that never was, such as 2019-02-30
    TIME = "time"  # a time of day that does not exist
    OPEN = "open"  # "until now": no date, and meant so
    ORDER = "order"  # the end lies before the start
    NUMBER = "number"
    RANGE = "range"  # too large to be held
    PRECISION = "precision"  # finer than the smallest unit
    CURRENCY = "currency"  # written in another currency than the column's


@dataclass(frozen=True, slots=True)
class Parsed:
    """One cell: its normal form, how far to trust it, and a code that says why not.

    ``text`` is empty only where the cell is invalid and nothing of it can be used.
    """

    text: str
    status: Status
    reason: str = ""


EMPTY = Parsed("", Status.INVALID, Reason.EMPTY)


@dataclass(frozen=True, slots=True)
class Column:
    """A parsed column; three arrays as long as the column that came in.

    ``values``  string normal forms, null where the cell was empty or unusable.
    ``status``  dictionary array of `Status` values, null where the cell was empty.
    ``reasons`` string `Reason` codes, null where there is nothing to say.
    """

    values: pa.Array
    status: pa.Array
    reasons: pa.Array
