"""The resource library 资源库: snapshots of resolved entities and relations, and the difference between two of them.

::

    resource/<snapshot>/graph/<Kind>.parquet   24 tables in the layout both stores use (identifiers masked)
    resource/<snapshot>/value.parquet          every clear value with the records behind it, by entity
    resource/<snapshot>/record.parquet         where each record stands: batch, table, sheet, row, part
    resource/<snapshot>/decision.parquet       machine decisions in force, with rule and records
    resource/<snapshot>/doubt.parquet          marks that warn a reader (namesakes run together, self-loop by merge)
    resource/<snapshot>/snapshot.json          ids and hashes; written last
    resource/current.json                      names the snapshot in force
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from graph.errors import NotFound
from graph.hash import row_digest
from graph.model import Change, TableSet
from graph.schema import Schema
from lake.batches import flush
from lake.lake import Lake

LAYOUT = "1"
"""Version of the tables beside the graph; another one makes another snapshot of the same records."""


@dataclass(frozen=True, slots=True)
class SnapshotInfo:
    """What a snapshot says of itself. ``cluster_hash`` covers sets of source keys; ``graph_hash`` ids and values.

    Its ``id`` covers both and the batches it rests on: the same file under another batch is the same graph with
    other evidence behind it. The one in force and the one before are kept, as a store may still stand at that.
    """

    id: str
    graph_hash: str
    cluster_hash: str
    counts: Mapping[str, int]
    units: int
    dangling: int
    """Relation records left out because an end point has no record in force."""


def snapshot_id(graph_hash: str, cluster_hash: str, batches: Iterable[str]) -> str:
    """Id of the snapshot with these hashes over these batches (in any order)."""
    text = "\n".join((LAYOUT, graph_hash, cluster_hash, *sorted(batches)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def folder_of(lake: Lake, snapshot: str) -> Path:
    """Folder of a snapshot."""
    return lake.folder / "resource" / snapshot


def current(lake: Lake) -> SnapshotInfo | None:
    """The snapshot in force, None before the first resolution."""
    pointer = lake.folder / "resource" / "current.json"
    if not pointer.exists():
        return None
    return read_info(lake, json.loads(pointer.read_text(encoding="utf-8"))["snapshot"])


def require_current(lake: Lake) -> SnapshotInfo:
    """The snapshot in force; ``NotFound`` telling what to do where there is none."""
    found = current(lake)
    if found is None:
        raise NotFound("nothing is resolved yet; import files, then run: mingcha build")
    return found


def read_info(lake: Lake, snapshot: str) -> SnapshotInfo:
    """What the snapshot says of itself; ``NotFound`` where it is not kept any more."""
    file = folder_of(lake, snapshot) / "snapshot.json"
    if not file.exists():
        raise NotFound(f"snapshot {snapshot} is not kept any more; run: mingcha build")
    return SnapshotInfo(**json.loads(file.read_text(encoding="utf-8")))


def tables(lake: Lake, info: SnapshotInfo) -> TableSet:
    """The 24 graph tables of a snapshot."""
    folder = folder_of(lake, info.id) / "graph"
    return TableSet(info.id, info.graph_hash, {file.stem: file for file in sorted(folder.glob("*.parquet"))})


def part(lake: Lake, name: str) -> Path:
    """Path of ``value``, ``record``, ``decision`` or ``doubt`` of the snapshot in force."""
    return folder_of(lake, require_current(lake).id) / f"{name}.parquet"


def commit(lake: Lake, building: Path, info: SnapshotInfo) -> None:
    """Put a finished snapshot folder in place and in force, in one step each. Call within ``lake.writing``."""
    (building / "snapshot.json").write_text(json.dumps(asdict(info), ensure_ascii=False), encoding="utf-8")
    for file in building.rglob("*"):
        flush(file)
    flush(building)
    target = folder_of(lake, info.id)
    target.parent.mkdir(exist_ok=True)
    if not target.exists():
        os.rename(building, target)
    pointer = target.parent / "current.json"
    before = json.loads(pointer.read_text(encoding="utf-8"))["snapshot"] if pointer.exists() else ""
    half = target.parent / "current.part"
    half.write_text(json.dumps({"snapshot": info.id, "before": before}), encoding="utf-8")
    flush(half)
    os.replace(half, pointer)
    flush(target.parent)
    _prune(target.parent, {info.id, before})


def _prune(folder: Path, keep: set[str]) -> None:
    for old in folder.iterdir():
        if old.is_dir() and old.name not in keep:
            shutil.rmtree(old, ignore_errors=True)


def difference(lake: Lake, schema: Schema, base: str, target: SnapshotInfo, folder: Path) -> Change:
    """Rows added, changed and removed from snapshot ``base`` to ``target``, written under ``folder``.

    ``NotFound`` where ``base`` is not kept any more (rebuild the store then).
    """
    old = tables(lake, read_info(lake, base)).files
    new = tables(lake, target).files
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, dict[str, Path]] = {"added": {}, "changed": {}, "removed": {}}
    connection = lake.connect()
    try:
        for kind in schema.kinds:
            if kind in old or kind in new:
                for what, path in _kind_difference(
                    connection, schema, kind, old.get(kind), new.get(kind), folder
                ):
                    found[what][kind] = path
    finally:
        connection.close()
    return Change(base, found["added"], found["changed"], found["removed"])


def _kind_difference(
    connection: duckdb.DuckDBPyConnection,
    schema: Schema,
    kind: str,
    old: Path | None,
    new: Path | None,
    folder: Path,
) -> list[tuple[str, Path]]:
    ends = ", from_id, to_id" if kind in schema.relations else ""
    digest = row_digest(schema, kind)
    for side, path in (("old", old), ("new", new)):
        known = path or new or old
        assert known is not None
        keep = "" if path else " WHERE false"
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {side}_side AS SELECT id{ends}, {digest} AS digest FROM read_parquet('{known}'){keep}"
        )
    moved = " OR o.from_id <> n.from_id OR o.to_id <> n.to_id" if ends else ""
    fresh = f"SELECT n.id FROM new_side n LEFT JOIN old_side o USING (id) WHERE o.id IS NULL{moved}"
    same_ends = " AND o.from_id = n.from_id AND o.to_id = n.to_id" if ends else ""
    other = f"SELECT n.id FROM new_side n JOIN old_side o USING (id) WHERE o.digest <> n.digest{same_ends}"
    gone_columns = "o.id, o.from_id, o.to_id" if ends else "o.id"
    gone = f"SELECT {gone_columns} FROM old_side o LEFT JOIN new_side n USING (id) WHERE n.id IS NULL{moved}"
    queries = [("removed", gone)]
    if new is not None:
        queries += [
            (what, f"SELECT t.* FROM read_parquet('{new}') t SEMI JOIN ({ids}) USING (id) ORDER BY id")
            for what, ids in (("added", fresh), ("changed", other))
        ]
    out = []
    for what, query in queries:
        path = folder / f"{kind}.{what}.parquet"
        counted = connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)").fetchone()
        if counted and counted[0]:
            out.append((what, path))
    return out
