"""Every use case that takes a session passes the door, and every act of the door is in the vocabulary."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, get_type_hints

import pytest

from governance.policy import read_policy
from workbench import Session, build, govern, ingest, investigate, status
from workbench.door import ACTS

USE_CASES = (ingest, build, investigate, govern, status)


def public_functions(module: ModuleType) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, function in inspect.getmembers(module, inspect.isfunction):
        if function.__module__ == module.__name__ and not name.startswith("_"):
            yield name, function


@pytest.mark.parametrize("module", USE_CASES, ids=lambda m: m.__name__)
def test_every_public_function_that_takes_a_session_is_under_an_act(module: ModuleType) -> None:
    found = 0
    for name, function in public_functions(module):
        if Session in get_type_hints(function).values():
            assert ACTS.get(f"{module.__name__}.{name}"), (
                f"{module.__name__}.{name} takes a session and has no @act"
            )
            assert function.__act__ == ACTS[f"{module.__name__}.{name}"]  # type: ignore[attr-defined]
            found += 1
    assert found


def test_a_session_comes_first_and_nothing_else_reaches_a_workspace() -> None:
    """A public function may take a workspace only to find a mapping file, never to look at data."""
    takes = {
        f"{module.__name__}.{name}"
        for module in USE_CASES
        for name, function in public_functions(module)
        if not hasattr(function, "__act__") and "workspace" in inspect.signature(function).parameters
    }
    assert takes == {"workbench.ingest.mapping_named"}


def test_every_act_used_is_in_the_vocabulary() -> None:
    acts = read_policy("solo").acts
    assert set(ACTS.values()) <= set(acts)
    assert set(acts) - set(ACTS.values()) == {"settings.read"}  # reading a file is no use case yet


@pytest.mark.parametrize("policy", ["solo", "team"])
def test_every_act_may_be_done_by_some_role(policy: str) -> None:
    read = read_policy(policy)
    assert set(ACTS.values()) <= read.acts_of(read.roles)
