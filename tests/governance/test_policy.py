from __future__ import annotations

from pathlib import Path

import pytest

from governance.policy import POLICY_FOLDER, Policy, read_policy
from graph.errors import AccessDenied, SchemaError


def test_owner_of_solo_may_do_every_act_and_is_the_default(solo: Policy) -> None:
    assert solo.acts_of(solo.default_roles) == set(solo.acts)
    assert solo.two_people == "confirm"


def test_team_gives_nothing_to_whom_it_does_not_know(team: Policy) -> None:
    assert team.default_roles == ()
    assert team.acts_of(()) == team.acts_of(["chief"]) == frozenset()
    assert team.two_people == "approve"


def test_both_policies_set_the_limits_of_the_safeguards(solo: Policy, team: Policy) -> None:
    for policy in (solo, team):
        limits = policy.limits
        assert (limits.reveal_minutes, limits.reveals_a_day) == (10, 20)
        assert (limits.list_alone, limits.list_most, limits.opened_records) == (500, 5000, 200)
        assert (limits.hops, policy.flag_namesakes) == (2, True)


def test_looking_at_data_always_needs_an_active_case(solo: Policy) -> None:
    """S-01 is no switch: it stands in the vocabulary, not in a policy."""
    looking = {
        "case.open", "entity.find", "entity.open", "entity.expand", "path.find", "subgraph.view", "query.run",
        "evidence.open", "value.reveal", "table.export",
    }  # fmt: skip
    assert all(solo.act(act).case == "active" for act in looking)


def test_every_team_act_belongs_to_somebody(team: Policy) -> None:
    assert team.acts_of(team.roles) == set(team.acts)


@pytest.mark.parametrize(
    ("act", "amount", "two"),
    [
        ("case.scope", 2, False),
        ("case.scope", 3, True),
        ("case.seed", 20, False),
        ("case.seed", 21, True),
        ("value.reveal", 20, False),
        ("value.reveal", 21, True),
        ("table.export", 0, False),
        ("table.export", 1, True),
        ("case.extend", 1, True),
        ("entity.open", 10_000, False),
    ],
)
def test_where_two_people_are_needed(solo: Policy, team: Policy, act: str, amount: int, two: bool) -> None:
    for policy in (solo, team):
        assert (policy.needs_two(act, amount) is not None) == two


def test_unknown_act_is_denied(team: Policy) -> None:
    with pytest.raises(AccessDenied, match=r"entity\.delete"):
        team.act("entity.delete")


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("batch.retract", "batch.retrakt", "'batch.retrakt'"),
        ("default_roles: []", "default_roles: [boss]", "'boss'"),
        ("hops: 2 ", "hops: 5 ", "hops is larger than hops_most"),
        ("hops_most: 4", "hops_mots: 4", "hops_mots"),
        ("reveal_minutes: 10", "reveal_minutes: 0", "reveal_minutes"),
        ("reveal_minutes: 10", "reveal_minutes: 1441", "reveal_minutes"),
        ("two_people: approve", "two_people: trust", "two_people"),
    ],
)
def test_a_wrong_policy_is_refused_with_file_and_line(tmp_path: Path, old: str, new: str, named: str) -> None:
    text = (POLICY_FOLDER / "team.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    file = tmp_path / "team.yaml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(SchemaError) as caught:
        read_policy(file)
    line = text[: text.index(old)].count("\n") + 1
    assert any(problem.line == line and named in problem.what for problem in caught.value.problems)
    assert f"team.yaml:{line}: " in str(caught.value)


def test_an_office_changes_a_switch_in_its_own_copy(tmp_path: Path) -> None:
    text = (POLICY_FOLDER / "solo.yaml").read_text(encoding="utf-8")
    file = tmp_path / "office.yaml"
    file.write_text(text.replace("hops: 2 ", "hops: 1 "), encoding="utf-8")
    assert read_policy(file).needs_two("case.scope", 2)


def test_vocabulary_is_no_policy() -> None:
    with pytest.raises(SchemaError):
        read_policy("vocabulary")
