"""The mappings of real sources, on the real files: records of the standard library, counted."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from lake.lake import Lake
from loaders.mapping import shipped_mapping
from loaders.report import ImportReport
from tests.lake.records import open_lake
from tests.loaders.making import load


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return open_lake(tmp_path)


def take(lake: Lake, file: Path, name: str) -> ImportReport:
    report = load(lake, file, shipped_mapping(name, lake.schema, lake.registers))
    assert (report.rejected, report.reasons, report.notes) == (0, (), ())
    return report


def one(lake: Lake, table: str, what: str, where: str = "true") -> int:
    files = [str(file) for file in lake.files(table)]
    row = duckdb.sql(f"SELECT {what} FROM read_parquet({files}) WHERE {where}").fetchone()
    assert row is not None
    return int(row[0])


UNITS = "count(DISTINCT source_key)"


@pytest.mark.parametrize(("name", "posts"), [("stock_kg_prep", 29_073), ("stock_kg_prep_one_post", 24_775)])
def test_stock_raw_file(lake: Lake, shared_data: Path, name: str, posts: int) -> None:
    report = take(lake, shared_data / "stock_kg" / "executive_prep.csv", name)
    assert (report.read, report.tables["OFFICER_OF"]) == (24_775, posts)
    assert one(lake, "Person", UNITS) == 20_872
    assert one(lake, "Person", "count(DISTINCT name)") == 19_211
    assert one(lake, "Person", "count(*)", "sex IS NULL") == 63
    assert one(lake, "Organisation", UNITS) == 2_868
    assert one(lake, "Organisation", "count(*)", "otherCode NOT SIMILAR TO 'stock:[0-9]{6}'") == 0
    files = [str(file) for file in lake.files("OFFICER_OF")]
    boards = f"SELECT from_key, count(DISTINCT to_key) AS n FROM read_parquet({files}) GROUP BY from_key"
    counts = duckdb.sql(
        f"SELECT count(*) FILTER (n > 1), max(n), count(*) FILTER (n > 5) FROM ({boards})"
    ).fetchone()
    assert counts == (2_730, 9, 17)
    (rule,) = report.batches[0].info.doubts
    assert (rule["item"], rule["relation"], rule["above"]) == ("person", "OFFICER_OF", "5")


def test_stock_admin_files_join(lake: Lake, shared_data: Path) -> None:
    for name in ("executive", "stock", "executive_stock", "stock_industry"):
        take(lake, shared_data / "stock_kg" / f"{name}.csv", f"stock_kg_{name}")
    assert one(lake, "Person", UNITS) == 20_872
    assert one(lake, "Organisation", UNITS) == 3_188
    assert one(lake, "OFFICER_OF", "count(*)") == 24_775
    assert one(lake, "OFFICER_OF", "count(DISTINCT to_key)") == 3_188 - 320
    assert one(lake, "Organisation", "count(DISTINCT sectorCode)") == 49


def test_brazilian_bids(lake: Lake, shared_data: Path) -> None:
    report = take(lake, shared_data / "br_bids" / "licitacoes.csv.gz", "br_bids_licitacoes")
    assert (report.read, report.encoding) == (38_675, "utf-8")
    assert one(lake, "Matter", UNITS, "subtype = 'project'") == 2_000
    assert one(lake, "Matter", UNITS, "subtype = 'lot'") == 14_040
    assert one(lake, "Organisation", UNITS, "subtype = 'publicBody'") == 76
    firms = one(lake, "Organisation", UNITS, "item = 'firm'")
    people = one(lake, "Person", UNITS)
    assert (firms, people) == (2_458, 1)
    assert one(lake, "APPLIES", "count(*)", "own_identity") == 38_675
    assert one(lake, "APPLIES", UNITS, "NOT own_identity") == 9_593
    assert one(lake, "GRANTED", "count(*)") == 6_347
    assert one(lake, "INITIATES", UNITS) == 2_000
