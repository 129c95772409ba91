"""From what happened in the canvas to the state of the page. No drawing here."""

from __future__ import annotations

from dataclasses import replace

from graph.model import Subgraph
from ui import case_data
from ui.case_state import CaseState, leaves_of
from ui.components.canvas_model import CanvasAction, CanvasEvent, CanvasGraph
from workbench import govern


def handle(number: str, state: CaseState, event: CanvasEvent, graph: CanvasGraph, loaded: Subgraph) -> str:
    """Change ``state`` by ``event``. Returns a catalogue key to tell the user, "" where nothing needs saying."""
    if event.moved:
        state.positions |= event.moved
        state.pinned |= event.moved
        govern.pin(case_data.work(number), event.moved)
    if event.selected is not None:
        state.selected = _subject(event.selected, graph)
    if event.expanded:
        return _expanded(case_data.expand(number, state, event.expanded), state)
    return _act(number, state, event.action, loaded) if event.action else ""


def _subject(selected: tuple[str, ...], graph: CanvasGraph) -> str:
    """The entity or relation meant: the last one selected; of merged relations the first."""
    if not selected:
        return ""
    relations = graph.relations_of(selected[-1])
    return relations[0] if relations else selected[-1]


def _expanded(fresh: int, state: CaseState) -> str:
    return "" if fresh or state.asked else "case.no_new"


def _act(number: str, state: CaseState, action: CanvasAction, loaded: Subgraph) -> str:
    name, ids = action.name, action.ids
    if name == "undo":
        state.undo()
    elif name == "redo":
        state.redo()
    elif name == "expand":
        kinds = (action.value,) if action.value else ()
        return _expanded(sum(case_data.expand(number, state, entity, kinds) for entity in ids), state)
    elif name == "hide":
        state.hide(ids)
    elif name == "only":
        state.only({*ids, *_neighbours(loaded, ids)})
    elif name == "fold":
        for centre in ids:
            state.fold(centre, leaves_of(loaded, centre) - set(case_data.seeds(number)))
    elif name == "pin":
        placed = {i: state.positions[i] for i in ids if i in state.positions}
        state.pinned |= placed
        govern.pin(case_data.work(number), placed)
    elif name == "unpin":
        state.pinned = {i: at for i, at in state.pinned.items() if i not in ids}
    elif name == "path" and len(ids) == 2:
        return show_path(number, state, (ids[0], ids[1]))
    elif name == "layout":
        state.layout = action.value or "auto"
        state.positions = {}
        state.round += 1
    return ""


def _neighbours(loaded: Subgraph, ids: tuple[str, ...]) -> set[str]:
    near = {r.to_id for r in loaded.relations if r.from_id in ids}
    return near | {r.from_id for r in loaded.relations if r.to_id in ids}


def show_path(number: str, state: CaseState, ends: tuple[str, str], which: int = 0) -> str:
    """Mark the ``which``-th shortest path between ``ends``."""
    state.path_ends = ends
    found = case_data.paths(number, ends, state.off).paths
    if not found:
        state.step(replace(state.picture, path=()))
        return ""
    state.shown_path = which % len(found)
    path = found[state.shown_path]
    state.show_path(path.nodes, path.relations)
    state.selected = ""
    return ""


def clear_path(state: CaseState) -> None:
    """Take the mark of the path away; its entities stay drawn."""
    state.path_ends = ("", "")
    state.step(replace(state.picture, path=()))
