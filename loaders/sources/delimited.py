"""Delimited text (CSV, TSV, any single sign) by pyarrow, a block at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

from graph.errors import SourceError
from loaders.mapping_spec import FileSpec
from loaders.sources import text
from loaders.sources.chunks import RAGGED, Chunk, Refused, Sheet, SourceFile, header_names, letters, no_parts

BLOCK = 1 << 24
_HEAD = 1 << 20
_BY_NAME = {".tsv": "\t", ".tab": "\t", ".psv": "|"}


def open_delimited(file: Path, spec: FileSpec) -> SourceFile:
    """Open a text file; its encoding is found out by reading all of it once."""
    facts = text.find_encoding(file, spec.encoding)
    reader = _Reader(file, spec, facts)
    records = spec.skip_rows + spec.header_rows
    sheet = Sheet("", reader.header(), reader.chunks, max(0, facts.lines - records))
    return SourceFile("delimited", facts.said, (sheet,))


class _Reader:
    def __init__(self, file: Path, spec: FileSpec, facts: text.TextFacts) -> None:
        suffixes = [s for s in file.suffixes if s != ".gz"]
        self.file, self.spec, self.facts = file, spec, facts
        self.delimiter = spec.delimiter or _BY_NAME.get("".join(suffixes[-1:]).lower(), ",")
        self.quoted = spec.quote != "none"

    def header(self) -> tuple[str, ...]:
        """Names of the columns; letters where the file has no header row."""
        _, titles = self._body()
        if not self.spec.header_rows:
            first = self._records(self._body()[0].read(_HEAD).decode(errors="ignore"), 1)[0]
            return tuple(f"({letters(i)})" for i in range(len(first[0]) if first else 0))
        names = header_names(titles[self.spec.skip_rows :], self.spec.join)
        if not names:
            raise SourceError(f"{self.file.name} has no header row where the mapping expects it")
        return names

    def _body(self) -> tuple[text.ByteStream, list[list[str]]]:
        """The stream of the rows after the header, and the records before them."""
        stream = text.ByteStream(text.utf8_blocks(self.file, self.facts))
        head = stream.read(_HEAD)
        records, used = self._records(
            head.decode(errors="ignore"), self.spec.skip_rows + self.spec.header_rows
        )
        stream.push(head[used:])
        return stream, records

    def _records(self, head: str, count: int) -> tuple[list[list[str]], int]:
        """The first ``count`` records and how many bytes they take."""
        used = 0

        def lines() -> Iterator[str]:
            nonlocal used
            for line in io.StringIO(head, newline=""):
                used += len(line.encode())
                yield line

        reader = self._csv(lines())
        return list(islice(reader, count)), used

    def _csv(self, lines: Iterable[str]) -> Iterator[list[str]]:
        if not self.quoted:
            return csv.reader(lines, delimiter=self.delimiter, quotechar=None, quoting=csv.QUOTE_NONE)
        return csv.reader(lines, delimiter=self.delimiter, quotechar=self.spec.quote)

    def chunks(self) -> Iterator[Chunk]:
        """Rows with their numbers; rows of another width than the header are refused."""
        header, refused = self.header(), list[Refused]()
        stream, _ = self._body()
        before = self.spec.skip_rows + self.spec.header_rows

        def refuse(row: pc.InvalidRow) -> str:
            cells = next(self._csv([row.text]), [])
            refused.append(Refused(before + row.number, 0, RAGGED, tuple(cells)))
            return "skip"

        first = stream.read(1)
        if not first:
            return
        stream.push(first)
        try:
            batches = pc.open_csv(stream, *self._options(header, refuse))
            numbers = _Numbers(before, refused)
            for batch in batches:
                rows = numbers.take(batch.num_rows)
                yield Chunk(
                    pa.array(rows), no_parts(len(rows)), pa.Table.from_batches([batch]), numbers.passed()
                )
        except pa.ArrowInvalid as fault:
            raise SourceError(f"{self.file.name}: {_reason(str(fault))}") from fault
        if late := numbers.late():
            empty = pa.table({name: pa.array([], pa.string()) for name in header})
            yield Chunk(pa.array([], pa.int64()), no_parts(0), empty, late)

    def _options(self, header: tuple[str, ...], refuse: object) -> tuple[object, object, object]:
        # One thread: only so are refused rows told with their numbers.
        read = pc.ReadOptions(column_names=list(header), use_threads=False, block_size=BLOCK)
        parse = pc.ParseOptions(
            delimiter=self.delimiter,
            quote_char=self.spec.quote if self.quoted else False,
            newlines_in_values=self.quoted,
            ignore_empty_lines=False,
            invalid_row_handler=refuse,
        )
        types = dict.fromkeys(header, pa.string())
        return read, parse, pc.ConvertOptions(column_types=types, strings_can_be_null=False, check_utf8=False)


class _Numbers:
    """Numbers of rows that were given, which leave out those that were refused."""

    def __init__(self, before: int, refused: list[Refused]) -> None:
        self._next = before + 1
        self._refused = refused
        self._told = 0

    def take(self, count: int) -> np.ndarray:
        """Numbers of the next ``count`` rows."""
        gaps = np.array([r.row for r in self._refused if r.row >= self._next], dtype=np.int64)
        numbers = np.arange(self._next, self._next + count + len(gaps), dtype=np.int64)
        numbers = numbers[~np.isin(numbers, gaps)][:count] if len(gaps) else numbers
        self._next = int(numbers[-1]) + 1 if count else self._next
        return numbers

    def passed(self) -> tuple[Refused, ...]:
        """Refused rows, not told yet, before the last row given."""
        waiting = self._refused[self._told :]
        found = tuple(r for r in waiting if r.row < self._next)
        self._told += len(found)
        return found

    def late(self) -> tuple[Refused, ...]:
        """Refused rows after the last row given."""
        return tuple(self._refused[self._told :])


def _reason(fault: str) -> str:
    if "straddling" in fault or "block" in fault:
        return "a row is longer than 16 MB; is a quote never closed? (file: quote: none reads quotes as text)"
    return f"not readable as delimited text ({fault}); check delimiter and quote"
