"""Which columns of a file a mapping reads, and where it says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from pydantic import BaseModel

from loaders.mapping_spec import AgeSpec, CellSpec, ConditionSpec, SplitSpec

Place: TypeAlias = tuple[str | int, ...]
_COLUMN_HOLDERS = (CellSpec, ConditionSpec, SplitSpec, AgeSpec)


def columns_of(model: BaseModel, place: Place = ()) -> Iterator[tuple[str, Place]]:
    """(column, place in the file) of every column that ``model`` reads."""
    if isinstance(model, _COLUMN_HOLDERS):
        names = [model.column, *(model.columns if isinstance(model, CellSpec) else ())]
        yield from ((name, (*place, "column")) for name in names if name)
    for name, info in type(model).model_fields.items():
        yield from _columns_in(getattr(model, name), (*place, info.alias or name))


def _columns_in(value: object, place: Place) -> Iterator[tuple[str, Place]]:
    if isinstance(value, BaseModel):
        yield from columns_of(value, place)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _columns_in(inner, (*place, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _columns_in(inner, (*place, number))
