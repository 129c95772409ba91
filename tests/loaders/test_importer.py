"""From file to lake: records, keys, rejects, privacy, re-import, replacement."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import duckdb
import pytest
from openpyxl import Workbook

from graph.errors import LedgerConflict, MappingError, PrivacyRefused, SourceError
from lake.lake import Lake, sha256_of
from loaders.mapping import SourceMapping
from loaders.rejects import export_rejects
from tests.lake.records import open_lake
from tests.loaders.making import load, mapping, records, write
from values.fictional import fictional_id_number, fictional_uscc

REAL_ID = "11010519491231002X"
MADE_ID = fictional_id_number(date(1980, 5, 1), 7)

POSTS = """\
currency: CNY
null_values: ["/"]
drop: [序号]
entities:
  person:
    kind: Person
    subtype: {column: 类别, values: {官: publicOfficial, 商: businessPerson}}
    key: [号码]
    properties: {name: 姓名, idNumber: 号码}
  company:
    kind: Organisation
    key: [单位]
    properties: {name: 单位, registeredCapital: {column: 资本, unit: 万元}}
relations:
  post:
    kind: OFFICER_OF
    from: person
    to: company
    split: {column: 职务, by: /}
    valid: {from: 起, to: 止, open_end: open}
    properties: {post: 职务, role: {column: 职务, values: {董事长: chair, 董事: director}, otherwise: other}}
