"""From records to the store and back: exact retraction, difference and rebuild alike, broken stores, kills."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from graph.hash import graph_hash
from graph.model import Scope, View
from lake import evidence as lake_evidence
from lake import resource
from tests.workbench.use_cases import seed
from workbench import Session, Workspace, build, govern, ingest, init_workspace, investigate, open_workspace
from workbench.settings import Settings

TRAINING = Settings.model_validate({"workspace": {"mode": "training"}})
FEW = [
    ("工商登记_企业.csv", "county_firms"),
    ("工商登记_股东.csv", "county_shares"),
    ("高管.xlsx", "county_officers"),
]
PUBLISHED = """
import sys
from workbench import build, open_workspace
with open_workspace(sys.argv[1]) as w:
    s = w.session(reason="test")
    print("ready", flush=True)
    build.resolve(s)
    build.publish(s)
"""


def tables(workspace: Workspace) -> dict[str, list[Any]]:
    """Every row of the snapshot in force, tables beside the graph included."""
    folder = resource.folder_of(workspace.lake, resource.require_current(workspace.lake).id)
    return {
        str(file.relative_to(folder)): duckdb.sql(
            f"SELECT * FROM read_parquet('{file}') ORDER BY ALL"
        ).fetchall()
        for file in sorted(folder.rglob("*.parquet"))
    }


def record_ids(workspace: Workspace) -> set[str]:
    """Every record id that any table of the snapshot or any row of the store names."""
    folder = resource.folder_of(workspace.lake, resource.require_current(workspace.lake).id)
    found: set[str] = set()
    for file in folder.rglob("*.parquet"):
        columns = {row[0] for row in duckdb.sql(f"DESCRIBE SELECT * FROM read_parquet('{file}')").fetchall()}
        if "record_ids" in columns:
            found |= {
                r
                for (r,) in duckdb.sql(
                    f"SELECT DISTINCT unnest(record_ids) FROM read_parquet('{file}')"
                ).fetchall()
            }
        if "record_id" in columns:
            found |= {
                r for (r,) in duckdb.sql(f"SELECT DISTINCT record_id FROM read_parquet('{file}')").fetchall()
            }
    for text in ("MATCH (n) RETURN n.record_ids AS ids", "MATCH (a)-[r]->(b) RETURN r.record_ids AS ids"):
        rows = workspace.store.query(text, {}, View(Scope(population=True)))
        found |= {r for ids in rows["ids"].to_pylist() for r in ids}
    return found


def records_of(workspace: Workspace, batch: str) -> set[str]:
    """Record ids of a batch as its own files tell."""
    found: set[str] = set()
    for name in workspace.lake.batch(batch).tables:
        file = workspace.lake.batch_folder(batch) / f"{name}.parquet"
        if name in workspace.schema.kinds:
            found |= {r for (r,) in duckdb.sql(f"SELECT record_id FROM read_parquet('{file}')").fetchall()}
    return found


def built(session: Session) -> build.PublishReport:
    build.resolve(session)
    return build.publish(session)


def check_store(workspace: Workspace) -> None:
    """Store, snapshot and files say the same graph."""
    info = resource.require_current(workspace.lake)
    held = workspace.store.snapshot(verify=True)
    assert (held.id, held.graph_hash) == (info.id, info.graph_hash)
    assert graph_hash(workspace.schema, resource.tables(workspace.lake, info).files) == info.graph_hash


@pytest.fixture(scope="module")
def few_made(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with three files of the county, built."""
    folder = tmp_path_factory.mktemp("few") / "workspace"
    init_workspace(folder, TRAINING)
    shutil.copytree(made / "sources", folder / "sources")
    with open_workspace(folder) as workspace:
        session = workspace.session(reason="test")
        for file, mapping in FEW:
            ingest.import_file(session, folder / "sources" / file, mapping)
        built(session)
    return folder


@pytest.fixture
def few(few_made: Path, tmp_path: Path) -> Iterator[Session]:
    with open_workspace(shutil.copytree(few_made, tmp_path / "few")) as workspace:
        yield workspace.session(reason="test")


