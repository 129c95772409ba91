"""Cells to typed columns: what is read, what is set aside, what is a fault."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from graph.schema import load_schema
from loaders.cells import Cells, NullWords
from loaders.clean import Cleaned, Mode, Reading, clean, clean_locator
from loaders.mapping_spec import CellSpec
from values.checks import luhn_check_digit
from values.fictional import fictional_account, fictional_id_number, fictional_phone, fictional_uscc

REAL_ID = "11010519491231002X"  # the specimen of GB 11643
REAL_USCC = "91350100M000100Y43"  # the specimen of GB 32100
REAL_CARD = "622202020011223000" + luhn_check_digit("622202020011223000")
MADE_ID = fictional_id_number(date(1980, 5, 1), 7)


def cleaned(kind: str, name: str, texts: list[str | None], mode: Mode = "live", **spec: object) -> Cleaned:
    prop = load_schema().kind(kind).properties[name]
    cells = Cells({"x": pa.array(texts, pa.string())}, len(texts), NullWords())
    return clean(prop, CellSpec.model_validate({"column": "x", **spec}), cells, Reading(mode, currency="CNY"))


def faults(found: Cleaned) -> list[str | None]:
    out: list[str | None] = [None] * len(next(iter(found.columns.values())))
    for reasons in found.faults:
        out = [a or b for a, b in zip(out, reasons.to_pylist(), strict=True)]
    return out


def test_numbers_failing_their_check_are_set_aside() -> None:
    wrong = REAL_ID[:-1] + "1"
    found = cleaned("Person", "idNumber", [REAL_ID.lower(), wrong, "110105491231002", None])
    assert found.columns["idNumber"].to_pylist() == [REAL_ID, None, None, None]
    assert found.unverified is not None
    assert found.unverified.to_pylist() == [None, wrong, REAL_ID, None], "fifteen digits had no check"
    assert found.notes is not None
    assert found.notes.to_pylist() == [None, "checkCharacter", "unchecked", None]
    assert faults(found) == [None] * 4


@pytest.mark.parametrize(
    ("kind", "name", "real", "made"),
    [
        ("Person", "idNumber", REAL_ID, MADE_ID),
        ("Organisation", "uscc", REAL_USCC, fictional_uscc(1)),
        ("Asset", "accountNumber", REAL_CARD, fictional_account(1)),
    ],
)
def test_invented_and_real_never_mix(kind: str, name: str, real: str, made: str) -> None:
    for mode, wrong in (("live", made), ("training", real)):
        found = cleaned(kind, name, ["", real, made], mode=mode)  # type: ignore[arg-type]
        assert found.wrong_sort is not None
        assert found.wrong_sort.tolist() == [False, real == wrong, made == wrong]
        assert found.columns[name].to_pylist() == [None, real, made]


def test_a_real_area_code_is_welcome_in_training() -> None:
    assert cleaned("Person", "residenceRegion", ["110105"], mode="training").wrong_sort is None


def test_a_masked_account_never_stands_where_accounts_are_matched() -> None:
    found = cleaned("Asset", "accountNumber", ["6222****0002", "123456789"])
    assert found.columns["accountNumber"].to_pylist() == [None, "123456789"]
    assert found.notes is not None
    assert found.notes.to_pylist() == ["masked", None]


def test_dates_keep_their_precision() -> None:
    found = cleaned("Organisation", "established", ["2019年3月", "2019", "2019/3/5", "至今", "2019-02-30"])
    assert found.columns["established"].to_pylist() == ["2019-03", "2019", "2019-03-05", None, None]
    assert found.columns["establishedMin"].to_pylist()[:2] == [17956, 17897]
    assert found.columns["establishedMax"].to_pylist()[:2] == [17986, 18261]
    assert faults(found) == [None, None, None, None, "calendar"]


def test_amounts_are_whole_minor_units() -> None:
    found = cleaned("Organisation", "registeredCapital", ["12.5", "3亿", "1,000万元", "many"], unit="万元")
    assert found.columns["registeredCapital"].to_pylist() == [12_500_000, 30_000_000_000, 1_000_000_000, None]
    assert faults(found) == [None, None, None, "number"]


def test_closed_lists_take_codes_and_both_labels() -> None:
    found = cleaned("OFFICER_OF", "role", ["chair", "董事", "Supervisor", "boss", None])
    assert found.columns["role"].to_pylist() == ["chair", "director", "supervisor", None, None]
    assert faults(found) == [None, None, None, "unlisted", None]


def test_sex_outside_its_two_words_is_a_fault() -> None:
    found = cleaned("Person", "sex", ["男", "Female", "未知"])
    assert found.columns["sex"].to_pylist() == ["male", "female", None]
    assert faults(found) == [None, None, "value"]


def test_lists_numbers_shares_and_truth() -> None:
    assert cleaned("Organisation", "qualification", ["甲、 乙、", "", "丙"], split="、").columns[
        "qualification"
    ].to_pylist() == [
        ["甲", "乙"],
        None,
        ["丙"],
    ]
    assert cleaned("Organisation", "insuredHeadcount", ["1,200"]).columns["insuredHeadcount"].to_pylist() == [
        1200
    ]
    assert cleaned("HOLDS_SHARE", "percent", ["51", "51%"]).columns["percent"].to_pylist() == [51.0, 51.0]
    assert cleaned("HOLDS_SHARE", "percent", ["0.51"], unit="fraction").columns["percent"].to_pylist() == [
        51.0
    ]
    found = cleaned("HOLDS_SHARE", "pledged", ["是", "no", "perhaps"])
    assert (found.columns["pledged"].to_pylist(), faults(found)) == (
        [True, False, None],
        [None, None, "value"],
    )


def test_what_is_required_must_be_there() -> None:
    assert faults(cleaned("Person", "name", ["张三", " ", None], required="true")) == [
        None,
        "required",
        "required",
    ]


@pytest.mark.parametrize("age_to_birth", [{"day": "2018-06-30"}, {"day": "2018"}])
def test_an_age_becomes_a_year_give_or_take_one(age_to_birth: dict[str, str]) -> None:
    found = cleaned("Person", "birthYearMonth", ["58", None, "131", "-3", "fifty"], age_to_birth=age_to_birth)
    assert found.columns["birthYearMonth"].to_pylist() == ["1960", None, None, None, None]
    first, last = (found.columns[f"birthYearMonth{end}"].to_pylist()[0] for end in ("Min", "Max"))
    assert (date.fromordinal(719163 + first), date.fromordinal(719163 + last)) == (
        date(1959, 1, 1),
        date(1961, 12, 31),
    )
    assert faults(found) == [None, None, "range", "range", "number"]


def test_an_age_counts_from_the_day_of_its_record() -> None:
    prop = load_schema().kind("Person").properties["birthYearMonth"]
    columns = {"age": pa.array(["58", "58", "58"]), "seen": pa.array(["2018-03-05", "1999", ""])}
    spec = CellSpec.model_validate({"column": "age", "age_to_birth": {"column": "seen"}})
    found = clean(prop, spec, Cells(columns, 3, NullWords()), Reading())
    assert found.columns["birthYearMonth"].to_pylist() == ["1960", "1941", None]


def test_locators_are_read_by_their_subtype() -> None:
    subtypes = pa.array(["phone", "email", "phone", None, "domain"])
    texts = pa.array(["139-0013-0000", " A@B.CN ", "无", "x", "http://www.abc.cn/x"])
    found = clean_locator(subtypes, texts, Reading())
    assert found.columns["normalisedValue"].to_pylist() == ["+8613900130000", "a@b.cn", None, None, "abc.cn"]
    assert found.notes is not None
    assert [bool(note) for note in found.notes.to_pylist()] == [False, False, True, False, False]
    made_up = clean_locator(pa.array(["phone"]), pa.array([fictional_phone(3)]), Reading("live"))
    assert made_up.wrong_sort is not None
    assert made_up.wrong_sort.tolist() == [True]
