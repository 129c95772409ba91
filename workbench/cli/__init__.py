"""The command ``mingcha``: the same use cases as the pages.

Exit codes: 0 done · 1 failed · 2 wrong usage · 3 not allowed · 4 private data refused · 5 nothing such ·
6 the graph store failed · 7 lake, ledger or audit do not hold together.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

from graph.errors import (
    AccessDenied,
    IntegrityError,
    MingchaError,
    NotFound,
    PrivacyRefused,
    QueryRefused,
    StoreError,
)
from workbench.cli import cases, data, look, run, second
from workbench.cli.app import app
from workbench.cli.output import errors

EXIT_CODES: Mapping[type[MingchaError], int] = {
    AccessDenied: 3,
    PrivacyRefused: 4,
    NotFound: 5,
    QueryRefused: 3,
    StoreError: 6,
    IntegrityError: 7,
}
"""First match wins; every other error of the tree is 1."""

__all__ = ["app", "cases", "data", "look", "main", "run", "second"]


def main() -> None:
    """Run the command line; errors of the tree and of files become a message and an exit code, never a stack trace."""
    try:
        app()
    except MingchaError as fault:
        _tell(fault.code, str(fault))
        sys.exit(next((code for kind, code in EXIT_CODES.items() if isinstance(fault, kind)), 1))
    except OSError as fault:  # a folder that is not there or may not be written, a full disk
        _tell(
            "file",
            f"{fault.filename or ''}: {fault.strerror or fault}; check the path and its rights".lstrip(": "),
        )
        sys.exit(1)


def _tell(code: str, message: str) -> None:
    if "--json" in sys.argv:
        print(json.dumps({"error": code, "message": message}, ensure_ascii=False), file=sys.stderr)
    else:
        errors.print(message, style="red", markup=False, highlight=False)
