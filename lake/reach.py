"""Who lies within so many hops of a case's seeds, read from the snapshot in force: the members of its scope."""

from __future__ import annotations

from collections.abc import Sequence

from lake import resource
from lake.lake import Lake, parquet_list

_ENDS = "SELECT from_id, to_id FROM read_parquet({files})"


def reach(lake: Lake, seeds: Sequence[str], hops: int, hub_degree: int) -> frozenset[str]:
    """Ids of the entities at most ``hops`` relations from ``seeds`` (seeds included).

    An entity with more than ``hub_degree`` relations is reached but not passed through, unless it is a seed
    itself: an agent's phone or a ministry would otherwise open half the graph.
    """
    snapshot = resource.require_current(lake)
    relations = [
        f for kind, f in resource.tables(lake, snapshot).files.items() if kind in lake.schema.relations
    ]
    if not seeds or not relations:
        return frozenset(seeds)
    connection = lake.connect()
    try:
        ends = _ENDS.format(files=parquet_list(relations))
        connection.execute(
            "CREATE TEMP TABLE member AS SELECT DISTINCT unnest($ids) AS id, 0 AS hop", {"ids": list(seeds)}
        )
        for hop in range(1, hops + 1):
            connection.execute(
                f"""
                CREATE OR REPLACE TEMP TABLE step AS
                SELECT m.id AS origin, e.to_id AS id FROM member m JOIN ({ends}) e ON e.from_id = m.id WHERE m.hop = {hop - 1}
                UNION ALL
                SELECT m.id, e.from_id FROM member m JOIN ({ends}) e ON e.to_id = m.id WHERE m.hop = {hop - 1};
                INSERT INTO member SELECT DISTINCT id, {hop} FROM step
                WHERE id NOT IN (SELECT id FROM member)
                  AND ({hop} = 1 OR origin IN (SELECT origin FROM step GROUP BY origin HAVING count(*) <= {hub_degree}));
                """
            )
        rows = connection.execute("SELECT id FROM member").fetchall()
    finally:
        connection.close()
    return frozenset(row[0] for row in rows)


def entities_among(lake: Lake, ids: Sequence[str]) -> frozenset[str]:
    """Those of ``ids`` that are entities of the snapshot in force."""
    files = resource.tables(lake, resource.require_current(lake)).files
    entities = [file for kind, file in files.items() if kind in lake.schema.entities]
    if not ids or not entities:
        return frozenset()
    connection = lake.connect()
    try:
        rows = connection.execute(
            f"SELECT id FROM read_parquet({parquet_list(entities)}) WHERE id IN (SELECT unnest($ids))",
            {"ids": list(ids)},
        ).fetchall()
    finally:
        connection.close()
    return frozenset(row[0] for row in rows)
