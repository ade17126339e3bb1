"""Rules of one language made ready: one set of queries for the tree, and what its matches become."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from rustplan.model.facts import FileFacts
from rustplan.model.finding import Finding
from rustplan.model.source import Language
from rustplan.rulebook import facts_view, latency
from rustplan.rulebook.checks import CHECKS
from rustplan.rulebook.file_view import C_FAMILY, FileView, shared_queries
from rustplan.rulebook.place import Place, arguments_of
from rustplan.rulebook.predicates import Test, compile_arguments, compile_where
from rustplan.rulebook.report import Hit, findings_of
from rustplan.rulebook.rule import Rule, Rulebook
from rustplan.rulebook.written import Matcher
from rustplan.syntax import Captures, Node, Tree

MAX_ARGUMENTS = 8
MAX_KNOWN = 20_000
"""Callee names whose matchers are remembered from file to file."""
_OWN_SCOPES = frozenset(("", "std"))


class HasText(Protocol):
    """What `find` needs of a prepared file: the bytes the tree was parsed from."""

    @property
    def text(self) -> bytes:
        """The masked text."""


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


class CompiledRules:
    """The rules of one language. `queries` go into the one query set of the language; `find` reads what they matched."""

    def __init__(self, rules: tuple[Rule, ...], language: Language) -> None:
        self._language = language
        self._rules = tuple(rule for rule in rules if rule.speaks(language))
        self._by_callee: dict[str, list[CompiledMatcher]] = {}
        self._by_prefix: dict[str, list[CompiledMatcher]] = {}
        self._known: dict[str, tuple[CompiledMatcher, ...]] = {}
        self._by_class: dict[str, list[CompiledMatcher]] = {}
        self._by_fact: dict[str, list[CompiledMatcher]] = {}
        self._by_query: dict[str, list[CompiledMatcher]] = {}
        names: dict[str, str] = {}
        for index, rule in enumerate(self._rules):
            for order, written in enumerate(rule.match):
                if not written.languages or language in written.languages:
                    self._file_away(CompiledMatcher(index, order, written, _tests(written)), rule.id, names)
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
            self._by_fact.setdefault(written.fact, []).append(matcher)
        if written.query:
            name = names.setdefault(written.query, f"rule.{rule_id}.{matcher.order + 1}")
            self._by_query.setdefault(name, []).append(matcher)

    def find(
        self, path: str, prepared: HasText, tree: Tree, matches: Mapping[str, list[Captures]], facts: FileFacts
    ) -> tuple[Finding, ...]:
        """Turn the matches of one file into findings, sorted by line, column and rule."""
        del tree  # every node asked for is in `matches`
        file = FileView(path, self._language, prepared.text, facts, matches)
        kept: dict[tuple[int, int], tuple[CompiledMatcher, Place]] = {}
        for matcher, place in self._candidates(file, matches):
            key = (matcher.rule, place.node.start_byte if place.node is not None else -place.line)
            holder = kept.get(key)
            if holder is not None and holder[0].order <= matcher.order:
                continue
            taken = matcher.takes(place, file)
            if taken is not None:
                kept[key] = (matcher, taken)
        return findings_of(self._hits(kept.values(), file), file)

    def _hits(self, kept: Iterable[tuple[CompiledMatcher, Place]], file: FileView) -> Iterator[Hit]:
        for matcher, place in kept:
            rule, written = self._rules[matcher.rule], matcher.written
            weight = rule.weight if written.weight is None else written.weight
            if written.weight == 0:
                continue
            factor = latency.factor(rule, place, file)
            confidence = written.confidence or rule.confidence
            severity = written.severity or rule.severity
            yield Hit(rule=rule, place=place, weight=weight * factor, confidence=confidence, severity=severity)

    def _candidates(
        self, file: FileView, matches: Mapping[str, list[Captures]]
    ) -> Iterator[tuple[CompiledMatcher, Place]]:
        yield from self._called(file, matches.get("rule.calls", ()))
        yield from self._created(file, matches.get("rule.new", ()))
        for name, matchers in self._by_query.items():
            for captures in matches.get(name, ()):
                place = Place(captures["finding"][0], {key: nodes[0] for key, nodes in captures.items()})
                for matcher in matchers:
                    yield matcher, place
        for kind, matchers in self._by_fact.items():
            for place in facts_view.places(kind, file):
                for matcher in matchers:
                    yield matcher, place

    def _called(self, file: FileView, calls: Iterable[Captures]) -> Iterator[tuple[CompiledMatcher, Place]]:
        source, in_c_family = file.source, self._language in C_FAMILY
        known = self._known
        for captures in calls:
            callee = captures["callee"][0]
            name = source[callee.start_byte : callee.end_byte].decode("utf-8", "replace")
            matchers = known.get(name)
            if matchers is None:
                matchers = self._for_callee(name)
                if len(known) < MAX_KNOWN:
                    known[name] = matchers
            if not matchers or (in_c_family and _is_of_other_scope(captures, file)):
                continue
            place = Place(captures["finding"][0], _call_captures(captures))
            for matcher in matchers:
                yield matcher, place

    def _for_callee(self, name: str) -> tuple[CompiledMatcher, ...]:
        """The matchers that name a callee, or a prefix of it."""
        by_prefix = (matcher for start, found in self._by_prefix.items() if name.startswith(start) for matcher in found)
        return (*self._by_callee.get(name, ()), *by_prefix)

    def _created(self, file: FileView, creations: Iterable[Captures]) -> Iterator[tuple[CompiledMatcher, Place]]:
        for captures in creations:
            matchers = self._by_class.get(file.text(captures["class"][0]))
            if matchers is not None:
                place = Place(captures["finding"][0], _call_captures(captures))
                for matcher in matchers:
                    yield matcher, place


def compile_rules(rulebook: Rulebook, language: Language) -> CompiledRules:
    """Build what one worker needs to look for the rules in files of one language."""
    return CompiledRules(rulebook.rules, language)


def _tests(written: Matcher) -> tuple[Test, ...]:
    counted = () if written.arguments is None else (compile_arguments(written.arguments),)
    return (*counted, *(compile_where(where) for where in written.where))


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
