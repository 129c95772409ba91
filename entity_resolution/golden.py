"""Golden records: one value per property for the graph, every value with its records for the lake.

The rule (the same for any file order): the best source grade, then the latest validity, then the most
records, then the smallest value. A relation takes each property from its best graded record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from graph.schema import Column, EntityKind, Label, Property, Storage
from lake.keys import quoted
from values.masking import mask_column


def _as_text(prop: Property) -> str:
    name = f'"{prop.name}"'
    return f"to_json({name})::VARCHAR" if prop.storage is Storage.STRINGS else f"{name}::VARCHAR"


def _statement(prop: Property, table: str) -> str:
    bounds = f'"{prop.name}Min", "{prop.name}Max"' if prop.type == "date" else "NULL::BIGINT, NULL::BIGINT"
    return (
        f"SELECT entity_id, {quoted(prop.name)} AS property, {_as_text(prop)} AS value, {bounds}, record_id, source_grade, "
        f'"validFrom", "validFromMin", "validTo", "validToMax" FROM {table} WHERE "{prop.name}" IS NOT NULL'
    )


_SUBTYPE = Property("subtype", "code", "G1", "H", ("display",), Label("类型", "Subtype"), {}, "", {})


def values_of(connection: duckdb.DuckDBPyConnection, kind: EntityKind, table: str) -> None:
    """Table ``said``: each distinct value of each entity of ``kind`` with its records; ``golden`` marks the chosen one.

    ``table`` holds the kind's records joined with ``entity_id``.
    """
    statements = " UNION ALL ".join(_statement(p, table) for p in (*kind.properties.values(), _SUBTYPE))
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE said AS
        WITH s(entity_id, property, value, low, high, record_id, source_grade, valid_from, valid_from_min, valid_to, valid_to_max) AS ({statements}),
             v AS (SELECT entity_id, property, value, any_value(low) AS low, any_value(high) AS high,
                          min(source_grade) AS source_grade, max(valid_to_max) AS valid_to_max, min(valid_from_min) AS valid_from_min,
                          min(valid_from) AS valid_from, max(valid_to) AS valid_to, list_sort(list(record_id)) AS record_ids
                   FROM s GROUP BY entity_id, property, value)
        SELECT entity_id, {quoted(kind.name)} AS kind, property, value, low, high, source_grade, valid_from, valid_to, record_ids,
               row_number() OVER (PARTITION BY entity_id, property
                   ORDER BY source_grade, valid_to_max DESC NULLS LAST, valid_from_min DESC NULLS LAST, len(record_ids) DESC, value) = 1 AS golden
        FROM v
        """
    )


def _cell(column: Column) -> str:
    chosen = f"max(%s) FILTER (WHERE property = {quoted(column.property)})"
    if column.name != column.property:
        return (chosen % ("low" if column.name.endswith("Min") else "high")) + f' AS "{column.name}"'
    text = chosen % "value"
    if column.storage is Storage.STRINGS:
        return f'from_json({text}, \'["VARCHAR"]\') AS "{column.name}"'
    return f'{text}::{_duck(column.storage)} AS "{column.name}"'


def _duck(storage: Storage) -> str:
    return {"STRING": "VARCHAR", "INT64": "BIGINT", "DOUBLE": "DOUBLE", "BOOL": "BOOLEAN"}[storage.value]


