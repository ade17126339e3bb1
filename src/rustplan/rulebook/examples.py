"""Runs a rule on its own examples, through the same steps as a scan."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache

from rustplan.flow.engine import run_file
from rustplan.flow.events import Event
from rustplan.flow.models import FunctionModel, Models
from rustplan.languages import support
from rustplan.model.finding import Finding
from rustplan.model.source import Language, Role
from rustplan.rulebook.compiled import compile_rules
from rustplan.rulebook.load import load_models
from rustplan.rulebook.rule import Rule, bind
from rustplan.rulebook.text_view import is_source
from rustplan.rulebook.texts import TextRules
from rustplan.rulebook.written import FiringExample, QuietExample
from rustplan.syntax import Captures, QuerySet

_SUFFIX = {Language.C: ".c", Language.CPP: ".cc", Language.JAVA: ".java"}


class Verdict(str, Enum):
    """How an example came out: `noisy` found too much, `missed` too little, `wrong lines` both at once."""

    FIRED = "fired"
    QUIET = "quiet"
    NOISY = "noisy"
    MISSED = "missed"
    WRONG_LINES = "wrong lines"

    @property
    def is_good(self) -> bool:
        """True for the two verdicts an example hopes for."""
        return self in (Verdict.FIRED, Verdict.QUIET)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleOutcome:
    """One example's verdict, with the lines expected and found."""

    rule: str
    name: str
    language: Language
    verdict: Verdict
    expected: tuple[int, ...]
    found: tuple[int, ...]
    messages: tuple[str, ...] = ()


def run_examples(rule: Rule, models: tuple[FunctionModel, ...] = ()) -> tuple[ExampleOutcome, ...]:
    """Run every example of a rule; the firing ones must give exactly their lines, the quiet ones nothing.

    `models` say what library functions do; the shipped ones when there are none.
    """
    examples = rule.examples.all
    known = Models(models) if models else _shipped_models()
    finders = {language: Finder(rule, language, known) for language in {example.language for example in examples}}
    texts = TextRules(bind((rule,)))
    return tuple(_run(rule, example, finders[example.language], texts) for example in examples)


class Finder:
    """Looks for one rule in texts of one language, as a scan would."""

    def __init__(self, rule: Rule, language: Language, models: Models | None = None) -> None:
        self._language = language
        self._models = models or _shipped_models()
        self._reader = support(language)
        self._compiled = compile_rules(bind((rule,)), language)
        self._queries = (_fact_queries(language), QuerySet(language, self._compiled.queries))

    def find(self, path: str, data: bytes) -> tuple[Finding, ...]:
        """The findings in one text; `path` matters to rules that look at headers only."""
        prepared = self._reader.prepare(data)
        matches: dict[str, list[Captures]] = {}
        for queries in self._queries:
            for name, captures in queries.matches(prepared.tree.root_node):
                matches.setdefault(name, []).append(captures)
        facts = self._reader.extract(prepared, prepared.tree, matches)
        events: list[Event] = []
        if self._compiled.asks_events:
            events = run_file(path, self._language, prepared.text, prepared.tree, self._models).events
        return self._compiled.find(path, prepared, prepared.tree, matches, facts, events)


@cache
def _shipped_models() -> Models:
    """What library functions do, as shipped."""
    return Models(load_models())


@cache
def _fact_queries(language: Language) -> QuerySet:
    """The queries that every rule shares: compiling them takes most of the time of a short text."""
    return QuerySet(language, support(language).queries)


def _run(rule: Rule, example: FiringExample | QuietExample, finder: Finder, texts: TextRules) -> ExampleOutcome:
    path = example.path or f"example{_SUFFIX[example.language]}"
    data = example.code.encode()
    findings = finder.find(path, data) if is_source(path) else texts.find({path: (Role.SOURCE, data)})
    found = tuple(sorted({line for finding in findings for line in finding.lines}))
    expected = tuple(sorted(example.lines)) if isinstance(example, FiringExample) else ()
    return ExampleOutcome(
        rule=rule.id,
        name=example.name,
        language=example.language,
        verdict=_verdict(set(expected), set(found)),
        expected=expected,
        found=found,
        messages=tuple(finding.message for finding in findings),
    )


def _verdict(expected: set[int], found: set[int]) -> Verdict:
    extra, lacking = found - expected, expected - found
    if extra and lacking:
        return Verdict.WRONG_LINES
    if extra:
        return Verdict.NOISY
    if lacking:
        return Verdict.MISSED
    return Verdict.FIRED if expected else Verdict.QUIET
