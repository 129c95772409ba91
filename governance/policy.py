"""The policy of an installation: who may do which act, what an act needs, and the limits.

Three strict YAML files in ``policy/``: ``vocabulary.yaml`` lists the acts, purposes and stages once;
``solo.yaml`` and ``team.yaml`` hold roles and switches. An office copies one of them and changes it;
no code is touched. What is not allowed is denied.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, PositiveInt

from graph.errors import AccessDenied, Problem, SchemaError
from graph.spec import Strict, Words, read_spec, read_yaml

POLICY_FOLDER = Path(__file__).resolve().parent.parent / "policy"
VOCABULARY_FILE = POLICY_FOLDER / "vocabulary.yaml"


class Limits(Strict):
    """Numbers an office may set; ``solo.yaml`` says what each means. All count from 1."""

    hops: PositiveInt
    hops_most: PositiveInt
    seeds_alone: PositiveInt
    case_days: PositiveInt
    case_days_most: PositiveInt
    opened_records: PositiveInt
    list_alone: PositiveInt
    list_most: PositiveInt
    reveal_minutes: PositiveInt = Field(le=24 * 60)
    reveals_a_day: PositiveInt
    proposal_days: PositiveInt


class SecondPerson(Words):
    """The rule that an act needs two people, in words; beyond which limit ("" = always)."""

    beyond: Literal["", "hops", "seeds_alone", "list_alone", "reveals_a_day"] = ""


class Act(Words):
    """One act of the door, as ``vocabulary.yaml`` explains it."""

    case: Literal["none", "member", "active"] = "none"
    reason: bool = False
    opens: bool = False
    second: SecondPerson | None = None


class Role(Words):
    """A role and the acts it may do."""

    acts: Literal["all"] | list[str]


class VocabularySpec(Strict):
    """The whole file ``vocabulary.yaml``."""

    version: str
    acts: dict[str, Act]
    purposes: dict[str, Words]
    stages: dict[str, Words]


class PolicySpec(Strict):
    """The whole file ``solo.yaml`` or ``team.yaml``."""

    version: str
    name: str = Field(min_length=1)
    two_people: Literal["confirm", "approve"]
    default_roles: list[str]
    roles: dict[str, Role]
    limits: Limits
    flag_namesakes: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy in force. ``two_people``: ``confirm`` (one user, marked) or ``approve`` (a second person)."""

    name: str
    version: str
    two_people: Literal["confirm", "approve"]
    default_roles: tuple[str, ...]
    roles: Mapping[str, Role]
    acts: Mapping[str, Act]
    purposes: Mapping[str, Words]
    stages: Mapping[str, Words]
    limits: Limits
    flag_namesakes: bool

    def acts_of(self, roles: Collection[str]) -> frozenset[str]:
        """The acts that ``roles`` may do together; a role the policy does not know may do nothing."""
        allowed: set[str] = set()
        for name in roles:
            role = self.roles.get(name)
            if role is not None:
                allowed.update(self.acts if role.acts == "all" else role.acts)
        return frozenset(allowed)

    def act(self, name: str) -> Act:
        """The act called ``name``; ``AccessDenied`` where there is none."""
        found = self.acts.get(name)
        if found is None:
            raise AccessDenied(f"there is no act {name!r}; {VOCABULARY_FILE.name} lists what can be done")
        return found

    def needs_two(self, act: str, amount: int = 1) -> SecondPerson | None:
        """The two-person rule that ``act`` falls under at ``amount`` (hops, seeds, names, reveals), or None.

        Where the rule has no limit, every ``amount`` above 0 needs two.
        """
        second = self.act(act).second
        if second is None:
            return None
        limit = getattr(self.limits, second.beyond) if second.beyond else 0
        return second if amount > limit else None


def read_policy(policy: str | Path = "solo") -> Policy:
    """Read a shipped policy by name, or a file by path. ``SchemaError`` names each fault's file and line."""
    shipped = POLICY_FOLDER / f"{policy}.yaml"
    file = shipped if shipped.exists() and shipped != VOCABULARY_FILE else Path(policy)
    words = read_spec(VOCABULARY_FILE, VocabularySpec, SchemaError)
    spec = read_spec(file, PolicySpec, SchemaError)
    faults = list(_faults(spec, words))
    if faults:
        node = read_yaml(file, SchemaError)
        problems = [Problem(text, file=file.name, line=node.line(place)) for place, text in faults]
        raise SchemaError(problems=problems)
    return Policy(
        name=spec.name,
        version=spec.version,
        two_people=spec.two_people,
        default_roles=tuple(spec.default_roles),
        roles=spec.roles,
        acts=words.acts,
        purposes=words.purposes,
        stages=words.stages,
        limits=spec.limits,
        flag_namesakes=spec.flag_namesakes,
    )


def _faults(spec: PolicySpec, words: VocabularySpec) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for name, role in spec.roles.items():
        for i, act in enumerate(role.acts if role.acts != "all" else ()):
            if act not in words.acts:
                yield ("roles", name, "acts", i), f"there is no act {act!r}"
    for i, name in enumerate(spec.default_roles):
        if name not in spec.roles:
            yield ("default_roles", i), f"there is no role {name!r}"
    limits = spec.limits
    for less, most in (("hops", "hops_most"), ("list_alone", "list_most"), ("case_days", "case_days_most")):
        if getattr(limits, less) > getattr(limits, most):
            yield ("limits", less), f"{less} is larger than {most}"
