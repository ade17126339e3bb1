"""Rules: as written in YAML, checked, compiled; what they find; their examples and their reference pages."""

from rustplan.rulebook.compiled import CompiledRules, compile_rules, findings_of_events
from rustplan.rulebook.examples import ExampleOutcome, run_examples
from rustplan.rulebook.load import load_models, load_rules
from rustplan.rulebook.pages import reference_pages, rule_page
from rustplan.rulebook.rule import Rule, Rulebook
from rustplan.rulebook.texts import TextRules

__all__ = [
    "CompiledRules",
    "ExampleOutcome",
    "Rule",
    "Rulebook",
    "TextRules",
    "compile_rules",
    "findings_of_events",
    "load_models",
    "load_rules",
    "reference_pages",
    "rule_page",
    "run_examples",
]
