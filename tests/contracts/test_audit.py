"""The audit chain on a SQLite file and on a real PostgreSQL: what is written, and what tampering shows."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from governance.audit import FIRST, AuditLog, Entry, entry_hash
from governance.heads import Head, append_head, read_heads
from graph.errors import IntegrityError, StoreError
from lake.database import stamp
from lake.ledger import stable_json
from tests.contracts.conftest import START, Hands

LOOK = Entry("ann", "cli", "entity.open", "allowed", case="2026-001", purpose="lead", shown=("P-1", "P-2"))


@pytest.fixture
def log(database_url: str, clock: Hands) -> Iterator[AuditLog]:
    opened = AuditLog.open(database_url, clock=clock)
    yield opened
    opened.close()


def fill(log: AuditLog, count: int = 10) -> None:
    for i in range(count):
        log.append(replace(LOOK, parameters={"i": i}))


def tamper(database_url: str, *statements: str) -> None:
    """Do what only somebody with the database's own rights can."""
    engine = create_engine(database_url)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for (name,) in connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("ALTER TABLE audit_event DISABLE TRIGGER ALL"))
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def kinds(log: AuditLog, heads: tuple[Head, ...] = ()) -> list[tuple[str, int]]:
    return [(fault.kind, fault.seq) for fault in log.verify(heads).faults]


def test_an_entry_comes_back_whole(log: AuditLog) -> None:
    entry = Entry(
        actor="安", client="page case", act="path.find", outcome="refused", case="2026-001", purpose="lead",
        reason="看路径", parameters={"a": "P-1", "kinds": ["PAYS"]}, shown=("P-1", "R-2"), count=7,
        decided="alone",
    )  # fmt: skip
    written = log.append(entry)
    assert log.events() == [written]
    assert {k: v for k, v in asdict(written).items() if k in asdict(entry)} == asdict(entry)
    assert (written.seq, written.at, written.previous) == (1, START, FIRST)
    assert log.append(LOOK).previous == written.hash


def test_the_hash_can_be_recomputed_from_the_words_of_the_documentation(
    log: AuditLog, database_url: str
) -> None:
    log.append(replace(LOOK, reason="查"))
    engine = create_engine(database_url)
    with engine.begin() as connection:
        row = dict(connection.execute(text("SELECT * FROM audit_event")).mappings().one())
    engine.dispose()
    said = row.pop("hash")
    told = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(told.encode()).hexdigest() == said


def test_clear_values_never_enter(log: AuditLog) -> None:
    canary = "11010519491231002X"
    log.append(
        replace(LOOK, reason=f"find {canary}", shown=(canary,), parameters={"q": canary, "phone": "12345"})
    )
    told = repr(log.events())
    assert canary not in told
    assert "12345" not in told


def test_long_lists_of_ids_are_cut_but_covered(log: AuditLog) -> None:
    ids = [f"P-{i}" for i in range(1500)]
    first, second = log.append(replace(LOOK, shown=ids)), log.append(replace(LOOK, shown=[*ids[:-1], "P-x"]))
    assert first.shown == tuple(ids[:1000]) == second.shown
    assert first.count == 1500
    assert first.shown_digest == hashlib.sha256(stable_json(ids).encode()).hexdigest() != second.shown_digest


def test_questions_to_the_log(log: AuditLog, clock: Hands) -> None:
    for actor, act, case in (
        ("ann", "entity.open", "1"),
        ("bob", "entity.open", "1"),
        ("ann", "path.find", "2"),
    ):
        log.append(Entry(actor, "cli", act, "allowed", case=case, shown=(f"P-{actor}_%",)))
        clock.now += timedelta(hours=1)
    log.append(Entry("ann", "cli", "entity.open", "refused", shown=("P-1", "P-2")))
    seqs: Callable[..., list[int]] = lambda **asked: [event.seq for event in log.events(**asked)]  # noqa: E731
    assert seqs(actor="ann") == [1, 3, 4]
    assert seqs(acts=["path.find"]) == [3]
    assert seqs(case="1") == [1, 2]
    assert seqs(shown="P-bob_%") == [2]
    assert seqs(shown="P-%_%") == []
    assert seqs(since=START + timedelta(hours=2)) == [3, 4]
    assert seqs(after=2, limit=1) == [3]
    assert seqs(newest_first=True, limit=2) == [4, 3]
    assert log.opened("ann", ["entity.open", "path.find"], START) == 2  # refusals showed nothing
    assert log.opened("ann", ["entity.open", "path.find"], START + timedelta(minutes=1)) == 1
    assert log.opened("eve", ["entity.open"], START) == 0


