"""Tables of the embedded store from the schema: one a kind, relations with all their end-point pairs."""

from __future__ import annotations

from collections.abc import Iterator

from graph.schema import EntityKind, RelationKind, Schema

ENDS = ("from_id", "to_id")
"""Columns of a relation's table file that are its ends in the store, no properties."""


def statements(schema: Schema) -> Iterator[str]:
    """One CREATE statement for each of the 24 kinds, entities first."""
    yield from (_node_table(kind) for kind in schema.entities.values())
    yield from (_relation_table(kind) for kind in schema.relations.values())


def own_columns(kind: EntityKind | RelationKind) -> tuple[str, ...]:
    """Columns a kind has as properties in the store, in the order of its table."""
    return tuple(c.name for c in kind.columns() if isinstance(kind, EntityKind) or c.name not in ENDS)


def _node_table(kind: EntityKind) -> str:
    columns = ", ".join(f"`{c.name}` {c.storage}" for c in kind.columns())
    return f"CREATE NODE TABLE `{kind.name}` ({columns}, PRIMARY KEY (id))"


def _relation_table(kind: RelationKind) -> str:
    pairs = ", ".join(f"FROM `{a}` TO `{b}`" for a, b in kind.ends)
    columns = ", ".join(f"`{c.name}` {c.storage}" for c in kind.columns() if c.name not in ENDS)
    return f"CREATE REL TABLE `{kind.name}` ({pairs}, {columns})"
