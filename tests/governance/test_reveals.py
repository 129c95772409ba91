from __future__ import annotations

import pytest

from governance.cases import Case, new_case
from governance.policy import Policy
from governance.reveals import ValueRef, count_today, open_reveals, open_values, reveal, reveal_ask
from governance.second import approve, decisions, propose
from graph.errors import AccessDenied
from lake.ledger import Ledger
from tests.governance.conftest import Hands, asked

VALUE = ValueRef("P-seed", "idNumber", "r1")


def test_a_value_is_open_ten_minutes_for_one_person_under_one_case(
    ledger: Ledger, solo: Policy, case: Case, clock: Hands
) -> None:
    other = new_case(ledger, solo, asked("2026-002"), "ann")
    made = reveal(ledger, solo, case, VALUE, "ann", "compare with the register", prompt="Show this number?")
    assert open_values(ledger, case.number, "ann") == {VALUE}
    assert open_values(ledger, case.number, "bob") == frozenset()
    assert open_values(ledger, other.number, "ann") == frozenset()
    clock.forward(minutes=9, seconds=59)
    assert open_reveals(ledger, case.number, "ann") == (made,)
    clock.forward(seconds=1)
    assert open_values(ledger, case.number, "ann") == frozenset()


def test_why_and_what_was_asked_stay_in_the_ledger(ledger: Ledger, solo: Policy, case: Case) -> None:
    reveal(ledger, solo, case, VALUE, "ann", "compare", prompt="Show this number?")
    line = ledger.lines(["reveal"], subject="P-seed")[0]
    assert (line.payload["reason"], line.payload["prompt"]) == ("compare", "Show this number?")


def test_no_reveal_without_a_reason(ledger: Ledger, solo: Policy, case: Case) -> None:
    with pytest.raises(AccessDenied, match="reason"):
        reveal(ledger, solo, case, VALUE, "ann", "  ")
    assert ledger.lines(["reveal"]) == []


def twenty(ledger: Ledger, policy: Policy, case: Case) -> None:
    for i in range(20):
        reveal(ledger, policy, case, ValueRef("P-seed", "phone", f"r{i}"), "ann", "compare")


def test_the_twenty_first_of_a_day_needs_a_second_person(
    ledger: Ledger, team: Policy, case: Case, clock: Hands
) -> None:
    other = new_case(ledger, team, asked("2026-002"), "ann")
    twenty(ledger, team, case)
    assert count_today(ledger, "ann") == 20
    assert count_today(ledger, "bob") == 0
    with pytest.raises(AccessDenied, match="another person"):  # also under another case
        reveal(ledger, team, other, VALUE, "ann", "compare", confirmed=True)
    reveal(ledger, team, case, VALUE, "bob", "compare")
    proposal = propose(ledger, team, reveal_ask(case.number, VALUE, "ann"), "compare")
    approve(ledger, team, proposal.seq, "bob", "agreed")
    assert reveal(ledger, team, case, VALUE, "ann", "compare").decided == "bob"
    clock.forward(hours=24, seconds=1)
    assert reveal(ledger, team, case, VALUE, "ann", "compare").decided == ""


def test_solo_confirms_the_twenty_first(ledger: Ledger, solo: Policy, case: Case) -> None:
    twenty(ledger, solo, case)
    with pytest.raises(AccessDenied, match="confirm"):
        reveal(ledger, solo, case, VALUE, "ann", "compare")
    assert reveal(ledger, solo, case, VALUE, "ann", "compare", confirmed=True).decided == "alone"
    assert len(decisions(ledger, alone=True)) == 1
