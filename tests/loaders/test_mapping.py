"""Mapping files: every fault of shape or meaning is told with file and line, all together."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import MappingError
from graph.schema import load_schema
from lake.registers import load_registers
from loaders.mapping import SHIPPED, read_mapping, shipped_mapping
from tests.loaders.making import mapping

PERSON = """\
entities:
  person: {kind: Person, key: [号码], properties: {name: 姓名, idNumber: 号码}}
"""

PROPERTY = "entities: {p: {kind: Person, key: row, properties: {"


def told(text: str, folder: Path) -> list[str]:
    return [str(problem) for problem in mapping(folder, text).problems]


def test_a_sound_mapping_has_no_problems(tmp_path: Path) -> None:
    made = mapping(tmp_path, PERSON)
    assert made.problems == ()
    assert (made.title, [item.name for item in made.items]) == ("test 1.0.0", ["person"])
    assert made.columns == {"号码": 6, "姓名": 6}


def test_unknown_keys_are_refused_with_their_lines(tmp_path: Path) -> None:
    text = PERSON + "  other:\n    kind: Person\n    keys: [a]\n    properties:\n      name: {colunm: 姓名}\n"
    with pytest.raises(MappingError) as fault:
        mapping(tmp_path, text)
    shown = str(fault.value)
    assert "test.yaml:9: entities.other.keys: no such key" in shown
    assert "test.yaml:11: entities.other.properties.name.colunm: no such key" in shown


def test_every_fault_of_meaning_is_told_together(tmp_path: Path) -> None:
    text = """\
entities:
  person:
    kind: Persson
    key: [号码]
  company:
    kind: Organisation
    properties:
      nmae: 单位
      registeredCapital: {column: 资本, unit: 万}
  phone: {kind: Locator, properties: {normalisedValue: 电话}}
  firm: {kind: Organisation, subtype: privatFirm, key: [单位]}
relations:
  post:
    kind: OFFICER_OF
    from: company
    to: firm
    at: 日期
    properties: {role: {column: 职务, values: {董事: boss}}}
  pays: {kind: PAYS, from: nobody, to: firm, properties: {matter: firm}}
registers:
  header: {register: Header, properties: {name: 姓名}}
  firm: {register: Headers}
drop: [单位]
zone: Asia/Nowhere
"""
    problems = told(text, tmp_path)
    expected = [
        "test.yaml:28: zone: no time zone",
        "test.yaml:27: drop: column '单位' is dropped or redacted, and mapped",
        "test.yaml:7: entities.person.kind: no entity kind 'Persson'",
        "test.yaml:12: entities.company.properties.nmae: Organisation has no property 'nmae'",
        "test.yaml:13: entities.company.properties.registeredCapital: unit '万' is not known",
        "test.yaml:13: entities.company.properties.registeredCapital: an amount without a currency",
        "test.yaml:9: entities.company: no key",
        "test.yaml:14: entities.phone: a Locator is made from subtype and value",
        "test.yaml:15: entities.firm.subtype: Organisation.subtype has no code 'privatFirm'",
        "test.yaml:22: relations.post.properties.role: role has no code 'boss'",
        "test.yaml:17: relations.post: OFFICER_OF does not go Organisation → Organisation",
        "test.yaml:21: relations.post.at: OFFICER_OF lasts",
        "test.yaml:23: relations.pays.from: no entity item 'nobody'",
        "test.yaml:23: relations.pays.properties.matter: matter is a reference",
        "test.yaml:25: registers.header: no key: Header needs headerNo",
        "test.yaml:26: registers.firm.register: no register 'Headers'",
        "test.yaml:26: registers.firm: another item has this name",
    ]
    missing = [start for start in expected if not any(p.startswith(start) for p in problems)]
    assert not missing, problems
    assert len(problems) == len(expected), [p for p in problems if not p.startswith(tuple(expected))]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("entities: {p: {kind: Person, key: row, properties: {isMinor: a}}}", "derived, never loaded"),
        ("entities: {p: {kind: Person, key: row, value: a}}", "only a Locator has a value"),
        ("entities: {p: {kind: Person, key: [{entity: p}]}}", "a reference cannot stand here"),
        ("entities: {p: {kind: Person, key: row, when: {column: a, matches: '('}}}", "no regular expression"),
        (
            PROPERTY + "birthYearMonth: {column: a, age_to_birth: {}}}}}",
            "give day or column",
        ),
        (
            PROPERTY + "name: {column: a, age_to_birth: {day: '2018'}}}}}",
            "name is no date",
        ),
        (
            PROPERTY + "birthYearMonth: {column: a, format: '%d/%m'}}}}",
            "date format",
        ),
        (
            "entities: {p: {kind: Person, key: row, doubt: {relation: INVOICES, above: 5, "
            "note: {zh: a, en: b}}}}",
            "INVOICES never starts at a Person",
        ),
        (
            "entities: {p: {kind: Person, key: row}, q: {kind: Person, key: row}}\n"
            "relations: {k: {kind: PAYS, from: p, to: q, valid: {from: a}}}",
            "happens, it does not last",
        ),
        (
            "entities: {p: {kind: Person, key: row, properties: {name: {column: a, unit: 万元}}}}",
            "is no amount",
        ),
        ("file: {delimiter: '||'}\nentities: {p: {kind: Person, key: row}}", "not one ASCII sign"),
        ("drop: [a]\nredact: [a]\nentities: {p: {kind: Person, key: row}}", "under drop and redact"),
        ("null_values: [x]", "the mapping makes nothing"),
        (
            "entities: {p: {kind: Person, key: row}}\n"
            "registers: {r: {register: CaseAsset, "
            "properties: {caseNo: a, asset: {entity: p}, state: b, stateAt: c}}}",
            "asset names a Asset, p is a Person",
        ),
    ],
)
def test_single_faults(tmp_path: Path, text: str, fault: str) -> None:
    problems = told(text + "\n", tmp_path)
    assert len(problems) == 1
    assert fault in problems[0]


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("{column: a, constant: b}", "exactly one of column"),
        ("{pad: 6}", "exactly one of column"),
    ],
)
def test_a_cell_has_one_source(tmp_path: Path, cell: str, fault: str) -> None:
    with pytest.raises(MappingError, match=fault):
        mapping(tmp_path, f"entities: {{p: {{kind: Person, key: row, properties: {{name: {cell}}}}}}}\n")


def test_column_names_are_compared_in_one_form(tmp_path: Path) -> None:
    made = mapping(
        tmp_path, "entities: {p: {kind: Person, key: [注册资本(万元)], properties: {name: ' 姓  名 '}}}\n"
    )
    assert set(made.columns) == {"注册资本(万元)", "姓 名"}


def test_an_unknown_shipped_mapping_lists_those_there_are() -> None:
    with pytest.raises(MappingError, match="stock_kg_prep"):
        shipped_mapping("nothing", load_schema(), load_registers())


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.yaml")), ids=lambda file: file.stem)
def test_shipped_mappings_are_sound(file: Path) -> None:
    made = read_mapping(file, load_schema(), load_registers())
    assert [str(problem) for problem in made.problems] == []
    first = file.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# "), "a shipped mapping says first what file it reads"


def test_the_example_of_the_documentation_is_sound(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "mapping.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    assert [str(problem) for problem in mapping(tmp_path, example, head="").problems] == []