"""
HEADER = "序号,姓名,类别,号码,单位,资本,职务,起,止\n"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return open_lake(tmp_path)


@pytest.fixture
def posts(tmp_path: Path) -> SourceMapping:
    return mapping(tmp_path, POSTS)


def test_a_row_becomes_its_records(lake: Lake, posts: SourceMapping, tmp_path: Path) -> None:
    file = write(tmp_path, "a.csv", HEADER + f"1,张三,商,{REAL_ID},甲公司,12.5,董事长/董事,2019年3月,\n")
    report = load(lake, file, posts)
    assert (report.read, report.loaded, report.rejected, report.unchanged) == (1, 1, 0, False)
    assert report.tables == {"Person": 1, "Organisation": 1, "OFFICER_OF": 2}
    (person,) = records(
        lake, "Person", "source_key, subtype, name, idNumber, row, part, item, dataset, source_grade, grade"
    )
    assert person[1:] == ("businessPerson", "张三", REAL_ID, 2, 0, "person", "test", "A1", "G2")
    (company,) = records(lake, "Organisation", "source_key, name, registeredCapital, currency, grade")
    assert company[1:] == ("甲公司", 12_500_000, "CNY", "G1")
    first, second = records(
        lake, "OFFICER_OF",
        "from_key, to_key, from_kind, to_kind, own_identity, post, role, "
        "validFrom, validFromMin, validTo, validToMin, validToMax",
        "post DESC",
    )  # fmt: skip
    ends = (person[0], company[0], "Person", "Organisation", False)
    times = ("2019-03", 17956, None, 2_932_896, 2_932_896)
    assert first == (*ends, "董事长", "chair", *times)
    assert second == (*ends, "董事", "director", *times)


def test_ids_are_those_of_the_architecture(lake: Lake, posts: SourceMapping, tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "a.csv",
        HEADER + f"1,张三,商,{REAL_ID},甲公司,1,董事/董事,,\n2,张三,商,{REAL_ID},乙公司,1,,,\n",
    )
    load(lake, file, posts)
    people = records(lake, "Person", "source_key, record_id")
    assert len({key for key, _ in people}) == 1, "one key, one unit"
    assert len({record for _, record in people}) == 2, "one record a statement"
    both = records(lake, "OFFICER_OF", "source_key, record_id")
    assert len(set(both)) == 2, "two pieces of one cell are two statements"
    assert all(key == record for key, record in both), "no declared key: each record is a unit"
    other = open_lake(tmp_path / "again")
    load(other, file, posts)
    assert records(other, "Person", "source_key, record_id") == people, "the same on every machine"


def test_order_and_place_of_key_values_count(lake: Lake, tmp_path: Path) -> None:
    made = mapping(tmp_path, "entities: {p: {kind: Person, key: [a, b], properties: {name: a}}}\n")
    load(lake, write(tmp_path, "a.csv", "a,b\nab,c\na,bc\nc,ab\n,abc\nabc,\n"), made)
    assert len({row[0] for row in records(lake, "Person", "source_key")}) == 5


def test_the_original_cells_stay_beside_the_records(lake: Lake, posts: SourceMapping, tmp_path: Path) -> None:
    file = write(tmp_path, "a.csv", HEADER + f"1, 张三 ,商,{REAL_ID},甲公司,/,,,\n")
    (batch,) = load(lake, file, posts).batches
    assert records(lake, "rows", "* EXCLUDE (sheet)", "row") == [
        (2, 0, None, " 张三 ", "商", REAL_ID, "甲公司", "/", "", "", "")
    ]
    info = batch.info
    assert info.columns == tuple(HEADER.strip().split(","))
    assert (info.dropped, info.encoding, info.sha256) == (("序号",), "utf-8", sha256_of(file))
    assert info.column_properties["号码"] == "Person.idNumber"
    assert lake.raw_path(info.sha256).read_bytes() == file.read_bytes()


BAD = f"""\
1,张三,商,{REAL_ID},甲公司,1,董事,2019-02-30,
2,李四,军,{REAL_ID},甲公司,1,董事,,
3,王五,商,{REAL_ID},甲公司,many,董事,,
4,赵六,商
5,钱七,商,{REAL_ID},甲公司,1,董事,2019,2018
6,孙八,商,{REAL_ID},甲公司,1,董事,2019,2020
"""


def test_bad_rows_are_set_aside_whole_and_masked(lake: Lake, posts: SourceMapping, tmp_path: Path) -> None:
    report = load(lake, write(tmp_path, "a.csv", HEADER + BAD), posts)
    assert (report.read, report.loaded, report.rejected) == (6, 1, 5)
    expected = {("", "ragged"), ("止", "order"), ("类别", "unlisted"), ("资本", "number"), ("起", "calendar")}
    assert {(r.column, r.reason) for r in report.reasons} == expected
    assert {r.count for r in report.reasons} == {1}
    assert [row[0] for row in records(lake, "Person", "row")] == [7]
    assert [row[0] for row in records(lake, "rows", "row", "row")] == [7], (
        "cells of refused rows never lie in clear"
    )
    found = records(lake, "rejects", "row, reason, cells", "row")
    assert found[0] == (
        2,
        "calendar",
        [None, "张*", "***", "*" * 16 + "2X", "甲公司", "1", "董事", "2019-02-30", ""],
    )
    assert found[3][2] == ["***", "***", "***"], "nobody knows which column a ragged cell belongs to"
    target = tmp_path / "rejects.csv"
    assert export_rejects(lake, report.batches[0].info.id, target) == 5
    text = target.read_text(encoding="utf-8")
    assert text.splitlines()[0] == "sheet,row,part,column,reason," + HEADER.strip()
    assert REAL_ID not in text
    assert "张三" not in text


def test_no_rejects_is_an_empty_file(lake: Lake, posts: SourceMapping, tmp_path: Path) -> None:
    report = load(lake, write(tmp_path, "a.csv", HEADER + f"1,张三,商,{REAL_ID},甲公司,1,董事,,\n"), posts)
    target = tmp_path / "rejects.csv"
    assert export_rejects(lake, report.batches[0].info.id, target) == 0
    assert len(target.read_text(encoding="utf-8").splitlines()) == 1


def test_an_absent_end_makes_no_relation_and_no_reject(
    lake: Lake, posts: SourceMapping, tmp_path: Path
) -> None:
    file = write(tmp_path, "a.csv", HEADER + f"1,张三,商,{REAL_ID},,,董事,,\n2,,,,,,董事,,\n,,,,,,,,\n")
    report = load(lake, file, posts)
    assert report.tables == {"Person": 1}
    (sheet,) = report.sheets
    assert (sheet.read, sheet.loaded, sheet.blank, sheet.silent) == (2, 2, 1, 1)


def test_what_is_required_refuses_the_row(lake: Lake, tmp_path: Path) -> None:
    text = """\
