"""What is shown of a hidden value."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from values.masking import HIDDEN, MASKS, mask, mask_column
from values.registry import VALUE_TYPES


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("idNumber", "11010519491231002X", "****************2X"),
        ("account", "6222020200112233445", "****3445"),
        ("account", "102:4111111111111111", "****1111"),
        ("vin", "1M8GDM9AXKP042788", "*************2788"),
        ("plate", "闽D12345", "*****45"),
        ("uscc", "91350100M000100Y43", "**************0Y43"),
        ("phone", "+8613912344417", "139****4417"),
        ("phone", "139 1234 4417", "139****4417"),
        ("phone", "+865925185000", "*********5000"),
        ("personName", "张三", "张*"),
        ("personName", "张 三", "张*"),
        ("personName", "欧阳修", "欧阳*"),
        ("personName", "欧阳", "欧*"),
        ("personName", "买买提•吐尔逊", "买**"),
        ("personName", "Li Xiaoming", "L**"),
        ("organisationName", "宏达贸易(北京)有限公司", "宏达***"),
        ("address", "厦门市思明区湖滨南路3号", "厦门市思明区***"),
        ("address", "江头", "江***"),
        ("email", "liming@example.com", "l***@example.com"),
        ("date", "2019-03-05", "2019"),
        ("date", "5/3/2019", HIDDEN),
        ("amount", "1234.56", HIDDEN),
        ("noSuchType", "secret", HIDDEN),
        ("idNumber", "", ""),
    ],
)
def test_mask(kind: str, value: str, shown: str) -> None:
    assert mask(value, kind) == shown


@pytest.mark.parametrize("kind", sorted({*MASKS, *VALUE_TYPES}))
@given(value=st.text("0123456789AB张三李 ·-@.（）", min_size=1, max_size=30))
def test_a_mask_never_shows_the_whole_nor_most_of_a_value(kind: str, value: str) -> None:
    shown = mask(value, kind)
    if kind != "date":  # a year known alone is shown
        assert shown != value.strip()
    if kind not in ("email", "phone", "date", "personName"):
        assert len(shown.replace("*", "")) <= max(1, (len(value) + 1) // 2)


def test_column_form_equals_scalar_form() -> None:
    cells = ["张三", None, "", "李四光", "张三"]
    assert mask_column(pa.array(cells), "personName").to_pylist() == ["张*", None, "", "李**", "张*"]
    assert mask_column(pa.chunked_array([cells]), "personName").to_pylist() == [
        "张*",
        None,
        "",
        "李**",
        "张*",
    ]


def test_registry_masks_are_these() -> None:
    assert VALUE_TYPES["plate"].mask("闽D12345") == "*****45"
