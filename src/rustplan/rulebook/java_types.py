"""What the declarations of one Java file say about the types of its names and expressions; read by pattern, the first time a rule asks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from rustplan.languages.types import LocalType
from rustplan.model.facts import FileFacts, Function
from rustplan.syntax import Node

if TYPE_CHECKING:
    from rustplan.rulebook.file_view import Extents

MAX_DEPTH = 12
"""Expressions nested deeper have no known type."""
_MAX_SAME_NAME = 400
_MAX_UP = 200
PRIMITIVES = frozenset(("int", "long", "short", "byte", "char", "boolean", "float", "double"))
WRAPPERS: Mapping[str, str] = {
    "Integer": "int",
    "Long": "long",
    "Short": "short",
    "Byte": "byte",
    "Character": "char",
    "Boolean": "boolean",
    "Float": "float",
    "Double": "double",
}
_REST = (
    rb"(?:\s?<[\w\s.,?&<>\[\]]{0,200}>)?(?:\s?\[\s?\]){0,4}(?:\.\.\.)?)"
    rb"\s{1,40}(\w{1,80})\s{0,20}((?:\[\]){0,4})\s{0,20}([=;,):])(?!=)"
)
_CLASS_DECLARED = re.compile(rb"([A-Z](?<![\w@].)\w{0,80}(?=[\s.<\[])(?:\.[A-Z]\w{0,80}){0,4}" + _REST)
_PRIMITIVE_DECLARED = re.compile(
    rb"([bcdfilsv](?<![\w@.].)(?:(?<=i)nt|(?<=l)ong|(?<=s)hort|(?<=b)yte|(?<=c)har|(?<=b)oolean|(?<=f)loat|(?<=d)ouble|(?<=v)ar)(?!\w)"
    + _REST
)
_MENTION = re.compile(rb"(?<![\w.$])[A-Za-z_]\w{0,80}(?![\w$])")
_ONE_MORE = re.compile(rb"\s{0,40}(\w{1,80})\s{0,20}([=;,])(?!=)")
_CONSTANT = re.compile(rb"\bstatic\s{1,9}final\s{1,9}(?:int|long)\s{1,9}(\w{1,80})\s{0,9}=([\w\s*<().]{1,120});")
_KEYWORDS = frozenset((b"instanceof", b"extends", b"implements", b"super", b"throws", b"return", b"else"))
_INTEGERS = ("decimal_integer_literal", "hex_integer_literal", "octal_integer_literal", "binary_integer_literal")
_OF_LITERAL = {
    "string_literal": "String",
    "character_literal": "char",
    "true": "boolean",
    "false": "boolean",
    "decimal_floating_point_literal": "double",
    "class_literal": "Class",
    "instanceof_expression": "boolean",
}
_RETURNS: Mapping[str, str] = {
    name: kind
    for kind, names in {
        "String": "toString substring trim strip toLowerCase toUpperCase replaceAll replaceFirst getName getSimpleName getMessage "
        "readLine concat intern repeat formatted getProperty getHeader readUTF",
        "int": "length size indexOf lastIndexOf hashCode intValue compareTo compare ordinal parseInt position remaining capacity limit "
        "readableBytes readerIndex writerIndex getAndIncrement incrementAndGet readInt getInt",
        "long": "longValue currentTimeMillis nanoTime parseLong readLong getLong getTime toNanos toMillis",
        "double": "doubleValue parseDouble readDouble random sqrt",
        "char": "charAt",
        "boolean": "equals equalsIgnoreCase isEmpty startsWith endsWith hasNext containsKey matches",
        "byte[]": "getBytes toByteArray digest readAllBytes",
        "char[]": "toCharArray",
        "String[]": "split",
        "Set": "entrySet keySet",
        "Stream": "stream parallelStream",
        "Iterator": "iterator listIterator",
        "Matcher": "matcher",
    }.items()
    for name in names.split()
}
"""What methods of the JDK with these names return; a method that this file declares wins."""
_ARITHMETIC = frozenset(("+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", ">>>"))
_WIDTH = ("byte", "short", "char", "int", "long", "float", "double")


class Declared(NamedTuple):
    """One declaration of a name: where the name stands, its type as written without white space, where its initialiser begins (0: none).

    `owner` is the index of the function that holds it, -1 for none.
    """

    at: int
    type: str
    value_at: int
    owner: int = -1

    def value(self, node: Node) -> Node | None:
        """The initialiser, found in the tree of `node`."""
        root = node
        for _ in range(_MAX_UP):
            if root.start_byte <= self.at:
                break
            if root.parent is None:
                break
            root = root.parent
        name = root.descendant_for_byte_range(self.at, self.at + 1)
        holder = None if name is None else name.parent
        if holder is None or holder.type not in ("variable_declarator", "resource"):
            return None
        return holder.child_by_field_name("value")


@lru_cache(maxsize=1 << 13)
def _written(kind: bytes, brackets: bytes) -> str:
    """A type without white space, with the brackets behind the name; `...` is an array."""
    return (b"".join(kind.split()).replace(b"...", b"[]") + brackets).decode("utf-8", "replace")


class JavaTypes:
    """The types of names and expressions of one file. Work is bounded by the size of the file and by depth; what is not known is None."""

    def __init__(self, source: bytes, code: bytes, facts: FileFacts, functions: Extents) -> None:
        self._source = source
        self._code = code
        self._facts = facts
        self._functions = functions
        self._known: dict[str, list[Declared]] = {}
        self._mentioned: dict[int, dict[bytes, list[int]]] = {}

    def local(self, node: Node) -> LocalType | None:
        """The type of an expression as `where: type` compares it: plain name, brackets of arrays kept."""
        known = self.of(node)
        if known is None:
            return None
        return LocalType(name="", type=plain(known), layers=("array",) if known.endswith("]") else ())

    def of(self, node: Node | None, depth: int = 0) -> str | None:
        """The type of an expression as its declaration writes it, without white space: `Map<Long,Order>`, `byte[]`."""
        if node is None or depth > MAX_DEPTH:
            return None
        kind = node.type
        if kind == "identifier":
            return self.named(self._text(node), node)
        if kind in _OF_LITERAL:
            return _OF_LITERAL[kind]
        if kind in _INTEGERS:
            return "long" if self._text(node)[-1:] in "lL" else "int"
        reader = _READERS.get(kind)
        return None if reader is None else reader(self, node, depth + 1)

    def named(self, name: str, node: Node) -> str | None:
        """The type of a local name, parameter or field where `node` stands."""
        declared = self.declaration(name, node)
        if declared is None or declared.type != "var":
            return None if declared is None else declared.type
        return self.of(declared.value(node)) if declared.value_at else None

    def declaration(self, name: str, node: Node) -> Declared | None:
        """The declaration that a name means: the last before `node` in the functions around it, else the only field so named."""
        candidates = self._placed(name)
        index = self._functions.around(node.start_byte, node.end_byte) if candidates else -1
        for _ in range(MAX_DEPTH):
            if index < 0:
                break
            function = self._functions.nodes[index]
            last = bisect_right(candidates, node.start_byte, key=_at)
            for one in reversed(candidates[max(0, last - _MAX_SAME_NAME) : last]):
                if one.owner == index:
                    return one
            index = self._functions.around(function.start_byte, function.end_byte)
        fields = [one for one in candidates if one.owner < 0]
        return fields[0] if fields and len({one.type for one in fields}) == 1 else None

    def declared_as(self, wanted: frozenset[str]) -> list[tuple[str, int]]:
        """Names whose type, without its arguments, is one of these, with the bytes they stand at; in the order of the file."""
        found = [
            (name, one.at) for name, all_of in self._declared.items() for one in all_of if plain(one.type) in wanted
        ]
        return sorted(found, key=lambda pair: pair[1])

    def is_local(self, name: str, node: Node) -> bool:
        """True when the name is a parameter or variable of a function around `node`."""
        declared = self.declaration(name, node)
        return declared is not None and declared.owner >= 0

    def mentions(self, name: str, function: Node) -> list[int]:
        """Where a function speaks of a plain name, in order; members of something else (`x.name`) are left out."""
        known = self._mentioned.get(function.start_byte)
        if known is None:
            known = self._mentioned[function.start_byte] = {}
            for match in _MENTION.finditer(self._code, function.start_byte, function.end_byte):
                known.setdefault(match.group(), []).append(match.start())
        return known.get(name.encode(), [])

    def around_mention(self, at: int, length: int) -> tuple[bytes, bytes]:
        """The code right before and right after a mention, white space trimmed, at most 40 bytes each."""
        code = self._code
        return code[max(0, at - 40) : at].rstrip(), code[at + length : at + length + 40].lstrip()

    def code_of(self, start: int, end: int) -> bytes:
        """A stretch of the file without comments and the content of literals."""
        return self._code[start:end]

    def constant_value(self, name: str, fold: Callable[[bytes], int | None]) -> int | None:
        """The value of a `static final` number of this file, as `fold` reads its initialiser; None when it has none."""
        return None if name not in self._constants else fold(self._constants[name])

    @cached_property
    def _constants(self) -> Mapping[str, bytes]:
        found: dict[str, bytes] = {}
        clashing = set()
        for match in _CONSTANT.finditer(self._code):
            name = match[1].decode("utf-8", "replace")
            if found.setdefault(name, match[2]) != match[2]:
                clashing.add(name)
        return {name: text for name, text in found.items() if name not in clashing}

    @cached_property
    def whole_text(self) -> str:
        """The file without comments and the content of literals; a character for each byte."""
        return self._code.decode("latin-1")

    @cached_property
    def static_names(self) -> frozenset[str]:
        """The static fields of the file, constants included."""
        return frozenset(one.name for one in self._facts.globals)

    def implementations(self, name: str) -> int:
        """How many classes of this file extend or implement a type."""
        return sum(any(plain(one) == name for one in kind.supertypes) for kind in self._facts.types)

    @cached_property
    def methods(self) -> Mapping[str, list[Function]]:
        """The functions of the file by their plain name."""
        found: dict[str, list[Function]] = {}
        for function in self._facts.functions:
            found.setdefault(function.name, []).append(function)
        return found

    @cached_property
    def _declared(self) -> Mapping[str, list[Declared]]:
        found: dict[str, list[Declared]] = {}
        for pattern in (_CLASS_DECLARED, _PRIMITIVE_DECLARED):
            self._collect(pattern, found)
        for listed in found.values():
            listed.sort()
        return found

    def _collect(self, pattern: re.Pattern[bytes], found: dict[str, list[Declared]]) -> None:
        """Add the declarations that a pattern finds; `int a, b` declares two."""
        code = self._code
        for match in pattern.finditer(code):
            kind, name, brackets, after = match.groups()
            if name in _KEYWORDS:
                continue
            written = _written(kind, brackets)
            at, end = match.start(2), match.end(4)
            while True:
                one = Declared(at, written, end if after in b"=:" else 0)
                found.setdefault(name.decode("utf-8", "replace"), []).append(one)
                more = _ONE_MORE.match(code, end) if after == b"," else None
                if more is None:
                    break
                name, after, at, end = more[1], more[2], more.start(1), more.end(2)

    def _placed(self, name: str) -> list[Declared]:
        """The declarations of a name with the functions that hold them."""
        known = self._known.get(name)
        if known is None:
            around = self._functions.around
            known = [one._replace(owner=around(one.at, one.at + 1)) for one in self._declared.get(name, ())]
            self._known[name] = known
        return known

    def _text(self, node: Node) -> str:
        return self._source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def _inner(self, node: Node, depth: int) -> str | None:
        return self.of(node.named_child(0), depth)

    def _written(self, node: Node, _depth: int) -> str | None:
        kind = node.child_by_field_name("type")
        if kind is None:
            return None
        written = "".join(self._text(kind).split())
        return written + "[]" * _dimensions(node) if node.type == "array_creation_expression" else written

    def _field(self, node: Node, depth: int) -> str | None:
        owner, name = node.child_by_field_name("object"), node.child_by_field_name("field")
        if owner is None or name is None:
            return None
        text = self._text(name)
        if owner.type == "this":
            fields = [one for one in self._placed(text) if one.owner < 0]
            return fields[0].type if fields and len({one.type for one in fields}) == 1 else None
        is_array = text == "length" and (self.of(owner, depth) or "").endswith("]")
        return "int" if is_array else None

    def _element(self, node: Node, depth: int) -> str | None:
        array = self.of(node.child_by_field_name("array"), depth)
        return array[:-2] if array is not None and array.endswith("[]") else None

    def _either(self, node: Node, depth: int) -> str | None:
        first = self.of(node.child_by_field_name("consequence"), depth)
        return first or self.of(node.child_by_field_name("alternative"), depth)

    def _assigned(self, node: Node, depth: int) -> str | None:
        return self.of(node.child_by_field_name("left"), depth)

    def _unary(self, node: Node, depth: int) -> str | None:
        operand = self.of(node.child_by_field_name("operand"), depth)
        return "boolean" if self._source[node.start_byte : node.start_byte + 1] == b"!" else operand

    def _binary(self, node: Node, depth: int) -> str | None:
        operator = node.child_by_field_name("operator")
        if operator is None or operator.type not in _ARITHMETIC:
            return "boolean"
        left, right = (
            self.of(node.child_by_field_name("left"), depth),
            self.of(node.child_by_field_name("right"), depth),
        )
        if operator.type == "+" and "String" in (left, right):
            return "String"
        sides = [WRAPPERS.get(side or "", side) for side in (left, right)]
        if not all(side in _WIDTH for side in sides):
            return None
        return max("int", *(side for side in sides if side), key=_WIDTH.index)

    def _called(self, node: Node, depth: int) -> str | None:
        name, receiver = node.child_by_field_name("name"), node.child_by_field_name("object")
        text = "" if name is None else self._text(name)
        if receiver is None or receiver.type == "this":
            kinds = {"".join(one.return_type.split()) for one in self.methods.get(text, ())}
            return kinds.pop() if len(kinds) == 1 else _RETURNS.get(text) if not kinds else None
        if text == "valueOf":
            owner = self._text(receiver)
            return owner if owner in WRAPPERS or owner == "String" else None
        if text == "clone":
            return self.of(receiver, depth)
        return _RETURNS.get(text) if text not in self.methods else None


def plain(written: str) -> str:
    """A type without its package, outer classes and type arguments; brackets of arrays stay: `Map.Entry<K,V>[]` is `Entry[]`."""
    base, _, rest = written.partition("<")
    brackets = "[]" * (rest.rpartition(">")[2] if rest else base).count("[")
    return base.split("[")[0].rpartition(".")[2] + brackets


def arguments(written: str) -> tuple[str, ...]:
    """The type arguments of a type at its first level: those of `Map<Long,List<A>>` are `Long` and `List<A>`."""
    _, _, rest = written.partition("<")
    found, depth, start = [], 0, 0
    for at, char in enumerate(rest):
        if char in ",>" and depth == 0:
            found.append(rest[start:at])
            start = at + 1
        depth += (char == "<") - (char == ">")
        if depth < 0:
            break
    return tuple(found)


def _at(one: Declared) -> int:
    return one.at


def _dimensions(node: Node) -> int:
    return sum(
        child.text.count(b"[") if child.type == "dimensions" and child.text else child.type == "dimensions_expr"
        for child in node.children
    )


_READERS: Mapping[str, Callable[[JavaTypes, Node, int], str | None]] = {
    "parenthesized_expression": JavaTypes._inner,
    "cast_expression": JavaTypes._written,
    "object_creation_expression": JavaTypes._written,
    "array_creation_expression": JavaTypes._written,
    "field_access": JavaTypes._field,
    "array_access": JavaTypes._element,
    "ternary_expression": JavaTypes._either,
    "assignment_expression": JavaTypes._assigned,
    "update_expression": JavaTypes._inner,
    "unary_expression": JavaTypes._unary,
    "binary_expression": JavaTypes._binary,
    "method_invocation": JavaTypes._called,
}
