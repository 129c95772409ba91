"""The one error tree of Mingcha.

::

    MingchaError
    ├── SchemaError        the vocabulary, a policy or another shipped YAML file is wrong
    ├── MappingError       a mapping file is wrong, or does not fit the file it is used on
    ├── SourceError        a source file cannot be read
    ├── PrivacyRefused     data that may not enter: prohibited family, fictional in live, live in training
    ├── TacticError        a tactic file is wrong
    ├── StoreError         a graph store failed
    │   ├── QueryRefused   the store will not run this (write, no scope, forbidden construct)
    │   └── NotFound       no such entity, relation, case or batch
    ├── AccessDenied       this actor may not do this under this case and purpose
    ├── LedgerConflict     a decision contradicts one already in force
    └── IntegrityError     lake, ledger or audit chain does not hold together

A message says what is wrong, where (file, row, column) and what to do. ``problems`` carries every
fault found when several are reported together. Every layer may raise these; pages and the command
line catch ``MingchaError`` and nothing wider.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: what is wrong, where it stands, what to do. ``file``/``line``/``column`` may be empty.

    ``line`` counts lines of a text file from 1, or rows of a table from 1 (the header is row 1).
    """

    what: str
    file: str = ""
    line: int = 0
    column: str = ""
    todo: str = ""

    def __str__(self) -> str:
        place = self.file + (f":{self.line}" if self.line else "")
        if self.column:
            place += f" [{self.column}]"
        text = f"{place}: {self.what}" if place else self.what
        return f"{text}. {self.todo}" if self.todo else text


class MingchaError(Exception):
    """Base of all errors a user may see; ``problems`` lists each fault."""

    code = "error"

    def __init__(self, message: str = "", problems: Sequence[Problem] = ()) -> None:
        self.problems = tuple(problems)
        if not message:
            message = "\n".join(str(p) for p in self.problems)
        elif self.problems:
            message = message + "\n" + "\n".join(f"  {p}" for p in self.problems)
        super().__init__(message)


class SchemaError(MingchaError):
    """The vocabulary, a policy or another shipped YAML file is wrong."""

    code = "schema"


class MappingError(MingchaError):
    """A mapping file is wrong, or does not fit the file it is used on."""

    code = "mapping"


class SourceError(MingchaError):
    """A source file cannot be read."""

    code = "source"


class PrivacyRefused(MingchaError):
    """Data that may not enter this workspace."""

    code = "privacy"


class TacticError(MingchaError):
    """A tactic file is wrong."""

    code = "tactic"


class StoreError(MingchaError):
    """A graph store failed."""

    code = "store"


class QueryRefused(StoreError):
    """The store will not run this: a write, a read without scope, a forbidden construct."""

    code = "refused"


class NotFound(StoreError):
    """No such entity, relation, case or batch."""

    code = "not_found"


class AccessDenied(MingchaError):
    """This actor may not do this under this case and purpose."""

    code = "denied"


class LedgerConflict(MingchaError):
    """A decision contradicts one already in force."""

    code = "conflict"


class IntegrityError(MingchaError):
    """Lake, ledger or audit chain does not hold together."""

    code = "integrity"
