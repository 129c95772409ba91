"""The bench's answers: a file of everything, and a table to read."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.finding import Finding, Samples, p95

P95_FROM = 20
"""Fewer samples have no 95th percentile worth telling."""


@dataclass(slots=True)
class Measured:
    """One measure: its findings, or why it could not be taken; seconds it took and the load around it."""

    name: str
    findings: list[Finding] = field(default_factory=list)
    failed: str = ""
    seconds: float = 0.0
    load: tuple[list[float], list[float]] = ([], [])


def new_file(folder: Path) -> Path:
    """The result file of a run that begins now."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.json"


def write(file: Path, measured: Iterable[Measured], machine: dict[str, Any], divisor: int) -> None:
    """Write what is measured so far."""
    told = {
        "started": file.stem,
        "sizes_divided_by": divisor,
        "machine": machine,
        "measures": [
            {
                "name": m.name,
                "failed": m.failed,
                "seconds": round(m.seconds, 1),
                "load_before": m.load[0],
                "load_after": m.load[1],
                "findings": [finding.as_json() for finding in m.findings],
            }
            for m in measured
        ],
    }
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


HEAD = "| measure | ours | peer | ours ÷ peer | target | met |\n|---|---|---|---|---|---|"


def lines(measured: Measured) -> Iterable[str]:
    """Rows of a Markdown table under ``HEAD``, then what is to be said of them."""
    for finding in measured.findings:
        ratio = f"{finding.ratio:.2f}" if finding.ratio is not None else ""
        met = {True: "yes", False: "**no**", None: ""}[finding.met]
        ours, peer = _shown(finding.ours, finding.unit), _shown(finding.peer, finding.unit)
        target = finding.target or ""
        yield f"| {finding.what} | {ours} | {peer} | {ratio} | {target} | {met} |"
    if measured.failed:
        yield f"| {measured.name} | not measured: {measured.failed} | | | | |"


def notes(measured: Measured) -> Iterable[str]:
    """Who the peers are and what else is to be known."""
    for finding in measured.findings:
        said = "; ".join(
            part for part in (f"peer: {finding.peer_name}" if finding.peer else "", finding.note) if part
        )
        if said:
            yield f"- {finding.what}: {said}"
    before, after = (" ".join(f"{value:g}" for value in part) for part in measured.load)
    yield f"- {measured.name}: {measured.seconds:.0f} s in all; load {before} before, {after} after"


def _shown(samples: Samples, unit: str) -> str:
    """Median (least–most), or median and 95th percentile of many."""
    if not samples:
        return ""
    middle = _number(statistics.median(samples))
    if len(samples) == 1:
        return f"{middle} {unit}"
    if len(samples) < P95_FROM:
        return f"{middle} ({_number(min(samples))}–{_number(max(samples))}) {unit}"
    return f"p50 {middle}, p95 {_number(p95(samples))} {unit}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
