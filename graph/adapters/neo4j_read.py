"""Rows of the graph under a view: by id, around an entity, among entities."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graph.adapters.neo4j_bolt import Row, Transaction
from graph.adapters.neo4j_view import Glasses, by_label, where
from graph.adapters.rows import entity, relation
from graph.errors import NotFound
from graph.model import Entity, Neighborhood, Relation, Subgraph, View
from graph.schema import Schema

_RELATION = "properties(r), startNode(r).id, endNode(r).id"


class Reader:
    """Reads of one transaction under one view."""

    def __init__(self, tx: Transaction, schema: Schema, view: View) -> None:
        """``QueryRefused`` where the view has no scope."""
        self.tx, self.schema = tx, schema
        self.glasses = Glasses.of(schema, view)

    def entities(self, ids: Iterable[str]) -> list[Entity]:
        """The shown entities with these ids, sorted by id."""
        parts = by_label(self.schema, self.glasses.labels, ids)
        shown = self.glasses.entity("n")
        text = union(
            f"MATCH (n:{label}) {where([f'n.id IN $ids.{label}', *shown])}RETURN properties(n)"
            for label in parts
        )
        inside = self.glasses.among(i for own in parts.values() for i in own)
        rows = self.tx.rows("read entities", text, **inside, ids=parts) if parts else []
        return sorted((entity(row[0]) for row in rows), key=lambda e: e.id)

    def relations(self, ids: Iterable[str]) -> list[Relation]:
        """The shown relations with these ids, sorted by id."""
        wanted = list(dict.fromkeys(ids))
        types = self._types(wanted)
        if not wanted or not types:
            return []
        ends = [c for end in ("a", "b") for c in (*self.glasses.label(end), *self.glasses.entity(end))]
        shown = where(["r.id IN $ids", *ends, *self.glasses.relation("r", "a", "b")])
        text = union(f"MATCH (a)-[r:{kind}]->(b) {shown}RETURN {_RELATION}" for kind in types)
        return _relations(self.rows("read relations", text, ids=wanted))

    def _types(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Types to look for these relations under: the code before the dash tells it, if it is one."""
        code = {kind.code: name for name, kind in self.schema.relations.items()}
        told = {code.get(i.partition("-")[0], "") for i in ids}
        return tuple(t for t in self.glasses.types if t in told or "" in told)

    def get(self, ids: Sequence[str]) -> Subgraph:
        """Entities and relations with these ids."""
        entities = self.entities(ids)
        known = {e.id for e in entities}
        return Subgraph(tuple(entities), tuple(self.relations(i for i in ids if i not in known)))

    def neighbors(self, centre: str, limit: int) -> Neighborhood:
        """One hop: counts of everything, and the relations with the smallest ids."""
        self.require(centre)
        if not self.glasses.types:
            return Neighborhood(centre, Subgraph(tuple(self.entities([centre]))), {})
        ends = [*self.glasses.label("b"), *self.glasses.entity("b")]
        match = (
            f"MATCH (a:{self.schema.kind_of_id(centre)} {{id: $centre}})-[r:{self.glasses.any_type}]-(b) "
            + where([*ends, *self.glasses.relation("r", "a", "b")])
        )
        counted = self.rows("count neighbours", f"{match}RETURN type(r), count(*)", centre=centre)
        first = f"{match}WITH r ORDER BY r.id LIMIT $limit RETURN {_RELATION}"
        relations = _relations(self.rows("read neighbours", first, centre=centre, limit=max(limit, 0)))
        shown = self.entities({centre} | {end for r in relations for end in (r.from_id, r.to_id)})
        return Neighborhood(
            centre, Subgraph(tuple(shown), tuple(relations)), {kind: int(count) for kind, count in counted}
        )

    def require(self, *ids: str) -> None:
        """``NotFound`` where the view does not show one of these entities."""
        shown = {e.id for e in self.entities(ids)}
        for entity_id in ids:
            if entity_id not in shown:
                raise NotFound(
                    f"no entity {entity_id!r} in this view; check the id, the case and the filters"
                )

    def subgraph(self, ids: Sequence[str]) -> Subgraph:
        """Shown entities among ``ids``, and shown relations among them."""
        entities = self.entities(ids)
        shown = [e.id for e in entities]
        parts = by_label(self.schema, self.glasses.labels, shown)
        if not parts or not self.glasses.types:
            return Subgraph(tuple(entities))
        conditions = ["b.id IN $all", *self.glasses.relation("r", "a", "b")]
        text = union(
            f"MATCH (a:{label})-[r:{self.glasses.any_type}]->(b) "
            f"{where([f'a.id IN $ids.{label}', *conditions])}RETURN {_RELATION}"
            for label in parts
        )
        rows = self.rows("read relations", text, ids=parts, all=shown)
        return Subgraph(tuple(entities), tuple(_relations(rows)))

    def rows(self, what: str, text: str, **parameters: object) -> list[Row]:
        """Rows of a text that holds conditions of the view."""
        return self.tx.rows(what, text, **self.glasses.parameters, **parameters)


def _relations(rows: Iterable[Row]) -> list[Relation]:
    return sorted((relation(*row) for row in rows), key=lambda r: r.id)


def union(parts: Iterable[str]) -> str:
    """One text of several with the same columns."""
    return "\nUNION ALL\n".join(parts)
