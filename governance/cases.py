"""Case files, read from the ledger: under which authority data may be looked at, by whom, how far.

A case is never stored; it is what its lines in force say. Members and seeds are taken away by undoing
the line that brought them, so that who could see what at any moment stays readable.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from governance.policy import Policy
from graph.errors import AccessDenied, NotFound
from lake.ledger import JSON, Draft, Ledger, Line

CLOSED_STAGE = "archived"
_FACTS = ("case.new", "case.member", "case.seed", "case.scope", "case.stage", "case.expiry")
_NUMBER_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why and on what ground a case looks at data, and until when (exclusive, UTC)."""

    code: str
    legal_basis: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """A case as its lines say. ``seeds``: entity ids as chosen; ``hops`` around them are in sight."""

    number: str
    title: str
    class_code: str
    stage: str
    purpose: Purpose
    unit: str
    opened: datetime
    opened_by: str
    members: tuple[str, ...]
    seeds: tuple[str, ...]
    hops: int

    def status(self, now: datetime) -> Literal["open", "expired", "closed"]:
        """Whether the case may look at data now."""
        if self.stage == CLOSED_STAGE:
            return "closed"
        return "open" if now < self.purpose.expires else "expired"


@dataclass(frozen=True, slots=True)
class NewCase:
    """What opening a case asks for. ``expires`` None: the policy's days; ``members``: beside the opener."""

    number: str
    title: str
    class_code: str
    purpose: str
    legal_basis: str
    unit: str
    stage: str = "inquiry"
    expires: datetime | None = None
    members: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    hops: int | None = None


def case_key(number: str) -> str:
    """The subject under which the ledger knows a case."""
    return f"case:{number}"


def new_case(ledger: Ledger, policy: Policy, new: NewCase, actor: str) -> Case:
    """Open a case. ``LedgerConflict``: the number is taken; ``AccessDenied``: something is missing or wrong.

    Only within what one person may set alone; more seeds or hops are added afterwards, by two.
    """
    now = ledger.now()
    expires = new.expires or now + timedelta(days=policy.limits.case_days)
    hops = policy.limits.hops if new.hops is None else new.hops
    _check_new(policy, new, now, expires, hops)
    key = case_key(new.number)
    payload: dict[str, JSON] = {
        "number": new.number, "title": new.title, "class": new.class_code, "stage": new.stage,
        "purpose": new.purpose, "legalBasis": new.legal_basis, "unit": new.unit,
        "expires": expires.isoformat(), "hops": hops,
    }  # fmt: skip
    drafts = [Draft("case.new", (key,), payload, actor)]
    drafts += [Draft("case.member", (key,), {"member": m}, actor) for m in _once((actor, *new.members))]
    drafts += [Draft("case.seed", (key, s), {"reason": "seed at opening"}, actor) for s in _once(new.seeds)]
    return _fold(ledger.append_many(drafts, unless=[("case.new", key)]))[new.number]


def _check_new(policy: Policy, new: NewCase, now: datetime, expires: datetime, hops: int) -> None:
    number = new.number
    if not number or number != number.strip() or len(number) > _NUMBER_LENGTH or not number.isprintable():
        raise AccessDenied(
            f"a case number has 1 to {_NUMBER_LENGTH} printable characters, no space at its ends"
        )
    for what, text in (("title", new.title), ("class", new.class_code), ("legal basis", new.legal_basis),
                       ("handling unit", new.unit)):  # fmt: skip
        if not text.strip():
            raise AccessDenied(f"a case is not opened without its {what}; give it")
    if new.purpose not in policy.purposes:
        raise AccessDenied(f"there is no purpose {new.purpose!r}; choose one of {', '.join(policy.purposes)}")
    _check_stage(policy, new.stage)
    check_expiry(policy, now, expires)
    if not 0 <= hops <= policy.limits.hops:
        raise AccessDenied(f"a case is opened with at most {policy.limits.hops} hops; widen it afterwards")
    if len(set(new.seeds)) > policy.limits.seeds_alone:
        raise AccessDenied(f"a case is opened with at most {policy.limits.seeds_alone} seeds; add more later")


def _check_stage(policy: Policy, stage: str) -> None:
    if stage not in policy.stages:
        raise AccessDenied(f"there is no stage {stage!r}; choose one of {', '.join(policy.stages)}")


def check_expiry(policy: Policy, now: datetime, expires: datetime) -> None:
    """``AccessDenied`` where a case may not last until ``expires``."""
    most = policy.limits.case_days_most
    if not now < expires <= now + timedelta(days=most):
        raise AccessDenied(f"a case ends between now and {most} days from now, not on {expires.isoformat()}")


