"""Looking at a case's network: find, open, expand, paths, evidence, reveal, query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pandas as pd

from governance.reveals import ValueRef
from governance.reveals import reveal as reveal_value
from graph.cypher_tokens import Sort, tokens
from graph.errors import NotFound, QueryRefused
from graph.model import Entity, Neighborhood, Path, Relation, Subgraph
from graph.schema import Schema
from lake import evidence as lake_evidence
from lake import names
from lake.evidence import Doubt, Stated
from lake.model import Evidence
from lake.names import Named
from values.masking import mask
from workbench.door import act
from workbench.scope import Sight, clear_value, sight
from workbench.screen import LOCATOR_VALUE, hidden_names, mask_locator, private_locator
from workbench.workspace import Session

FIRST_PICTURE = 60
"""A case whose members are no more than this is drawn whole at first; else its seeds and one hop."""
ROWS_SHOWN = 20
"""Source rows shown for one subject; the answer says how many there are."""


@dataclass(frozen=True, slots=True)
class EntityCard:
    """One entity as the case may see it: golden values, everything said about it, warnings, neighbours by kind."""

    entity: Entity
    stated: tuple[Stated, ...]
    doubts: tuple[Doubt, ...]
    neighbours: Mapping[str, int]
    member: bool


@dataclass(frozen=True, slots=True)
class PathAnswer:
    """All shortest paths found (up to the limit) and the entities and relations on them."""

    paths: tuple[Path, ...]
    subgraph: Subgraph


@dataclass(frozen=True, slots=True)
class Sources:
    """Source rows behind an entity or relation of ``kind``, masked; ``total`` counts all of them."""

    subject: str
    kind: str
    rows: tuple[Evidence, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Revealed:
    """A value shown in clear until ``until`` (UTC). ``decided``: the second person, ``alone``, or ""."""

    subject: str
    property: str
    value: str
    until: datetime
    decided: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What the case page draws: a subgraph, the seeds in it, and how many members are not drawn yet."""

    subgraph: Subgraph
    seeds: tuple[str, ...]
    not_drawn: int


def ids_of(subgraph: Subgraph) -> list[str]:
    """Ids of everything in a subgraph, for the audit."""
    return [e.id for e in subgraph.entities] + [r.id for r in subgraph.relations]


def _one(_result: object) -> int:
    return 1


@act("entity.find", shown=lambda found: [n.id for n in found])
def find(session: Session, text: str, kinds: tuple[str, ...] = ()) -> tuple[Named, ...]:
    """Entities by name or public code, to seed a case. A person only by the whole name (S-04); at most 20."""
    workspace = session.workspace
    return names.find_named(workspace.lake, workspace.schema, text, kinds)


@act("subgraph.view", shown=lambda picture: ids_of(picture.subgraph))
def first_picture(session: Session, as_of: int | None = None) -> Picture:
    """The picture a case opens with: all members where they are few, else the seeds and their first hop."""
    seen = sight(session)
    store = session.workspace.store
    view = seen.view(as_of)
    if len(seen.members) <= FIRST_PICTURE:
        drawn = set(seen.members)
    else:
        drawn = set(seen.seeds)
        for seed in seen.seeds:
            if len(drawn) < FIRST_PICTURE and store.get([seed], view).entities:
                drawn |= {e.id for e in store.neighbors(seed, view).subgraph.entities}
    subgraph = store.subgraph(sorted(drawn), view)
    return Picture(seen.screen.subgraph(subgraph), seen.seeds, len(seen.members - drawn))


@act("subgraph.view", shown=ids_of)
def view(session: Session, ids: Sequence[str], as_of: int | None = None) -> Subgraph:
    """The entities among ``ids`` the case may see, and the relations among them."""
    seen = sight(session)
    return seen.screen.subgraph(session.workspace.store.subgraph(list(ids), seen.view(as_of)))


@act("entity.open", shown=lambda card: [card.entity.id], count=_one)
def open_entity(session: Session, entity_id: str) -> EntityCard:
    """One entity with everything said about it. ``NotFound`` where the case does not see it."""
    workspace, seen = session.workspace, sight(session)
    found = workspace.store.get([entity_id], seen.view()).entities
    if not found:
        raise NotFound(f"the case does not see {entity_id}; add a seed nearer to it, or check the id")
    member = entity_id in seen.members
    said = lake_evidence.stated(workspace.lake, entity_id)
    neighbours = workspace.store.neighbors(entity_id, seen.view(), limit=1).counts
    return EntityCard(
        entity=seen.screen.entity(found[0]),
        stated=_screened(seen, workspace.schema, found[0], said, member),
        doubts=lake_evidence.doubts(workspace.lake, [entity_id]),
        neighbours={kind: n for kind, n in neighbours.items() if n},
        member=member,
    )


def _screened(
    seen: Sight, schema: Schema, entity: Entity, said: Sequence[Stated], member: bool
) -> tuple[Stated, ...]:
    out = []
    for one in said:
        prop = schema.entities[entity.kind].properties.get(one.property)
        if prop is None or not (member or prop.grade == "G1"):
            continue
        opened = one.golden and (entity.id, one.property) in seen.screen.revealed
        value = one.value
        if not opened and one.property == LOCATOR_VALUE and private_locator(entity):
            value = mask_locator(entity.subtype, value)
        elif not opened and prop.grade == "G3":
            value = mask(value, prop.type)
        out.append(
            Stated(
                one.property,
                value,
                one.golden,
                one.source_grade,
                one.valid_from,
                one.valid_to,
                one.record_ids,
            )
        )
    return tuple(out)


