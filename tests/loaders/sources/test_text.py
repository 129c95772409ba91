"""Encodings are found out over the whole file and said; packed files are unpacked."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from graph.errors import SourceError
from loaders.sources.text import TextFacts, find_encoding, utf8_blocks
from tests.loaders.making import write

TEXT = "姓名,单位\n张三,某某县住房和城乡建设局\n李四,㐂㐂有限公司\n"


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-bom"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16-le-bom"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_encoding_is_found_and_text_survives(tmp_path: Path, encoding: str, said: str) -> None:
    file = write(tmp_path, "a.csv", TEXT, encoding)
    facts = find_encoding(file)
    assert facts.said == said
    assert facts.lines == 3
    assert b"".join(utf8_blocks(file, facts)).decode() == TEXT


def test_gzip_is_unpacked(tmp_path: Path) -> None:
    file = write(tmp_path, "a.csv.gz", gzip.compress(TEXT.encode("gb18030")))
    facts = find_encoding(file)
    assert (facts.encoding, b"".join(utf8_blocks(file, facts)).decode()) == ("gb18030", TEXT)


def test_a_late_character_decides(tmp_path: Path) -> None:
    file = write(tmp_path, "a.csv", "x" * 5_000_000 + "\n城乡建设", "gb18030")
    assert find_encoding(file).encoding == "gb18030"


def test_characters_across_blocks_survive(tmp_path: Path) -> None:
    text = "建" * 3_000_001
    file = write(tmp_path, "a.csv", text, "gb18030")
    assert b"".join(utf8_blocks(file, TextFacts("gb18030", 0, 0))).decode() == text


def test_gbk_by_name_is_read_as_its_superset(tmp_path: Path) -> None:
    assert find_encoding(write(tmp_path, "a.csv", TEXT, "gb18030"), "GBK").encoding == "gb18030"


def test_western_text_is_not_taken_for_chinese(tmp_path: Path) -> None:
    file = write(tmp_path, "a.csv", "órgão,licitação\nAÇÃO,São João não é válido à mão\n" * 20, "latin-1")
    with pytest.raises(SourceError, match="state its encoding"):
        find_encoding(file)
    facts = find_encoding(file, "latin-1")
    assert "licitação" in b"".join(utf8_blocks(file, facts)).decode()


def test_a_wrong_statement_is_refused_with_its_line(tmp_path: Path) -> None:
    file = write(tmp_path, "a.csv", TEXT, "gb18030")
    with pytest.raises(SourceError, match=r"a\.csv:\d+: not readable as utf-8"):
        find_encoding(file, "utf-8")


def test_an_unknown_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no encoding is called"):
        find_encoding(write(tmp_path, "a.csv", TEXT), "utf-99")


def test_damaged_gzip_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress((TEXT * 1000).encode())
    file = write(tmp_path, "a.csv.gz", packed[: len(packed) // 2])
    with pytest.raises(SourceError, match="damaged"):
        find_encoding(file)
