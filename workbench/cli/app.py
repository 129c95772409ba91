"""The typer applications that the command files hang their commands on."""

from __future__ import annotations

import typer

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Mingcha 明察"
)
batch = typer.Typer(no_args_is_help=True, help="Batches: what was imported, and taking it back.")
case = typer.Typer(no_args_is_help=True, help="Cases: open, list, show, widen.")
audit = typer.Typer(no_args_is_help=True, help="The audit: who looked at what, and whether the chain holds.")
second = typer.Typer(
    no_args_is_help=True, help="Acts that need two people: what waits, and agreeing (policy team)."
)
app.add_typer(batch, name="batch")
app.add_typer(case, name="case")
app.add_typer(audit, name="audit")
app.add_typer(second, name="second")
