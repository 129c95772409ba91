"""The door: one audit event for every act, allowed, refused or failed; no log, no answer; a case and a purpose."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from governance.audit import AuditEvent
from governance.policy import read_policy
from graph.errors import AccessDenied, MingchaError, NotFound, QueryRefused, SourceError, StoreError
from tests.workbench.conftest import CASE, OTHER_CASE, REASON, Clock, set_policy, set_setting
from tests.workbench.use_cases import CALLS, seed
from workbench import Session, Workspace, build, govern, ingest, init_workspace, investigate, open_workspace
from workbench.door import ACTS
from workbench.settings import Settings

UNDER_A_CASE = sorted(name for name, act in ACTS.items() if read_policy("solo").act(act).case != "none")


def written(workspace: Workspace, doing: Callable[[], Any]) -> list[AuditEvent]:
    """The audit events that ``doing`` leaves; errors of the tree are swallowed."""
    last = workspace.audit.events(newest_first=True, limit=1)
    with suppress(MingchaError):
        doing()
    return workspace.audit.events(after=last[0].seq if last else 0)


def test_every_use_case_is_called_here() -> None:
    assert set(CALLS) == set(ACTS)


def test_every_use_case_writes_one_event(desk: Session, folder: Path) -> None:
    for name, call in CALLS.items():
        found = written(desk.workspace, lambda call=call: call(desk, folder))  # type: ignore[misc]
        assert [(e.act, e.outcome) for e in found] == [(ACTS[name], "allowed")], (name, found)
        (event,) = found
        assert (event.case, event.reason, event.client) == (CASE, REASON, "test")
        assert event.purpose == "preliminary"
    assert govern.verify_audit(desk).ok


def test_who_may_do_nothing_is_told_nothing_and_every_try_is_kept(folder: Path) -> None:
    set_setting(folder, "roles = {}", 'roles = { "stranger" = [] }')
    with open_workspace(folder) as workspace:
        stranger = workspace.session(CASE, REASON, actor="stranger", client="test")
        insider = workspace.session(CASE, REASON)
        for name, act in ACTS.items():
            call = CALLS[name]
            if name == "workbench.govern.approve":  # its call speaks for somebody else
                call = lambda s, _: govern.approve(s, 1)  # noqa: E731
            lines = len(workspace.ledger.lines())
            with pytest.raises(AccessDenied):
                call(stranger, folder)
            event = workspace.audit.events(newest_first=True, limit=1)[0]
            assert (event.act, event.outcome, event.shown, event.count) == (act, "refused", (), 0)
            assert len(workspace.ledger.lines()) == lines
        assert len(workspace.audit.events(case=CASE, limit=10_000)) >= len(ACTS)
        assert govern.verify_audit(insider).ok


@pytest.mark.parametrize("name", UNDER_A_CASE)
@pytest.mark.parametrize("case", ["", "no such case"])
def test_looking_needs_a_case(made: Path, name: str, case: str) -> None:
    with open_workspace(made) as workspace:
        call = CALLS[name]
        with pytest.raises(AccessDenied, match="needs a case that"):
            _unhelped(call, workspace.session(case, REASON, client="test"), made)


def _unhelped(call: Callable[[Session, Path], Any], session: Session, folder: Path) -> Any:
    """The call, with its helpers (which look up a seed) asking under the demo's own case."""
    import tests.workbench.use_cases as helpers

    inside = session.workspace.session(CASE, REASON)
    kept = helpers.seed, helpers.far_end, helpers.a_relation, helpers.case_seeds
    helpers.seed, helpers.far_end = lambda _: kept[0](inside), lambda _: kept[1](inside)  # type: ignore[assignment]
    helpers.a_relation, helpers.case_seeds = lambda _: kept[2](inside), lambda _: kept[3](inside)  # type: ignore[assignment]
    try:
        return call(session, folder)
    finally:
        helpers.seed, helpers.far_end, helpers.a_relation, helpers.case_seeds = kept


def test_a_case_that_is_over_opens_nothing(desk: Session, clock: Clock) -> None:
    investigate.first_picture(desk)
    clock.forward(days=366)
    with pytest.raises(AccessDenied, match="expired"):
        investigate.first_picture(desk)
    with pytest.raises(AccessDenied, match="expired"):
        investigate.reveal(desk, seed(desk), "idNumber")
    assert govern.show_case(desk).number == CASE


def test_a_closed_case_opens_nothing(desk: Session) -> None:
    govern.set_stage(desk, "archived")
    with pytest.raises(AccessDenied, match="closed"):
        investigate.expand(desk, seed(desk))


def test_acts_that_need_a_reason_are_refused_without(desk: Session) -> None:
    bare = desk.because("  ")
    for act in (
        lambda: investigate.find(bare, "宏途路桥有限公司"),
        lambda: investigate.reveal(bare, seed(desk), "idNumber"),
    ):
        with pytest.raises(AccessDenied, match="needs a reason"):
            act()


