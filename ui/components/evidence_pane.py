"""The right side of the case page as HTML: entity card, source rows with the cells, the steps of a path.

Pure functions over what the door returned (masked already). Every text is escaped here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from graph.model import Entity, Path, Relation, Subgraph
from graph.schema import Schema
from lake.evidence import Doubt
from lake.model import Evidence
from ui.text import language, t
from workbench import tables
from workbench.investigate import EntityCard, Sources
from workbench.tables import property_text


def relation_words(relation: Relation, schema: Schema) -> str:
    """The finest word for a relation in the session's language."""
    return tables.relation_words(relation, schema, language())


def card_html(card: EntityCard, schema: Schema) -> str:
    """Name, kind, properties, marks and neighbour counts of an entity."""
    kind = schema.entities[card.entity.kind]
    lang = language()
    subtype = kind.subtypes.get(card.entity.subtype or "")
    chips = [kind.label.get(lang), subtype.get(lang) if subtype else ""]
    head = f'<div class="mc-title">{escape(card.entity.name)}</div><div class="mc-chips">' + "".join(
        f'<span class="mc-chip">{escape(c)}</span>' for c in chips if c
    )
    if not card.member:
        head += f'<span class="mc-chip mc-warn">{escape(t("evidence.outside"))}</span>'
    marks = "".join(_mark(d) for d in card.doubts)
    counts = " · ".join(
        f"{escape(schema.relations[k].label.get(lang))} {n}" for k, n in card.neighbours.items()
    )
    below = f'<div class="mc-sub">{escape(t("evidence.neighbours"))}: {counts}</div>' if counts else ""
    return f'<div class="mc-card">{head}</div>{marks}{_properties(card, schema)}{below}</div>'


def _mark(doubt: Doubt) -> str:
    key = {"possibleNamesakes": "evidence.namesakes", "selfLoopByMerge": "evidence.self_loop"}[doubt.code]
    return f'<div class="mc-note">{escape(t(key, count=doubt.count, threshold=doubt.threshold))}</div>'


def _properties(card: EntityCard, schema: Schema) -> str:
    kind = schema.entities[card.entity.kind]
    lang = language()
    rows = []
    for name, prop in kind.properties.items():
        value = card.entity.properties.get(name)
        said = [s for s in card.stated if s.property == name]
        if (value is None and not said) or name == "currency":
            continue
        main = str(property_text(prop, value, card.entity.properties, lang)) if value is not None else ""
        if name == "name":
            main = card.entity.name
        others = [str(property_text(prop, s.value, {}, lang)) for s in said if not s.golden]
        note = (
            f'<div class="mc-sub">{escape(t("evidence.other_values"))}: {escape("、".join(others))}</div>'
            if others
            else ""
        )
        rows.append(f"<tr><th>{escape(prop.label.get(lang))}</th><td>{escape(main)}{note}</td></tr>")
    return f'<table class="mc-table mc-props">{"".join(rows)}</table>' if rows else ""


def relation_html(relation: Relation, names: Mapping[str, str], schema: Schema) -> str:
    """One relation in a sentence, with its properties."""
    lang = language()
    kind = schema.relations[relation.kind]
    left, right = names.get(relation.from_id, relation.from_id), names.get(relation.to_id, relation.to_id)
    rows = "".join(
        f"<tr><th>{escape(p.label.get(lang))}</th><td>{escape(str(property_text(p, relation.properties[p.name], relation.properties, lang)))}</td></tr>"
        for p in kind.properties.values()
        if relation.properties.get(p.name) is not None and p.type != "ref" and p.name != "currency"
    )
    said = tables.when(relation, lang)
    time = f'<div class="mc-sub">{escape(said)}</div>' if said else ""
    table = f'<table class="mc-table mc-props">{rows}</table>' if rows else ""
    return (
        f'<div class="mc-card"><div class="mc-chips"><span class="mc-chip">{escape(kind.label.get(lang))}</span></div>'
        f'<div class="mc-sentence">{escape(left)} —<b>{escape(relation_words(relation, schema))}</b>'
        f"{'—' if kind.symmetric else '→'} {escape(right)}</div>{time}{table}</div>"
    )


