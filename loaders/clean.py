"""Strings to typed columns: each by the type its property has in the schema.

Nothing is lost on the way. A cell is *read*; or it is *set aside* (an identity number failing its check
goes to ``unverifiedId``) and counted; or it is a *fault* and its row goes to the reject file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.schema import Property
from loaders.birth import birth_years
from loaders.cells import UNLISTED, Cells, make
from loaders.mapping_spec import CellSpec
from values.amounts import parse_amount_column
from values.columns import Bools, as_bools
from values.dates import HOME_ZONE, DateColumn, parse_date_column
from values.numbers import (
    NumberColumn,
    parse_boolean_column,
    parse_float_column,
    parse_integer_column,
    parse_percent_column,
)
from values.parsed import Reason, Status
from values.registry import VALUE_TYPES
from values.text import single_spaced

Mode = Literal["live", "training"]
REQUIRED = "required"
UNVERIFIED = "unverifiedId"

LOCATORS: Mapping[str, str] = {
    "phone": "phone",
    "address": "address",
    "email": "email",
    "domain": "domain",
    "bidDevice": "deviceMark",
}
"""Subtype of a Locator → the value type that reads it."""

CHECKED = frozenset({"idNumber", "uscc", "vin"})
"""Types in whose columns only values with the right check character may stand: resolution merges by them."""

_MOVED = CHECKED | {"registrationNo", "otherId", "account"}
"""Types whose unreadable values move to ``unverifiedId`` where the kind has it; others stay as written."""

_PUBLIC = frozenset({"regionCode"})
"""Types with a fictional range of which a real value says nothing about anybody."""

_NUMBERS: Mapping[str, Callable[[pa.Array], NumberColumn]] = {
    "int": parse_integer_column,
    "float": parse_float_column,
    "bool": parse_boolean_column,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """How values are to be read.

    The workspace's mode, the mapping's time zone and currency, dates of a spreadsheet.
    """

    mode: Mode = "live"
    zone: str = HOME_ZONE
    currency: str = ""
    excel: bool = False


@dataclass(slots=True)
class Cleaned:
    """One property's columns, as long as the chunk.

    ``faults`` and ``notes``: reason codes, null where there is nothing to say. ``wrong_sort``: rows with an
    invented identifier in a live workspace, or a real one in training. ``unverified``: values for
    ``unverifiedId``.
    """

    columns: dict[str, pa.Array]
    faults: list[pa.Array] = field(default_factory=list)
    notes: pa.Array | None = None
    wrong_sort: Bools | None = None
    unverified: pa.Array | None = None


def clean(prop: Property, spec: CellSpec, cells: Cells, reading: Reading) -> Cleaned:
    """Read one property of a chunk. References are not read here: they are keys of other items."""
    made = make(spec, cells)
    result = _typed(prop, spec, made.texts, cells, reading)
    if made.unlisted is not None:
        result.faults.append(flagged(made.unlisted, UNLISTED))
    if spec.required and made.texts.null_count:
        result.faults.append(flagged(as_bools(made.texts.is_null()), REQUIRED))
    return result


def flagged(rows: Bools, reason: str) -> pa.Array:
    """Reason codes: ``reason`` on ``rows``, else null."""
    return pc.if_else(pa.array(rows), pa.scalar(reason, pa.string()), pa.scalar(None, pa.string()))


def _typed(prop: Property, spec: CellSpec, texts: pa.Array, cells: Cells, reading: Reading) -> Cleaned:
    if prop.codes:
        codes, missing = listed(texts, {code: (code, *_words(prop, code)) for code in prop.codes})
        return Cleaned({prop.name: codes}, [missing])
    if spec.age_to_birth is not None:
        return _date_columns(prop, birth_years(texts, spec.age_to_birth, cells, reading.zone))
    if prop.type == "date":
        return _date_columns(prop, dates(texts, spec, reading))
    if prop.type == "money":
        currency = spec.currency or reading.currency or "CNY"
        amounts = parse_amount_column(texts, spec.unit or "major", currency, decimal=spec.decimal)
        return Cleaned({prop.name: amounts.minor}, [amounts.reasons])
    if prop.type == "strings":
        return Cleaned({prop.name: _lists(texts, spec.split)})
    if prop.type == "percent":
        shares = parse_percent_column(texts, "fraction" if spec.unit == "fraction" else "percent")
        return Cleaned({prop.name: shares.values}, [shares.reasons])
    if prop.type in _NUMBERS:
        numbers = _NUMBERS[prop.type](texts)
        return Cleaned({prop.name: numbers.values}, [numbers.reasons])
    return _value(prop.name, prop.type, texts, reading)


def _words(prop: Property, code: str) -> tuple[str, str]:
    label = prop.codes[code]
    return label.zh, label.en


def listed(texts: pa.Array, words: Mapping[str, tuple[str, ...]]) -> tuple[pa.Array, pa.Array]:
    """Codes of a closed list, told by code or by either label; and reason codes where there is none."""
    code_of = {word: code for code, known in words.items() for word in known} | {code: code for code in words}
    places = pc.index_in(texts, pa.array(list(code_of), pa.string()))
    codes = pa.array(list(code_of.values()), pa.string()).take(places)
    return codes, flagged(as_bools(codes.is_null()) & as_bools(texts.is_valid()), UNLISTED)


def dates(texts: pa.Array, spec: CellSpec, reading: Reading) -> DateColumn:
    """Dates with precision. "Until now" is no fault; it keeps its reason, for intervals to see."""
    return parse_date_column(texts, formats=spec.format, zone=reading.zone, excel=reading.excel)


def date_faults(column: DateColumn) -> pa.Array:
    """Reasons of a date column that are faults."""
    reasons = column.reasons
    if reasons.null_count == len(reasons):
        return reasons
    return pc.if_else(pc.equal(reasons, str(Reason.OPEN)), pa.scalar(None, pa.string()), reasons)


def _date_columns(prop: Property, column: DateColumn) -> Cleaned:
    columns = {
        prop.name: column.text,
        f"{prop.name}Min": column.first.cast(pa.int64()),
        f"{prop.name}Max": column.last.cast(pa.int64()),
    }
    return Cleaned(columns, [date_faults(column)])


def _lists(texts: pa.Array, by: str) -> pa.Array:
    """Lists of texts, cut at ``by`` where it is given; an empty cell is no list."""

    def pieces(text: str) -> list[str]:
        parts = text.split(by) if by else [text]
        return [form for part in parts if (form := single_spaced(part))]

    encoded = texts.dictionary_encode()
    lists = pa.array([pieces(word) for word in encoded.dictionary.to_pylist()], pa.list_(pa.string()))
    return lists.take(encoded.indices)


def _value(name: str, type_name: str, texts: pa.Array, reading: Reading) -> Cleaned:
    known = VALUE_TYPES.get(type_name, VALUE_TYPES["code"])
    column = known.parse_column(texts)
    result = Cleaned({name: column.values})
    if known.has_fictional:
        result.wrong_sort = _wrong_sort(type_name, column.status, reading.mode)
    trusted = {
        str(Status.VALID),
        str(Status.FICTIONAL),
        *(() if type_name in CHECKED else (str(Status.UNCHECKED),)),
    }
    doubtful = ~_any_of(column.status, trusted) & as_bools(column.status.is_valid())
    if not doubtful.any():
        return result
    reasons = pc.if_else(
        pa.array(doubtful), pc.fill_null(column.reasons, str(Status.UNCHECKED)), pa.scalar(None, pa.string())
    )
    if type_name == "sex":
        result.faults.append(reasons)
        return result
    result.notes = reasons
    if type_name in _MOVED:
        nothing = pa.scalar(None, pa.string())
        result.unverified = pc.if_else(pa.array(doubtful), pc.coalesce(column.values, texts), nothing)
        result.columns[name] = pc.if_else(pa.array(doubtful), nothing, column.values)
    return result


def _wrong_sort(type_name: str, status: pa.Array, mode: Mode) -> Bools | None:
    if mode == "training" and type_name in _PUBLIC:
        return None
    found = _any_of(status, {str(Status.FICTIONAL if mode == "live" else Status.VALID)})
    return found if found.any() else None


def _any_of(status: pa.DictionaryArray, wanted: set[str]) -> Bools:
    flags = np.array([word in wanted for word in status.dictionary.to_pylist()] + [False], dtype=np.bool_)
    result: Bools = flags[status.indices.fill_null(len(flags) - 1).to_numpy(zero_copy_only=False)]
    return result


def clean_locator(subtypes: pa.Array, texts: pa.Array, reading: Reading) -> Cleaned:
    """``normalisedValue`` of Locators, each read by the value type of its subtype.

    What cannot be read makes no Locator (it would link strangers): the value comes out null and noted.
    """
    found = Cleaned({"normalisedValue": pa.nulls(len(texts), pa.string())})
    for subtype in pc.unique(subtypes).to_pylist():
        if subtype not in LOCATORS:
            continue
        mine = pc.equal(subtypes, subtype)
        one = _value(
            "normalisedValue",
            LOCATORS[subtype],
            pc.if_else(mine, texts, pa.scalar(None, pa.string())),
            reading,
        )
        values = one.columns["normalisedValue"]
        if one.notes is not None:
            values = pc.if_else(one.notes.is_null(), values, pa.scalar(None, pa.string()))
            found.notes = one.notes if found.notes is None else pc.coalesce(found.notes, one.notes)
        found.columns["normalisedValue"] = pc.coalesce(found.columns["normalisedValue"], values)
        if one.wrong_sort is not None:
            found.wrong_sort = (
                one.wrong_sort if found.wrong_sort is None else found.wrong_sort | one.wrong_sort
            )
    return found
