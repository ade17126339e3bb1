"""One parsed file as rules see it: texts, functions, enclosing nodes, conditions, constants. Built per file, dropped with its tree."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from rustplan.languages.types import LocalType, local_types
from rustplan.model.facts import FileFacts, Function
from rustplan.model.source import Language
from rustplan.model.suppression import SuppressionComment
from rustplan.rulebook.grammar import node_kinds
from rustplan.rulebook.java_types import JavaTypes
from rustplan.rulebook.marks import Statements
from rustplan.rulebook.place import Captured
from rustplan.rulebook.words import words_in
from rustplan.syntax import Captures, Node

_MAX_CLIMB = 1000
_MAX_CONDITIONS = 400
_MAX_GLOBALS = 2000
_NOT_A_TEST = re.compile(rb"\b(?:fgets|fgetws|gets|getline|sizeof)\s*\(")
_PATH = rb"[A-Za-z_]\w{0,80}(?:(?:->|\.)\w{1,80}){0,4}"
_TESTED = re.compile(rb"(?<![\w.>])" + _PATH)
_OFFSET_USE = re.compile(
    rb"[+\[]\s*\*?(" + _PATH + rb")|\(\s*\*?(" + _PATH + rb")(?=\s*,)|(?<![\w.>])(" + _PATH + rb")(?=\s*=(?!=))"
)
_MAX_MENTIONS = 5000
_BEFORE_WRITE = re.compile(rb"[\w.>]")
_WRITES = re.compile(
    rb"\s{0,4}(?:\[[^\]\n]{0,60}\]\s{0,4}){0,2}(?:(?:\.|->)\w{1,60}\s{0,4}){0,2}(?:(?:[-+*/|&^%]|<<|>>)?=(?!=)|\+\+|--)"
)
_ASSERTS = re.compile(r"(?i)assert|^(?:D?CHECK|VERIFY|BUG_ON|WARN_ON|REQUIRE|ENSURE)")

C_FAMILY = (Language.C, Language.CPP)
_C_CALLS = "(call_expression function: (identifier) @callee arguments: (argument_list) @arguments) @finding"
_CPP_CALLS = """
(call_expression function: [(identifier) @callee (qualified_identifier scope: (_)? @scope name: (identifier) @callee)]
  arguments: (argument_list) @arguments) @finding
"""
_JAVA_NEW = """
(object_creation_expression
  type: [
    (type_identifier) @class (generic_type . (type_identifier) @class) (scoped_type_identifier (type_identifier) @class .)
    (generic_type . (scoped_type_identifier (type_identifier) @class .))
  ]
  arguments: (argument_list) @arguments) @finding
"""
_C_CONDITIONS = """
(if_statement condition: (_) @condition) (while_statement condition: (_) @condition)
(do_statement condition: (_) @condition) (for_statement condition: (_) @condition)
(switch_statement condition: (_) @condition) (conditional_expression condition: (_) @condition)
(binary_expression operator: ["&&" "||"]) @condition
"""
_C_CONSTANTS = "(preproc_def name: (identifier) @name value: (preproc_arg) @value)"
_FUNCTIONS = {
    Language.C: "(function_definition) @function",
    Language.CPP: "(function_definition) @function",
}
_JAVA_FUNCTIONS = frozenset(
    ("method_declaration", "constructor_declaration", "compact_constructor_declaration", "static_initializer")
)
_JAVA_KINDS: Mapping[str, str] = {
    **dict.fromkeys(("for_statement", "enhanced_for_statement", "while_statement", "do_statement"), "facts.loop"),
    **dict.fromkeys(("throw_statement", "catch_clause", "assert_statement"), "facts.cold"),
    **dict.fromkeys(("if_statement", "ternary_expression"), "facts.branch"),
    **dict.fromkeys(sorted(_JAVA_FUNCTIONS), "facts.function"),
}
"""Node type of Java -> the query of its facts that matches every such node."""


def shared_queries(language: Language, kinds: Iterable[str]) -> dict[str, str]:
    """What every file is asked besides the rules' own queries; `kinds` are the node types that `inside` names.

    Calls and functions of Java are those that its facts are made of.
    """
    if language in C_FAMILY:
        calls = _CPP_CALLS if language is Language.CPP else _C_CALLS
        queries = {"rule.functions": _FUNCTIONS[language], "rule.calls": calls}
        queries |= {"rule.conditions": _C_CONDITIONS, "rule.constants": _C_CONSTANTS}
    else:
        queries = {"rule.new": _JAVA_NEW}
        kinds = set(kinds) - _JAVA_KINDS.keys()
    listed = " ".join(f"({kind})" for kind in sorted(set(kinds) & node_kinds(language)))
    if listed:
        queries["rule.inside"] = f"[{listed}] @node"
    return queries


Assigned = dict[str, list[tuple[Node, Node]]]
"""Name -> (value, whole initialiser or assignment), in document order."""


OffsetUses = dict[str, list[tuple[int, bool]]]
"""Name -> (byte, True where it is assigned and False where it is added, indexes or comes first in a call), in document order."""


class Extent(NamedTuple):
    """A byte range of the file."""

    start: int
    end: int


class Extents:
    """Nested byte ranges, asked which of them lies around a place."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.nodes = sorted(nodes, key=lambda node: (node.start_byte, -node.end_byte))
        self._starts = [node.start_byte for node in self.nodes]
        self._ends = [node.end_byte for node in self.nodes]
        self._outer: list[int] = []
        stack: list[int] = []
        for index, start in enumerate(self._starts):
            while stack and self._ends[stack[-1]] <= start:
                stack.pop()
            self._outer.append(stack[-1] if stack else -1)
            stack.append(index)

    def around(self, start: int, end: int) -> int:
        """Index of the innermost range that holds [start, end) and is not it; -1 for none."""
        index = bisect_right(self._starts, start) - 1
        for _ in range(_MAX_CLIMB):
            if index < 0 or (self._ends[index] >= end and (self._starts[index], self._ends[index]) != (start, end)):
                return index
            index = self._outer[index]
        return -1

    def begins_between(self, start: int, end: int) -> bool:
        """True when a range begins in [start, end)."""
        index = bisect_left(self._starts, start)
        return index < len(self._starts) and self._starts[index] < end


