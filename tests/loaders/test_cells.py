"""Cells: nulls, conditions, value maps, pieces."""

from __future__ import annotations

import pyarrow as pa
import pytest

from loaders.cells import Cells, NullWords, holds, make
from loaders.mapping_spec import CellSpec, ConditionSpec


def cells(nulls: NullWords | None = None, **columns: list[str | None]) -> Cells:
    size = len(next(iter(columns.values())))
    return Cells(
        {name: pa.array(values, pa.string()) for name, values in columns.items()}, size, nulls or NullWords()
    )


def test_empty_cells_and_null_words_are_nothing() -> None:
    made = cells(NullWords(("null",), {"age": ("-1",)}), age=[" 58 ", "-1", "null", " ", None, "nullx"])
    assert made.text("age").to_pylist() == ["58", None, None, None, None, "nullx"]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"column": "a"}, ["7", "x", None]),
        ({"column": "a", "pad": "3"}, ["007", "00x", None]),
        ({"column": "a", "prefix": "stock:"}, ["stock:7", "stock:x", None]),
        ({"column": "a", "pad": "3", "prefix": "s:"}, ["s:007", "s:00x", None]),
        ({"column": "a", "nulls": "x"}, ["7", None, None]),
        ({"column": "a", "values": {"7": "seven", "x": "ex"}}, ["seven", "ex", None]),
        ({"column": "a", "values": {"7": "seven"}, "otherwise": "other"}, ["seven", "other", None]),
        ({"constant": "c"}, ["c", "c", "c"]),
        ({"columns": ["a", "b"], "join": "/"}, ["7/1", "x", "3"]),
    ],
)
def test_steps(spec: dict[str, object], expected: list[str | None]) -> None:
    made = make(CellSpec.model_validate(spec), cells(a=["7", "x", ""], b=["1", "", "3"]))
    assert made.texts.to_pylist() == expected
    assert made.unlisted is None


def test_values_that_the_map_lacks_are_told() -> None:
    made = make(CellSpec.model_validate({"column": "a", "values": {"7": "seven"}}), cells(a=["7", "x", ""]))
    assert made.texts.to_pylist() == ["seven", None, None]
    assert made.unlisted is not None
    assert made.unlisted.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ({"equals": "7"}, [True, False, False]),
        ({"in": ["7", "x1"]}, [True, True, False]),
        ({"not_in": ["7"]}, [False, True, True]),
        ({"matches": "^x"}, [False, True, False]),
        ({"empty": "true"}, [False, False, True]),
        ({"not_empty": "true"}, [True, True, False]),
    ],
)
def test_conditions(test: dict[str, object], expected: list[bool]) -> None:
    condition = ConditionSpec.model_validate({"column": "a", **test})
    assert holds([condition], cells(a=["7", "x1", ""])).tolist() == expected


def test_conditions_all_hold() -> None:
    both = [
        ConditionSpec.model_validate(c)
        for c in ({"column": "a", "equals": "1"}, {"column": "b", "equals": "2"})
    ]
    assert holds(both, cells(a=["1", "1"], b=["2", "3"])).tolist() == [True, False]


def test_pieces_know_their_row_and_number() -> None:
    made, rows, numbers = cells(a=["董事长/ 董事", "", "监事", "/x/"], b=["1", "2", "3", "4"]).split("a", "/")
    assert made.text("a").to_pylist() == ["董事长", "董事", "监事", "x"]
    assert made.text("b").to_pylist() == ["1", "1", "3", "4"]
    assert rows.to_pylist() == [0, 0, 2, 3]
    assert numbers.to_pylist() == [1, 2, 1, 2]


def test_pieces_of_a_slice() -> None:
    column = pa.array(["x/y", "a/b", "c"], pa.string()).slice(1)
    made, rows, numbers = Cells({"a": column}, 2, NullWords()).split("a", "/")
    assert (made.text("a").to_pylist(), rows.to_pylist(), numbers.to_pylist()) == (
        ["a", "b", "c"],
        [0, 0, 1],
        [1, 2, 1],
    )
