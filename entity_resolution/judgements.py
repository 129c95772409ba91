"""Typed reading of human judgements in the ledger: same / different / unsure between two source keys."""

from __future__ import annotations

from datetime import datetime

from lake.ledger import Ledger
from lake.model import Judgement

VERDICTS = ("same", "different", "unsure")


def judgements(ledger: Ledger, known_at: datetime | None = None) -> list[Judgement]:
    """Judgements in force, oldest first; of several on one pair only the last."""
    last: dict[tuple[str, str], Judgement] = {}
    for line in ledger.lines(kinds=("judgement",), known_at=known_at):
        left, right = sorted(line.subjects)
        found = Judgement(
            left=left,
            right=right,
            verdict=line.payload["verdict"],
            why=line.payload["reason"],
            actor=line.actor,
            at=line.at,
        )
        last.pop((left, right), None)
        last[(left, right)] = found
    return list(last.values())
