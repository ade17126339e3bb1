"""Costs and triggers of rules: bytes of findings, what lowers them, what a rule file may say, what a page shows."""

from __future__ import annotations

from collections import defaultdict

import msgspec
import pytest

from rustplan.catalog.java_costs import load_cost_source
from rustplan.languages import support
from rustplan.model.finding import AllocationCost, Finding, Kind, Track
from rustplan.model.source import Language
from rustplan.rulebook import compile_rules, load_rules, rule_page
from rustplan.rulebook.check import problems_of
from rustplan.rulebook.written import Trigger, decode_rule
from rustplan.syntax import Captures, QuerySet

BOOK = load_rules()
BY_ID = {rule.id: rule for rule in BOOK.rules}
RULES = compile_rules(BOOK, Language.JAVA)
QUERIES = QuerySet(Language.JAVA, {**support(Language.JAVA).queries, **RULES.queries})
SITES = (
    *("object-allocation", "array-allocation", "autoboxing", "boxed-collection", "boxed-accumulator"),
    *("string-concatenation", "string-formatting", "regex-per-call", "stream-pipeline", "iterator-allocation"),
    *("capturing-lambda", "varargs-call", "substring-copy", "charset-conversion", "defensive-copy"),
    *(
        "exception-control-flow",
        "unsized-collection",
        "node-based-queue",
        "date-and-number-conversion",
        "holder-result",
    ),
    *("unguarded-log-arguments", "reflective-call", "serializer-per-message"),
)
LIFETIMES = (
    *("humongous-allocation", "direct-buffer-churn", "buffer-view", "mapped-memory-on-latency-thread"),
    *(
        "finalizer-or-cleaner",
        "explicit-gc-call",
        "soft-reference-cache",
        "weak-reference-churn",
        "thread-local-misuse",
    ),
    *("unbounded-growth", "medium-lived-objects", "lock-on-path", "jni-critical-section"),
)
WITHOUT_COST = {"mapped-memory-on-latency-thread", "finalizer-or-cleaner", "medium-lived-objects"}


def find(body: str, rule: str, *, method: str = "void on(int n)") -> Finding:
    code = f"class Feed {{\n  private byte[] buffer; private Level field;\n  {method} {{\n{body}\n  }}\n}}\n"
    prepared = support(Language.JAVA).prepare(code.encode())
    matches: dict[str, list[Captures]] = defaultdict(list)
    for name, captures in QUERIES.matches(prepared.tree.root_node):
        matches[name].append(captures)
    facts = support(Language.JAVA).extract(prepared, prepared.tree, matches)
    (found,) = [one for one in RULES.find("Feed.java", prepared, prepared.tree, matches, facts) if one.rule == rule]
    return found


def test_every_rule_of_the_latency_track_says_when_it_matters() -> None:
    for name in (*SITES, *LIFETIMES):
        rule = BY_ID[name]
        assert rule.triggers, name
        assert Track.LATENCY in rule.tracks
        assert len(rule.examples.fires) >= 2, name
        assert len(rule.examples.quiet) >= 2, name
        assert rule.summary().triggers == tuple(one.value for one in rule.triggers)


def test_every_allocating_exposure_has_a_measured_cost() -> None:
    for name in (*SITES, *LIFETIMES):
        rule = BY_ID[name]
        wanted = rule.kind is Kind.EXPOSURE and name not in WITHOUT_COST
        assert (rule.cost is not None) == wanted, name
        assert rule.summary().cost == rule.cost


def test_bytes_are_those_of_all_places_two_on_a_line_included() -> None:
    found = find("send(new byte[256], new byte[256]);\nsend(new byte[n]);", "array-allocation")
    assert (found.bytes, found.places) == (272 + 272 + 120, 2)


@pytest.mark.parametrize(
    ("body", "size"),
    [
        ("send(new byte[256]);", 272),
        ("send(new long[8]);", 80),
        ("send(new Level[3]);", 32),
        ("send(new int[] {1, 2, 3});", 32),
        ("send(new char[4 * 1024]);", 8208),
    ],
)
def test_a_constant_extent_tells_the_size(body: str, size: int) -> None:
    assert find(body, "array-allocation").bytes == size


@pytest.mark.parametrize(
    ("body", "method", "factor"),
    [
        ("send(new Level(n));", "void on(int n)", 1),
        ("throw new Bad(new Level(n));", "void on(int n)", 0.001),
        ("if (n > 0) send(new Level(n)); throw new Bad();", "void on(int n)", 0.001),
        ("return wrap(new Level(n));", "BadException made(int n)", 0.001),
        ("reportBad(new Level(n));", "void on(int n)", 0.001),
        ("log.error(new Level(n));", "void on(int n)", 0.02),
        ("try { go(); } catch (Bad bad) { send(new Level(n)); }", "void on(int n)", 0.02),
        ("if (log.isDebugEnabled()) send(new Level(n));", "void on(int n)", 0.02),
        ("send(new Level(n));", "void ensureRoom(int n)", 0.02),
        ("if (field == null) field = new Level(n);", "void on(int n)", 0.02),
        ("if (field != null) field = new Level(n);", "void on(int n)", 1),
        ("Level here = null; if (here == null) { here = new Level(n); } send(here);", "void on(int n)", 1),
    ],
)
def test_cold_code_is_lowered_and_never_dropped(body: str, method: str, factor: float) -> None:
    assert find(body, "object-allocation", method=method).bytes == pytest.approx(32 * factor)


def test_growing_an_array_is_seldom() -> None:
    grown = find("if (n > buffer.length) {\n  buffer = new byte[n * 2];\n}", "array-allocation")
    assert grown.bytes == pytest.approx(120 * 0.02)


def test_a_matcher_may_cost_something_else() -> None:
    assert find('send(text.split(","));', "regex-per-call", method="void on(String text)").bytes == 200
    assert find("send(text.split(by));", "regex-per-call", method="void on(String text, String by)").bytes == 1164.2


def test_the_page_shows_costs_triggers_and_where_they_come_from() -> None:
    page, source = rule_page(BY_ID["regex-per-call"]), load_cost_source()
    assert "| Serves | low-latency-pipeline, constrained-memory, no-pause |" in page
    assert "| `split` at one plain character | 200 | 176 |" in page
    assert f"Checked {source.checked}." in page
    assert "What it allocates" not in rule_page(BY_ID["lock-on-path"])


def problems(**changes: object) -> tuple[str, ...]:
    return problems_of(msgspec.structs.replace(BY_ID["autoboxing"], **changes), with_queries=False)


def test_what_a_cost_and_a_trigger_may_be() -> None:
    free = AllocationCost(jdk17=-1, jdk25=0, what=" ")
    assert problems() == ()
    assert problems(cost=free) == (
        "cost is not between 0 and 4294967296 bytes",
        "cost does not say what was measured",
    )
    assert problems(triggers=(Trigger.NO_PAUSE, Trigger.NO_PAUSE)) == ("triggers names one twice",)
    other = problems(tracks=(Track.MEMORY_SAFETY,))
    assert other[0] == "triggers are given, but the rule is not on the track latency"
    assert other[1] == "cost is given, but only an exposure of the track latency allocates"
    assert other[2].startswith("match[2].cost is given")


def test_a_misspelt_trigger_is_named_with_the_legal_ones() -> None:
    value = {**msgspec.to_builtins(BY_ID["autoboxing"]), "triggers": ["no-pauses"]}
    del value["file"]
    rule, found = decode_rule(value)
    assert rule is None
    assert any("no-pauses" in problem for problem in found)
