"""What a call in a Java method reaches: a method of the repository, code outside it, the platform, or nobody knows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from rustplan.model.facts import Call, FileFacts, Function, MethodState
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.source import Language, Role
from rustplan.plan.latency.types import base_of

CONSTRUCTOR = "<init>"
_PLATFORM = ("java.", "javax.", "jdk.", "sun.", "com.sun.")
_LOGGERS = re.compile(r"(?i)(?:this\.)?_?(?:log|logger|slog|audit_?log)")
_METERS = re.compile(r"(?i)(?:this\.)?\w{0,40}(?:metrics?|counter|timer|histogram|gauge|meter)s?")
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_MOST_ABOVE = 50


class Reach(Enum):
    """Where a call goes, seen from the code that would move."""

    METHOD = "method"
    OUTSIDE = "outside"
    """Third-party code, or a method of the repository that several classes may implement."""
    LOGGING = "logging"
    PLATFORM = "platform"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Target:
    """What one call reaches; `name` is the method of the repository, or words for it."""

    reach: Reach
    name: str
    receiver_type: str = ""
    """Simple name, where it is known."""


@dataclass(frozen=True, slots=True)
class Method:
    """One overload of a method, its file, its index there, what it changes, and its calls without those on the way to an exception."""

    path: str
    facts: FileFacts
    index: int
    function: Function
    state: MethodState
    calls: tuple[Call, ...]

    @property
    def name(self) -> str:
        """Its qualified name."""
        return self.function.qualified_name

    @property
    def is_endless(self) -> bool:
        """True when it holds a loop without an end of its own."""
        return self.index in self.facts.java.endless


class Methods:
    """The Java methods of role source, and what calls among them mean."""

    def __init__(self, scan: TreeScan) -> None:
        self.files: tuple[FileScan, ...] = tuple(
            file for file in scan.files if file.facts.language is Language.JAVA and file.role is Role.SOURCE
        )
        self._methods: dict[str, list[Method]] = defaultdict(list)
        self._classes: dict[str, set[str]] = defaultdict(set)
        self._above: dict[str, tuple[str, ...]] = {}
        self._kinds: dict[str, str] = {}
        self._locals: dict[tuple[str, int, str], str] = {}
        self._held: dict[tuple[str, str], str] = {}
        self._declared: dict[str, set[str]] = defaultdict(set)
        """Names of abstract methods by the outermost class of their file."""
        self._instance_fields: set[tuple[str, str]] = set()
        for file in self.files:
            self._add(file)

    def _add(self, file: FileScan) -> None:
        facts = file.facts
        states = {state.function: state for state in facts.states}
        calls = _warm_calls(facts)
        for index, function in enumerate(facts.functions):
            state = states.get(index, MethodState(function=index))
            own = tuple(calls.get(index, ()))
            self._methods[function.qualified_name].append(Method(file.path, facts, index, function, state, own))
        for variable in facts.java.variables:
            self._locals.setdefault((file.path, variable.function, variable.name), variable.type)
        self._instance_fields.update((file.path, one.name) for one in facts.java.fields if not one.is_static)
        held = [(one.name, one.type) for one in facts.java.fields] + [(one.name, one.type) for one in facts.globals]
        for name, written in held:
            self._held.setdefault((file.path, name), written)
        for declared in facts.types:
            name = declared.name
            if facts.package and not name.startswith(f"{facts.package}."):
                name = f"{facts.package}.{name}"
            self._classes[_simple(name)].add(name)
            self._above[name] = declared.supertypes
            self._kinds[name] = declared.kind
            self._declared[name.partition("$")[0]].update(one.name for one in facts.declarations)

    def field_behind(self, call: Call, method: Method) -> tuple[str, bool]:
        """Return the field that a call is made on and whether it is static; "" when it is made on anything else."""
        name = call.qualifier.removeprefix("this.")
        is_plain = name == call.qualifier
        if is_plain and (
            (method.path, method.index, name) in self._locals
            or any(one.name == name for one in method.function.parameters)
        ):
            return "", False
        if (method.path, name) not in self._held:
            return "", False
        return name, (method.path, name) not in self._instance_fields

    def overloads(self, name: str) -> Sequence[Method]:
        """Return the overloads of a qualified name."""
        return self._methods.get(name, ())

    def largest(self, name: str, line: int = 0) -> Method | None:
        """Return the overload around a line, else the one with most code; None for an unknown name."""
        found = self.overloads(name)
        around = [one for one in found if one.function.start_line <= line <= one.function.end_line]
        return max(around or found, key=lambda one: (one.function.sloc, -one.function.start_line), default=None)

    def every(self) -> Iterator[Method]:
        """Yield all methods, file by file."""
        for _, found in sorted(self._methods.items()):
            yield from found

    def target(self, call: Call, method: Method) -> Target:
        """Return what a call in a method reaches."""
        if call.qualifier == "new":
            return self._created(call, method)
        if call.qualifier in ("", "this", "super"):
            return self._own(call, method)
        if _LOGGERS.fullmatch(call.qualifier) or _METERS.fullmatch(call.qualifier):
            return Target(Reach.LOGGING, f"{call.qualifier}.{call.callee}")
        written = self._receiver_type(call.qualifier, method)
        if not written:
            return Target(Reach.UNKNOWN, call.callee)
        return self._on_type(call, base_of(written), method)

    def _created(self, call: Call, method: Method) -> Target:
        base = base_of(call.callee)
        name = self._class(base, method.facts)
        if name is None:
            return self._beyond(base, CONSTRUCTOR, method.facts)
        full = f"{name}.{CONSTRUCTOR}"
        return Target(Reach.METHOD if full in self._methods else Reach.PLATFORM, full, base)

    def _own(self, call: Call, method: Method) -> Target:
        """A call without a receiver: of the class, of what it extends, of the classes around it."""
        container = method.function.container
        while container:
            found = self._member(container, call.callee, from_above=call.qualifier == "super")
            if found is not None:
                return found
            container = container.rpartition("$")[0]
        return Target(Reach.UNKNOWN, call.callee)

    def _member(self, name: str, callee: str, *, from_above: bool = False) -> Target | None:
        """The method in a class or in the nearest class above it; `from_above` leaves out the class itself."""
        level, seen = self._next([name]) if from_above else [name], {name}
        while level and len(seen) < _MOST_ABOVE:
            for each in level:
                if f"{each}.{callee}" in self._methods:
                    return Target(Reach.METHOD, f"{each}.{callee}", _simple(each))
            seen.update(level)
            level = [one for one in self._next(level) if one not in seen]
        return None

    def _next(self, names: Sequence[str]) -> list[str]:
        """The classes that these extend or implement, by simple name."""
        above = [base_of(text) for each in names for text in self._above.get(each, ())]
        return sorted({other for base in above for other in self._classes.get(base, ())})

    def _on_type(self, call: Call, base: str, method: Method) -> Target:
        name = self._class(base, method.facts)
        if name is None:
            return self._beyond(base, call.callee, method.facts)
        if self._kinds.get(name) == "interface":
            return Target(Reach.OUTSIDE, f"{base}.{call.callee}", base)
        found = self._member(name, call.callee)
        if found is not None:
            return found
        is_abstract = call.callee in self._declared.get(name.partition("$")[0], ())
        return Target(Reach.OUTSIDE if is_abstract else Reach.UNKNOWN, f"{base}.{call.callee}", base)

    def _beyond(self, base: str, callee: str, facts: FileFacts) -> Target:
        """A type that the repository does not declare: of the platform unless an import says otherwise."""
        for imported in facts.imports:
            if imported.name.rpartition(".")[2] == base and not imported.is_static and not imported.is_wildcard:
                is_platform = imported.name.startswith(_PLATFORM)
                return Target(Reach.PLATFORM if is_platform else Reach.OUTSIDE, f"{base}.{callee}", base)
        return Target(Reach.PLATFORM, f"{base}.{callee}", base)

    def _class(self, base: str, facts: FileFacts) -> str | None:
        """Binary name of a class of the repository that a file means by a simple name."""
        known = self._classes.get(base)
        if not known:
            return None
        imported = {one.name for one in facts.imports if not one.is_wildcard and one.name.rpartition(".")[2] == base}
        if imported:
            return next((name for name in sorted(known) if name.replace("$", ".") in imported), None)
        here = {one.name for one in facts.imports if one.is_wildcard} | {facts.package}
        own = {one.name.partition("$")[0].rpartition(".")[2] for one in facts.types}
        near = [name for name in sorted(known) if _package(name) == facts.package and _outer(name) in own]
        seen = [name for name in sorted(known) if "$" not in name and _package(name) in here]
        return next(iter(near or seen), None)

    def _receiver_type(self, receiver: str, method: Method) -> str:
        """The type as written of the first name of a receiver that is one name; "" for chains and what is unknown."""
        name = receiver.removeprefix("this.")
        if not _WORD.fullmatch(name):
            return ""
        written = self._locals.get((method.path, method.index, name), "") if name == receiver else ""
        if not written and name == receiver:
            written = next((one.type for one in method.function.parameters if one.name == name), "")
        written = written or self._held.get((method.path, name), "") or (name if name[:1].isupper() else "")
        return "" if written == "var" else written


def _package(name: str) -> str:
    return name.partition("$")[0].rpartition(".")[0]


def _outer(name: str) -> str:
    """Simple name of the outermost class."""
    return name.partition("$")[0].rpartition(".")[2]


def _warm_calls(facts: FileFacts) -> dict[int, list[Call]]:
    """Calls by function, without those in a throw, a catch or an assert."""
    hints, contexts = facts.java.calls, facts.java.contexts
    found: dict[int, list[Call]] = defaultdict(list)
    for place, call in enumerate(facts.calls):
        if place >= len(hints) or not contexts[hints[place].context].is_cold:
            found[call.function].append(call)
    return found


def _simple(name: str) -> str:
    return name.rpartition(".")[2].rpartition("$")[2]