def test_of_a_case_of_others_not_even_the_pins_are_told(folder: Path) -> None:
    with open_workspace(folder) as workspace:
        other = workspace.session(CASE, REASON, actor="somebody else")
        with pytest.raises(AccessDenied) as theirs:
            govern.pinned(other)
        with pytest.raises(AccessDenied) as nobodys:
            govern.pinned(workspace.session("no such case", REASON, actor="somebody else"))
        assert str(theirs.value) == str(nobodys.value)


@pytest.mark.parametrize(
    ("fault", "doing"),
    [
        (NotFound, lambda s, _: investigate.open_entity(s, "P-AAAAAAAAAAAAAAAA")),
        (NotFound, lambda s, _: investigate.evidence(s, "P-AAAAAAAAAAAAAAAA")),
        (NotFound, lambda s, _: govern.add_seeds(s, ["宏途路桥有限公司"])),
        (QueryRefused, lambda s, _: investigate.query(s, "MATCH (p:Person) DELETE p")),
        (SourceError, lambda s, folder: ingest.import_file(s, folder / "none.csv", "county_awards")),
    ],
)
def test_a_failure_is_one_event_too(
    desk: Session, folder: Path, fault: type[MingchaError], doing: Callable[[Session, Path], Any]
) -> None:
    with pytest.raises(fault):
        doing(desk, folder)
    (event,) = written(desk.workspace, lambda: _quiet(lambda: doing(desk, folder)))
    assert (event.outcome, event.shown) == ("failed", ())
    assert event.parameters["error"]


def _quiet(doing: Callable[[], Any]) -> None:
    with pytest.raises(MingchaError):
        doing()


def test_an_act_broken_off_by_the_keyboard_is_kept(tmp_path: Path, made: Path) -> None:
    init_workspace(tmp_path / "w", Settings.model_validate({"workspace": {"mode": "training"}}))

    def broken(done: int, total: int, stage: str) -> None:
        raise KeyboardInterrupt

    with open_workspace(tmp_path / "w") as workspace:
        with pytest.raises(KeyboardInterrupt):
            ingest.import_file(
                workspace.session(), made / "sources" / "银行流水.csv", "county_bank", progress=broken
            )
        (event,) = workspace.audit.events()
        assert (event.act, event.outcome, event.parameters["error"]) == (
            "import.run",
            "failed",
            "KeyboardInterrupt",
        )


@pytest.mark.parametrize("how", ["removed", "replaced", "locked"])
def test_no_log_no_answer(desk: Session, folder: Path, how: str) -> None:
    subject = seed(desk)
    investigate.open_entity(desk, subject)
    log = folder / "audit.sqlite"
    if how == "removed":
        log.unlink()
    elif how == "replaced":
        shutil.copy(log, folder / "copy.sqlite")
        (folder / "copy.sqlite").replace(log)
    else:
        for file in (log, *folder.glob("audit.sqlite-*")):
            file.unlink()
        log.mkdir()
    lines = len(desk.workspace.ledger.lines())
    for doing in (
        lambda: investigate.open_entity(desk, subject),
        lambda: investigate.find(desk, "宏途路桥有限公司"),
        lambda: govern.set_stage(desk, "trial"),
        lambda: build.publish(desk),
        lambda: govern.my_cases(desk),
    ):
        with pytest.raises(StoreError, match="audit"):
            doing()
    assert len(desk.workspace.ledger.lines()) == lines


def test_the_limit_of_opened_records_counts_over_all_cases(folder: Path, clock: Clock) -> None:
    set_policy(folder, opened_records="3")
    with open_workspace(folder, clock=clock) as workspace:
        clock.forward(hours=25)  # what making the demo opened is not counted
        desk, other = workspace.session(CASE, REASON), workspace.session(OTHER_CASE, REASON)
        investigate.open_entity(desk, seed(desk))
        investigate.open_entity(other, seed(other))
        investigate.evidence(desk, seed(desk))
        for doing in (
            lambda: investigate.open_entity(desk, seed(desk)),
            lambda: investigate.evidence(other, seed(other)),
        ):
            with pytest.raises(AccessDenied, match="records opened in 24 hours"):
                doing()
        investigate.open_entity(workspace.session(CASE, REASON, actor=_member(workspace)), seed(desk))
        clock.forward(hours=25)
        investigate.open_entity(desk, seed(desk))


def _member(workspace: Workspace) -> str:
    govern.add_members(workspace.session(CASE, REASON), ["colleague"])
    return "colleague"


def test_audit_parameters_hold_no_number_that_was_asked(desk: Session) -> None:
    investigate.find(desk, "990102196802080036")
    event = desk.workspace.audit.events(newest_first=True, limit=1)[0]
    assert event.act == "entity.find" and "990102196802080036" not in str(event)
