"""A workspace: one folder with its lake, ledger, audit, keys and store; and sessions on it."""

from __future__ import annotations

import getpass
import os
import secrets
import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from governance.audit import AuditLog
from governance.policy import Policy, read_policy
from graph.errors import IntegrityError, SchemaError
from graph.schema import Schema, load_schema
from graph.store import GraphStore
from lake import resource
from lake.database import Clock, utc_now
from lake.lake import Lake
from lake.ledger import Ledger
from lake.registers import load_registers
from workbench.bootstrap import CaseQuery, open_case_query, open_store
from workbench.settings import SETTINGS_FILE, Settings, read_settings, settings_text

TOKEN_BYTES = 32
T = TypeVar("T")


class Workspace:
    """An open workspace. Stores are opened when first needed; close it, or use it as a context manager."""

    def __init__(self, folder: Path, settings: Settings, clock: Clock = utc_now) -> None:
        self.folder = folder
        self.settings = settings
        self.schema: Schema = load_schema()
        self.policy: Policy = read_policy(_policy_name(folder, settings))
        url = os.path.expandvars(settings.ledger.url)
        self.ledger = Ledger.open(url or folder / "ledger.sqlite", clock=clock)
        self.audit = AuditLog.open(
            url or folder / "audit.sqlite", heads=_heads_file(folder, settings), clock=clock
        )
        self.lake = Lake(folder / "lake", self.schema, load_registers(), self.ledger)
        self.token_key = _token_key(folder)
        self._store: GraphStore | None = None
        self._case_query: CaseQuery | None = None
        self._lock = threading.RLock()
        self._reached: dict[tuple[object, ...], object] = {}

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def store(self) -> GraphStore:
        """The graph store, opened on first use."""
        with self._lock:
            if self._store is None:
                self._store = open_store(self.settings.graph, self.folder, self.schema)
            return self._store

    @property
    def case_query(self) -> CaseQuery:
        """Queries over the graph of one case, made on first use."""
        with self._lock:
            if self._case_query is None:
                self._case_query = open_case_query(self.schema)
            return self._case_query

    def kept(self, key: tuple[object, ...], make: Callable[[], T]) -> T:
        """The value kept under ``key`` for the snapshot in force; made once, dropped when the snapshot changes."""
        snapshot = resource.require_current(self.lake).id
        with self._lock:
            if self._reached.get(("snapshot",)) != snapshot:
                self._reached = {("snapshot",): snapshot}
            if key not in self._reached:
                self._reached[key] = make()
            return self._reached[key]  # type: ignore[return-value]

    def session(
        self,
        case: str = "",
        reason: str = "",
        *,
        actor: str = "",
        client: str = "python",
        confirmed: bool = False,
    ) -> Session:
        """Work as ``actor`` (the operating system's user by default) under a case and with a reason.

        ``confirmed``: the asker has read and confirmed the two-person rule that the act names (policy solo).
        """
        return Session(self, actor or local_user(), client, case, reason, confirmed)

    def roles_of(self, actor: str) -> tuple[str, ...]:
        """Roles from the settings; the policy's default roles for everyone they do not list."""
        listed: Mapping[str, list[str]] = self.settings.access.roles
        return tuple(listed[actor]) if actor in listed else self.policy.default_roles

    def close(self) -> None:
        """Let go of store, ledger and audit. Closing twice is allowed."""
        with self._lock:
            if self._store is not None:
                self._store.close()
                self._store = None
            self._case_query = None
        self.ledger.close()
        self.audit.close()


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody at work: who, from where, under which case, and why. Every use case takes one first."""

    workspace: Workspace
    actor: str
    client: str
    case: str = ""
    reason: str = ""
    confirmed: bool = False

    def because(self, reason: str, confirmed: bool = False) -> Session:
        """The same session with another reason, and with the two-person rule confirmed where it is."""
        return replace(self, reason=reason, confirmed=confirmed)


def local_user() -> str:
    """The user of the operating system."""
    return getpass.getuser()


def init_workspace(folder: Path, settings: Settings) -> Path:
    """Make a workspace in ``folder``; ``SchemaError`` where one is there already or the folder holds other things."""
    if (folder / SETTINGS_FILE).exists():
        raise SchemaError(f"{folder} is a workspace already; open it, or choose another folder")
    if folder.exists() and any(folder.iterdir()):
        raise SchemaError(f"{folder} is not empty; choose an empty or new folder")
    read_policy(settings.workspace.policy)
    folder.mkdir(parents=True, exist_ok=True)
    settings = _with_own_policy(folder, settings)
    key = folder / "keys" / "token.key"
    key.parent.mkdir(mode=0o700)
    handle = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(secrets.token_bytes(TOKEN_BYTES))
    half = folder / f"{SETTINGS_FILE}.part"
    half.write_text(settings_text(settings), encoding="utf-8")
    os.replace(half, folder / SETTINGS_FILE)  # last: a folder without it is no workspace
    return folder


def open_workspace(folder: str | Path, *, clock: Clock = utc_now) -> Workspace:
    """Open the workspace in ``folder``; errors say which setting is wrong and what to do.

    ``clock`` tells ledger and audit the time (UTC); limits, reveals and the end of cases follow it.
    """
    path = Path(folder).expanduser().resolve()
    return Workspace(path, read_settings(path), clock)


def _with_own_policy(folder: Path, settings: Settings) -> Settings:
    """A policy given as a file is copied into the workspace, so that the workspace can be moved and opened from anywhere."""
    own = Path(settings.workspace.policy)
    if own.suffix != ".yaml":
        return settings
    shutil.copyfile(own, folder / own.name)
    return settings.model_copy(
        update={"workspace": settings.workspace.model_copy(update={"policy": own.name})}
    )


def _policy_name(folder: Path, settings: Settings) -> str | Path:
    own = folder / settings.workspace.policy
    return own if settings.workspace.policy.endswith(".yaml") and own.exists() else settings.workspace.policy


def _heads_file(folder: Path, settings: Settings) -> Path:
    return Path(os.path.expandvars(settings.audit.heads)) if settings.audit.heads else folder / "audit.heads"


def _token_key(folder: Path) -> bytes:
    file = folder / "keys" / "token.key"
    try:
        key = file.read_bytes()
    except OSError as fault:
        raise IntegrityError(
            f"{file} cannot be read ({fault.strerror}); put the token key back from its own backup: without it "
            "identifiers of this workspace cannot be compared"
        ) from fault
    if len(key) != TOKEN_BYTES:
        raise IntegrityError(f"{file} is not a token key of {TOKEN_BYTES} bytes; put the right one back")
    return key
