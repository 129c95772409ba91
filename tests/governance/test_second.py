from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from governance.cases import Case
from governance.policy import Policy
from governance.second import Ask, approve, open_proposals, proposals_for, propose, second_person
from graph.errors import AccessDenied, LedgerConflict, NotFound
from lake.ledger import Ledger
from tests.governance.conftest import Hands

ASK = Ask("case.scope", "ann", "2026-001", "hops=3")


def agreed(ledger: Ledger, team: Policy, ask: Ask = ASK) -> int:
    seq = propose(ledger, team, ask, "a lead").seq
    return approve(ledger, team, seq, "bob", "agreed").seq


def passes(ledger: Ledger, policy: Policy, ask: Ask = ASK) -> bool:
    try:
        return second_person(ask, "a lead", ledger, policy, amount=3) is not None
    except AccessDenied:
        return False


def test_an_agreement_is_good_for_one_act(ledger: Ledger, team: Policy, case: Case) -> None:
    agreed(ledger, team)
    assert passes(ledger, team)
    assert not passes(ledger, team)
    agreed(ledger, team)
    assert passes(ledger, team)


def test_two_at_the_same_moment_cannot_both_use_it(ledger: Ledger, team: Policy, case: Case) -> None:
    def attempt(_: int) -> bool:
        try:
            return passes(ledger, team)
        except LedgerConflict:
            return False

    for _ in range(5):
        agreed(ledger, team)
        with ThreadPoolExecutor(6) as pool:
            assert sum(pool.map(attempt, range(6))) == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(ASK, act="case.extend"),
        replace(ASK, actor="cid"),
        replace(ASK, case="2026-002"),
        replace(ASK, subject="hops=4"),
    ],
)
def test_an_agreement_is_for_exactly_this(ledger: Ledger, team: Policy, case: Case, other: Ask) -> None:
    agreed(ledger, team)
    assert not passes(ledger, team, other)


def test_nobody_is_his_own_second_person(ledger: Ledger, team: Policy, case: Case) -> None:
    seq = propose(ledger, team, ASK, "a lead").seq
    with pytest.raises(AccessDenied, match="your own"):
        approve(ledger, team, seq, "ann", "fine")
    # also when the line was written by another way
    ledger.append("approval", (ASK.key, f"proposal:{seq}"), {"proposal": seq, "reason": "fine"}, "ann")
    assert not passes(ledger, team)


def test_only_a_member_of_the_case_agrees(ledger: Ledger, team: Policy, case: Case) -> None:
    seq = propose(ledger, team, ASK, "a lead").seq
    with pytest.raises(AccessDenied, match="no member"):
        approve(ledger, team, seq, "eve", "fine")


def test_an_agreement_can_be_withdrawn_and_grows_old(
    ledger: Ledger, team: Policy, case: Case, clock: Hands
) -> None:
    agreed(ledger, team)
    ledger.undo(ledger.lines(["approval"])[0].seq, "bob", "second thoughts")
    assert not passes(ledger, team)
    assert [proposal.second for proposal in open_proposals(ledger, team)] == [""]
    approve(ledger, team, open_proposals(ledger, team)[0].seq, "bob", "after all")
    clock.forward(days=7, seconds=1)
    assert open_proposals(ledger, team) == ()
    assert not passes(ledger, team)


def test_asking_or_agreeing_twice(ledger: Ledger, team: Policy, case: Case) -> None:
    seq = agreed(ledger, team)
    with pytest.raises(LedgerConflict, match="proposed already"):
        propose(ledger, team, ASK, "again")
    with pytest.raises(LedgerConflict, match="bob agreed"):
        approve(ledger, team, seq, "bob", "again")
    with pytest.raises(NotFound):
        approve(ledger, team, 999, "bob", "what")


def test_proposals_of_other_cases_are_not_told(ledger: Ledger, team: Policy, case: Case) -> None:
    proposal = propose(ledger, team, ASK, "a lead")
    assert proposals_for(ledger, team, "bob") == (proposal,)
    assert proposals_for(ledger, team, "eve") == ()


def test_where_one_is_enough_nothing_is_written(ledger: Ledger, team: Policy, solo: Policy) -> None:
    for policy in (team, solo):
        assert second_person(ASK, "a lead", ledger, policy, amount=2) is None
    assert ledger.lines() == []


def test_a_refusal_names_the_rule(ledger: Ledger, team: Policy, solo: Policy) -> None:
    for policy in (team, solo):
        with pytest.raises(AccessDenied, match=r"Widening the scope.*扩大案件范围"):
            second_person(ASK, "a lead", ledger, policy, amount=3)
