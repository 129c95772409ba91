"""Tabular results as pandas DataFrames: for pages, notebooks and CSV/XLSX export. Never for bulk data."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from graph.errors import SourceError
from graph.model import Entity, Relation, Subgraph
from graph.schema import Label, Property, Schema
from lake.model import Evidence

FRAME = {
    "id": Label("编号", "Id"),
    "kind": Label("类别", "Kind"),
    "subtype": Label("类型", "Subtype"),
    "name": Label("名称", "Name"),
    "from": Label("自", "From"),
    "to": Label("至", "To"),
    "validFrom": Label("起始", "Valid from"),
    "validTo": Label("终止", "Valid to"),
    "at": Label("时间", "At"),
    "records": Label("记录数", "Records"),
    "grade": Label("公开等级", "Grade"),
    "file": Label("文件", "File"),
    "sheet": Label("表", "Sheet"),
    "row": Label("行", "Row"),
    "dataset": Label("数据集", "Dataset"),
    "sourceGrade": Label("来源等级", "Source grade"),
    "recordedAt": Label("入库时间", "Recorded at"),
    "column": Label("列", "Column"),
    "cell": Label("原值", "Original cell"),
}
"""Words for columns that are no schema properties."""


_SAID_ELSEWHERE = frozenset({"name", "currency"})
"""The name leads its row, a currency stands beside its amount."""


def _column(name: str, language: str) -> str:
    return FRAME[name].get(language)


def entities_table(subgraph: Subgraph, schema: Schema, language: str = "zh") -> pd.DataFrame:
    """One row per entity of a view, sorted by kind and name: never by anything else about a person (S-45)."""
    order = {kind: i for i, kind in enumerate(schema.entities)}
    rows = [
        _entity_row(e, schema, language)
        for e in sorted(subgraph.entities, key=lambda e: (order[e.kind], e.name))
    ]
    return pd.DataFrame(rows)


def _entity_row(entity: Entity, schema: Schema, language: str) -> dict[str, object]:
    kind = schema.entities[entity.kind]
    subtype = kind.subtypes.get(entity.subtype or "")
    row: dict[str, object] = {
        _column("name", language): entity.name,
        _column("kind", language): kind.label.get(language),
        _column("subtype", language): subtype.get(language) if subtype else (entity.subtype or ""),
    }
    row |= property_cells(entity.properties, kind.properties, language)
    row |= {_column("records", language): len(entity.record_ids), _column("id", language): entity.id}
    return row


def relations_table(subgraph: Subgraph, schema: Schema, language: str = "zh") -> pd.DataFrame:
    """One row per relation of a view, sorted by kind, then time, then id."""
    names = {e.id: e.name for e in subgraph.entities}
    order = {kind: i for i, kind in enumerate(schema.relations)}
    rows = [
        _relation_row(r, names, schema, language)
        for r in sorted(
            subgraph.relations, key=lambda r: (order[r.kind], str(r.properties.get("at") or ""), r.id)
        )
    ]
    return pd.DataFrame(rows)


def _relation_row(
    relation: Relation, names: Mapping[str, str], schema: Schema, language: str
) -> dict[str, object]:
    kind = schema.relations[relation.kind]
    subtype = kind.subtypes.get(relation.subtype or "")
    row: dict[str, object] = {
        _column("kind", language): kind.label.get(language),
        _column("subtype", language): subtype.get(language) if subtype else (relation.subtype or ""),
        _column("from", language): names.get(relation.from_id, relation.from_id),
        _column("to", language): names.get(relation.to_id, relation.to_id),
    }
    row |= {
        _column(t, language): relation.properties[t]
        for t in ("validFrom", "validTo", "at")
        if relation.properties.get(t)
    }
    row |= property_cells(relation.properties, kind.properties, language)
    row |= {_column("records", language): len(relation.record_ids), _column("id", language): relation.id}
    return row


def relation_lines(subgraph: Subgraph, schema: Schema, language: str = "zh") -> pd.DataFrame:
    """One short row per relation: id, from, the finest word for it, to, when; for a terminal."""
    names = {e.id: e.name for e in subgraph.entities}
    return pd.DataFrame(
        [
            {
                "id": r.id,
                _column("from", language): names.get(r.from_id, r.from_id),
                _column("kind", language): relation_words(r, schema, language),
                _column("to", language): names.get(r.to_id, r.to_id),
                _column("at", language): when(r, language),
            }
            for r in subgraph.relations
        ]
    )


def relation_words(relation: Relation, schema: Schema, language: str) -> str:
    """The finest word there is for a relation: post or role, share held, subtype, else its kind."""
    kind = schema.relations[relation.kind]
    values = relation.properties
    for name in ("post", "role"):
        prop = kind.properties.get(name)
        if prop is not None and values.get(name):
            return str(property_text(prop, values[name], values, language))
    if values.get("percent") is not None:
        return f"{kind.label.get(language)} {float(str(values['percent'])):g}%"
    subtype = kind.subtypes.get(relation.subtype or "")
    return subtype.get(language) if subtype else kind.label.get(language)


def when(relation: Relation, language: str) -> str:
    """The time of a relation in words, "" where none is known."""
    values = relation.properties
    if values.get("at"):
        return str(values["at"])
    start, end = values.get("validFrom"), values.get("validTo")
    if start and end:
        return f"{start} — {end}"
    if start:
        return Label(f"{start} 起", f"since {start}").get(language)
    return Label(f"至 {end}", f"until {end}").get(language) if end else ""


def property_cells(
    values: Mapping[str, object], known: Mapping[str, Property], language: str
) -> dict[str, object]:
    """Label → value for the schema properties that are there, words for codes, money in whole units."""
    return {
        prop.label.get(language): property_text(prop, values[prop.name], values, language)
        for prop in known.values()
        if prop.name not in _SAID_ELSEWHERE and values.get(prop.name) is not None
    }


def property_text(prop: Property, value: object, values: Mapping[str, object], language: str) -> object:
    """One value in words: codes by their label, money as units with currency, lists joined."""
    if prop.codes and str(value) in prop.codes:
        return prop.codes[str(value)].get(language)
    if prop.type == "money" and isinstance(value, int):
        currency = values.get("currency") or ""
        return f"{value / 100:,.2f} {currency}".rstrip()
    if prop.type == "bool" and isinstance(value, bool):
        return {True: Label("是", "yes"), False: Label("否", "no")}[value].get(language)
    if isinstance(value, tuple):
        return "、".join(value) if language.startswith("zh") else ", ".join(value)
    return value


def evidence_table(found: Sequence[Evidence], language: str = "zh") -> pd.DataFrame:
    """One row per cell of each source row: file, sheet, row, column, original cell (masked by the door)."""
    rows = [
        {
            _column("file", language): e.file,
            _column("sheet", language): e.sheet,
            _column("row", language): e.row,
            _column("column", language): column,
            _column("cell", language): cell,
            _column("sourceGrade", language): e.source_grade,
        }
        for e in found
        for column, cell in e.cells.items()
    ]
    return pd.DataFrame(rows)


def save_table(table: pd.DataFrame, file: Path) -> Path:
    """Write ``table`` as CSV (UTF-8 with BOM, so that Excel reads Chinese) or XLSX, by the ending of ``file``.

    Texts that a spreadsheet would run as a formula are written as text.
    """
    safe = no_formulas(table)
    if file.suffix.lower() == ".csv":
        safe.to_csv(file, index=False, encoding="utf-8-sig", quoting=csv.QUOTE_NONNUMERIC)
    elif file.suffix.lower() == ".xlsx":
        safe.to_excel(file, index=False)
    else:
        raise SourceError(f"{file.name}: a table is saved as .csv or .xlsx; choose one of these endings")
    return file


def no_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """``table`` with a leading quote before every text that a spreadsheet would run as a formula."""
    return table.map(_no_formula)


def _no_formula(cell: object) -> object:
    runs = isinstance(cell, str) and len(cell) > 1 and cell[0] in "=+-@\t\r"
    return f"'{cell}" if runs else cell
