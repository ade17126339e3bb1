"""What the call graph needs of a Java file: classes, variables, fields, and the surroundings and receivers of its calls."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from rustplan.languages.base import ByteSpan, Matches
from rustplan.languages.java.classes import JavaClass, JavaFunction
from rustplan.languages.java.contexts import Contexts
from rustplan.languages.java.expressions import short_form
from rustplan.languages.java.functions import fold, modifiers_of
from rustplan.languages.regions import OUTSIDE, Regions
from rustplan.languages.text import Lines
from rustplan.model.facts import JavaCall, JavaClassFact, JavaFacts, JavaField, JavaVariable
from rustplan.syntax import Node

_CLASS_WORD = re.compile(rb"([A-Z](?<!\w.)\w*)\s*\.\s*[A-Za-z_]")
_QUOTED_CLASS = re.compile(rb'"((?:[a-z]\w{0,40}\.){1,12}[A-Z][\w$]{0,120})"')
_ENDLESS = re.compile(
    rb"\s*(?:true|!?\s*[\w.]{0,80}(?:stop|run|clos|shut|exit|quit|alive|active|terminat|cancel|interrupt)\w*(?:\s*\(\s*\))?"
    rb"|[\w.]{0,80}(?:now|nanoTime|currentTimeMillis)\(\)\s*(?:-\s*\w+\s*)?<=?\s*[\w.]+)\s*",
    re.IGNORECASE,
)
_LONGEST_CONDITION = 120

Started = tuple[Node, int, str]
"""A call in the order of `FileFacts.calls`: the node before its name, the byte of its name, and its qualifier."""


class JavaReader:
    """Reads the facts of one file; all parts share its functions and contexts."""

    def __init__(
        self,
        matches: Matches,
        view: bytes,
        lines: Lines,
        *,
        text: bytes,
        classes: Sequence[JavaClass],
        functions: Sequence[JavaFunction],
        regions: Regions,
    ) -> None:
        self._matches = matches
        self._view = view
        self._text = text
        self._lines = lines
        self._classes = classes
        self._functions = functions
        self._regions = regions
        self._contexts = Contexts([(one.start, one.end) for one in functions], matches, view)
        self._places = _ClassPlaces(classes)
        self._results: dict[int, int] = {}

    def read(self, calls: Sequence[tuple[int, Node | None, int]]) -> JavaFacts:
        """Return the facts; `calls` are (byte of the name, node of the receiver, last byte of the arguments)."""
        self._results = {end: index for index, (_, _, end) in enumerate(calls)}
        statics = list(self._static_spans())
        known = tuple(self._call(start, receiver, statics) for start, receiver, _ in calls)
        more = (*self._references(statics), *self._iterations(statics))
        return JavaFacts(
            classes=tuple(self._class(one) for one in self._classes),
            variables=tuple(self._variables()),
            fields=tuple(self._fields()),
            calls=known,
            more_calls=more,
            regions=self._contexts.by_line(self._lines),
            classes_named=self._class_words(_CLASS_WORD, self._view),
            classes_quoted=self._class_words(_QUOTED_CLASS, self._text),
            always_throws=tuple(self._always_throws()),
            endless=tuple(sorted(self._endless())),
            contexts=self._contexts.table,
        )

    def _call(self, start: int, receiver: Node | None, statics: Sequence[ByteSpan]) -> JavaCall:
        form = "" if receiver is None else short_form(receiver, self._view, self._results)
        if self._regions.at(start)[0] != OUTSIDE:
            return JavaCall(self._contexts.at(start), form)
        return JavaCall(self._contexts.at(start), form, self._places.at(start), _is_within(start, statics))

    def _more(
        self, start: int, receiver: Node | None, shape: str, callee: str, statics: Sequence[ByteSpan]
    ) -> JavaCall:
        function = self._regions.at(start)[0]
        is_outside = function == OUTSIDE
        return JavaCall(
            self._contexts.at(start),
            short_form(receiver, self._view, self._results),
            self._places.at(start) if is_outside else "",
            is_outside and _is_within(start, statics),
            shape,
            callee,
            self._lines.at(start),
            function,
        )

    def _references(self, statics: Sequence[ByteSpan]) -> Iterator[JavaCall]:
        for captures in self._matches.get("facts.reference", ()):
            node, receiver = captures["name"][0], captures["receiver"][0]
            name = fold(self._view, node)
            yield self._more(node.start_byte, receiver, "::", "<init>" if name == "new" else name, statics)

    def _iterations(self, statics: Sequence[ByteSpan]) -> Iterator[JavaCall]:
        for captures in self._matches.get("facts.loop", ()):
            loop = captures["loop"][0]
            if loop.type == "enhanced_for_statement":
                value = loop.child_by_field_name("value")
                if value is not None:
                    yield self._more(value.start_byte, value, "each", "iterator", statics)

    def _class(self, one: JavaClass) -> JavaClassFact:
        words = modifiers_of(self._view, one.node)[0]
        function = self._regions.at(one.start)[0] if one.is_local else OUTSIDE
        return JavaClassFact(
            name=one.name,
            kind=one.kind,
            supertypes=tuple(self._supertypes(one)),
            function=function,
            is_abstract="abstract" in words or one.kind in ("interface", "annotation"),
            parameters=tuple(
                fold(self._view, parameter)
                for child in one.node.named_children[:4]
                if child.type == "type_parameters"
                for parameter in child.named_children
                if parameter.type == "type_parameter"
            ),
        )

    def _supertypes(self, one: JavaClass) -> Iterator[str]:
        if one.kind != "anonymous":
            for head in one.node.named_children:
                if head.type == "superclass":
                    yield from (fold(self._view, child) for child in head.named_children)
                elif head.type in ("super_interfaces", "extends_interfaces"):
                    yield from (
                        fold(self._view, child) for around in head.named_children for child in around.named_children
                    )
            return
        parent = one.node.parent
        if parent is None:
            return
        if parent.type == "enum_constant":
            yield one.name.rpartition("$")[0].rpartition("$")[2]
        else:
            yield fold(self._view, parent.child_by_field_name("type"))

    def _variables(self) -> Iterator[JavaVariable]:
        for captures in self._matches.get("facts.variable", ()):
            name = captures["name"][0]
            function = self._regions.at(name.start_byte)[0]
            if function == OUTSIDE:
                continue
            written = fold(self._view, captures["type"][0])
            yield JavaVariable(
                function, fold(self._view, name), written, self._inferred(name) if written == "var" else ""
            )

    def _inferred(self, name: Node) -> str:
        parent = name.parent
        value = None if parent is None else parent.child_by_field_name("value")
        form = short_form(value, self._view, self._results)
        return f"{form}[]" if parent is not None and parent.type == "enhanced_for_statement" else form

    def _fields(self) -> Iterator[JavaField]:
        for captures in self._matches.get("facts.field", ()):
            name = captures["constant" if "constant" in captures else "name"][0]
            declaration = captures["declaration"][0]
            yield JavaField(
                owner=self._places.at(name.start_byte),
                name=fold(self._view, name),
                type=fold(self._view, captures["type"][0]),
                line=self._lines.at(declaration.start_byte),
                end_line=self._lines.at(declaration.end_byte),
                is_static=_is_static(captures["declaration"][0], self._view),
            )

    def _static_spans(self) -> Iterator[ByteSpan]:
        for captures in self._matches.get("facts.field", ()):
            declaration = captures["declaration"][0]
            if _is_static(declaration, self._view):
                yield declaration.start_byte, declaration.end_byte

    def _class_words(self, pattern: re.Pattern[bytes], text: bytes) -> tuple[tuple[int, str], ...]:
        found = {
            (self._regions.at(match.start())[0], match.group(1).decode("utf-8", "replace"))
            for match in pattern.finditer(text)
        }
        return tuple(sorted(found))

    def _always_throws(self) -> Iterator[int]:
        for index, one in enumerate(self._functions):
            body = one.node.child_by_field_name("body")
            last = body.named_child(body.named_child_count - 1) if body is not None and body.named_child_count else None
            if last is not None and last.type == "throw_statement" and b"return" not in self._view[one.start : one.end]:
                yield index

    def _endless(self) -> set[int]:
        found = set()
        for captures in self._matches.get("facts.loop", ()):
            loop = captures["loop"][0]
            condition = loop.child_by_field_name("condition")
            if loop.type == "enhanced_for_statement" or condition is None:
                is_endless = loop.type == "for_statement"
            else:
                text = self._view[condition.start_byte : condition.end_byte]
                text = text[1:-1] if text.startswith(b"(") else text
                is_endless = len(text) <= _LONGEST_CONDITION and _ENDLESS.fullmatch(text) is not None
            if is_endless:
                found.add(self._regions.at(loop.start_byte)[0])
        return found - {OUTSIDE}


class _ClassPlaces:
    """Which class body a byte lies in."""

    def __init__(self, classes: Sequence[JavaClass]) -> None:
        self._starts = [-1]
        self._names = [""]
        stack: list[tuple[int, str]] = []
        for one in sorted(classes, key=lambda item: (item.start, -item.node.end_byte)):
            self._close(stack, one.start)
            stack.append((one.node.end_byte, one.name))
            self._mark(one.start, one.name)
        self._close(stack, None)

    def at(self, offset: int) -> str:
        """The binary name without the package of the innermost class, "" outside all."""
        return self._names[bisect_right(self._starts, offset) - 1]

    def _close(self, stack: list[tuple[int, str]], before: int | None) -> None:
        while stack and (before is None or stack[-1][0] <= before):
            end = stack.pop()[0]
            self._mark(end, stack[-1][1] if stack else "")

    def _mark(self, offset: int, name: str) -> None:
        self._starts.append(offset)
        self._names.append(name)


def _is_static(declaration: Node, view: bytes) -> bool:
    if declaration.type == "constant_declaration":
        return True
    first = declaration.named_child(0)
    return (
        first is not None and first.type == "modifiers" and b"static" in view[first.start_byte : first.end_byte].split()
    )


def _is_within(offset: int, spans: Sequence[ByteSpan]) -> bool:
    index = bisect_right(spans, (offset, 1 << 62)) - 1
    return index >= 0 and spans[index][0] <= offset < spans[index][1]
