"""Write ``docs/schema.md`` from the vocabulary: ``python -m graph.schema_docs`` (a test keeps it current)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from graph.schema import EntityKind, Label, Property, RelationKind, Schema, load_schema

DOCUMENT = Path(__file__).parents[1] / "docs" / "schema.md"


def schema_document(schema: Schema) -> str:
    """The vocabulary as Markdown, in both languages."""
    lines = [
        "# Schema",
        "",
        f"Version {schema.version}. Made from `graph/schema.yaml` by `python -m graph.schema_docs`; do not edit.",
        "",
        "Grades: **G1** public, **G2** internal, **G3** sensitive (masked by default). "
        "Validity: **S** fixed, **H** history kept, **E** event, **D** derived.",
    ]
    for entity in schema.entities.values():
        lines += _entity(entity)
    for relation in schema.relations.values():
        lines += _relation(relation)
    return "\n".join(lines) + "\n"


def _entity(kind: EntityKind) -> Iterator[str]:
    yield from ("", f"## {kind.name} {kind.label.zh}", "")
    yield f"Id letter `{kind.letter}` · default grade {kind.grade} · caption from {_codes(kind.caption)}"
    yield from _subtypes(kind.subtypes)
    yield from _properties(kind.properties)


def _relation(kind: RelationKind) -> Iterator[str]:
    yield from ("", f"## {kind.code} {kind.name} {kind.label.zh} · {kind.label.en}", "")
    ends = ", ".join(f"{a} → {b}" for a, b in kind.ends)
    yield f"{ends}{' (symmetric)' if kind.symmetric else ''} · time: {kind.time} · default grade {kind.grade} · key {_codes(kind.key)}"
    yield from _subtypes(kind.subtypes)
    yield from _properties(kind.properties)


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{n}`" for n in names)


def _subtypes(subtypes: Mapping[str, Label]) -> Iterator[str]:
    if subtypes:
        yield from (
            "",
            "Subtypes: " + " · ".join(f"`{code}` {label.zh} {label.en}" for code, label in subtypes.items()),
        )


def _properties(properties: Mapping[str, Property]) -> Iterator[str]:
    if not properties:
        return
    yield from (
        "",
        "| property | 中文 | English | type | grade | validity | used by |",
        "|---|---|---|---|---|---|---|",
    )
    for p in properties.values():
        kind = f"{p.type} → {p.to}" if p.to else p.type
        yield f"| `{p.name}` | {p.label.zh} | {p.label.en} | {kind} | {p.grade} | {p.validity} | {', '.join(p.used_by)} |"


if __name__ == "__main__":
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(schema_document(load_schema()), encoding="utf-8")
