"""Words for users: ``t("case.open")`` in the session's language, from ``locales/<language>.yaml`` with equal keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from graph.errors import SchemaError
from graph.spec import read_yaml

LOCALES = Path(__file__).with_name("locales")
LANGUAGES: Mapping[str, str] = {"zh": "zh-CN", "en": "en"}
DEFAULT = "zh"


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All words of a language by dotted key."""
    file = LOCALES / f"{LANGUAGES[language]}.yaml"
    return dict(_flat(read_yaml(file, SchemaError).value, ""))


def _flat(node: Any, prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


def language() -> str:
    """``zh`` or ``en``: what this session chose, Chinese at first."""
    return str(st.session_state.get("language", DEFAULT))


def t(key: str, **values: object) -> str:
    """The words under ``key``; ``KeyError`` where the catalogue lacks it (a test finds those)."""
    words = catalogue(language())[key]
    return words.format(**values) if values else words
