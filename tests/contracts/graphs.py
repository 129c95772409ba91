"""Small graphs in the schema's layout, written as Parquet, and what a store must answer about them.

The answers come from the rows by brute force and from networkx, never from a store.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import pairwise, product
from pathlib import Path as FilePath
from typing import Any

import networkx as nx
import pyarrow as pa
import pyarrow.parquet as pq

from graph.adapters.rows import entity, relation
from graph.hash import graph_hash
from graph.model import Change, Entity, Path, Relation, Scope, Subgraph, TableSet, View
from graph.schema import load_schema

SCHEMA = load_schema()
OPEN = 2_932_896
POPULATION = View(Scope(population=True))

Row = dict[str, Any]


@dataclass
class Graph:
    """Rows by kind; ``add`` fills in what the schema's frame needs."""

    rows: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, kind: str, id: str, **values: Any) -> None:
        """One entity or relation; ``grade`` is the kind's and an interval is open unless given."""
        row: Row = {"id": id, "kind": kind, "grade": SCHEMA.kind(kind).grade, "record_ids": [f"rec-{id}"]}
        names = SCHEMA.arrow_schema(kind).names
        if "validToMax" in names:
            row |= {"validFromMin": 0, "validFromMax": 0, "validToMin": OPEN, "validToMax": OPEN}
        if "atMin" in names:
            row |= {"atMin": 0, "atMax": 0, "atMsMin": 0, "atMsMax": 86_399_999}
        if kind in SCHEMA.entities:
            row |= {"name": id, "names": [values.get("name", id)]}
        unknown = set(values) - set(names)
        assert not unknown, f"{kind} has no columns {unknown}"
        self.rows.setdefault(kind, []).append(row | values)

    def copy(self) -> Graph:
        return Graph(deepcopy(self.rows))

    def remove(self, *ids: str) -> None:
        self.rows = {kind: [r for r in rows if r["id"] not in ids] for kind, rows in self.rows.items()}

    def change(self, id: str, **values: Any) -> None:
        for rows in self.rows.values():
            for row in rows:
                if row["id"] == id:
                    row |= values

    def entities(self) -> dict[str, Row]:
        return {r["id"]: r for kind in SCHEMA.entities for r in self.rows.get(kind, ())}

    def relations(self) -> dict[str, Row]:
        return {r["id"]: r for kind in SCHEMA.relations for r in self.rows.get(kind, ())}

    def write(self, folder: FilePath, snapshot: str) -> TableSet:
        files = write_rows(folder / snapshot, self.rows)
        return TableSet(snapshot, graph_hash(SCHEMA, files), files)


