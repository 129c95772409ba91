"""A SQLite file that goes away while it is open is noticed, not written into the void."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from graph.errors import StoreError
from lake.database import moment, stamp
from lake.ledger import Ledger


def test_a_removed_file_stops_writing_and_reading(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.db")
    ledger.append("case.note", ("x",), {}, "ann")
    (tmp_path / "ledger.db").unlink()
    with pytest.raises(StoreError, match="removed or replaced"):
        ledger.append("case.note", ("x",), {}, "ann")
    with pytest.raises(StoreError, match="removed or replaced"):
        ledger.lines()
    ledger.close()


def test_a_replaced_file_stops_writing(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.db")
    shutil.copy(tmp_path / "ledger.db", tmp_path / "copy.db")
    (tmp_path / "copy.db").replace(tmp_path / "ledger.db")
    with pytest.raises(StoreError, match="removed or replaced"):
        ledger.append("case.note", ("x",), {}, "ann")
    ledger.close()


def test_stamps_sort_as_time_and_come_back() -> None:
    east = timezone(timedelta(hours=8))
    moments = [datetime(2026, 1, 1, 7, 59, tzinfo=east), datetime(2026, 1, 1, tzinfo=UTC)]
    assert sorted(map(stamp, moments)) == [stamp(m) for m in moments]
    assert [moment(stamp(m)) for m in moments] == moments
    with pytest.raises(ValueError, match="zone"):
        stamp(datetime(2026, 1, 1))
