"""What a case sees: its seeds and hops, what is public, and nothing else; widening takes two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from governance.cases import NewCase
from governance.widen import expiry_ask, hops_ask, seeds_ask
from graph.errors import AccessDenied, NotFound
from graph.model import Scope, View
from tests.workbench.conftest import CASE, OTHER_CASE, REASON, set_setting
from tests.workbench.use_cases import case_seeds, seed
from workbench import Session, Workspace, govern, investigate, open_workspace
from workbench.scope import HUB_DEGREE, sight


@pytest.fixture
def everything(workspace: Workspace) -> dict[str, str]:
    """Entity id → grade, over the whole county."""
    found = workspace.store.query(
        "MATCH (n) RETURN n.id AS id, n.grade AS grade", {}, View(Scope(population=True))
    )
    return dict(zip(found["id"].to_pylist(), found["grade"].to_pylist(), strict=True))


def neighbours(workspace: Workspace) -> dict[str, set[str]]:
    """Entity id → ids one relation away, by brute force over the whole county."""
    out: dict[str, set[str]] = {}
    rows = workspace.store.query(
        "MATCH (a)-[r]->(b) RETURN a.id AS x, b.id AS y", {}, View(Scope(population=True))
    )
    for a, b in zip(rows["x"].to_pylist(), rows["y"].to_pylist(), strict=True):
        out.setdefault(a, set()).add(b)
        out.setdefault(b, set()).add(a)
    return out


@pytest.mark.parametrize("number", [CASE, OTHER_CASE])
def test_members_are_seeds_and_hops_not_through_hubs(workspace: Workspace, number: str) -> None:
    session = workspace.session(number, REASON)
    seen = sight(session)
    near, degree = neighbours(workspace), _degrees(workspace)
    expected, edge = set(seen.seeds), set(seen.seeds)
    for hop in range(seen.case.hops):
        edge = {n for e in edge if hop == 0 or degree[e] <= HUB_DEGREE for n in near.get(e, ())} - expected
        expected |= edge
    assert seen.members == expected


def _degrees(workspace: Workspace) -> dict[str, int]:
    rows = workspace.store.query(
        "MATCH (a)-[r]->(b) RETURN a.id AS x, b.id AS y", {}, View(Scope(population=True))
    )
    out: dict[str, int] = {}
    for a, b in zip(rows["x"].to_pylist(), rows["y"].to_pylist(), strict=True):
        out[a], out[b] = out.get(a, 0) + 1, out.get(b, 0) + 1
    return out


def test_who_is_outside_is_not_seen_unless_public(desk: Session, everything: dict[str, str]) -> None:
    members = sight(desk).members
    hidden = sorted(e for e, grade in everything.items() if e not in members and grade != "G1")
    public = sorted(e for e, grade in everything.items() if e not in members and grade == "G1")
    assert len(hidden) > 100 and len(public) > 100
    for stranger in hidden[:: len(hidden) // 5]:
        for doing in (investigate.open_entity, investigate.expand, investigate.evidence):
            with pytest.raises(NotFound):
                doing(desk, stranger)
        with pytest.raises(NotFound):
            investigate.paths(desk, seed(desk), stranger)
        with pytest.raises(NotFound):
            investigate.reveal(desk, stranger, "idNumber")
    assert investigate.view(desk, hidden).entities == ()
    assert investigate.export(desk, hidden).relations == ()
    assert {e.id for e in investigate.view(desk, public).entities} == set(public)
    card = investigate.open_entity(desk, next(e for e in public if e.startswith("O")))
    assert not card.member and card.entity.name
    known = desk.workspace.schema.entities["Organisation"].properties
    assert all(known[name].grade == "G1" for name in card.entity.properties if name in known)
    assert all(known[s.property].grade == "G1" for s in card.stated)


def test_a_query_reaches_no_stranger(desk: Session) -> None:
    rows = investigate.query(desk, "MATCH (n) RETURN n.id AS id")
    assert set(rows["id"]) == sight(desk).members
    ends = investigate.query(desk, "MATCH (x)-[r]->(y) RETURN x.id AS a, y.id AS b")
    assert set(ends["a"]) | set(ends["b"]) <= sight(desk).members


def test_a_case_without_seeds_sees_what_is_public_only(desk: Session) -> None:
    govern.new_case(desk, NewCase("T-2", "空案", "工程招投标", "preliminary", "初核批准", "一室"))
    bare = desk.workspace.session("T-2", REASON)
    assert investigate.first_picture(bare).subgraph.entities == ()
    with pytest.raises(NotFound):
        investigate.open_entity(bare, seed(desk))


def test_seeds_and_hops_move_the_edge(desk: Session) -> None:
    before = sight(desk).members
    far = sorted(e for e in sight(desk.workspace.session(OTHER_CASE, REASON)).members - before)[0]
    govern.add_seeds(desk, [far])
    assert far in sight(desk).members
    govern.remove_seed(desk, far)
    assert sight(desk).members == before
    govern.set_hops(desk, 1)
    assert sight(desk).members < before


def test_a_seed_must_be_there(desk: Session) -> None:
    for wrong in ("P-AAAAAAAAAAAAAAAA", "周启明", ""):
        with pytest.raises(NotFound):
            govern.add_seeds(desk, [wrong])
    new = NewCase("T-3", "试", "工程招投标", "preliminary", "初核批准", "一室", seeds=("P-AAAAAAAAAAAAAAAA",))
    with pytest.raises(NotFound):
        govern.new_case(desk, new)


def test_alone_widening_is_confirmed_and_marked(desk: Session) -> None:
    for doing in (lambda s: govern.set_hops(s, 3), lambda s: govern.extend_case(s, _later(s))):
        with pytest.raises(AccessDenied, match="两人"):
            doing(desk)
        doing(desk.because(REASON, confirmed=True))
        assert desk.workspace.audit.events(newest_first=True, limit=1)[0].decided == "alone"
    assert {d.ask.act for d in govern.decided_alone(desk)} == {"case.scope", "case.extend"}
    with pytest.raises(AccessDenied):
        govern.set_hops(desk.because(REASON, confirmed=True), 5)


def _later(session: Session) -> object:
    from datetime import timedelta

    return session.workspace.ledger.now() + timedelta(days=200)


@pytest.fixture
def team(folder: Path) -> Iterator[Workspace]:
    """The demo under the policy of a team: the local user, ``second`` and ``third`` are analysts."""
    with open_workspace(folder) as workspace:
        me = workspace.session().actor
    set_setting(folder, 'policy = "solo"', 'policy = "team"')
    roles = ", ".join(f'"{who}" = ["analyst"]' for who in (me, "second", "third"))
    set_setting(folder, "roles = {}", f"roles = {{ {roles} }}")
    with open_workspace(folder) as workspace:
        govern.add_members(workspace.session(CASE, REASON), ["second"])
        yield workspace


def test_in_a_team_the_asker_proposes_another_member_agrees_then_it_is_done(team: Workspace) -> None:
    me, second = team.session(CASE, REASON), team.session(CASE, "同意", actor="second")
    third = team.session(CASE, "同意", actor="third")
    later = _later(me)
    wider = [e for e in sorted(sight(team.session(OTHER_CASE, REASON)).members) if e.startswith("O")]
    wider = [e for e in dict.fromkeys([*_organisations(team), *wider]) if e not in case_seeds(me)][:21]
    asks = [
        (hops_ask(CASE, 3, me.actor), lambda s: govern.set_hops(s, 3)),
        (seeds_ask(CASE, wider, me.actor), lambda s: govern.add_seeds(s, wider)),
        (expiry_ask(CASE, later, me.actor), lambda s: govern.extend_case(s, later)),
    ]
    for ask, doing in asks:
        for session in (me, me.because(REASON, confirmed=True)):
            with pytest.raises(AccessDenied, match="Propose it"):
                doing(session)
        asked = govern.propose(me, ask)
        assert [p.seq for p in govern.proposals(second)] == [asked.seq]
        for wrong in (me.because("同意"), third):
            with pytest.raises(AccessDenied):
                govern.approve(wrong, asked.seq)
        with pytest.raises(AccessDenied):
            doing(me)
        govern.approve(second, asked.seq)
        with pytest.raises(AccessDenied):  # the agreement is with the asker
            doing(second)
        doing(me)
        assert team.audit.events(newest_first=True, limit=1)[0].decided == "second"
        assert govern.proposals(me) == ()
    assert govern.show_case(me).hops == 3
    assert govern.decided_alone(me) == ()


def _organisations(workspace: Workspace) -> list[str]:
    rows = workspace.store.query(
        "MATCH (o:Organisation) RETURN o.id AS id ORDER BY id LIMIT 30", {}, View(Scope(population=True))
    )
    return [str(i) for i in rows["id"].to_pylist()]


def test_nobody_proposes_for_another_or_another_case(team: Workspace) -> None:
    me = team.session(CASE, REASON)
    for ask in (hops_ask(CASE, 3, "second"), hops_ask(OTHER_CASE, 3, me.actor)):
        with pytest.raises(AccessDenied, match="who wants to do it"):
            govern.propose(me, ask)


def test_roles_of_a_team_open_no_more_than_they_say(folder: Path) -> None:
    set_setting(folder, 'policy = "solo"', 'policy = "team"')
    set_setting(
        folder,
        "roles = {}",
        'roles = { "auditor" = ["auditor"], "clerk" = ["dataOfficer"], "boss" = ["admin"] }',
    )
    with open_workspace(folder) as workspace:
        for who in ("auditor", "clerk", "boss", "nobody"):
            session = workspace.session(CASE, REASON, actor=who)
            for doing in (
                lambda s: investigate.find(s, "宏途路桥有限公司"),
                investigate.first_picture,
                govern.open_case,
            ):
                with pytest.raises(AccessDenied):
                    doing(session)
        assert len(govern.audit_events(workspace.session(reason="月度复核", actor="auditor")))
        with pytest.raises(AccessDenied):
            govern.audit_events(workspace.session(reason="好奇", actor="boss"))
