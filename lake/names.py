"""Find entities by name or number in the snapshot in force: the plain look-up that seeds a case (the full search comes later)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from graph.schema import Schema
from lake import resource
from lake.lake import Lake

LIMIT = 20


@dataclass(frozen=True, slots=True)
class Named:
    """One entity found: ``match`` is exact (a name equals the text), code (a public code equals it) or part.

    ``hint`` tells namesakes apart: a person's post or office by the registers, an organisation's or matter's code.
    """

    id: str
    kind: str
    subtype: str | None
    name: str
    match: str
    hint: str


def find_named(
    lake: Lake, schema: Schema, text: str, kinds: tuple[str, ...] = (), limit: int = LIMIT
) -> tuple[Named, ...]:
    """Entities called ``text``: exact names and public codes first, then organisations and matters containing it.

    A person is found only by a whole name, so that nobody can list persons by a fragment (S-04); assets and
    private locators only within a case's own graph, never here.
    """
    wanted = text.strip()
    if not wanted:
        return ()
    files = resource.tables(lake, resource.require_current(lake)).files
    parts = []
    for kind in ("Person", "Organisation", "Matter"):
        if kind in files and (not kinds or kind in kinds):
            parts.append(_kind_query(schema, kind, str(files[kind])))
    if not parts:
        return ()
    connection = lake.connect()
    try:
        rows = connection.execute(
            f"SELECT id, kind, subtype, name, match, hint FROM ({' UNION ALL '.join(parts)}) WHERE match IS NOT NULL "
            "ORDER BY CASE match WHEN 'exact' THEN 0 WHEN 'code' THEN 1 ELSE 2 END, length(name), name, id LIMIT $limit",
            {"text": wanted, "limit": limit},
        ).fetchall()
        offices = _offices(connection, files, [row[0] for row in rows if row[1] == "Person"])
    finally:
        connection.close()
    return tuple(
        Named(key, kind, subtype, name, match, offices.get(key, hint or ""))
        for key, kind, subtype, name, match, hint in rows
    )


def _offices(
    connection: duckdb.DuckDBPyConnection, files: Mapping[str, Path], persons: list[str]
) -> dict[str, str]:
    """Person → one post or office with its organisation, by the registers."""
    found: dict[str, str] = {}
    for kind in ("OFFICER_OF", "HOLDS_POST"):
        if persons and kind in files and "Organisation" in files:
            rows = connection.execute(
                f"""
                SELECT r.from_id, min(concat_ws(' ', o.name, r.post)) FROM read_parquet('{files[kind]}') r
                JOIN read_parquet('{files["Organisation"]}') o ON o.id = r.to_id
                WHERE r.from_id IN (SELECT unnest($ids)) GROUP BY r.from_id
                """,
                {"ids": persons},
            ).fetchall()
            found |= dict(rows)
    return found


def _kind_query(schema: Schema, kind: str, file: str) -> str:
    codes = [
        n for n in ("uscc", "registrationNo", "otherCode", "code") if n in schema.entities[kind].properties
    ]
    cases = ["WHEN name = $text OR list_contains(names, $text) THEN 'exact'"]
    cases += [f"WHEN \"{code}\" = $text THEN 'code'" for code in codes]
    if kind != "Person":
        cases.append("WHEN contains(name, $text) THEN 'part'")
    hint = "coalesce(" + ", ".join(f'"{c}"' for c in codes) + ")" if codes else "NULL::VARCHAR"
    return f"SELECT id, kind, subtype, name, CASE {' '.join(cases)} END AS match, {hint} AS hint FROM read_parquet('{file}')"
