"""From a case to the glasses it looks through: members of its scope, the view, and the screen that masks."""

from __future__ import annotations

from dataclasses import dataclass

from governance.cases import Case
from governance.reveals import open_values
from graph.model import Entity, Relation, Scope, View
from lake import reach
from lake.entity_ids import follow
from lake.evidence import stated
from workbench.door import required_case
from workbench.screen import Screen
from workbench.workspace import Session

HUB_DEGREE = 200
"""Entities with more relations are seen but not passed through when the members of a case are gathered."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What one session sees under its case: the case, its members now, and the screen before them."""

    case: Case
    seeds: tuple[str, ...]
    members: frozenset[str]
    screen: Screen

    def view(self, as_of: int | None = None, kinds: frozenset[str] | None = None) -> View:
        """The view a store is asked under."""
        return View(Scope(self.members), as_of, kinds)

    def holds(self, subject: Entity | Relation) -> bool:
        """Whether the subject lies inside the case, and is not only public."""
        ends = (subject.id,) if isinstance(subject, Entity) else (subject.from_id, subject.to_id)
        return all(end in self.members for end in ends)


def sight(session: Session) -> Sight:
    """Members (kept per snapshot) and the values revealed to this actor just now."""
    workspace = session.workspace
    case = required_case(session)
    seeds = workspace.kept(
        ("seeds", case.seeds),
        lambda: tuple(dict.fromkeys(follow(workspace.lake, seed) for seed in case.seeds)),
    )
    members = workspace.kept(
        ("members", seeds, case.hops), lambda: reach.reach(workspace.lake, seeds, case.hops, HUB_DEGREE)
    )
    revealed = _revealed(session, members)
    return Sight(case, seeds, members, Screen(workspace.schema, workspace.lake.registers, members, revealed))


def _revealed(session: Session, members: frozenset[str]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for ref in open_values(session.workspace.ledger, session.case, session.actor):
        value = clear_value(session, ref.subject, ref.property, members)
        if value is not None:
            found[(ref.subject, ref.property)] = value
    return found


def clear_value(session: Session, subject: str, name: str, members: frozenset[str]) -> str | None:
    """The clear value of a property of an entity or relation inside the case, None where there is none."""
    workspace = session.workspace
    if subject in members:
        golden = [s.value for s in stated(workspace.lake, subject) if s.property == name and s.golden]
        return golden[0] if golden else None
    found = workspace.store.get([subject], View(Scope(members))).relations
    inside = [
        r for r in found if r.from_id in members and r.to_id in members
    ]  # one that is public may not be
    known = workspace.schema.relations[inside[0].kind].properties if inside else {}
    value = inside[0].properties.get(name) if name in known else None
    return None if value is None else str(value)
