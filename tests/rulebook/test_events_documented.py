"""The table of events that rule authors read is the engine's own, and each kind is really seen in code of the rulebook."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rustplan.flow.engine import run_file
from rustplan.flow.events import EVENTS
from rustplan.flow.models import Models
from rustplan.languages import support
from rustplan.model.source import Language
from rustplan.rulebook import load_models, load_rules

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "rule-format.md"
ROW = re.compile(r"^\| `([a-z-]+)` \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)


def test_the_page_lists_every_event_with_its_captures() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("A `flow` matcher")[2].partition("\n## ")[0]
    listed = {kind: tuple(re.findall(r"`([a-z_]+)`", captures)) for kind, captures in ROW.findall(section)}
    assert listed == {kind: captures for kind, (_, captures) in EVENTS.items()}


@pytest.fixture(scope="module")
def seen() -> set[str]:
    models = Models(load_models())
    kinds: set[str] = set()
    for rule in load_rules().rules:
        if not any(matcher.flow for matcher in rule.match):
            continue
        for example in rule.examples.all:
            language = example.language or rule.languages[0]
            if language is Language.JAVA:
                continue
            prepared = support(language).prepare(example.code.encode())
            result = run_file("example", language, prepared.text, prepared.tree, models)
            kinds.update(event.kind for event in result.events)
    return kinds


@pytest.mark.parametrize("kind", sorted(EVENTS))
def test_the_rulebook_shows_code_in_which_the_event_is_seen(kind: str, seen: set[str]) -> None:
    assert kind in seen
