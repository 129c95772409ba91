"""Laws that hold for every value type: column form = scalar form, normal forms idempotent."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from values.checks import id_check_character, uscc_check_character
from values.parsed import Column, Reason, Status
from values.registry import VALUE_TYPES

# First 17 digits that get a right check character: fictional, from abroad, no such area, day or century.
RIGHT_CHECK = "99010119800101001 91112419810803002 16010519491231002 11010519490230002 11010517491231002"
RIGHT_CHECK_USCC = "91990000100003962 91100000100003962 91160000100003962 9135A000100003962"

EXAMPLES = {
    "personName": ["欧阳修", "张 三", "买买提 • 吐尔逊", "Ｌｉ  Ming", "O’Brien", "張三"],
    "organisationName": ["宏达贸易（北京）有限公司", "宏达 【北京】 公司", "ABC (China)  Ltd", "A&B-C贸易"],
    "idNumber": [
        "11010519491231002X",
        "440524188001010014",
        "110105491231002",
        "4201**********1234",
        *(f"{first17}{id_check_character(first17)}" for first17 in RIGHT_CHECK.split()),
    ],
    "otherId": ["E12345678", "a123456(7)", "H 0123 4567 8"],
    "uscc": [
        "91350100M000100Y43",
        "91350100m000100y43",
        *(f"{first17}{uscc_check_character(first17)}" for first17 in RIGHT_CHECK_USCC.split()),
    ],
    "registrationNo": ["110108000000016", "1101082123456", "企独粤总字第001234号"],
    "phone": [
        "13912345678",
        "12012345678",
        "11012345678",
        "+8613912345678",
        "100 1234 5678",
        "0592-5185000转801",
        "+44 20 7946 0958",
    ],
    "email": ["A@B.Com", "mailto:x@y.invalid", "a@b"],
    "domain": ["https://www.example.com:80/x", "a.invalid", "中文.中国"],
    "account": ["4111 1111 1111 1111", "9990000000000000002", "999:123456", "102:6222020200112233445"],
    "bankCode": ["102", "999", "102100099996", "icbkcnbj"],
    "plate": ["闽D·12345", "闽DD12345", "粤Z1234港"],
    "vin": ["1M8GDM9AXKP042788", "1m8gdm9axkp042788"],
    "address": ["厦门市 思明区 湖滨南路 3 号【A座】5 - 2", "12  Nanjing Road"],
    "deviceMark": ["aa-bb-cc-dd-ee-ff", "192.168.1.1", "FE80::1", "lock_12–ab"],
    "regionCode": ["350203", "990101", "163456"],
    "sex": ["男", "F", "2"],
    "code": ["aB１ c", "000001"],
    "text": ["经营范围：软件 开发", "a\nb"],
}
ODD = "0123456789 Xx*-·（）　\u200b１Ｏé\u0301゛ß'`ŉ한张\t.:@/"


@st.composite
def cells(draw: st.DrawFn, name: str) -> str:
    """A good value of the type with up to three characters changed, added or taken away, or any text."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.text(max_size=25))
    text = draw(st.sampled_from(EXAMPLES[name]))
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(text)))
        taken = draw(st.integers(0, 1))
        text = text[:place] + draw(st.sampled_from(["", *ODD])) + text[place + taken :]
    return text


def rows(column: Column) -> list[tuple[str | None, str | None, str | None]]:
    arrays = (column.values, column.status, column.reasons)
    return list(zip(*(a.to_pylist() for a in arrays), strict=True))


def expected_row(name: str, cell: str | None) -> tuple[str | None, str | None, str | None]:
    parsed = VALUE_TYPES[name].parse(cell) if cell is not None else None
    if parsed is None or parsed.reason == Reason.EMPTY:
        return None, None, None
    return parsed.text or None, str(parsed.status), str(parsed.reason) or None


def test_examples_cover_every_type() -> None:
    assert set(EXAMPLES) == set(VALUE_TYPES)
    assert all(name == kind.name for name, kind in VALUE_TYPES.items())


@pytest.mark.parametrize("name", sorted(VALUE_TYPES))
def test_column_form_of_the_examples(name: str) -> None:
    parsed = VALUE_TYPES[name].parse_column(pa.array(EXAMPLES[name]))
    assert rows(parsed) == [expected_row(name, cell) for cell in EXAMPLES[name]]


@pytest.mark.parametrize("name", sorted(VALUE_TYPES))
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_column_form_equals_scalar_form(name: str, data: st.DataObject) -> None:
    column = data.draw(st.lists(st.none() | cells(name), max_size=12))
    parsed = VALUE_TYPES[name].parse_column(pa.array(column, pa.string()))
    assert rows(parsed) == [expected_row(name, cell) for cell in column]


@pytest.mark.parametrize("name", sorted(VALUE_TYPES))
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_normal_form_of_a_normal_form_is_itself(name: str, data: st.DataObject) -> None:
    kind = VALUE_TYPES[name]
    once = kind.parse(data.draw(cells(name)))
    if once.text:
        again = kind.parse(once.text)
        assert again.text == once.text
        # A number of 15 digits is stored with 18 and then shows a check character of our own making.
        assert again.status == once.status or (name == "idNumber" and once.status is Status.UNCHECKED)


@pytest.mark.parametrize("name", sorted(VALUE_TYPES))
def test_text_is_empty_only_where_invalid(name: str) -> None:
    for cell in [*EXAMPLES[name], "", " \u3000", "?", "**", "\u200b"]:
        parsed = VALUE_TYPES[name].parse(cell)
        assert parsed.text or parsed.status is Status.INVALID
        assert (parsed.status is Status.INVALID) == bool(parsed.reason)


def test_only_types_that_can_be_fictional_say_so() -> None:
    seen = {
        name
        for name, examples in EXAMPLES.items()
        for cell in [*examples, "990101199001010010", "990101123456"]
        if VALUE_TYPES[name].parse(cell).status is Status.FICTIONAL
    }
    assert seen <= {name for name, kind in VALUE_TYPES.items() if kind.has_fictional}
    assert {"phone", "account", "email", "domain", "bankCode", "regionCode"} <= seen


def test_strong_types_are_those_of_the_ontology() -> None:
    assert {n for n, kind in VALUE_TYPES.items() if kind.strong} == {"idNumber", "uscc", "account", "vin"}


@pytest.mark.parametrize("name", sorted(VALUE_TYPES))
def test_columns_without_rows_or_cells(name: str) -> None:
    for empty in (pa.array([], pa.string()), pa.nulls(3, pa.string()), pa.chunked_array([], pa.string())):
        parsed = VALUE_TYPES[name].parse_column(empty)
        assert rows(parsed) == [(None, None, None)] * len(empty)
