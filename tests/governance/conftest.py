"""A ledger with a clock set by hand, and the two shipped policies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from governance.cases import Case, NewCase, new_case
from governance.policy import Policy, read_policy
from lake.ledger import Ledger

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Hands:
    """A clock set by hand."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **how_far: float) -> None:
        self.now += timedelta(**how_far)


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def ledger(tmp_path: Path, clock: Hands) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path / "ledger.db", clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def solo() -> Policy:
    return read_policy("solo")


@pytest.fixture
def team() -> Policy:
    return read_policy("team")


def asked(number: str = "2026-001", **changed: object) -> NewCase:
    told: dict[str, object] = {
        "number": number,
        "title": "Road works",
        "class_code": "bidding",
        "purpose": "lead",
        "legal_basis": "Supervision Law, art. 38",
        "unit": "Office 3",
        "members": ("bob",),
        "seeds": ("P-seed",),
    }
    return NewCase(**{**told, **changed})  # type: ignore[arg-type]


@pytest.fixture
def case(ledger: Ledger, team: Policy) -> Case:
    """Case 2026-001 of ann and bob."""
    return new_case(ledger, team, asked(), "ann")
