"""Format strings: `printf` reads strings and writes as much as they are long, `scanf` stores input."""

from __future__ import annotations

import re
from typing import NamedTuple

from rustplan.flow import ir
from rustplan.flow.arguments import LibraryCall
from rustplan.flow.contents import is_start
from rustplan.flow.ir import Expr
from rustplan.flow.memory import INPUT, LITERAL, OUTER, Object, State
from rustplan.flow.models import Format
from rustplan.flow.transfers import Transfers
from rustplan.flow.values import ENDS, EXACT, HI, TAINT, Num, Ptr, Source, Value, add, constant

_CONVERSION = re.compile(rb"%(?:(%)|[-+ #0']*(\*)?(\d*)(?:\.(?:(\*)|(\d*)))?[hlLqjztw]*(.?))", re.DOTALL)
_LENGTHS = b"hlLqjztw"
_PERCENT = ord("%")
_MOST_DIGITS = 6


class Conversion(NamedTuple):
    """One conversion of a format. `letter` is `*` for a precision that is an argument; `precision` is -1 for none.

    `has_star`: an argument gives the width (`printf`), or the value is not stored (`scanf`).
    """

    letter: str
    width: int = 0
    precision: int = -1
    has_star: bool = False


class _Output:
    """What a print writes, as far as its format has been read."""

    __slots__ = ("from_input", "length", "overlaps")

    def __init__(self, text: bytes) -> None:
        self.length: Num | None = constant(plain_length(text))
        self.from_input: Source | None = None
        self.overlaps = False

    def add(self, length: Num | None) -> None:
        """So many characters more; None when nobody knows."""
        self.length = add(self.length, length) if self.length is not None and length is not None else None


class Formats(Transfers):
    """Runs what a format string says."""

    printed: Num | None = None
    """The length of what the last formatted print would have written."""

    def run_format(self, call: LibraryCall, spec: Format, st: State) -> None:
        """Read or write what the format of a call says."""
        if spec.argument > len(call.given):
            return
        text = _format_text(call.value(spec.argument), st)
        if text is None:
            self._run_unknown(call, spec, st)
        elif spec.style == "scanf":
            self._scan(call, spec, text, st)
        else:
            self._print(call, spec, text, st)

    def _run_unknown(self, call: LibraryCall, spec: Format, st: State) -> None:
        """Nobody knows what the format says."""
        self._check_format(call, spec, st)
        if spec.style == "scanf":
            for target in call.pointers_from(spec.first):
                self.input_into(target, call.source, st)
            return
        into = call.pointer(spec.into)
        if into is not None:
            self.unleash(into, st)

    def _check_format(self, call: LibraryCall, spec: Format, st: State) -> None:
        """Report a format that comes from input, or that somebody else gives where no values follow."""
        given, value = call.expression(spec.argument), call.value(spec.argument)
        object_ = st.objects.get(value.object) if isinstance(value, Ptr) else None
        if object_ is None:
            return
        shown = self.describe(given)
        if object_.content == INPUT:
            steps = self.source_steps(Num(0, 0, 0, source=object_.source)) if object_.source else ()
            captures = {
                "callee": call.name,
                "source": object_.source[1] if object_.source else "input",
                "format": shown,
            }
            self.report("format-from-input", given[2], st, shown, captures, steps)
        elif _is_foreign_text(object_, given) and spec.first > len(call.given):
            self.report("format-variable", given[2], st, shown, {"callee": call.name, "format": shown}, (), 1)

    # ---- scanf ----

    def _scan(self, call: LibraryCall, spec: Format, text: bytes, st: State) -> None:
        source = call.source
        if spec.source:
            origin = call.pointer(spec.source)
            object_ = st.objects.get(origin.object) if origin is not None else None
            if object_ is None or object_.content != INPUT:
                for target in call.pointers_from(spec.first):
                    self.unleash(target, st)
                return
            source = object_.source or source
        stored = [each for each in conversions(text) if not each.has_star]
        for position, conversion in enumerate(stored, spec.first):
            into = call.pointer(position)
            if into is None:
                continue
            if conversion.letter in "s[":
                self._scan_string(call, position, into, conversion.width, source, st)
            else:
                self.input_into(into, source, st)

    def _scan_string(
        self, call: LibraryCall, position: int, target: Ptr, width: int, source: Source, st: State
    ) -> None:
        """`%s` stores as many characters as come, `%9s` nine."""
        size = constant((width + 1) * call.model.unit) if width else Num(1, 1 << 31, ENDS | TAINT, source=source)
        self.check(target, size, st, call.expression(position), write=True, by="string", callee=call.name)
        if target.object not in st.objects:
            return
        object_ = st.change(target.object)
        object_.forget()
        object_.content, object_.source, object_.terminated = INPUT, source, True
        if width:
            object_.length = Num(0, width, ENDS | TAINT | EXACT, self.symbol(), source=source)

    # ---- printf ----

    def _print(self, call: LibraryCall, spec: Format, text: bytes, st: State) -> None:
        target = call.pointer(spec.into)
        output = self._read_values(call, spec, text, target, st)
        if target is None or target.object not in st.objects:
            return
        self.printed = output.length
        if output.overlaps:
            object_ = st.objects[target.object]
            captures = {"callee": call.name, "object": object_.name or "the block"}
            self.report("overlap", call.at, st, object_.name, captures, self.object_steps(object_))
        self._print_into(call, spec, target, output, st)

    def _read_values(self, call: LibraryCall, spec: Format, text: bytes, target: Ptr | None, st: State) -> _Output:
        """Read the values of a format; how long the text becomes."""
        output = _Output(text)
        position = spec.first
        for conversion in conversions(text):
            position += conversion.has_star
            value = call.value(position) if spec.first else None
            if conversion.letter == "s" and isinstance(value, Ptr) and value.object in st.objects:
                if target is not None and value.object == target.object and not value.path:
                    output.overlaps = True
                self._read_string(call, position, value, conversion, output, st)
            else:
                output.add(_number_length(conversion))
            position += 1
        return output

    def _read_string(
        self, call: LibraryCall, position: int, value: Ptr, conversion: Conversion, output: _Output, st: State
    ) -> None:
        """`%s` reads a string up to its terminator or its precision."""
        given, width, precision = call.expression(position), conversion.width, conversion.precision
        if not self.alive(value, st.objects[value.object], st, given, call.name):
            output.add(None)
            return
        if precision < 0:
            self.needs_terminator(value, given, call.name, st)
        length = self.length_at(value, st)
        object_ = st.objects[value.object]
        if object_.content == INPUT:
            output.from_input = object_.source
        if precision >= 0:
            if length is None or length.lo >= precision:
                length = constant(precision)
            elif length.hi > precision:
                length = Num(0, precision, 0)
        if length is not None and width > length.lo:
            length = Num(width, max(width, length.hi), length.bits & (ENDS | TAINT), source=length.source)
        output.add(length)

    def _print_into(self, call: LibraryCall, spec: Format, target: Ptr, output: _Output, st: State) -> None:
        """`sprintf` writes into an object."""
        unit, length, given = call.model.unit, output.length, call.expression(spec.into)
        whole = add(self.scaled(length, unit), constant(unit)) if length is not None else None
        limit = self.sized(call, (spec.limit,), st) if spec.limit else None
        if limit is not None and whole is not None and whole.hi <= limit.hi:
            limit = whole if whole.is_constant else None
        size = limit if spec.limit else whole
        by = "copy" if spec.limit else "string"
        is_shown = size is not None and (not spec.limit or size.is_constant or size.bits & HI)
        if (
            size is not None
            and is_shown
            and not self.check(target, size, st, given, write=True, by=by, callee=call.name)
        ):
            return
        if target.object not in st.objects:
            return
        changed = st.change(target.object)
        changed.forget()
        changed.terminated = True if spec.terminates or not spec.limit else None
        if output.from_input is not None:
            changed.content, changed.source = INPUT, output.from_input
        if is_start(target) and length is not None:
            fits = not spec.limit or (limit is not None and length.hi * unit < limit.hi)
            changed.length = length if fits else None


