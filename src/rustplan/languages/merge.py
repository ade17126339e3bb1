"""Facts of the arms of conditionals that the first reading of a file left out, joined to those of the first."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec

from rustplan.languages.base import ByteSpan, Prepared
from rustplan.languages.text import Lines
from rustplan.model.facts import Call, Declaration, FileFacts, Function, GlobalVariable, TypeDeclaration

Named = TypeVar("Named", Declaration, GlobalVariable, TypeDeclaration)

_CANDIDATES = 16
"""Functions that are looked at around a line: definitions nest no deeper in practice."""

LineSpan = tuple[int, int]
"""First and last line."""


def lines_added(prepared: Prepared, facts: FileFacts, more: FileFacts) -> Callable[[int], bool]:
    """Which lines a further reading of a file adds: those of the arms it reads, and of functions that only it knows."""
    arms = _lines_read(prepared)
    bodies = [(one.start_line, one.end_line) for one in _new_functions(facts, more)]
    known = sorted((one.start_line, one.end_line) for one in facts.functions)
    own = [span for span in bodies if not _is_inside_one(span, known)]
    return lambda line: _is_within(line, arms) or _is_within(line, own)


def _lines_read(prepared: Prepared) -> tuple[LineSpan, ...]:
    lines = Lines(prepared.code)
    return tuple(_lines_of(span, prepared.code, lines) for span in prepared.reads)


def _lines_of(span: ByteSpan, code: bytes, lines: Lines) -> LineSpan:
    text = code[slice(*span)]
    start = span[0] + len(text) - len(text.lstrip())
    return lines.at(start), lines.at(start + max(0, len(text.strip()) - 1))


def _is_within(line: int, spans: Sequence[LineSpan]) -> bool:
    """True when the line lies in one of the sorted spans."""
    place = bisect_left(spans, (line + 1, 0))
    return place > 0 and spans[place - 1][1] >= line


def _is_inside_one(span: LineSpan, known: Sequence[LineSpan]) -> bool:
    place = bisect_left(known, (span[0] + 1, 0))
    return any(last >= span[1] for _, last in known[max(0, place - _CANDIDATES) : place])


def _new_functions(facts: FileFacts, more: FileFacts) -> list[Function]:
    """Functions that only the further reading knows: by name, or by place when both have the name."""
    known: dict[str, list[Function]] = {}
    for one in facts.functions:
        known.setdefault(one.qualified_name, []).append(one)
    return [
        one for one in more.functions if not any(_overlap(one, other) for other in known.get(one.qualified_name, ()))
    ]


def _nearest(one: Function, namesakes: Sequence[Function]) -> Sequence[Function]:
    """Those that may overlap, of functions sorted by line."""
    place = bisect_left(namesakes, one.end_line + 1, key=lambda other: other.start_line)
    return namesakes[max(0, place - _CANDIDATES) : place]


def _overlap(one: Function, other: Function) -> bool:
    return one.start_line <= other.end_line and other.start_line <= one.end_line


def with_other_arms(facts: FileFacts, more: FileFacts, prepared: Prepared) -> FileFacts:
    """Add what stands in the arms that `prepared` reads, and the functions that only it knows, each with its calls."""
    spans = _lines_read(prepared)
    fresh = {id(one) for one in _new_functions(facts, more)}
    functions = sorted(
        [*facts.functions, *(one for one in more.functions if id(one) in fresh)],
        key=lambda one: (one.start_line, -one.end_line, one.qualified_name),
    )
    places = {id(one): index for index, one in enumerate(functions)}
    first = [places[id(one)] for one in facts.functions]
    namesakes: dict[str, list[Function]] = {}
    for one in facts.functions:
        namesakes.setdefault(one.qualified_name, []).append(one)
    second = []
    for one in more.functions:
        same = (other for other in _nearest(one, namesakes.get(one.qualified_name, ())) if _overlap(one, other))
        twin = one if id(one) in fresh else next(same, None)
        second.append(-1 if twin is None else places[id(twin)])
    calls = [_moved(call, first) for call in facts.calls]
    calls += [
        _moved(call, second)
        for call in more.calls
        if _is_within(call.line, spans) or (call.function >= 0 and id(more.functions[call.function]) in fresh)
    ]
    return msgspec.structs.replace(
        facts,
        functions=tuple(functions),
        calls=tuple(sorted(calls, key=lambda call: call.line)),
        declarations=_joined(facts.declarations, (one for one in more.declarations if _is_within(one.line, spans))),
        types=_joined(facts.types, (one for one in more.types if _is_within(one.line, spans))),
        globals=_joined(facts.globals, (one for one in more.globals if _is_within(one.line, spans))),
        address_taken=tuple(dict.fromkeys([*facts.address_taken, *more.address_taken])),
    )


def _moved(call: Call, places: Sequence[int]) -> Call:
    function = places[call.function] if call.function >= 0 else call.function
    return call if function == call.function else msgspec.structs.replace(call, function=function)


def _joined(known: Sequence[Named], more: Iterable[Named]) -> tuple[Named, ...]:
    joined: list[Named] = list(known)
    seen = set(known)
    joined.extend(one for one in more if one not in seen)
    return tuple(sorted(joined, key=lambda one: (one.line, one.name)))
