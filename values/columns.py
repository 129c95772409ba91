"""Columns of cells: well-formed ones by array arithmetic, the odd rest once per distinct value.

A *fast path* looks at a whole column and settles the rows it is sure of; every other row goes through
the type's scalar parser, once per distinct value. Both ways must agree: the property tests compare them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from values.parsed import Column, Parsed, Reason, Status

Bools: TypeAlias = npt.NDArray[np.bool_]
Bytes: TypeAlias = npt.NDArray[np.uint8]
Codes: TypeAlias = npt.NDArray[np.int8]
T = TypeVar("T")

STATUSES = tuple(Status)
CODE = {status: code for code, status in enumerate(STATUSES)}
_UNSETTLED = -1


class Draft:
    """One column while its fast paths work on it.

    ``strings`` the cells; ``text`` the normal forms so far (equal to ``strings`` where nothing changed);
    ``codes`` a status code per row, -1 where no fast path has settled it.
    """

    __slots__ = ("codes", "strings", "text")

    def __init__(self, strings: pa.Array) -> None:
        self.strings = strings
        self.text = strings
        self.codes: Codes = np.full(len(strings), _UNSETTLED, dtype=np.int8)

    def settle(self, rows: Bools, status: Status | Codes, text: pa.Array | None = None) -> None:
        """Settle ``rows``: one status for all or a code for each, and new texts where the form changes."""
        if not rows.any():
            return
        self.codes[rows] = CODE[status] if isinstance(status, Status) else status
        if text is not None:
            self.text = scatter(self.text, rows, text)


FastPath: TypeAlias = Callable[[Draft], None]


def parse_column(
    column: pa.Array | pa.ChunkedArray, parse: Callable[[str], Parsed], paths: Sequence[FastPath] = ()
) -> Column:
    """Parse a whole column. Cells that are null or only white space come out null in all three arrays."""
    draft = Draft(as_strings(column))
    for path in paths:
        path(draft)
    rest = (draft.codes == _UNSETTLED) & present(draft.strings)
    if paths and rest.any():
        _retry_tidied(draft, rest, paths)
        rest &= draft.codes == _UNSETTLED
    if not rest.any():
        reasons = pa.nulls(len(draft.strings), pa.string())
        return Column(draft.text, _status_array(draft.codes), reasons)
    parsed, index = per_distinct(draft.strings.filter(pa.array(rest)), parse)
    draft.codes[rest] = np.array([_code(p) for p in parsed], dtype=np.int8)[index]
    texts = pa.array([p.text or None for p in parsed], pa.string()).take(pa.array(index))
    reasons = spread_reasons([p.reason for p in parsed], index, rest)
    return Column(scatter(draft.text, rest, texts), _status_array(draft.codes), reasons)


def _retry_tidied(draft: Draft, rest: Bools, paths: Sequence[FastPath]) -> None:
    """Show the fast paths the remaining cells again, trimmed and in half-width form.

    Every scalar parser begins with the same two steps, so what is settled here it would settle alike.
    """
    trimmed = pc.utf8_trim_whitespace(draft.strings.filter(pa.array(rest)))
    tidied = Draft(pc.utf8_normalize(trimmed, "NFKC"))
    for path in paths:
        path(tidied)
    found = tidied.codes != _UNSETTLED
    draft.settle(narrowed(rest, found), tidied.codes[found], tidied.text.filter(pa.array(found)))


def as_strings(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Any column as one array of strings: whole floats lose their ``.0``, as a spreadsheet shows them."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):  # more text than one array can hold
        array = pa.chunked_array(array.chunks).cast(pa.large_string()).combine_chunks()
    if pa.types.is_string(array.type):
        return array
    if pa.types.is_floating(array.type):
        return _floats_as_strings(array)
    return array.cast(pa.string())


def _floats_as_strings(array: pa.Array) -> pa.Array:
    texts = [None if v is None else str(int(v)) if v.is_integer() else repr(v) for v in array.to_pylist()]
    return pa.array(texts, pa.string())


def per_distinct(array: pa.Array, call: Callable[[str], T]) -> tuple[list[T], npt.NDArray[np.int32]]:
    """``call`` once per distinct value of an array without nulls; results, and which row takes which."""
    encoded = array.dictionary_encode()
    results = [call(value) for value in encoded.dictionary.to_pylist()]
    return results, encoded.indices.to_numpy(zero_copy_only=False)


def present(array: pa.Array) -> Bools:
    """True where there is a cell."""
    if array.null_count == 0:
        return np.ones(len(array), dtype=np.bool_)
    return as_bools(array.is_valid())


def as_bools(array: pa.Array) -> Bools:
    """A boolean array as NumPy, null counted as False."""
    if array.null_count:
        array = array.fill_null(False)
    result: Bools = array.to_numpy(zero_copy_only=False)
    return result


def matching(strings: pa.Array, pattern: str) -> Bools:
    """Rows that match an RE2 pattern from beginning to end."""
    return as_bools(pc.match_substring_regex(strings, rf"\A(?:{pattern})\z"))


def settle_matching(pattern: str, status: Status) -> FastPath:
    """A fast path: cells of this RE2 pattern are in normal form already and have this status."""

    def path(draft: Draft) -> None:
        draft.settle(matching(draft.strings, pattern), status)

    return path


def fixed_width(strings: pa.Array, width: int) -> tuple[Bools, Bytes]:
    """Rows of exactly ``width`` bytes, and those rows as a matrix of bytes (rows × width)."""
    lengths = pc.binary_length(strings)
    rows = as_bools(pc.equal(lengths, width))
    chosen = strings if rows.all() else strings.filter(pa.array(rows))
    if len(chosen) == 0:
        return rows, np.empty((0, width), dtype=np.uint8)
    buffers = chosen.buffers()
    start = int(np.frombuffer(buffers[1], dtype=np.int32, count=1, offset=4 * chosen.offset)[0])
    data: Bytes = np.frombuffer(buffers[2], dtype=np.uint8, count=len(chosen) * width, offset=start)
    return rows, data.reshape(len(chosen), width)


def from_matrix(matrix: Bytes) -> pa.Array:
    """A string array from a matrix of ASCII bytes, one row a value."""
    count, width = matrix.shape
    offsets = np.arange(count + 1, dtype=np.int32) * np.int32(width)
    data = pa.py_buffer(np.ascontiguousarray(matrix))
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), data)


def narrowed(rows: Bools, ok: Bools) -> Bools:
    """Of ``rows``, those for which ``ok`` (one flag per chosen row) holds."""
    result = rows.copy()
    result[rows] = ok
    return result


def scatter(base: pa.Array, rows: Bools, replacement: pa.Array) -> pa.Array:
    """``base`` with ``rows`` replaced, in order, by the values of ``replacement``."""
    if rows.all():
        return replacement
    return pc.replace_with_mask(base, pa.array(rows), replacement)


def spread_reasons(reasons: Sequence[str], index: npt.NDArray[np.int32], rows: Bools) -> pa.Array:
    """Reason codes of distinct values spread over ``rows`` of a column; null elsewhere and where empty."""
    codes = [None if reason in ("", Reason.EMPTY) else str(reason) for reason in reasons]
    places = np.zeros(len(rows), dtype=np.int64)
    places[rows] = index
    return pa.array(codes, pa.string()).take(pa.array(places, mask=~rows))


def _code(parsed: Parsed) -> int:
    return _UNSETTLED if parsed.reason == Reason.EMPTY else CODE[parsed.status]


def _status_array(codes: Codes) -> pa.Array:
    index = pa.array(codes, mask=codes == _UNSETTLED)
    return pa.DictionaryArray.from_arrays(index, pa.array([str(s) for s in STATUSES], pa.string()))