entities:
  person: {kind: Person, key: [a], required: true, properties: {name: a}}
  firm: {kind: Organisation, key: [b], properties: {name: b}}
relations:
  post: {kind: OFFICER_OF, from: person, to: firm, required: true, when: {column: c, equals: x}}
"""
    report = load(lake, write(tmp_path, "a.csv", "a,b,c\n1,2,x\n1,,x\n1,,y\n,2,y\n"), mapping(tmp_path, text))
    assert [row[0] for row in records(lake, "Person", "row")] == [2, 4]
    assert {(r.column, r.reason) for r in report.reasons} == {("post", "required"), ("a", "required")}


def test_the_first_named_end_is_taken(lake: Lake, tmp_path: Path) -> None:
    text = """\
entities:
  firm: {kind: Organisation, key: [no], when: {column: t, equals: J}}
  natural: {kind: Person, key: [no], when: {column: t, equals: F}}
  lot: {kind: Matter, key: [lot]}
relations:
  bid: {kind: APPLIES, subtype: bid, from: [firm, natural], to: lot, own_identity: true, at: on}
"""
    file = write(tmp_path, "a.csv", "no,t,lot,on\n1,J,A,2019-03-05\n2,F,A,2019-03\n3,X,A,\n")
    load(lake, file, mapping(tmp_path, text))
    keys = {
        row: key
        for table in ("Organisation", "Person")
        for row, key in records(lake, table, "row, source_key")
    }
    assert records(lake, "APPLIES", 'row, from_kind, from_key, own_identity, "at", atMin, atMax') == [
        (2, "Organisation", keys[2], True, "2019-03-05", 17960, 17960),
        (3, "Person", keys[3], True, "2019-03", 17956, 17986),
    ]


def test_each_row_may_be_a_unit_of_its_own(lake: Lake, tmp_path: Path) -> None:
    text = """\
entities:
  person: {kind: Person, key: row, properties: {name: a}}
  firm: {kind: Organisation, key: [b]}
relations:
  post: {kind: OFFICER_OF, from: person, to: firm}
"""
    load(lake, write(tmp_path, "a.csv", "a,b\n张三,甲\n张三,甲\n"), mapping(tmp_path, text))
    people = records(lake, "Person", "source_key, record_id")
    assert len(set(people)) == 2
    assert all(key == record for key, record in people)
    assert [row[0] for row in records(lake, "OFFICER_OF", "from_key")] == [key for key, _ in people]


def test_locators_references_and_registers(lake: Lake, tmp_path: Path) -> None:
    text = """\
entities:
  person: {kind: Person, key: row, properties: {name: name, idNumber: id}}
  bidder: {kind: Organisation, key: [firm]}
  phone: {kind: Locator, subtype: phone, value: phone}
  lot: {kind: Matter, subtype: lot, key: [lot]}
  account: {kind: Asset, subtype: account, key: [account], properties: {accountNumber: account}}
relations:
  reached: {kind: REACHED_AT, subtype: contact, from: person, to: phone}
  bid: {kind: APPLIES, subtype: bid, from: bidder, to: lot, properties: {depositAccount: {entity: account}}}
registers:
  header: {register: Header, properties: {headerNo: no, name: name, idNumber: id, person: {entity: person}}}
  asset: {register: CaseAsset, properties: {caseNo: no, asset: {entity: account}, state: state, stateAt: on}}
