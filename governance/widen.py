"""Widening a case: more seeds, more hops, more time. Each may need two people (S-02)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from governance.cases import Case, case_key, check_expiry, read_case, set_fact
from governance.policy import Policy
from governance.second import Ask, second_person
from graph.errors import AccessDenied
from lake.ledger import JSON, Draft, Ledger


def seeds_ask(number: str, seeds: Sequence[str], actor: str) -> Ask:
    """What a second person agrees to when ``actor`` wants to add ``seeds``."""
    return Ask("case.seed", actor, number, " ".join(sorted(set(seeds))))


def hops_ask(number: str, hops: int, actor: str) -> Ask:
    """What a second person agrees to when ``actor`` wants to see ``hops`` hops."""
    return Ask("case.scope", actor, number, f"hops={hops}")


def expiry_ask(number: str, expires: datetime, actor: str) -> Ask:
    """What a second person agrees to when ``actor`` wants the case to last until ``expires``."""
    return Ask("case.extend", actor, number, f"expires={expires.isoformat()}")


def add_seeds(
    ledger: Ledger, policy: Policy, number: str, seeds: Sequence[str], actor: str, reason: str,
    *, confirmed: bool = False,
) -> Case:  # fmt: skip
    """Add entities from which the case may look; those it has already are left out."""
    case = read_case(ledger, number)
    fresh = [seed for seed in dict.fromkeys(seeds) if seed not in case.seeds]
    if not fresh:
        return case
    ask, amount = seeds_ask(number, seeds, actor), len(case.seeds) + len(fresh)
    decision = second_person(ask, reason, ledger, policy, amount=amount, confirmed=confirmed)
    payload = _payload(reason, decision.mark if decision else "")
    ledger.append_many([Draft("case.seed", (case_key(number), seed), payload, actor) for seed in fresh])
    return read_case(ledger, number)


def set_hops(
    ledger: Ledger, policy: Policy, number: str, hops: int, actor: str, reason: str,
    *, confirmed: bool = False,
) -> Case:  # fmt: skip
    """How many hops around its seeds the case sees; narrowing needs nobody else."""
    if not 0 <= hops <= policy.limits.hops_most:
        raise AccessDenied(f"a case sees 0 to {policy.limits.hops_most} hops around its seeds, not {hops}")
    amount = hops if hops > read_case(ledger, number).hops else 0
    ask = hops_ask(number, hops, actor)
    decision = second_person(ask, reason, ledger, policy, amount=amount, confirmed=confirmed)
    payload = {**_payload(reason, decision.mark if decision else ""), "hops": hops}
    return set_fact(ledger, "case.scope", number, payload, actor)


def extend_case(
    ledger: Ledger, policy: Policy, number: str, expires: datetime, actor: str, reason: str,
    *, confirmed: bool = False,
) -> Case:  # fmt: skip
    """Give the case a new last moment, also after it has expired."""
    check_expiry(policy, ledger.now(), expires)
    read_case(ledger, number)
    decision = second_person(expiry_ask(number, expires, actor), reason, ledger, policy, confirmed=confirmed)
    payload = {**_payload(reason, decision.mark if decision else ""), "expires": expires.isoformat()}
    return set_fact(ledger, "case.expiry", number, payload, actor)


def _payload(reason: str, decided: str) -> Mapping[str, JSON]:
    return {"reason": reason, "decided": decided}
