"""The demo cases: allowed by the shipped policies, and each seed is in the county exactly once."""

from __future__ import annotations

from collections import Counter

import pytest

from governance.policy import read_policy
from training.county import make_county
from training.demo_case import demo_cases


def test_the_main_case_comes_first() -> None:
    main, second = demo_cases()
    assert (main.number, main.title, main.class_code) == ("QP-2026-017", "青屏县道路养护招投标", "工程招投标")
    assert (main.reason, main.legal_basis, main.hops) == ("核查串通投标线索", "初核批准 §3", 2)
    assert second.hops == 1


@pytest.mark.parametrize("name", ["solo", "team"])
def test_the_shipped_policies_let_one_person_open_them(name: str) -> None:
    policy = read_policy(name)
    for case in demo_cases():
        assert case.purpose in policy.purposes
        assert case.stage in policy.stages
        assert case.days <= policy.limits.case_days_most
        assert case.hops <= policy.limits.hops


def test_every_seed_names_one_thing_of_the_county() -> None:
    county = make_county()
    names = {
        "Person": Counter(p.name for p in county.people.values()),
        "Organisation": Counter([*county.firms, *county.bodies]),
    }
    for case in demo_cases():
        for seed in case.seeds:
            assert names[seed.kind][seed.name] == 1, seed
