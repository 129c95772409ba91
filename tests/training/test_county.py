"""The demo county: same seed same bytes, nothing that could be real, the story among look-alikes."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from training.county import SourceFile, make_county, write_county
from training.county_model import County, Firm, Person
from training.county_words import county_words
from values.parsed import Status
from values.registry import VALUE_TYPES

# How a number of each sort looks when it stands alone; the parser of its type must call it fictional.
# A credit code in digits alone looks like an identity number, but for its 91.
_SHAPES = {
    "idNumber": re.compile(r"(?<![0-9A-Z])(?!91)\d{17}[0-9X](?![0-9A-Z])"),
    "uscc": re.compile(r"(?<![0-9A-Z])91[0-9A-Z]{16}(?![0-9A-Z])"),
    "account": re.compile(r"(?<![0-9A-Z])\d{19}(?![0-9A-Z])"),
    "phone": re.compile(r"(?<![0-9A-Z])1\d{10}(?![0-9A-Z])"),
}
_ENCODINGS = {"工商登记_股东.csv": "gbk", "笔录头.csv": "gb18030"}


@pytest.fixture(scope="module")
def county() -> County:
    return make_county()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[SourceFile]:
    return write_county(tmp_path_factory.mktemp("county"))


def test_same_seed_gives_the_same_bytes(files: list[SourceFile], tmp_path: Path) -> None:
    again = write_county(tmp_path)
    assert [f.path.name for f in again] == [f.path.name for f in files]
    for first, second in zip(files, again, strict=True):
        assert first.path.read_bytes() == second.path.read_bytes(), first.path.name


def test_another_seed_gives_other_people_and_the_same_story(tmp_path: Path, files: list[SourceFile]) -> None:
    other = make_county(7)
    assert [p.name for p in other.people.values()] != [p.name for p in make_county().people.values()]
    assert ("周启航", "周启明", "弟弟") in _kin(other)
    written = write_county(tmp_path, 7)
    assert {f.path.name for f in written} == {f.path.name for f in files}
    assert written[0].path.read_bytes() != files[0].path.read_bytes()


def test_a_workbook_carries_no_time_of_writing(files: list[SourceFile]) -> None:
    # Two writings within one second would hide a stamp, so look for the stamps themselves.
    for path in {f.path for f in files if f.path.suffix == ".xlsx"}:
        with zipfile.ZipFile(path) as archive:
            assert {info.date_time for info in archive.infolist()} == {(2026, 1, 1, 0, 0, 0)}
            stamps = re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", archive.read("docProps/core.xml").decode())
        assert set(stamps) == {"2026-01-01T00:00:00Z"}, path.name


def test_every_number_in_every_file_is_of_the_reserved_ranges(files: list[SourceFile]) -> None:
    seen: Counter[str] = Counter()
    for path in sorted({f.path for f in files}):
        text = _text(path)
        for name, shape in _SHAPES.items():
            for found in set(shape.findall(text)):
                status = VALUE_TYPES[name].parse(found).status
                assert status is Status.FICTIONAL, f"{path.name}: {name} {found} is {status}"
                seen[name] += 1
    assert all(seen[name] >= 100 for name in _SHAPES), seen


def test_every_file_but_the_list_of_cases_betrays_itself(files: list[SourceFile]) -> None:
    """A live workspace knows training data by these numbers, so no table should come without one."""
    tables = {mapping: text for path in {f.path for f in files} for mapping, text in _tables(path, files)}
    bare = {m for m, text in tables.items() if not any(shape.search(text) for shape in _SHAPES.values())}
    assert bare == {"county_cases"}


def test_identity_numbers_agree_with_sex_and_birth(county: County) -> None:
    for p in county.people.values():
        assert p.id_number[6:14] == f"{p.birth:%Y%m%d}", p.name
        assert int(p.id_number[16]) % 2 == (p.sex == "男"), p.name


def test_nobody_shares_a_number(county: County) -> None:
    people = list(county.people.values())
    codes = [f.uscc for f in county.firms.values()] + [b.uscc for b in county.bodies.values()]
    assert len({p.id_number for p in people}) == len(people)
    assert len(set(codes)) == len(codes)
    phones = [p.phone for p in people] + [f.phone for f in county.firms.values()]
    assert len(set(phones)) == len(phones)


def test_sizes(county: County, files: list[SourceFile]) -> None:
    assert 350 <= len(county.people) <= 450
    assert len(county.firms) == 150
    assert 55 <= len(county.lots) <= 65
    assert 250 <= len(county.bids) <= 400
    assert 1400 <= len(county.payments) <= 1600
    assert len(county.headers) == 300
    assert len(county.cases) == 6
    assert sum(f.path.stat().st_size for f in {f.path: f for f in files}.values()) < 1_000_000


# -- the story ------------------------------------------------------------------------------------


def test_the_path_from_the_head_of_the_bureau_to_the_winner(county: County) -> None:
    head = [p for p in county.posts if p.person.name == "周启明"]
    assert [p.since for p in head] == ["2016年2月", "2019年7月"]
    assert {p.body.name for p in head} == {"青屏县交通运输局"}
    assert [p.head for p in head] == [False, True]
    assert ("周启航", "周启明", "弟弟") in _kin(county)
    assert _share(county, "周启航", "长汀投资合伙企业") == (40, date(2022, 2, 17), "")
    assert _share(county, "长汀投资合伙企业", "宏途路桥有限公司") == (51, date(2022, 2, 28), "")
    won = [a.lot for a in county.awards if a.firm.name == "宏途路桥有限公司"]
    assert [lot.title for lot in won] == ["X214线大修一标段", "青屏大桥加固"]
    assert {lot.buyer.name for lot in won} == {"青屏县交通运输局"}
    assert all(lot.awarded > date(2022, 2, 28) for lot in won)


def test_the_other_bidders_share_a_machine_and_a_telephone(county: County) -> None:
    others = {"顺达建设工程公司", "恒岳市政工程公司"}
    device = {b.device for b in county.bids if b.firm.name in others}
    assert device == {"02:99:10:5A:7C:1E"}
    assert {b.firm.name for b in county.bids if b.device in device} == others
    sharers = [c for c in county.contacts if c.use == "联系" and isinstance(c.who, Firm)]
    assert {c.who.name for c in sharers} == others
    phone = {c.value for c in sharers}
    assert len(phone) == 1
    assert {c.who.name for c in county.contacts if c.value in phone} == others | {"冯雪", "曹倩"}


def test_the_money_goes_on_to_the_firm_that_the_brother_supervises(county: County) -> None:
    paid = [(p.source.owner.name, p.target.owner.name) for p in county.payments if p.amount == 1_800_000]
    assert paid == [("宏途路桥有限公司", "瑞禾商贸有限公司")]
    assert any(
        (o.person.name, o.firm.name, o.post) == ("周启航", "瑞禾商贸有限公司", "监事") for o in county.offices
    )


def test_all_lots_of_the_picture_are_there_with_agent_and_evaluators(county: County) -> None:
    titles = {lot.title: lot for lot in county.lots.values()}
    wanted = ["X214线大修一标段", "X214线大修二标段", "农村公路养护2025", "青屏大桥加固", "安防工程采购"]
    for title in wanted:
        lot = titles[title]
        assert lot.agent.name == "明川工程咨询公司"
        assert sum(d.word in ("评审", "打分") for d in county.decisions if d.lot is lot) >= 2
    assert titles["X214线大修一标段"].project == titles["X214线大修二标段"].project
    assert {d.lot.title for d in county.decisions if d.person.name == "龚书文" and d.word == "回避"} == {
        "X214线大修二标段", "农村公路养护2025",
    }  # fmt: skip


# -- the innocent ---------------------------------------------------------------------------------


def test_hubs_are_lawful_and_many(county: County) -> None:
    keeper = county.firms["百汇代理记账有限公司"]
    clients = {c.who.name for c in county.contacts if c.value == keeper.phone and c.use == "办税"}
    assert len(clients) == 12
    assert {"宏途路桥有限公司", "恒岳市政工程公司"} <= clients
    assert sum(f.address == county_words().incubator for f in county.firms.values()) == 15


def test_the_sister_sold_before_the_lot_was_let(county: County) -> None:
    percent, _, until = _share(county, "沈秋月", "云岭公路养护有限公司")
    lot = next(a.lot for a in county.awards if a.firm.name == "云岭公路养护有限公司")
    assert percent == 60
    assert date.fromisoformat(until) < lot.published
    assert lot.buyer.name == "青屏县交通运输局"


def test_the_namesake_of_the_deputy_is_somebody_else(county: County) -> None:
    official, builder = (p for p in county.people.values() if p.name == "梁文博")
    assert official.id_number != builder.id_number
    assert [p.body.name for p in county.posts if p.person is official] == ["青屏县交通运输局"]
    assert not any(builder in (k.declarer, k.relative) for k in county.kin)
    assert any(a.firm.name == "松涛建设有限公司" for a in county.awards)


def test_there_are_namesakes(county: County) -> None:
    names = Counter(p.name for p in county.people.values())
    assert names["张伟"] == 3
    assert len({p.id_number for p in county.people.values() if p.name == "张伟"}) == 3


def test_shares_of_a_firm_never_exceed_the_whole(county: County) -> None:
    for firm in county.firms.values():
        held = [s for s in county.shares if s.firm is firm]
        now = sum(s.percent for s in held if not s.until)
        assert now == 100 or (now == 0 and firm.cancelled), firm.name
        for day in {s.since for s in held}:
            then = [s for s in held if s.since <= day and (not s.until or day < date.fromisoformat(s.until))]
            assert 0 < sum(s.percent for s in then) <= 100, (firm.name, day)


def test_nobody_who_is_under_check_was_interviewed_or_is_in_a_closed_case(county: County) -> None:
    assert not any(h.name == "周启明" for h in county.headers)
    in_cases = {r.who.name for r in county.roles if isinstance(r.who, Person | Firm)}
    assert not in_cases & {"周启明", "周启航", "宏途路桥有限公司"}


def _kin(county: County) -> set[tuple[str, str, str]]:
    return {(k.relative.name, k.declarer.name, k.word) for k in county.kin}


def _share(county: County, owner: str, firm: str) -> tuple[float, date, str]:
    found = [s for s in county.shares if s.holder.name == owner and s.firm.name == firm]
    assert len(found) == 1
    return found[0].percent, found[0].since, found[0].until


def _text(path: Path) -> str:
    if path.suffix == ".csv":
        return path.read_bytes().decode(_ENCODINGS.get(path.name, "utf-8-sig"))
    book = CalamineWorkbook.from_path(str(path))
    return "\n".join(_sheet(book, name) for name in book.sheet_names)


def _tables(path: Path, files: list[SourceFile]) -> list[tuple[str, str]]:
    """Mapping and text of each table of a file; sheets stand in the order they were written."""
    mappings = [f.mapping for f in files if f.path == path]
    if path.suffix == ".csv":
        return [(mappings[0], _text(path))]
    book = CalamineWorkbook.from_path(str(path))
    return [(m, _sheet(book, name)) for m, name in zip(mappings, book.sheet_names, strict=True)]


def _sheet(book: CalamineWorkbook, name: str) -> str:
    return "\n".join("\t".join(str(cell) for cell in row) for row in book.get_sheet_by_name(name).to_python())
