"""Portable Cypher gives the same rows on both engines; the rest is refused, with what to write instead.

An allow-list: clauses, functions and kinds that are not named here are refused, so that a construct nobody
compared
is not portable until somebody does. It is no guard: reads also run in a read-only transaction. But it does
keep away
what such a transaction allows, above all reading files by ``LOAD FROM``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

from graph.cypher_tokens import Clause, Sort, Token, clauses, closing, tokens
from graph.errors import Problem, QueryRefused
from graph.schema import RESERVED, Schema


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FUNCTIONS = _words(
    "count collect sum avg min max percentilecont coalesce abs floor ceil sqrt size toupper tolower "
    "left length date any all none"
)
"""Functions that give the same on both engines; names in lower case."""

_INSTEAD = {
    "substring": "use left() or STARTS WITH, or cut in Python: the engines count from 1 and from 0",
    "labels": "use the property kind",
    "label": "use the property kind",
    "type": "use the property kind",
    "id": "use the property id",
    "elementid": "use the property id",
    "round": "use floor(x + 0.5)",
    "stdev": "compute it outside",
    "tointeger": "cast in Python",
    "tofloat": "cast in Python",
    "shortestpath": "use the port's paths()",
    "allshortestpaths": "use the port's paths()",
    "reduce": "aggregate outside",
    "duration": "use the day numbers",
    "date_part": "use the day numbers",
}

_WRITES = _words("CREATE MERGE SET DELETE DETACH REMOVE DROP ALTER FOREACH COPY INSERT TRUNCATE")
_CLOSED = _words(
    "CALL LOAD YIELD USE EXPORT IMPORT ATTACH INSTALL UNINSTALL UPDATE BEGIN COMMIT ROLLBACK "
    "CHECKPOINT EXPLAIN PROFILE UNION SHOW TERMINATE START GRANT DENY REVOKE PROJECT COMMENT MACRO "
    "ANALYZE FINISH FILTER LET"
)
_BEFORE_BRACKET = _words(
    "AND OR XOR NOT IN WHERE MATCH OPTIONAL RETURN WITH UNWIND DISTINCT BY THEN ELSE WHEN CASE AS CONTAINS IS"
)
"""Words after which a bracket is a pattern, a list or an expression, and no call or index."""

_BEFORE_PARENTHESIS = FUNCTIONS | {word.lower() for word in _BEFORE_BRACKET}


def check(text: str, schema: Schema, parameters: Mapping[str, Any] | None = None) -> None:
    """Refuse ``text`` unless it is portable and only reads; with ``parameters``, unless it has them all.

    ``QueryRefused`` lists every fault with its line.
    """
    problems = [
        Problem(what, file="query", line=text.count("\n", 0, token.place) + 1, todo=todo)
        for token, what, todo in _faults(tokens(text), schema, parameters)
    ]
    if problems:
        raise QueryRefused("the query is refused", problems)


Fault = tuple[Token, str, str]


def _faults(all_tokens: list[Token], schema: Schema, parameters: Mapping[str, Any] | None) -> Iterator[Fault]:
    if not all_tokens or not all_tokens[0].is_word("MATCH", "OPTIONAL", "UNWIND", "WITH", "RETURN"):
        yield _first(all_tokens), "a read begins with MATCH, OPTIONAL MATCH, UNWIND, WITH or RETURN", ""
        return
    for place, token in enumerate(all_tokens):
        yield from _token_faults(all_tokens, place)
        if token.sort is Sort.PARAMETER and parameters is not None and token.text not in parameters:
            yield token, f"no value is given for ${token.text}", "give it: one engine would take it for null"
    found = list(clauses(all_tokens))
    if not any(c.keyword == "RETURN" for c in found):
        yield all_tokens[-1], "nothing is returned", "end with RETURN"
    for clause in found:
        yield from _clause_faults(clause, all_tokens, schema)
    yield from _name_faults(found)


def _first(all_tokens: Sequence[Token]) -> Token:
    return all_tokens[0] if all_tokens else Token(Sort.SIGN, "", 0)


def _token_faults(all_tokens: list[Token], place: int) -> Iterator[Fault]:
    token = all_tokens[place]
    before = all_tokens[place - 1] if place else None
    after = all_tokens[place + 1] if place + 1 < len(all_tokens) else None
    if token.sort is Sort.WORD and not _is_property(all_tokens, place):
        yield from _word_faults(token, after)
    if token.text == ";" and token.sort is Sort.SIGN:
        yield token, "several statements in one text", "send one at a time, without ';'"
    if token.text == "[" and before is not None and _is_value(before):
        yield token, "an index counts from 1 on one engine and from 0 on the other", "take the list out whole"
    if token.text == "[" and place + 2 < len(all_tokens) and all_tokens[place + 2].is_word("IN"):
        yield token, "list comprehensions are not portable", "use any(), all(), or do it outside"
    if token.sort is Sort.PARAMETER and after is not None and after.is_word("IS"):
        yield token, "a parameter compared with NULL is not portable", "write two queries"


def _is_property(all_tokens: list[Token], place: int) -> bool:
    """After the dot of a variable it is a name, whatever it says. (The dot of a number ends that.)"""
    if place < 2 or all_tokens[place - 1].text != ".":
        return False
    owner = all_tokens[place - 2]
    return owner.sort in (Sort.NAME, Sort.PARAMETER) or (
        owner.sort is Sort.WORD and not owner.is_word(*_BEFORE_BRACKET)
    )


def _is_value(token: Token) -> bool:
    if token.sort is Sort.WORD:
        return token.text.upper() not in _BEFORE_BRACKET
    return token.sort in (Sort.NAME, Sort.PARAMETER, Sort.STRING) or token.text in (")", "]")


def _word_faults(token: Token, after: Token | None) -> Iterator[Fault]:
    word = token.text
    if word.upper() in _WRITES:
        yield token, f"{word.upper()} writes", "a query only reads; publish through the door"
    elif word.upper() in _CLOSED:
        yield (
            token,
            f"{word.upper()} is no part of portable Cypher",
            "write two queries, or use the port's functions",
        )
    elif after is not None and after.text == "(" and word.lower() not in _BEFORE_PARENTHESIS:
        instead = _INSTEAD.get(word.lower(), "use another function, or do it outside")
        yield token, f"{word}() is not portable", instead


def _clause_faults(clause: Clause, all_tokens: list[Token], schema: Schema) -> Iterator[Fault]:
    body = clause.body
    if not clause.keyword:
        yield body[0], "EXISTS and COUNT need a whole MATCH on one engine", "write EXISTS { MATCH … }"
    if clause.keyword == "MATCH":
        yield from _pattern_faults(body, all_tokens, schema)
    if clause.keyword == "RETURN" and any(
        t.text == "*" and _starts_item(body, i) for i, t in enumerate(body)
    ):
        yield body[0], "RETURN * gives columns in any order", "name them"
    if clause.keyword == "RETURN":
        yield from _item_faults(body)
    if (
        clause.keyword == "WITH"
        and any(t.is_word("ORDER") for t in body)
        and not any(t.is_word("LIMIT") for t in body)
    ):
        yield body[0], "ORDER BY in WITH needs a LIMIT", "sort in RETURN, or outside"


def _starts_item(body: Sequence[Token], place: int) -> bool:
    return place == 0 or body[place - 1].text == "," or body[place - 1].is_word("DISTINCT")


def _pattern_faults(body: Sequence[Token], all_tokens: list[Token], schema: Schema) -> Iterator[Fault]:
    """Faults of node and relation patterns. The patterns of WHERE stand each for themselves."""
    groups: list[list[_Joint]] = [[]]
    in_where = False
    for place, token in enumerate(body):
        in_where = in_where or token.is_word("WHERE")
        if in_where and token.is_word("WHERE", "AND", "OR", "XOR", "NOT"):
            groups.append([])
        if token.sort is not Sort.SIGN:
            continue
        before = body[place - 1].text if place else ""
        if token.text == "[" and before in ("-", "<-"):
            inside = body[place + 1 : closing(body, place)]
            yield from _relation_faults(token, inside, schema)
            groups[-1].append(_Joint(token, *_named(inside)))
        elif token.text in ("-", "->") and before in ("-", "<-"):
            groups[-1].append(_Joint(token, "", ()))
        elif token.text in ("+", "*", "{") and before == "->":
            yield token, _VARIABLE, _NAME_EACH
        elif token.text == "(" and _is_node(body, place):
            yield from _node_faults(token, body[place + 1 : closing(body, place)], schema)
    yield from _same_faults(groups, all_tokens)


_VARIABLE, _NAME_EACH = (
    "relations of variable length differ between the engines",
    "use the port's paths(), or name each",
)


@dataclass(frozen=True, slots=True)
class _Joint:
    """A relation pattern: where it stands, its variable ("" for none) and its kinds (none = any)."""

    token: Token
    name: str
    kinds: tuple[Token, ...]

    def may_be(self, other: _Joint) -> bool:
        mine, its = ({k.text for k in joint.kinds} for joint in (self, other))
        return not mine or not its or bool(mine & its)


def _relation_faults(token: Token, inside: Sequence[Token], schema: Schema) -> Iterator[Fault]:
    if any(t.text == "*" and t.sort is Sort.SIGN for t in inside):
        yield token, _VARIABLE, _NAME_EACH
    yield from _unknown(_named(inside)[1], schema.relations, "relation")


def _node_faults(token: Token, inside: Sequence[Token], schema: Schema) -> Iterator[Fault]:
    kinds = _named(inside)[1]
    yield from _unknown(kinds, schema.entities, "entity")
    if not kinds and any(t.text == "{" and after.text == "id" for t, after in pairwise(inside)):
        yield (
            token,
            "an id without its kind is found by reading everything",
            "write the kind: (x:Person {id: $x})",
        )


def _same_faults(groups: Sequence[Sequence[_Joint]], all_tokens: list[Token]) -> Iterator[Fault]:
    for group in groups:
        for a, b in combinations(group, 2):
            if a.may_be(b) and not _told_apart(a.name, b.name, all_tokens):
                yield (
                    b.token,
                    "two relations of one pattern may be the same one on one engine",
                    "name them and add r1.id <> r2.id",
                )


def _is_node(body: Sequence[Token], place: int) -> bool:
    before = body[place - 1] if place else None
    if (
        before is None
        or before.text in (",", "-", "->", "<-")
        or before.is_word("MATCH", "WHERE", "NOT", "AND", "OR")
    ):
        inside = body[place + 1 : closing(body, place)]
        return all(t.text not in ("=", "<>", "<", ">", "<=", ">=") for t in inside if t.sort is Sort.SIGN)
    return False


def _named(inside: Sequence[Token]) -> tuple[str, tuple[Token, ...]]:
    """The variable of a node or relation pattern, and its kinds."""
    head = inside[
        : next((i for i, t in enumerate(inside) if t.text in ("{", "*") or t.is_word("WHERE")), len(inside))
    ]
    name = head[0].text if head and head[0].sort in (Sort.WORD, Sort.NAME) else ""
    kinds = tuple(
        t
        for i, t in enumerate(head)
        if i and head[i - 1].text in (":", "|") and t.sort in (Sort.WORD, Sort.NAME)
    )
    return name, kinds


def _unknown(kinds: Sequence[Token], known: Mapping[str, object], what: str) -> Iterator[Fault]:
    yield from (
        (k, f"{k.text} is no {what} kind", f"kinds are {', '.join(known)}")
        for k in kinds
        if k.text not in known
    )


def _told_apart(a: str, b: str, all_tokens: list[Token]) -> bool:
    texts = [t.text for t in all_tokens]
    wanted = ([a, ".", "id", "<>", b, ".", "id"], [b, ".", "id", "<>", a, ".", "id"])
    return bool(a and b) and any(texts[i : i + 7] in wanted for i in range(len(texts) - 6))


def _item_faults(body: Sequence[Token]) -> Iterator[Fault]:
    """Columns need names of their own: the engines make up different ones for an expression."""
    for item in _items(body):
        plain = len(item) == 1 or (len(item) == 3 and item[1].text == ".")
        named = any(t.is_word("AS") for t in item)
        if item and not named and not (plain and item[0].sort in (Sort.WORD, Sort.NAME)):
            yield item[0], "a returned expression has no name", "add AS name"


def _items(body: Sequence[Token]) -> Iterator[list[Token]]:
    depth, item = 0, list[Token]()
    for token in body:
        if depth == 0 and token.is_word("ORDER", "SKIP", "LIMIT"):
            break
        depth += token.sort is Sort.SIGN and (token.text in "([{") - (token.text in ")]}")
        if depth == 0 and token.text == "," and token.sort is Sort.SIGN:
            yield item
            item = []
        elif not token.is_word("DISTINCT") or item:
            item.append(token)
    yield item


def _name_faults(found: Sequence[Clause]) -> Iterator[Fault]:
    variables = {
        clause.body[i + 1].text
        for clause in found
        if clause.keyword == "MATCH"
        for i, t in enumerate(clause.body[:-1])
        if t.text in ("(", "[")
        and clause.body[i + 1].sort is Sort.WORD
        and not clause.body[i + 1].is_word("NOT")
    }
    for clause in found:
        for before, token in pairwise(clause.body):
            if before.is_word("AS") and token.text in variables:
                yield (
                    token,
                    f"{token.text} is a variable of the pattern already",
                    "choose another name for the column",
                )
            if before.is_word("AS") and token.text.lower() in RESERVED:
                yield token, f"{token.text} is a reserved word", "choose another name for the column"
