"""The first form of resolution, on small lakes built by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import duckdb
import pytest

from entity_resolution.resolve import ResolutionReport, resolve
from graph.hash import graph_hash
from graph.schema import load_schema
from graph.store import no_progress
from lake import entity_ids, evidence, resource
from lake.lake import Lake
from tests.lake.records import Row, add_batch, key, open_lake

TOKEN_KEY = b"k" * 32
Tables = Mapping[str, Sequence[Row]]
REGISTER: Tables = {
    "Person": [
        {"unit": "a", "name": "张伟", "idNumber": "990101197801010018"},
        {"unit": "b", "name": "张玮", "idNumber": "990101197801010018"},
        {"unit": "c", "name": "张伟"},
    ],
    "Organisation": [{"unit": "x", "name": "青石公司", "registeredCapital": 1000000, "currency": "CNY"}],
    "OFFICER_OF": [
        {"unit": "a-x", "from": "Person:a", "to": "Organisation:x", "role": "director", "post": "董事"},
        {"unit": "b-x", "from": "Person:b", "to": "Organisation:x", "role": "director", "post": "董事"},
        {"unit": "c-x", "from": "Person:c", "to": "Organisation:x", "role": "supervisor", "post": "监事"},
    ],
}


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    found = open_lake(tmp_path)
    yield found
    found.ledger.close()


def run(lake: Lake) -> ResolutionReport:
    with lake.writing():
        return resolve(lake, TOKEN_KEY, no_progress)


def rows(lake: Lake, kind: str) -> list[dict[str, Any]]:
    files = resource.tables(lake, resource.require_current(lake)).files
    order = "name, id" if kind in load_schema().entities else "id"
    found: list[dict[str, Any]] = (
        duckdb.sql(f"SELECT * FROM read_parquet('{files[kind]}') ORDER BY {order}")
        .to_arrow_table()
        .to_pylist()
    )
    return found


def ids(lake: Lake) -> dict[str, str]:
    found = duckdb.sql(
        f"SELECT source_key, entity_id FROM read_parquet('{resource.part(lake, 'key')}')"
    ).fetchall()
    return dict(found)


def test_equal_strong_identifiers_become_one_entity_and_names_alone_do_not(lake: Lake) -> None:
    add_batch(lake, "register", REGISTER)
    report = run(lake)
    people = rows(lake, "Person")
    assert report.merged == 1
    assert sorted(len(p["record_ids"]) for p in people) == [1, 2]
    merged = next(p for p in people if len(p["record_ids"]) == 2)
    assert set(merged["names"]) == {"张伟", "张玮"}
    assert merged["idNumber"] == "****************18"
    assert merged["idNumberToken"] and "990101" not in str(merged)
    officers = rows(lake, "OFFICER_OF")
    assert sorted(len(o["record_ids"]) for o in officers) == [1, 2]


def test_any_file_order_gives_the_same_clusters_and_graph(tmp_path: Path) -> None:
    parts: dict[str, Tables] = {
        "one": {"Person": [{"unit": "a", "name": "李雪", "idNumber": "990101198001010011"}]},
        "two": {
            "Person": [
                {"unit": "b", "name": "李雪梅", "idNumber": "990101198001010011", "source_grade": "B2"}
            ]
        },
        "three": {"Person": [{"unit": "c", "name": "李薛", "idNumber": "990101198001010011"}]},
    }
    seen = set()
    for number, order in enumerate(permutations(parts)):
        lake = open_lake(tmp_path / str(number))
        for name in order:
            add_batch(lake, name, parts[name])
        info = run(lake).snapshot
        seen.add((info.cluster_hash, info.graph_hash))
        lake.ledger.close()
    assert len(seen) == 1


def test_running_again_changes_nothing(lake: Lake) -> None:
    add_batch(lake, "register", REGISTER)
    first = run(lake)
    history = entity_ids.history_files(lake)
    again = run(lake)
    assert again.unchanged and again.snapshot == first.snapshot
    assert entity_ids.history_files(lake) == history


def test_graph_hash_of_the_snapshot_is_that_of_its_files(lake: Lake) -> None:
    add_batch(lake, "register", REGISTER)
    info = run(lake).snapshot
    assert graph_hash(load_schema(), resource.tables(lake, info).files) == info.graph_hash


def test_retracting_a_batch_takes_exactly_what_rests_on_it(lake: Lake) -> None:
    add_batch(lake, "register", REGISTER)
    before = run(lake).snapshot
    extra = add_batch(
        lake,
        "second",
        {
            "Person": [
                {"unit": "d", "name": "王芳"},
                {"unit": "a", "name": "张维", "idNumber": "990101197801010018"},
            ],
            "Organisation": [{"unit": "x"}],
            "OFFICER_OF": [{"unit": "d-x", "from": "Person:d", "to": "Organisation:x", "role": "manager"}],
        },
    )
    assert run(lake).snapshot.graph_hash != before.graph_hash
    assert {p["name"] for p in rows(lake, "Person")} >= {"王芳"}
    lake.retract(extra.info.id, "tester", "wrong file")
    assert run(lake).snapshot == before


def test_a_bridge_merges_under_the_older_id_and_its_retraction_gives_both_back(lake: Lake) -> None:
    first: Tables = {"Person": [{"unit": "a", "name": "赵一", "idNumber": "990101198001010011"}]}
    second: Tables = {"Person": [{"unit": "b", "name": "赵乙", "idNumber": "990101198001010038"}]}
    add_batch(lake, "one", first)
    run(lake)
    add_batch(lake, "two", second)
    run(lake)
    apart = ids(lake)
    bridge = add_batch(lake, "bridge", {"Person": [{"unit": "b", "idNumber": "990101198001010011"}]})
    run(lake)
    together = ids(lake)
    old, new = apart[key("Person:a")], apart[key("Person:b")]
    assert set(together.values()) == {old}
    assert entity_ids.follow(lake, new) == old
    lake.retract(bridge.info.id, "tester", "typing error")
    run(lake)
    assert ids(lake) == apart


def test_a_human_word_beats_the_rule(lake: Lake) -> None:
    add_batch(lake, "register", REGISTER)
    run(lake)
    a, b = sorted((key("Person:a"), key("Person:b")))
    line = lake.ledger.append("judgement", (a, b), {"verdict": "different", "reason": "twins"}, "tester")
    apart = run(lake)
    assert apart.merged == 0
    lake.ledger.undo(line.seq, "tester", "no twins after all")
    assert run(lake).merged == 1


def test_a_human_same_joins_what_no_rule_joins(lake: Lake) -> None:
    add_batch(lake, "register", REGISTER)
    pair = sorted((key("Person:a"), key("Person:c")))
    lake.ledger.append("judgement", pair, {"verdict": "same", "reason": "seen both papers"}, "tester")
    assert run(lake).merged == 2


def test_symmetric_kin_is_one_relation_whoever_declares_it(lake: Lake) -> None:
    people = [{"unit": "p", "name": "周启明"}, {"unit": "q", "name": "周小明"}]
    kin = [
        {"from": "Person:p", "to": "Person:q", "kinDegree": "K2", "role": "parent"},
        {"from": "Person:q", "to": "Person:p", "kinDegree": "K2", "role": "child"},
    ]
    add_batch(lake, "kin", {"Person": people, "KIN": kin})
    run(lake)
    (relation,) = rows(lake, "KIN")
    assert relation["from_id"] < relation["to_id"]
    assert len(relation["record_ids"]) == 2
    parent = ids(lake)[key("Person:p")]
    assert relation["role"] == ("parent" if relation["from_id"] == parent else "child")


def test_a_relation_without_its_key_keeps_to_its_source_key(lake: Lake) -> None:
    accounts = [{"unit": "m", "subtype": "account"}, {"unit": "n", "subtype": "account"}]
    ends = {"from": "Asset:m", "to": "Asset:n", "amount": 100}
    pays = [{**ends, "transactionNo": "T1"}, {**ends, "transactionNo": "T1"}, ends, ends]
    add_batch(lake, "bank", {"Asset": accounts, "PAYS": pays})
    run(lake)
    assert sorted(len(r["record_ids"]) for r in rows(lake, "PAYS")) == [1, 1, 2]


def test_references_become_entity_ids_and_lost_ends_are_counted(lake: Lake) -> None:
    tables: Tables = {
        "Matter": [{"unit": "lot", "title": "标段"}],
        "Organisation": [{"unit": "x", "name": "青石公司"}],
        "Asset": [{"unit": "acc", "accountNumber": "9991234567890123", "subtype": "account"}],
        "APPLIES": [
            {
                "from": "Organisation:x",
                "to": "Matter:lot",
                "subtype": "bid",
                "depositAccount": key("Asset:acc"),
            },
            {"from": "Organisation:gone", "to": "Matter:lot", "subtype": "bid"},
        ],
    }
    add_batch(lake, "bids", tables)
    report = run(lake)
    (bid,) = rows(lake, "APPLIES")
    assert bid["depositAccount"] == ids(lake)[key("Asset:acc")]
    assert report.snapshot.dangling == 1


def test_a_declared_key_that_may_hold_namesakes_is_marked_not_split(lake: Lake) -> None:
    boards = [{"unit": f"o{i}", "name": f"公司{i}"} for i in range(6)]
    posts = [{"from": "Person:p", "to": f"Organisation:o{i}", "role": "director"} for i in range(6)]
    rule = {"kind": "Person", "item": "Person", "relation": "OFFICER_OF", "above": "5"}
    tables: Tables = {"Person": [{"unit": "p", "name": "刘洋"}], "Organisation": boards, "OFFICER_OF": posts}
    add_batch(lake, "boards", tables, doubts=(rule,))
    assert run(lake).doubts == 1
    (doubt,) = evidence.doubts(lake)
    assert (doubt.code, doubt.count, doubt.threshold) == ("possibleNamesakes", 6, 5)


def test_difference_leads_from_one_snapshot_to_the_next(lake: Lake, tmp_path: Path) -> None:
    add_batch(lake, "register", REGISTER)
    base = run(lake).snapshot
    add_batch(lake, "more", {"Person": [{"unit": "e", "name": "钱多"}, {"unit": "c", "sex": "male"}]})
    target = run(lake).snapshot
    change = resource.difference(lake, load_schema(), base.id, target, tmp_path / "change")
    assert set(change.added) == {"Person"} and set(change.changed) == {"Person"} and not change.removed
    back = resource.difference(lake, load_schema(), target.id, base, tmp_path / "back")
    assert set(back.removed) == {"Person"} and set(back.changed) == {"Person"}


def test_evidence_gives_the_row_of_the_file(lake: Lake) -> None:
    add_batch(lake, "register", REGISTER)
    run(lake)
    (company,) = rows(lake, "Organisation")
    (found,) = evidence.evidence(lake, company["record_ids"])
    assert (found.file, found.row, found.cells) == ("register.csv", 5, {"unit": "x"})


def test_nothing_at_all_resolves_to_an_empty_graph(lake: Lake) -> None:
    info = run(lake).snapshot
    assert info.units == 0 and sum(info.counts.values()) == 0