def _format_text(value: Value | None, st: State) -> bytes | None:
    """The text of a format that nobody changes."""
    object_ = st.objects.get(value.object) if isinstance(value, Ptr) and is_start(value) else None
    if object_ is None or (object_.kind != LITERAL and object_.was_assigned):
        return None
    return object_.text


def _is_foreign_text(object_: Object, given: Expr) -> bool:
    """True for a variable that leads to a text somebody else made."""
    if object_.kind != OUTER or given[0] not in (ir.VAR, ir.MEMBER):
        return False
    return object_.terminated is None or object_.text is None


def _number_length(conversion: Conversion) -> Num | None:
    """How many characters a conversion that prints no string writes."""
    if conversion.letter == "c":
        return constant(max(1, conversion.width))
    if conversion.letter in "diouxX":
        return Num(max(1, conversion.width), max(20, conversion.width), 0)
    return None


def conversions(text: bytes) -> list[Conversion]:
    """The conversions of a format."""
    found: list[Conversion] = []
    match = _CONVERSION.search(text)
    while match is not None:
        percent, star, width, precision_star, precision, letter = match.groups()
        end = match.end()
        if precision_star:
            found.append(Conversion("*"))
        if letter == b"[":
            close = text.find(b"]", end + 1)
            end = len(text) if close < 0 else close + 1
        if letter:
            most = 1 << 30 if precision_star else -1 if precision is None else _number(precision)
            found.append(Conversion(chr(letter[0]), _number(width), most, star is not None))
        elif not percent:
            break
        match = _CONVERSION.search(text, end)
    return found


def _number(digits: bytes) -> int:
    return int(digits) if 0 < len(digits) <= _MOST_DIGITS else 0


def plain_length(text: bytes) -> int:
    """Characters of a format outside of its conversions."""
    total, at, end = 0, 0, len(text)
    while at < end:
        if text[at] == _PERCENT:
            at += 1
            if text[at : at + 1] != b"%":
                while at < end and not chr(text[at]).isalpha():
                    at += 1
                while at < end and text[at] in _LENGTHS:
                    at += 1
                at += 1
                continue
        total += 1
        at += 1
    return total
