"""Relation records → relations: ends and references become entity ids, equal relations become one.

A relation's id is its code and 80 bits of the hash over its kind and key (``schema.yaml``), or over
its source key where a part of the key is missing; so it is the same wherever it is computed.
"""

from __future__ import annotations

import duckdb

from graph.schema import Column, Property, RelationKind
from lake.keys import hash_of, quoted

ID_DIGITS = 20


def relations_of(connection: duckdb.DuckDBPyConnection, kind: RelationKind, source: str, target: str) -> int:
    """Fill table ``target`` (layout of the stores, and ``merged_loop``) from records ``source``.

    Needs the table ``key_entity(source_key, entity_id)``. Returns the number of records whose ends are
    unknown; they are left out and counted.
    """
    _end_points(connection, kind, source)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE stated AS SELECT *, {_identity(kind)} AS id FROM ended")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE several AS SELECT id FROM stated GROUP BY id HAVING count(*) > 1"
    )
    once = ", ".join(_once(kind, c) for c in kind.columns())
    many = ", ".join(_many(kind, c) for c in kind.columns())
    loop = "from_id = to_id AND from_key <> to_key"
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {target} AS
        SELECT {once}, {loop} AS merged_loop FROM stated ANTI JOIN several USING (id)
        UNION ALL BY NAME
        SELECT {many}, bool_or({loop}) AS merged_loop FROM stated SEMI JOIN several USING (id) GROUP BY id
        """
    )
    row = connection.execute(
        f"SELECT (SELECT count(*) FROM {source}) - (SELECT count(*) FROM ended)"
    ).fetchone()
    return int(row[0]) if row else 0


def _end_points(connection: duckdb.DuckDBPyConnection, kind: RelationKind, source: str) -> None:
    """Table ``ended``: records with both ends known, symmetric ones with the smaller id first."""
    refs = [p for p in kind.properties.values() if p.type == "ref"]
    joins = "".join(
        f' LEFT JOIN key_entity ref_{p.name} ON ref_{p.name}.source_key = s."{p.name}"' for p in refs
    )
    turned = "f.entity_id > t.entity_id" if kind.symmetric else "false"
    replaced = [f'ref_{p.name}.entity_id AS "{p.name}"' for p in refs]
    replaced += [_turned_role(p, turned) for p in kind.properties.values() if p.inverse and kind.symmetric]
    replace = f" REPLACE ({', '.join(replaced)})" if replaced else ""
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE ended AS
        SELECT s.*{replace}, CASE WHEN {turned} THEN t.entity_id ELSE f.entity_id END AS from_id,
               CASE WHEN {turned} THEN f.entity_id ELSE t.entity_id END AS to_id
        FROM {source} s JOIN key_entity f ON f.source_key = s.from_key JOIN key_entity t ON t.source_key = s.to_key{joins}
        """
    )


def _turned_role(prop: Property, turned: str) -> str:
    cases = " ".join(f"WHEN {quoted(a)} THEN {quoted(b)}" for a, b in prop.inverse.items())
    name = f's."{prop.name}"'
    return f'CASE WHEN {turned} THEN CASE {name} {cases} ELSE {name} END ELSE {name} END AS "{prop.name}"'


def _identity(kind: RelationKind) -> str:
    parts = [{"from": "from_id", "to": "to_id"}.get(p, f'"{p}"::VARCHAR') for p in kind.key]
    needed = [part for part, name in zip(parts, kind.key, strict=True) if name not in kind.optional_key]
    missing = " OR ".join(["coalesce(own_identity, false)", *(f"{p} IS NULL" for p in needed)])
    by_source = hash_of([quoted(kind.name), quoted("source"), "source_key"])
    by_key = hash_of([quoted(kind.name), quoted("key"), *parts])
    return f"{quoted(kind.code + '-')} || left(CASE WHEN {missing} THEN {by_source} ELSE {by_key} END, {ID_DIGITS})"


def _once(kind: RelationKind, column: Column) -> str:
    special = {"kind": f"{quoted(kind.name)} AS kind", "record_ids": "[record_id] AS record_ids"}
    return special.get(column.name, f'"{column.name}"')


_ORDER = "source_grade || record_id"


def _many(kind: RelationKind, column: Column) -> str:
    special = {
        "id": "id",
        "kind": f"{quoted(kind.name)} AS kind",
        "grade": "min(grade) AS grade",
        "record_ids": "list_sort(list(DISTINCT record_id)) AS record_ids",
        "from_id": "any_value(from_id) AS from_id",
        "to_id": "any_value(to_id) AS to_id",
    }
    if column.name in special:
        return special[column.name]
    lead = _lead(kind, column)
    return f'arg_min("{column.name}", {_ORDER}) FILTER (WHERE "{lead}" IS NOT NULL) AS "{column.name}"'


def _lead(kind: RelationKind, column: Column) -> str:
    """The column whose presence decides the record a value is taken from: bounds follow their date, currency its amount."""
    if column.property and column.name != column.property:
        return column.property
    for stem in ("validFrom", "validTo", "at", "atMs"):
        if column.name in (f"{stem}Min", f"{stem}Max"):
            return f"{stem}Min"
    return column.name


def redirects(connection: duckdb.DuckDBPyConnection, old: str, new: str) -> str:
    """SQL for (entity_id, redirect_to) of relations that are gone but whose records another one holds now."""
    return f"""
        WITH gone AS (SELECT o.id, unnest(o.record_ids) AS record_id FROM {old} o ANTI JOIN {new} n USING (id)),
             holder AS (SELECT n.id, unnest(n.record_ids) AS record_id FROM {new} n ANTI JOIN {old} o USING (id)
                        UNION ALL
                        SELECT n.id, unnest(n.record_ids) FROM {new} n JOIN {old} o USING (id) WHERE len(n.record_ids) <> len(o.record_ids))
        SELECT g.id AS entity_id, min(h.id) AS redirect_to FROM gone g JOIN holder h USING (record_id) GROUP BY g.id
    """
