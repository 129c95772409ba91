"""The demo county through the shipped mappings: all but the spoilt rows loads, the story arrives whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from entity_resolution.resolve import resolve
from graph.errors import PrivacyRefused
from graph.schema import load_schema
from graph.store import no_progress
from lake import resource
from lake.lake import Lake
from lake.ledger import Ledger
from lake.registers import load_registers
from loaders.clean import Mode
from loaders.importer import import_file
from loaders.mapping import SourceMapping, shipped_mapping
from loaders.report import ImportReport
from training.county import SourceFile, make_county, write_county
from training.county_words import county_words

# Column and reason of each spoilt row.
_SPOILT = {
    "county_firms": {("成立日期", "calendar")},
    "county_shares": {("出资比例", "number")},
    "county_officers": {("任职信息/职务", "unlisted")},
    "county_posts": {("任职时间", "calendar")},
    "county_kin": {("关系", "unlisted")},
    "county_bids": {("递交时间", "calendar")},
    "county_bank": {("交易金额", "number")},
    "county_headers": {("谈话日期", "calendar"), ("谈话对象类别", "unlisted")},
    "county_roles": {("角色", "unlisted")},
}
_ENCODINGS = {
    "county_firms": "utf-8-bom",
    "county_shares": "gb18030",
    "county_bids": "utf-8",
    "county_headers": "gb18030",
}


@dataclass(frozen=True)
class Loaded:
    """A lake that holds the whole county, and the report of each import by mapping."""

    lake: Lake
    files: list[SourceFile]
    reports: dict[str, ImportReport]

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of ``sql`` over the resolved tables, each a view by its kind."""
        with duckdb.connect() as db:
            for kind, file in resource.tables(self.lake, resource.require_current(self.lake)).files.items():
                db.execute(f"CREATE VIEW {kind} AS SELECT * FROM read_parquet('{file}')")
            return db.execute(sql).fetchall()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    folder = tmp_path_factory.mktemp("county")
    lake = _open(folder)
    files = write_county(folder / "src")
    reports = {f.mapping: _import(lake, f, "training") for f in files}
    with lake.writing():
        resolve(lake, b"k" * 32, no_progress)
    yield Loaded(lake, files, reports)
    lake.ledger.close()


def test_only_the_spoilt_rows_are_rejected_and_counts_add_up(loaded: Loaded) -> None:
    for file in loaded.files:
        report = loaded.reports[file.mapping]
        assert (report.read, report.rejected) == (file.rows, file.spoilt), file.mapping
        assert report.read == report.loaded + report.rejected
        reasons = {(r.column, r.reason) for r in report.reasons}
        assert reasons == _SPOILT.get(file.mapping, set()), file.mapping
        assert report.notes == ()


def test_every_loaded_row_speaks(loaded: Loaded) -> None:
    assert {m: s.silent for m, r in loaded.reports.items() for s in r.sheets if s.silent} == {}


def test_encodings_and_totals_are_told(loaded: Loaded) -> None:
    assert {m: loaded.reports[m].encoding for m in _ENCODINGS} == _ENCODINGS
    lots = loaded.reports["county_lots"].sheets[0]
    assert lots.stopped_at == lots.read + 2


def test_the_goods_are_not_kept(loaded: Loaded) -> None:
    report, goods = loaded.reports["county_platform"], county_words().goods
    assert report.redacted == ("商品明细",)
    written = next(f.path for f in loaded.files if f.mapping == "county_platform").read_text(encoding="utf-8")
    assert all(word in written for word in goods)
    assert not loaded.lake.raw_path(report.sha256).exists()
    batch = report.batches[0].info
    kept = loaded.lake.raw_path(batch.raw_sha256).read_text(encoding="utf-8")
    rows = loaded.lake.batch_folder(batch.id) / "rows.parquet"
    cells = str(duckdb.sql(f"SELECT * FROM read_parquet('{rows}')").fetchall())
    assert all("PF2025" in text and not any(word in text for word in goods) for text in (kept, cells))


def test_mappings_speak_of_exactly_the_columns_that_are_written(loaded: Loaded) -> None:
    for file in loaded.files:
        mapping = _mapping(file)
        spoken = {*mapping.columns, *mapping.spec.drop, *mapping.spec.redact}
        assert spoken == set(county_words().columns[file.mapping]), file.mapping


def test_a_live_workspace_refuses_every_table_but_the_list_of_cases(tmp_path: Path, loaded: Loaded) -> None:
    """The list of cases names nobody, so nothing in it betrays where it comes from."""
    lake = _open(tmp_path)
    taken = []
    for file in loaded.files:
        try:
            _import(lake, file, "live")
        except PrivacyRefused:
            continue
        taken.append(file.mapping)
    assert taken == ["county_cases"]
    assert [batch.info.mapping.split()[0] for batch in lake.batches()] == ["county_cases"]
    lake.ledger.close()


