"""Rebuild on a managed Neo4j: 1,000,000 nodes and 5,000,000 relations, beside a plain ``neo4j-admin`` import.

Ours starts from the Parquet tables while the server runs: it writes the CSV files, stops the server, imports, starts
it again, and makes the constraints and an index of relation ids for each type. Two peers, both without a server to
stop or start and without any constraint or index: the import of CSV files that are there already, and the
same with the time that DuckDB needs to write them from the same Parquet tables. The target is held to the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.clock import in_turn, seconds
from bench.finding import Finding, Target
from bench.setting import Setting
from bench.stores import PAGE_CACHE, empty_server, opened
from graph.adapters.neo4j_csv import ARRAY_DELIMITER, Files, write_import
from graph.adapters.neo4j_home import Home, tail
from graph.errors import StoreError
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
    """Seconds to write the CSV files, and of the import into a database that is not served."""
    with setting.scratch() as place, setting.scratch() as files:
        home = Home(place)
        home.configure(None, PAGE_CACHE)
        tables_of: list[tuple[Files, Files]] = []
        wrote = seconds(lambda: tables_of.append(write_import(files, load_schema(), tables)))
        nodes, relations = tables_of[0]
        arguments = [
            "--id-type=string",
            f"--array-delimiter={ARRAY_DELIMITER}",
            "--overwrite-destination=true",
        ]
        arguments += [f"--report-file={files / 'import.report'}"]
        arguments += [f"--nodes={kind}={_joined(of)}" for kind, of in nodes.items()]
        arguments += [f"--relationships={kind}={_joined(of)}" for kind, of in relations.items()]
        return wrote, seconds(lambda: _admin(home, "database", "import", "full", "neo4j", *arguments))


def _admin(home: Home, *arguments: str) -> None:
    done = home.admin(arguments, HEAP)
    if done.returncode:
        raise StoreError(f"the plain import failed: {tail(done.stdout)}")


def _joined(files: Sequence[Path]) -> str:
    return ",".join(map(str, files))
