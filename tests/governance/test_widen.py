from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from governance.cases import Case, read_case
from governance.policy import Policy
from governance.second import Ask, approve, decisions, propose
from governance.widen import add_seeds, expiry_ask, extend_case, hops_ask, seeds_ask, set_hops
from graph.errors import AccessDenied
from lake.ledger import Ledger
from tests.governance.conftest import START

MANY = [f"P-{i}" for i in range(20)]
LATER = START + timedelta(days=300)
WAYS: dict[str, tuple[Callable[..., Case], object, Callable[..., Ask], Callable[[Case], bool]]] = {
    "seeds": (add_seeds, MANY, seeds_ask, lambda case: set(MANY) <= set(case.seeds)),
    "hops": (set_hops, 3, hops_ask, lambda case: case.hops == 3),
    "expiry": (extend_case, LATER, expiry_ask, lambda case: case.purpose.expires == LATER),
}


@pytest.mark.parametrize("way", WAYS)
def test_solo_confirms_and_is_marked(ledger: Ledger, solo: Policy, case: Case, way: str) -> None:
    widen, what, _, done = WAYS[way]
    with pytest.raises(AccessDenied, match="confirm"):
        widen(ledger, solo, case.number, what, "ann", "a lead")
    assert read_case(ledger, case.number) == case
    assert done(widen(ledger, solo, case.number, what, "ann", "a lead", confirmed=True))
    assert [(d.mark, d.ask.actor, d.reason) for d in decisions(ledger, alone=True)] == [
        ("alone", "ann", "a lead")
    ]


@pytest.mark.parametrize("way", WAYS)
def test_team_needs_another_person(ledger: Ledger, team: Policy, case: Case, way: str) -> None:
    widen, what, ask, done = WAYS[way]
    with pytest.raises(AccessDenied, match="another person"):
        widen(ledger, team, case.number, what, "ann", "a lead", confirmed=True)
    proposal = propose(ledger, team, ask(case.number, what, "ann"), "a lead")
    approve(ledger, team, proposal.seq, "bob", "agreed")
    assert done(widen(ledger, team, case.number, what, "ann", "a lead"))
    assert [d.mark for d in decisions(ledger)] == ["bob"]
    assert decisions(ledger, alone=True) == ()


def test_within_the_limits_one_person_is_enough(ledger: Ledger, team: Policy, case: Case) -> None:
    assert len(add_seeds(ledger, team, case.number, MANY[:19], "ann", "a lead").seeds) == 20
    assert add_seeds(ledger, team, case.number, MANY[:5], "ann", "again").seeds == ("P-seed", *MANY[:19])
    assert set_hops(ledger, team, case.number, 1, "ann", "narrow").hops == 1
    assert set_hops(ledger, team, case.number, 2, "ann", "as before").hops == 2


def test_narrowing_needs_nobody(ledger: Ledger, solo: Policy, team: Policy, case: Case) -> None:
    set_hops(ledger, solo, case.number, 4, "ann", "far", confirmed=True)
    assert set_hops(ledger, team, case.number, 3, "ann", "narrower").hops == 3


def test_bounds_that_nobody_passes(ledger: Ledger, solo: Policy, case: Case) -> None:
    for hops in (-1, 5):
        with pytest.raises(AccessDenied, match="0 to 4"):
            set_hops(ledger, solo, case.number, hops, "ann", "far", confirmed=True)
    for expires in (START, START + timedelta(days=366)):
        with pytest.raises(AccessDenied, match="365 days"):
            extend_case(ledger, solo, case.number, expires, "ann", "long", confirmed=True)
