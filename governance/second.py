"""Acts that need two people: one function decides all of them.

Policy ``team``: the first person proposes, another member of the case agrees, the first one acts; each
agreement is good for one act. Policy ``solo``: a confirmation that names the rule, and the mark
"decided alone" on the result, in the audit and in the list for a later second reader.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from governance.cases import find_case, list_cases
from governance.policy import Policy
from graph.errors import AccessDenied, LedgerConflict, NotFound
from lake.ledger import JSON, Draft, Ledger, Line, stable_json

ALONE = "alone"


@dataclass(frozen=True, slots=True)
class Ask:
    """One act of one person on one thing. ``subject`` says exactly what (ids, hops), never a clear value."""

    act: str
    actor: str
    case: str
    subject: str

    @property
    def key(self) -> str:
        """The same for the same ask; under it the ledger finds the agreement again."""
        text = stable_json([self.act, self.actor, self.case, self.subject])
        return "ask:" + hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Proposal:
    """An ask that waits for, or has, the agreement of a second person."""

    seq: int
    ask: Ask
    reason: str
    at: datetime
    second: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """How an act that needs two was decided. ``second``: the other person, "" where decided alone."""

    seq: int
    ask: Ask
    reason: str
    at: datetime
    second: str

    @property
    def mark(self) -> str:
        """What result and audit show: the second person's name, or ``alone``."""
        return self.second or ALONE


def second_person(
    ask: Ask, reason: str, ledger: Ledger, policy: Policy, *, amount: int = 1, confirmed: bool = False
) -> Decision | None:
    """Let the act pass, or raise ``AccessDenied`` naming the rule and what to do.

    None where at this ``amount`` one person is enough. An agreement is used up by this call.
    """
    rule = policy.needs_two(ask.act, amount)
    if rule is None:
        return None
    if policy.two_people == "confirm":
        if not confirmed:
            raise AccessDenied(f"{rule.en} ({rule.zh}). You decide alone: confirm it, and it is marked so")
        return _decide(ledger, ask, reason, (ask.key,), "", ())
    agreed = [found for found in open_proposals(ledger, policy) if found.ask == ask and found.second]
    if not agreed:
        raise AccessDenied(f"{rule.en} ({rule.zh}). Propose it, have another person agree, and do it then")
    used = f"proposal:{agreed[0].seq}"
    return _decide(ledger, ask, reason, (ask.key, used), agreed[0].second, (("decision", used),))


def _decide(
    ledger: Ledger, ask: Ask, reason: str, subjects: tuple[str, ...], second: str,
    unless: tuple[tuple[str, str], ...],
) -> Decision:  # fmt: skip
    payload = {**_payload(ask, reason), "second": second}
    line = ledger.append_many([Draft("decision", subjects, payload, ask.actor)], unless=unless)[0]
    return Decision(line.seq, ask, reason, line.at, second)


def propose(ledger: Ledger, policy: Policy, ask: Ask, reason: str) -> Proposal:
    """Ask for a second person. ``LedgerConflict`` where the same ask is open already."""
    policy.act(ask.act)
    if any(proposal.ask == ask for proposal in open_proposals(ledger, policy)):
        raise LedgerConflict(f"{ask.act} on {ask.subject} is proposed already; wait for the other person")
    line = ledger.append("proposal", (ask.key,), _payload(ask, reason), ask.actor)
    return Proposal(line.seq, ask, reason, line.at)


def approve(ledger: Ledger, policy: Policy, seq: int, actor: str, reason: str) -> Proposal:
    """Agree to proposal ``seq`` as second person: another one than who proposed, and a member of the case."""
    found = [proposal for proposal in open_proposals(ledger, policy) if proposal.seq == seq]
    if not found:
        raise NotFound(f"no proposal {seq} is open; list those that are")
    proposal = found[0]
    if actor == proposal.ask.actor:
        raise AccessDenied(f"proposal {seq} is your own; another person has to agree")
    if proposal.second:
        raise LedgerConflict(f"{proposal.second} agreed to proposal {seq} already")
    case = find_case(ledger, proposal.ask.case) if proposal.ask.case else None
    if proposal.ask.case and (case is None or actor not in case.members):
        raise AccessDenied(f"proposal {seq} is of a case that {actor} is no member of; a member has to agree")
    subjects = (proposal.ask.key, f"proposal:{seq}")
    ledger.append("approval", subjects, {"proposal": seq, "reason": reason}, actor)
    return Proposal(seq, proposal.ask, proposal.reason, proposal.at, actor)


def open_proposals(ledger: Ledger, policy: Policy) -> tuple[Proposal, ...]:
    """Proposals that are neither used nor too old, oldest first, with who agreed."""
    oldest = ledger.now() - timedelta(days=policy.limits.proposal_days)
    lines = ledger.lines(["proposal", "approval", "decision"], since=oldest)
    used = {subject for line in lines if line.kind == "decision" for subject in line.subjects[1:]}
    agreed = {line.payload["proposal"]: line.actor for line in lines if line.kind == "approval"}
    out: list[Proposal] = []
    for line in lines:
        if line.kind != "proposal" or f"proposal:{line.seq}" in used:
            continue
        second = agreed.get(line.seq, "")
        if second == line.actor:  # whatever wrote the approval, nobody is his own second person
            second = ""
        out.append(Proposal(line.seq, _ask(line), line.payload["reason"], line.at, second))
    return tuple(out)


def proposals_for(ledger: Ledger, policy: Policy, actor: str) -> tuple[Proposal, ...]:
    """The open proposals that ``actor`` may know of: those of own cases, and those of no case."""
    own = {case.number for case in list_cases(ledger, actor)}
    return tuple(
        found for found in open_proposals(ledger, policy) if not found.ask.case or found.ask.case in own
    )


def decisions(ledger: Ledger, *, alone: bool = False) -> tuple[Decision, ...]:
    """How acts that need two were decided, oldest first; with ``alone`` those for a later second reader."""
    all_lines = ledger.lines(["decision"])
    found = [Decision(d.seq, _ask(d), d.payload["reason"], d.at, d.payload["second"]) for d in all_lines]
    return tuple(decision for decision in found if not (alone and decision.second))


def _payload(ask: Ask, reason: str) -> dict[str, JSON]:
    return {"act": ask.act, "case": ask.case, "subject": ask.subject, "reason": reason}


def _ask(line: Line) -> Ask:
    return Ask(line.payload["act"], line.actor, line.payload["case"], line.payload["subject"])