"""
    lines = "name,id,firm,phone,lot,account,no,state,on\n"
    lines += "张三,123,甲,139 0013 0000,L1,123456789,H1,冻结,2019-03\n李四,,乙,无,L1,,H2,,\n"
    report = load(lake, write(tmp_path, "a.csv", lines), mapping(tmp_path, text))
    assert records(lake, "Locator", "row, subtype, normalisedValue") == [(2, "phone", "+8613900130000")]
    assert [row[0] for row in records(lake, "REACHED_AT", "row")] == [2], "an unusable number links nobody"
    account = records(lake, "Asset", "source_key")[0][0]
    assert [row[0] for row in records(lake, "APPLIES", "depositAccount")] == [account, None]
    people = [row[0] for row in records(lake, "Person", "source_key")]
    assert records(lake, "Header", "headerNo, name, unverifiedId, person") == [
        ("H1", "张三", "123", people[0]),
        ("H2", "李四", None, people[1]),
    ]
    frozen = records(lake, "CaseAsset", "row, caseNo, asset, state, stateAt, stateAtMin")
    assert frozen[0] == (2, "H1", account, "frozen", "2019-03", 17956)
    assert {(n.column, n.reason, n.count) for n in report.notes} == {
        ("id", "length", 2),
        ("phone", "characters", 1),
    }


def test_one_file_two_kinds_of_matter(lake: Lake, tmp_path: Path) -> None:
    text = """\
entities:
  tender: {kind: Matter, subtype: project, key: [t], properties: {code: t}}
  item:
    kind: Matter
    subtype: lot
    key: [t, i]
    properties: {code: {columns: [t, i], join: "-"}, parentCode: t}
