"""First form of the decision: records with an equal strong identifier are one entity.

A rule applies to whole columns and is shown to users under its name. The full resolver replaces this
file's decision and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

RULE = "equalStrongIdentifier"
VERSION = "1"

STRONG: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "Person": (("idNumber",),),
    "Organisation": (("uscc",),),
    "Asset": (("accountNumber", "bankCode"), ("propertyUnitNo",), ("vin",)),
    "Matter": (),
    "Locator": (("subtype", "normalisedValue"),),
}
"""Kind → identifiers, each a list of columns. The first must be present; the loader lets only values with a
right check character into ``idNumber``, ``uscc`` and ``vin`` (others become ``unverifiedId``)."""


def decide(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, str]) -> None:
    """Fill the table ``decision(left_key, right_key, kind, rule, identifier, record_ids)``.

    ``tables`` maps kinds to names of record tables. Each group of units with one identifier gives a star
    of pairs around its smallest source key.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE decision (left_key VARCHAR, right_key VARCHAR, kind VARCHAR, rule VARCHAR, "
        "identifier VARCHAR, record_ids VARCHAR[])"
    )
    for kind, identifiers in STRONG.items():
        if kind not in tables:
            continue
        for columns in identifiers:
            token = ", ".join(f"coalesce({c}, '')" for c in columns)
            connection.execute(
                f"""
                INSERT INTO decision
                WITH said AS (SELECT concat_ws(chr(31), {token}) AS token, source_key, min(record_id) AS record_id
                              FROM {tables[kind]} WHERE {columns[0]} IS NOT NULL AND {columns[-1 if kind == "Locator" else 0]} IS NOT NULL
                              GROUP BY ALL),
                     shared AS (SELECT token, min(source_key) AS left_key, arg_min(record_id, source_key) AS first
                                FROM said GROUP BY token HAVING count(*) > 1)
                SELECT left_key, source_key, '{kind}', '{RULE}', '{columns[0]}', [first, record_id]
                FROM said JOIN shared USING (token) WHERE source_key <> left_key
                """
            )
