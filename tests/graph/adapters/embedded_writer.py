"""A process that publishes to and fro until it is killed: ``python -m … FOLDER TABLES``.

TABLES has the graph one.pickle and two.pickle. Each step of a publish is one line on standard output.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

from graph.adapters.embedded import EmbeddedStore
from tests.contracts.graphs import SCHEMA


def main(folder: Path, tables: Path) -> None:
    (one, forth), (two, back) = (pickle.loads((tables / f"{n}.pickle").read_bytes()) for n in ("one", "two"))
    store = EmbeddedStore.open(folder, SCHEMA, buffer_pool_bytes=1 << 28)

    def say(done: int, total: int, stage: str) -> None:
        print(done, total, stage, flush=True)

    while True:
        if store.snapshot().id == "one":
            store.publish(two, forth, say)
        else:
            store.publish(one, back, say)
        store.rebuild(one if store.snapshot().id == "one" else two, say)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
