"""Text files as a stream of UTF-8 bytes: gzip undone, encoding found out and said, never guessed silently."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from graph.errors import SourceError

BLOCK = 1 << 22
GZIP = b"\x1f\x8b"
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SAMPLE = 1 << 16
_USUAL_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class TextFacts:
    """``encoding`` as Python names it, ``bom`` bytes of byte order mark in front, ``lines`` line ends."""

    encoding: str
    bom: int
    lines: int

    @property
    def said(self) -> str:
        """The encoding as told to the user."""
        return self.encoding + ("-bom" if self.bom else "")


def open_bytes(file: Path) -> BinaryIO:
    """The file's bytes, decompressed where it is gzip. ``SourceError`` where it cannot be opened."""
    try:
        with open(file, "rb") as probe:
            packed = probe.read(2) == GZIP
        return gzip.open(file, "rb") if packed else open(file, "rb")  # type: ignore[return-value]
    except OSError as fault:
        raise SourceError(
            f"{file.name} cannot be read: {fault.strerror}; check the path and its rights"
        ) from fault


def blocks(file: Path) -> Iterator[bytes]:
    """The decompressed bytes, a few megabytes at a time."""
    with open_bytes(file) as handle:
        try:
            while block := handle.read(BLOCK):
                yield block
        except (OSError, EOFError, zlib.error) as fault:
            raise SourceError(f"{file.name} is damaged ({fault}); ask for it again") from fault


def find_encoding(file: Path, stated: str = "") -> TextFacts:
    """Encoding of the whole file: as ``stated``, by its byte order mark, else UTF-8, UTF-16 or GB18030.

    Every byte is looked at. What fits none of them, or reads as GB18030 but is hardly Chinese, is a
    ``SourceError`` that asks for the encoding to be stated.
    """
    head = next(blocks(file), b"")[:_SAMPLE]
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return _whole_file(file, encoding, len(mark))
    if stated:
        return _whole_file(file, _known(stated), 0)
    if b"\0" in head:
        odd, even = head[1::2].count(0), head[0::2].count(0)
        return _whole_file(file, "utf-16-le" if odd >= even else "utf-16-be", 0)
    for encoding in ("utf-8", "gb18030"):
        try:
            facts = _whole_file(file, encoding, 0)
        except SourceError as fault:
            if not isinstance(fault.__cause__, UnicodeDecodeError):
                raise
            continue
        if encoding == "utf-8" or _looks_chinese(file):
            return facts
    todo = "state its encoding under file: encoding"
    raise SourceError(f"{file.name} is neither UTF-8 nor Chinese text; {todo}")


def _known(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
    except LookupError as fault:
        raise SourceError(
            f"no encoding is called {encoding!r}; use a name such as utf-8 or gb18030"
        ) from fault
    return "gb18030" if name in ("gbk", "gb2312") else name


def _whole_file(file: Path, encoding: str, bom: int) -> TextFacts:
    lines = sum(block.count(b"\n") for block in utf8_blocks(file, TextFacts(encoding, bom, 0)))
    return TextFacts(encoding, bom, lines)


def utf8_blocks(file: Path, facts: TextFacts) -> Iterator[bytes]:
    """The text as UTF-8 bytes without byte order mark, cut anywhere between characters."""
    decoder = codecs.getincrementaldecoder(facts.encoding)(errors="strict")
    lines, skip = 1, facts.bom
    try:
        for block in blocks(file):
            text = decoder.decode(block[skip:])
            skip = 0
            lines += text.count("\n")
            yield text.encode()
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as fault:
        raise SourceError(
            f"{file.name}:{lines}: not readable as {facts.encoding} from about this line on"
        ) from fault


def _looks_chinese(file: Path) -> bool:
    """Whether the non-ASCII text is mostly of the 3,755 usual characters and Chinese signs of GB 2312."""
    usual = total = 0
    for text in utf8_blocks(file, TextFacts("gb18030", 0, 0)):
        for char in text.decode():
            if char > "\x7f":
                code = char.encode("gb18030")
                total += 1
                usual += (
                    len(code) == 2
                    and (0xB0 <= code[0] <= 0xD7 or 0xA1 <= code[0] <= 0xA3)
                    and code[1] >= 0xA1
                )
        if total >= _SAMPLE:
            break
    return usual >= total * _USUAL_SHARE


class ByteStream(io.RawIOBase):
    """Blocks of bytes as a readable file."""

    def __init__(self, source: Iterator[bytes]) -> None:
        self._source = source
        self._rest = b""

    def readable(self) -> bool:
        return True

    def push(self, rest: bytes) -> None:
        """Put bytes back in front."""
        self._rest = rest + self._rest

    def read(self, size: int = -1) -> bytes:
        parts, have = [self._rest], len(self._rest)
        while size < 0 or have < size:
            block = next(self._source, None)
            if block is None:
                break
            parts.append(block)
            have += len(block)
        data = b"".join(parts)
        size = have if size < 0 else size
        self._rest = data[size:]
        return data[:size]
