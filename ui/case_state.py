"""What the case page shows, as plain values: which entities are drawn, filters, selection, and every step back and forth.

No Streamlit here; the page keeps one ``CaseState`` per case in its session.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from graph.model import Relation, Subgraph

HISTORY = 50
"""Steps that can be undone."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One step of the view. ``drawn``: entities loaded; ``hidden``: not shown; ``folded``: centre → leaves folded into it."""

    drawn: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    folded: Mapping[str, frozenset[str]] = field(default_factory=dict)
    path: tuple[str, ...] = ()
    """Relations of the path shown."""


@dataclass(slots=True)
class CaseState:
    """The state of one case page in one session."""

    picture: Picture = field(default_factory=Picture)
    past: list[Picture] = field(default_factory=list)
    future: list[Picture] = field(default_factory=list)
    positions: dict[str, tuple[float, float]] = field(default_factory=dict)
    pinned: dict[str, tuple[float, float]] = field(default_factory=dict)
    selected: str = ""
    path_ends: tuple[str, str] = ("", "")
    off: frozenset[str] = frozenset()
    """Kinds switched off: neither drawn nor gone over by paths."""
    asked: str = ""
    """An entity with too many neighbours to draw at once: the page asks for relation kinds."""
    layout: str = "auto"
    round: int = 0
    """Counts layouts made anew, so that the canvas fits the picture again."""
    shown_path: int = 0
    """Which of several equally short paths is marked."""

    def step(self, picture: Picture) -> None:
        """Show ``picture`` and remember the one before."""
        if picture == self.picture:
            return
        self.past = [*self.past[-HISTORY + 1 :], self.picture]
        self.future = []
        self.picture = picture

    def undo(self) -> None:
        """One step back, where there is one."""
        if self.past:
            self.future.append(self.picture)
            self.picture = self.past.pop()

    def redo(self) -> None:
        """One step forth again."""
        if self.future:
            self.past.append(self.picture)
            self.picture = self.future.pop()

    def add(self, ids: Iterable[str]) -> None:
        """Draw further entities; what was hidden comes back."""
        fresh = frozenset(ids)
        self.step(replace(self.picture, drawn=self.picture.drawn | fresh, hidden=self.picture.hidden - fresh))

    def hide(self, ids: Iterable[str]) -> None:
        """Leave entities out of the picture; they stay loaded."""
        self.step(replace(self.picture, hidden=self.picture.hidden | frozenset(ids)))

    def only(self, ids: Iterable[str]) -> None:
        """Show only these of the drawn entities."""
        kept = frozenset(ids)
        self.step(replace(self.picture, hidden=self.picture.drawn - kept))

    def show_path(self, nodes: Iterable[str], relations: tuple[str, ...]) -> None:
        """Draw a path and mark its relations."""
        fresh = frozenset(nodes)
        picture = replace(
            self.picture, drawn=self.picture.drawn | fresh, hidden=self.picture.hidden - fresh, path=relations
        )
        self.step(picture)

    def fold(self, centre: str, leaves: Iterable[str]) -> None:
        """Fold leaves of ``centre`` into it; folding again unfolds."""
        folded = dict(self.picture.folded)
        if folded.pop(centre, None) is None:
            folded[centre] = frozenset(leaves)
        self.step(replace(self.picture, folded=folded))


def shown(subgraph: Subgraph, state: CaseState) -> Subgraph:
    """The part of ``subgraph`` that the page shows: drawn, not hidden or folded, of kinds that are not off."""
    picture = state.picture
    away = picture.hidden | frozenset(leaf for leaves in picture.folded.values() for leaf in leaves)
    entities = tuple(
        e for e in subgraph.entities if e.id in picture.drawn and e.id not in away and e.kind not in state.off
    )
    ids = {e.id for e in entities}
    relations = tuple(
        r for r in subgraph.relations if r.kind not in state.off and r.from_id in ids and r.to_id in ids
    )
    return Subgraph(entities, relations)


def leaves_of(subgraph: Subgraph, centre: str) -> frozenset[str]:
    """Entities whose only neighbour in ``subgraph`` is ``centre``."""
    ends: dict[str, set[str]] = {}
    for relation in subgraph.relations:
        ends.setdefault(relation.from_id, set()).add(relation.to_id)
        ends.setdefault(relation.to_id, set()).add(relation.from_id)
    return frozenset(n for n in ends.get(centre, set()) if n != centre and ends[n] == {centre})


def dimmed(subgraph: Subgraph, first: int, last: int) -> frozenset[str]:
    """Relations surely outside the days ``first`` to ``last`` (day numbers): over before, or not begun or happened by then."""
    return frozenset(r.id for r in subgraph.relations if not _possible(r, first, last))


def _possible(relation: Relation, first: int, last: int) -> bool:
    values = relation.properties
    low = values.get("validFromMin", values.get("atMin"))
    high = values.get("validToMax", values.get("atMax"))
    return (not isinstance(low, int) or low <= last) and (not isinstance(high, int) or high >= first)


def first_day(relation: Relation) -> int | None:
    """The first possible day of a relation, None where no date is known."""
    values = relation.properties
    for text, day in (("at", "atMin"), ("validFrom", "validFromMin"), ("validTo", "validToMin")):
        found = values.get(day)
        if values.get(text) and isinstance(found, int):
            return found
    return None