@act("entity.expand", shown=lambda found: ids_of(found.subgraph))
def expand(
    session: Session, entity_id: str, kinds: Sequence[str] = (), limit: int = 50, as_of: int | None = None
) -> Neighborhood:
    """One hop around an entity; ``kinds`` narrows it to these relation kinds. Counts cover all of them."""
    workspace, seen = session.workspace, sight(session)
    chosen = frozenset({*workspace.schema.entities, *kinds}) if kinds else None
    found = workspace.store.neighbors(entity_id, seen.view(as_of, chosen), limit)
    return Neighborhood(found.centre, seen.screen.subgraph(found.subgraph), found.counts)


@act("path.find", shown=lambda answer: ids_of(answer.subgraph))
def paths(
    session: Session, a: str, b: str, max_length: int = 6, without: Sequence[str] = (), limit: int = 20,
    as_of: int | None = None,
) -> PathAnswer:  # fmt: skip
    """All shortest paths from ``a`` to ``b``, not over the kinds ``without``; at most ``limit``."""
    workspace, seen = session.workspace, sight(session)
    kinds = frozenset(workspace.schema.kinds) - frozenset(without) if without else None
    looked = seen.view(as_of, kinds)
    found = workspace.store.paths(a, b, looked, max_length, limit)
    nodes = sorted({n for p in found for n in p.nodes})
    used = {r for p in found for r in p.relations}
    drawn = workspace.store.subgraph(nodes, looked)
    on_path = Subgraph(drawn.entities, tuple(r for r in drawn.relations if r.id in used))
    return PathAnswer(found, seen.screen.subgraph(on_path))


@act("evidence.open", shown=lambda s: [s.subject, *(e.record_id for e in s.rows)], count=_one)
def evidence(session: Session, subject: str, limit: int = ROWS_SHOWN) -> Sources:
    """The source rows behind an entity or relation: file, sheet, row and the original cells, masked by grade."""
    workspace, seen = session.workspace, sight(session)
    found = workspace.store.get([subject], seen.view())
    subjects: tuple[Entity | Relation, ...] = (*found.entities, *found.relations)
    if not subjects:
        raise NotFound(f"the case does not see {subject}; add a seed nearer to it, or check the id")
    ids, kind = subjects[0].record_ids, subjects[0].kind
    inside = seen.holds(subjects[0])
    rows = sorted(lake_evidence.evidence(workspace.lake, ids), key=lambda e: -_says(e, kind))[:limit]
    return Sources(subject, kind, tuple(seen.screen.evidence(e, inside) for e in rows), len(ids))


def _says(found: Evidence, kind: str) -> int:
    """How many columns of a source row speak of the kind; the row that says most is shown first."""
    return sum(target.startswith(f"{kind}.") for target in found.column_properties.values())


@act("value.reveal", shown=lambda r: [r.subject])
def reveal(session: Session, subject: str, name: str, prompt: str = "") -> Revealed:
    """Show one masked value for some minutes, with the session's reason. ``prompt``: the text the asker was shown."""
    workspace, seen = session.workspace, sight(session)
    value = clear_value(session, subject, name, seen.members)
    if value is None:
        raise NotFound(f"{subject} has no value {name} inside case {session.case}")
    opened = reveal_value(
        workspace.ledger, workspace.policy, seen.case, ValueRef(subject, name), session.actor, session.reason,
        prompt=prompt, confirmed=session.confirmed,
    )  # fmt: skip
    return Revealed(subject, name, value, opened.until, opened.decided)


@act("table.export", shown=ids_of)
def export(session: Session, ids: Sequence[str], as_of: int | None = None) -> Subgraph:
    """The entities among ``ids`` and the relations among them, masked, to be saved as a table outside the workbench."""
    seen = sight(session)
    return seen.screen.subgraph(session.workspace.store.subgraph(list(ids), seen.view(as_of)))


@act("query.run", count=len)
def query(session: Session, text: str, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """Rows of a portable Cypher text over the case's own subgraph, as the case page shows it.

    Identifiers and names of private contacts are masked there, sensitive values and keyed tokens absent, so that a
    text can neither show nor compare them; one that names them is refused, to be told rather than to find nothing.
    """
    workspace, seen = session.workspace, sight(session)
    words = {token.text for token in tokens(text) if token.sort in (Sort.WORD, Sort.NAME)}
    named = sorted(words & hidden_names(workspace.schema))
    if named:
        raise QueryRefused(
            f"the query names sensitive values ({', '.join(named)}); open them one by one with a reason"
        )
    veiled = replace(seen.screen, revealed={}, drop=True)
    stands = workspace.store.snapshot()
    rows = workspace.case_query(
        text, parameters or {}, seen.view(), f"{stands.id} {stands.graph_hash}",
        lambda ids, view: veiled.subgraph(workspace.store.subgraph(ids, view)),
    )  # fmt: skip
    found: pd.DataFrame = rows.to_pandas()
    return found