# -- retraction ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("mapping", ["county_bank", "county_officers", "county_kin"])
def test_retracting_takes_exactly_what_rests_on_the_batch(desk: Session, mapping: str) -> None:
    workspace = desk.workspace
    batch = next(b.info.id for b in workspace.lake.batches() if b.info.mapping.startswith(mapping + " "))
    own, before = records_of(workspace, batch), record_ids(workspace)
    assert own and own & before
    ingest.retract(desk, batch)
    assert record_ids(workspace) == before  # nothing moves before the build
    built(desk)
    after = record_ids(workspace)
    assert not after & own
    kept = set().union(*(records_of(workspace, b.info.id) for b in workspace.lake.batches()))
    # What is left out may only be relations whose end point the batch alone knew.
    assert after <= kept
    ends = resource.require_current(workspace.lake)
    assert len(kept - after) == ends.dangling
    check_store(workspace)


def test_no_evidence_of_a_retracted_batch_is_shown(desk: Session) -> None:
    workspace = desk.workspace
    batch = next(b.info.id for b in workspace.lake.batches() if b.info.mapping.startswith("county_posts "))
    shown = lambda: {e.batch for e in investigate.evidence(desk, seed(desk), limit=200).rows}  # noqa: E731
    stated = lambda: set().union(*(s.record_ids for s in investigate.open_entity(desk, seed(desk)).stated))  # noqa: E731
    assert batch in shown() and stated() & records_of(workspace, batch)
    ingest.retract(desk, batch)
    built(desk)
    assert batch not in shown() and not stated() & records_of(workspace, batch)


def test_retract_and_import_again_gives_the_same_graph_with_the_new_batch_behind_it(few: Session) -> None:
    workspace = few.workspace
    before = resource.require_current(workspace.lake)
    file, mapping = FEW[0]
    old = next(b.info.id for b in workspace.lake.batches() if b.info.mapping.startswith(mapping + " "))
    ingest.retract(few, old)
    built(few)
    assert resource.require_current(workspace.lake).graph_hash != before.graph_hash
    again = ingest.import_file(few, workspace.folder / "sources" / file, mapping)
    (new,) = (b.info.id for b in again.batches)
    assert new != old
    built(few)
    now = resource.require_current(workspace.lake)
    assert now.graph_hash == before.graph_hash
    some = sorted(records_of(workspace, new))[:5]
    assert {e.batch for e in lake_evidence.evidence(workspace.lake, some)} == {new}
    check_store(workspace)


# -- publish ------------------------------------------------------------------------------------------


def test_the_same_file_again_changes_nothing(few: Session) -> None:
    workspace = few.workspace
    before, lines = tables(workspace), len(workspace.ledger.lines())
    for file, mapping in FEW:
        report = ingest.import_file(few, workspace.folder / "sources" / file, mapping)
        assert report.unchanged
    assert len(workspace.ledger.lines()) == lines
    assert build.resolve(few).unchanged
    assert build.publish(few).how == "unchanged"
    assert tables(workspace) == before


def test_difference_and_rebuild_give_the_same_graph(few: Session, tmp_path: Path) -> None:
    workspace = few.workspace
    sources = workspace.folder / "sources"
    part = tmp_path / "part.csv"  # a small file: a large difference would be loaded anew
    text = (sources / "联系方式.csv").read_text(encoding="utf-8-sig").splitlines(keepends=True)
    part.write_text("".join(text[:15]), encoding="utf-8")
    (batch,) = (b.info.id for b in ingest.import_file(few, part, "county_contacts").batches)
    build.resolve(few)
    grown = build.publish(few)
    assert grown.how == "difference"
    held = workspace.store.snapshot(verify=True)
    assert build.publish(few, rebuild=True).how == "rebuild"
    assert workspace.store.snapshot(verify=True) == held
    check_store(workspace)
    ingest.retract(few, batch)
    build.resolve(few)
    assert build.publish(few).how == "difference"
    check_store(workspace)


