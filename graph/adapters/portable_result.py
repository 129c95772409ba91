"""Result tables that are the same whichever engine made them."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import QueryRefused


def portable(table: pa.Table) -> pa.Table:
    """``table`` with the few types of the port: int64, float64, string, bool, date32, and lists of these.

    Where no value tells the type, it is Arrow's null: one engine knows the type of an empty column, the other
    does not. ``QueryRefused`` for a column of nodes, relations, paths or maps.
    """
    columns = [
        _portable(name, _whole(column))
        for name, column in zip(table.column_names, table.columns, strict=True)
    ]
    return pa.table(columns, names=table.column_names)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks else pa.array([], column.type)


def _portable(name: str, array: pa.Array) -> pa.Array:
    kind = array.type
    if array.null_count == len(array):
        return pa.nulls(len(array))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        items = _portable(name, pc.list_flatten(array))
        return array.cast(pa.list_(pa.field("item", items.type))) if len(items) else _empty_lists(array)
    for fits, target in _TARGETS:
        if fits(kind):
            return array.cast(target)
    raise QueryRefused(
        f"column {name} of the query holds nodes, relations, paths or maps ({kind}); "
        f"return their properties, such as {name}.id AS {name}Id"
    )


def _empty_lists(array: pa.Array) -> pa.Array:
    return pa.array([None if item is None else [] for item in array.to_pylist()], pa.list_(pa.null()))


def _whole_decimal(kind: pa.DataType) -> bool:
    return bool(pa.types.is_decimal(kind) and kind.scale == 0)  # sums of whole numbers


_TARGETS = (
    (pa.types.is_integer, pa.int64()),
    (_whole_decimal, pa.int64()),
    (pa.types.is_floating, pa.float64()),
    (pa.types.is_boolean, pa.bool_()),
    (pa.types.is_string, pa.string()),
    (pa.types.is_large_string, pa.string()),
    (pa.types.is_date, pa.date32()),
)
