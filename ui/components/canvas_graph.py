"""From a subgraph to what the canvas draws: labels from the schema, parallel relations merged, widths by amount."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from graph.model import Entity, Relation, Subgraph
from graph.schema import RelationKind, Schema
from ui.components.canvas_model import CanvasEdge, CanvasGraph, CanvasNode, ExportFrame, KindStyle, Position

THIN: Final = 1.2
PATH_WIDTH: Final = 3.0
_MONEY: Final = ("amount", "principal")


def canvas_graph(
    subgraph: Subgraph,
    schema: Schema,
    *,
    language: str,
    positions: Mapping[str, Position],
    seeds: Collection[str] = (),
    pinned: Collection[str] = (),
    path: Collection[str] = (),
    dim: Collection[str] = (),
    inferred: Collection[str] = (),
    folded: Mapping[str, int] | None = None,
    counts: Mapping[str, Mapping[str, int]] | None = None,
    notes: Mapping[str, str] | None = None,
    merge_parallel: bool = True,
    counts_text: str = "",
    scene: str = "",
    selected: Iterable[str] = (),
    layout: str = "auto",
    can_undo: bool = False,
    can_redo: bool = False,
    export: ExportFrame | None = None,
) -> CanvasGraph:
    """What the canvas draws for ``subgraph``.

    ``positions`` come from ``layout`` (nodes without one are left out, with their relations). ``path`` and
    ``inferred`` hold relation ids, ``dim`` ids of entities or relations to draw pale (not valid at the time
    looked at). ``folded``: entity → leaves folded into it. ``counts``: entity → relation kind → number in the
    store. With ``merge_parallel`` relations of one direction between two entities become one line; those of the
    path and inferences stay apart, because they say something else.
    """
    drawn = [e for e in subgraph.entities if e.id in positions]
    ids = {e.id for e in drawn}
    relations = [r for r in subgraph.relations if r.from_id in ids and r.to_id in ids]
    folded, counts, notes = folded or {}, counts or {}, notes or {}
    nodes = tuple(
        CanvasNode(
            id=e.id, kind=e.kind, label=e.name, x=positions[e.id][0], y=positions[e.id][1], seed=e.id in seeds,
            folded=folded.get(e.id, 0), dimmed=e.id in dim, pinned=e.id in pinned,
            note=notes.get(e.id, _subtype(e, schema, language)), counts=counts.get(e.id, {}),
        )
        for e in drawn
    )  # fmt: skip
    groups: dict[tuple[str, ...], list[Relation]] = {}
    for relation in relations:
        state = f"{relation.id in path:d}{relation.id in inferred:d}{relation.id in dim:d}"
        only = () if merge_parallel else (relation.id,)
        groups.setdefault((relation.from_id, relation.to_id, state, *only), []).append(relation)
    edges = tuple(_edge(key, group, schema, language) for key, group in groups.items())
    return CanvasGraph(
        nodes=nodes, edges=edges, kinds=kind_styles(schema, language), relation_kinds=expandable(schema, language),
        counts_text=counts_text, scene=scene, selected=tuple(selected), layout=layout, can_undo=can_undo,
        can_redo=can_redo, export=export or ExportFrame(),
    )  # fmt: skip


def kind_styles(schema: Schema, language: str) -> dict[str, KindStyle]:
    """Shape, icon, colour and word of each entity kind, as the schema gives them."""
    return {
        k.name: KindStyle(k.label.get(language), k.shape, k.icon, k.colour) for k in schema.entities.values()
    }


def expandable(schema: Schema, language: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """Entity kind → relation kinds that may touch it, with their words, in the order of the schema."""
    return {
        entity: tuple(
            (r.name, r.label.get(language))
            for r in schema.relations.values()
            if any(entity in p for p in r.ends)
        )
        for entity in schema.entities
    }


def _subtype(entity: Entity, schema: Schema, language: str) -> str:
    word = schema.entities[entity.kind].subtypes.get(entity.subtype or "")
    return word.get(language) if word else ""


def _edge(key: tuple[str, ...], group: list[Relation], schema: Schema, language: str) -> CanvasEdge:
    """The line of one group; its id stays the same when further parallel relations join it."""
    first = group[0]
    on_path, inferred, expired = (flag == "1" for flag in key[2])
    kinds = [schema.relations[r.kind] for r in group]
    money = sum(m for r in group if (m := _money(r)) is not None)
    width = PATH_WIDTH if on_path else max(THIN, *(_width(r, k) for r, k in zip(group, kinds, strict=True)))
    label = _label(group, schema, language)
    return CanvasEdge(
        id=key[3] if len(key) > 3 else f"{key[0]}>{key[1]}:{key[2]}",
        relations=tuple(r.id for r in group), from_id=first.from_id, to_id=first.to_id,
        kind=first.kind if len({r.kind for r in group}) == 1 else "", label=label, width=round(width, 1),
        inferred=inferred, path=on_path, expired=expired, symmetric=all(k.symmetric for k in kinds),
        shown=on_path or inferred or money > 0,
    )  # fmt: skip


def _money(relation: Relation) -> int | None:
    for name in _MONEY:
        value = relation.properties.get(name)
        if isinstance(value, int):
            return value
    return None


def _width(relation: Relation, kind: RelationKind) -> float:
    """1.2 to 5 pixels: by share, or by the decimal logarithm of the amount (10,000 yuan thin, 100 million thick)."""
    if kind.width == "percent":
        percent = relation.properties.get("percent")
        return THIN + 2.0 * percent / 100 if isinstance(percent, int | float) else THIN
    amount = _money(relation)
    if not kind.width or not amount or amount <= 0:
        return THIN
    return min(max(THIN + 0.95 * (math.log10(amount) - 6), THIN), 5.0)


def _label(group: list[Relation], schema: Schema, language: str) -> str:
    """Words of the merged relations, each kind once with its count, money of each currency added up."""
    words: dict[str, int] = {}
    sums: dict[str, int] = {}
    for relation in group:
        word = relation_words(relation, schema.relations[relation.kind], language)
        words[word] = words.get(word, 0) + 1
        amount = _money(relation)
        if amount is not None:
            currency = str(relation.properties.get("currency") or "")
            sums[currency] = sums.get(currency, 0) + amount
    joined = ("、" if language == "zh" else ", ").join(f"{w} ×{n}" if n > 1 else w for w, n in words.items())
    money = " + ".join(short_money(v, c, language) for c, v in sorted(sums.items()))
    return f"{joined} {money}".strip()


def relation_words(relation: Relation, kind: RelationKind, language: str) -> str:
    """The finest word there is for a relation: role or post, else subtype, else kind; with the share held."""
    for name in ("role", "post"):
        prop, value = kind.properties.get(name), relation.properties.get(name)
        if prop is not None and value:
            code = prop.codes.get(str(value))
            return code.get(language) if code else str(value)
    word = kind.subtypes.get(relation.subtype or "", kind.label).get(language)
    percent = relation.properties.get("percent")
    return f"{word} {percent:g}%" if isinstance(percent, int | float) else word


def short_money(minor: int, currency: str, language: str) -> str:
    """An amount of whole minor units in a few characters: ``180万``, ``1.8M``; currencies beside the yuan are named."""
    major = minor / 100
    steps = (
        ((1e8, "亿"), (1e4, "万"), (1, "元"))
        if language == "zh"
        else ((1e9, "bn"), (1e6, "M"), (1e3, "k"), (1, ""))
    )
    size, unit = next((s for s in steps if abs(major) >= s[0]), steps[-1])
    if currency not in ("", "CNY") and unit == "元":
        unit = ""
    named = "" if currency in ("", "CNY") and language == "zh" else f"{currency or 'CNY'} "
    figure = major / size
    return f"{named}{figure:,.0f}{unit}" if abs(figure) >= 999.5 else f"{named}{figure:.4g}{unit}"
