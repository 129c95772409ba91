"""The cases that a demo workspace opens with, read strictly from ``demo_case.yaml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field

from graph.errors import SchemaError
from graph.spec import Strict, read_spec

DEMO_CASE_FILE = Path(__file__).with_name("demo_case.yaml")


class DemoSeed(Strict):
    """An entity of the demo county: the only one of its kind with this name."""

    kind: str
    name: str


class DemoCase(Strict):
    """One case. ``days``: how long it lasts from its opening; ``reason``: what is checked, in words."""

    number: str
    title: str
    class_code: str
    stage: str
    purpose: str
    reason: str
    legal_basis: str
    unit: str
    days: int = Field(ge=1)
    hops: int = Field(ge=0)
    seeds: list[DemoSeed] = Field(min_length=1)


class _DemoCases(Strict):
    cases: list[DemoCase]


@cache
def demo_cases() -> tuple[DemoCase, ...]:
    """The shipped cases, the main one first; ``SchemaError`` with file and line where the file is wrong."""
    return tuple(read_spec(DEMO_CASE_FILE, _DemoCases, SchemaError).cases)