def test_numbers_bring_the_registers_together(loaded: Loaded) -> None:
    county = make_county()
    assert loaded.ask("SELECT count(*) FROM Organisation") == [(len(county.firms) + len(county.bodies),)]
    assert loaded.ask("SELECT count(*) FROM Matter") == [(len(county.lots),)]
    things = len(county.accounts) + len(county.estates) + len(county.vehicles)
    assert loaded.ask("SELECT count(*) FROM Asset") == [(things,)]
    assert loaded.ask("SELECT count(*) FROM PAYS") == [(len(county.payments) + len(county.purchases),)]
    numbered = "SELECT count(*), count(DISTINCT idNumberToken) FROM Person WHERE idNumberToken IS NOT NULL"
    [(people, tokens)] = loaded.ask(numbered)
    assert people == tokens


def test_the_story_is_one_path(loaded: Loaded) -> None:
    found = loaded.ask("""
        SELECT r.name, x.name, c.name, m.title, s1.percent, s2.percent, h.isHead
        FROM Person p
        JOIN HOLDS_POST h ON h.from_id = p.id AND h.isHead
        JOIN INITIATES i ON i.from_id = h.to_id
        JOIN Matter m ON m.id = i.to_id
        JOIN GRANTED g ON g.from_id = m.id AND g.atMin BETWEEN h.validFromMax AND h.validToMin
        JOIN Organisation c ON c.id = g.to_id
        JOIN KIN k ON p.id IN (k.from_id, k.to_id)
        JOIN Person r ON r.id IN (k.from_id, k.to_id) AND r.id <> p.id
        JOIN HOLDS_SHARE s1 ON s1.from_id = r.id AND s1.validFromMax <= g.atMin AND g.atMin <= s1.validToMin
        JOIN Organisation x ON x.id = s1.to_id
        JOIN HOLDS_SHARE s2 ON s2.from_id = x.id AND s2.to_id = c.id AND s2.validFromMax <= g.atMin
        WHERE p.name = '周启明' ORDER BY m.title
    """)
    path = ("周启航", "长汀投资合伙企业", "宏途路桥有限公司")
    assert found == [
        (*path, "X214线大修一标段", 40.0, 51.0, True),
        (*path, "青屏大桥加固", 40.0, 51.0, True),
    ]


def test_the_money_is_in_minor_units_between_two_known_accounts(loaded: Loaded) -> None:
    found = loaded.ask("""
        SELECT a.name, b.name, p.subtype, p.at FROM PAYS p
        JOIN OWNS oa ON oa.to_id = p.from_id JOIN Organisation a ON a.id = oa.from_id
        JOIN OWNS ob ON ob.to_id = p.to_id JOIN Organisation b ON b.id = ob.from_id
        WHERE p.amount = 180000000
    """)
    assert found == [("宏途路桥有限公司", "瑞禾商贸有限公司", "payment", "2024-05-08T15:41:33")]


def test_awards_and_estimates_have_their_units(loaded: Loaded) -> None:
    found = loaded.ask("""
        SELECT m.estimate, m.awardAmount, g.amount, b.price FROM Matter m
        JOIN GRANTED g ON g.from_id = m.id
        JOIN APPLIES b ON b.to_id = m.id AND b.from_id = g.to_id
        WHERE m.title = 'X214线大修一标段'
    """)
    assert found == [(1_900_000_000, 1_842_600_000, 1_842_600_000, 1_842_600_000)]


def test_the_innocent_arrive_as_what_they_are(loaded: Loaded) -> None:
    ended = loaded.ask("""
        SELECT count(*) FROM Person p JOIN HOLDS_SHARE s ON s.from_id = p.id
        JOIN GRANTED g ON g.to_id = s.to_id AND g.atMin > s.validToMax WHERE p.name = '沈秋月'
    """)
    assert ended == [(1,)]
    namesakes = "SELECT count(DISTINCT id), count(DISTINCT idNumberToken) FROM Person WHERE name = '梁文博'"
    assert loaded.ask(namesakes) == [(2, 2)]
    recused = loaded.ask("""
        SELECT count(*) FROM DECIDES d JOIN Person p ON p.id = d.from_id
        WHERE p.name = '龚书文' AND d.role = 'recused'
    """)
    assert recused == [(2,)]


def test_hubs_say_what_they_are(loaded: Loaded) -> None:
    hubs = loaded.ask("""
        SELECT l.hubClass, l.subtype, count(DISTINCT r.from_id)
        FROM Locator l JOIN REACHED_AT r ON r.to_id = l.id
        WHERE l.hubClass IS NOT NULL GROUP BY ALL ORDER BY ALL
    """)
    # The agent's own registered telephone and room are the ones its clients give.
    assert hubs == [("agent", "address", 13), ("agent", "phone", 13), ("incubator", "address", 15)]


def _open(folder: Path) -> Lake:
    return Lake(folder / "lake", load_schema(), load_registers(), Ledger.open(folder / "ledger.sqlite"))


def _mapping(file: SourceFile) -> SourceMapping:
    return shipped_mapping(file.mapping, load_schema(), load_registers())


def _import(lake: Lake, file: SourceFile, mode: Mode) -> ImportReport:
    return import_file(lake, file.path, _mapping(file), actor="tester", mode=mode)
