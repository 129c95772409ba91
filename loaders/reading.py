"""The rows of one sheet up to where the mapping says they end, read ahead in the background."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import pyarrow as pa

from loaders.cells import Cells, NullWords, holds
from loaders.mapping_spec import ConditionSpec
from loaders.sources.chunks import Chunk, Refused, Sheet

AHEAD = 2


class Rows:
    """Chunks of a sheet. ``stopped_at`` is the row of a trailing total, known once the chunks are through."""

    def __init__(self, sheet: Sheet, stop_when: ConditionSpec | None, nulls: NullWords) -> None:
        self.sheet = sheet
        self.stopped_at: int | None = None
        self._stop_when = stop_when
        self._nulls = nulls

    def __iter__(self) -> Iterator[Chunk]:
        for chunk in self.sheet.chunks():
            last = self._last(chunk) if self._stop_when else None
            if last is None:
                yield chunk
                continue
            self.stopped_at = last
            keep = pa.array(chunk.rows.to_numpy() < last)
            refused = tuple(r for r in chunk.refused if r.row < last)
            yield Chunk(chunk.rows.filter(keep), chunk.parts.filter(keep), chunk.cells.filter(keep), refused)
            return

    def _last(self, chunk: Chunk) -> int | None:
        """Row of the first total in this chunk; it may be ragged."""
        assert self._stop_when is not None
        name = self._stop_when.column
        columns = {name: chunk.cells[name].combine_chunks()}
        hits = holds([self._stop_when], Cells(_arrays(columns), chunk.cells.num_rows, self._nulls))
        rows = [int(chunk.rows[int(hits.argmax())].as_py())] if hits.any() else []
        rows += [r.row for r in chunk.refused if self._stops(r)]
        return min(rows, default=None)

    def _stops(self, refused: Refused) -> bool:
        assert self._stop_when is not None
        place = self.sheet.header.index(self._stop_when.column)
        if place >= len(refused.cells):
            return False
        cells = Cells({self._stop_when.column: pa.array([refused.cells[place]])}, 1, self._nulls)
        return bool(holds([self._stop_when], cells)[0])


def _arrays(columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
    return {
        n: pa.concat_arrays(c.chunks) if isinstance(c, pa.ChunkedArray) else c for n, c in columns.items()
    }


def ahead(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """The same chunks, read in a thread of their own up to ``AHEAD`` before they are asked for."""
    waiting: queue.Queue[Chunk | BaseException | None] = queue.Queue(AHEAD)
    stop = threading.Event()

    def put(thing: Chunk | BaseException | None) -> None:
        while not stop.is_set():
            try:
                waiting.put(thing, timeout=0.1)
                return
            except queue.Full:
                continue

    def read() -> None:
        try:
            for chunk in chunks:
                put(chunk)
                if stop.is_set():
                    return
            put(None)
        except BaseException as fault:  # handed on to whoever asks for the next chunk
            put(fault)

    thread = threading.Thread(target=read, name="read-ahead", daemon=True)
    thread.start()
    try:
        while (thing := waiting.get()) is not None:
            if isinstance(thing, BaseException):
                raise thing
            yield thing
    finally:
        stop.set()
        thread.join()
