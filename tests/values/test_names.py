"""The one written form of names."""

from __future__ import annotations

import pytest

from values.names import parse_organisation_name, parse_person_name
from values.parsed import EMPTY, Parsed, Status


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("张 三", "张三"),
        ("　张　三　", "张三"),
        ("张三\u200b", "张三"),
        ("买买提 • 吐尔逊", "买买提·吐尔逊"),
        ("买买提.吐尔逊", "买买提·吐尔逊"),
        ("買買提・吐爾遜", "買買提·吐爾遜"),
        ("Ｌｉ   Ming", "Li Ming"),
        ("J. O’Brien", "J. O'Brien"),
        ("张三 Zhang San", "张三 Zhang San"),
        ("𠮷 田", "𠮷田"),
    ],
)
def test_person_name(cell: str, text: str) -> None:
    assert parse_person_name(cell) == Parsed(text, Status.UNCHECKED)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("宏达贸易（北京）有限公司", "宏达贸易(北京)有限公司"),
        ("宏达 贸易 【 北京 】 有限公司", "宏达贸易(北京)有限公司"),
        ("ABC（China）  Co.,  Ltd", "ABC(China) Co., Ltd"),
        ("A B 贸易", "A B贸易"),
    ],
)
def test_organisation_name(cell: str, text: str) -> None:
    assert parse_organisation_name(cell) == Parsed(text, Status.UNCHECKED)


def test_nothing_but_space_is_empty() -> None:
    assert parse_person_name(" \u3000\ufeff") == EMPTY
    assert parse_organisation_name("") == EMPTY
