"""Resolve and publish: from records in force to the graph store."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from entity_resolution.resolve import ResolutionReport
from entity_resolution.resolve import resolve as resolve_lake
from graph.errors import NotFound, StoreError
from graph.model import Change
from graph.store import Progress, no_progress
from lake import resource
from workbench.door import act
from workbench.workspace import Session, Workspace


@dataclass(frozen=True, slots=True)
class PublishReport:
    """What a publish did: ``how`` is unchanged, difference or rebuild; ``counts`` by kind in the store."""

    snapshot: str
    graph_hash: str
    how: str
    counts: dict[str, int]


@act("resolve.run", count=lambda r: sum(r.snapshot.counts.values()))
def resolve(session: Session, progress: Progress = no_progress) -> ResolutionReport:
    """Resolve every record in force to entities and relations."""
    lake = session.workspace.lake
    with lake.writing():
        return resolve_lake(lake, session.workspace.token_key, progress)


@act("publish.run", count=lambda r: sum(r.counts.values()))
def publish(session: Session, rebuild: bool = False, progress: Progress = no_progress) -> PublishReport:
    """Bring the graph store to the snapshot in force: by difference, or anew where it stands elsewhere."""
    workspace = session.workspace
    with workspace.lake.writing():
        target = resource.require_current(workspace.lake)
        how = "rebuild" if rebuild else _by_difference(workspace, target, progress)
        if how == "rebuild":
            workspace.store.rebuild(resource.tables(workspace.lake, target), progress)
    counts = {kind: n for kind, n in workspace.store.counts().items() if n}
    return PublishReport(target.id, target.graph_hash, how, counts)


def _by_difference(workspace: Workspace, target: resource.SnapshotInfo, progress: Progress) -> str:
    store, lake = workspace.store, workspace.lake
    folder = lake.temporary("change")
    try:
        stands = store.snapshot().id
        if stands == target.id:
            return "unchanged"
        change: Change = resource.difference(lake, workspace.schema, stands, target, folder)
        store.publish(resource.tables(lake, target), change, progress)
    except (NotFound, StoreError):  # the store is empty, stands at a snapshot no longer kept, or broke off
        return "rebuild"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return "difference"
