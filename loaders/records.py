"""A chunk of source rows → tables of the standard library: rows, records and rejects.

A row is loaded or rejected whole. Each item of the mapping makes at most one record of a row (one for each
piece where it splits a cell). Pure: nothing is written here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.schema import Schema
from lake.batches import REJECTS
from lake.keys import place_of, record_id, source_key
from lake.registers import Register
from lake.standard import record_schema
from loaders.cells import Cells
from loaders.clean import Reading
from loaders.drafts import Draft, draft_entity, draft_entry, draft_relation, references
from loaders.faults import Faults, Tally
from loaders.guard import Guard
from loaders.mapping import Item, SourceMapping
from loaders.mapping_spec import RelationItemSpec
from loaders.masked import CellMasks
from loaders.sources.chunks import Chunk
from values.columns import Bools, as_bools

STRING = pa.string()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the records of one batch come from."""

    dataset: str
    batch: str
    sha256: str
    sheet: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one chunk gave.

    ``blank`` rows have no cell at all and do not count as read; ``silent`` rows made no record.
    """

    rows: pa.Table
    records: tuple[tuple[str, pa.Table], ...]
    rejects: pa.Table
    read: int
    rejected: int
    blank: int
    silent: int
    reasons: Tally
    notes: Tally


class Recorder:
    """Makes records of the chunks of one batch. Holds a DuckDB connection: one for each thread."""

    def __init__(
        self, mapping: SourceMapping, schema: Schema, registers: Mapping[str, Register], origin: Origin,
        header: Sequence[str], reading: Reading, guard: Guard,
    ) -> None:  # fmt: skip
        self._mapping, self._origin, self._header = mapping, origin, header
        self._reading, self._guard = reading, guard
        self._registers = registers
        self._masks = CellMasks.of(mapping, header)
        self._layouts = {item.table: record_schema(schema, registers, item.table) for item in mapping.items}
        self._repeats: dict[tuple[str | bool | None, pa.DataType], pa.Array] = {}
        self._connection = duckdb.connect(config={"threads": 1})

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def record(self, chunk: Chunk) -> Recorded:
        """Check, clean and identify one chunk. ``PrivacyRefused`` where it holds what may not enter."""
        table = chunk.cells
        filled = _filled(table)
        blank = table.num_rows - int(filled.sum())
        rows, parts = chunk.rows, chunk.parts
        if blank:
            mask = pa.array(filled)
            table, rows, parts = table.filter(mask), rows.filter(mask), parts.filter(mask)
        columns = {name: _whole(table[name]) for name in self._header}
        cells = Cells(columns, table.num_rows, self._mapping.nulls)
        faults = Faults(cells.size)
        self._guard.columns(cells, rows)
        drafts = self._drafts(cells, faults)
        self._guard.drafts(drafts, rows)
        good = faults.good
        mask = pa.array(good)
        kept = (rows, parts) if good.all() else (rows.filter(mask), parts.filter(mask))
        records, spoken = self._records([draft.filtered(good) for draft in drafts.values()], *kept)
        rejects, reasons = self._rejects(columns, rows, parts, faults, chunk)
        loaded = int(good.sum())
        return Recorded(
            rows=self._rows(columns, *kept, mask),
            records=tuple(records),
            rejects=rejects,
            read=cells.size + len(chunk.refused),
            rejected=rejects.num_rows,
            blank=blank,
            silent=loaded - spoken,
            reasons=reasons,
            notes=sum((draft.notes for draft in drafts.values()), Counter()),
        )

    def _drafts(self, cells: Cells, faults: Faults) -> dict[str, Draft]:
        found: dict[str, Draft] = {}
        for item in self._mapping.of_role("entity"):
            found[item.name] = draft_entity(item, cells, self._reading, faults)
        for item in self._mapping.of_role("relation"):
            found[item.name] = draft_relation(item, cells, self._reading, faults, found)
        for item in self._mapping.of_role("register"):
            key = self._registers[item.table].key
            found[item.name] = draft_entry(item, cells, self._reading, faults, key)
        return found

    # -- tables -----------------------------------------------------------------------------------

    def _rows(
        self, columns: Mapping[str, pa.Array], rows: pa.Array, parts: pa.Array, good: pa.Array
    ) -> pa.Table:
        """Original cells of loaded rows; dropped and redacted columns are null."""
        spec = self._mapping.spec
        hidden = {*spec.drop, *spec.redact}
        sheet = pa.repeat(pa.scalar(self._origin.sheet, pa.string()), len(rows))
        cells = [
            pa.nulls(len(rows), pa.string()) if name in hidden else columns[name].filter(good)
            for name in self._header
        ]
        names = ["sheet", "row", "part", *(f"c{place}" for place in range(len(cells)))]
        return pa.table([sheet, rows, parts, *cells], names=names)

    def _rejects(
        self, columns: Mapping[str, pa.Array], rows: pa.Array, parts: pa.Array, faults: Faults, chunk: Chunk
    ) -> tuple[pa.Table, Tally]:
        bad = pa.array(~faults.good)
        names, reasons, counts = faults.told()
        cells = self._masks.of_rows(
            {name: column.filter(bad) for name, column in columns.items()}, len(names)
        )
        refused = chunk.refused
        counts.update(("", r.reason) for r in refused)
        table = pa.table(
            [
                pa.repeat(pa.scalar(self._origin.sheet, pa.string()), len(names) + len(refused)),
                pa.concat_arrays([rows.filter(bad), pa.array([r.row for r in refused], pa.int64())]),
                pa.concat_arrays([parts.filter(bad), pa.array([r.part for r in refused], pa.int32())]),
                pa.array([*names, *("" for _ in refused)], pa.string()),
                pa.array([*reasons, *(r.reason for r in refused)], pa.string()),
                pa.array(
                    [*cells, *(self._masks.of_refused(r.cells) for r in refused)], pa.list_(pa.string())
                ),
            ],
            schema=REJECTS,
        )
        return table, counts

    def _records(
        self, drafts: Sequence[Draft], rows: pa.Array, parts: pa.Array
    ) -> tuple[list[tuple[str, pa.Table]], int]:
        """Record tables of good rows, and how many rows made at least one record."""
        spoken: Bools = np.zeros(len(rows), dtype=np.bool_)
        units: dict[str, pa.Array] = {}
        kinds = {draft.item.name: draft.item.table for draft in drafts}
        tables: dict[str, list[pa.Table]] = {}
        whole = pa.table({"row": rows, "part": parts})
        whole = whole.append_column(
            "place", self._query(f"SELECT {place_of()} AS place FROM entries", whole)["place"]
        )
        for draft in drafts:
            place = whole if draft.rows is None else whole.take(draft.rows)
            present = draft.present
            ids, keys = self._identify(draft, place, units)
            if draft.item.role == "entity":
                units[draft.item.name] = keys
            linked = self._links(draft, units, kinds)
            spoken[np.flatnonzero(present) if draft.rows is None else draft.rows.to_numpy()[present]] = True
            table = self._table(draft, place, ids, keys, linked)
            tables.setdefault(draft.item.table, []).append(table)
        joined = [(name, pa.concat_tables(found)) for name, found in tables.items()]
        return [(name, table) for name, table in joined if table.num_rows], int(spoken.sum())

    def _identify(
        self, draft: Draft, place: pa.Table, units: Mapping[str, pa.Array]
    ) -> tuple[pa.Array, pa.Array]:
        """Record ids and source keys of a draft's entries, null where it is not present."""
        origin, item = self._origin, draft.item
        columns: dict[str, pa.Array] = {"place": place["place"]}
        if draft.numbers is not None:
            columns["piece"] = draft.numbers
        keys = [units[part] if isinstance(part, str) else part for part in draft.keys or ()]
        columns |= {f"k{number}": part for number, part in enumerate(keys)}
        whole = bool(draft.present.all())
        if not whole:
            columns["present"] = pa.array(draft.present)
        piece = None if draft.numbers is None else "piece"
        record = record_id(origin.sha256, origin.sheet, item.name, "place", piece)
        key = (
            source_key(origin.dataset, item.table, [f"k{number}" for number in range(len(keys))])
            if keys
            else "NULL"
        )
        given = "{}" if whole else "CASE WHEN present THEN {} END"
        query = f"SELECT {given.format(record)} AS record, {given.format(key)} AS unit FROM entries"
        found = self._query(query, pa.table(columns))
        records = _whole(found["record"])
        return records, _whole(found["unit"]) if keys else records

    def _query(self, query: str, entries: pa.Table) -> pa.Table:
        """Rows of a query over ``entries``, in their order."""
        self._connection.register("entries", entries)
        found = self._connection.execute(query).to_arrow_table()
        self._connection.unregister("entries")
        return found

    def _links(
        self, draft: Draft, units: Mapping[str, pa.Array], kinds: Mapping[str, str]
    ) -> dict[str, pa.Array]:
        """Source keys of end points and references, by column."""

        def at_rows(keys: pa.Array) -> pa.Array:
            return keys if draft.rows is None else keys.take(draft.rows)

        linked = {name: at_rows(units[entity]) for name, entity in references(draft.item).items()}
        for end, names in draft.ends.items():
            keys = [at_rows(units[name]) for name in names]
            linked[f"{end}_key"] = keys[0] if len(keys) == 1 else pc.coalesce(*keys)
            words = [pa.scalar(kinds[name], pa.string()) for name in names]
            kind = words[-1]
            for word, found in list(zip(words, keys, strict=True))[-2::-1]:
                kind = pc.if_else(found.is_valid(), word, kind)
            linked[f"{end}_kind"] = pa.repeat(kind, len(keys[0])) if isinstance(kind, pa.Scalar) else kind
        return linked

    def _table(
        self, draft: Draft, place: pa.Table, ids: pa.Array, keys: pa.Array, linked: Mapping[str, pa.Array]
    ) -> pa.Table:
        layout = self._layouts[draft.item.table]
        columns = {**draft.columns, **linked, "record_id": ids, "source_key": keys}
        columns |= {name: _whole(place[name]) for name in ("row", "part")}
        size = int(draft.present.sum())
        if size < len(draft.present):
            mask = pa.array(draft.present)
            columns = {name: column.filter(mask) for name, column in columns.items()}
        constants = self._constants(draft.item)
        arrays = []
        for field in layout:
            if field.name in columns:
                arrays.append(columns[field.name])
            elif field.name in constants:
                arrays.append(self._repeated(constants[field.name], size, field.type))
            else:
                arrays.append(self._repeated(None, size, field.type))
        return pa.table(arrays, schema=layout)

    def _repeated(self, value: str | bool | None, size: int, kind: pa.DataType = STRING) -> pa.Array:
        """``value`` so many times; a slice of what an earlier chunk used."""
        known = self._repeats.get((value, kind))
        if known is None or len(known) < size:
            known = self._repeats[value, kind] = pa.repeat(pa.scalar(value, kind), size)
        return known.slice(0, size)

    def _constants(self, item: Item) -> dict[str, str | bool]:
        own = isinstance(item.spec, RelationItemSpec) and item.spec.own_identity
        return {
            "dataset": self._origin.dataset,
            "batch": self._origin.batch,
            "sheet": self._origin.sheet,
            "item": item.name,
            "source_grade": self._mapping.spec.source.grade,
            "grade": item.grade,
            **({"own_identity": own} if item.role == "relation" else {}),
        }


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """One array of a column in pieces."""
    if isinstance(column, pa.Array):
        return column
    if column.num_chunks == 1:
        return column.chunk(0)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _filled(table: pa.Table) -> Bools:
    """Rows with at least one cell that is not blank."""
    filled: Bools = np.zeros(table.num_rows, dtype=np.bool_)
    for column in table.columns:
        if filled.all():
            break
        blank = pc.equal(pc.utf8_trim_whitespace(_whole(column)), "")
        filled |= ~as_bools(pc.fill_null(blank, True))
    return filled
