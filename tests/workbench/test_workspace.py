"""Workspaces and their settings: made whole or not at all, read strictly, nobody's folder touched."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from graph.errors import IntegrityError, MingchaError, SchemaError, StoreError
from tests.workbench.conftest import set_setting
from workbench import build, demo, govern, init_workspace, open_workspace
from workbench.settings import Settings, read_settings, settings_text


def test_settings_are_written_and_read_back() -> None:
    told = {
        "workspace": {"mode": "training", "title": '甲 "乙" \\ 丙\n丁'},
        "graph": {"store": "neo4j", "uri": "neo4j+s://graph.example"},
        "access": {"roles": {"DOMAIN\\li": ["analyst"], '"x"': []}},
    }
    settings = Settings.model_validate(told)
    assert Settings.model_validate(tomllib.loads(settings_text(settings))) == settings


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('mode = "live"', 'mode = "real"', "workspace.mode"),
        ('mode = "live"', 'mode = "live"\nspeed = 1', "workspace.speed"),
        ("managed = false", 'managed = "perhaps"', "graph.managed"),
        ("[audit]", "[audits]", "audits"),
        ("[audit]", "[audit", "mingcha.toml"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, old: str, new: str, word: str) -> None:
    init_workspace(tmp_path / "w", Settings())
    set_setting(tmp_path / "w", old, new)
    with pytest.raises(SchemaError) as told:
        open_workspace(tmp_path / "w")
    assert word in str(told.value)


def test_a_folder_that_is_no_workspace_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="mingcha init"):
        read_settings(tmp_path)


def test_a_workspace_is_made_once_and_only_in_an_empty_folder(tmp_path: Path) -> None:
    init_workspace(tmp_path / "w", Settings())
    with pytest.raises(SchemaError, match="a workspace already"):
        init_workspace(tmp_path / "w", Settings())
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "mine.txt").write_text("keep")
    with pytest.raises(SchemaError, match="not empty"):
        init_workspace(tmp_path / "letters", Settings())
    with pytest.raises(MingchaError):
        init_workspace(tmp_path / "x", Settings.model_validate({"workspace": {"policy": "nobody"}}))
    assert not (tmp_path / "x").exists()


def test_the_token_key_is_private_and_missed(tmp_path: Path) -> None:
    folder = init_workspace(tmp_path / "w", Settings())
    key = folder / "keys" / "token.key"
    assert key.stat().st_mode & 0o077 == 0 and key.parent.stat().st_mode & 0o077 == 0
    key.unlink()
    with pytest.raises(IntegrityError, match=r"token\.key"):
        open_workspace(folder)


def test_two_workspaces_give_one_number_two_tokens(tmp_path: Path) -> None:
    keys = {
        (init_workspace(tmp_path / str(n), Settings()) / "keys" / "token.key").read_bytes() for n in range(3)
    }
    assert len(keys) == 3


def test_the_demo_is_never_made_over_other_things(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    (mine / "keys").mkdir(parents=True)
    (mine / "letter.txt").write_text("keep")
    with pytest.raises(SchemaError, match="not empty"):
        demo.make(mine)
    assert (mine / "letter.txt").read_text() == "keep"
    own = init_workspace(tmp_path / "own", Settings())
    with pytest.raises(SchemaError, match="workspace of your own"):
        demo.make(own)
    with open_workspace(own) as workspace:
        assert workspace.lake.batches() == []


def test_a_demo_broken_off_before_it_was_a_workspace_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(done: int, total: int, stage: str) -> None:
        raise KeyboardInterrupt

    half = tmp_path / "w"
    (half / "keys").mkdir(parents=True)
    (half / "keys" / "token.key").write_bytes(b"half")
    with pytest.raises(KeyboardInterrupt):  # after the workspace was made, before the first file came in
        demo.make(half, progress=broken)
    with open_workspace(half) as workspace:
        assert workspace.settings.workspace.mode == "training"


def test_a_neo4j_without_its_password_says_where_to_put_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MINGCHA_NEO4J_PASSWORD", raising=False)
    init_workspace(tmp_path / "w", Settings.model_validate({"graph": {"store": "neo4j"}}))
    with open_workspace(tmp_path / "w") as workspace:
        assert govern.my_cases(workspace.session()) == ()  # what needs no store works
        with pytest.raises(StoreError, match="MINGCHA_NEO4J_PASSWORD"):
            build.publish(workspace.session()) if build.resolve(workspace.session()) else None


def test_a_ledger_on_postgresql(tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFICE_DB", postgres_url)
    settings = Settings.model_validate({"workspace": {"mode": "training"}, "ledger": {"url": "${OFFICE_DB}"}})
    init_workspace(tmp_path / "w", settings)
    with open_workspace(tmp_path / "w") as workspace:
        govern.my_cases(workspace.session())
        assert workspace.audit.events(newest_first=True, limit=1)[0].act == "case.list"
    assert not list((tmp_path / "w").glob("*.sqlite"))
    assert os.environ["OFFICE_DB"] not in (tmp_path / "w" / "mingcha.toml").read_text()


def test_closing_twice_is_allowed(tmp_path: Path) -> None:
    init_workspace(tmp_path / "w", Settings())
    workspace = open_workspace(tmp_path / "w")
    workspace.close()
    workspace.close()
