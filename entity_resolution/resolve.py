"""Standard → resource: one run over all records in force, from units to a committed snapshot.

units (source keys) → decisions (rule) and judgements (humans) → clusters → stable ids → golden records
and relations → ``lake.resource``. Everything is derived; only the id history is added to the truth.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from entity_resolution import golden, ids, relations, strong
from entity_resolution.cluster import Pairs, cluster
from entity_resolution.judgements import judgements
from graph.hash import join_hashes, table_hash
from lake import entity_ids, resource
from lake.lake import Lake, parquet_list
from lake.model import Judgement
from lake.resource import SnapshotInfo

Progress = Callable[[int, int, str], None]
MEMORY = 3 << 30
"""Bytes; five million records take 110 s within it, and no less time with all the memory there is."""


@dataclass(frozen=True, slots=True)
class ResolutionReport:
    """What a run did. ``merged`` counts units that joined another by the rule or by a judgement."""

    snapshot: SnapshotInfo
    unchanged: bool
    merged: int
    doubts: int


def _memory() -> int:
    """Bytes a run may hold before it spills to disk: a workbench beside it must stay alive."""
    return min(MEMORY, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2)


def resolve(lake: Lake, token_key: bytes, progress: Progress) -> ResolutionReport:
    """Resolve every record in force and commit the snapshot. Call within ``lake.writing``."""
    run = _Run(lake, token_key, progress)
    try:
        return run.all()
    finally:
        run.connection.close()


class _Run:
    """One resolution; holds the connection and names of its temporary tables."""

    def __init__(self, lake: Lake, token_key: bytes, progress: Progress) -> None:
        self.lake = lake
        self.schema = lake.schema
        self.token_key = token_key
        self.progress = progress
        self.connection: duckdb.DuckDBPyConnection = lake.connect()
        self.connection.execute(f"SET memory_limit = '{_memory()}B'")
        self.folder: Path = lake.temporary("snapshot")
        self.entities: dict[str, str] = {}
        self.relations: dict[str, str] = {}
        self.sums: dict[str, int] = {}
        self.counts: dict[str, int] = {}

    def all(self) -> ResolutionReport:
        (self.folder / "graph").mkdir(parents=True)
        self._records()
        self.progress(1, 5, "decide")
        units, clusters = self._clusters()
        self._ids()
        self.progress(2, 5, "entities")
        self._entities()
        self.progress(3, 5, "relations")
        dangling = self._relations()
        self.progress(4, 5, "write")
        doubts = self._side_tables()
        graph = join_hashes({k: self.sums.get(k, 0) for k in self.schema.kinds})
        clustered = self._cluster_hash()
        named = resource.snapshot_id(graph, clustered, (batch.info.id for batch in self.lake.batches()))
        info = SnapshotInfo(named, graph, clustered, self.counts, units, dangling)
        before = resource.current(self.lake)
        unchanged = before is not None and before.id == info.id
        if not unchanged:
            self._remember(before)
            resource.commit(self.lake, self.folder, info)
        self.progress(5, 5, "done")
        return ResolutionReport(info, unchanged, units - clusters, doubts)

    # -- units and clusters -------------------------------------------------------------------

    def _records(self) -> None:
        """Views over the records in force; a kind without records is left out."""
        for kind in self.schema.kinds:
            files = self.lake.files(kind)
            if files:
                name = f"record_{kind}"
                self.connection.execute(
                    f"CREATE VIEW {name} AS SELECT * FROM read_parquet({parquet_list(files)})"
                )
                (self.entities if kind in self.schema.entities else self.relations)[kind] = name

    def _clusters(self) -> tuple[int, int]:
        connection = self.connection
        keys = " UNION ALL ".join(
            f"SELECT DISTINCT '{kind}' AS kind, source_key FROM {name}"
            for kind, name in self.entities.items()
        )
        empty = "SELECT NULL::VARCHAR AS kind, NULL::VARCHAR AS source_key WHERE false"
        connection.execute(
            f"CREATE TEMP TABLE keyed AS SELECT kind, source_key, row_number() OVER (ORDER BY kind, source_key) - 1 AS u FROM ({keys or empty})"
        )
        strong.decide(connection, self.entities)
        machine = self._pairs(
            "SELECT l.u, r.u FROM decision JOIN keyed l ON l.source_key = left_key JOIN keyed r ON r.source_key = right_key"
        )
        said = judgements(self.lake.ledger)
        count = self._count("keyed")
        numbers = cluster(count, machine, self._judged(said, "same"), self._judged(said, "different"))
        connection.register(
            "_numbers", pa.table({"u": pa.array(np.arange(count)), "cluster": pa.array(numbers)})
        )
        connection.execute(
            "CREATE TEMP TABLE unit AS SELECT source_key, kind, cluster FROM keyed JOIN _numbers USING (u)"
        )
        connection.unregister("_numbers")
        self._drop("keyed")
        return count, len(np.unique(numbers))

    def _judged(self, said: Sequence[Judgement], verdict: str) -> Pairs:
        chosen = [(j.left, j.right) for j in said if j.verdict == verdict]
        if not chosen:
            return np.empty((0, 2), dtype=np.int64)
        left, right = zip(*chosen, strict=True)
        self.connection.register("_judged", pa.table({"l": pa.array(left), "r": pa.array(right)}))
        pairs = self._pairs(
            "SELECT a.u, b.u FROM _judged JOIN keyed a ON a.source_key = l JOIN keyed b ON b.source_key = r WHERE a.kind = b.kind"
        )
        self.connection.unregister("_judged")
        return pairs

    def _pairs(self, query: str) -> Pairs:
        found = self.connection.execute(f"SELECT * FROM ({query}) AS p(a, b) ORDER BY a, b").fetchnumpy()
        return np.column_stack(
            [np.asarray(found["a"], dtype=np.int64), np.asarray(found["b"], dtype=np.int64)]
        )

    def _count(self, table: str) -> int:
        row = self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(row[0]) if row else 0

    def _ids(self) -> None:
        ids.assign(self.connection, self.schema, entity_ids.history_sql(self.lake))
        self.connection.execute(
            "CREATE TEMP TABLE key_entity AS SELECT source_key, entity_id FROM unit JOIN assigned USING (cluster)"
        )
        self._drop("held", "vote", "plain")

    def _cluster_hash(self) -> str:
        row = self.connection.execute(
            "SELECT coalesce(sum(md5_number_lower(keys)::HUGEINT) % 18446744073709551616, 0) FROM "
            "(SELECT string_agg(source_key, ',' ORDER BY source_key) AS keys FROM unit GROUP BY cluster)"
        ).fetchone()
        return f"{int(row[0]):016x}" if row else ""

    # -- entities and relations -----------------------------------------------------------------

    def _entities(self) -> None:
        self.connection.execute(
            "CREATE TEMP TABLE value (entity_id VARCHAR, kind VARCHAR, property VARCHAR, value VARCHAR, low BIGINT, high BIGINT, "
            "source_grade VARCHAR, valid_from VARCHAR, valid_to VARCHAR, record_ids VARCHAR[], golden BOOLEAN)"
        )
        for name, view in list(self.entities.items()):
            kind = self.schema.entities[name]
            self.connection.execute(
                f"CREATE TEMP TABLE linked_{name} AS SELECT r.*, e.entity_id FROM {view} r JOIN key_entity e USING (source_key)"
            )
            golden.values_of(self.connection, kind, f"linked_{name}")
            self.connection.execute("INSERT INTO value SELECT * FROM said")
            golden.graph_entities(self.connection, kind, f"linked_{name}", self.token_key, f"graph_{name}")
            self._write(name, "id")
            self.connection.execute(
                f"CREATE TEMP TABLE placed_{name} AS SELECT entity_id, dataset, item FROM linked_{name}"
            )
            self._drop(
                "said", "chosen", f"linked_{name}", f"graph_{name}"
            )  # a step holds no more than one kind
            self.entities[name] = f"placed_{name}"

    def _relations(self) -> int:
        dangling = 0
        for name, view in list(self.relations.items()):
            dangling += relations.relations_of(
                self.connection, self.schema.relations[name], view, f"graph_{name}"
            )
            self._write(name, "id")
            self.relations[name] = f"graph_{name}"
            self._drop("ended", "stated", "several")
        return dangling

    def _drop(self, *tables: str) -> None:
        for table in tables:
            self.connection.execute(f"DROP TABLE {table}")

    def _write(self, kind: str, order: str) -> None:
        file = self.folder / "graph" / f"{kind}.parquet"
        columns = ", ".join(
            f'"{c.name}"::{_sql_type(c.storage.value)} AS "{c.name}"'
            for c in self.schema.kind(kind).columns()
        )
        self.connection.execute(
            f"COPY (SELECT {columns} FROM graph_{kind} ORDER BY {order}) TO '{file}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
        )
        self.counts[kind] = self._count(f"graph_{kind}")
        self.sums[kind] = table_hash(self.connection, self.schema, kind, file)

    # -- side tables ----------------------------------------------------------------------------

    def _side_tables(self) -> int:
        rules = [
            dict(rule) | {"dataset": b.info.dataset} for b in self.lake.batches() for rule in b.info.doubts
        ]
        unique = list({tuple(sorted(r.items())): r for r in rules}.values())
        self._copy(golden.doubts(unique, self.entities, self.relations), "doubt", "subject, code")
        self._copy("SELECT * FROM value", "value", "entity_id, property, value")
        self._drop("value")
        self._copy("SELECT * FROM decision", "decision", "left_key, right_key")
        self._copy("SELECT * FROM key_entity", "key", "source_key")
        self._copy(self._located(), "record", "record_id")
        return self._count(f"read_parquet('{self.folder / 'doubt.parquet'}')")

    def _located(self) -> str:
        tables = {**{k: f"record_{k}" for k in self.entities}, **{k: f"record_{k}" for k in self.relations}}
        parts = [
            f"SELECT record_id, batch, '{kind}' AS table_name, sheet, row, part, item, source_key FROM {name}"
            for kind, name in tables.items()
        ]
        empty = "SELECT NULL::VARCHAR AS record_id, NULL::VARCHAR AS batch, NULL::VARCHAR AS table_name, NULL::VARCHAR AS sheet, NULL::BIGINT AS row, NULL::INTEGER AS part, NULL::VARCHAR AS item, NULL::VARCHAR AS source_key WHERE false"
        return " UNION ALL ".join(parts or [empty])

    def _copy(self, query: str, name: str, order: str) -> None:
        file = self.folder / f"{name}.parquet"
        self.connection.execute(
            f"COPY (SELECT * FROM ({query}) ORDER BY {order}) TO '{file}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 20480)"
        )

    # -- history ---------------------------------------------------------------------------------

    def _remember(self, before: SnapshotInfo | None) -> None:
        run = entity_ids.next_run(self.lake)
        rows = [
            ids.history_rows(self.connection, entity_ids.history_sql(self.lake), run).cast(entity_ids.LAYOUT)
        ]
        if before is not None:
            old = resource.tables(self.lake, before).files
            for name, table in self.relations.items():
                if name in old:
                    gone = relations.redirects(self.connection, f"read_parquet('{old[name]}')", table)
                    query = f"SELECT entity_id, NULL::VARCHAR AS source_key, redirect_to, {run}::BIGINT AS since FROM ({gone})"
                    rows.append(self.connection.execute(query).to_arrow_table().cast(entity_ids.LAYOUT))
        entity_ids.append(self.lake, pa.concat_tables(rows), run)


def _sql_type(storage: str) -> str:
    return {
        "STRING": "VARCHAR",
        "STRING[]": "VARCHAR[]",
        "INT64": "BIGINT",
        "DOUBLE": "DOUBLE",
        "BOOL": "BOOLEAN",
    }[storage]
