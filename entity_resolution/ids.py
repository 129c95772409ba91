"""Stable entity ids: a cluster keeps the id it shares most units with; the older id wins a tie (architecture §3).

Works on a DuckDB table ``unit(source_key, kind, cluster)``; leaves a table ``assigned(cluster, entity_id)``.
Undoing a merge gives back the earlier id, because ids held before are candidates too.
"""

from __future__ import annotations

import hashlib

import duckdb
import numpy as np
import pyarrow as pa

from graph.schema import Schema

_ALPHABET = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", dtype="S1")
_WEIGHTS = np.array([16, 8, 4, 2, 1], dtype=np.uint8)
_STEP = 1 << 18


def birth_ids(letters: list[str], keys: list[str]) -> list[str]:
    """Ids born from source keys: kind letter, ``-``, 16 base32 characters of the first 80 bits of the key."""
    out: list[str] = []
    for start in range(0, len(keys), _STEP):
        part = keys[start : start + _STEP]
        raw = np.frombuffer(bytes.fromhex("".join(part)), dtype=np.uint8).reshape(len(part), -1)[:, :10]
        digits = np.unpackbits(raw, axis=1).reshape(len(part), 16, 5) @ _WEIGHTS
        text = np.ascontiguousarray(_ALPHABET[digits]).view("S16").ravel().astype("U16")
        out += [f"{letter}-{body}" for letter, body in zip(letters[start : start + _STEP], text, strict=True)]
    return out


def assign(connection: duckdb.DuckDBPyConnection, schema: Schema, history: str) -> None:
    """Give every cluster of ``unit`` its id. ``history`` is SQL for the id history (``lake.entity_ids``)."""
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE held AS
            SELECT source_key, entity_id, max(since) AS last, min(since) AS first
            FROM {history} WHERE source_key IS NOT NULL GROUP BY ALL;
        CREATE OR REPLACE TEMP TABLE vote AS
            WITH latest AS (SELECT source_key, max(last) AS last FROM held GROUP BY source_key)
            SELECT u.cluster, h.entity_id,
                   count(*) FILTER (WHERE h.last = l.last) AS now, count(*) AS ever, min(h.first) AS born
            FROM unit u JOIN held h USING (source_key) JOIN latest l USING (source_key) GROUP BY ALL;
        CREATE OR REPLACE TEMP TABLE plain AS
            SELECT cluster, entity_id FROM vote
            WHERE cluster IN (SELECT cluster FROM vote GROUP BY cluster HAVING count(*) = 1)
              AND entity_id IN (SELECT entity_id FROM vote GROUP BY entity_id HAVING count(*) = 1);
        """
    )
    contested = _settle(connection)
    connection.register("_contested", contested)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE assigned AS SELECT * FROM plain UNION ALL SELECT * FROM _contested"
    )
    connection.unregister("_contested")
    _give_birth(connection, schema)


def _settle(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Clusters and ids with more than one candidate: strongest claim first, each id and cluster once."""
    claims = connection.execute(
        """
        SELECT cluster, entity_id FROM vote ANTI JOIN plain USING (cluster, entity_id)
        ORDER BY now DESC, ever DESC, born, entity_id, cluster
        """
    ).fetchall()
    chosen: dict[int, str] = {}
    taken: set[str] = set()
    for cluster, entity_id in claims:
        if cluster not in chosen and entity_id not in taken:
            chosen[cluster] = entity_id
            taken.add(entity_id)
    return pa.table(
        {"cluster": pa.array(chosen.keys(), pa.int64()), "entity_id": pa.array(chosen.values(), pa.string())}
    )


def _give_birth(connection: duckdb.DuckDBPyConnection, schema: Schema) -> None:
    born = connection.execute(
        "SELECT cluster, any_value(kind) AS kind, min(source_key) AS key FROM unit ANTI JOIN assigned USING (cluster) "
        "GROUP BY cluster ORDER BY key"
    ).to_arrow_table()
    letters = [schema.entities[kind].letter for kind in born["kind"].to_pylist()]
    keys = born["key"].to_pylist()
    used = {row[0] for row in connection.execute("SELECT entity_id FROM held UNION SELECT entity_id FROM assigned").fetchall()}  # fmt: skip
    ids = birth_ids(letters, keys)
    for place, (letter, key) in enumerate(zip(letters, keys, strict=True)):
        turn = 0
        while ids[place] in used:  # an id another cluster carries on: derive the next one from the same key
            turn += 1
            again = hashlib.sha256(f"{key}/{turn}".encode()).hexdigest()
            ids[place] = birth_ids([letter], [again])[0]
        used.add(ids[place])
    connection.register("_born", pa.table({"cluster": born["cluster"].cast(pa.int64()), "entity_id": pa.array(ids, pa.string())}))  # fmt: skip
    connection.execute("INSERT INTO assigned SELECT cluster, entity_id FROM _born")
    connection.unregister("_born")


def history_rows(connection: duckdb.DuckDBPyConnection, history: str, run: int) -> pa.Table:
    """What run ``run`` adds to the history: keys under a new id, and ids that now redirect.

    Step by step through tables: DuckDB 1.5 waits for ever on the same as one statement, from two million keys on.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE now AS SELECT u.source_key, a.entity_id FROM unit u JOIN assigned a USING (cluster);
        CREATE OR REPLACE TEMP TABLE before AS
            SELECT source_key, arg_max(entity_id, since) AS entity_id FROM {history}
            WHERE source_key IS NOT NULL GROUP BY source_key;
        CREATE OR REPLACE TEMP TABLE moved AS
            SELECT b.entity_id AS old, n.entity_id AS new, count(*) AS units
            FROM now n JOIN before b USING (source_key) WHERE b.entity_id <> n.entity_id GROUP BY ALL;
        CREATE OR REPLACE TEMP TABLE onward AS
            SELECT m.old, max_by(m.new, (m.units, m.new)) AS new
            FROM moved m ANTI JOIN now n ON n.entity_id = m.old GROUP BY m.old;
        CREATE OR REPLACE TEMP TABLE told AS
            SELECT entity_id AS old, arg_max(redirect_to, since) AS new FROM {history}
            WHERE redirect_to IS NOT NULL GROUP BY entity_id;
        """
    )
    rows = connection.execute(
        f"""
        SELECT n.entity_id, n.source_key, NULL::VARCHAR AS redirect_to, {run}::BIGINT AS since
            FROM now n LEFT JOIN before b USING (source_key) WHERE b.entity_id IS DISTINCT FROM n.entity_id
        UNION ALL
        SELECT o.old, NULL, o.new, {run}::BIGINT FROM onward o LEFT JOIN told t USING (old) WHERE t.new IS DISTINCT FROM o.new
        """
    ).to_arrow_table()
    for table in ("now", "before", "moved", "onward", "told"):
        connection.execute(f"DROP TABLE {table}")
    return rows
