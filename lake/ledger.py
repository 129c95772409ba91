"""The append-only ledger of human decisions: one half of the truth (the other is the records).

A line is never changed. A decision is taken back by a further line of kind ``undo``, and that one can
be undone as well, which brings the decision back. What was in force at any past moment can be read
again with ``known_at``, because the times of lines never run backwards.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import Column, Connection, Index, MetaData, String, Table, Text, insert, select
from sqlalchemy.sql import ColumnElement

from graph.errors import IntegrityError, LedgerConflict, NotFound
from lake.database import NUMBER, Clock, Database, moment, stamp, utc_now

JSON: TypeAlias = "str | int | float | bool | Sequence[JSON] | Mapping[str, JSON] | None"

KINDS: Mapping[str, str] = {
    "batch.import": "a file was loaded as a batch",
    "batch.retract": "a batch dropped out of every view",
    "judgement": "two source keys are the same, different, or nobody can say",
    "case.new": "a case was opened",
    "case.member": "a person may work on a case",
    "case.seed": "an entity from which a case may look",
    "case.scope": "how many hops around its seeds a case may see",
    "case.stage": "the stage a case has reached",
    "case.expiry": "the day up to which a case may look",
    "case.note": "a remark on something in a case",
    "case.view": "a named view of a case, or positions pinned by hand",
    "reveal": "a masked value was shown to one person for some minutes",
    "proposal": "an act that needs two people was asked for",
    "approval": "a second person agreed to a proposal",
    "decision": "an act that needs two people was decided: by two, or alone and marked so",
    "undo": "an earlier line is no longer in force",
}
"""Every kind of line there is, and what it says."""

FINAL = frozenset({"batch.import", "case.new", "reveal", "decision"})
"""Kinds that say what happened, not what holds; undoing them would hide it."""

_METADATA = MetaData()
_LINE = Table(
    "ledger_line",
    _METADATA,
    Column("seq", NUMBER, primary_key=True, autoincrement=False),
    Column("kind", String(32), nullable=False),
    Column("payload", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", String(27), nullable=False),
    Column("undoes", NUMBER),
    Index("ledger_line_kind", "kind", "seq"),
    Index("ledger_line_undoes", "undoes"),
)
_SUBJECT = Table(
    "ledger_subject",
    _METADATA,
    Column("seq", NUMBER, primary_key=True, autoincrement=False),
    Column("position", NUMBER, primary_key=True, autoincrement=False),
    Column("subject", Text, nullable=False),
    Index("ledger_subject_subject", "subject", "seq"),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A line before it is written. ``subjects`` are the ids it is about, in an order the kind gives."""

    kind: str
    subjects: tuple[str, ...]
    payload: Mapping[str, JSON]
    actor: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the ledger: ``seq`` counts from 1 without gaps, ``at`` is UTC, ``undoes`` a ``seq``."""

    seq: int
    kind: str
    subjects: tuple[str, ...]
    payload: Mapping[str, Any]
    actor: str
    at: datetime
    undoes: int | None = None


class Ledger:
    """An open ledger; several threads and processes may write the same one."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    @classmethod
    def open(cls, where: str | Path, *, clock: Clock = utc_now) -> Ledger:
        """Open the ledger in a SQLite file (made if missing) or behind a ``postgresql://`` URL."""
        return cls(Database.open(where, _METADATA), clock)

    def append(
        self, kind: str, subjects: Sequence[str], payload: Mapping[str, JSON], actor: str,
        *, at: datetime | None = None,
    ) -> Line:  # fmt: skip
        """Write one line and give it back. See ``append_many``."""
        return self.append_many([Draft(kind, tuple(subjects), payload, actor)], at=at)[0]

    def append_many(
        self, drafts: Sequence[Draft], *, at: datetime | None = None, unless: Collection[tuple[str, str]] = ()
    ) -> list[Line]:
        """Write all of ``drafts`` or none.

        ``at``: when it was decided, not later than now and not before the last line; without it, now.
        ``unless``: pairs (kind, subject); where such a line stands already, undone or not, nothing is
        written and ``LedgerConflict`` raised. That is how a number is given once, by one of two writers.
        ``IntegrityError`` for a line that cannot be one: unknown kind, no actor, payload that is no JSON.
        """
        texts = [_checked(draft) for draft in drafts]
        with self._database.writing("mingcha.ledger") as connection:
            for kind, subject in unless:
                if _stands(connection, kind, subject):
                    raise LedgerConflict(f"the ledger already has a {kind} of {subject}; read it again first")
            return self._write(connection, drafts, texts, at)

    def undo(self, seq: int, actor: str, reason: str) -> Line:
        """Take line ``seq`` out of force. ``LedgerConflict`` where it is out already or its kind final."""
        if not reason.strip():
            raise LedgerConflict(f"line {seq} is not undone without a reason; say why")
        with self._database.writing("mingcha.ledger") as connection:
            found = _read(connection, (_LINE.c.seq == seq,))
            if not found:
                raise NotFound(f"the ledger has no line {seq}")
            line = found[0]
            if line.kind in FINAL:
                raise LedgerConflict(f"line {seq} says what happened ({line.kind}); it cannot be undone")
            if seq in _out_of_force(connection, None):
                raise LedgerConflict(f"line {seq} is undone already; undo its undoing to bring it back")
            draft = Draft("undo", line.subjects, {"reason": reason}, actor)
            return self._write(connection, [draft], [_checked(draft)], None, undoes=seq)[0]

    def lines(
        self, kinds: Collection[str] | None = None, subject: str | None = None, after: int = 0,
        *, since: datetime | None = None, known_at: datetime | None = None, undone: bool = False,
    ) -> list[Line]:  # fmt: skip
        """Lines in the order they were written, those out of force left out unless ``undone``.

        ``after``: only with a larger ``seq``. ``since``: written then or later. ``known_at``: as the
        ledger stood at that moment (later lines, and later undoings, do not count).
        """
        where: list[ColumnElement[bool]] = [_LINE.c.seq > after]
        if kinds is not None:
            where.append(_LINE.c.kind.in_([_known(kind) for kind in kinds]))
        if subject is not None:
            where.append(_LINE.c.seq.in_(select(_SUBJECT.c.seq).where(_SUBJECT.c.subject == subject)))
        if since is not None:
            where.append(_LINE.c.at >= stamp(since))
        if known_at is not None:
            where.append(_LINE.c.at <= stamp(known_at))
        with self._database.reading() as connection:
            found = _read(connection, where)
            out = frozenset() if undone else _out_of_force(connection, known_at)
        return [line for line in found if line.seq not in out]

    def out_of_force(self, known_at: datetime | None = None) -> frozenset[int]:
        """Numbers of the lines that are undone (at ``known_at``)."""
        with self._database.reading() as connection:
            return _out_of_force(connection, known_at)

    def now(self) -> datetime:
        """The ledger's clock."""
        return self._clock()

    def close(self) -> None:
        """Let go of the database. Closing twice is allowed."""
        self._database.close()

    def _write(
        self, connection: Connection, drafts: Sequence[Draft], texts: Sequence[str], at: datetime | None,
        undoes: int | None = None,
    ) -> list[Line]:  # fmt: skip
        if not drafts:
            return []
        newest = select(_LINE.c.seq, _LINE.c.at).order_by(_LINE.c.seq.desc()).limit(1)
        last = connection.execute(newest).first()
        when = self._when(at, moment(last.at) if last else None)
        first = (last.seq if last else 0) + 1
        lines: list[dict[str, Any]] = []
        subjects: list[dict[str, Any]] = []
        for seq, (draft, text) in enumerate(zip(drafts, texts, strict=True), first):
            lines.append({"seq": seq, "kind": draft.kind, "payload": text, "actor": draft.actor,
                          "at": stamp(when), "undoes": undoes})  # fmt: skip
            subjects += [{"seq": seq, "position": i, "subject": s} for i, s in enumerate(draft.subjects)]
        connection.execute(insert(_LINE), lines)
        if subjects:
            connection.execute(insert(_SUBJECT), subjects)
        return [_line(row, draft.subjects) for row, draft in zip(lines, drafts, strict=True)]

    def _when(self, at: datetime | None, last: datetime | None) -> datetime:
        now = self._clock()
        if at is None:  # a clock set back must not put a new line into the past
            return max(now, last) if last else now
        if at > now or (last is not None and at < last):
            raise IntegrityError(f"a line of {stamp(at)} would lie in the future or before the last line")
        return at


