"""Rules: as written in YAML, checked, compiled; what they find; their examples and their reference pages."""

from rustplan.rulebook.compiled import CompiledRules, compile_rules
from rustplan.rulebook.examples import ExampleOutcome, run_examples
from rustplan.rulebook.load import load_rules
from rustplan.rulebook.pages import reference_pages, rule_page
from rustplan.rulebook.rule import Rule, Rulebook

__all__ = [
    "CompiledRules",
    "ExampleOutcome",
    "Rule",
    "Rulebook",
    "compile_rules",
    "load_rules",
    "reference_pages",
    "rule_page",
    "run_examples",
]
