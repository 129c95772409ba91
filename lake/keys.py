"""Ids of records and units of resolution, as SQL expressions for DuckDB: whole columns at a time.

Each part is written as its length, a colon and itself, so that no two different lists of parts read
alike (``ab,c`` is not ``a,bc``) and order counts (A→B is not B→A). Ids are the first 32 hex
characters (128 bits) of SHA-256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

ID_LENGTH = 32


def quoted(text: str) -> str:
    """``text`` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def written(parts: Sequence[str]) -> str:
    """SQL of ``parts`` in one string, each with its length before it; NULL is the absent part ``-``."""
    return ", ".join(f"coalesce(length({p})::VARCHAR || ':' || ({p}), '-')" for p in parts)


def hash_of(parts: Sequence[str]) -> str:
    """SQL for the id over ``parts``, each an SQL expression of a string; NULL counts as the absent part ``-``."""
    return f"left(sha256(concat({written(parts)})), {ID_LENGTH})"


def place_of(row: str = "row", part: str = "part") -> str:
    """SQL for where a source row stands in its sheet, as a part of ``record_id``."""
    return f"concat({written([f'{row}::VARCHAR', f'{part}::VARCHAR'])})"


def record_id(file_sha256: str, sheet: str, item: str, place: str, piece: str | None = None) -> str:
    """SQL for ``record_id``: one per statement, the same on every machine for the same file and mapping item.

    ``place``: SQL of ``place_of``, or a column that holds it. ``piece``: SQL of the number of the statement,
    where an item makes several of one cell (董事长/董事). File, sheet and item go in as one hash, so that the
    text hashed for each row is short.
    """
    origin = "".join(f"{len(text)}:{text}" for text in (file_sha256, sheet, item))
    head = hashlib.sha256(origin.encode()).hexdigest()[:ID_LENGTH]
    tail = "" if piece is None else f", {written([f'{piece}::VARCHAR'])}"
    return f"left(sha256(concat({quoted(f'{ID_LENGTH}:{head}')}, {place}{tail})), {ID_LENGTH})"


def source_key(dataset: str, kind: str, key: Sequence[str]) -> str:
    """SQL for ``source_key``: hash of dataset, kind and key values in declared order.

    NULL where every key value is NULL (the row says nothing about such an entity).
    """
    some = " OR ".join(f"({k}) IS NOT NULL" for k in key)
    return f"CASE WHEN {some} THEN {hash_of([quoted(dataset), quoted(kind), *key])} END"
