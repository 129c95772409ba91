"""The bench runs from end to end, at a size where its times mean nothing, and writes what it found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench.__main__ import MEASURES, main
from bench.finding import Finding, Target

EMBEDDED = ["import", "resolve", "publish-embedded", "expand", "paths", "--without-neo4j"]
NEO4J = ["publish-neo4j", "rebuild-neo4j", "paths"]


def findings(tmp_path: Path, *arguments: str) -> dict[str, list[dict[str, Any]]]:
    """Run the bench; findings by measure, from the file it wrote."""
    out = tmp_path / "results"
    assert main([*arguments, "--divide", "500", "--data", str(tmp_path / "data"), "--out", str(out)]) == 0
    (file,) = out.iterdir()
    told = json.loads(file.read_text(encoding="utf-8"))
    assert told["sizes_divided_by"] == 500
    assert told["machine"]["cores"] >= 1
    return {measure["name"]: measure["findings"] for measure in told["measures"]}


def test_embedded_measures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = findings(tmp_path, *EMBEDDED)
    assert list(found) == EMBEDDED[:-1]
    assert all(one["ours"]["median"] > 0 for measure in found.values() for one in measure)
    (rows, memory) = found["import"]
    assert rows["ratio"] == pytest.approx(rows["ours"]["median"] / rows["peer"]["median"])
    assert memory["target"] == "median ≤ 1,500"
    assert "| publish embedded, 2,000 nodes + 10,000 relations |" in capsys.readouterr().out
    assert not list((tmp_path / "data").glob("scratch-*"))


@pytest.mark.usefixtures("neo4j_ready")
@pytest.mark.neo4j
def test_neo4j_measures(tmp_path: Path) -> None:
    found = findings(tmp_path, *NEO4J)
    assert list(found) == NEO4J
    assert all(one["ratio"] > 0 for measure in found.values() for one in measure)


def test_browser_measure(tmp_path: Path, chromium_path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGCHA_CHROMIUM", chromium_path)
    found = findings(tmp_path, "canvas")
    assert [len(one["ours"]) > 0 for one in found["canvas"]] == [True] * 4


def test_a_measure_that_cannot_be_taken_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGCHA_CHROMIUM", str(tmp_path / "no-such-browser"))
    assert main(["canvas", "--data", str(tmp_path / "data"), "--out", str(tmp_path)]) == 1
    (file,) = tmp_path.glob("*.json")
    assert "install Chromium" in json.loads(file.read_text(encoding="utf-8"))["measures"][0]["failed"]


def test_unknown_measures_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["no-such-measure"])
    said = capsys.readouterr().err
    assert all(name in said for name in MEASURES)


@pytest.mark.parametrize(
    ("target", "met"),
    [
        (Target("median", 2), True),
        (Target("median", 1), False),
        (Target("p95", 9), True),
        (Target("p95", 8), False),
        (Target("ratio", 0.5), True),
        (Target("ratio", 0.4), False),
        (Target("median", 3, least=True), False),
        (None, None),
    ],
)
def test_targets(target: Target | None, met: bool | None) -> None:
    assert Finding("a", "s", ours=(1, 2, 9), peer=(4,), target=target).met is met