def test_a_whole_chain_is_found_whole(log: AuditLog) -> None:
    assert (log.verify().ok, log.verify().last) == (True, FIRST)
    fill(log)
    verdict = log.verify()
    assert (verdict.ok, verdict.events, verdict.last) == (True, 10, log.events()[-1].hash)


COLUMNS = [
    "at", "actor", "client", "act", "case", "purpose", "reason", "parameters", "shown", "shown_digest",
    "outcome", "decided",
]  # fmt: skip


@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_column_is_found(log: AuditLog, database_url: str, column: str) -> None:
    fill(log)
    tamper(database_url, f"UPDATE audit_event SET \"{column}\" = 'x' WHERE seq = 5")
    assert kinds(log) == [("changed", 5)]


@pytest.mark.parametrize(
    ("statements", "faults"),
    [
        (["UPDATE audit_event SET count = count + 1 WHERE seq = 5"], [("changed", 5)]),
        (["UPDATE audit_event SET hash = previous WHERE seq = 5"], [("changed", 5), ("moved", 6)]),
        (["DELETE FROM audit_event WHERE seq = 5"], [("missing", 5)]),
        (["DELETE FROM audit_event WHERE seq < 3"], [("missing", 1)]),
        (
            ["UPDATE audit_event SET seq = 99 WHERE seq = 4", "UPDATE audit_event SET seq = 4 WHERE seq = 5",
             "UPDATE audit_event SET seq = 5 WHERE seq = 99"],
            [("moved", 4), ("changed", 4), ("moved", 5), ("changed", 5), ("moved", 6)],
        ),
        (
            ["DELETE FROM audit_event WHERE seq = 5", "UPDATE audit_event SET seq = seq - 1 WHERE seq > 5"],
            [("moved", 5), *(("changed", seq) for seq in range(5, 10))],
        ),
    ],
    ids=["count", "hash", "deleted", "head deleted", "reordered", "deleted and closed up"],
)  # fmt: skip
def test_tampering_inside_is_found(
    log: AuditLog, database_url: str, statements: list[str], faults: list[Any]
) -> None:
    fill(log)
    tamper(database_url, *statements)
    assert kinds(log) == faults


def test_a_cut_end_is_found_from_the_heads_alone(log: AuditLog, database_url: str) -> None:
    fill(log)
    last = log.events()[-1]
    tamper(database_url, "DELETE FROM audit_event WHERE seq > 7")
    assert log.verify().ok
    assert kinds(log, (Head(last.seq, last.hash, last.at),)) == [("cut", 10)]


def test_a_chain_written_anew_is_found_from_the_heads_alone(log: AuditLog, database_url: str) -> None:
    fill(log)
    heads = tuple(Head(event.seq, event.hash, event.at) for event in log.events())
    engine = create_engine(database_url)
    with engine.begin() as connection:
        rows = [
            dict(r) for r in connection.execute(text("SELECT * FROM audit_event ORDER BY seq")).mappings()
        ]
    engine.dispose()
    changes, previous = [], rows[4]["previous"]
    for row in rows[4:]:  # somebody else looked, says the forger, and gets every hash right
        row |= {"actor": "bob" if row["seq"] == 5 else row["actor"], "previous": previous}
        previous = entry_hash(row)
        changes.append(
            f"UPDATE audit_event SET actor = '{row['actor']}', previous = '{row['previous']}', "
            f"hash = '{previous}' WHERE seq = {row['seq']}"
        )
    tamper(database_url, *changes)
    assert log.verify().ok
    assert kinds(log, heads) == [("replaced", seq) for seq in range(5, 11)]
    assert kinds(log, heads[6:7]) == [("replaced", 7)]


def test_the_log_cannot_be_changed_in_passing(log: AuditLog, database_url: str) -> None:
    fill(log, 1)
    engine = create_engine(database_url)
    for statement in ("UPDATE audit_event SET actor = 'eve'", "DELETE FROM audit_event"):
        with pytest.raises(Exception, match="append-only"), engine.begin() as connection:
            connection.execute(text(statement))
    engine.dispose()


def write_many(database_url: str, actor: str, heads: str, gate: Any) -> None:
    gate.wait(60)
    log = AuditLog.open(database_url, heads=Path(heads), every=timedelta(0))
    for _ in range(40):
        log.append(replace(LOOK, actor=actor))
    log.close()


