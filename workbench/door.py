"""The door: every use case passes here. May this actor do this? → run → exactly one audit event, or no answer."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from governance.access import authorise
from governance.audit import Entry, Outcome
from governance.cases import Case, find_case
from governance.policy import Act
from graph.errors import AccessDenied, MingchaError
from workbench.workspace import Session

P = ParamSpec("P")
R = TypeVar("R")
Use = Callable[Concatenate[Session, P], R]

ACTS: dict[str, str] = {}
"""Act → qualified name of the use case behind it; filled by ``act`` (several use cases may share an act)."""

_DAY = timedelta(hours=24)
_UNRECORDED = frozenset({"progress"})


def _nothing(_result: Any) -> Sequence[str]:
    return ()


def act(
    name: str, *, shown: Callable[[Any], Sequence[str]] = _nothing, count: Callable[[Any], int] | None = None
) -> Callable[[Use[P, R]], Use[P, R]]:
    """Make a function a use case of the door under the act ``name`` of ``policy/vocabulary.yaml``.

    ``shown(result)``: ids of what the answer shows, for the audit; ``count(result)``: how many items,
    where that is another number. Refusals and failures are audited too. Where the audit cannot be
    read nothing is begun, and where it cannot be written nothing is answered (S-14).
    """

    def decorate(function: Use[P, R]) -> Use[P, R]:
        signature = inspect.signature(function)
        ACTS[f"{function.__module__}.{function.__qualname__}"] = name

        @wraps(function)
        def through(session: Session, /, *args: P.args, **kwargs: P.kwargs) -> R:
            bound = signature.bind(session, *args, **kwargs)
            asked = {k: v for k, v in list(bound.arguments.items())[1:] if k not in _UNRECORDED}
            started = session.workspace.ledger.now()
            try:
                _check(session, name, started)
                result = function(session, *args, **kwargs)
            except AccessDenied as refusal:
                _record(session, name, "refused", asked, error=str(refusal))
                raise
            except BaseException as fault:  # one broken off by the keyboard or by a page was begun, too
                _record(session, name, "failed", asked, error=_told(fault))
                raise
            _record(
                session, name, "allowed", asked, shown=shown(result), count=count(result) if count else None,
                decided=_decided(session, name, started),
            )  # fmt: skip
            return result

        through.__act__ = name  # type: ignore[attr-defined]
        return through

    return decorate


def case_of(session: Session) -> Case | None:
    """The case named by the session, None where there is none of that number."""
    return find_case(session.workspace.ledger, session.case) if session.case else None


def required_case(session: Session) -> Case:
    """The session's case; only for use cases whose act needs one."""
    found = case_of(session)
    if found is None:
        raise AccessDenied("this needs a case; open one first: mingcha case list")
    return found


def _check(session: Session, name: str, now: datetime) -> None:
    workspace = session.workspace
    case = case_of(session)
    opens = workspace.policy.act(name).opens
    acts = [a for a, spec in workspace.policy.acts.items() if opens and spec.opens]
    opened = workspace.audit.opened(session.actor, acts, now - _DAY)  # asked always: no log, no act
    authorise(
        workspace.policy, session.actor, workspace.roles_of(session.actor), name, case,
        case.purpose if case else None, session.reason, now, opened=opened,
    )  # fmt: skip


def _decided(session: Session, name: str, since: datetime) -> str:
    """The mark of a two-person decision taken within this act, "" where none was needed."""
    rule: Act = session.workspace.policy.act(name)
    if rule.second is None:
        return ""
    lines = session.workspace.ledger.lines(["decision"], since=since)
    mine = [line for line in lines if line.actor == session.actor and line.payload["act"] == name]
    return (mine[-1].payload["second"] or "alone") if mine else ""


def _told(fault: BaseException) -> str:
    return str(fault) if isinstance(fault, MingchaError) else type(fault).__name__


def _record(
    session: Session, name: str, outcome: Outcome, asked: Mapping[str, Any], *, shown: Sequence[str] = (),
    count: int | None = None, decided: str = "", error: str = "",
) -> None:  # fmt: skip
    case = case_of(session)
    parameters = dict(asked) | ({"error": error} if error else {})
    session.workspace.audit.append(
        Entry(
            actor=session.actor,
            client=session.client,
            act=name,
            outcome=outcome,
            case=session.case,
            purpose=case.purpose.code if case else "",
            reason=session.reason,
            parameters=parameters,
            shown=shown,
            count=count,
            decided=decided,
        )
    )
