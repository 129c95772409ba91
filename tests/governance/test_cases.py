from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from governance.cases import (
    Case,
    add_members,
    close_case,
    find_case,
    list_cases,
    new_case,
    read_case,
    remove_member,
    remove_seed,
    set_stage,
)
from governance.policy import Policy
from graph.errors import AccessDenied, LedgerConflict, NotFound
from lake.ledger import Ledger
from tests.governance.conftest import START, Hands, asked


def test_a_new_case_comes_back_whole(ledger: Ledger, case: Case) -> None:
    assert read_case(ledger, "2026-001") == case
    assert (case.number, case.title, case.class_code, case.stage) == (
        "2026-001",
        "Road works",
        "bidding",
        "inquiry",
    )
    assert (case.unit, case.opened, case.opened_by) == ("Office 3", START, "ann")
    assert (case.members, case.seeds, case.hops) == (("ann", "bob"), ("P-seed",), 2)
    assert case.purpose.expires == START + timedelta(days=180)


def test_a_number_is_given_once(ledger: Ledger, team: Policy, case: Case) -> None:
    with pytest.raises(LedgerConflict):
        new_case(ledger, team, asked(), "eve")
    assert read_case(ledger, "2026-001") == case


@pytest.mark.parametrize(
    "changed",
    [
        {"number": ""},
        {"number": " 1"},
        {"number": "1\n"},
        {"number": "9" * 65},
        {"title": " "},
        {"class_code": ""},
        {"legal_basis": ""},
        {"unit": ""},
        {"purpose": "curiosity"},
        {"stage": "gossip"},
        {"expires": START},
        {"expires": START + timedelta(days=366)},
        {"hops": 3},
        {"hops": -1},
        {"seeds": tuple(f"P-{i}" for i in range(21))},
    ],
)
def test_what_is_no_case_is_not_opened(ledger: Ledger, team: Policy, changed: dict[str, Any]) -> None:
    with pytest.raises(AccessDenied):
        new_case(ledger, team, asked(**changed), "ann")
    assert ledger.lines() == []


def test_everyone_lists_only_own_cases(ledger: Ledger, team: Policy, case: Case) -> None:
    other = new_case(ledger, team, asked("2025-009", members=()), "bob")
    assert list_cases(ledger, "ann") == (case,)
    assert list_cases(ledger, "bob") == (other, case)
    assert list_cases(ledger, "eve") == ()


def test_no_such_case(ledger: Ledger, case: Case) -> None:
    assert find_case(ledger, "2026-002") is None
    with pytest.raises(NotFound):
        read_case(ledger, "2026-002")


def test_members_come_and_go(ledger: Ledger, case: Case, clock: Hands) -> None:
    assert add_members(ledger, case.number, ["cid", "bob", "cid"], "ann", "accounts").members == (
        "ann",
        "bob",
        "cid",
    )
    clock.forward(days=1)
    assert remove_member(ledger, case.number, "bob", "ann", "left the office").members == ("ann", "cid")
    before = find_case(ledger, case.number, known_at=START)
    assert before is not None
    assert before.members == ("ann", "bob", "cid")
    with pytest.raises(NotFound):
        remove_member(ledger, case.number, "bob", "ann", "again")


def test_the_last_member_stays(ledger: Ledger, case: Case) -> None:
    remove_member(ledger, case.number, "ann", "bob", "left")
    with pytest.raises(AccessDenied, match="last member"):
        remove_member(ledger, case.number, "bob", "bob", "left")


def test_a_seed_can_be_taken_away(ledger: Ledger, case: Case) -> None:
    assert remove_seed(ledger, case.number, "P-seed", "ann", "namesake").seeds == ()
    with pytest.raises(NotFound):
        remove_seed(ledger, case.number, "P-seed", "ann", "namesake")


def test_status_follows_stage_and_clock(ledger: Ledger, team: Policy, case: Case) -> None:
    last = case.purpose.expires
    assert case.status(last - timedelta(microseconds=1)) == "open"
    assert case.status(last) == "expired"
    assert close_case(ledger, team, case.number, "ann", "nothing found").status(START) == "closed"
    assert set_stage(ledger, team, case.number, "trial", "ann", "new facts").status(START) == "open"
    with pytest.raises(AccessDenied, match="gossip"):
        set_stage(ledger, team, case.number, "gossip", "ann", "why")
    with pytest.raises(NotFound):
        set_stage(ledger, team, "2026-002", "trial", "ann", "why")
