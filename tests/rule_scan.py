"""What the rules for C and C++ find in a text."""

from __future__ import annotations

from functools import cache

from rustplan.languages import support
from rustplan.model.finding import Finding
from rustplan.model.source import Language
from rustplan.resources import folder
from rustplan.rulebook import CompiledRules, compile_rules, load_rules
from rustplan.syntax import Captures, QuerySet


@cache
def ready(language: Language) -> tuple[CompiledRules, QuerySet]:
    """The rules of one language and all queries, compiled once."""
    compiled = compile_rules(load_rules(folder("rules") / "c", folder("rules") / "cpp"), language)
    return compiled, QuerySet(language, {**support(language).queries, **compiled.queries})


def scan_for(code: str, rule: str, language: Language = Language.C, path: str = "src/x.c") -> list[Finding]:
    """The findings of one rule in a file of that text."""
    compiled, queries = ready(language)
    reader = support(language)
    prepared = reader.prepare(code.encode())
    matches: dict[str, list[Captures]] = {}
    for name, captures in queries.matches(prepared.tree.root_node):
        matches.setdefault(name, []).append(captures)
    facts = reader.extract(prepared, prepared.tree, matches)
    found = compiled.find(path, prepared, prepared.tree, matches, facts)
    return [finding for finding in found if finding.rule == rule]
