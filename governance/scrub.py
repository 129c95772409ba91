"""What may stand in the audit: everything that was asked, but no clear value of grade G3 (S-15, S-21)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from graph.schema import load_schema
from lake.ledger import JSON
from lake.registers import load_registers

DROPPED = "[dropped]"
_LONG = 11  # digits of a mobile phone number; identity, card and account numbers are longer
_DATE = r"\d{4}-\d{2}(?:-\d{2})?(?!\d)"
_RUN = r"(?<![0-9A-Za-z])\d(?:[ -]?\d){9,}(?:[ -]?[\dXxＸ])?(?![0-9A-Za-z])"
_DATE_OR_RUN = re.compile(f"{_DATE}|{_RUN}")


@cache
def sensitive_keys() -> frozenset[str]:
    """Names of all properties of grade G3, of the graph and of the registers, folded."""
    properties = [prop for _, prop in load_schema().properties()]
    for register in load_registers().values():
        properties += register.properties.values()
    return frozenset(_folded(prop.name) for prop in properties if prop.grade == "G3")


def scrub(value: Any, sensitive: Set[str] | None = None) -> JSON:
    """``value`` as plain JSON: sensitive keys lose their values, long runs of digits are counted, not shown.

    Ids of entities and records mix letters and digits and stay, as do dates. Never fails, because an
    audit entry must not be lost over an odd parameter: what is no JSON becomes text.
    """
    keys = sensitive_keys() if sensitive is None else sensitive
    if is_dataclass(value) and not isinstance(value, type):
        value = {part.name: getattr(value, part.name) for part in fields(value)}
    if isinstance(value, Mapping):
        return {
            scrub_text(str(key)): DROPPED if _folded(str(key)) in keys else scrub(inner, keys)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [scrub(inner, keys) for inner in value]
    if isinstance(value, set | frozenset):
        return [scrub(inner, keys) for inner in sorted(value, key=str)]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float) and len(str(value)) < _LONG:
        return value if value == value and abs(value) != float("inf") else str(value)
    return scrub_text(str(value))


def scrub_text(text: str) -> str:
    """``text`` without long runs of digits, and without characters that a database cannot hold."""
    plain = text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
    return _DATE_OR_RUN.sub(_counted, plain)


def _counted(found: re.Match[str]) -> str:
    digits = sum(char.isdigit() or char in "XxＸ" for char in found.group())
    return f"[{digits} digits]" if digits >= _LONG else found.group()


def _folded(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()
