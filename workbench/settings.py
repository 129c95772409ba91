"""Settings of a workspace: ``mingcha.toml``, read strictly. Passwords never stand in it; they come from the environment."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from graph.errors import Problem, SchemaError

SETTINGS_FILE = "mingcha.toml"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WorkspaceSettings(_Section):
    """``mode``: live data, or training data (fictional numbers only). ``policy``: a file of ``policy/`` or a path."""

    mode: Literal["live", "training"] = "live"
    policy: str = "solo"
    title: str = ""


class GraphSettings(_Section):
    """Which graph store. ``managed``: Mingcha runs its own Neo4j server in the workspace; else ``uri`` names one."""

    store: Literal["embedded", "neo4j"] = "embedded"
    managed: bool = False
    uri: str = "bolt://127.0.0.1:7687"
    user: str = "neo4j"
    database: str = "neo4j"
    password_env: str = "MINGCHA_NEO4J_PASSWORD"
    heap: str = "1g"
    page_cache: str = "512m"


class LedgerSettings(_Section):
    """``url``: SQLAlchemy URL of a PostgreSQL ledger; empty = SQLite in the workspace. ``${NAME}`` is read from the environment."""

    url: str = ""


class AccessSettings(_Section):
    """Who is asking: behind a proxy, the header that names the user, believed only from ``trusted_proxy``."""

    user_header: str = ""
    trusted_proxy: str = ""
    roles: dict[str, list[str]] = Field(default_factory=dict)
    """User → roles of the policy. Empty = the policy's own default role for everyone."""


class AuditSettings(_Section):
    """``heads``: file that keeps the chain's heads, best on another medium; empty = beside the log."""

    heads: str = ""


class Settings(_Section):
    """The whole file."""

    workspace: WorkspaceSettings = WorkspaceSettings()
    graph: GraphSettings = GraphSettings()
    ledger: LedgerSettings = LedgerSettings()
    access: AccessSettings = AccessSettings()
    audit: AuditSettings = AuditSettings()


def read_settings(folder: Path) -> Settings:
    """Read ``mingcha.toml`` of a workspace; ``SchemaError`` names every wrong key."""
    file = folder / SETTINGS_FILE
    if not file.exists():
        raise SchemaError(
            f"{folder} is no workspace: it has no {SETTINGS_FILE}; make one with: mingcha init {folder}"
        )
    try:
        return Settings.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as fault:
        raise SchemaError(f"{SETTINGS_FILE}: {fault}") from fault
    except ValidationError as fault:
        problems = [
            Problem(f"{'.'.join(str(p) for p in item['loc'])}: {item['msg']}", file=SETTINGS_FILE)
            for item in fault.errors()
        ]
        raise SchemaError(problems=problems) from fault


def settings_text(settings: Settings) -> str:
    """``settings`` as TOML, defaults included, so that a user sees every switch."""
    lines: list[str] = []
    for section, values in settings.model_dump().items():
        lines.append(f"[{section}]")
        for key, value in values.items():
            if isinstance(value, dict):
                inner = ", ".join(f"{_toml(k)} = {_toml(v)}" for k, v in value.items())
                lines.append(f"{key} = {{ {inner} }}" if inner else f"{key} = {{}}")
            else:
                lines.append(f"{key} = {_toml(value)}")
        lines.append("")
    return "\n".join(lines)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    return json.dumps(str(value), ensure_ascii=False)  # TOML writes texts as JSON does
