"""Rules of one language made ready: one set of queries for the tree, and what its matches become."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple, Protocol

from msgspec.structs import replace

from rustplan.flow.events import Event
from rustplan.model.facts import FileFacts, ParseCoverage
from rustplan.model.finding import Finding, RelatedLocation
from rustplan.model.source import Language
from rustplan.model.suppression import SuppressionComment
from rustplan.rulebook import facts_view, latency, words
from rustplan.rulebook.checks import CHECKS
from rustplan.rulebook.file_view import C_FAMILY, FileView, shared_queries
from rustplan.rulebook.place import Lines, Place, Span, arguments_of, span_of
from rustplan.rulebook.predicates import Test, compile_arguments, compile_where
from rustplan.rulebook.report import BUILT_IN_CAPTURES, Hit, findings_of, lowered
from rustplan.rulebook.rule import Rule, Rulebook
from rustplan.rulebook.written import Matcher
from rustplan.syntax import Captures, Node, Tree

MAX_ARGUMENTS = 8
MAX_KNOWN = 20_000
"""Callee names whose matchers are remembered from file to file."""
ANY_CLASS = "*"
"""Stands under `new` for every class."""
_OWN_SCOPES = frozenset(("", "std"))
_MAX_CLIMB = 40
_NATIVE, _IS_NATIVE = "native", r"\bnative\b"
"""A trait of a function that the source spells out, and the pattern by which rules ask for it."""
_SHOWN_WHOLE = frozenset(
    (
        *("call_expression", "subscript_expression", "field_expression", "pointer_expression", "new_expression"),
        *("delete_expression", "update_expression", "parenthesized_expression", "qualified_identifier"),
    )
)
"""Expressions that an event which begins with them covers whole."""

Position = Callable[[str, int], tuple[int, int] | None]
"""Path and byte offset to line and column, both counted from 1; None for a file that nobody has at hand."""


class HasText(Protocol):
    """What `find` needs of a prepared file, each of the same length."""

    @property
    def text(self) -> bytes:
        """The masked text."""

    @property
    def code(self) -> bytes:
        """The text without comments and the content of literals, and with nothing else blanked."""

    @property
    def original(self) -> bytes:
        """The bytes of the file."""


@dataclass(frozen=True, slots=True)
class CompiledMatcher:
    """One matcher with its tests built. `order` is its place in the rule: the first matcher that takes a place keeps it."""

    rule: int
    order: int
    written: Matcher
    tests: tuple[Test, ...]

    def takes(self, place: Place, file: FileView) -> Place | None:
        """The place as this matcher sees it, or None when it is not one."""
        for test in self.tests:
            if not test(place, file):
                return None
        if not self.written.check:
            return place
        return CHECKS[self.written.check].run(Place(place.node, dict(place.captures), fact_line=place.fact_line), file)


class _Asked(NamedTuple):
    """A matcher and, for each set of names of which a file must hold one, those names."""

    needed: tuple[words.Wanted, ...]
    matcher: CompiledMatcher


class CompiledRules:
    """The rules of one language. `queries` go into the one query set of the language; `find` reads what they matched."""

    def __init__(self, rules: tuple[Rule, ...], language: Language) -> None:
        self._language = language
        self._rules = tuple(rule for rule in rules if rule.speaks(language))
        self._by_callee: dict[str, list[CompiledMatcher]] = {}
        self._by_prefix: dict[str, list[CompiledMatcher]] = {}
        self._prefixes: tuple[str, ...] = ()
        self._known: dict[bytes, tuple[CompiledMatcher, ...]] = {}
        self._by_class: dict[str, list[CompiledMatcher]] = {}
        self._by_fact: dict[str, list[_Asked]] = {}
        self._by_query: dict[str, list[_Asked]] = {}
        self._by_words: list[_Asked] = []
        self._by_event: dict[str, list[CompiledMatcher]] = {}
        names: dict[str, str] = {}
        for index, rule in enumerate(self._rules):
            for order, written in enumerate(rule.match):
                if not written.file and (not written.languages or language in written.languages):
                    self._file_away(compile_matcher(index, order, written), rule.id, names)
        self._prefixes = tuple(self._by_prefix)
        kinds = _kinds_asked(self._rules)
        own = {name: text for text, name in names.items()}
        self.queries: Mapping[str, str] = shared_queries(language, kinds) | own

    def _file_away(self, matcher: CompiledMatcher, rule_id: str, names: dict[str, str]) -> None:
        written = matcher.written
        for name in written.call:
            by_name = self._by_prefix if name.endswith("*") else self._by_callee
            by_name.setdefault(name.rstrip("*"), []).append(matcher)
        for name in written.new:
            self._by_class.setdefault(name, []).append(matcher)
        if written.fact:
            self._by_fact.setdefault(written.fact, []).append(_asked(matcher))
        if written.word:
            self._by_words.append(_asked(matcher))
        if written.flow:
            self._by_event.setdefault(written.flow, []).append(matcher)
        if written.query:
            name = names.setdefault(written.query, f"rule.{rule_id}.{matcher.order + 1}")
            self._by_query.setdefault(name, []).append(_asked(matcher))

    @property
    def language(self) -> Language:
        """The language that the rules were made ready for."""
        return self._language

    @property
    def asks_events(self) -> bool:
        """True when some rule looks at what the engine sees."""
        return bool(self._by_event)

    def find(
        self,
        path: str,
        prepared: HasText,
        tree: Tree,
        matches: Mapping[str, list[Captures]],
        facts: FileFacts,
        events: Sequence[Event] = (),
        wanted: Callable[[int], bool] | None = None,
        comments: Sequence[SuppressionComment] = (),
    ) -> tuple[Finding, ...]:
        """Turn the matches of one file, and what the engine saw in it, into findings, sorted by line, column and rule.

        `wanted` says of which lines the hits count; without it all do. Places that one of `comments` covers make findings of their own.
        """
        file = FileView(
            path,
            self._language,
            prepared.text,
            facts,
            matches,
            original=prepared.original,
            code=prepared.code,
            comments=comments,
        )
        kept: dict[tuple[int, int], tuple[CompiledMatcher, Place]] = {}
        for matcher, place in chain(self._candidates(file, matches), self._worded(file, prepared.code)):
            key = (matcher.rule, self._identity(place))
            holder = kept.get(key)
            if holder is not None and holder[0].order <= matcher.order:
                continue
            taken = matcher.takes(place, file)
            if taken is not None:
                kept[key] = (matcher, taken)
        hits = list(self._hits(kept.values(), file))
        hits += self._event_hits(events, file, list(hits), prepared.text, tree)
        return findings_of(hits if wanted is None else [hit for hit in hits if wanted(hit.place.line)], file)

    def _identity(self, place: Place) -> int:
        """What tells the places of one rule apart. In Java `a.b().c()` and its `a.b()` are two; in C what begins at one byte is one."""
        if place.node is None:
            return -place.line
        return place.node.start_byte if self._language in C_FAMILY else place.node.id

    def _event_hits(
        self, events: Sequence[Event], file: FileView, others: list[Hit], text: bytes, tree: Tree
    ) -> Iterator[Hit]:
        """Hits of events, save where another matcher of the same rule has taken the line."""
        if not events:
            return
        taken = {(hit.rule.id, hit.place.line) for hit in others}
        lines = Lines(text)
        own = [event for event in events if event.path in ("", file.path)]

        def position(path: str, offset: int) -> tuple[int, int] | None:
            return lines.position(offset) if path in ("", file.path) else None

        for event, hit in self.hits_of_events(own, file, position):
            if (hit.rule.id, hit.place.line) in taken:
                continue
            span = _span_of_expression(tree, event.offset)
            if span is not None:
                hit.place.span_of_event = span
            index = file.functions.around(event.offset, event.offset + 1)
            is_broken = index >= 0 and file.functions.nodes[index].has_error
            confidence = lowered(hit.confidence, 1) if is_broken else hit.confidence
            yield replace(hit, confidence=confidence, function=None)

    def hits_of_events(
        self, events: Sequence[Event], file: FileView, position: Position
    ) -> Iterator[tuple[Event, Hit]]:
        """One hit for a rule, a subject and a function: the first by offset."""
        kept: set[tuple[int, str, str]] = set()
        for event in sorted(events, key=_order):
            place: Place | None = None
            for matcher in self._by_event.get(event.kind, ()):
                subject = event.subject or event.captures.get("object", "") or f"@{event.offset}"
                key = (matcher.rule, event.function, subject)
                if key in kept:
                    continue
                place = place or _place_of(event, file.path, position)
                if place is None:
                    break
                if matcher.takes(place, file) is not None:
                    kept.add(key)
                    if matcher.written.weight != 0:
                        yield event, self._hit_of_event(event, matcher, place)

    def _hit_of_event(self, event: Event, matcher: CompiledMatcher, place: Place) -> Hit:
        rule, written = self._rules[matcher.rule], matcher.written
        return Hit(
            rule=rule,
            place=place,
            weight=rule.weight if written.weight is None else written.weight,
            confidence=lowered(written.confidence or rule.confidence, event.doubt),
            severity=written.severity or rule.severity,
            apart=event.subject or event.captures.get("object", ""),
            cwe=written.cwe,
            message=written.message,
            function=event.function,
        )

    def _hits(self, kept: Iterable[tuple[CompiledMatcher, Place]], file: FileView) -> Iterator[Hit]:
        for matcher, place in kept:
            rule, written = self._rules[matcher.rule], matcher.written
            weight = rule.weight if written.weight is None else written.weight
            if written.weight == 0:
                continue
            factor = latency.factor(rule, place, file)
            confidence = written.confidence or rule.confidence
            severity = written.severity or rule.severity
            yield Hit(
                rule=rule,
                place=place,
                weight=weight * factor,
                bytes=latency.bytes_of(rule, written, place) * factor,
                confidence=confidence,
                severity=severity,
                cwe=written.cwe,
                message=written.message,
            )

    def _candidates(
        self, file: FileView, matches: Mapping[str, list[Captures]]
    ) -> Iterator[tuple[CompiledMatcher, Place]]:
        yield from self._called(file)
        yield from self._created(file, matches.get("rule.new", ()))
        for name, asked in self._by_query.items():
            found = matches.get(name)
            matchers = _worth_asking(asked, file) if found else ()
            for captures in (found or ()) if matchers else ():
                place = Place(captures["finding"][0], {key: nodes[0] for key, nodes in captures.items()})
                for matcher in matchers:
                    yield matcher, place
        for kind, asked in self._by_fact.items():
            matchers = _worth_asking(asked, file)
            for place in facts_view.places(kind, file) if matchers else ():
                for matcher in matchers:
                    yield matcher, place

    def _called(self, file: FileView) -> Iterator[tuple[CompiledMatcher, Place]]:
        source, in_c_family = file.source, self._language in C_FAMILY
        known = self._known
        for captures in file.calls:
            callee = captures["callee"][0]
            name = source[callee.start_byte : callee.end_byte]
            matchers = known.get(name)
            if matchers is None:
                matchers = self._for_callee(name.decode("utf-8", "replace"))
                if len(known) < MAX_KNOWN:
                    known[name] = matchers
            if not matchers or (in_c_family and _is_of_other_scope(captures, file)):
                continue
            place = Place(captures["finding"][0], _call_captures(captures))
            for matcher in matchers:
                yield matcher, place

    def _worded(self, file: FileView, text: bytes) -> Iterator[tuple[CompiledMatcher, Place]]:
        """Places of words in code as it is written, before macros were blanked."""
        asked = _worth_asking(self._by_words, file)
        code = text.decode("latin-1") if asked else ""
        for matcher in asked:
            for place in words.places(matcher.written.word, code, file.original):
                yield matcher, place

    def _for_callee(self, name: str) -> tuple[CompiledMatcher, ...]:
        """The matchers that name a callee, or a prefix of it."""
        if not name.startswith(self._prefixes):
            return tuple(self._by_callee.get(name, ()))
        by_prefix = (matcher for start, found in self._by_prefix.items() if name.startswith(start) for matcher in found)
        return (*self._by_callee.get(name, ()), *by_prefix)

    def _created(self, file: FileView, creations: Iterable[Captures]) -> Iterator[tuple[CompiledMatcher, Place]]:
        of_any = self._by_class.get(ANY_CLASS, [])
        for captures in creations:
            matchers = self._by_class.get(file.text(captures["class"][0]))
            if matchers or of_any:
                place = Place(captures["finding"][0], _call_captures(captures))
                place.captures["callee"] = captures["class"][0]
                for matcher in (*(matchers or ()), *of_any):
                    yield matcher, place


def compile_matcher(rule: int, order: int, written: Matcher) -> CompiledMatcher:
    """Build the tests of one matcher; `rule` is the index of its rule, `order` its own place in it."""
    return CompiledMatcher(rule, order, written, _tests(written))


def compile_rules(rulebook: Rulebook, language: Language) -> CompiledRules:
    """Build what one worker needs to look for the rules in files of one language."""
    return CompiledRules(rulebook.rules, language)


def findings_of_events(
    events: Iterable[Event],
    rules: CompiledRules,
    position: Position,
    code: Callable[[str], bytes | None] = lambda _: None,
) -> tuple[Finding, ...]:
    """Findings of events for which no tree is at hand; sorted by path, line, column and rule.

    `code` gives the text of a file without comments and literals, by which findings are recognised later.
    """
    by_path: dict[str, list[Event]] = {}
    for event in events:
        by_path.setdefault(event.path, []).append(event)
    found: list[Finding] = []
    for path, listed in sorted(by_path.items()):
        file = FileView(path, rules.language, b"", _no_facts(rules.language), {}, code=code(path))
        found += findings_of([hit for _, hit in rules.hits_of_events(listed, file, position)], file)
    return tuple(found)


def _no_facts(language: Language) -> FileFacts:
    nothing = ParseCoverage(total_bytes=0, function_bytes=0, unread_bytes=0)
    return FileFacts(language=language, lines=0, sloc=0, coverage=nothing)


def _order(event: Event) -> tuple[int, int, str, list[tuple[str, str]]]:
    return event.offset, event.doubt, event.subject, sorted(event.captures.items())


def _place_of(event: Event, path: str, position: Position) -> Place | None:
    """The place of an event with its captures and, as evidence, the steps that lead to it; None when nobody has its file."""
    start = position(event.path or path, event.offset)
    if start is None:
        return None
    line, column = start
    related = []
    for step_path, offset, says in event.chain:
        at = position(step_path or event.path or path, offset)
        if at is not None:
            other = "" if step_path in ("", event.path, path) else step_path
            related.append(RelatedLocation(at[0], says, other))
    captures: dict[str, Node | str] = {**event.captures, "function": event.function.rpartition("::")[2]}
    return Place(None, captures, related=tuple(related), span=(line, column, line, column + 1))


def _span_of_expression(tree: Tree, offset: int) -> Span | None:
    """What the access, call or release that begins at a byte covers; None when nothing begins there."""
    node = tree.root_node.named_descendant_for_byte_range(offset, offset + 1)
    if node is None or node.start_byte != offset:
        return None
    for _ in range(_MAX_CLIMB):
        parent = node.parent
        if parent is None or parent.start_byte != offset or parent.type not in _SHOWN_WHOLE:
            break
        node = parent
    return span_of(node)


def _tests(written: Matcher) -> tuple[Test, ...]:
    counted = () if written.arguments is None else (compile_arguments(written.arguments),)
    return (*counted, *(compile_where(where) for where in written.where))


def _asked(matcher: CompiledMatcher) -> _Asked:
    """The matcher with the names that a file must hold: its own words, and those of captures that are source text."""
    written = matcher.written
    as_written = [where for where in written.where if where.in_ and _is_source_text(where.capture, written)]
    needed = [words.Wanted(where.in_) for where in as_written]
    needed += [words.Wanted((_NATIVE,)) for where in written.where if written.fact and where.matches == _IS_NATIVE]
    return _Asked((words.Wanted(written.word), *needed) if written.word else tuple(needed), matcher)


def _is_source_text(capture: str, written: Matcher) -> bool:
    if written.fact:
        return (written.fact, capture) == ("include", "target")
    return bool(written.query) and capture not in BUILT_IN_CAPTURES


def _worth_asking(asked: Iterable[_Asked], file: FileView) -> list[CompiledMatcher]:
    """The matchers that the words of a file do not rule out."""
    return [matcher for needed, matcher in asked if not needed or _may_hold(file, needed)]


def _may_hold(file: FileView, needed: Iterable[words.Wanted]) -> bool:
    there, text = file.words, file.original
    for names in needed:  # noqa: SIM110 - a generator here costs as much as the question
        if not names.may_be_in(there, text):
            return False
    return True


def _kinds_asked(rules: tuple[Rule, ...]) -> frozenset[str]:
    """Node types that some rule, check or the latency weights ask to be inside of."""
    wheres = [where for rule in rules for matcher in rule.match for where in matcher.where]
    asked = {kind for where in wheres for kind in (*where.inside, *where.not_inside)}
    checks = {matcher.check for rule in rules for matcher in rule.match if matcher.check}
    return frozenset(asked | {kind for name in checks for kind in CHECKS[name].inside} | set(latency.kinds(rules)))


def _is_of_other_scope(captures: Captures, file: FileView) -> bool:
    """`other::free(p)` is not the library's `free`."""
    scope = captures.get("scope")
    return scope is not None and file.text(scope[0]) not in _OWN_SCOPES


def _call_captures(captures: Captures) -> dict[str, Node | str]:
    named: dict[str, Node | str] = {key: nodes[0] for key, nodes in captures.items()}
    for number, argument in enumerate(arguments_of(captures["finding"][0])[:MAX_ARGUMENTS], start=1):
        named[f"argument{number}"] = argument
        named["last_argument"] = argument
    return named
