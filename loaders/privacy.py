"""The privacy gate: prohibited families (ontology §6) told by header or by value.

Values are looked at in columns about persons and in remarks only (safeguards S-32, S-33): never in titles,
item classes or names of organisations, because a hospital's tender is not health data. What is reported
names row and column, never the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import Problem, SchemaError
from graph.schema import Label
from graph.spec import Strict, read_spec
from values.columns import as_bools

PRIVACY_FILE = Path(__file__).with_name("privacy.yaml")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SIGNS = re.compile(r"[\W_]+")


class FamilySpec(Strict):
    """One prohibited family as written in ``privacy.yaml``."""

    zh: str
    en: str
    headers: list[str]
    words: list[str]
    values: list[str]


class PrivacySpec(Strict):
    """The whole file ``privacy.yaml``."""

    version: str
    public: list[str]
    personal: str
    families: dict[str, FamilySpec]
    remark_headers: list[str]


@dataclass(frozen=True, slots=True)
class Family:
    """One prohibited family, ready to look with. ``value`` is one RE2 pattern."""

    name: str
    label: Label
    header: re.Pattern[str]
    words: frozenset[str]
    value: str


@dataclass(frozen=True, slots=True)
class Gate:
    """The rules of ``privacy.yaml``."""

    families: tuple[Family, ...]
    public: re.Pattern[str]
    personal: re.Pattern[str]
    remarks: re.Pattern[str]
    value: str

    def of_header(self, header: str) -> Family | None:
        """The family a column's header betrays, None for one that may come in."""
        words = [word.lower() for word in _SIGNS.split(_CAMEL.sub(" ", header)) if word]
        form = "".join(words)
        if self.public.search(form) and not self.personal.search(form):
            return None
        whole = {*words, "_".join(words)}
        return next((f for f in self.families if f.header.search(form) or whole & f.words), None)

    def is_remark(self, header: str) -> bool:
        """Whether a column's header says that it holds free text about anything."""
        return bool(self.remarks.search(_SIGNS.sub("", header.lower())))

    def of_values(self, texts: pa.Array) -> tuple[int, Family] | None:
        """Place and family of the first cell that looks prohibited; null cells are none."""
        hits = as_bools(pc.match_substring_regex(texts, self.value))
        if not hits.any():
            return None
        place = int(hits.argmax())
        cell = texts.slice(place, 1)
        found = (f for f in self.families if as_bools(pc.match_substring_regex(cell, f.value))[0])
        return place, next(found)


@cache
def load_gate() -> Gate:
    """The shipped rules; ``SchemaError`` with file and line where the file is wrong."""
    spec = read_spec(PRIVACY_FILE, PrivacySpec, SchemaError)
    families = tuple(_family(name, family) for name, family in spec.families.items())
    return Gate(
        families,
        re.compile(_either(spec.public)),
        re.compile(spec.personal),
        re.compile(_either(spec.remark_headers)),
        _either([f.value for f in families]),
    )


def _family(name: str, spec: FamilySpec) -> Family:
    header = re.compile(_either(spec.headers))
    return Family(name, Label(spec.zh, spec.en), header, frozenset(spec.words), _either(spec.values))


def _either(patterns: Sequence[str]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)


def header_problems(header: Sequence[str], redacted: Sequence[str], file: str) -> list[Problem]:
    """A fault for each prohibited column that the mapping does not redact."""
    gate, todo = load_gate(), "list it under redact, or ask for the file without it"
    found = ((name, gate.of_header(name)) for name in header if name not in redacted)
    return [Problem(prohibited(family), file, 1, name, todo) for name, family in found if family]


def prohibited(family: Family) -> str:
    """How a hit is told."""
    return f"prohibited data: {family.label.zh} ({family.label.en})"


def value_problems(columns: Mapping[str, pa.Array], rows: pa.Array, file: str) -> Iterator[Problem]:
    """A fault for the first prohibited value of each of these columns."""
    gate = load_gate()
    for name, texts in columns.items():
        if hit := gate.of_values(texts):
            place, family = hit
            todo = "list the column under redact, or ask for the file without it"
            yield Problem(prohibited(family), file, rows[place].as_py(), name, todo)
