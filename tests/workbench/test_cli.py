"""The command line: every command as a process of its own, its JSON, its exit codes, its silence in a pipe."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from tests.workbench.canaries import leaks
from tests.workbench.conftest import CASE, OTHER_CASE, REASON, set_setting
from tests.workbench.use_cases import a_relation, far_end, seed
from workbench import open_workspace
from workbench.cli import app, main

PROGRAM = Path(sys.executable).with_name("mingcha")
CASED = ("--case", CASE, "--reason", REASON)
ROOT = Path(__file__).resolve().parents[2]


def mingcha(
    *args: str | Path, folder: Path | None = None, expect: int = 0
) -> subprocess.CompletedProcess[str]:
    """Run the command; ``folder`` is its workspace."""
    env = os.environ | ({"MINGCHA_WORKSPACE": str(folder)} if folder else {})
    done = subprocess.run(
        [PROGRAM, *map(str, args)],
        capture_output=True,
        text=True,
        env=env,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )
    assert done.returncode == expect, (args, done.returncode, done.stdout[-500:], done.stderr[-2000:])
    assert "Traceback" not in done.stderr
    return done


def said(*args: str | Path, folder: Path) -> Any:
    """The one JSON value that a command prints; nothing else may be printed."""
    return value_of(mingcha(*args, "--json", folder=folder))


def value_of(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
    return json.loads(done.stdout, parse_constant=_no_json)


def _no_json(word: str) -> None:
    raise AssertionError(f"{word} is no JSON")


class Here:
    """Runs commands in this process, which is faster; what they print and their exit code are the same."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        self._patch, self._capture = monkeypatch, capfd
        monkeypatch.setenv("MINGCHA_WORKSPACE", str(folder))

    def run(self, *args: str | Path, expect: int = 0) -> subprocess.CompletedProcess[str]:
        command = ["mingcha", *map(str, args)]
        self._patch.setattr(sys, "argv", command)
        self._capture.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self._capture.readouterr()
        assert ended.value.code == expect, (args, ended.value.code, out[-500:], err[-2000:])
        return subprocess.CompletedProcess(command, expect, out, err)

    def said(self, *args: str | Path) -> Any:
        """The one JSON value that a command prints."""
        return value_of(self.run(*args, "--json"))

    def fails(self, code: int, word: str, *args: str | Path) -> str:
        """The message of a command that ends with ``code``, told as JSON."""
        told = json.loads(self.run(*args, "--json", expect=code).stderr.strip().splitlines()[-1])
        assert set(told) == {"error", "message"} and told["error"] == word
        return str(told["message"])


