"""The server that Mingcha runs itself, on real processes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from neo4j import READ_ACCESS, GraphDatabase
from neo4j.exceptions import AuthError, ClientError

from graph.adapters import neo4j_server
from graph.adapters.neo4j_home import Home, Running
from graph.adapters.neo4j_server import ManagedNeo4j
from graph.errors import StoreError

pytestmark = pytest.mark.neo4j

_START = (
    "from pathlib import Path; from graph.adapters.neo4j_server import ManagedNeo4j as M; import os, sys; "
)


@pytest.fixture(scope="module")
def own(neo4j_ready: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ManagedNeo4j]:
    """A server that these tests may stop, load and break."""
    with ManagedNeo4j.start(tmp_path_factory.mktemp("own"), heap="512m", page_cache="64m") as server:
        yield server


def ask(server: ManagedNeo4j, query: str, **parameters: Any) -> list[list[Any]]:
    with GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
        return [list(record) for record in driver.execute_query(query, parameters).records]


def write_graph(folder: Path) -> tuple[dict[str, list[Path]], dict[str, list[Path]]]:
    files = {
        "p-head.csv": "id:ID(Person),kind,names:string[],born:long\n",
        "p-1.csv": 'P-1,Person,"王小明\x1f张,三",7\n',
        "p-2.csv": 'P-2,Person,"say ""hi""\nthere",\nP-3,"",,\n',
        "k-head.csv": ":START_ID(Person),:END_ID(Person),id,degree:long\n",
        "k-1.csv": "P-1,P-2,r1,1\nP-2,P-2,r2,\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    person = [folder / "p-head.csv", folder / "p-1.csv", folder / "p-2.csv"]
    return {"Person": person}, {"KIN": [folder / "k-head.csv", folder / "k-1.csv"]}


def test_answers_and_keeps_to_loopback(own: ManagedNeo4j) -> None:
    assert ask(own, "RETURN $x + 1", x=41) == [[42]]
    address = re.fullmatch(r"bolt://(127\.0\.0\.1):(\d+)", own.uri)
    assert address is not None
    assert listening_addresses(own.pid) == {f"127.0.0.1:{address[2]}"}


def listening_addresses(pid: int) -> set[str]:
    """TCP addresses on which a process listens, as Linux tells them."""
    if not Path("/proc/self/net/tcp").exists():
        pytest.skip("the system does not show who listens")
    mine, found = set(), set()
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed
            mine.add(os.readlink(file))
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            local, state, inode = (line.split()[i] for i in (1, 3, 9))
            if state == "0A" and f"socket:[{inode}]" in mine:
                address, port = local.split(":")
                last_four = bytes.fromhex(address[-8:])[::-1]  # also of ::ffff:127.0.0.1
                found.add(f"{'.'.join(map(str, last_four))}:{int(port, 16)}")
    return found


def test_password_is_random_private_and_checked(own: ManagedNeo4j) -> None:
    file = own.home.password_file
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(own.password) >= 32
    with GraphDatabase.driver(own.uri, auth=("neo4j", "neo4j")) as driver, pytest.raises(AuthError):
        driver.verify_connectivity()


def test_read_session_refuses_writes(own: ManagedNeo4j) -> None:
    with (
        GraphDatabase.driver(own.uri, auth=(own.user, own.password)) as driver,
        driver.session(default_access_mode=READ_ACCESS) as session,
        pytest.raises(ClientError, match="read access mode"),
    ):
        session.run("CREATE (:Person {id: 'x'})").consume()
    assert ask(own, "MATCH (n {id: 'x'}) RETURN count(n)") == [[0]]


@pytest.mark.parametrize("source", ["file:///etc/hostname", "http://127.0.0.1:9/x.csv"])
def test_a_query_cannot_read_files_or_call_out(own: ManagedNeo4j, source: str) -> None:
    with pytest.raises(ClientError, match="configuration property"):
        ask(own, "LOAD CSV FROM $source AS line RETURN line", source=source)


def test_import_replaces_everything_and_keeps_port_and_password(own: ManagedNeo4j, tmp_path: Path) -> None:
    before = (own.uri, own.password)
    ask(own, "CREATE (:Person {id: 'old'})")
    own.import_full(*write_graph(tmp_path))
    assert (own.uri, own.password) == before
    people = ask(own, "MATCH (p:Person) RETURN p.id, p.kind, p.names, p.born ORDER BY p.id")
    assert people == [
        ["P-1", "Person", ["王小明", "张,三"], 7],
        ["P-2", "Person", ['say "hi"\nthere'], None],
        ["P-3", "", None, None],
    ]
    kin = ask(own, "MATCH (a)-[r:KIN]->(b) RETURN a.id, r.id, r.degree, b.id ORDER BY r.id")
    assert kin == [["P-1", "r1", 1, "P-2"], ["P-2", "r2", None, "P-2"]]


def test_import_of_a_bad_row_fails_naming_it_and_leaves_a_usable_server(
    own: ManagedNeo4j, tmp_path: Path
) -> None:
    nodes, relations = write_graph(tmp_path)
    (tmp_path / "k-1.csv").write_text("P-1,P-9,r1,1\n")
    with pytest.raises(StoreError, match="missing node P-9"):
        own.import_full(nodes, relations)
    assert ask(own, "MATCH (n) RETURN count(n)") == [[0]]
    ask(own, "CREATE (:Person {id: 'P-1'})")


def test_home_in_use_is_refused(own: ManagedNeo4j) -> None:
    with pytest.raises(StoreError, match="managed by another running process"):
        ManagedNeo4j.start(own.home.path)
    assert ask(own, "RETURN 1") == [[1]]


def test_taken_port_is_refused(own: ManagedNeo4j, tmp_path: Path) -> None:
    port = int(own.uri.rpartition(":")[2])
    with pytest.raises(StoreError, match=f"Port {port} is taken"):
        ManagedNeo4j.start(tmp_path, port=port)


def test_stop_leaves_no_process_and_a_restart_finds_the_data(own: ManagedNeo4j) -> None:
    ask(own, "CREATE (:Person {id: 'stays'})")
    pid, before = own.pid, (own.uri, own.password)
    own.stop()
    assert own.pid == 0
    assert not Path(f"/proc/{pid}").exists()
    own.stop()  # a second time is nothing
    with ManagedNeo4j.start(own.home.path, heap="512m", page_cache="64m") as again:
        assert (again.uri, again.password) == before
        assert ask(again, "MATCH (n {id: 'stays'}) RETURN count(n)") == [[1]]


def test_interpreter_exit_stops_the_server(neo4j_ready: None, tmp_path: Path) -> None:
    done = run_python(
        _START + "print(M.start(Path(sys.argv[1]), heap='256m', page_cache='32m').pid)", tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert not Path(f"/proc/{int(done.stdout)}").exists()
    assert Home(tmp_path).running() is None


def test_server_of_a_crashed_process_is_stopped_on_the_next_start(neo4j_ready: None, tmp_path: Path) -> None:
    script = (
        _START
        + "print(M.start(Path(sys.argv[1]), heap='256m', page_cache='32m').pid, flush=True); os._exit(9)"
    )
    orphan = int(run_python(script, tmp_path).stdout)
    home = Home(tmp_path)
    assert home.serves(orphan)
    with ManagedNeo4j.start(tmp_path, heap="256m", page_cache="32m") as server:
        assert server.pid != orphan
        assert not home.serves(orphan)
        assert ask(server, "RETURN 1") == [[1]]


def test_a_foreign_process_under_a_stale_pid_is_left_alone(tmp_path: Path) -> None:
    home = Home(tmp_path)
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        home.remember(Running(stranger.pid, 7687, keep=False))
        assert home.running() is None
        home.end(stranger.pid)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_server_that_cannot_start_says_why(neo4j_ready: None, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"(?s)ended by itself.*heap"):
        ManagedNeo4j.start(tmp_path, heap="1k")
    assert Home(tmp_path).running() is None
    Home(tmp_path).claim().close()  # and the home is free again


def test_by_hand_started_server_stays_until_it_is_stopped(
    neo4j_ready: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def by_hand(act: str) -> int:
        return neo4j_server.main([act, "--home", str(tmp_path), "--heap", "256m", "--page-cache", "32m"])

    assert by_hand("status") == 3
    assert by_hand("start") == 0
    told = capsys.readouterr().out
    try:
        found = ManagedNeo4j.start(tmp_path)
        assert found.uri in told
        assert found.password not in told
        found.close()
        assert ask(found, "RETURN 1") == [[1]]
        assert by_hand("start") == by_hand("status") == 0
    finally:
        assert by_hand("stop") == 0
    assert by_hand("status") == 3


def run_python(script: str, *arguments: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)