def sources_html(sources: Sources) -> str:
    """Source rows: file, row, batch, and each original cell under its column."""
    head = escape(t("evidence.title")) + f' <span class="mc-sub">{escape(t("evidence.of", n=sources.total))}'
    if sources.total > len(sources.rows):
        head += " · " + escape(t("evidence.first", n=len(sources.rows)))
    blocks = "".join(_source(e, sources.kind) for e in _once(sources.rows))
    return f'<div class="mc-card"><div class="mc-title2">{head}</span></div>{blocks}</div>'


def _once(rows: Sequence[Evidence]) -> list[Evidence]:
    """One block per source row, though several statements may rest on it."""
    return list({(e.batch, e.sheet, e.row, e.part): e for e in rows}.values())


def place(found: Evidence) -> str:
    """File and row of a record, as a reader looks for it."""
    key = "evidence.sheet" if found.sheet else "evidence.file"
    return t(key, file=found.file, sheet=found.sheet, row=f"{found.row:,}")


def _source(found: Evidence, kind: str) -> str:
    """One source row; the cells that speak of the selected kind are marked."""
    cells = "".join(
        f"<tr{_mark_of(found, column, kind)}><th>{escape(column)}</th><td>{escape(cell)}</td></tr>"
        for column, cell in found.cells.items()
        if cell
    )
    batch = t("evidence.batch", day=f"{found.recorded_at:%Y-%m-%d}", grade=found.source_grade, sha=f"{found.sha256[:4]}…{found.sha256[-4:]}")  # fmt: skip
    return (
        f'<div class="mc-source"><div class="mc-place">{escape(place(found))}</div><div class="mc-sub">{escape(batch)}</div>'
        f'<table class="mc-table mc-cells">{cells}</table></div>'
    )


def _mark_of(found: Evidence, column: str, kind: str) -> str:
    return ' class="mc-hit"' if found.column_properties.get(column, "").startswith(f"{kind}.") else ""


def path_html(path: Path, subgraph: Subgraph, first_rows: Mapping[str, Evidence], schema: Schema) -> str:
    """The steps of a path, with file and row under each, and the weakest one named."""
    names = {e.id: e.name for e in subgraph.entities}
    relations = {r.id: r for r in subgraph.relations}
    steps = []
    for number, relation_id in enumerate(path.relations):
        relation = relations[relation_id]
        here, there = path.nodes[number], path.nodes[number + 1]
        forward = relation.from_id == here
        symmetric = schema.relations[relation.kind].symmetric
        arrow = ("—", "—") if symmetric else ("—", "→") if forward else ("←", "—")
        row = first_rows.get(relation_id)
        under = " · ".join(x for x in (place(row) if row else "", tables.when(relation, language())) if x)
        steps.append(
            f"<li><div>{escape(names.get(here, here))} {arrow[0]}<b>{escape(relation_words(relation, schema))}</b>{arrow[1]} "
            f'{escape(names.get(there, there))}</div><div class="mc-sub">{escape(under)}</div></li>'
        )
    weak = _weakest(path, relations, first_rows)
    return f'<ol class="mc-path">{"".join(steps)}</ol>{weak}'


def _weakest(path: Path, relations: Mapping[str, Relation], first_rows: Mapping[str, Evidence]) -> str:
    """The step that rests on the least: worst source grade, then fewest records (no arithmetic on grades)."""
    graded = [
        (first_rows[r].source_grade, -len(relations[r].record_ids), n)
        for n, r in enumerate(path.relations, 1)
        if r in first_rows
    ]
    if not graded:
        return ""
    grade, records, number = max(graded)
    if records < -1 or grade.startswith("A"):
        return ""
    return f'<div class="mc-note">{escape(t("evidence.weakest", n=number, grade=grade))}</div>'


def entity_name(entities: Sequence[Entity], entity_id: str) -> str:
    """The caption of one of ``entities``, its id where it is not among them."""
    return next((e.name for e in entities if e.id == entity_id), entity_id)
