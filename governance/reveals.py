"""Reasoned reveal of masked values (S-22): per value, per case, per person; it closes by itself.

The ledger keeps that, why and how long a value was open, never the value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from governance.cases import Case, case_key
from governance.policy import Policy
from governance.second import Ask, second_person
from graph.errors import AccessDenied
from lake.ledger import JSON, Ledger, Line

DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class ValueRef:
    """Which value: the property of an entity, relation or record, and which of several ("" = the only one).

    ``which`` must not be the value itself; a record id or a keyed token will do.
    """

    subject: str
    property: str
    which: str = ""


@dataclass(frozen=True, slots=True)
class Reveal:
    """One reveal: open for ``actor`` under ``case`` until ``until`` (exclusive, UTC)."""

    seq: int
    value: ValueRef
    case: str
    actor: str
    reason: str
    until: datetime
    decided: str


def reveal_ask(number: str, value: ValueRef, actor: str) -> Ask:
    """What a second person agrees to when ``actor`` wants to see ``value``."""
    return Ask("value.reveal", actor, number, " ".join((value.subject, value.property, value.which)).strip())


def reveal(
    ledger: Ledger, policy: Policy, case: Case, value: ValueRef, actor: str, reason: str,
    *, prompt: str = "", confirmed: bool = False,
) -> Reveal:  # fmt: skip
    """Open ``value`` for some minutes. ``prompt`` is the text the person was shown, kept as it was.

    ``AccessDenied`` without a reason, and beyond a day's number without a second person.
    """
    if not reason.strip():
        raise AccessDenied("a value is not revealed without a reason; say what it is for")
    ask = reveal_ask(case.number, value, actor)
    amount = count_today(ledger, actor) + 1
    decision = second_person(ask, reason, ledger, policy, amount=amount, confirmed=confirmed)
    payload: dict[str, JSON] = {
        "case": case.number, "property": value.property, "which": value.which, "reason": reason,
        "prompt": prompt, "minutes": policy.limits.reveal_minutes,
        "decided": decision.mark if decision else "",
    }  # fmt: skip
    return _reveal(ledger.append("reveal", (case_key(case.number), value.subject), payload, actor))


def open_values(ledger: Ledger, number: str, actor: str) -> frozenset[ValueRef]:
    """The values that are open for ``actor`` under the case now; everything else is shown masked."""
    return frozenset(found.value for found in open_reveals(ledger, number, actor))


def open_reveals(ledger: Ledger, number: str, actor: str) -> tuple[Reveal, ...]:
    """The reveals of ``actor`` under the case that have not closed yet, oldest first."""
    now = ledger.now()
    lines = ledger.lines(["reveal"], case_key(number), since=now - DAY)
    mine = (_reveal(line) for line in lines if line.actor == actor)
    return tuple(found for found in mine if now < found.until)


def count_today(ledger: Ledger, actor: str) -> int:
    """How many reveals ``actor`` made in the last 24 hours, under whatever case."""
    lines = ledger.lines(["reveal"], since=ledger.now() - DAY)
    return sum(line.actor == actor for line in lines)


def _reveal(line: Line) -> Reveal:
    told = line.payload
    value = ValueRef(line.subjects[1], told["property"], told["which"])
    until = line.at + timedelta(minutes=told["minutes"])
    return Reveal(line.seq, value, told["case"], line.actor, told["reason"], until, told["decided"])
