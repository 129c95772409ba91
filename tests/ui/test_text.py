"""The catalogue: the same keys and the same gaps in both languages, and every key that code names is there."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from ui.text import LANGUAGES, catalogue, t

ROOT = Path(__file__).resolve().parents[2]
CALL = re.compile(r"""\bt\(\s*(f?)["']([^"']+)["']""")
SOURCES = [ROOT / "app.py", *sorted(f for f in (ROOT / "ui").rglob("*.py") if f.name != "text.py")]


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_keys_are_equal_in_both_languages() -> None:
    zh, en = (set(catalogue(language)) for language in LANGUAGES)
    assert zh == en


@pytest.mark.parametrize("key", sorted(catalogue("zh")))
def test_gaps_are_equal_and_words_are_there(key: str) -> None:
    zh, en = catalogue("zh")[key], catalogue("en")[key]
    assert gaps(zh) == gaps(en)
    assert zh.strip()
    assert en.strip()
    assert not re.search("[㐀-鿿]", en), "Chinese in the English catalogue"


def calls() -> list[tuple[str, str, bool]]:
    """(file, key or its pattern, whether it is a pattern) of every ``t("…")`` and ``t(f"…{…}")``."""
    found = []
    for file in SOURCES:
        for computed, key in CALL.findall(file.read_text(encoding="utf-8")):
            found.append((file.name, re.sub(r"\{[^}]*\}", "*", key) if computed else key, bool(computed)))
    return found


def test_every_key_named_in_code_exists() -> None:
    keys = catalogue("zh")
    assert len(calls()) > 50, "the search finds nothing any more"
    missing = [
        f"{file}: {key}"
        for file, key, computed in calls()
        if not (
            any(re.fullmatch(key.replace(".", r"\.").replace("*", ".+"), k) for k in keys)
            if computed
            else key in keys
        )
    ]
    assert missing == []


def test_every_word_that_the_canvas_script_asks_for_exists() -> None:
    asked = set()
    for name in ("canvas.js", "canvas_tools.js", "canvas_export.js"):
        script = (ROOT / "ui" / "components" / name).read_text(encoding="utf-8")
        asked |= set(re.findall(r"\b(?:w|words)\.([a-z_]+)\b", script)) - {
            "title",
            "case",
            "as_of",
            "watermark",
        }
        asked |= set(re.findall(r"""\btool\("([a-z]+)\"""", script))
    assert len(asked) > 20
    assert {a for a in asked if f"canvas.{a}" not in catalogue("zh")} == set()


def test_a_missing_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        t("no.such.key")


def test_values_are_put_in() -> None:
    assert "7" in t("canvas.folded", n=7)
