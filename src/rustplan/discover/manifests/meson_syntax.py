"""The grammar of `meson.build`: statements and expressions, read into a tree with a bounded depth."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rustplan.discover.manifests.draft import NotUnderstood

_MAX_DEPTH = 60
_MAX_TOKENS = 200_000
_TOKEN = re.compile(
    r"""(?sx)
    (?P<blank>[ \t\r]+|\\\n|\#[^\n]*)
    | (?P<line>\n)
    | (?P<string>f?'''(?P<long>.*?)'''|f?'(?P<short>(?:[^'\\\n]|\\.)*)')
    | (?P<number>0[xXobOB][0-9a-fA-F]+|\d+)
    | (?P<name>[A-Za-z_]\w*)
    | (?P<operator>\+=|==|!=|<=|>=|[-+*/%<>=()\[\]{},.:?])
    """
)
_BLOCK_ENDS = frozenset({"elif", "else", "endif", "endforeach"})


@dataclass(frozen=True, slots=True)
class Node:
    """A statement or expression: what it is, its word, its parts, and keyword arguments."""

    kind: str
    word: str = ""
    parts: tuple[Node, ...] = ()
    keywords: tuple[tuple[str, Node], ...] = ()


@dataclass(slots=True)
class _Tokens:
    items: list[tuple[str, str]]
    at: int = 0
    depth: int = field(default=0)

    def peek(self) -> tuple[str, str]:
        return self.items[self.at]

    def take(self) -> tuple[str, str]:
        token = self.items[self.at]
        self.at = min(self.at + 1, len(self.items) - 1)
        return token

    def accept(self, text: str) -> bool:
        if self.items[self.at] in (("operator", text), ("name", text)):
            self.at += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.accept(text):
            raise NotUnderstood(f"expected {text!r}, found {self.peek()[1]!r}")


def parse(text: str) -> tuple[Node, ...]:
    """Return the statements of a `meson.build`. Raises NotUnderstood."""
    tokens = _Tokens(_tokens(text))
    body = _body(tokens)
    if tokens.peek()[0] != "end":
        raise NotUnderstood(f"unexpected {tokens.peek()[1]!r}")
    return body


def _tokens(text: str) -> list[tuple[str, str]]:
    """Split the text; line ends inside brackets do not count."""
    found: list[tuple[str, str]] = []
    at = nesting = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or len(found) > _MAX_TOKENS:
            raise NotUnderstood(f"line {text.count(chr(10), 0, at) + 1}: not understood")
        at = match.end()
        kind = match.lastgroup or ""
        if kind == "string":
            body = match.group("long")
            found.append(("string", match.group("short").replace("\\'", "'") if body is None else body))
        elif kind == "line":
            if not nesting:
                found.append(("line", "\n"))
        elif kind != "blank":
            nesting += (match.group() in "([{") - (match.group() in ")]}")
            found.append((kind, match.group()))
    return [*found, ("line", "\n"), ("end", "")]


def _body(tokens: _Tokens) -> tuple[Node, ...]:
    """Read statements up to the end of the block."""
    tokens.depth += 1
    if tokens.depth > _MAX_DEPTH:
        raise NotUnderstood("nested too deep")
    found: list[Node] = []
    while True:
        kind, word = tokens.peek()
        if kind == "end" or (kind == "name" and word in _BLOCK_ENDS):
            tokens.depth -= 1
            return tuple(found)
        if kind == "line":
            tokens.take()
        elif tokens.accept("if"):
            found.append(_if(tokens))
        elif tokens.accept("foreach"):
            found.append(_foreach(tokens))
        else:
            found.append(_statement(tokens))


def _if(tokens: _Tokens) -> Node:
    """Read an `if`; the conditions are not evaluated, so only the arms are kept."""
    arms: list[Node] = []
    _expression(tokens)
    arms.append(Node("arm", parts=_body(tokens)))
    while not tokens.accept("endif"):
        if tokens.accept("elif"):
            _expression(tokens)
        else:
            tokens.expect("else")
        arms.append(Node("arm", parts=_body(tokens)))
    return Node("if", parts=tuple(arms))


def _foreach(tokens: _Tokens) -> Node:
    names = [tokens.take()[1]]
    while tokens.accept(","):
        names.append(tokens.take()[1])
    tokens.expect(":")
    items = _expression(tokens)
    body = _body(tokens)
    tokens.expect("endforeach")
    return Node("foreach", " ".join(names), (items, *body))


def _statement(tokens: _Tokens) -> Node:
    """Read an assignment or an expression."""
    left = _expression(tokens)
    for operator in ("=", "+="):
        if left.kind == "name" and tokens.accept(operator):
            return Node("assign" if operator == "=" else "append", left.word, (_expression(tokens),))
    if tokens.peek()[0] not in ("line", "end"):
        raise NotUnderstood(f"unexpected {tokens.peek()[1]!r}")
    return left


def _expression(tokens: _Tokens) -> Node:
    """Read an expression; operators other than `+` and `/` give an unknown value."""
    tokens.depth += 1
    if tokens.depth > _MAX_DEPTH:
        raise NotUnderstood("nested too deep")
    left = _operand(tokens)
    while True:
        kind, word = tokens.peek()
        if word in ("and", "or", "in", "not") and kind == "name":
            tokens.take()
            left = Node("unknown", parts=(left, _operand(tokens)) if word != "not" else (left,))
        elif kind == "operator" and word in ("+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">="):
            tokens.take()
            left = Node("binary", word, (left, _operand(tokens)))
        elif kind == "operator" and word == "?":
            tokens.take()
            first = _expression(tokens)
            tokens.expect(":")
            left = Node("choice", parts=(first, _expression(tokens)))
        else:
            tokens.depth -= 1
            return left


def _operand(tokens: _Tokens) -> Node:
    """Read a literal, a name, a call, and what follows it: methods and indexes."""
    kind, word = tokens.take()
    if kind == "string":
        node = Node("string", word)
    elif (kind == "name" and word == "not") or word == "-":
        node = Node("unknown", parts=(_expression(tokens),))
    elif kind == "name":
        node = Node("call", word, *_arguments(tokens)) if tokens.accept("(") else Node("name", word)
    elif kind == "number":
        node = Node("unknown")
    elif word == "(":
        node = _expression(tokens)
        tokens.expect(")")
    elif word == "[":
        node = Node("list", parts=_items(tokens, "]"))
    elif word == "{":
        node = Node("dict", parts=_items(tokens, "}"))
    else:
        raise NotUnderstood(f"unexpected {word!r}")
    while True:
        if tokens.accept("."):
            name = tokens.take()[1]
            tokens.expect("(")
            parts, keywords = _arguments(tokens)
            node = Node("method", name, (node, *parts), keywords)
        elif tokens.accept("["):
            node = Node("index", parts=(node, _expression(tokens)))
            tokens.expect("]")
        else:
            return node


def _arguments(tokens: _Tokens) -> tuple[tuple[Node, ...], tuple[tuple[str, Node], ...]]:
    """Read call arguments up to the closing parenthesis."""
    parts: list[Node] = []
    keywords: list[tuple[str, Node]] = []
    while not tokens.accept(")"):
        value = _expression(tokens)
        if value.kind == "name" and tokens.accept(":"):
            keywords.append((value.word, _expression(tokens)))
        else:
            parts.append(value)
        if not tokens.accept(","):
            tokens.expect(")")
            break
    return tuple(parts), tuple(keywords)


def _items(tokens: _Tokens, end: str) -> tuple[Node, ...]:
    """Read list items, or dictionary items as keys and values in turn."""
    found: list[Node] = []
    while not tokens.accept(end):
        found.append(_expression(tokens))
        if tokens.accept(":"):
            found.append(_expression(tokens))
        if not tokens.accept(","):
            tokens.expect(end)
            break
    return tuple(found)
