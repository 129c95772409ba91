"""S-06: the whole permission matrix, default deny. S-01: no look at data without a purpose in force."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from governance.access import authorise
from governance.cases import Case, Purpose, close_case
from governance.policy import Policy, read_policy
from graph.errors import AccessDenied
from lake.ledger import Ledger
from tests.governance.conftest import START

MATRIX = {
    "analyst": """workspace.status case.new case.list case.show case.open case.member case.seed case.scope
        case.stage case.extend case.view entity.find entity.open entity.expand path.find subgraph.view
        query.run evidence.open value.reveal table.export batch.list second.list second.propose
        second.approve""",
    "investigator": """workspace.status case.list case.show case.open case.seed case.view entity.find
        entity.open entity.expand path.find subgraph.view evidence.open value.reveal second.list
        second.propose second.approve""",
    "trainer": "workspace.status settings.read batch.list",
    "dataOfficer": """workspace.status import.dryRun import.run batch.list batch.retract resolve.run
        publish.run""",
    "auditor": "workspace.status settings.read audit.read audit.verify second.list",
    "admin": "workspace.status settings.read",
}
"""Written out a second time on purpose: a change of the policy has to be meant."""

ACTS = sorted(read_policy("team").acts)


def allowed(policy: Policy, roles: Collection[str], act: str, case: Case | None, **changed: object) -> bool:
    told: dict[str, Any] = {
        "actor": "ann",
        "purpose": case.purpose if case else None,
        "reason": "check the tender",
        "now": START,
    }
    told |= changed
    try:
        authorise(policy, roles=roles, act=act, case=case, **told)
    except AccessDenied:
        return False
    return True


@pytest.mark.parametrize("act", ACTS)
def test_permission_matrix_of_team(team: Policy, case: Case, act: str) -> None:
    assert set(MATRIX) == set(team.roles)
    for role, acts in MATRIX.items():
        assert allowed(team, [role], act, case) == (act in acts.split()), role
    assert not allowed(team, [], act, case)
    assert not allowed(team, ["owner", "root"], act, case)
    assert not allowed(team, list(team.roles), act, case, actor="")


def test_permission_matrix_of_solo(solo: Policy, case: Case) -> None:
    for act in ACTS:
        assert allowed(solo, ["owner"], act, case)
        assert not allowed(solo, ["analyst"], act, case)
    assert not allowed(solo, ["owner"], "no.such.act", case)


def test_roles_add_up(team: Policy, case: Case) -> None:
    both = ["auditor", "dataOfficer"]
    assert {act for act in ACTS if allowed(team, both, act, case)} == {
        *MATRIX["auditor"].split(),
        *MATRIX["dataOfficer"].split(),
    }


def test_thousand_calls_without_a_purpose_in_force_are_all_refused(solo: Policy, case: Case) -> None:
    """S-01, on every act that looks at data or changes a case in work."""
    dice = random.Random(1)
    acts = [act for act in ACTS if solo.act(act).case == "active"]
    good = case.purpose
    late = good.expires + timedelta(seconds=dice.randrange(10**7))
    ways: list[dict[str, object]] = [
        {"purpose": None},
        {"purpose": replace(good, code="")},
        {"purpose": replace(good, legal_basis="")},
        {"purpose": replace(good, code="training")},
        {"purpose": replace(good, legal_basis="hearsay")},
        {"purpose": replace(good, expires=START)},
        {"purpose": Purpose("lead", "x", START + timedelta(days=9999))},
        {"now": good.expires},
        {"now": late},
        {"now": late, "purpose": replace(good, expires=late + timedelta(days=1))},
    ]
    refused = sum(
        not allowed(solo, ["owner"], dice.choice(acts), case, **dice.choice(ways)) for _ in range(1000)
    )
    assert refused == 1000
    assert all(allowed(solo, ["owner"], act, case) for act in acts)  # the very same calls with a purpose pass


def test_only_members_look(solo: Policy, case: Case) -> None:
    for act in ("case.show", "entity.open"):
        assert allowed(solo, ["owner"], act, case, actor="bob")
        assert not allowed(solo, ["owner"], act, case, actor="eve")
        assert not allowed(solo, ["owner"], act, None)


def test_refusal_does_not_tell_whether_a_case_exists(solo: Policy, case: Case) -> None:
    said = []
    for which in (case, None):
        with pytest.raises(AccessDenied) as caught:
            authorise(solo, "eve", ["owner"], "case.show", which, case.purpose, "why", START)
        said.append(str(caught.value))
    assert said[0] == said[1]


def test_expired_and_closed_cases_say_what_to_do(ledger: Ledger, solo: Policy, case: Case) -> None:
    with pytest.raises(AccessDenied, match="extend it"):
        authorise(solo, "ann", ["owner"], "path.find", case, case.purpose, "", case.purpose.expires)
    assert allowed(solo, ["owner"], "case.extend", case, now=case.purpose.expires)
    closed = close_case(ledger, solo, case.number, "ann", "done")
    with pytest.raises(AccessDenied, match="reopen"):
        authorise(solo, "ann", ["owner"], "path.find", closed, closed.purpose, "", START)
    assert allowed(solo, ["owner"], "case.stage", closed)


@pytest.mark.parametrize("act", ACTS)
def test_reason_where_the_vocabulary_asks_for_it(solo: Policy, case: Case, act: str) -> None:
    assert allowed(solo, ["owner"], act, case, reason=" ") != solo.act(act).reason


def test_opening_records_one_by_one_ends_at_the_limit(solo: Policy, case: Case) -> None:
    for act in ("entity.open", "evidence.open"):
        assert allowed(solo, ["owner"], act, case, opened=199)
        assert not allowed(solo, ["owner"], act, case, opened=200)
    assert allowed(solo, ["owner"], "entity.expand", case, opened=200)