def test_any_order_of_files_gives_the_same_snapshot(few: Session, tmp_path: Path) -> None:
    init_workspace(tmp_path / "other", TRAINING)
    shutil.copyfile(few.workspace.folder / "keys" / "token.key", tmp_path / "other" / "keys" / "token.key")
    with open_workspace(tmp_path / "other") as other:
        session = other.session(reason="test")
        for file, mapping in reversed(FEW):
            ingest.import_file(session, few.workspace.folder / "sources" / file, mapping)
        built(session)
        assert resource.require_current(other.lake) == resource.require_current(few.workspace.lake)


@pytest.mark.parametrize("damage", ["no folder", "no generation", "broken database", "strange snapshot"])
def test_a_store_that_broke_off_is_built_anew(few: Session, damage: str) -> None:
    folder = few.workspace.folder / "graph"
    few.workspace.close()
    pointer = folder / "current.json"
    generation = folder / json.loads(pointer.read_text())["generation"]
    if damage == "no folder":
        shutil.rmtree(folder)
    elif damage == "no generation":
        shutil.rmtree(generation)
    elif damage == "broken database":
        (generation / "graph.lbug").write_bytes(b"nothing of the kind" * 1000)
    else:
        told = json.loads(pointer.read_text()) | {"snapshot": "0000000000000000"}
        pointer.write_text(json.dumps(told))
    with open_workspace(few.workspace.folder) as workspace:
        session = workspace.session(reason="test")
        assert built(session).how == "rebuild"
        check_store(workspace)


def test_nothing_imported_is_an_empty_graph(tmp_path: Path) -> None:
    init_workspace(tmp_path / "w", TRAINING)
    with open_workspace(tmp_path / "w") as workspace:
        report = built(workspace.session(reason="test"))
        assert report.counts == {}
        check_store(workspace)


# -- kill -9 --------------------------------------------------------------------------------------------


def test_a_build_killed_at_any_moment_leaves_the_old_or_the_new(
    few_made: Path, made: Path, tmp_path: Path
) -> None:
    prepared = Path(shutil.copytree(few_made, tmp_path / "prepared"))
    with open_workspace(prepared) as workspace:
        session = workspace.session(reason="test")
        old = resource.require_current(workspace.lake)
        ingest.import_file(session, made / "sources" / "联系方式.csv", "county_contacts")
    whole = Path(shutil.copytree(prepared, tmp_path / "whole"))
    seconds = _run(whole, None)
    with open_workspace(whole) as workspace:
        new = resource.require_current(workspace.lake)
    seen = set()
    for part in (0.02, 0.4, 0.65, 0.9):
        folder = Path(shutil.copytree(prepared, tmp_path / "killed"))
        _run(folder, seconds * part)
        with open_workspace(folder) as workspace:
            lake, store = resource.require_current(workspace.lake), workspace.store.snapshot(verify=True)
            assert lake in (old, new)
            assert (store.id, store.graph_hash) in {(old.id, old.graph_hash), (new.id, new.graph_hash)}
            seen.add((lake == new, store.id == new.id))
            assert govern.verify_audit(workspace.session()).ok
            built(workspace.session(reason="test"))
            assert resource.require_current(workspace.lake) == new
            check_store(workspace)
            assert not (folder / "lake" / "tmp" / "snapshot").exists()
        shutil.rmtree(folder)
    assert (False, False) in seen  # at least one was killed before anything was done


def _run(folder: Path, kill_after: float | None) -> float:
    """Build in a process of its own; kill it so many seconds after it began to work. Returns how long it worked."""
    root = Path(__file__).resolve().parents[2]
    child = subprocess.Popen(
        [sys.executable, "-c", PUBLISHED, str(folder)],
        cwd=root,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert child.stdout is not None
    child.stdout.readline()
    started = time.monotonic()
    if kill_after is None:
        assert child.wait() == 0
    else:
        try:
            child.wait(kill_after)
        except subprocess.TimeoutExpired:
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
    child.stdout.close()
    return time.monotonic() - started