def test_two_writing_processes_make_one_chain(database_url: str, tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    gate, heads = spawn.Barrier(2), tmp_path / "heads"
    writers = [
        spawn.Process(target=write_many, args=(database_url, who, str(heads), gate)) for who in ("ann", "bob")
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0, 0]
    log = AuditLog.open(database_url, heads=heads)
    verdict = log.verify()
    assert (verdict.faults, verdict.events, verdict.heads) == ((), 80, 80)
    assert {event.actor for event in log.events()} == {"ann", "bob"}
    log.close()


# On one machine's file: what needs the bytes, and the file of heads.


def closed_log(folder: Path, count: int = 30) -> Path:
    log = AuditLog.open(folder / "audit.db")
    fill(log, count)
    log.close()
    return folder / "audit.db"


def test_any_flipped_byte_is_found_or_changes_nothing(tmp_path: Path) -> None:
    file = closed_log(tmp_path)
    whole = file.read_bytes()
    opened = AuditLog.open(file)
    honest, last = opened.events(), opened.events()[-1]
    opened.close()
    dice = random.Random(7)
    written = [whole.index(event.hash.encode()) for event in honest]
    found = 0
    for place in written + [dice.randrange(100, len(whole)) for _ in range(150)]:
        flipped = bytearray(whole)
        flipped[place] ^= 1 << dice.randrange(8)
        file.write_bytes(bytes(flipped))
        try:
            log = AuditLog.open(file)
        except StoreError:
            found += 1
            continue
        if log.verify([Head(last.seq, last.hash, last.at)]).ok:
            assert place not in written
            assert log.events() == honest
        else:
            found += 1
        log.close()
    assert found >= len(written)


def test_yesterdays_copy_is_found_even_when_it_goes_on(tmp_path: Path, clock: Hands) -> None:
    heads = tmp_path / "elsewhere" / "heads"
    file = closed_log(tmp_path)
    shutil.copy(file, tmp_path / "yesterday.db")
    log = AuditLog.open(file, heads=heads)
    fill(log, 5)
    log.close()
    shutil.copy(tmp_path / "yesterday.db", file)
    assert not list(tmp_path.glob("audit.db-*"))
    log = AuditLog.open(file, heads=heads)
    assert ("cut", 35) in kinds(log)
    fill(log, 20)
    assert ("replaced", 35) in kinds(log)
    log.close()


def test_heads_every_ten_minutes_and_at_the_end(tmp_path: Path, clock: Hands) -> None:
    heads = tmp_path / "elsewhere" / "heads"
    log = AuditLog.open(tmp_path / "audit.db", heads=heads, clock=clock)
    for minutes in (0, 5, 4, 1, 9):  # at 9:00, 9:05, 9:09, 9:10 and 9:19
        clock.now += timedelta(minutes=minutes)
        log.append(LOOK)
    assert [head.seq for head in read_heads(heads)] == [1, 4]
    log.close()
    log.close()
    assert [head.seq for head in read_heads(heads)] == [1, 4, 5]
    again = AuditLog.open(tmp_path / "audit.db", heads=heads, clock=clock)
    assert (again.verify().ok, again.verify().heads) == (True, 3)
    again.close()
    assert len(read_heads(heads)) == 3


def test_no_log_no_answer(tmp_path: Path) -> None:
    log = AuditLog.open(tmp_path / "audit.db")
    log.append(LOOK)
    (tmp_path / "audit.db").unlink()
    with pytest.raises(StoreError):
        log.append(LOOK)
    assert kinds(log) == [("unreadable", 0)]
    log.close()


def test_no_witness_no_answer(tmp_path: Path) -> None:
    (tmp_path / "medium").write_text("a file where a folder should be")
    log = AuditLog.open(tmp_path / "audit.db", heads=tmp_path / "medium" / "heads")
    with pytest.raises(StoreError, match="Mount"):
        log.append(LOOK)


def test_a_spoilt_file_of_heads_is_said(tmp_path: Path) -> None:
    heads = tmp_path / "heads"
    append_head(heads, Head(1, "0" * 64, START))
    assert json.loads(heads.read_text()) == {"seq": 1, "hash": "0" * 64, "at": stamp(START)}
    log = AuditLog.open(tmp_path / "audit.db", heads=heads)
    heads.write_text(heads.read_text() + "{}\n")
    assert kinds(log) == [("unreadable", 0)]
    log.close()
    with pytest.raises(IntegrityError, match="heads:2"):
        AuditLog.open(tmp_path / "audit.db", heads=heads)


def test_bytes_that_are_no_text_are_found(tmp_path: Path) -> None:
    file = closed_log(tmp_path)
    raw = sqlite3.connect(file)
    raw.execute("DROP TRIGGER audit_event_no_update")
    raw.execute("UPDATE audit_event SET reason = CAST(x'ff' AS TEXT) WHERE seq = 3")
    raw.commit()
    raw.close()
    log = AuditLog.open(file)
    assert not log.verify().ok
    log.close()