"""
    load(lake, write(tmp_path, "a.csv", "t,i\n1,1\n1,2\n"), mapping(tmp_path, text))
    assert records(lake, "Matter", "subtype, code, parentCode") == [
        ("lot", "1-1", "1"), ("project", "1", None), ("lot", "1-2", "1"), ("project", "1", None),
    ]  # fmt: skip
    assert len({row[0] for row in records(lake, "Matter", "source_key")}) == 3


# -- refusals -------------------------------------------------------------------------------------


def untouched(lake: Lake) -> bool:
    return (
        lake.batches(retracted=True) == []
        and not (lake.folder / "standard").exists()
        and not (lake.folder / "raw").exists()
    )


def test_everything_that_does_not_fit_is_told_together(lake: Lake, tmp_path: Path) -> None:
    made = mapping(
        tmp_path,
        "entities:\n  p:\n    kind: Person\n    key: [号码]\n    properties: {nmae: 姓名, sex: 性别}\n",
    )
    file = write(tmp_path, "a.csv", "姓名,号码,民族,爱好\n")
    with pytest.raises(PrivacyRefused) as fault:
        load(lake, file, made)
    shown = str(fault.value)
    assert "a.csv:1 [民族]: prohibited data: 民族 (ethnicity)" in shown
    assert "a.csv [爱好]: the mapping does not speak of this column" in shown
    assert "test.yaml:9: a.csv has no column '性别'" in shown
    assert "test.yaml:9: entities.p.properties.nmae: Person has no property 'nmae'" in shown
    assert shown.count("[民族]") == 1
    assert untouched(lake)


def test_an_unmapped_column_refuses_the_file(lake: Lake, tmp_path: Path) -> None:
    made = mapping(tmp_path, "entities: {p: {kind: Person, key: [a]}}\n")
    with pytest.raises(MappingError, match=r"\[b\]"):
        load(lake, write(tmp_path, "a.csv", "a,b\n1,2\n"), made)
    assert untouched(lake)


def test_dropping_a_prohibited_column_is_not_enough(lake: Lake, tmp_path: Path) -> None:
    made = mapping(tmp_path, "drop: [民族]\nentities: {p: {kind: Person, key: [a]}}\n")
    with pytest.raises(PrivacyRefused, match="redact"):
        load(lake, write(tmp_path, "a.csv", "a,民族\n1,汉族\n"), made)


def test_a_redacted_column_is_nowhere_in_the_lake(lake: Lake, tmp_path: Path) -> None:
    made = mapping(
        tmp_path, "redact: [商品明细]\nentities: {p: {kind: Person, key: [a], properties: {name: a}}}\n"
    )
    file = write(tmp_path, "a.csv", 'a,商品明细\n"张,三",SECRETGOODS\n李四,SECRETGOODS\n')
    report = load(lake, file, made)
    (batch,) = report.batches
    assert (report.redacted, report.redacted_copy, batch.info.redacted) == (
        ("商品明细",),
        True,
        ("商品明细",),
    )
    assert batch.info.sha256 == sha256_of(file), "the original's hash is kept"
    assert not lake.raw_path(batch.info.sha256).exists(), "its bytes are not"
    copy = lake.raw_path(batch.info.raw_sha256)
    assert copy.read_text(encoding="utf-8").splitlines() == ['"row","part","a"', '2,0,"张,三"', '3,0,"李四"']
    assert records(lake, "rows", "c0, c1", "row") == [("张,三", None), ("李四", None)]
    for path in lake.folder.rglob("*"):
        assert path.is_dir() or b"SECRETGOODS" not in path.read_bytes()
    assert load(lake, file, made).unchanged


@pytest.mark.parametrize(("mode", "number"), [("live", MADE_ID), ("training", REAL_ID)])
def test_invented_and_real_data_never_mix(
    lake: Lake, posts: SourceMapping, tmp_path: Path, mode: str, number: str
) -> None:
    good = MADE_ID if mode == "training" else REAL_ID
    file = write(tmp_path, "a.csv", HEADER + f"1,张三,商,{good},甲,1,,,\n2,李四,商,{number},甲,1,,,\n")
    with pytest.raises(PrivacyRefused) as fault:
        load(lake, file, posts, mode=mode)
    (problem,) = fault.value.problems
    assert (problem.line, problem.column) == (3, "号码")
    assert number not in str(fault.value)
    assert untouched(lake)
    other = "live" if mode == "training" else "training"
    with pytest.raises(PrivacyRefused):
        load(lake, file, posts, mode=other)


def minor_id() -> str:
    return fictional_id_number(date(date.today().year - 10, 1, 1), 3)


def test_a_minor_appears_only_as_kin(lake: Lake, tmp_path: Path) -> None:
    text = "entities:\n  adult: {kind: Person, key: [a], properties: {idNumber: a}}\n"
    text += "  child: {kind: Person, key: [b], properties: {name: n, idNumber: b}}\n"
    kin = "relations: {kin: {kind: KIN, from: adult, to: child, properties: {kinDegree: {constant: K2}}}}\n"
    file = write(tmp_path, "a.csv", f"a,b,n\n{MADE_ID},{minor_id()},小明\n")
    with pytest.raises(PrivacyRefused, match=r"a\.csv:2 \[b\].*minors"):
        load(lake, file, mapping(tmp_path, text), mode="training")
    load(lake, file, mapping(tmp_path, text + kin), mode="training")
    assert records(lake, "Person", "item, isMinor") == [("adult", None), ("child", True)]


def test_a_prohibited_sheet_that_is_not_read_refuses_the_workbook(lake: Lake, tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "名单"
    book.active.append(["a"])
    book.active.append(["1"])
    book.create_sheet("体检").append(["a", "体检结论"])
    file = tmp_path / "a.xlsx"
    book.save(file)
    made = mapping(tmp_path, "file: {sheets: 名单}\nentities: {p: {kind: Person, key: [a]}}\n")
    with pytest.raises(PrivacyRefused, match="体检, a sheet that is not read"):
        load(lake, file, made)


def test_a_later_sheet_refuses_all_of_the_workbook(lake: Lake, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["a"])
    book.active.append(["公务员"])
    second = book.create_sheet("二")
    second.append(["a"])
    second.append(["中共党员"])
    file = tmp_path / "a.xlsx"
    book.save(file)
    text = (
        "file: {sheets: '*'}\nentities: {p: {kind: Person, key: row, properties: {supervisedCategory: a}}}\n"
    )
    with pytest.raises(PrivacyRefused):
        load(lake, file, mapping(tmp_path, text))
    assert not list(lake.folder.rglob("*.parquet"))
    assert not list(lake.folder.glob("raw/*/*"))


def test_bytes_without_a_batch_are_swept(lake: Lake, tmp_path: Path) -> None:
    made = mapping(tmp_path, "entities: {p: {kind: Person, key: [a]}}\n")
    file = write(tmp_path, "a.csv", "a\n1\n")
    load(lake, file, made)
    with lake.writing():
        orphan = lake.raw_path(lake.keep_raw(write(tmp_path, "b.csv", "left by a killed import")))
        assert orphan.exists()
    with lake.writing():
        assert not orphan.exists()
        assert lake.raw_path(sha256_of(file)).exists()


# -- again ----------------------------------------------------------------------------------------


def test_the_same_file_again_changes_nothing(lake: Lake, posts: SourceMapping, tmp_path: Path) -> None:
    file = write(tmp_path, "a.csv", HEADER + f"1,张三,商,{REAL_ID},甲公司,1,董事,,\n")
    first = load(lake, file, posts)
    lines = len(lake.ledger.lines())
    again = load(lake, file, posts)
    assert (again.unchanged, again.batches) == (True, first.batches)
    assert len(lake.ledger.lines()) == lines


def test_another_version_of_the_mapping_must_replace(
    lake: Lake, posts: SourceMapping, tmp_path: Path
) -> None:
    file = write(tmp_path, "a.csv", HEADER + f"1,张三,商,{REAL_ID},甲公司,1,董事,,\n")
    (old,) = load(lake, file, posts).batches
    changed = mapping(tmp_path, POSTS.replace("publicOfficial", "soeStaff"))
    with pytest.raises(LedgerConflict, match="replace"):
        load(lake, file, changed)
    report = load(lake, file, changed, replace=True)
    assert report.replaced == (old.info.id,)
    assert [batch.info.id for batch in lake.batches()] == [report.batches[0].info.id]
    assert lake.batch(old.info.id).retracted is not None
    assert len(records(lake, "Person")) == 1
    before = [b.info.id for b in lake.batches(known_at=old.recorded_at)]
    assert before == [old.info.id], "an old report can be replayed"
    back = load(lake, file, posts, replace=True)
    assert back.batches[0].info.id != old.info.id, (
        "imported again after a retraction it is a batch of its own"
    )


def test_the_same_file_may_be_in_two_datasets(lake: Lake, posts: SourceMapping, tmp_path: Path) -> None:
    file = write(tmp_path, "a.csv", HEADER + f"1,张三,商,{REAL_ID},甲公司,1,董事,,\n")
    load(lake, file, posts)
    assert not load(lake, file, posts, dataset="other").unchanged
    assert len({row[0] for row in records(lake, "Person", "source_key")}) == 2


def test_a_rehearsal_writes_nothing_and_shows_a_masked_sample(
    lake: Lake, posts: SourceMapping, tmp_path: Path
) -> None:
    report = load(lake, write(tmp_path, "a.csv", HEADER + BAD), posts, dry_run=True)
    assert (report.dry_run, report.read, report.rejected, report.batches) == (True, 6, 5, ())
    assert report.sample["Person"] == [
        {"row": 7, "item": "person", "subtype": "businessPerson", "name": "孙*", "idNumber": "*" * 16 + "2X"}
    ]
    assert untouched(lake)


def test_several_sheets_are_one_step(lake: Lake, tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "一"
    book.create_sheet("二")
    for sheet in book:
        for line in (["名册"], ["姓名", "单位"], ["张三", "甲"], ["李四", "甲"], ["合计", 2], ["制表", "王"]):
            sheet.append(line)
    file = tmp_path / "a.xlsx"
    book.save(file)
    text = "file: {sheets: '*', skip_rows: 1, stop_when: {column: 姓名, matches: ^合\\s*计}}\n"
    text += "entities: {p: {kind: Person, key: [姓名, 单位], properties: {name: 姓名}}}\n"
    report = load(lake, file, mapping(tmp_path, text))
    assert [(s.sheet, s.read, s.stopped_at) for s in report.sheets] == [("一", 2, 5), ("二", 2, 5)]
    assert [batch.info.sheet for batch in report.batches] == ["一", "二"]
    assert len({row[0] for row in records(lake, "Person", "source_key")}) == 2
    assert len({row[0] for row in records(lake, "Person", "record_id")}) == 4


def test_a_ragged_total_ends_the_file(lake: Lake, tmp_path: Path) -> None:
    text = "file: {stop_when: {column: a, equals: 合计}}\nentities: {p: {kind: Person, key: [a, b]}}\n"
    report = load(lake, write(tmp_path, "a.csv", "a,b\n1,2\n合计\n3\n4,5\n"), mapping(tmp_path, text))
    assert (report.read, report.rejected, report.sheets[0].stopped_at) == (1, 0, 3)


def test_the_encoding_is_told_and_rows_exploded_keep_their_part(lake: Lake, tmp_path: Path) -> None:
    lines = '{"no": "项目一", "bids": [{"firm": "住房建设公司"}, {"firm": "乙"}]}\n'
    file = write(tmp_path, "a.jsonl.gz", gzip.compress(lines.encode("gb18030")))
    text = """\
