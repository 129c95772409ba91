"""Every sensitive number of the demo county: what no answer may show unless it was revealed."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from workbench.cli.output import plain

_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9][0-9A-Za-z]{9,}(?![0-9A-Za-z])")
G3 = (
    "idNumber",
    "otherId",
    "unverifiedId",
    "accountNumber",
    "propertyUnitNo",
    "titleNo",
    "plate",
    "vin",
    "securityCode",
    "propertyLocation",
)
PUBLIC = ("uscc", "otherCode", "registrationNo", "code", "parentCode", "lotNo", "batchNo", "transactionNo")


@cache
def canaries(folder: Path) -> frozenset[str]:
    """Clear identifiers of people and assets, and private phones and addresses, of a demo workspace."""
    (value,) = (folder / "lake" / "resource").glob("*/value.parquet")
    rows = duckdb.sql(
        f"SELECT DISTINCT value FROM read_parquet('{value}') WHERE property IN {G3} OR property = 'normalisedValue'"
    ).fetchall()
    found = {row[0] for row in rows}
    assert len(found) > 1000
    return frozenset(text for text in found if len(text) > 5)


def leaks(folder: Path, *answers: Any) -> Collection[str]:
    """Canaries found in the answers, whatever these are."""
    text = "\n".join(
        answer if isinstance(answer, str) else json.dumps(plain(answer), ensure_ascii=False)
        for answer in answers
    )
    return sorted(c for c in canaries(folder) if c in text)
