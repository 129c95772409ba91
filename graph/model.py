"""Values that travel out of a graph store: entities, relations, paths, and the view they were read under.

Plain frozen dataclasses; nothing here knows a store or the schema file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath

Value = str | int | float | bool | None | tuple[str, ...]

PUBLIC = "G1"
"""Grade of what is published by law or register: open to every case (safeguards S-02)."""


@dataclass(frozen=True, slots=True)
class Entity:
    """One node: golden values of a resolved person, organisation, asset, matter or locator.

    ``name`` is the caption (already masked where it is an identifier); ``properties`` holds every
    other schema property that is not null, dates as text beside their ``…Min``/``…Max`` day numbers.
    """

    id: str
    kind: str
    subtype: str | None
    name: str
    names: tuple[str, ...]
    grade: str
    properties: Mapping[str, Value]
    record_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """One recorded relation from ``from_id`` to ``to_id``; symmetric kinds have the smaller id first."""

    id: str
    kind: str
    from_id: str
    to_id: str
    subtype: str | None
    grade: str
    properties: Mapping[str, Value]
    record_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subgraph:
    """Entities and the relations among them, each sorted by id."""

    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighborhood:
    """One hop around an entity.

    ``counts`` has, for each relation kind, how many relations the view allows in all; ``subgraph``
    holds at most ``limit`` of them (with the centre and the far ends), smallest relation ids first.
    """

    centre: str
    subgraph: Subgraph
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Path:
    """A walk without repeated nodes: ``nodes[i]`` and ``nodes[i+1]`` are the ends of ``relations[i]``."""

    nodes: tuple[str, ...]
    relations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a case may see: its ``members`` (approved seeds and hops), and beside them what is public.

    A relation is inside when its grade is public or both ends are members. An entity is inside when it
    is a member or its grade is public. ``population`` lifts the limit and belongs only to an approved
    population act; it is never a default.
    """

    members: frozenset[str] = frozenset()
    population: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """The glasses every read wears.

    ``as_of``: day number since 1970-01-01; a relation that is surely not valid on that day is not seen:
    surely not begun (``validFromMin > t``), surely ended (``validToMax < t``) or an event surely later
    (``atMin > t``); a kind with both times must pass both, a null bound hides nothing. None = all times.
    ``kinds``: entity and relation kinds seen; a relation needs its ends seen too; None = all.
    ``scope``: see ``Scope``; a read without one is refused.
    """

    scope: Scope | None
    as_of: int | None = None
    kinds: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class TableSet:
    """A snapshot of the resource library as files: kind → Parquet in the layout of the schema.

    A kind without rows may be absent. ``id`` names the snapshot; ``graph_hash`` covers every row.
    """

    id: str
    graph_hash: str
    files: Mapping[str, FilePath]


@dataclass(frozen=True, slots=True)
class Change:
    """The difference from snapshot ``base`` to the one published: kind → Parquet.

    ``added`` and ``changed`` hold whole rows in the layout of the schema; ``removed`` holds ``id`` and,
    for relations, the ``from_id``/``to_id`` under which the store has them. A relation whose end moved
    is removed and added.
    """

    base: str
    added: Mapping[str, FilePath] = field(default_factory=dict)
    changed: Mapping[str, FilePath] = field(default_factory=dict)
    removed: Mapping[str, FilePath] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a store holds now: the snapshot it was given ("" when empty) and its hash."""

    id: str
    graph_hash: str
