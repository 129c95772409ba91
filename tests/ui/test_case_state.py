"""The state of the case page: every step can be undone, filters and time only change what is shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from graph.model import Entity, Relation, Subgraph
from ui.case_state import CaseState, dimmed, first_day, leaves_of, shown

IDS = "ABCDE"


def entity(name: str, kind: str = "Person") -> Entity:
    return Entity(name, kind, None, name, (name,), "G2", {}, ())


def relation(name: str, a: str, b: str, kind: str = "KIN", **values: object) -> Relation:
    return Relation(name, kind, a, b, None, "G3", values, ())  # type: ignore[arg-type]


STAR = Subgraph(
    tuple(entity(i, "Organisation" if i == "A" else "Person") for i in IDS),
    (*(relation(f"r{i}", "A", i, "OFFICER_OF") for i in "BCD"), relation("de", "D", "E")),
)


def opened() -> CaseState:
    state = CaseState()
    state.add(IDS)
    return state


def test_hidden_and_folded_entities_take_their_relations_with_them() -> None:
    state = opened()
    state.hide("B")
    state.fold("A", leaves_of(STAR, "A"))
    found = shown(STAR, state)
    assert [e.id for e in found.entities] == ["A", "D", "E"]
    assert [r.id for r in found.relations] == ["rD", "de"]


def test_folding_again_unfolds() -> None:
    state = opened()
    state.fold("A", {"B", "C"})
    state.fold("A", ())
    assert shown(STAR, state) == STAR


def test_leaves_hang_on_one_entity_only() -> None:
    assert leaves_of(STAR, "A") == {"B", "C"}
    assert leaves_of(STAR, "D") == {"E"}


def test_a_kind_switched_off_is_not_shown() -> None:
    state = opened()
    state.off = frozenset({"OFFICER_OF"})
    assert [r.id for r in shown(STAR, state).relations] == ["de"]
    state.off = frozenset({"Person"})
    assert [e.id for e in shown(STAR, state).entities] == ["A"]


def test_only_hides_the_rest_and_adding_brings_back() -> None:
    state = opened()
    state.only({"A", "B"})
    assert [e.id for e in shown(STAR, state).entities] == ["A", "B"]
    state.add("C")
    assert [e.id for e in shown(STAR, state).entities] == ["A", "B", "C"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["add", "hide", "only", "fold"]), st.sets(st.sampled_from(IDS), min_size=1)
        ),
        max_size=12,
    )
)
def test_undo_and_redo_walk_the_same_steps(steps: list[tuple[str, set[str]]]) -> None:
    state = CaseState()
    seen = [state.picture]
    for name, ids in steps:
        if name == "fold":
            state.fold(min(ids), ids)
        else:
            getattr(state, name)(ids)
        if state.picture != seen[-1]:
            seen.append(state.picture)
    for expected in reversed(seen[:-1]):
        state.undo()
        assert state.picture == expected
    for expected in seen[1:]:
        state.redo()
        assert state.picture == expected


def test_time_dims_what_is_surely_outside_and_nothing_else() -> None:
    interval = relation("i", "A", "B", validFrom="2015", validFromMin=100, validToMax=200)
    event = relation("e", "A", "B", at="2016", atMin=150, atMax=160)
    unknown = relation("u", "A", "B")
    found = Subgraph((entity("A"), entity("B")), (interval, event, unknown))
    assert dimmed(found, 155, 300) == frozenset()
    assert dimmed(found, 161, 300) == {"e"}
    assert dimmed(found, 201, 300) == {"i", "e"}
    assert dimmed(found, 0, 99) == {"i", "e"}


def test_a_relation_without_a_date_has_no_place_on_the_timeline() -> None:
    assert first_day(relation("u", "A", "B", validFromMin=-719162)) is None
    assert first_day(relation("i", "A", "B", validFrom="2015", validFromMin=100)) == 100
