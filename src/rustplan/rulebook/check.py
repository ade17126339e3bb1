"""Checks one decoded rule against itself, the catalogue of weaknesses and the grammars; problems in the writer's words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from functools import cache

from rustplan.catalog.cwe import load_weaknesses
from rustplan.flow.events import EVENTS
from rustplan.globs import Globs, InvalidGlob
from rustplan.model.finding import Kind, Track
from rustplan.model.source import Language
from rustplan.rulebook import facts_view
from rustplan.rulebook.checks import CHECKS
from rustplan.rulebook.file_view import C_FAMILY
from rustplan.rulebook.grammar import node_kinds
from rustplan.rulebook.patterns import problem_of_line_pattern, problem_of_pattern
from rustplan.rulebook.report import BUILT_IN_CAPTURES, message_slots
from rustplan.rulebook.rule import Rule
from rustplan.rulebook.text_view import is_source
from rustplan.rulebook.written import Matcher, Where
from rustplan.syntax import QueryProblem, QuerySet

MAX_QUERY = 4000
MAX_EXAMPLE = 20_000
MAX_WORD = 80
MAX_COST = 1 << 32
_OF_CODE = ("is_", "is_not", "inside", "not_inside", "type", "tested", "defined_here")
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+){0,6}")
_CAPTURE = re.compile(r"@([A-Za-z_]\w*)")
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"|;[^\n]*')
_ARGUMENT = re.compile(r"argument([1-8])")
_WORDS = ("title", "message", "definition", "why", "in_rust")


def problems_of(rule: Rule, *, with_queries: bool = True) -> tuple[str, ...]:
    """Every reason why the rule cannot be used; empty when it can.

    `with_queries=False` leaves out compiling the queries, which takes most of the time and is for rules that were tested before.
    """
    matchers = _of_matchers(rule, with_queries=with_queries)
    return (*_of_head(rule), *_of_latency(rule), *_of_weaknesses(rule), *matchers, *_of_examples(rule))


def _of_head(rule: Rule) -> Iterator[str]:
    stem = rule.file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    if rule.id != stem:
        yield f"id is {rule.id!r}, but the file is named {stem!r}; make them equal"
    if not _ID.fullmatch(rule.id):
        yield f"id {rule.id!r} is not lower-case words joined by hyphens"
    if not rule.languages:
        yield "languages is empty; name c, cpp or java"
    for key in _WORDS:
        if not getattr(rule, key).strip():
            yield f"{key} is empty"
    has_severity = rule.kind in (Kind.DEFECT, Kind.EXPOSURE)
    if has_severity and rule.severity is None:
        yield f"severity is missing: a rule of kind {rule.kind.value} needs one"
    if not has_severity and rule.severity is not None:
        yield f"severity is given, but a rule of kind {rule.kind.value} has none; drop it"
    if rule.kind is Kind.EXPOSURE and not 1 <= rule.weight <= 5:
        yield f"weight is {rule.weight:g}, but an exposure weighs 1 to 5"
    if rule.kind is not Kind.EXPOSURE and rule.weight:
        yield f"weight is given, but only an exposure has one; drop it from this {rule.kind.value}"


def _of_latency(rule: Rule) -> Iterator[str]:
    """Problems of what a rule says about garbage."""
    if rule.triggers and Track.LATENCY not in rule.tracks:
        yield "triggers are given, but the rule is not on the track latency"
    if len(set(rule.triggers)) < len(rule.triggers):
        yield "triggers names one twice"
    for number, cost in enumerate((rule.cost, *(matcher.cost for matcher in rule.match))):
        if cost is None:
            continue
        place = "cost" if number == 0 else f"match[{number}].cost"
        if Track.LATENCY not in rule.tracks or rule.kind is not Kind.EXPOSURE:
            yield f"{place} is given, but only an exposure of the track latency allocates"
        if not (0 <= cost.jdk17 < MAX_COST and 0 <= cost.jdk25 < MAX_COST):
            yield f"{place} is not between 0 and {MAX_COST} bytes"
        if not cost.what.strip():
            yield f"{place} does not say what was measured"


def _of_weaknesses(rule: Rule) -> Iterator[str]:
    known = load_weaknesses()
    for number in rule.cwe:
        if number not in known:
            yield f"cwe {number} is not in catalog/cwe.yaml; add it there with its mapping usage"
    if rule.cwe and rule.cwe[0] in known and not known[rule.cwe[0]].may_be_printed:
        usage = known[rule.cwe[0]].usage.value
        yield f"cwe {rule.cwe[0]} comes first, but its mapping usage is {usage}; put a more precise one before it"


def _of_matchers(rule: Rule, *, with_queries: bool) -> Iterator[str]:
    if not rule.match:
        yield "match is empty; give at least one matcher"
    for number, matcher in enumerate(rule.match, start=1):
        place = f"match[{number}]" if len(rule.match) > 1 else "match"
        yield from (f"{place}: {problem}" for problem in _of_matcher(rule, matcher, with_queries=with_queries))


def _of_matcher(rule: Rule, matcher: Matcher, *, with_queries: bool) -> Iterator[str]:
    given = [name for name in ("call", "new", "query", "fact", "word", "flow") if getattr(matcher, name)]
    yield from _of_overrides(rule, matcher)
    if matcher.file:
        yield from _of_files(rule, matcher, given)
        return
    if matcher.line:
        yield "line looks into files that are no source text; name them under file"
    if len(given) != 1:
        yield f"needs exactly one of call, new, query, fact, word, flow; it has {' and '.join(given) or 'none'}"
        return
    languages = matcher.languages or rule.languages
    for language in set(languages) - set(rule.languages):
        yield f"names the language {language.value}, which the rule does not"
    if matcher.check and matcher.check not in CHECKS:
        yield f"there is no check {matcher.check!r}{_near(matcher.check, CHECKS)}"
    if matcher.fact and matcher.fact not in facts_view.CAPTURES:
        yield f"there is no fact {matcher.fact!r}{_near(matcher.fact, facts_view.CAPTURES)}"
        return
    if matcher.flow:
        yield from _of_event(rule, matcher, languages)
        return
    if matcher.word and any(language not in C_FAMILY for language in languages):
        yield "word looks at C and C++ only"
    yield from _of_words(matcher.word)
    if matcher.new and any(language in C_FAMILY for language in languages):
        yield "new looks at Java only; for C++ write a query on new_expression"
    if matcher.query and with_queries:
        yield from _of_query(matcher.query, languages)
    captures = _captures(matcher, languages)
    yield from _of_message(matcher.message or rule.message, matcher, captures)
    for where in matcher.where:
        yield from _of_where(where, captures, languages)


def _of_overrides(rule: Rule, matcher: Matcher) -> Iterator[str]:
    """Problems of what a matcher says in place of its rule."""
    if matcher.message and rule.kind is not Kind.DEFECT:
        yield f"message is given, but places of this {rule.kind.value} are told together; drop it"
    number = matcher.cwe
    if number is None:
        return
    known = load_weaknesses()
    if number not in rule.cwe:
        yield f"cwe {number} is not among those of the rule; add it there"
    elif number in known and not known[number].may_be_printed:
        yield f"cwe {number} would be printed, but its mapping usage is {known[number].usage.value}"


def _of_event(rule: Rule, matcher: Matcher, languages: Iterable[Language]) -> Iterator[str]:
    """Problems of a matcher that asks for what the engine sees."""
    if matcher.flow not in EVENTS:
        yield f"there is no event {matcher.flow!r}{_near(matcher.flow, EVENTS)}"
        return
    if any(language not in C_FAMILY for language in languages):
        yield "flow looks at C and C++ only"
    if matcher.check or matcher.arguments is not None:
        yield f"flow goes with neither check nor arguments; narrow {matcher.flow!r} by its captures under where"
    captures = _captures(matcher, languages)
    yield from _of_message(matcher.message or rule.message, matcher, captures)
    for where in matcher.where:
        if where.capture == "finding":
            yield f"where needs a capture; those of {matcher.flow!r} are {', '.join(EVENTS[matcher.flow][1])}"
            continue
        yield from _of_where(where, captures, languages)
        asked = [key for key in _OF_CODE if getattr(where, key) not in ((), None)]
        if asked:
            yield f"where: {asked[0].rstrip('_')} asks for code, and an event has names only"


def _of_files(rule: Rule, matcher: Matcher, given: list[str]) -> Iterator[str]:
    """Problems of a matcher that looks into build, packaging and CI files."""
    if given not in ([], ["word"]) or (matcher.word and matcher.line):
        named = " and ".join([*given, *(["line"] if matcher.line else [])])
        yield f"file goes with line, with word or alone; it has {named}"
        return
    if matcher.languages or matcher.arguments is not None:
        yield "file goes with neither languages nor arguments: the file is no source text"
    if matcher.message or matcher.cwe is not None:
        yield "file goes with neither message nor cwe: give the rule its own"
    for pattern in matcher.file:
        try:
            Globs((pattern,))
        except InvalidGlob:
            yield f"file: {pattern!r} is no glob"
        if is_source(pattern):
            yield f"file: {pattern!r} names source text; use call, query, fact or word"
    problem = problem_of_line_pattern(matcher.line) if matcher.line else ""
    if problem:
        yield f"line: {problem}"
        return
    yield from _of_words(matcher.word)
    if matcher.check and matcher.check not in CHECKS:
        yield f"there is no check {matcher.check!r}{_near(matcher.check, CHECKS)}"
    elif matcher.check and not CHECKS[matcher.check].of_files:
        able = ", ".join(sorted(name for name, check in CHECKS.items() if check.of_files))
        yield f"the check {matcher.check!r} asks for code, and the file is no source text; these can be asked: {able}"
    captures = _captures(matcher, ())
    yield from _of_message(matcher.message or rule.message, matcher, captures)
    for where in matcher.where:
        yield from _of_where(where, captures, ())
        asked = [key for key in _OF_CODE if getattr(where, key) not in ((), None)]
        if asked:
            yield f"where: {asked[0].rstrip('_')} asks for code, and the file is no source text"


def _of_words(words: tuple[str, ...]) -> Iterator[str]:
    for word in words:
        if (
            len(word.rstrip("*")) < 2
            or len(word) > MAX_WORD
            or "*" in word[:-1]
            or any(char.isspace() for char in word)
        ):
            yield f"word: {word!r} is no word of 2 to {MAX_WORD} characters, with * at its end at most"


def _captures(matcher: Matcher, languages: Iterable[Language]) -> frozenset[str]:
    """The names that `where` and the message may use."""
    if matcher.file:
        named = re.compile(matcher.line).groupindex if matcher.line else {}
        own: Iterable[str] = ("finding", "role", *(("line", *named) if matcher.line or matcher.word else ()))
        own = (*own, *(("word",) if matcher.word else ()))
    elif matcher.flow:
        own = EVENTS[matcher.flow][1]
    elif matcher.fact:
        own = facts_view.CAPTURES[matcher.fact]
    elif matcher.word:
        own = ("finding", "word", "line")
    elif matcher.query:
        own = _CAPTURE.findall(_QUOTED.sub("", matcher.query))
    else:
        receiver = () if any(language in C_FAMILY for language in languages) else ("receiver",)
        first = ("class", "callee") if matcher.new else ("callee", *receiver)
        own = ("finding", "arguments", "last_argument", *first, *(f"argument{n}" for n in range(1, 9)))
    added = CHECKS[matcher.check].captures if matcher.check in CHECKS else ()
    return frozenset((*own, *added, "path"))


def _of_query(query: str, languages: Iterable[Language]) -> Iterator[str]:
    bare = _QUOTED.sub("", query)
    if len(query) > MAX_QUERY:
        yield f"the query is longer than {MAX_QUERY} characters"
        return
    if "#" in bare:
        yield "the query uses a #predicate; say it under where"
    if "finding" not in _CAPTURE.findall(bare):
        yield "the query has no @finding; name the node that the finding stands on"
    for language in sorted(languages):
        problem = _query_problem(language, query)
        if problem:
            yield f"the query does not fit the {language.label} grammar: {problem}"


@cache
def _query_problem(language: Language, query: str) -> str:
    try:
        QuerySet(language, {"query": query})
    except QueryProblem as error:
        return " ".join(str(error).removeprefix("query: ").split())
    return ""


def _of_message(message: str, matcher: Matcher, captures: frozenset[str]) -> Iterator[str]:
    plain = re.sub(r"\{\w+\}", "", message)
    if "{" in plain or "}" in plain:
        yield "message has a brace that is not part of {capture}"
    for slot in dict.fromkeys(message_slots(message)):
        argument = _ARGUMENT.fullmatch(slot)
        if slot not in captures and slot not in BUILT_IN_CAPTURES:
            named = ", ".join(f"@{name}" for name in sorted(captures - {"path"}))
            yield f"message uses {{{slot}}}, but the match captures only {named}; capture it as @{slot}, or drop it"
        elif (
            argument
            and not (matcher.query or matcher.file or matcher.flow)
            and (matcher.arguments is None or matcher.arguments.at_least < int(argument[1]))
        ):
            yield f"message uses {{{slot}}}, but a call may have fewer; add arguments: {{at_least: {argument[1]}}}"


def _of_where(where: Where, captures: frozenset[str], languages: Iterable[Language]) -> Iterator[str]:
    for name in (where.capture, where.same_as, where.not_same_as):
        if name and name not in captures and name not in ("finding", "function"):
            yield f"where names the capture {name!r}, which the match does not make{_near(name, captures)}"
    types = where.type
    patterns = (where.matches, where.not_matches, types.matches if types else "", types.not_matches if types else "")
    for pattern in patterns:
        problem = problem_of_pattern(pattern) if pattern else ""
        if problem:
            yield f"where: {problem}"
    kinds = frozenset(kind for language in languages for kind in node_kinds(language))
    for kind in (*where.is_, *where.is_not, *where.inside, *where.not_inside):
        if kind not in kinds:
            yield f"where names the node type {kind!r}, which no grammar of the rule has{_near(kind, kinds)}"


def _of_examples(rule: Rule) -> Iterator[str]:
    if not rule.examples.fires or not rule.examples.quiet:
        yield "examples needs at least one under fires and one under quiet"
    names: set[str] = set()
    for example in rule.examples.all:
        if example.name in names:
            yield f"two examples are named {example.name!r}"
        names.add(example.name)
        if example.language not in rule.languages:
            yield f"example {example.name!r} is {example.language.label}, which the rule does not look at"
        if len(example.code) > MAX_EXAMPLE:
            yield f"example {example.name!r} is longer than {MAX_EXAMPLE} characters"
    for firing in rule.examples.fires:
        total = firing.code.count("\n") + 1
        if not firing.lines or any(not 1 <= line <= total for line in firing.lines):
            yield f"example {firing.name!r}: lines must lie between 1 and {total}"


def _near(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
