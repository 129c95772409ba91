"""What every ledger must do, on a SQLite file and on a real PostgreSQL."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from graph.errors import IntegrityError, LedgerConflict, NotFound, StoreError
from lake.ledger import FINAL, JSON, KINDS, Draft, Ledger
from tests.contracts.conftest import START, Hands


@pytest.fixture
def ledger(database_url: str, clock: Hands) -> Iterator[Ledger]:
    opened = Ledger.open(database_url, clock=clock)
    yield opened
    opened.close()


def note(ledger: Ledger, subject: str = "x", **payload: Any) -> int:
    return ledger.append("case.note", (subject,), payload, "ann").seq


def test_a_line_comes_back_as_it_was_written(ledger: Ledger) -> None:
    payload: dict[str, JSON] = {"zh": "招标", "b": [1, 2.5, None, True], "a": {"z": 1, "y": "\u0000"}}
    written = ledger.append("case.note", ("second", "first"), payload, "安")
    assert ledger.lines() == [written]
    assert (written.seq, written.subjects, written.at) == (1, ("second", "first"), START)
    assert written.payload == payload


def test_reopened_ledger_goes_on_counting(database_url: str, clock: Hands) -> None:
    for expected in (1, 2):
        opened = Ledger.open(database_url, clock=clock)
        assert note(opened) == expected
        opened.close()
        opened.close()


def test_filters(ledger: Ledger, clock: Hands) -> None:
    a = note(ledger, "a")
    clock.now += timedelta(hours=1)
    b = ledger.append("judgement", ("b", "a"), {}, "ann").seq
    seqs: Callable[..., list[int]] = lambda **asked: [line.seq for line in ledger.lines(**asked)]  # noqa: E731
    assert seqs(kinds=["judgement"]) == [b]
    assert seqs(subject="a") == [a, b]
    assert seqs(subject="b") == [b]
    assert seqs(after=a) == [b]
    assert seqs(since=clock.now) == [b]
    assert seqs(known_at=START) == [a]
    assert seqs(kinds=[]) == []


def test_many_lines_stand_or_fall_together(ledger: Ledger) -> None:
    good = Draft("case.note", ("x",), {}, "ann")
    with pytest.raises(IntegrityError):
        ledger.append_many([good, Draft("nonsense", ("x",), {}, "ann")])
    assert ledger.lines() == []
    assert [line.seq for line in ledger.append_many([good, good, good])] == [1, 2, 3]
    assert ledger.append_many([]) == []


@pytest.mark.parametrize(
    "bad",
    [
        Draft("nonsense", ("x",), {}, "ann"),
        Draft("case.note", ("x",), {}, ""),
        Draft("case.note", ("",), {}, "ann"),
        Draft("case.note", ("x",), {"n": float("nan")}, "ann"),
        Draft("case.note", ("x",), {"o": object()}, "ann"),  # type: ignore[dict-item]
        Draft("case.note", ("x",), {"s": "\udc80"}, "ann"),
    ],
)
def test_what_is_no_line_is_refused(ledger: Ledger, bad: Draft) -> None:
    with pytest.raises(IntegrityError):
        ledger.append_many([bad])
    assert ledger.lines() == []


def test_asking_for_an_unknown_kind_is_an_error(ledger: Ledger) -> None:
    with pytest.raises(IntegrityError, match="no kind 'judgment'"):
        ledger.lines(kinds=["judgment"])


def test_undo_and_redo(ledger: Ledger, clock: Hands) -> None:
    seq = note(ledger, "x")
    clock.now += timedelta(hours=1)
    undo = ledger.undo(seq, "bob", "wrong person")
    assert (undo.kind, undo.undoes, undo.subjects) == ("undo", seq, ("x",))
    assert ledger.lines(kinds=["case.note"]) == []
    assert [line.seq for line in ledger.lines(kinds=["case.note"], undone=True)] == [seq]
    clock.now += timedelta(hours=1)
    redo = ledger.undo(undo.seq, "bob", "right after all")
    assert [line.seq for line in ledger.lines()] == [seq, redo.seq]
    assert ledger.out_of_force() == {undo.seq}
    ledger.undo(seq, "bob", "wrong for sure")  # after the redo it stands, so that it can be undone anew
    assert ledger.lines(kinds=["case.note"]) == []


def test_undo_counts_only_from_its_own_time(ledger: Ledger, clock: Hands) -> None:
    seq = note(ledger)
    before = clock.now
    clock.now += timedelta(days=30)
    ledger.undo(seq, "ann", "mistake")
    assert [line.seq for line in ledger.lines(known_at=before)] == [seq]
    assert ledger.out_of_force(before) == frozenset()
    assert ledger.lines(kinds=["case.note"], known_at=clock.now) == []


def test_undo_that_cannot_be(ledger: Ledger) -> None:
    seq = note(ledger)
    with pytest.raises(LedgerConflict, match="reason"):
        ledger.undo(seq, "ann", " ")
    with pytest.raises(NotFound):
        ledger.undo(99, "ann", "why")
    ledger.undo(seq, "ann", "why")
    with pytest.raises(LedgerConflict, match="undone already"):
        ledger.undo(seq, "ann", "again")


@pytest.mark.parametrize("kind", sorted(FINAL))
def test_what_happened_cannot_be_undone(ledger: Ledger, kind: str) -> None:
    with pytest.raises(LedgerConflict, match="happened"):
        ledger.undo(ledger.append(kind, ("x",), {}, "ann").seq, "ann", "hide it")
    assert kind in KINDS


def test_once_only(ledger: Ledger) -> None:
    draft = Draft("case.new", ("case:1",), {}, "ann")
    ledger.append_many([draft], unless=[("case.new", "case:1")])
    with pytest.raises(LedgerConflict):
        ledger.append_many([draft], unless=[("case.new", "case:1")])
    ledger.append_many([Draft("case.new", ("case:2",), {}, "ann")], unless=[("case.new", "case:2")])
    assert len(ledger.lines()) == 2


def test_time_never_runs_backwards(ledger: Ledger, clock: Hands) -> None:
    note(ledger)
    clock.now -= timedelta(hours=1)  # the machine's clock was set back
    assert ledger.append("case.note", ("x",), {}, "ann").at == START
    for at in (START - timedelta(minutes=90), START + timedelta(days=1)):
        with pytest.raises(IntegrityError):
            ledger.append("case.note", ("x",), {}, "ann", at=at)
    clock.now = START + timedelta(days=2)
    assert ledger.append("case.note", ("x",), {}, "ann", at=START + timedelta(days=1)).at.day == START.day + 1


FORBIDDEN = [
    "UPDATE ledger_line SET actor = 'eve'",
    "DELETE FROM ledger_line",
    "UPDATE ledger_subject SET subject = 'y'",
    "DELETE FROM ledger_subject",
]
ONLY_SQLITE = [
    "REPLACE INTO ledger_line VALUES (1, 'case.note', '{}', 'eve', '', NULL)",
    "INSERT OR REPLACE INTO ledger_subject VALUES (1, 0, 'y')",
]
ONLY_POSTGRES = ["TRUNCATE ledger_line", "TRUNCATE ledger_subject"]


def test_the_database_itself_forbids_changes(ledger: Ledger, database_url: str) -> None:
    note(ledger)
    engine = create_engine(database_url)
    sqlite = engine.dialect.name == "sqlite"
    for statement in FORBIDDEN + (ONLY_SQLITE if sqlite else ONLY_POSTGRES):
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text(statement))
    engine.dispose()
    assert [(line.actor, line.subjects) for line in ledger.lines()] == [("ann", ("x",))]


def write_many(database_url: str, actor: str, gate: Any) -> None:
    gate.wait(60)  # both open the new database at the same moment
    ledger = Ledger.open(database_url)
    for i in range(60):
        ledger.append_many([Draft("case.note", (actor, f"{actor}{i}"), {"i": i}, actor)] * 2)
    with_conflict = [("case.new", "case:only")]
    try:
        ledger.append_many([Draft("case.new", ("case:only",), {}, actor)], unless=with_conflict)
    except LedgerConflict:
        ledger.append("case.note", ("late",), {}, actor)
    ledger.close()


def test_two_writing_processes(database_url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    gate = spawn.Barrier(2)
    writers = [spawn.Process(target=write_many, args=(database_url, actor, gate)) for actor in ("ann", "bob")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0, 0]
    ledger = Ledger.open(database_url)
    lines = ledger.lines()
    ledger.close()
    assert [line.seq for line in lines] == list(range(1, 2 * 120 + 2 + 1))
    assert [line.at for line in lines] == sorted(line.at for line in lines)
    assert sum(line.kind == "case.new" for line in lines) == 1
    for actor in ("ann", "bob"):
        own = [line.payload["i"] for line in lines if line.subjects[:1] == (actor,)]
        assert own == [i for i in range(60) for _ in range(2)]


def test_a_place_that_cannot_hold_a_ledger(tmp_path: Path) -> None:
    for where in (
        "mysql://host/db",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql://u:secret@127.0.0.1:9/db",
    ):
        with pytest.raises(StoreError) as caught:
            Ledger.open(where)
        assert "secret" not in str(caught.value)
    (tmp_path / "text.db").write_text("this is no database, only a long enough text" * 50)
    with pytest.raises(StoreError):
        Ledger.open(tmp_path / "text.db")
