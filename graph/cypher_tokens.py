"""Cypher text in tokens, and cut into clauses. Strict: what both engines would not cut alike is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from graph.errors import QueryRefused


class Sort(StrEnum):
    """What a token is."""

    WORD = "word"
    NAME = "name"
    PARAMETER = "parameter"
    STRING = "string"
    NUMBER = "number"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its text (of a backticked name or a parameter without its marks), and where it begins."""

    sort: Sort
    text: str
    place: int

    def is_word(self, *words: str) -> bool:
        """Whether this is one of these keywords, in any case."""
        return self.sort is Sort.WORD and self.text.upper() in words


_TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/)
      | (?P<string>'(?:[^'\\]|\\['"\\nrt])*'|"(?:[^"\\]|\\['"\\nrt])*")
      | `(?P<name>[^`\\]+)`
      | \$(?P<parameter>[A-Za-z_]\w*)
      | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?!\w|\.(?!\.))
      | (?P<word>[^\W\d]\w*)
      | (?P<sign><>|<=|>=|=~|<-|->|\.\.|[-+*/%^=<>()\[\]{},.:|;])""",
    re.VERBOSE | re.DOTALL,
)


def tokens(text: str) -> list[Token]:
    """All tokens of ``text``; ``QueryRefused`` where a character is none of portable Cypher."""
    found: list[Token] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            line = text.count("\n", 0, place) + 1
            raise QueryRefused(
                f"line {line} of the query: {text[place : place + 12]!r} is not portable Cypher; rewrite it"
            )
        sort = match.lastgroup or ""
        if sort != "skip":
            found.append(Token(Sort(sort), match.group(sort), place))
        place = match.end()
    return found


_STARTS = ("MATCH", "OPTIONAL", "UNWIND", "WITH", "RETURN")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause: its keyword ("" for what stands before the first) and the tokens after it.

    Tokens of a subquery in braces are left out: they are clauses of their own.
    """

    keyword: str
    body: tuple[Token, ...]


def clauses(all_tokens: Sequence[Token]) -> Iterator[Clause]:
    """Clauses of a text, those of subqueries after the one they stand in."""
    keyword, body, inner = "", list[Token](), list[list[Token]]()
    place = 0
    while place < len(all_tokens):
        token = all_tokens[place]
        if (
            token.is_word("EXISTS", "COUNT")
            and all_tokens[place + 1 : place + 2]
            and all_tokens[place + 1].text == "{"
        ):
            end = closing(all_tokens, place + 1)
            inner.append(list(all_tokens[place + 2 : end]))
            body.append(token)
            place = end + 1
            continue
        ends_a_word_pair = (
            token.is_word("WITH") and place > 0 and all_tokens[place - 1].is_word("STARTS", "ENDS")
        )
        if token.is_word(*_STARTS) and not ends_a_word_pair:
            if keyword or body:
                yield Clause(keyword, tuple(body))
            keyword, body = token.text.upper(), []
        else:
            body.append(token)
        place += 1
    if keyword or body:
        yield Clause(keyword, tuple(body))
    for tokens_inside in inner:
        yield from clauses(tokens_inside)


def closing(all_tokens: Sequence[Token], place: int) -> int:
    """Where the bracket opened at ``place`` closes; ``QueryRefused`` where it never does."""
    pairs = {"(": ")", "[": "]", "{": "}"}
    stack: list[str] = []
    for at in range(place, len(all_tokens)):
        text = all_tokens[at].text if all_tokens[at].sort is Sort.SIGN else ""
        if text in pairs:
            stack.append(pairs[text])
        elif stack and text == stack[-1]:
            stack.pop()
            if not stack:
                return at
    raise QueryRefused("a bracket of the query is not closed; close it")
