"""Random graphs of any size in the schema's layout: power-law degrees with hubs, all 24 kinds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graph.hash import graph_hash
from graph.model import TableSet
from graph.schema import Column, RelationKind, Schema, Storage, load_schema
from values.columns import from_matrix

ENTITY_SHARE = {"Person": 0.45, "Organisation": 0.25, "Asset": 0.15, "Matter": 0.1, "Locator": 0.05}
HEAVY_SHARE = {
    "PAYS": 0.25, "REACHED_AT": 0.15, "OFFICER_OF": 0.12, "HOLDS_SHARE": 0.10, "APPLIES": 0.08,
    "GRANTED": 0.05, "INVOICES": 0.05, "EMPLOYED_BY": 0.05,
}  # fmt: skip
"""Share of the relations a kind has; the other kinds share the rest evenly."""

FIRST_DAY, LAST_DAY, OPEN = 14_600, 19_700, 2_932_896
"""2009-12-22 and 2023-12-09 as days since 1970-01-01, and the largest day (9999-12-31)."""

HUB_POWER = 3.0
"""Ends are drawn as n·u^power: the first of n entities gets n^(-1/power) of all ends, 1.6 % of 250,000."""

_ALPHABET = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", dtype=np.uint8)
_SURNAMES = tuple("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨𠮷😀")

Ints = npt.NDArray[np.int64]


def make_tables(folder: Path, nodes: int, relations: int, seed: int) -> TableSet:
    """Write a graph of ``nodes`` entities and ``relations`` relations as Parquet and describe it.

    The same arguments make the same graph. Both numbers are met exactly where they leave room for every kind.
    """
    schema, rng = load_schema(), np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    ids: dict[str, pa.Array] = {}
    files: dict[str, Path] = {}
    for kind, count in _split(nodes, ENTITY_SHARE):
        ids[kind] = random_ids(rng, schema.entities[kind].letter, count)
        files[kind] = _write(folder, schema, kind, _entity_columns(rng, schema, kind, ids[kind]))
    for kind, count in _split(relations, _relation_share(schema)):
        columns = _relation_columns(rng, schema, schema.relations[kind], ids, count)
        files[kind] = _write(folder, schema, kind, columns)
    digest = graph_hash(schema, files)
    return TableSet(id=f"random-{nodes}-{relations}-{seed}", graph_hash=digest, files=files)


def random_ids(rng: np.random.Generator, prefix: str, count: int) -> pa.Array:
    """``count`` ids of 80 random bits: prefix, ``-``, 16 base32 characters."""
    head = np.frombuffer(f"{prefix}-".encode(), dtype=np.uint8)
    matrix = np.empty((count, len(head) + 16), dtype=np.uint8)
    matrix[:, : len(head)] = head
    matrix[:, len(head) :] = _ALPHABET[rng.integers(0, 32, (count, 16), dtype=np.uint8)]
    return from_matrix(matrix)


def _split(total: int, shares: dict[str, float]) -> Iterator[tuple[str, int]]:
    edges = np.round(np.cumsum([0.0, *shares.values()]) / sum(shares.values()) * total).astype(int)
    yield from zip(shares, np.diff(edges).tolist(), strict=True)


def _relation_share(schema: Schema) -> dict[str, float]:
    rest = (1 - sum(HEAVY_SHARE.values())) / (len(schema.relations) - len(HEAVY_SHARE))
    return {kind: HEAVY_SHARE.get(kind, rest) for kind in schema.relations}


def _write(folder: Path, schema: Schema, kind: str, columns: dict[str, pa.Array]) -> Path:
    count = len(columns["id"])
    layout = schema.arrow_schema(kind)
    arrays = [columns[f.name] if f.name in columns else pa.nulls(count, f.type) for f in layout]
    file = folder / f"{kind}.parquet"
    pq.write_table(pa.table(arrays, schema=layout), file, compression="zstd")
    return file


def _entity_columns(
    rng: np.random.Generator, schema: Schema, kind: str, ids: pa.Array
) -> dict[str, pa.Array]:
    spec = schema.entities[kind]
    names = _names(rng, len(ids))
    frame = {
        "id": ids,
        "kind": _constant(kind, len(ids)),
        "subtype": _picked(rng, tuple(spec.subtypes), len(ids)),
        "name": names,
        "names": _singles(names),
        "grade": _constant(spec.grade, len(ids)),
        "record_ids": _singles(ids),
    }
    return frame | _filled(rng, spec.columns(), set(frame), len(ids))


def _relation_columns(
    rng: np.random.Generator, schema: Schema, spec: RelationKind, ids: dict[str, pa.Array], count: int
) -> dict[str, pa.Array]:
    own = random_ids(rng, spec.code, count)
    pairs = [pair for pair in spec.ends if len(ids[pair[0]]) and len(ids[pair[1]])]
    counts = np.diff(np.linspace(0, count, len(pairs) + 1).astype(int)).tolist()
    ends = [
        (_drawn(rng, ids[a], n, 1.5), _drawn(rng, ids[b], n, HUB_POWER))
        for (a, b), n in zip(pairs, counts, strict=True)
    ]
    frame = {
        "id": own,
        "kind": _constant(spec.name, count),
        "from_id": pa.concat_arrays([a for a, _ in ends]),
        "to_id": pa.concat_arrays([b for _, b in ends]),
        "subtype": _picked(rng, tuple(spec.subtypes), count),
        "grade": _constant(spec.grade, count),
        "record_ids": _singles(own),
    }
    if spec.symmetric:
        frame["from_id"], frame["to_id"] = _ordered(frame["from_id"], frame["to_id"])
    return frame | _times(rng, spec, count) | _filled(rng, spec.columns(), set(frame), count)


def _ordered(a: pa.Array, b: pa.Array) -> tuple[pa.Array, pa.Array]:
    swap = pc.less(b, a)
    return pc.if_else(swap, b, a), pc.if_else(swap, a, b)


def _drawn(rng: np.random.Generator, ids: pa.Array, count: int, power: float) -> pa.Array:
    return ids.take(pa.array((len(ids) * rng.random(count) ** power).astype(np.int64)))


def _names(rng: np.random.Generator, count: int) -> pa.Array:
    words = np.array(_SURNAMES, dtype=object)
    return pa.array(
        words[rng.integers(0, len(words), count)] + words[rng.integers(0, len(words), count)], pa.string()
    )


def _constant(value: str, count: int) -> pa.Array:
    return pa.array([value], pa.string()).take(pa.array(np.zeros(count, dtype=np.int8)))


def _picked(rng: np.random.Generator, values: tuple[str, ...], count: int) -> pa.Array:
    if not values:
        return pa.nulls(count, pa.string())
    return pa.array(values, pa.string()).take(pa.array(rng.integers(0, len(values), count)))


def _singles(values: pa.Array) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array(np.arange(len(values) + 1, dtype=np.int32)), values)


def _times(rng: np.random.Generator, spec: RelationKind, count: int) -> dict[str, pa.Array]:
    start = rng.integers(FIRST_DAY, LAST_DAY, count)
    out: dict[str, pa.Array] = {}
    if spec.time != "event":
        ended = rng.random(count) < 0.3
        end = np.where(ended, start + rng.integers(0, 2000, count), OPEN)
        out |= {name: pa.array(start) for name in ("validFromMin", "validFromMax")}
        out |= {name: pa.array(end) for name in ("validToMin", "validToMax")}
        out |= {"validFrom": _days(start), "validTo": _days(end, ~ended)}
    if spec.time != "interval":
        out |= {"at": _days(start), "atMin": pa.array(start), "atMax": pa.array(start)}
        out |= {"atMsMin": pa.array(start * 86_400_000), "atMsMax": pa.array(start * 86_400_000 + 86_399_999)}
    return out


def _days(days: Ints, missing: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    return pa.array(days.astype(np.int32), mask=missing).cast(pa.date32()).cast(pa.string())


def _filled(
    rng: np.random.Generator, columns: tuple[Column, ...], done: set[str], count: int
) -> dict[str, pa.Array]:
    """Values for the numbers of a kind (money, shares, flags) in two thirds of the rows."""
    out: dict[str, pa.Array] = {}
    for column in columns:
        if not column.property or column.name in done:
            continue
        gone = rng.random(count) < 1 / 3
        if column.storage is Storage.INT:
            out[column.name] = pa.array(rng.integers(0, 10**9, count), mask=gone)
        elif column.storage is Storage.FLOAT:
            out[column.name] = pa.array(np.round(rng.random(count) * 100, 2), mask=gone)
        elif column.storage is Storage.BOOL:
            out[column.name] = pa.array(rng.random(count) < 0.5, mask=gone)
    return out