file: {explode: $.bids}
entities:
  lot: {kind: Matter, key: ["$.no"]}
  firm: {kind: Organisation, key: ["$.bids[*].firm"], properties: {name: "$.bids[*].firm"}}
relations:
  bid: {kind: APPLIES, subtype: bid, from: firm, to: lot}
"""
    report = load(lake, file, mapping(tmp_path, text))
    assert (report.format, report.encoding) == ("jsonlines", "gb18030")
    assert records(lake, "Organisation", "row, part, name") == [(1, 1, "住房建设公司"), (1, 2, "乙")]


def test_a_file_that_changes_while_it_is_read_is_refused(
    lake: Lake, posts: SourceMapping, tmp_path: Path
) -> None:
    file = write(tmp_path, "a.csv", HEADER + f"1,张三,商,{REAL_ID},甲公司,1,董事,,\n")

    def change(done: int, total: int, stage: str) -> None:
        file.write_text(HEADER + f"1,李四,商,{REAL_ID},甲公司,1,董事,,\n", encoding="utf-8")

    with pytest.raises(SourceError, match="changed while it was read"):
        load(lake, file, posts, progress=change)
    assert lake.batches() == []


def test_many_chunks_keep_their_rows(lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loaders.sources.delimited.BLOCK", 1 << 13)
    text = "currency: CNY\nentities:\n  f: {kind: Organisation, key: [n], "
    text += "properties: {name: n, registeredCapital: c}}\n"
    lines = "".join(f"firm{n},{'bad' if n % 10 == 0 else n}\n" for n in range(2, 5002))
    told: list[tuple[int, int, str]] = []
    report = load(
        lake, write(tmp_path, "a.csv", "n,c\n" + lines), mapping(tmp_path, text),
        progress=lambda *done: told.append(done),
    )  # fmt: skip
    assert (report.read, report.rejected) == (5000, 500)
    assert records(
        lake,
        "Organisation",
        "count(*), bool_and(name = 'firm' || row), bool_and(registeredCapital = row * 100)",
        "1",
    ) == [(4500, True, True)]
    assert len(told) > 5
    assert told[-1] == (5000, 5000, "rows")
    files = [str(f) for f in lake.files("rejects")]
    assert duckdb.sql(f"SELECT bool_and(cells[1] = 'firm' || row) FROM read_parquet({files})").fetchone() == (
        True,
    )


def test_doubts_travel_with_the_batch(lake: Lake, tmp_path: Path) -> None:
    text = """\
entities:
  p:
    kind: Person
    key: [a]
    doubt: {relation: OFFICER_OF, above: 5, note: {zh: 同名, en: Namesakes}}
"""
    (batch,) = load(lake, write(tmp_path, "a.csv", "a\n1\n"), mapping(tmp_path, text)).batches
    assert batch.info.doubts == (
        {
            "kind": "Person",
            "item": "p",
            "relation": "OFFICER_OF",
            "above": "5",
            "note_zh": "同名",
            "note_en": "Namesakes",
        },
    )
    assert lake.batches()[0].info == batch.info


def test_numbers_of_fictional_firms_are_strong_in_training(lake: Lake, tmp_path: Path) -> None:
    made = mapping(tmp_path, "entities: {f: {kind: Organisation, key: [u], properties: {uscc: u}}}\n")
    load(lake, write(tmp_path, "a.csv", f"u\n{fictional_uscc(5)}\n"), made, mode="training")
    assert records(lake, "Organisation", "uscc, unverifiedId") == [(fictional_uscc(5), None)]
