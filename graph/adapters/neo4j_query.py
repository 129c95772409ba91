"""A stranger's Cypher over the whole store: planned, looked at, and only then run.

The plan is what the server will do. So it guards against what a read-only transaction allows and the check of
the text might miss: nodes that are not of the schema (the store's own, the search index), procedures, files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

import pyarrow as pa
from neo4j.time import Date

from graph.adapters.neo4j_bolt import Transaction
from graph.adapters.portable_result import portable
from graph.errors import QueryRefused
from graph.schema import Schema

_REACHES_OUT = ("ProcedureCall", "LoadCSV", "AdministrationCommand", "Show", "Terminate")
_BY_ADDRESS = ("ElementIdSeek", "ByIdSeek")
_NODES = ("AllNodes", "Node", "Union", "Intersection", "Subtraction", "Multi", "Dynamic")
_LABELS = re.compile(r":\s*([\w|&]+)")

Operator: TypeAlias = Mapping[str, Any]


def run_query(tx: Transaction, schema: Schema, text: str, parameters: Mapping[str, Any]) -> pa.Table:
    """Rows of ``text``; ``QueryRefused`` where its plan leaves the graph or a column is not of plain values."""
    _check(schema, tx.plan(text, parameters), ())
    names, rows = tx.table(text, parameters)
    columns = zip(*rows, strict=True) if rows else ((),) * len(names)
    return portable(pa.table({n: _array(n, list(c)) for n, c in zip(names, columns, strict=True)}))


def _check(schema: Schema, operator: Operator, joined: tuple[str, ...]) -> None:
    """Look at an operator and those below it; ``joined``: relations that all their rows have to have."""
    name, details = str(operator["operatorType"]), str(operator["args"].get("Details", ""))
    if name.startswith(_REACHES_OUT) or name.partition("@")[0].endswith(_BY_ADDRESS):
        raise QueryRefused(f"the query leaves the graph ({name}); read entities and relations by kind and id")
    if name.startswith(("Expand(", "VarLengthExpand(")):
        joined = (*joined, details)
    for child in operator.get("children", ()):
        _check(schema, child, joined)
    if operator.get("children") or "Relationship" in name or not name.startswith(_NODES):
        return
    if name.startswith("AllNodes") and any(f"({details})" in relation for relation in joined):
        return  # what has a relation is of the schema
    labels = {label for found in _LABELS.findall(details) for label in re.split(r"[|&]", found)}
    if not labels or not labels <= set(schema.entities):
        raise QueryRefused(
            "the query begins at nodes of any kind, or of one that is not the schema's; "
            f"give the node its kind, such as (n:{'|'.join(schema.entities)})"
        )


def _array(name: str, values: list[Any]) -> pa.Array:
    try:
        return pa.array([value.to_native() if isinstance(value, Date) else value for value in values])
    except pa.ArrowException as fault:  # its text would show the values
        raise QueryRefused(
            f"column {name} of the query holds nodes, relations, paths or values of several types; "
            f"return their properties, such as {name}.id AS {name}Id"
        ) from fault