def graph_entities(
    connection: duckdb.DuckDBPyConnection, kind: EntityKind, table: str, token_key: bytes, target: str
) -> None:
    """Table ``target``: the entities of ``kind`` in the layout of the stores, from ``said`` and the record table."""
    clear = [c for p in kind.properties.values() for c in p.columns() if not c.name.endswith("Token")]
    cells = ",\n".join(_cell(c) for c in clear if c.name != "name")
    named = "name" in kind.properties
    name = "max(value) FILTER (WHERE property = 'name')" if named else "NULL::VARCHAR"
    names = (
        "list_sort(list(DISTINCT value) FILTER (WHERE property IN ('name', 'formerName')))"
        if named
        else "NULL::VARCHAR[]"
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE chosen AS
        WITH wide AS (SELECT entity_id, max(value) FILTER (WHERE property = 'subtype') AS subtype, {name} AS name,
                             {cells} FROM said WHERE golden GROUP BY entity_id),
             called AS (SELECT entity_id, {names} AS names FROM said GROUP BY entity_id),
             stood AS (SELECT entity_id, min(grade) AS grade, list_sort(list(record_id)) AS record_ids FROM {table} GROUP BY entity_id)
        SELECT * FROM stood LEFT JOIN wide USING (entity_id) LEFT JOIN called USING (entity_id)
        """
    )
    shown = _hide(connection, kind, token_key)
    caption = ", ".join(f"{shown.get(c, _quoted_name(c))}::VARCHAR" for c in kind.caption)
    columns = []
    for column in kind.columns():
        columns.append(
            _frame_column(kind, column, caption)
            or f'{shown.get(column.name, _quoted_name(column.name))} AS "{column.name}"'
        )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {target} AS SELECT {', '.join(columns)} FROM chosen{_joins(kind)}"
    )


def _quoted_name(name: str) -> str:
    return f'chosen."{name}"'


def _frame_column(kind: EntityKind, column: Column, caption: str) -> str:
    frame = {
        "id": "entity_id AS id",
        "kind": f"{quoted(kind.name)} AS kind",
        "name": f"coalesce({caption}, '') AS name",
        "names": "coalesce(names, []) AS names",
    }
    return frame.get(column.name, "")


def _tokened(kind: EntityKind) -> list[Property]:
    return [p for p in kind.properties.values() if p.tokened]


def _joins(kind: EntityKind) -> str:
    return "".join(
        f' LEFT JOIN hidden_{p.name} ON hidden_{p.name}.clear = chosen."{p.name}"' for p in _tokened(kind)
    )


def _hide(connection: duckdb.DuckDBPyConnection, kind: EntityKind, token_key: bytes) -> dict[str, str]:
    """Tables ``hidden_<property>(clear, masked, token)``; returns column → SQL of what the stores may hold instead."""
    shown: dict[str, str] = {}
    for prop in _tokened(kind):
        clear = connection.execute(
            f'SELECT DISTINCT "{prop.name}" AS clear FROM chosen WHERE "{prop.name}" IS NOT NULL'
        ).to_arrow_table()
        masked = clear.append_column("masked", mask_column(clear["clear"], prop.type))
        connection.register("_masked", masked)
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE hidden_{prop.name} AS SELECT clear, masked, {token_sql('clear', prop.type, token_key)} AS token FROM _masked"
        )
        connection.unregister("_masked")
        shown[prop.name] = f"hidden_{prop.name}.masked"
        shown[f"{prop.name}Token"] = f"hidden_{prop.name}.token"
    return shown


def token_sql(value: str, value_type: str, key: bytes) -> str:
    """SQL for the keyed token of an identifier: HMAC-SHA-256 (RFC 2104) over type and value, 32 hex characters."""
    block = key.ljust(64, b"\0")
    inner, outer = (bytes(b ^ pad for b in block).hex() for pad in (0x36, 0x5C))
    message = f"encode({quoted(value_type + ':')} || {value})"
    return f"left(sha256(unhex('{outer}') || unhex(sha256(unhex('{inner}') || {message}))), 32)"


def doubts(
    rules: Sequence[Mapping[str, object]], entities: Mapping[str, str], relations: Mapping[str, str]
) -> str:
    """SQL for the marks that mapping files ask for: entities whose declared key may run namesakes together."""
    parts = [
        f"""
        SELECT e.entity_id AS subject, 'possibleNamesakes' AS code, count(DISTINCT r.to_id) AS count, {int(str(rule["above"]))} AS threshold,
               {quoted(str(rule["relation"]))} AS relation, {quoted(str(rule["dataset"]))} AS dataset
        FROM (SELECT DISTINCT entity_id FROM {entities[str(rule["kind"])]} WHERE dataset = {quoted(str(rule["dataset"]))}
              AND item = {quoted(str(rule["item"]))}) e
        JOIN {relations[str(rule["relation"])]} r ON r.from_id = e.entity_id
        GROUP BY e.entity_id HAVING count(DISTINCT r.to_id) > {int(str(rule["above"]))}
        """
        for rule in rules
        if str(rule["kind"]) in entities and str(rule["relation"]) in relations
    ]
    for name, table in relations.items():
        parts.append(
            f"SELECT id AS subject, 'selfLoopByMerge' AS code, len(record_ids)::BIGINT AS count, 0 AS threshold, {quoted(name)} AS relation, '' AS dataset "
            f"FROM {table} WHERE from_id = to_id AND merged_loop"
        )
    empty = "SELECT NULL::VARCHAR AS subject, NULL::VARCHAR AS code, NULL::BIGINT AS count, NULL::BIGINT AS threshold, NULL::VARCHAR AS relation, NULL::VARCHAR AS dataset WHERE false"
    return " UNION ALL ".join([empty, *parts])
