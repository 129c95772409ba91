"""Reveal with a reason: one value, one person, one case, ten minutes."""

from __future__ import annotations

from pathlib import Path

import pytest

from governance.cases import NewCase
from governance.reveals import ValueRef, reveal_ask
from graph.errors import AccessDenied, NotFound
from lake.evidence import stated
from tests.lake.records import add_batch
from tests.workbench.canaries import leaks
from tests.workbench.conftest import CASE, OTHER_CASE, REASON, Clock, set_policy, set_setting
from tests.workbench.use_cases import seed
from workbench import Session, Workspace, build, govern, init_workspace, investigate, open_workspace
from workbench.scope import sight
from workbench.settings import Settings


def clear(workspace: Workspace, subject: str, name: str) -> str:
    """The golden value in the lake."""
    return next(s.value for s in stated(workspace.lake, subject) if s.property == name and s.golden)


def shown(session: Session, subject: str, name: str) -> object:
    """What the card of an entity shows of a property."""
    return investigate.open_entity(session, subject).entity.properties[name]


def test_a_value_is_clear_for_ten_minutes(desk: Session, clock: Clock) -> None:
    subject = seed(desk)
    number = clear(desk.workspace, subject, "idNumber")
    before = shown(desk, subject, "idNumber")
    assert before == "****************" + number[-2:]
    opened = investigate.reveal(desk, subject, "idNumber", prompt="查看 1 个值")
    assert opened.value == number
    assert (opened.until - desk.workspace.ledger.now()).total_seconds() == pytest.approx(600, abs=5)
    card = investigate.open_entity(desk, subject)
    assert card.entity.properties["idNumber"] == number
    assert number in {s.value for s in card.stated if s.property == "idNumber"}
    clock.forward(minutes=9, seconds=50)
    assert shown(desk, subject, "idNumber") == number
    clock.forward(seconds=15)
    assert shown(desk, subject, "idNumber") == before
    assert number not in str(investigate.open_entity(desk, subject))


def test_it_opens_no_other_value(desk: Session, folder: Path) -> None:
    subject = seed(desk)
    number = investigate.reveal(desk, subject, "idNumber").value
    drawn = investigate.view(desk, sorted(sight(desk).members))
    assert leaks(folder, drawn) == [number]
    rows = investigate.query(desk, "MATCH (p:Person) RETURN p.id AS id, p.name AS name")
    assert not leaks(folder, rows)


def test_it_is_not_clear_for_another_person_nor_in_another_case(desk: Session) -> None:
    subject = seed(desk)
    new = NewCase("T-9", "另一案", "工程招投标", "preliminary", "初核批准", "一室", seeds=(subject,))
    govern.new_case(desk, new)
    govern.add_members(desk, ["colleague"])
    number = investigate.reveal(desk, subject, "idNumber").value
    colleague = desk.workspace.session(CASE, REASON, actor="colleague")
    elsewhere = desk.workspace.session("T-9", REASON)
    for session in (colleague, elsewhere):
        assert number not in str(investigate.open_entity(session, subject))
        assert number not in str(investigate.evidence(session, subject))


def test_a_phone_and_a_money_value_can_be_revealed(desk: Session) -> None:
    drawn = investigate.view(desk, sorted(sight(desk).members))
    phone = next(e for e in drawn.entities if e.subtype == "phone" and e.grade != "G1")
    assert investigate.reveal(desk, phone.id, "normalisedValue").value == clear(
        desk.workspace, phone.id, "normalisedValue"
    )
    again = investigate.open_entity(desk, phone.id)
    assert again.entity.name == again.entity.properties["normalisedValue"] != phone.name
    asset = next(e for e in drawn.entities if e.kind == "Asset" and "opened" in e.properties)
    assert "-" in investigate.reveal(desk, asset.id, "opened").value


def test_a_relation_of_the_case_opens_its_sensitive_value(desk: Session) -> None:
    drawn = investigate.view(desk, sorted(sight(desk).members))
    hidden = [(r, name) for r in drawn.relations for name, value in r.properties.items() if value == "***"]
    relation, name = hidden[0]
    value = investigate.reveal(desk, relation.id, name).value
    assert value != "***"
    again = investigate.view(desk, [relation.from_id, relation.to_id])
    assert next(r for r in again.relations if r.id == relation.id).properties[name] == value


