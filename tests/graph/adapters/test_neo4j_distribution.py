"""Finding Java and fetching the program files; Maven is a small script here, so no network is used."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from graph.adapters import neo4j_distribution as distribution
from graph.errors import StoreError

FETCH = "from graph.adapters.neo4j_distribution import jars; print(jars())"


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose only Java is a script that calls itself 17, with an empty cache."""
    program(tmp_path / "java" / "bin", "java", """echo 'openjdk version "17.0.9"' >&2""")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "java"))
    monkeypatch.setenv("MINGCHA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    return tmp_path


def test_version_is_the_poms() -> None:
    assert re.fullmatch(r"5\.26\.\d+", distribution.version())


def test_java_of_another_release_is_passed_over(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert distribution.java() == machine / "java" / "bin" / "java"
    program(machine / "old" / "bin", "java", """echo 'openjdk version "11.0.2"' >&2""")
    monkeypatch.setenv("JAVA_HOME", str(machine / "old"))
    monkeypatch.setenv("PATH", str(machine / "java" / "bin"))
    assert distribution.java() == machine / "java" / "bin" / "java"


def test_a_missing_program_is_named_with_its_package(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(machine / "bin"))
    with pytest.raises(StoreError, match="apt-get install maven"):
        distribution.jars()
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setattr(distribution, "JAVA_RELEASES", ())  # whatever this machine has is then too old or new
    with pytest.raises(StoreError, match="apt-get install openjdk-17-jre-headless"):
        distribution.java()


def test_a_failed_fetch_says_what_maven_said_and_leaves_nothing(machine: Path) -> None:
    program(machine / "bin", "mvn", "echo 'no such host'; exit 1")
    with pytest.raises(StoreError, match=r"(?s)exit code 1.*no such host"):
        distribution.jars()
    assert not [path for path in (machine / "cache").iterdir() if path.is_dir()]


def test_two_processes_fetch_once(machine: Path) -> None:
    program(
        machine / "bin",
        "mvn",
        f"""echo called >> {machine}/calls; sleep 1
        for word; do case $word in -DoutputDirectory=*) lib=${{word#*=}};; esac; done
        mkdir -p "$lib"; : > "$lib/neo4j-server-0.jar" """,
    )
    both = [
        subprocess.Popen([sys.executable, "-c", FETCH], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    told = {process.communicate(timeout=60)[0].strip() for process in both}
    assert told == {str(machine / "cache" / f"neo4j-{distribution.version()}" / "lib")}
    assert (machine / "calls").read_text().split() == ["called"]