@pytest.fixture
def here(folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Here:
    return Here(folder, monkeypatch, capfd)


@pytest.fixture
def ids(folder: Path) -> tuple[str, str, str]:
    """A seed of the case, a neighbour, and a relation."""
    with open_workspace(folder) as workspace:
        session = workspace.session(CASE, REASON)
        return seed(session), far_end(session), a_relation(session)


def test_the_whole_way_from_a_file_to_a_case(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    folder, sources = tmp_path / "office", made / "sources"
    assert json.loads(mingcha("init", folder, "--training", "--json").stdout) == {"workspace": str(folder)}
    tried = said(
        "import", sources / "工商登记_企业.csv", "--mapping", "county_firms", "--dry-run", folder=folder
    )
    assert tried[0]["dry_run"] and tried[0]["loaded"] > 0
    assert said("batch", "list", folder=folder) == []
    firms = said("import", sources / "工商登记_企业.csv", "-m", "county_firms", folder=folder)
    assert (firms[0]["read"], firms[0]["loaded"]) == (tried[0]["read"], tried[0]["loaded"])
    said("import", sources / "工商登记_股东.csv", "-m", "county_shares", folder=folder)
    assert said("import", sources / "工商登记_股东.csv", "-m", "county_shares", folder=folder)[0]["unchanged"]
    built = said("build", folder=folder)
    assert built["published"]["how"] == "rebuild" and not built["resolved"]["unchanged"]
    assert said("build", folder=folder)["published"]["how"] == "unchanged"
    assert said("resolve", folder=folder)["unchanged"]
    assert said("publish", "--rebuild", folder=folder)["graph_hash"] == built["published"]["graph_hash"]
    here = Here(folder, monkeypatch, capfd)
    case = (
        "--title",
        "试办",
        "--class",
        "工程招投标",
        "--purpose",
        "preliminary",
        "--basis",
        "初核批准",
        "--unit",
        "一室",
    )
    assert here.said("case", "new", "A-1", *case)["number"] == "A-1"
    under = ("--case", "A-1", "--reason", "核查")
    found = here.said("find", "宏途路桥有限公司", *under)
    assert here.said("case", "add", "A-1", found[0]["id"], "--reason", "核查")["seeds"] == [found[0]["id"]]
    assert here.said("case", "hops", "A-1", "1", "--reason", "核查")["hops"] == 1
    around = here.said("expand", found[0]["id"], "--case", "A-1")
    assert around["counts"]["HOLDS_SHARE"] >= 1
    assert [c["number"] for c in here.said("case", "list")] == ["A-1"]
    batch = here.said("batch", "list")[1]
    assert batch["retracted"] is None
    here.said("batch", "retract", batch["batch"], "--reason", "发错了")
    here.said("build")
    assert here.said("expand", found[0]["id"], "--case", "A-1")["counts"].get("HOLDS_SHARE", 0) == 0
    listed = here.said("batch", "list", "--retracted")
    assert [bool(b["retracted"]) for b in listed] == [False, True]
    assert here.said("audit", "verify")["faults"] == []


def test_looking_from_the_command_line(folder: Path, ids: tuple[str, str, str], here: Here) -> None:
    subject, far, relation = ids
    answers: list[Any] = [
        here.said("find", "周启明", *CASED),
        here.said("case", "show", CASE),
    ]
    assert [n["id"] for n in answers[0]] == [subject]
    found = here.said("expand", subject, "--case", CASE)
    assert {e["id"] for e in found["subgraph"]["entities"]} >= {subject, far}
    narrowed = here.said("expand", subject, "--case", CASE, "--kind", "KIN")
    assert {r["kind"] for r in narrowed["subgraph"]["relations"]} <= {"KIN"}
    ways = here.said("path", subject, far, "--case", CASE)
    assert ways["paths"][0]["nodes"] == [subject, far]
    rows = here.said("evidence", relation, "--case", CASE)
    assert rows["total"] == len(rows["rows"]) >= 1 and rows["rows"][0]["file"]
    asked = here.said("query", "MATCH (p:Person) RETURN p.id AS id, p.names AS names, p.sex AS sex", *CASED)
    assert {"id", "names", "sex"} == set(asked[0]) and isinstance(asked[0]["names"], list)
    trail = here.said("audit", "show", "--reason", "复核", "--shown", subject)
    assert {"entity.expand", "path.find", "entity.find"} <= {e["act"] for e in trail}
    assert not leaks(folder, *answers, found, narrowed, ways, rows, asked, trail)


def test_what_people_read_shows_no_sensitive_number(
    folder: Path, ids: tuple[str, str, str], here: Here
) -> None:
    subject, far, relation = ids
    commands: Sequence[tuple[str, ...]] = (
        ("find", "周启明", *CASED), ("expand", subject, "--case", CASE), ("path", subject, far, "--case", CASE),
        ("evidence", relation, "--case", CASE), ("evidence", subject, "--case", CASE), ("case", "list"), ("case", "show", CASE),
        ("query", "MATCH (l:Locator) RETURN l.name AS x, l.normalisedValue AS y", *CASED), ("batch", "list"),
        ("audit", "show", "--reason", "复核"), ("second", "list"), ("audit", "verify"),
    )  # fmt: skip
    for command in commands:
        done = here.run(*command)
        assert done.stdout.strip() and done.stderr == ""
        assert not leaks(folder, done.stdout.replace("\n", "").replace(" ", "")), command


def test_rejects_are_written_masked(folder: Path, tmp_path: Path, here: Here) -> None:
    batch = next(b for b in here.said("batch", "list") if b["rejected"])
    target = tmp_path / "rejects.csv"
    assert here.said("batch", "rejects", batch["batch"], "--to", target) == {"file": str(target)}
    text = target.read_text(encoding="utf-8-sig")
    assert len(text.splitlines()) > batch["rejected"] and not leaks(folder, text)


def test_reveal_is_clear_in_this_answer_and_the_next_process_still_knows(
    folder: Path, ids: tuple[str, str, str], here: Here
) -> None:
    value = here.said("reveal", ids[0], "idNumber", *CASED)["value"]
    assert leaks(folder, value) == [value]
    elsewhere = here.said("expand", ids[0], "--case", CASE)
    shown = next(e for e in elsewhere["subgraph"]["entities"] if e["id"] == ids[0])
    assert shown["properties"]["idNumber"] == value


# -- exit codes ---------------------------------------------------------------------------------------


def test_exit_codes(folder: Path, ids: tuple[str, str, str], tmp_path: Path, here: Here) -> None:
    nothing = "P-AAAAAAAAAAAAAAAA"
    here.fails(1, "source", "import", tmp_path / "none.csv", "-m", "county_bank")
    here.fails(1, "mapping", "import", folder / "sources" / "中标.csv", "-m", "no_such_mapping")
    here.fails(1, "schema", "case", "list", "--workspace", tmp_path)
    here.run("expand", ids[0], expect=2)
    here.run("no-such-command", expect=2)
    here.run("init", tmp_path / "x", "--store", "paper", expect=2)
    here.fails(3, "denied", "expand", ids[0], "--case", "none")
    here.fails(3, "denied", "case", "hops", CASE, "3", "--reason", "核查")
    here.fails(3, "refused", "query", "MATCH (p:Person) DELETE p", *CASED)
    here.fails(5, "not_found", "expand", nothing, "--case", CASE)
    here.fails(5, "not_found", "batch", "retract", "nothing", "--reason", "x")
    assert "mingcha find" in here.fails(5, "not_found", "case", "add", CASE, nothing, "--reason", "x")


def test_private_data_is_refused_with_its_own_code(folder: Path, tmp_path: Path, here: Here) -> None:
    source = tmp_path / "names.csv"
    source.write_text("企业名称,统一社会信用代码,政治面貌\n青石公司,,党员\n", encoding="utf-8")
    mapping = tmp_path / "names.yaml"
    mapping.write_text(
        "dataset: t\nversion: 1.0.0\ntitle: {zh: 试, en: Try}\nsource: {grade: A1, publisher: test, licence: internal}\n"
        "drop: [统一社会信用代码, 政治面貌]\nentities:\n  firm: {kind: Organisation, key: 企业名称, properties: {name: 企业名称}}\n",
        encoding="utf-8",
    )
    before = here.said("batch", "list")
    message = here.fails(4, "privacy", "import", source, "-m", mapping)
    assert "政治面貌" in message and "党员" not in message
    assert here.said("batch", "list") == before


def test_a_broken_store_and_a_broken_chain_have_their_own_codes(
    folder: Path, ids: tuple[str, str, str], here: Here
) -> None:
    pointer = folder / "graph" / "current.json"
    whole = pointer.read_text(encoding="utf-8")
    pointer.write_text("{", encoding="utf-8")
    here.fails(6, "store", "expand", ids[0], "--case", CASE)
    pointer.write_text(whole, encoding="utf-8")
    key = folder / "keys" / "token.key"
    kept = key.read_bytes()
    key.write_bytes(b"short")
    here.fails(7, "integrity", "case", "list")
    key.write_bytes(kept)
    with (folder / "audit.heads").open("a", encoding="utf-8") as heads:  # a head of an entry that is gone
        heads.write(json.dumps({"seq": 10**6, "hash": "0" * 64, "at": "2026-01-01T00:00:00.000000Z"}) + "\n")
    done = here.run("audit", "verify", "--json", expect=7)
    assert json.loads(done.stdout)["faults"][0]["kind"] == "cut"


def test_files_loaded_before_one_is_refused_are_told(made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "w"
    mingcha("init", folder, "--training")
    done = mingcha(
        "import",
        made / "sources" / "中标.csv",
        tmp_path / "none.csv",
        "-m",
        "county_awards",
        "--json",
        folder=folder,
        expect=1,
    )
    assert [r["file"] for r in json.loads(done.stdout)] == ["中标.csv"]
    assert json.loads(done.stderr)["error"] == "source"
    assert len(said("batch", "list", folder=folder)) == 1


# -- two people, policies, demo --------------------------------------------------------------------------


def test_two_people_on_the_command_line(folder: Path, here: Here) -> None:
    with open_workspace(folder) as workspace:
        me = workspace.session().actor
        from governance.cases import add_members

        add_members(workspace.ledger, CASE, ["second"], me, "test")
    set_setting(folder, 'policy = "solo"', 'policy = "team"')
    set_setting(folder, "roles = {}", f'roles = {{ "{me}" = ["analyst"], "second" = ["analyst"] }}')
    hops = ("case", "hops", CASE, "3", "--reason", "核查")
    here.run(*hops, "--confirm", expect=3)
    asked = here.said(*hops, "--propose")
    assert [p["seq"] for p in here.said("second", "list")] == [asked["seq"]]
    here.run("second", "approve", str(asked["seq"]), "--reason", "同意", expect=3)
    with open_workspace(folder) as workspace:
        from workbench import govern

        govern.approve(workspace.session(CASE, "同意", actor="second"), asked["seq"])
    assert here.said(*hops)["hops"] == 3
    assert here.said("second", "list", "--alone") == []


def test_alone_an_act_for_two_is_confirmed(folder: Path, here: Here) -> None:
    assert here.said("case", "hops", CASE, "3", "--reason", "核查", "--confirm")["hops"] == 3
    (alone,) = here.said("second", "list", "--alone")
    assert alone["ask"]["act"] == "case.scope"


def test_a_policy_of_ones_own_goes_with_the_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (ROOT / "policy" / "team.yaml").read_text(encoding="utf-8").replace("name: team", "name: office")
    monkeypatch.chdir(tmp_path)
    Path("office.yaml").write_text(text, encoding="utf-8")
    mingcha("init", "w", "--policy", "office.yaml")
    Path("office.yaml").unlink()
    shutil.move("w", "moved")
    monkeypatch.chdir("/")
    with open_workspace(tmp_path / "moved") as workspace:
        assert workspace.policy.name == "office"


def test_demo_is_made_once(made: Path, folder: Path) -> None:
    made_again = json.loads(mingcha("demo", "--workspace", folder, "--make-only", "--json").stdout)
    assert made_again["cases"] == [CASE, OTHER_CASE] and made_again["workspace"] == str(folder)
    with open_workspace(folder) as workspace, open_workspace(made) as first:
        assert len(workspace.lake.batches(retracted=True)) == len(first.lake.batches(retracted=True))
        assert len(workspace.ledger.lines()) == len(first.ledger.lines())


def test_every_command_is_run_here() -> None:
    """`serve` opens a page and is run by the browser tests."""
    text = Path(__file__).read_text(encoding="utf-8")
    root = get_command(app)
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        for sub in getattr(command, "commands", None) or ("",):
            wanted = f'"{name}", "{sub}"' if sub else f'"{name}"'
            assert wanted in text or name == "serve", (name, sub)


@pytest.mark.parametrize("command", [["--help"], ["case", "--help"]])
def test_help_is_told(command: list[str]) -> None:
    assert "Usage" in mingcha(*command).stdout
