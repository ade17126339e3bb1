"""Every shipped rule is tested by its own examples, and checked whole."""

from __future__ import annotations

import re
from functools import cache

import pytest

from rustplan.model.finding import Kind, Track
from rustplan.model.source import Language
from rustplan.rulebook import ExampleOutcome, load_rules, run_examples
from rustplan.rulebook.check import problems_of
from rustplan.rulebook.rule import Rule

RULES = {rule.id: rule for rule in load_rules().rules}
FOLDERS = {"c": Language.C, "cpp": Language.CPP, "java": Language.JAVA}


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
