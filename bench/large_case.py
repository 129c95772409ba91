"""A demo workspace with one case more, whose first picture holds a given number of entities."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from governance.cases import NewCase
from graph.model import Scope, View
from lake import resource
from training.demo_case import demo_cases
from workbench import demo, govern, open_workspace
from workbench.workspace import Workspace

NUMBER, REASON = "BENCH-1", "核对绘图速度"
FIRST_HOP = 50
"""Neighbours that the page draws around one seed."""

LEAST_NEW = 3
"""New neighbours of an entity that is worth expanding."""

POPULATION = View(Scope(population=True))


def make(folder: Path, entities: int, expansions: int) -> list[str]:
    """Make the workspace; gives up to ``expansions`` drawn entities whose expansion brings new ones.

    The first picture (of a page that draws so many) holds ``entities`` entities or a few less.
    """
    demo.make(folder)
    with open_workspace(folder) as workspace:
        seeds, drawn = _seeds(workspace, entities)
        govern.new_case(workspace.session(reason=REASON, client="bench"), _case())
        govern.add_seeds(workspace.session(NUMBER, REASON, client="bench"), seeds)
        few = [e for e in sorted(drawn) if _degree(workspace, e) <= FIRST_HOP]
        new = {e: len(_around(workspace, e) - drawn) for e in few}
    return [e for e in new if new[e] >= LEAST_NEW][:expansions]


def _case() -> NewCase:
    """One like the demo's, with two hops."""
    like = demo_cases()[0]
    return NewCase(
        NUMBER, "绘图", like.class_code, like.purpose, like.legal_basis, like.unit, like.stage, hops=2
    )


def _seeds(workspace: Workspace, entities: int) -> tuple[list[str], set[str]]:
    """Seeds one person may set, those with many neighbours first, and what is drawn with them."""
    files = resource.tables(workspace.lake, resource.require_current(workspace.lake)).files
    tables = [
        pq.read_table(files[kind], columns=["id"]) for kind in workspace.schema.entities if kind in files
    ]
    ids: list[str] = pa.concat_tables(tables)["id"].to_pylist()
    most = workspace.policy.limits.seeds_alone
    seeds: list[str] = []
    drawn: set[str] = set()
    for entity in sorted(ids, key=lambda i: (-_degree(workspace, i), i)):
        more = drawn | _around(workspace, entity)
        if len(seeds) < most and len(drawn) < len(more) <= entities:
            seeds.append(entity)
            drawn = more
    return seeds, drawn


def _around(workspace: Workspace, entity: str) -> set[str]:
    return {e.id for e in workspace.store.neighbors(entity, POPULATION, FIRST_HOP).subgraph.entities}


def _degree(workspace: Workspace, entity: str) -> int:
    return workspace.store.neighbors(entity, POPULATION, 0).total
