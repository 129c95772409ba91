"""The demo county 青屏县: a small fictional county in the files its offices would send.

Some 400 people, 150 firms, 60 tenders; the planted story of ``county_story.yaml`` among lawful look-alikes;
and the faults of real files: several encodings, title rows, totals, units, missing numbers, rows that cannot
be read. Identity numbers, credit codes, telephones and accounts are of the reserved ranges of
``values/fictional.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from training import county_records as records
from training import county_tables as tables
from training.county_cases import add_cases, add_headers
from training.county_draws import Draws
from training.county_files import Sheet, delimited, workbook
from training.county_firms import add_firms
from training.county_model import County
from training.county_money import add_accounts, add_payments, add_things
from training.county_people import add_bodies, add_people
from training.county_story import add_story_parties, add_story_things
from training.county_tables import Row, Rows
from training.county_tenders import add_tenders
from training.county_words import county_story, county_words


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One table that was written: its file, the mapping that loads it, its data rows, how many are spoilt.

    ``mapping`` is the stem of a file in ``loaders/mappings``. A workbook comes once for each of its sheets.
    """

    path: Path
    mapping: str
    rows: int
    spoilt: int = 0


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows to be written under the header of ``mapping``; ``above`` the header and ``below`` the data."""

    mapping: str
    rows: Rows
    spoilt: int = 0
    above: Sequence[Row] = ()
    below: Sequence[Row] = ()
    sheet: str = ""


def make_county(seed: int = 2026) -> County:
    """The county as plain values; the same seed gives the same county."""
    return _grow(Draws(seed))


def write_county(folder: Path, seed: int = 2026) -> list[SourceFile]:
    """Write the county's source files into ``folder`` (made if need be); same seed, same bytes."""
    draws = Draws(seed)
    county = _grow(draws)
    folder.mkdir(parents=True, exist_ok=True)
    return [*_write_registers(folder, county, draws), *_write_records(folder, county, draws)]


def _grow(draws: Draws) -> County:
    county, story = County(), county_story()
    add_bodies(county, draws)
    add_story_parties(county, draws, story)
    add_people(county, draws)
    add_firms(county, draws, story)
    add_accounts(county, draws, story)
    add_tenders(county, draws, story)
    add_payments(county, draws, story)
    add_story_things(county, draws, story)
    add_things(county, draws)
    add_cases(county, draws, {*story.people, *story.firms})
    add_headers(county, draws, {p.person for p in story.posts})
    return county


def _write_registers(folder: Path, county: County, draws: Draws) -> list[SourceFile]:
    firms = _Table("county_firms", tables.registered_firms(county, draws), spoilt=1)
    shares = _Table("county_shares", tables.shareholders(county, draws), spoilt=1)
    title: Row = ["青屏县企业主要人员备案信息"]
    officers = _Table("county_officers", tables.officers(county, draws), 1, [title], sheet="主要人员")
    posts = _Table("county_posts", tables.posts(county, draws), spoilt=1, sheet="任职")
    bodies = _Table("county_bodies", tables.bodies(county, draws), sheet="单位名录")
    kin = _Table("county_kin", tables.kin(county, draws), spoilt=1, sheet="申报")
    contacts = _Table("county_contacts", tables.contacts(county, draws))
    estates = _Table("county_estates", tables.estates(county, draws), sheet="不动产")
    vehicles = _Table("county_vehicles", tables.vehicles(county, draws), sheet="车辆")
    accounts = _Table("county_accounts", tables.accounts(county, draws), sheet="账户")
    return [
        _text(folder / "工商登记_企业.csv", firms, "utf-8-sig"),
        _text(folder / "工商登记_股东.csv", shares, "gbk"),
        *_book(folder / "高管.xlsx", [officers]),
        *_book(folder / "干部任职.xlsx", [posts, bodies]),
        *_book(folder / "亲属申报表.xlsx", [kin]),
        _text(folder / "联系方式.csv", contacts, "utf-8"),
        *_book(folder / "资产.xlsx", [estates, vehicles, accounts]),
    ]


def _write_records(folder: Path, county: County, draws: Draws) -> list[SourceFile]:
    lots = _Table("county_lots", records.lots(county), below=records.lot_totals(county), sheet="项目标段")
    decisions = _Table("county_decisions", records.decisions(county), sheet="评审审批")
    cases = _Table("county_cases", records.closed_cases(county, draws), sheet="案件")
    roles = _Table("county_roles", records.roles(county), spoilt=1, sheet="角色")
    steps = _Table("county_steps", records.steps(county), sheet="步骤")
    seizures = _Table("county_seizures", records.seizures(county), sheet="财物")
    bill = _Table("county_platform", records.platform_bill(county), above=records.PREAMBLE)
    return [
        *_book(folder / "招标项目.xlsx", [lots, decisions]),
        _text(folder / "投标.csv", _Table("county_bids", records.bids(county), spoilt=1), "utf-8", "\t"),
        _text(folder / "中标.csv", _Table("county_awards", records.awards(county)), "utf-8"),
        _text(folder / "银行流水.csv", _Table("county_bank", records.bank_rows(county), spoilt=1), "utf-8"),
        _text(folder / "平台账单.csv", bill, "utf-8"),
        _text(folder / "笔录头.csv", _Table("county_headers", records.headers(county), spoilt=2), "gb18030"),
        *_book(folder / "已结案件.xlsx", [cases, roles, steps, seizures]),
    ]


def _text(path: Path, table: _Table, encoding: str, delimiter: str = ",") -> SourceFile:
    path.write_bytes(delimited(_whole(table)[0], encoding, delimiter))
    return SourceFile(path, table.mapping, len(table.rows), table.spoilt)


def _book(path: Path, sheets: Sequence[_Table]) -> list[SourceFile]:
    path.write_bytes(workbook([Sheet(table.sheet, *_whole(table)) for table in sheets]))
    return [SourceFile(path, table.mapping, len(table.rows), table.spoilt) for table in sheets]


def _whole(table: _Table) -> tuple[Rows, tuple[str, ...]]:
    """All rows from the top, and the blocks to merge: title, and the upper of two header rows."""
    columns = county_words().columns[table.mapping]
    if "/" not in columns[0]:
        return [*table.above, list(columns), *table.rows, *table.below], ()
    groups, names = zip(*(c.split("/") for c in columns), strict=True)
    top = [group if group != before else None for before, group in zip(("", *groups), groups, strict=False)]
    rows: Rows = [*table.above, [*top], [*names], *table.rows, *table.below]
    return rows, tuple(_blocks(groups, len(table.above) + 1))


def _blocks(groups: Sequence[str], row: int) -> list[str]:
    """Cells of ``row`` (from 1) that stand under one word, as ``A2:B2``; header words are at most 26."""
    starts = [i for i, group in enumerate(groups) if i == 0 or groups[i - 1] != group]
    ends = [*(start - 1 for start in starts[1:]), len(groups) - 1]
    return [f"{chr(65 + a)}{row}:{chr(65 + b)}{row}" for a, b in zip(starts, ends, strict=True)]
