"""The whole graph as a few arrays on disk: who is joined to whom, by which relation, when, how publicly.

Paths and one-hop questions are answered here and only the rows they choose are fetched from a store. The
arrays are
compressed sparse rows over undirected entries: entity ``n`` has entries ``pointer[n]:pointer[n + 1]``,
each the number
of a neighbour and of the relation that leads there. Entities and relations are numbered in the order of
their ids, so
"smallest relation ids first" is "smallest numbers first", and the entries of an entity stand in that order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graph.errors import IntegrityError, StoreError
from graph.model import PUBLIC
from graph.schema import Schema

Table: TypeAlias = Path | pa.Table
Bytes: TypeAlias = npt.NDArray[np.bytes_]
Bools: TypeAlias = npt.NDArray[np.bool_]
Codes: TypeAlias = npt.NDArray[np.uint8]
Days: TypeAlias = npt.NDArray[np.int32]
Numbers: TypeAlias = npt.NDArray[np.int32]
Offsets: TypeAlias = npt.NDArray[np.int64]

EVER = np.iinfo(np.int32)
"""Smallest and largest day: a bound that is not given."""

_KINDS_FILE = "kinds.json"


@dataclass(frozen=True, slots=True, eq=False)
class Adjacency:
    """The arrays; n entities, m relations, 2m entries less one for each self-loop.

    ``*_kind`` are positions in ``kinds``; ``*_public`` tells grade G1; ``source`` and ``target`` are
    entity numbers;
    a relation is possibly valid on the days ``first <= day <= last``.
    """

    kinds: tuple[str, ...]
    node_ids: Bytes
    node_kind: Codes
    node_public: Bools
    relation_ids: Bytes
    relation_kind: Codes
    relation_public: Bools
    source: Numbers
    target: Numbers
    first: Days
    last: Days
    pointer: Offsets
    neighbour: Numbers
    relation: Numbers

    @classmethod
    def build(cls, schema: Schema, tables: Mapping[str, Table]) -> Self:
        """Arrays of a graph given as tables in the layout of the schema; absent kinds have no rows.

        ``IntegrityError`` where an id stands twice or a relation's end is missing.
        """
        nodes = _Rows.read(schema, tables, schema.entities)
        relations = _Rows.read(schema, tables, schema.relations)
        node_order, relation_order = _in_order(nodes.ids, "entity"), _in_order(relations.ids, "relation")
        node_ids = nodes.ids[node_order]
        number_of = (
            pa.array(nodes.texts).take(pa.array(node_order)) if len(node_ids) else pa.array([], pa.string())
        )
        source = _numbers(relations.column("from_id"), number_of)[relation_order]
        target = _numbers(relations.column("to_id"), number_of)[relation_order]
        pointer, neighbour, relation = _entries(source, target, len(node_ids))
        return cls(
            kinds=schema.kinds,
            node_ids=node_ids,
            node_kind=nodes.kind[node_order],
            node_public=nodes.public()[node_order],
            relation_ids=relations.ids[relation_order],
            relation_kind=relations.kind[relation_order],
            relation_public=relations.public()[relation_order],
            source=source,
            target=target,
            first=np.maximum(relations.day("validFromMin", EVER.min), relations.day("atMin", EVER.min))[
                relation_order
            ],
            last=relations.day("validToMax", EVER.max)[relation_order],
            pointer=pointer,
            neighbour=neighbour,
            relation=relation,
        )

    def write(self, folder: Path) -> None:
        """Write the arrays into ``folder`` (made if absent)."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name))
        (folder / _KINDS_FILE).write_text(json.dumps(self.kinds))

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Memory-map the arrays of ``folder``. The files may be removed while they are mapped."""
        try:
            kinds = tuple(json.loads((folder / _KINDS_FILE).read_text()))
            return cls(kinds, **{name: _mapped(folder / f"{name}.npy") for name in _ARRAYS})
        except (OSError, ValueError) as fault:
            raise StoreError(
                f"the adjacency in {folder.name} cannot be read ({fault}); rebuild the store"
            ) from fault

    def nodes(self, ids: Iterable[str]) -> Numbers:
        """Sorted numbers of the entities among ``ids``; unknown ids are left out."""
        return _find(self.node_ids, ids)

    def relations(self, ids: Iterable[str]) -> Numbers:
        """Sorted numbers of the relations among ``ids``; unknown ids are left out."""
        return _find(self.relation_ids, ids)

    def node_names(self, numbers: Numbers) -> list[str]:
        """Ids of entities."""
        return [name.decode() for name in self.node_ids[numbers].tolist()]

    def relation_names(self, numbers: Numbers) -> list[str]:
        """Ids of relations."""
        return [name.decode() for name in self.relation_ids[numbers].tolist()]

    def degree(self, nodes: Numbers) -> Offsets:
        """Number of entries of each entity."""
        return self.pointer[nodes + 1] - self.pointer[nodes]

    def entries(self, nodes: Numbers) -> Offsets:
        """Positions of all entries of ``nodes``, entity by entity."""
        starts, counts = self.pointer[nodes], self.degree(nodes)
        before = np.cumsum(counts) - counts
        return np.repeat(starts - before, counts) + np.arange(int(counts.sum()))

    def counts(self) -> dict[str, int]:
        """Number of entities and relations of every kind."""
        rows = np.bincount(self.node_kind, minlength=len(self.kinds)) + np.bincount(
            self.relation_kind, minlength=len(self.kinds)
        )
        return dict(zip(self.kinds, rows.tolist(), strict=True))


_ARRAYS = tuple(f.name for f in fields(Adjacency) if f.name != "kinds")
_READ = ("id", "grade", "from_id", "to_id", "validFromMin", "validToMax", "atMin")


@dataclass(frozen=True, slots=True)
class _Rows:
    """The columns the arrays need, of several kinds one below the other."""

    table: pa.Table
    kind: Codes
    texts: pa.Array
    ids: Bytes

    @classmethod
    def read(cls, schema: Schema, tables: Mapping[str, Table], kinds: Iterable[str]) -> Self:
        parts: list[pa.Table] = []
        codes: list[Codes] = []
        for kind in kinds:
            layout = schema.arrow_schema(kind)
            wanted = [layout.field(n) for n in _READ if n in layout.names]
            part = _columns(tables[kind], [f.name for f in wanted]) if kind in tables else None
            part = pa.schema(wanted).empty_table() if part is None else part.cast(pa.schema(wanted))
            parts.append(part)
            codes.append(np.full(len(part), schema.kinds.index(kind), dtype=np.uint8))
        table = pa.concat_tables(parts, promote_options="default")
        texts = table["id"].combine_chunks()
        return cls(table, np.concatenate(codes), texts, fixed_bytes(texts))

    def column(self, name: str) -> pa.ChunkedArray:
        return self.table[name]

    def public(self) -> Bools:
        return np.asarray(pc.fill_null(pc.equal(self.table["grade"], PUBLIC), False))

    def day(self, name: str, missing: int) -> Days:
        if name not in self.table.column_names:
            return np.full(len(self.table), missing, dtype=np.int32)
        days = np.asarray(pc.fill_null(self.table[name], missing))
        clipped: Days = np.clip(days, EVER.min, EVER.max).astype(np.int32)
        return clipped


def fixed_bytes(texts: pa.Array) -> Bytes:
    """Strings as UTF-8 in fixed width, padded with zero bytes; their order is that of the strings."""
    lengths = np.asarray(pc.binary_length(texts))
    width = int(lengths.max(initial=1))
    raw = np.frombuffer(texts.buffers()[2] or b"", dtype=np.uint8)
    start = np.frombuffer(texts.buffers()[1] or bytes(4), dtype=np.int32)[
        texts.offset : texts.offset + len(texts)
    ]
    if (lengths == width).all():  # our own ids: one block of memory
        matrix = raw[start[0] : start[0] + width * len(texts)] if len(texts) else raw[:0]
        return np.ascontiguousarray(matrix).view(f"S{width}")
    matrix = np.zeros((len(texts), width), dtype=np.uint8)
    filled = np.arange(width) < lengths[:, None]
    matrix[filled] = raw[start[0] : start[0] + int(lengths.sum())]
    return matrix.view(f"S{width}").ravel()


def _columns(source: Table, names: Sequence[str]) -> pa.Table:
    return (
        pq.read_table(source, columns=list(names)) if isinstance(source, Path) else source.select(list(names))
    )


def _in_order(ids: Bytes, what: str) -> Offsets:
    """Where the sorted ids stand: sorted by the numbers of ``_packed``, the few that tie by themselves."""
    packed = _packed(ids)
    order: Offsets = np.argsort(packed)
    same = packed[order[1:]] == packed[order[:-1]]
    tied = np.append(same, False) | np.append(False, same)  # in a run of equal numbers
    if tied.any():
        rows = order[tied]
        rows = rows[np.lexsort((ids[rows], packed[rows]))]
        order[tied] = rows
        twice = np.flatnonzero(ids[rows[1:]] == ids[rows[:-1]])
        if len(twice):
            raise IntegrityError(
                f"{what} id {ids[rows[twice[0]]].decode()!r} stands twice; ids must be unique"
            )
    return order


def _packed(ids: Bytes) -> npt.NDArray[np.uint64]:
    """The beginning of each id in a number of the same order.

    A byte position takes only the bits that its distinct values need, so that 64 bits tell nearly all ids
    apart.
    """
    packed, free = np.zeros(len(ids), dtype=np.uint64), 64
    for column in ids.view(np.uint8).reshape(len(ids), ids.dtype.itemsize).T:
        present = np.bincount(column, minlength=256) > 0
        need = max(int(present.sum()) - 1, 0).bit_length()
        if need > free:
            break
        if need:
            code = (np.cumsum(present) - 1).astype(np.uint64)
            packed = packed << np.uint64(need) | code[column]
            free -= need
    return packed


def _numbers(ends: pa.ChunkedArray, node_ids: pa.Array) -> Numbers:
    found = pc.index_in(ends, value_set=node_ids)
    if found.null_count:
        missing = pc.filter(ends, pc.is_null(found))[0].as_py()
        raise IntegrityError(
            f"{found.null_count} relation ends are no entity, the first is {missing!r}; publish it too"
        )
    return np.asarray(found).astype(np.int32, copy=False)


def _entries(source: Numbers, target: Numbers, count: int) -> tuple[Offsets, Numbers, Numbers]:
    """Entries by entity, in the order of relations; a self-loop has one."""
    here = np.stack((source, target), axis=1).ravel()
    there = np.stack((target, source), axis=1).ravel()
    relation = np.repeat(np.arange(len(source), dtype=np.int32), 2)
    loops = np.flatnonzero(source == target)
    if len(loops):
        here, there, relation = (np.delete(a, 2 * loops + 1) for a in (here, there, relation))
    order = _stable_order(here)
    pointer = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(here, minlength=count), out=pointer[1:])
    return pointer, there[order], relation[order]


def _stable_order(keys: Numbers) -> Offsets:
    """Order by key, then by place: one sort of both packed in a number takes a third of a stable argsort."""
    packed = np.sort(keys.astype(np.int64) << 32 | np.arange(len(keys), dtype=np.int64))
    return packed & 0xFFFF_FFFF


def _mapped(file: Path) -> npt.NDArray[Any]:
    """A plain array over a mapped file: the subclass that NumPy maps with makes every slice slow."""
    return np.asarray(np.load(file, mmap_mode="r"))


def _find(sorted_ids: Bytes, ids: Iterable[str]) -> Numbers:
    width = sorted_ids.dtype.itemsize
    wanted = [w for w in {i.encode() for i in ids} if len(w) <= width]
    if not wanted or not len(sorted_ids):
        return np.empty(0, dtype=np.int32)
    keys = np.array(sorted(wanted), dtype=f"S{width}")
    places = np.minimum(np.searchsorted(sorted_ids, keys), len(sorted_ids) - 1)
    found: Numbers = places[sorted_ids[places] == keys].astype(np.int32)
    return found
