"""What the case page asks of the door, each thing once: answers are kept in the session until the view changes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, TypeVar

import streamlit as st

from graph.model import Subgraph
from lake.model import Evidence
from ui.case_state import CaseState
from ui.desk import session, workspace
from workbench import govern, investigate
from workbench.investigate import EntityCard, PathAnswer, Sources
from workbench.workspace import Session

T = TypeVar("T")
_REASON = "case_reason:"
_STATE = "case_state:"
_KEPT = "case_kept:"
GUARD = 50
"""Above so many neighbours the page asks for relation kinds before it draws them."""


def reason_of(number: str) -> str:
    """Why this session looks at the case, "" before it was said."""
    return str(st.session_state.get(_REASON + number, ""))


def set_reason(number: str, reason: str) -> None:
    """Remember why this session looks at the case."""
    st.session_state[_REASON + number] = reason


def work(number: str) -> Session:
    """A session of the door under the case and the reason given."""
    return session(number, reason_of(number))


def kept(number: str, key: Hashable, make: Callable[[], T]) -> T:
    """The answer kept under ``key`` for this case; asked once."""
    store: dict[Hashable, Any] = st.session_state.setdefault(_KEPT + number, {})
    if key not in store:
        store[key] = make()
    return store[key]  # type: ignore[no-any-return]


def forget(number: str) -> None:
    """Drop what was kept: the scope changed, or a value was revealed."""
    st.session_state.pop(_KEPT + number, None)


def overview(number: str) -> dict[str, Any]:
    """The case's overview; opening it is one audited act a session."""
    return kept(number, "overview", lambda: dict(govern.open_case(work(number))))


def state_of(number: str) -> CaseState:
    """The page's state for the case; the first time it holds the opening picture."""
    key = _STATE + number
    if key not in st.session_state:
        state = CaseState()
        opening = investigate.first_picture(work(number))
        state.add(e.id for e in opening.subgraph.entities)
        state.past.clear()
        state.pinned = dict(govern.pinned(work(number)))
        st.session_state[key] = state
        kept(number, "seeds", lambda: opening.seeds)
        kept(number, ("view", state.picture.drawn), lambda: opening.subgraph)
    return st.session_state[key]  # type: ignore[no-any-return]


def restart(number: str) -> None:
    """Forget state and answers: the next run opens the case's picture anew."""
    st.session_state.pop(_STATE + number, None)
    forget(number)


def seeds(number: str) -> tuple[str, ...]:
    """Ids of the seeds as they are called now."""
    return kept(number, "seeds", lambda: investigate.first_picture(work(number)).seeds)


def loaded(number: str, state: CaseState) -> Subgraph:
    """Everything drawn so far and the relations among it."""
    drawn = state.picture.drawn
    return kept(number, ("view", drawn), lambda: investigate.view(work(number), sorted(drawn)))


def card(number: str, entity: str) -> EntityCard:
    """The card of an entity."""
    return kept(number, ("card", entity), lambda: investigate.open_entity(work(number), entity))


def sources(number: str, subject: str) -> Sources:
    """Source rows behind an entity or relation."""
    return kept(number, ("sources", subject), lambda: investigate.evidence(work(number), subject))


def paths(number: str, ends: tuple[str, str], without: frozenset[str]) -> PathAnswer:
    """All shortest paths between two entities, not over the kinds ``without``."""
    kinds = tuple(sorted(without))
    return kept(number, ("paths", ends, kinds), lambda: investigate.paths(work(number), *ends, without=kinds))


def first_rows(number: str, relations: tuple[str, ...]) -> dict[str, Evidence]:
    """Relation → the first source row behind it, for the steps of a path."""
    found = {r: sources(number, r).rows for r in relations}
    return {r: rows[0] for r, rows in found.items() if rows}


def expand(number: str, state: CaseState, entity: str, kinds: tuple[str, ...] = ()) -> int:
    """Draw the neighbours of ``entity``; above the guard, and without chosen kinds, ask first. Returns how many are new."""
    limit = GUARD if not kinds else 200
    found = investigate.expand(work(number), entity, kinds, limit)
    if found.total > GUARD and not kinds:
        state.asked = entity
        kept(number, ("counts", entity), lambda: dict(found.counts))
        return 0
    fresh = {e.id for e in found.subgraph.entities} - state.picture.drawn
    state.asked = ""
    state.add(e.id for e in found.subgraph.entities)
    return len(fresh)


def data_as_of(number: str) -> str:
    """The day of the newest import, as text."""
    moment: datetime | None = overview(number)["dataAsOf"]
    return f"{moment:%Y-%m-%d}" if moment else "—"


def policy_limits() -> Any:
    """Limits of the policy in force."""
    return workspace().policy.limits
