"""Commands that open the workbench: serve and demo."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Literal, cast

import typer

from workbench.cli.app import app
from workbench.cli.output import HERE, JsonOption, WorkspaceOption, console, progress, show
from workbench.settings import read_settings

APP = Path(__file__).resolve().parents[2] / "app.py"
PortOption = Annotated[int, typer.Option(help="Port on this machine; 0 lets Streamlit choose.")]


@app.command()
def serve(workspace: WorkspaceOption = HERE, port: PortOption = 0) -> None:
    """Open the workbench in a browser, on this machine only."""
    folder = workspace.expanduser().resolve()
    read_settings(folder)  # a clear message now rather than an empty page
    screen = sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    command = [sys.executable, "-m", "streamlit", "run", str(APP), "--server.address=127.0.0.1"]
    command += ["--server.fileWatcherType=none", f"--server.headless={str(not screen).lower()}"]
    command += [f"--server.port={port}"] if port else []
    os.chdir(APP.parent)  # where .streamlit/config.toml lies
    os.execve(sys.executable, command, os.environ | {"MINGCHA_WORKSPACE": str(folder)})


@app.command()
def demo(
    folder: Annotated[
        Path, typer.Option("--workspace", "-w", help="Where the demo workspace lies or is made.")
    ] = Path("demo-workspace"),
    store: Annotated[
        str, typer.Option(help="embedded, or neo4j (a server of its own, run by Mingcha).")
    ] = "embedded",
    port: PortOption = 0,
    make_only: Annotated[bool, typer.Option("--make-only", help="Make the workspace and stop.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make the demo workspace once, and open the workbench on its case."""
    from workbench import demo as demo_workspace  # the generator of the county is loaded by no other command

    if store not in ("embedded", "neo4j"):
        raise typer.BadParameter("store is embedded or neo4j")
    place = folder if store == "embedded" else folder.with_name(f"{folder.name}-neo4j")
    with progress() as tell:
        made = demo_workspace.make(
            place.expanduser().resolve(), cast("Literal['embedded', 'neo4j']", store), tell
        )
    if make_only or as_json:
        show(made, as_json)
        return
    console.print(f"demo workspace: {place}", markup=False)
    serve(place, port)
