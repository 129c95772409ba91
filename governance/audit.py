"""The audit chain (S-11 to S-16): who opened what, when, under which case and purpose, allowed or not.

Each entry holds the hash of the one before, so that a changed, removed or moved entry is found. A
chain alone does not show that its end was cut or an old copy put back; for that its *heads* are
written every ten minutes, and at the end, to a file that should lie on another medium.
No log, no answer: where an entry cannot be written, ``append`` raises and the caller must not answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Column, MetaData, String, Table, Text, func, insert, select

from governance.heads import Head, append_head, last_head, read_heads
from governance.scrub import scrub, scrub_text
from graph.errors import IntegrityError, StoreError
from lake.database import NUMBER, Clock, Database, moment, stamp, utc_now
from lake.ledger import stable_json

Outcome = Literal["allowed", "refused", "failed"]
FaultKind = Literal["changed", "missing", "moved", "cut", "replaced", "unreadable"]
FAULTS_KEPT = 100
SHOWN_KEPT = 1000
"""So many ids are kept in an entry; all of them are covered by its digest."""
FIRST = "0" * 64
"""What the first entry names as the one before."""

_METADATA = MetaData()
_EVENT = Table(
    "audit_event",
    _METADATA,
    Column("seq", NUMBER, primary_key=True, autoincrement=False),
    Column("at", String(27), nullable=False),
    *(Column(name, Text, nullable=False) for name in ("actor", "client", "act", "case", "purpose", "reason")),
    *(Column(name, Text, nullable=False) for name in ("parameters", "shown", "shown_digest")),
    Column("count", NUMBER, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("outcome", "decided")),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What the door tells the audit of one act.

    ``client``: from where (command line, page, address). ``shown``: ids of the entities, relations and
    records that were shown, never values; ``count``: how many items, where that is not their number.
    ``decided``: mark of ``second_person``. ``parameters``: what was asked, scrubbed before it is written.
    """

    actor: str
    client: str
    act: str
    outcome: Outcome
    case: str = ""
    purpose: str = ""
    reason: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    shown: Sequence[str] = ()
    count: int | None = None
    decided: str = ""


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One entry of the chain. ``shown``: the first 1,000 ids; ``shown_digest``: SHA-256 over all of them."""

    seq: int
    at: datetime
    actor: str
    client: str
    act: str
    case: str
    purpose: str
    reason: str
    parameters: Mapping[str, Any]
    shown: tuple[str, ...]
    shown_digest: str
    count: int
    outcome: str
    decided: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the chain does not hold. ``seq`` 0 = the log as a whole.

    changed: an entry is not what its hash says. missing: numbers are left out. moved: an entry does
    not follow the one before it. cut: a head names an entry beyond the end. replaced: a head names
    another entry at this number (an old copy went on, or the chain was written anew). unreadable.
    """

    kind: FaultKind
    seq: int
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What ``verify`` found: entries and heads looked at, the last hash, every fault (100 at most)."""

    events: int
    heads: int
    last: str
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        return not self.faults


class AuditLog:
    """An open audit log; several threads and processes may write the same one."""

    def __init__(self, database: Database, heads: Path | None, every: timedelta, clock: Clock) -> None:
        self._database = database
        self._heads = heads
        self._every = every
        self._clock = clock
        self._head = last_head(heads) if heads else None
        self._newest: Head | None = None

    @classmethod
    def open(
        cls, where: str | Path, *, heads: Path | None = None, every: timedelta = timedelta(minutes=10),
        clock: Clock = utc_now,
    ) -> AuditLog:  # fmt: skip
        """Open the log in a SQLite file or behind a ``postgresql://`` URL; ``heads``: file of its heads."""
        return cls(Database.open(where, _METADATA), heads, every, clock)

    def append(self, entry: Entry) -> AuditEvent:
        """Write one entry. ``StoreError`` where that fails: then nothing may be answered."""
        row = _row(entry)
        with self._database.writing("mingcha.audit") as connection:
            newest = select(_EVENT.c.seq, _EVENT.c.hash).order_by(_EVENT.c.seq.desc()).limit(1)
            last = connection.execute(newest).first()
            row |= {"seq": last.seq + 1 if last else 1, "previous": last.hash if last else FIRST,
                    "at": stamp(self._clock())}  # fmt: skip
            row["hash"] = entry_hash(row)
            connection.execute(insert(_EVENT), row)
        event = _event(row)
        self._newest = Head(event.seq, event.hash, event.at)
        if self._head is None or event.at - self._head.at >= self._every:
            self._witness()
        return event

    def events(
        self, *, after: int = 0, actor: str | None = None, acts: Iterable[str] | None = None,
        case: str | None = None, shown: str | None = None, since: datetime | None = None,
        newest_first: bool = False, limit: int = 1000,
    ) -> list[AuditEvent]:  # fmt: skip
        """Entries that meet every condition given; ``shown``: that showed this id. At most ``limit``."""
        asked = select(_EVENT).where(_EVENT.c.seq > after)
        if actor is not None:
            asked = asked.where(_EVENT.c.actor == actor)
        if acts is not None:
            asked = asked.where(_EVENT.c.act.in_(list(acts)))
        if case is not None:
            asked = asked.where(_EVENT.c.case == case)
        if shown is not None:
            asked = asked.where(_EVENT.c.shown.contains(stable_json(shown), autoescape=True))
        if since is not None:
            asked = asked.where(_EVENT.c.at >= stamp(since))
        order = _EVENT.c.seq.desc() if newest_first else _EVENT.c.seq
        with self._database.reading() as connection:
            return [_event(row._asdict()) for row in connection.execute(asked.order_by(order).limit(limit))]

    def opened(self, actor: str, acts: Iterable[str], since: datetime) -> int:
        """How many items ``actor`` was shown by ``acts`` since then (the limit of S-04)."""
        asked = select(func.coalesce(func.sum(_EVENT.c.count), 0)).where(
            _EVENT.c.actor == actor, _EVENT.c.act.in_(list(acts)), _EVENT.c.at >= stamp(since),
            _EVENT.c.outcome == "allowed",
        )  # fmt: skip
        with self._database.reading() as connection:
            return int(connection.execute(asked).scalar_one())

    def verify(self, heads: Sequence[Head] = ()) -> Verdict:
        """Compute every hash anew and compare with the heads given and those of the log's own file."""
        chain = _Chain()
        try:
            chain.expect([*heads, *(read_heads(self._heads) if self._heads else ())])
            with self._database.reading() as connection:
                streamed = connection.execution_options(yield_per=5000)
                for row in streamed.execute(select(_EVENT).order_by(_EVENT.c.seq)):
                    chain.add(row._asdict())
            chain.end()
        except (StoreError, IntegrityError) as fault:
            chain.fault("unreadable", 0, str(fault))
        return Verdict(chain.count, len(chain.heads), chain.last, tuple(chain.faults))

    def close(self) -> None:
        """Write the last head and let go of the database. Closing twice is allowed."""
        if self._newest is not None and (self._head is None or self._head.seq < self._newest.seq):
            self._witness()
        self._database.close()

    def _witness(self) -> None:
        if self._heads is not None and self._newest is not None:
            append_head(self._heads, self._newest)
            self._head = self._newest


