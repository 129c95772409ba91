"""The workspace at a glance: counts of what it holds, never a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lake import resource
from workbench.door import act
from workbench.workspace import Session


@dataclass(frozen=True, slots=True)
class Status:
    """Counts over the snapshot in force and the batches behind it; ``data_as_of`` is the newest import (UTC)."""

    entities: int
    relations: int
    batches: int
    rows: int
    rejected: int
    data_as_of: datetime | None
    snapshot: str


@act("workspace.status", count=lambda _: 1)
def status(session: Session) -> Status:
    """Counts for the overview."""
    lake = session.workspace.lake
    found = resource.current(lake)
    batches = lake.batches()
    counts = found.counts if found else {}
    return Status(
        entities=sum(n for kind, n in counts.items() if kind in lake.schema.entities),
        relations=sum(n for kind, n in counts.items() if kind in lake.schema.relations),
        batches=len(batches),
        rows=sum(b.loaded for b in batches),
        rejected=sum(b.rejected for b in batches),
        data_as_of=max((b.recorded_at for b in batches), default=None),
        snapshot=found.id if found else "",
    )
