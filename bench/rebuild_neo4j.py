"""Rebuild on a managed Neo4j: 1,000,000 nodes and 5,000,000 relations, beside a plain ``neo4j-admin`` import.

Ours starts from the Parquet tables while the server runs: it writes the CSV files, stops the server, imports, starts
it again, and makes the constraints and an index of relation ids for each type. Two peers, both with the server
stopped before and after and without any constraint or index: the import of CSV files that are there already, and the
same with the time that DuckDB needs to write them from the same Parquet tables. The target is held to the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.clock import in_turn, seconds
from bench.finding import Finding, Target
from bench.setting import Setting
from bench.stores import empty_server, opened
from graph.adapters.neo4j_csv import ARRAY_DELIMITER, Files, write_import
from graph.model import TableSet
from graph.schema import load_schema

NODES, RELATIONS = 1_000_000, 5_000_000
HEAP = "1g"
"""Heap of the import, as ours."""


def run(setting: Setting) -> Iterator[Finding]:
    """See the module."""
    tables = setting.graph(NODES, RELATIONS)
    ours, peer = in_turn(setting.rounds(2), lambda: _ours(setting, tables), lambda: _plain(setting, tables))
    name = f"rebuild Neo4j, {setting.size(NODES):,} nodes + {setting.size(RELATIONS):,} relations"
    imports = tuple(took for _, took in peer)
    whole = tuple(wrote + took for wrote, took in peer)
    yield Finding(
        name, "s", ours, imports, "neo4j-admin database import full, CSV there already", Target("ratio", 1.5)
    )
    yield Finding(
        f"{name} (from Parquet)", "s", ours, whole, "the CSV files written by DuckDB, then the same import"
    )


def _ours(setting: Setting, tables: TableSet) -> float:
    with empty_server(setting) as server, opened(server) as store:
        return seconds(lambda: store.rebuild(tables))


def _plain(setting: Setting, tables: TableSet) -> tuple[float, float]:
    """Seconds to write the CSV files, and of the import."""
    with setting.scratch() as folder, empty_server(setting) as server:
        server.stop()
        files: list[tuple[Files, Files]] = []
        wrote = seconds(lambda: files.append(write_import(folder, load_schema(), tables)))
        arguments = [f"--nodes={kind}={_joined(of)}" for kind, of in files[0][0].items()]
        arguments += [f"--relationships={kind}={_joined(of)}" for kind, of in files[0][1].items()]
        arguments += [
            "--id-type=string",
            f"--array-delimiter={ARRAY_DELIMITER}",
            "--overwrite-destination=true",
        ]
        return wrote, seconds(
            lambda: server.admin("database", "import", "full", "neo4j", *arguments, heap=HEAP)
        )


def _joined(files: Sequence[Path]) -> str:
    return ",".join(map(str, files))