def test_no_value_is_opened_outside_the_case(desk: Session) -> None:
    members = sight(desk).members
    other = desk.workspace.session(OTHER_CASE, REASON)
    outside = sorted(e for e in sight(other).members - members if e.startswith(("A", "L", "P")))
    assert outside
    for name in ("accountNumber", "normalisedValue", "idNumber"):
        with pytest.raises(NotFound):
            investigate.reveal(desk, outside[0], name)
    with pytest.raises(NotFound):
        investigate.reveal(desk, seed(desk), "idNumberToken")


def test_of_a_public_relation_that_leaves_the_case_no_value_is_opened(tmp_path: Path) -> None:
    init_workspace(tmp_path / "w", Settings())
    with open_workspace(tmp_path / "w") as workspace:
        firms = [{"unit": name, "name": name} for name in ("青石公司", "白水公司")]
        link = {
            "unit": "l",
            "from": "Organisation:青石公司",
            "to": "Organisation:白水公司",
            "subtype": "parent",
            "basis": "内部批复",
        }
        add_batch(workspace.lake, "one", {"Organisation": firms, "ORG_LINK": [link]})
        session = workspace.session(reason="test")
        build.resolve(session)
        build.publish(session)
        new = NewCase("T-1", "试", "类", "supervision", "监督", "一室", hops=0)
        govern.new_case(session, new)
        desk = workspace.session("T-1", "核对")
        ids = [investigate.find(desk, firm["name"])[0].id for firm in firms]
        (relation,) = investigate.view(desk, ids).relations
        assert "basis" not in relation.properties
        govern.add_seeds(desk, ids[:1])
        with pytest.raises(NotFound):
            investigate.reveal(desk, relation.id, "basis")
        govern.add_seeds(desk, ids[1:])
        assert investigate.reveal(desk, relation.id, "basis").value == "内部批复"


def test_the_reason_is_asked_and_kept_and_the_value_is_not(desk: Session, folder: Path) -> None:
    subject = seed(desk)
    with pytest.raises(AccessDenied, match="reason"):
        investigate.reveal(desk.because(""), subject, "idNumber")
    number = investigate.reveal(desk.because("核对身份"), subject, "idNumber").value
    event = desk.workspace.audit.events(newest_first=True, limit=1)[0]
    assert (event.act, event.reason, event.shown) == ("value.reveal", "核对身份", (subject,))
    desk.workspace.close()
    for file in (*folder.glob("*.sqlite*"), folder / "audit.heads"):
        assert number.encode() not in file.read_bytes()


def test_beyond_a_days_number_one_person_confirms_and_is_marked(folder: Path, clock: Clock) -> None:
    set_policy(folder, reveals_a_day="1")
    with open_workspace(folder, clock=clock) as workspace:
        desk = workspace.session(CASE, REASON)
        subject = seed(desk)
        assert investigate.reveal(desk, subject, "idNumber").decided == ""
        with pytest.raises(AccessDenied, match="两人"):
            investigate.reveal(desk, subject, "birthYearMonth")
        again = investigate.reveal(desk.because(REASON, confirmed=True), subject, "birthYearMonth")
        assert again.decided == "alone"
        assert workspace.audit.events(newest_first=True, limit=1)[0].decided == "alone"
        clock.forward(hours=25)
        assert investigate.reveal(desk, subject, "idNumber").decided == ""


def test_beyond_a_days_number_a_team_asks_another_member(folder: Path) -> None:
    set_policy(folder, reveals_a_day="1", two_people="approve")
    set_setting(folder, "roles = {}", 'roles = { "second" = ["owner"] }')
    with open_workspace(folder) as workspace:
        desk = workspace.session(CASE, REASON)
        subject = seed(desk)
        govern.add_members(desk, ["second"])
        investigate.reveal(desk, subject, "idNumber")
        with pytest.raises(AccessDenied, match="another person"):
            investigate.reveal(desk.because(REASON, confirmed=True), subject, "birthYearMonth")
        asked = govern.propose(desk, reveal_ask(CASE, ValueRef(subject, "birthYearMonth"), desk.actor))
        govern.approve(workspace.session(CASE, "同意", actor="second"), asked.seq)
        assert investigate.reveal(desk, subject, "birthYearMonth").decided == "second"
        with pytest.raises(AccessDenied):  # an agreement is good for one act
            investigate.reveal(desk, subject, "birthYearMonth")
