"""Measuring: seconds of a call, calls in turn with a peer, memory and load of the machine."""

from __future__ import annotations

import multiprocessing
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from bench.finding import Samples

P = ParamSpec("P")
T = TypeVar("T")
U = TypeVar("U")
ENGINES = ("duckdb", "ladybug", "neo4j", "numpy", "pyarrow", "igraph", "streamlit")


def seconds(call: Callable[[], object]) -> float:
    """Wall time of a call."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


@dataclass(frozen=True, slots=True)
class Took:
    """Wall time and processor time of this process, in seconds. The second says more on a machine that is busy."""

    wall: float
    processor: float


def took(call: Callable[[], object]) -> Took:
    """Both times of a call."""
    wall, processor = time.perf_counter(), time.process_time()
    call()
    return Took(time.perf_counter() - wall, time.process_time() - processor)


def in_turn(rounds: int, ours: Callable[[], T], peer: Callable[[], U]) -> tuple[tuple[T, ...], tuple[U, ...]]:
    """Ours, peer, ours, peer, … so that what else the machine does falls on both alike."""
    pairs = [(ours(), peer()) for _ in range(rounds)]
    return tuple(a for a, _ in pairs), tuple(b for _, b in pairs)


def milliseconds(call: Callable[[T], object], over: list[T]) -> Samples:
    """Wall time of a call for each of ``over``."""
    return tuple(seconds(lambda one=one: call(one)) * 1000 for one in over)  # type: ignore[misc]


def in_child(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function of a module in a fresh process, so that neither memory nor warmth is inherited."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, initializer=_not_a_prompt) as pool:
        return pool.submit(function, *args, **kwargs).result()


def _not_a_prompt() -> None:
    """DuckDB takes a process whose main module has no file for a prompt, and draws progress bars there."""
    sys.modules["__main__"].__file__ = __file__


def walls(runs: Iterable[Took]) -> Samples:
    """Wall times of several runs."""
    return tuple(run.wall for run in runs)


def processors(ours: Iterable[Took], peer: Iterable[Took]) -> str:
    """Processor times of ours and the peer in words, medians."""
    a, b = (statistics.median(run.processor for run in runs) for runs in (ours, peer))
    return f"processor time {a:.1f} s, peer {b:.1f} s: {a / b:.2f} times"


def peak_mb() -> float:
    """Largest resident memory of this process so far, in MB (Linux; not what the parent had before ``exec``)."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise OSError("/proc/self/status tells no VmHWM: peak memory is measured on Linux only")


def load() -> list[float]:
    """Processes that wanted to run, averaged over 1, 5 and 15 minutes."""
    return [round(value, 1) for value in os.getloadavg()]


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: version(name) for name in ENGINES},
    }