def stable_json(value: JSON) -> str:
    """``value`` as JSON text, the same for equal values. ``ValueError``/``TypeError`` where it is no JSON."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise IntegrityError(f"the ledger has no kind {kind!r}; the kinds are {', '.join(KINDS)}")
    return kind


def _checked(draft: Draft) -> str:
    """The payload as stable JSON text, or ``IntegrityError``."""
    _known(draft.kind)
    if not draft.actor or not all(draft.subjects):
        raise IntegrityError(f"a {draft.kind} line needs an actor, and no subject may be empty")
    try:
        text = stable_json(draft.payload)
        "".join((text, draft.actor, *draft.subjects)).encode()
    except (TypeError, ValueError) as fault:
        raise IntegrityError(f"the payload of a {draft.kind} line is no JSON: {fault}") from fault
    return text


def _stands(connection: Connection, kind: str, subject: str) -> bool:
    both = _LINE.join(_SUBJECT, _LINE.c.seq == _SUBJECT.c.seq)
    matches = (_LINE.c.kind == _known(kind), _SUBJECT.c.subject == subject)
    asked = select(_LINE.c.seq).select_from(both).where(*matches).limit(1)
    return connection.execute(asked).first() is not None


def _out_of_force(connection: Connection, known_at: datetime | None) -> frozenset[int]:
    undos = select(_LINE.c.seq, _LINE.c.undoes).where(_LINE.c.undoes.is_not(None))
    if known_at is not None:
        undos = undos.where(_LINE.c.at <= stamp(known_at))
    out: set[int] = set()
    # An undo names an earlier line, so that going backwards each undo is settled before it is used.
    for seq, undoes in connection.execute(undos.order_by(_LINE.c.seq.desc())):
        if seq not in out:
            out.add(undoes)
    return frozenset(out)


def _read(connection: Connection, where: Iterable[ColumnElement[bool]]) -> list[Line]:
    asked = select(_LINE).where(*where)
    rows = [row._asdict() for row in connection.execute(asked.order_by(_LINE.c.seq))]
    chosen = asked.with_only_columns(_LINE.c.seq)
    named = select(_SUBJECT).where(_SUBJECT.c.seq.in_(chosen)).order_by(_SUBJECT.c.seq, _SUBJECT.c.position)
    subjects = {
        seq: tuple(row.subject for row in group)
        for seq, group in groupby(connection.execute(named), key=lambda row: row.seq)
    }
    return [_line(row, subjects.get(row["seq"], ())) for row in rows]


def _line(row: Mapping[str, Any], subjects: tuple[str, ...]) -> Line:
    payload = json.loads(row["payload"])
    return Line(row["seq"], row["kind"], subjects, payload, row["actor"], moment(row["at"]), row["undoes"])
