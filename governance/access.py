"""May this actor do this act now, under this case and purpose? Pure; the door asks before every act."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from governance.cases import Case, Purpose
from governance.policy import Act, Policy
from graph.errors import AccessDenied


def authorise(
    policy: Policy, actor: str, roles: Collection[str], act: str, case: Case | None, purpose: Purpose | None,
    reason: str, now: datetime, *, opened: int = 0,
) -> None:  # fmt: skip
    """Return where the act is allowed; else raise ``AccessDenied`` with what to do.

    ``case`` is None where none was named or none of that name exists: both get the same words as a
    case of others, so that nobody learns from a refusal which cases there are (S-03). ``opened`` is how
    many records the actor opened in the last 24 hours, for acts that open records (S-04).
    """
    needs = policy.act(act)
    if not actor or act not in policy.acts_of(roles):
        have = ", ".join(sorted(roles)) or "none"
        raise AccessDenied(f"{actor or 'nobody'} (roles: {have}) may not do {act}; ask for a role that may")
    if needs.case != "none":
        _check_case(needs, actor, act, case, purpose, now)
    if needs.reason and not reason.strip():
        raise AccessDenied(f"{act} needs a reason; say what it is for")
    if needs.opens and opened >= policy.limits.opened_records:
        most = policy.limits.opened_records
        raise AccessDenied(f"{opened} records opened in 24 hours, the limit is {most}; go on later")


def _check_case(
    needs: Act, actor: str, act: str, case: Case | None, purpose: Purpose | None, now: datetime
) -> None:
    if case is None or actor not in case.members:
        raise AccessDenied(f"{act} needs a case that {actor} is a member of; mingcha case list shows them")
    if needs.case == "member":
        return
    status = case.status(now)
    if status == "closed":
        raise AccessDenied(f"case {case.number} is closed; set its stage to reopen it, or work under another")
    if status == "expired":
        ended = case.purpose.expires.date().isoformat()
        raise AccessDenied(f"case {case.number} expired on {ended}; extend it, or work under another one")
    if purpose is None or not purpose.code or not purpose.legal_basis:
        raise AccessDenied(f"{act} needs the purpose of case {case.number} and its legal basis; state them")
    if (purpose.code, purpose.legal_basis) != (case.purpose.code, case.purpose.legal_basis):
        raise AccessDenied(f"case {case.number} was not opened for {purpose.code!r}; use its own purpose")
    if purpose.expires <= now:
        ended = purpose.expires.date().isoformat()
        raise AccessDenied(f"the purpose given expired on {ended}; read the case again")