class FileView:
    """What predicates and checks may ask of the file at hand. `source` is what was parsed, `original` the same bytes before any was blanked.

    `code` is the text without comments and literals, None where it is not at hand.
    """

    def __init__(
        self,
        path: str,
        language: Language,
        source: bytes,
        facts: FileFacts,
        matches: Mapping[str, list[Captures]],
        *,
        original: bytes = b"",
        code: bytes | None = None,
        comments: Sequence[SuppressionComment] = (),
    ) -> None:
        self.path = path
        self.language = language
        self.source = source
        self.original = original or source
        self._code = code
        self._comments = tuple(comment for comment in comments if not comment.problem)
        self.facts = facts
        self._matches = matches
        self.cold_functions: dict[int, float] = {}
        self._extents: dict[str, Extents] = {}
        self._types: dict[int, Mapping[str, LocalType]] = {}
        self._assigned: dict[int, Assigned] = {}
        self._tested: dict[int, frozenset[str]] = {}
        self._offset_uses: dict[int, OffsetUses] = {}

    def text(self, captured: Captured) -> str:
        """The source text of a node, or a fact's own text."""
        if isinstance(captured, str):
            return captured
        return self.source[captured.start_byte : captured.end_byte].decode("utf-8", "replace")

    def name(self, captured: Captured) -> str:
        """The text without white space: `x -> p` and `x->p` are one name."""
        return "".join(self.text(captured).split())

    def accepting(self, rule: str, line: int) -> int:
        """Line of the comment that accepts findings of a rule at a line, 0 for none."""
        covers = (one.line for one in self._comments if one.first <= line <= one.last and rule in one.rules)
        return next(covers, 0) if self._comments else 0

    @cached_property
    def statements(self) -> Statements | None:
        """Where statements begin and end; None without the text."""
        return None if self._code is None else Statements(self._code)

    @cached_property
    def java(self) -> JavaTypes:
        """What the declarations of a Java file say about the types of its expressions."""
        return JavaTypes(self.source, self._code or self.source, self.facts, self.functions)

    @cached_property
    def words(self) -> frozenset[bytes]:
        """Every word of the file, those of comments and literals too: what is not among them occurs nowhere."""
        return words_in(self.original)

    @cached_property
    def source_lines(self) -> list[bytes]:
        """The lines of the source."""
        return self.source.split(b"\n")

    @cached_property
    def functions(self) -> Extents:
        """Every function definition of the file."""
        if self.language in C_FAMILY:
            return Extents(captures["function"][0] for captures in self._matches.get("rule.functions", ()))
        found = (nodes[0] for captures in self._matches.get("facts.function", ()) for nodes in captures.values())
        return Extents(node for node in found if node.type in _JAVA_FUNCTIONS)

    @cached_property
    def calls(self) -> Sequence[Captures]:
        """Every call, with @callee, @arguments and @finding, and in Java @receiver where something stands before the name."""
        if self.language in C_FAMILY:
            return self._matches.get("rule.calls", ())
        return [captures for captures in self._matches.get("facts.call", ()) if "callee" in captures]

    def function_of(self, node: Node) -> Node | None:
        """The innermost function definition around a node."""
        index = self.functions.around(node.start_byte, node.end_byte)
        return None if index < 0 else self.functions.nodes[index]

    @cached_property
    def _by_kind(self) -> Mapping[str, list[Node]]:
        """The nodes that `inside` may name."""
        by_kind: dict[str, list[Node]] = {}
        asked = ["rule.inside"]
        asked += [] if self.language in C_FAMILY else dict.fromkeys(_JAVA_KINDS.values())
        for name in asked:
            for captures in self._matches.get(name, ()):
                for node, *_ in captures.values():
                    by_kind.setdefault(node.type, []).append(node)
        return by_kind

    def _inside(self, kind: str) -> Extents:
        """Where the nodes of one type lie."""
        extents = self._extents.get(kind)
        if extents is None:
            extents = self._extents[kind] = Extents(self._by_kind.get(kind, ()))
        return extents

    def enclosing(self, node: Node, kinds: Iterable[str]) -> Node | None:
        """The innermost node of one of these types around `node`, within the same function. The kinds must be compiled in."""
        function = self.function_of(node)
        floor = -1 if function is None else function.start_byte
        best: Node | None = None
        for kind in kinds:
            extents = self._inside(kind)
            index = extents.around(node.start_byte, node.end_byte)
            if index >= 0:
                outer = extents.nodes[index]
                if outer.start_byte >= floor and (best is None or outer.start_byte > best.start_byte):
                    best = outer
        return best

    def has_inside(self, kinds: Iterable[str], start: int, end: int) -> bool:
        """True when a node of one of these types begins between two bytes. The kinds must be compiled in."""
        return any(self._inside(kind).begins_between(start, end) for kind in kinds)

    def is_within(self, kinds: Iterable[str], offset: int, function: Node) -> bool:
        """True when a node of one of these types, itself within `function`, lies around a byte. The kinds must be compiled in."""
        for kind in kinds:
            extents = self._inside(kind)
            index = extents.around(offset, offset + 1)
            if index >= 0 and extents.nodes[index].start_byte >= function.start_byte:
                return True
        return False

    def local(self, node: Node, name: str) -> LocalType | None:
        """The declared type of `name` in the function around `node`; None when it is not a local name or not known.

        In Java it is the type of the expression `node`, without its package and type arguments.
        """
        if self.language not in C_FAMILY:
            return self.java.local(node)
        function = self.function_of(node)
        if function is None:
            return None
        types = self._types.get(function.start_byte)
        if types is None:
            types = self._types[function.start_byte] = local_types(function, self.source)
        return types.get(name)

    @cached_property
    def _tests(self) -> list[Extent]:
        """Conditions, and calls whose name says that they check: `assert`, `DEBUGASSERT`, `CHECK_GT`, `BUG_ON`."""
        conditions = [captures["condition"][0] for captures in self._matches.get("rule.conditions", ())]
        calls = self.calls
        assertions = [one["arguments"][0] for one in calls if _ASSERTS.search(self.text(one["callee"][0]))]
        return sorted(Extent(node.start_byte, node.end_byte) for node in (*conditions, *assertions))

    def is_tested_before(self, node: Node, name: str) -> bool:
        """True when a condition or assertion of the same function, before `node`, speaks of `name`."""
        return self.is_tested(name, self._start_of_function(node), node.start_byte)

    def is_tested(self, name: str, start: int, end: int) -> bool:
        """True when a condition or assertion between two bytes speaks of `name`; reading into it (`fgets(name`) is no test."""
        word = re.compile(rb"(?<![\w.>])" + re.escape(name.encode()) + rb"(?!\w)")
        spans = self._tests
        first, last = bisect_left(spans, (start, 0)), bisect_left(spans, (end, 0))
        for span in spans[max(first, last - _MAX_CONDITIONS) : last]:
            if word.search(self._tested_text(span.start, min(span.end, end))):
                return True
        return False

    def _tested_text(self, start: int, end: int) -> bytes:
        """A condition without white space, up to a call that reads into its arguments."""
        text = b"".join(self.source[start:end].split())
        return _NOT_A_TEST.split(text)[0] if _NOT_A_TEST.search(text) and b"&&" not in text else text

    def names_tested_in(self, function: Node) -> frozenset[str]:
        """What the conditions and assertions of a function speak of: `n`, `b->used` and `b`; read once per function."""
        known = self._tested.get(function.start_byte)
        if known is None:
            spans = self._tests
            first, last = bisect_left(spans, (function.start_byte, 0)), bisect_left(spans, (function.end_byte, 0))
            names: set[str] = set()
            for span in spans[max(first, last - _MAX_CONDITIONS) : last]:
                for path in _TESTED.findall(self._tested_text(span.start, span.end)):
                    names.update(_with_owners(path.decode("utf-8", "replace")))
            known = self._tested[function.start_byte] = frozenset(names)
        return known

    def offset_uses_in(self, function: Node) -> OffsetUses:
        """Where a function uses names as offsets or assigns them; read once per function."""
        known = self._offset_uses.get(function.start_byte)
        if known is None:
            known = self._offset_uses[function.start_byte] = {}
            for match in _OFFSET_USE.finditer(self.source, function.start_byte, function.end_byte):
                name = match.group(match.lastindex or 0).decode("utf-8", "replace")
                known.setdefault(name, []).append((match.start(), match.lastindex == 3))
        return known

    def _start_of_function(self, node: Node) -> int:
        function = self.function_of(node)
        return 0 if function is None else function.start_byte

    @cached_property
    def _calls(self) -> tuple[list[int], list[Captures]]:
        ordered = sorted(self.calls, key=lambda captures: captures["finding"][0].start_byte)
        return [captures["finding"][0].start_byte for captures in ordered], ordered

    def calls_between(self, start: int, end: int) -> list[Captures]:
        """The calls that begin between two bytes, in order, with @callee, @arguments and @finding."""
        starts, ordered = self._calls
        return ordered[bisect_left(starts, start) : bisect_left(starts, end)]

    @cached_property
    def calls_by_name(self) -> Mapping[str, list[Captures]]:
        """Callee -> its calls, in order."""
        found: dict[str, list[Captures]] = {}
        for captures in self._calls[1]:
            found.setdefault(self.text(captures["callee"][0]), []).append(captures)
        return found

    def assigned_in(self, function: Node) -> Assigned:
        """Name -> what the function assigns to it, as a memory that a check fills the first time."""
        return self._assigned.setdefault(function.start_byte, {})

    @cached_property
    def constants(self) -> Mapping[str, int]:
        """Object-like macros of the file that are one decimal number and defined once."""
        values: dict[str, int] = {}
        clashing = set()
        for captures in self._matches.get("rule.constants", ()):
            name, value = self.text(captures["name"][0]), self.text(captures["value"][0]).strip().strip("()")
            if name in values or not value.isdecimal() or len(value) > 9:
                clashing.add(name)
            else:
                values[name] = int(value)
        return {name: value for name, value in values.items() if name not in clashing}

    @cached_property
    def functions_by_line(self) -> Mapping[int, Node]:
        """Function definitions by the line they begin on."""
        return {node.start_point[0] + 1: node for node in self.functions.nodes}

    @cached_property
    def names_defined(self) -> frozenset[str]:
        """Functions and function-like macros that this file defines."""
        functions = {function.name for function in self.facts.functions if function.has_body}
        return frozenset(functions | {macro.name for macro in self.facts.macros})

    @cached_property
    def globals_written(self) -> frozenset[str]:
        """Global variables of this file that its functions assign or count up."""
        names = sorted({one.name for one in self.facts.globals if one.name and not (one.is_const or one.is_extern)})
        return frozenset(name for name in names[:_MAX_GLOBALS] if self._is_written(name.encode()))

    def _is_written(self, name: bytes) -> bool:
        """True when some function of the file assigns a name or counts it up."""
        source, around, length = self.source, self.functions.around, len(name)
        at = source.find(name)
        for _ in range(_MAX_MENTIONS):
            if at < 0:
                break
            after = at + length
            if _BEFORE_WRITE.match(source, at - 1) is None or at == 0:
                is_counted = source[max(0, at - 6) : at].rstrip()[-2:] in (b"++", b"--")
                is_whole = not (source[after : after + 1].isalnum() or source[after : after + 1] == b"_")
                if is_whole and (is_counted or _WRITES.match(source, after)) and around(at, at + 1) >= 0:
                    return True
            at = source.find(name, after)
        return False

    @cached_property
    def _function_lines(self) -> tuple[list[int], list[Function]]:
        ordered = sorted(self.facts.functions, key=lambda function: (function.start_line, -function.end_line))
        return [function.start_line for function in ordered], ordered

    def function_at(self, line: int) -> Function | None:
        """The fact of the innermost function around a line."""
        starts, ordered = self._function_lines
        for index in range(bisect_right(starts, line) - 1, max(-1, bisect_right(starts, line) - 60), -1):
            if ordered[index].end_line >= line:
                return ordered[index]
        return None


def _with_owners(path: str) -> Iterator[str]:
    """`b->used` and `b`."""
    yield path
    for end in (match.start() for match in re.finditer(r"->|\.", path)):
        yield path[:end]
