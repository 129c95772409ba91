"""Publish into Neo4j through the driver: 200,000 nodes and 1,000,000 relations, beside plain UNWIND batches.

Both start on a server just started with an empty database. Ours also keeps the account of what is published, makes
an index of relation ids for each type (later differences need them) and checks every batch. The peer is what a
careful user writes: a uniqueness constraint for each label, UNWIND of 10,000 rows, CREATE; nodes first; relations by
the labels of their ends, so that both ends come from an index; columns that are empty throughout are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from neo4j import Session

from bench.clock import in_turn, seconds
from bench.finding import Finding, Target
from bench.publish_embedded import Part, parted
from bench.setting import Setting
from bench.stores import driver_of, empty_server, opened
from graph.model import Change, TableSet
from graph.schema import load_schema

NODES, RELATIONS = 200_000, 1_000_000
BATCH = 10_000


def run(setting: Setting) -> Iterator[Finding]:
    """See the module."""
    tables = setting.graph(NODES, RELATIONS)
    with setting.scratch() as folder:
        parts = parted(tables.files, folder)
        found, other = in_turn(
            setting.rounds(5), lambda: _ours(setting, tables), lambda: _plain(setting, tables, parts)
        )
    yield Finding(
        f"publish Neo4j, {setting.size(NODES):,} nodes + {setting.size(RELATIONS):,} relations",
        "s",
        found,
        other,
        f"constraints, then UNWIND $rows (batches of {BATCH:,}) … CREATE through the same driver",
        Target("ratio", 1.15),
    )


def _ours(setting: Setting, tables: TableSet) -> float:
    with empty_server(setting) as server, opened(server) as store:
        return seconds(lambda: store.publish(tables, Change(base="", added=tables.files)))


def _plain(setting: Setting, tables: TableSet, parts: list[Part]) -> float:
    with empty_server(setting) as server, driver_of(server) as driver, driver.session() as session:
        return seconds(lambda: write_plainly(session, tables, parts))


def write_plainly(session: Session, tables: TableSet, parts: list[Part]) -> None:
    """Everything the peer does."""
    schema = load_schema()
    for label in schema.entities:
        session.run(f"CREATE CONSTRAINT FOR (n:{label}) REQUIRE n.id IS UNIQUE").consume()
    session.run("CALL db.awaitIndexes()").consume()
    for label in (k for k in schema.entities if k in tables.files):
        text = f"UNWIND $rows AS row CREATE (n:{label}) SET n = row"
        for rows in _batches(tables.files[label]):
            session.run(text, rows=rows).consume()
    for kind, a, b, file in parts:
        text = (
            f"UNWIND $rows AS row MATCH (a:{a} {{id: row.from_id}}) MATCH (b:{b} {{id: row.to_id}}) "
            f"CREATE (a)-[r:{kind}]->(b) SET r = row.own"
        )
        for rows in _batches(file):
            ends = ({"from_id": row.pop("from_id"), "to_id": row.pop("to_id"), "own": row} for row in rows)
            session.run(text, rows=list(ends)).consume()


def _batches(file: Path) -> Iterator[list[dict[str, Any]]]:
    table: pa.Table = pq.read_table(file)
    filled = [name for name in table.column_names if table[name].null_count < len(table)]
    for batch in table.select(filled).to_batches(BATCH):
        yield batch.to_pylist()
