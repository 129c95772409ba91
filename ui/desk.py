"""Between pages and the door: the open workspace, who is asking, and errors as messages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from graph.errors import AccessDenied, MingchaError
from ui.text import t
from workbench import open_workspace
from workbench.workspace import Session, Workspace, local_user


@st.cache_resource(show_spinner=False)
def _opened(folder: str) -> Workspace:
    return open_workspace(folder)


def workspace() -> Workspace:
    """The workspace this server shows, opened once for all sessions."""
    return _opened(os.environ.get("MINGCHA_WORKSPACE", "."))


def actor() -> str:
    """Who is asking: the user the trusted proxy names, else the user of the operating system.

    ``AccessDenied`` where a proxy is configured and the request did not come through it.
    """
    access = workspace().settings.access
    if not access.user_header:
        return local_user()
    name = st.context.headers.get(access.user_header, "")
    if access.trusted_proxy and (st.context.ip_address or "127.0.0.1") != access.trusted_proxy:
        raise AccessDenied(
            "this workbench is reached through its proxy only; use the address your office gave you"
        )
    if not name:
        raise AccessDenied(
            f"the proxy did not say who you are (header {access.user_header}); ask its administrator"
        )
    return name


def session(case: str = "", reason: str = "", confirmed: bool = False) -> Session:
    """A session of the asker on the workspace."""
    return workspace().session(case, reason, actor=actor(), client="workbench", confirmed=confirmed)


@contextmanager
def told() -> Iterator[None]:
    """Show an error of the tree as a message in place; nothing else is caught."""
    try:
        yield
    except MingchaError as fault:
        st.error(f"**{t('error.title')}**\n\n{fault}")