def write_rows(
    folder: FilePath, rows: Mapping[str, Iterable[Row]], *, ends_only: bool = False
) -> dict[str, FilePath]:
    """Parquet per kind; ``ends_only``: the columns of a removal."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, FilePath] = {}
    for kind, found in rows.items():
        layout = SCHEMA.arrow_schema(kind)
        if ends_only:
            layout = pa.schema([f for f in layout if f.name in ("id", "from_id", "to_id")])
        if chosen := [{n: r.get(n) for n in layout.names} for r in found]:
            files[kind] = folder / f"{kind}.parquet"
            pq.write_table(pa.Table.from_pylist(chosen, schema=layout), files[kind])
    return files


def difference(old: Graph, new: Graph, folder: FilePath, base: str) -> Change:
    """The change from ``old`` (snapshot ``base``) to ``new``."""
    added: dict[str, list[Row]] = {}
    changed: dict[str, list[Row]] = {}
    removed: dict[str, list[Row]] = {}
    for kind in SCHEMA.kinds:
        before = {(r["id"], r.get("from_id"), r.get("to_id")): r for r in old.rows.get(kind, ())}
        after = {(r["id"], r.get("from_id"), r.get("to_id")): r for r in new.rows.get(kind, ())}
        added[kind] = [after[k] for k in after.keys() - before.keys()]
        removed[kind] = [before[k] for k in before.keys() - after.keys()]
        changed[kind] = [after[k] for k in after.keys() & before.keys() if after[k] != before[k]]
    return Change(
        base,
        write_rows(folder / "added", added),
        write_rows(folder / "changed", changed),
        write_rows(folder / "removed", removed, ends_only=True),
    )


class Oracle:
    """What a view shows of a graph, and the answers that follow."""

    def __init__(self, graph: Graph, view: View) -> None:
        assert view.scope is not None
        self.view, self.scope = view, view.scope
        self.entities = {i: e for i, e in graph.entities().items() if self._shows_entity(e)}
        self.relations = {i: r for i, r in graph.relations().items() if self._shows_relation(r)}

    def _seen(self, row: Row) -> bool:
        return self.view.kinds is None or row["kind"] in self.view.kinds

    def _member(self, id: str) -> bool:
        return self.scope.population or id in self.scope.members

    def _shows_entity(self, row: Row) -> bool:
        return self._seen(row) and (self._member(row["id"]) or row["grade"] == "G1")

    def _shows_relation(self, row: Row) -> bool:
        a, b, day = row["from_id"], row["to_id"], self.view.as_of
        if not (self._seen(row) and a in self.entities and b in self.entities):
            return False
        if row["grade"] != "G1" and not (self._member(a) and self._member(b)):
            return False
        if day is None:
            return True
        begins = [row[n] for n in ("validFromMin", "atMin") if row.get(n) is not None]
        ends = [row["validToMax"]] if row.get("validToMax") is not None else []
        return all(b <= day for b in begins) and all(day <= e for e in ends)

    def get(self, ids: Iterable[str]) -> Subgraph:
        wanted = set(ids)
        return _values(
            (e for i, e in self.entities.items() if i in wanted),
            (r for i, r in self.relations.items() if i in wanted),
        )

    def subgraph(self, ids: Iterable[str]) -> Subgraph:
        inside = set(ids) & self.entities.keys()
        joined = (r for r in self.relations.values() if {r["from_id"], r["to_id"]} <= inside)
        return _values((self.entities[i] for i in inside), joined)

    def neighbors(self, centre: str, limit: int) -> tuple[dict[str, int], Subgraph]:
        around = sorted(
            (r for r in self.relations.values() if centre in (r["from_id"], r["to_id"])),
            key=lambda r: r["id"],
        )
        first = around[:limit]
        ends = {centre} | {end for r in first for end in (r["from_id"], r["to_id"])}
        return dict(Counter(r["kind"] for r in around)), _values((self.entities[i] for i in ends), first)

    def paths(self, a: str, b: str, max_length: int, limit: int) -> tuple[Path, ...]:
        joined: nx.Graph[str] = nx.Graph()
        joined.add_nodes_from(self.entities)
        between: dict[frozenset[str], list[str]] = {}
        for r in self.relations.values():
            if r["from_id"] != r["to_id"]:
                joined.add_edge(r["from_id"], r["to_id"])
                between.setdefault(frozenset((r["from_id"], r["to_id"])), []).append(r["id"])
        if a == b or not nx.has_path(joined, a, b) or nx.shortest_path_length(joined, a, b) > max_length:
            return ()
        found = [
            Path(tuple(nodes), steps)
            for nodes in nx.all_shortest_paths(joined, a, b)
            for steps in product(*(between[frozenset(pair)] for pair in pairwise(nodes)))
        ]
        return tuple(sorted(found, key=lambda p: p.relations)[:limit])


def _values(entities: Iterable[Row], relations: Iterable[Row]) -> Subgraph:
    nodes: list[Entity] = [entity(e) for e in entities]
    edges: list[Relation] = [relation(r, r["from_id"], r["to_id"]) for r in relations]
    return Subgraph(tuple(sorted(nodes, key=lambda e: e.id)), tuple(sorted(edges, key=lambda r: r.id)))


def town() -> Graph:
    """A handful of people, firms and accounts with everything that is hard to store."""
    g = Graph()
    g.add(
        "Person",
        "P-A",
        name="𠮷野家😀",
        names=["𠮷野家😀", 'O\'Brien "Ob"', "back\\slash", "two\nlines", "a,b;c|d"],
    )
    g.add("Person", "P-B", name="王 五", names=["王 五", ""], sex=None, isMinor=False, formerName="'; DROP")
    g.add("Person", "P-C", name="", names=[], residenceRegion="\t tab")
    g.add(
        "Person",
        "P-D",
        grade="G1",
        isMinor=True,
        birthYearMonth="1970-03",
        birthYearMonthMin=59,
        birthYearMonthMax=89,
    )
    g.add(
        "Organisation",
        "O-A",
        name="甲公司",
        names=["甲公司", "𪚥龘"],
        jurisdictionSectors=["a", "b,c"],
        listed=True,
    )
    g.add(
        "Organisation",
        "O-B",
        name="乙公司",
        registeredCapital=2**53 + 1,
        insuredHeadcount=-1,
        qualification=[],
    )
    g.add("Organisation", "O-C", grade="G2", name="丙公司", registeredCapital=0)
    g.add("Asset", "A-A", area=0.1, quantity=1e300, use="住宅", transactionPrice=None)
    g.add("Asset", "A-B", area=-3.5)
    g.add(
        "Matter",
        "M-A",
        title="标段\r\n一",
        threshold=1,
        published="2020-02-29",
        publishedMin=18321,
        publishedMax=18321,
    )
    g.add("Locator", "L-A", normalisedValue="13800000000", degree=3)
    g.add(
        "OFFICER_OF",
        "R05-1",
        from_id="P-A",
        to_id="O-A",
        role="director",
        validFromMin=100,
        validFromMax=130,
        validToMax=200,
    )
    g.add("OFFICER_OF", "R05-2", from_id="P-A", to_id="O-A", role="chair", post="董事长")  # parallel
    g.add("OFFICER_OF", "R05-3", from_id="P-B", to_id="O-A", role="supervisor", grade="G2")
    g.add(
        "HOLDS_SHARE",
        "R06-1",
        from_id="P-B",
        to_id="O-B",
        percent=33.333333333333336,
        subscribed=10**15,
        pledged=False,
    )
    g.add("HOLDS_SHARE", "R06-2", from_id="O-B", to_id="O-A", percent=100.0, validFromMin=150)
    g.add("HOLDS_SHARE", "R06-3", from_id="O-A", to_id="O-A", percent=1.5)  # a self-loop
    g.add("KIN", "R01-1", from_id="P-A", to_id="P-B", kinDegree="K1", role="spouse")
    g.add("KIN", "R01-2", from_id="P-C", to_id="P-D", kinDegree="K2", grade="G1")
    g.add("OWNS", "R09-1", from_id="P-C", to_id="A-A")
    g.add("OWNS", "R09-2", from_id="O-C", to_id="A-B")
    g.add("PAYS", "R17-1", from_id="A-A", to_id="A-B", amount=-5, atMin=160, atMax=160, at="1970-06-10")
    g.add("PAYS", "R17-2", from_id="A-B", to_id="A-A", amount=5, atMin=170, atMax=180, at="1970-06")
    g.add("PAYS", "R17-3", from_id="P-A", to_id="O-C", amount=7)
    g.add("APPLIES", "R13-1", from_id="O-A", to_id="M-A", subtype="bid")
    g.add("APPLIES", "R13-2", from_id="O-B", to_id="M-A", subtype="bid")
    g.add("APPLIES", "R13-3", from_id="P-A", to_id="M-A", subtype="bid", atMin=None)
    g.add(
        "GRANTED", "R14-1", from_id="M-A", to_id="O-B", amount=9, atMin=120, validFromMin=110, validToMax=190
    )
    g.add("REACHED_AT", "R11-1", from_id="P-A", to_id="L-A")
    g.add("REACHED_AT", "R11-2", from_id="O-A", to_id="L-A", grade="G1")
    g.add("REACHED_AT", "R11-3", from_id="M-A", to_id="L-A", validToMax=90)
    return g


def random_graph(seed: int, nodes: int, relations: int) -> Graph:
    """Any kinds, any grades, times within days 0–100, self-loops and parallels wherever they fall."""
    rng = random.Random(seed)
    g = Graph()
    kinds = rng.choices(list(SCHEMA.entities), k=nodes)
    ids: dict[str, list[str]] = {kind: [] for kind in SCHEMA.entities}
    for number, kind in enumerate([*SCHEMA.entities, *kinds]):
        ids[kind].append(f"{SCHEMA.entities[kind].letter}-{rng.randrange(36**4):06d}{number:04d}")
        g.add(kind, ids[kind][-1], grade=rng.choice(("G1", "G2", "G3")), subtype=rng.choice((None, "x")))
    for number in range(relations):
        spec = rng.choice(list(SCHEMA.relations.values()))
        a, b = rng.choice(spec.ends)
        ends = (rng.choice(ids[a]), rng.choice(ids[b]))
        if spec.symmetric:
            ends = (min(ends), max(ends))
        times: Row = {}
        if spec.time != "event":
            start = rng.randrange(100)
            times |= {"validFromMin": start, "validToMax": rng.choice((OPEN, start + rng.randrange(60)))}
        if spec.time != "interval":
            times |= {"atMin": rng.choice((None, rng.randrange(100)))}
        name = f"{spec.code}-{rng.randrange(36**4):06d}{number:04d}"
        g.add(spec.name, name, from_id=ends[0], to_id=ends[1], grade=rng.choice(("G1", "G2", "G3")), **times)
    return g


def hub_graph(spokes: int) -> Graph:
    """One firm reached by ``spokes`` people, two of whom are kin; half of the posts are over."""
    g = Graph()
    g.add("Organisation", "O-HUB")
    for i in range(spokes):
        person = f"P-{i:016d}"
        ended = {"validToMax": 50} if i % 2 else {}
        g.rows.setdefault("Person", []).append({"id": person, "kind": "Person", "name": "x", "grade": "G2"})
        g.rows.setdefault("OFFICER_OF", []).append(
            {"id": f"R05-{i:016d}", "kind": "OFFICER_OF", "from_id": person, "to_id": "O-HUB", "grade": "G1"}
            | {"validFromMin": 0, "validToMax": OPEN}
            | ended
        )
    g.add("KIN", "R01-1", from_id="P-0000000000000000", to_id=f"P-{spokes - 1:016d}")
    return g
