"""Tables that leave the door: words for codes, money in whole units, no formula that a spreadsheet would run."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from graph.errors import SourceError
from graph.model import Entity, Relation, Subgraph
from graph.schema import load_schema
from tests.workbench.conftest import CASE, REASON
from workbench import Workspace, investigate, tables

SCHEMA = load_schema()
FIRM = Entity("O-1", "Organisation", "privateCompany", "青石公司", ("青石公司",), "G1",
              {"registeredCapital": 123456789, "currency": "CNY", "listed": True, "qualification": ("甲级", "乙级")}, ("r1", "r2"))  # fmt: skip
PERSON = Entity("P-1", "Person", None, "张伟", ("张伟",), "G2", {}, ("r3",))
POST = Relation(
    "R05-1",
    "OFFICER_OF",
    "P-1",
    "O-1",
    None,
    "G1",
    {"role": "chair", "post": "董事长", "validFrom": "2019-03"},
    ("r4",),
)
SHARE = Relation(
    "R06-1",
    "HOLDS_SHARE",
    "P-1",
    "O-1",
    None,
    "G1",
    {"percent": 51.5, "validFrom": "2018", "validTo": "2020"},
    (),
)
GRAPH = Subgraph((FIRM, PERSON), (POST, SHARE))


def test_entities_in_both_languages() -> None:
    zh, en = (tables.entities_table(GRAPH, SCHEMA, language).to_dict("records") for language in ("zh", "en"))
    assert [row["名称"] for row in zh] == ["张伟", "青石公司"]  # by kind, then by name
    assert (
        zh[1]["注册资本"] == "1,234,567.89 CNY"
        and zh[1]["是否上市"] == "是"
        and zh[1]["资质"] == "甲级、乙级"
    )
    assert en[1]["Registered capital"] == "1,234,567.89 CNY" and en[1]["Listed"] == "yes"
    assert (zh[1]["记录数"], zh[1]["编号"]) == (2, "O-1")


def test_relations_with_names_of_their_ends() -> None:
    rows = tables.relations_table(GRAPH, SCHEMA).to_dict("records")
    assert [(row["自"], row["类别"], row["至"]) for row in rows] == [
        ("张伟", "法人高管", "青石公司"),
        ("张伟", "持股出资", "青石公司"),
    ]
    lines = tables.relation_lines(GRAPH, SCHEMA).to_dict("records")
    assert [(line["类别"], line["时间"]) for line in lines] == [
        ("董事长", "2019-03 起"),
        ("持股出资 51.5%", "2018 — 2020"),
    ]


def test_an_empty_picture_is_an_empty_table() -> None:
    assert (
        tables.entities_table(Subgraph(), SCHEMA).empty and tables.relations_table(Subgraph(), SCHEMA).empty
    )
    assert tables.evidence_table(()).empty


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1"])
def test_no_text_is_saved_as_a_formula(tmp_path: Path, text: str) -> None:
    table = pd.DataFrame({"a": [text, "-", "青石"], "n": [-1, 2, 3]})
    for ending in ("csv", "xlsx"):
        file = tables.save_table(table, tmp_path / f"t.{ending}")
        back = (
            pd.read_csv(file, keep_default_na=False)
            if ending == "csv"
            else pd.read_excel(file, engine="calamine")
        )
        assert str(back["a"][0]).startswith("'")
        assert back["a"].tolist()[1:] == ["-", "青石"] and back["n"].tolist() == [-1, 2, 3]
    assert (tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"\.csv or \.xlsx"):
        tables.save_table(pd.DataFrame(), tmp_path / "t.pdf")


def test_evidence_one_row_a_cell(workspace: Workspace) -> None:
    session = workspace.session(CASE, REASON)
    picture = investigate.first_picture(session)
    rows = investigate.evidence(session, picture.subgraph.relations[0].id).rows
    table = tables.evidence_table(rows, "en")
    assert len(table) == sum(len(row.cells) for row in rows)
    assert list(table.columns) == ["File", "Sheet", "Row", "Column", "Original cell", "Source grade"]