def entry_hash(row: Mapping[str, Any]) -> str:
    """SHA-256 over the stored columns without ``hash``, as JSON with sorted keys and no spaces, in UTF-8."""
    covered = {name: value if isinstance(value, str | int) else repr(value) for name, value in row.items()}
    covered.pop("hash", None)
    return hashlib.sha256(stable_json(covered).encode()).hexdigest()


class _Chain:
    """Walks the entries in order; a broken one is reported once, not with everything after it."""

    def __init__(self) -> None:
        self.count = 0
        self.seq = 0
        self.last = FIRST
        self.heads: Sequence[Head] = ()
        self.faults: list[Fault] = []
        self._due: dict[int, list[Head]] = {}

    def fault(self, kind: FaultKind, seq: int, text: str) -> None:
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append(Fault(kind, seq, text))

    def expect(self, heads: Sequence[Head]) -> None:
        self.heads = heads
        for head in heads:
            self._due.setdefault(head.seq, []).append(head)

    def add(self, row: Mapping[str, Any]) -> None:
        seq = row["seq"]
        if seq != self.seq + 1:
            self.fault("missing", self.seq + 1, f"entries {self.seq + 1} to {seq - 1} are missing")
        elif row["previous"] != self.last:
            self.fault("moved", seq, f"entry {seq} does not follow entry {seq - 1}")
        if row["hash"] != entry_hash(row):
            self.fault("changed", seq, f"entry {seq} is not what was written")
        for head in self._due.pop(seq, ()):
            if head.hash != row["hash"]:
                self.fault("replaced", seq, f"entry {seq} is another one than on {head.at}")
        self.count += 1
        self.seq, self.last = seq, str(row["hash"])

    def end(self) -> None:
        for seq in sorted(self._due):
            if seq > self.seq:
                self.fault("cut", seq, f"there was an entry {seq}, but the log ends at {self.seq}")


def _row(entry: Entry) -> dict[str, Any]:
    ids = [scrub_text(shown) for shown in entry.shown]
    texts = ("actor", "client", "act", "case", "purpose", "reason", "decided")
    return {
        **{name: scrub_text(getattr(entry, name)) for name in texts},
        "outcome": entry.outcome,
        "parameters": stable_json(scrub(entry.parameters)),
        "shown": stable_json(ids[:SHOWN_KEPT]),
        "shown_digest": hashlib.sha256(stable_json(ids).encode()).hexdigest(),
        "count": len(ids) if entry.count is None else entry.count,
    }


def _event(row: Mapping[str, Any]) -> AuditEvent:
    told = dict(row)
    told |= {"at": moment(row["at"]), "parameters": json.loads(row["parameters"])}
    told["shown"] = tuple(json.loads(row["shown"]))
    return AuditEvent(**told)
