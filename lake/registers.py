"""Registers beside the graph: interview headers, closed cases with roles and steps, assets in a case (ontology §10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graph.errors import SchemaError
from graph.schema import Label, Property, property_of
from graph.spec import PropertySpec, Strict, read_spec

REGISTERS_FILE = Path(__file__).with_name("registers.yaml")


class RegisterSpec(Strict):
    """One register as written in ``registers.yaml``."""

    zh: str
    en: str
    key: list[str]
    properties: dict[str, PropertySpec]


class RegistersSpec(Strict):
    """The whole file ``registers.yaml``."""

    version: str
    registers: dict[str, RegisterSpec]


@dataclass(frozen=True, slots=True)
class Register:
    """One register: its label, the properties that make two rows one entry, and all its properties."""

    name: str
    label: Label
    key: tuple[str, ...]
    properties: Mapping[str, Property]


@cache
def load_registers() -> Mapping[str, Register]:
    """The shipped registers by name; ``SchemaError`` with file and line where the file is wrong."""
    spec = read_spec(REGISTERS_FILE, RegistersSpec, SchemaError)
    return {
        name: Register(
            name, Label(r.zh, r.en), tuple(r.key), {n: property_of(n, p) for n, p in r.properties.items()}
        )
        for name, r in spec.registers.items()
    }