def find_case(ledger: Ledger, number: str, known_at: datetime | None = None) -> Case | None:
    """The case with this number, or None. Whether the asker may know of it is for ``access`` to say."""
    lines = ledger.lines(_FACTS, case_key(number), known_at=known_at)
    return _fold(lines).get(number)


def read_case(ledger: Ledger, number: str) -> Case:
    """The case with this number, or ``NotFound``."""
    found = find_case(ledger, number)
    if found is None:
        raise NotFound(f"there is no case {number!r}; mingcha case list shows yours")
    return found


def list_cases(ledger: Ledger, actor: str) -> tuple[Case, ...]:
    """The cases ``actor`` is a member of, by number. Of others not even the number is told (S-03)."""
    cases = _fold(ledger.lines(_FACTS)).values()
    return tuple(sorted((case for case in cases if actor in case.members), key=lambda case: case.number))


def add_members(ledger: Ledger, number: str, members: Sequence[str], actor: str, reason: str) -> Case:
    """Let further people work on the case."""
    case = read_case(ledger, number)
    fresh = [member for member in _once(members) if member not in case.members]
    key = case_key(number)
    ledger.append_many([Draft("case.member", (key,), {"member": m, "reason": reason}, actor) for m in fresh])
    return read_case(ledger, number)


def remove_member(ledger: Ledger, number: str, member: str, actor: str, reason: str) -> Case:
    """Take a person off the case; ``AccessDenied`` for the last one, because nobody could open it again."""
    if read_case(ledger, number).members == (member,):
        raise AccessDenied(f"{member} is the last member of case {number}; add another one first")
    lines = ledger.lines(["case.member"], case_key(number))
    _withdraw(ledger, [line for line in lines if line.payload["member"] == member], actor, reason)
    return read_case(ledger, number)


def remove_seed(ledger: Ledger, number: str, seed: str, actor: str, reason: str) -> Case:
    """Narrow the case by one seed."""
    lines = ledger.lines(["case.seed"], case_key(number))
    _withdraw(ledger, [line for line in lines if line.subjects[1] == seed], actor, reason)
    return read_case(ledger, number)


def set_stage(ledger: Ledger, policy: Policy, number: str, stage: str, actor: str, reason: str) -> Case:
    """Move the case to another stage; ``archived`` closes it, any other stage opens it again."""
    _check_stage(policy, stage)
    return set_fact(ledger, "case.stage", number, {"stage": stage, "reason": reason}, actor)


def close_case(ledger: Ledger, policy: Policy, number: str, actor: str, reason: str) -> Case:
    """Close and archive the case: from now on nobody looks at data under it."""
    return set_stage(ledger, policy, number, CLOSED_STAGE, actor, reason)


def set_fact(ledger: Ledger, kind: str, number: str, payload: Mapping[str, JSON], actor: str) -> Case:
    """Write a line of ``kind`` (scope, stage, expiry) about an existing case; its last word counts."""
    read_case(ledger, number)
    ledger.append(kind, (case_key(number),), payload, actor)
    return read_case(ledger, number)


def _withdraw(ledger: Ledger, lines: Sequence[Line], actor: str, reason: str) -> None:
    if not lines:
        raise NotFound("the case has no such member or seed; show the case again")
    for line in lines:
        ledger.undo(line.seq, actor, reason)


def _once(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))


def _fold(lines: Collection[Line]) -> dict[str, Case]:
    """The cases that ``lines`` (in force, in order) tell of."""
    told: dict[str, dict[str, Any]] = {}
    for line in lines:
        if line.kind == "case.new":
            told[line.subjects[0]] = {**line.payload, "line": line, "members": {}, "seeds": {}}
            continue
        case = told[line.subjects[0]]
        if line.kind == "case.member":
            case["members"][line.payload["member"]] = None
        elif line.kind == "case.seed":
            case["seeds"][line.subjects[1]] = None
        else:  # scope, stage, expiry: the last word counts
            case.update(line.payload)
    return {case["number"]: _case(case) for case in told.values()}


def _case(told: Mapping[str, Any]) -> Case:
    purpose = Purpose(told["purpose"], told["legalBasis"], datetime.fromisoformat(told["expires"]))
    line: Line = told["line"]
    return Case(
        told["number"], told["title"], told["class"], told["stage"], purpose, told["unit"], line.at,
        line.actor, tuple(told["members"]), tuple(told["seeds"]), told["hops"],
    )  # fmt: skip
