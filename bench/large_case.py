"""A demo workspace with one case more, whose first picture holds a given number of entities."""

from __future__ import annotations

from collections.abc import Mapping
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
        around = {one: _around(workspace, one) for one in _ids(workspace)}
        seeds, drawn = _seeds(around, entities)
        govern.new_case(workspace.session(reason=REASON, client="bench"), _case())
        # More seeds than one person sets alone, in a case that sees two hops around them.
        govern.add_seeds(workspace.session(NUMBER, REASON, client="bench", confirmed=True), seeds)
    new = {one: len(around[one] - drawn) for one in sorted(drawn) if len(around[one]) < FIRST_HOP}
    return [one for one in new if new[one] >= LEAST_NEW][:expansions]


def _case() -> NewCase:
    """One like the demo's, with two hops."""
    like = demo_cases()[0]
    return NewCase(
        NUMBER, "绘图", like.class_code, like.purpose, like.legal_basis, like.unit, like.stage, hops=2
    )


def _ids(workspace: Workspace) -> list[str]:
    files = resource.tables(workspace.lake, resource.require_current(workspace.lake)).files
    tables = [
        pq.read_table(files[kind], columns=["id"]) for kind in workspace.schema.entities if kind in files
    ]
    ids: list[str] = pa.concat_tables(tables)["id"].to_pylist()
    return ids


def _around(workspace: Workspace, entity: str) -> set[str]:
    """What the page draws for an entity: itself and its first neighbours."""
    return {e.id for e in workspace.store.neighbors(entity, POPULATION, FIRST_HOP).subgraph.entities}


def _seeds(around: Mapping[str, set[str]], entities: int) -> tuple[list[str], set[str]]:
    """Seeds, each the one that brings most, and what is drawn with them."""
    seeds: list[str] = []
    drawn: set[str] = set()
    while len(drawn) < entities:
        fit = [one for one in around if len(drawn) < len(drawn | around[one]) <= entities]
        if not fit:
            break
        seeds.append(max(fit, key=lambda one: (len(around[one] - drawn), one)))
        drawn |= around[seeds[-1]]
    return seeds, drawn
