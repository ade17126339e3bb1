"""Every shipped rule is tested by its own examples, and checked whole."""

from __future__ import annotations

import re
from functools import cache

import pytest

from rustplan.catalog.cwe import InSafeRust, load_weaknesses
from rustplan.model.finding import Kind, RustEffect, Track
from rustplan.model.source import Language
from rustplan.rulebook import ExampleOutcome, load_rules, run_examples
from rustplan.rulebook.check import problems_of
from rustplan.rulebook.rule import Rule

RULES = {rule.id: rule for rule in load_rules().rules}
FOLDERS = {"c": Language.C, "cpp": Language.CPP, "java": Language.JAVA}
CLAIMS_NOTHING = {RustEffect.NOT_PREVENTED, RustEffect.NOT_APPLICABLE}
MAY_CLAIM = {
    InSafeRust.IMPOSSIBLE: set(RustEffect),
    InSafeRust.PANICS: {RustEffect.PANIC, *CLAIMS_NOTHING},
    InSafeRust.PARTLY: {RustEffect.UNSAFE, *CLAIMS_NOTHING},
    InSafeRust.OPTION: CLAIMS_NOTHING,
    InSafeRust.NOT_ADDRESSED: CLAIMS_NOTHING,
}
CLAIMS_MORE = {
    # The calls have no counterpart and the length travels with the slice; what is left of the weakness is a panic.
    "c-string": r"panics",
    "copy-sized-by-source": r"panics",
    "no-room-for-terminator": r"panics",
    "snprintf-return-as-length": r"panics",
    "sizeof-pointer": r"panics",
    "missing-bound-in-callee": r"panics",
    "size-unit-confusion": r"panics",
    "unbounded-copy": r"panics",
    # The wrap stays silent; the access behind the small block, for which the rule warns, is a panic.
    "allocation-size-overflow": r"wraps silently .* then panics",
    # Nothing is converted or compared unless it is written; what is written may still lose bits or the sign.
    "integer-narrowing": r"`as` truncates",
    "negative-to-unsigned": r"`as usize` still wraps",
    "plain-char-sign": r"`as usize` .* still extends the sign",
    "signed-unsigned-compare": r"only a warning",
    # A forgotten or second unlock is gone; a second lock is not.
    "unbalanced-lock": r"still blocks or panics",
    # Moved values are tracked; other ways to expire are the program's own.
    "use-after-move": r"is not checked",
    # Data races do not compile; other races do.
    "mutable-global": r"Races .* remain",
    "thread-start": r"Races .* remain",
    # This way to leak is gone; leaking as such is safe.
    "realloc-self-assign": r"[Ll]eaks stay possible",
    # The length is part of the slice; what is left of the weakness is a panic.
    "pointer-length-pair": r"panics",
    # Releasing on every way out is not written by hand any more; leaking as such is safe.
    "goto-cleanup": r"[Ll]eaks stay possible",
    # Installing a handler needs `unsafe`; what it may do is checked nowhere.
    "signal-handler": r"is not checked",
}
AGENCIES = re.compile(r"\b(?:NSA|CISA|FBI|NIST|ONCD|DARPA|BSI|ENISA|NCSC|CCCS|ACSC|DoD)\b|\b[Aa]genc(?:y|ies)\b")


@pytest.fixture(params=sorted(RULES))
def rule(request: pytest.FixtureRequest) -> Rule:
    return RULES[request.param]


@cache
def outcomes_of(identity: str) -> tuple[ExampleOutcome, ...]:
    return run_examples(RULES[identity])


def test_the_examples_of_a_rule_come_out_as_they_say(rule: Rule) -> None:
    outcomes = outcomes_of(rule.id)
    wrong = [
        f"{one.verdict.value}: {one.name}: expected {one.expected}, found {one.found}"
        for one in outcomes
        if not one.verdict.is_good
    ]
    assert not wrong
    assert len(outcomes) == len(rule.examples.fires) + len(rule.examples.quiet)


def test_a_rule_is_sound_with_its_queries_compiled(rule: Rule) -> None:
    assert problems_of(rule) == ()


def test_a_rule_has_two_examples_of_each_sort_and_one_for_each_language(rule: Rule) -> None:
    assert len(rule.examples.fires) >= 2
    assert len(rule.examples.quiet) >= 2
    c_family = {Language.C, Language.CPP}
    fired = {example.language for example in rule.examples.fires}
    assert fired & set(rule.languages) or fired <= c_family


def test_messages_of_a_rule_name_what_is_involved(rule: Rule) -> None:
    for outcome in outcomes_of(rule.id):
        for message in outcome.messages:
            assert "{" not in re.sub(r"`[^`]*`", "", message)
            assert "``" not in message, "a capture came out empty"
            assert message == message.strip()


def test_a_rule_lies_in_the_folder_of_its_language(rule: Rule) -> None:
    folder = rule.file.split("/")[1]
    assert folder in (*FOLDERS, "boundary")
    if folder != "boundary":
        assert FOLDERS[folder] in rule.languages


def test_the_latency_track_speaks_of_candidates_and_earns_no_weakness() -> None:
    for rule in RULES.values():
        if rule.tracks == (Track.LATENCY,):
            assert not rule.cwe
            assert Language.JAVA in rule.languages
            if rule.kind is Kind.EXPOSURE:
                assert rule.message.startswith("candidate")
            assert not re.search(r"\bhot\b", rule.message)


def test_all_five_kinds_and_three_languages_are_there() -> None:
    assert {rule.kind for rule in RULES.values()} == set(Kind)
    assert {language for rule in RULES.values() for language in rule.languages} == set(Language)
    assert len(RULES) >= 25


def test_a_rule_claims_no_more_for_rust_than_is_true_of_the_weakness_it_prints(rule: Rule) -> None:
    if not rule.cwe:
        return
    known = load_weaknesses()[rule.cwe[0]].in_safe_rust
    assert known is not None, f"catalog/cwe.yaml does not say what becomes of CWE-{rule.cwe[0]} in safe Rust"
    if rule.rust_effect not in MAY_CLAIM[known]:
        assert rule.id in CLAIMS_MORE, f"{rule.rust_effect.value} is more than {known.value}"
        assert re.search(CLAIMS_MORE[rule.id], rule.in_rust), "in_rust does not say what remains"


def test_every_exception_to_the_claims_is_needed() -> None:
    known = load_weaknesses()
    for name in CLAIMS_MORE:
        rule = RULES[name]
        in_safe_rust = known[rule.cwe[0]].in_safe_rust
        assert in_safe_rust is not None
        assert rule.rust_effect not in MAY_CLAIM[in_safe_rust]


def test_no_rule_leans_on_an_agency(rule: Rule) -> None:
    texts = (rule.title, rule.message, rule.definition, rule.why, rule.in_rust, *rule.limits)
    assert not [text for text in texts if AGENCIES.search(text)]
