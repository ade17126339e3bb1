"""Facts of a small source, the way a scan takes them."""

from collections import defaultdict
from functools import cache

from rustplan.languages import NO_WORDS, MacroWords, Prepared, support, with_other_arms
from rustplan.model.facts import FileFacts, Function
from rustplan.model.source import Language
from rustplan.syntax import Captures, QuerySet


@cache
def queries(language: Language) -> QuerySet:
    return QuerySet(language, support(language).queries)


def read(language: Language, source: bytes | str, words: MacroWords = NO_WORDS) -> tuple[Prepared, FileFacts]:
    data = source.encode() if isinstance(source, str) else source
    prepared = support(language).prepare(data, words)
    return prepared, extracted(prepared)


def extracted(prepared: Prepared) -> FileFacts:
    matches: dict[str, list[Captures]] = defaultdict(list)
    for name, captures in queries(prepared.language).matches(prepared.tree.root_node):
        matches[name].append(captures)
    return support(prepared.language).extract(prepared, prepared.tree, matches)


def all_facts(language: Language, source: bytes | str) -> FileFacts:
    """With the arms of conditionals that need a reading of their own."""
    prepared, facts = read(language, source)
    for other in prepared.others:
        facts = with_other_arms(facts, extracted(other), other)
    return facts


def facts(language: Language, source: bytes | str) -> FileFacts:
    return read(language, source)[1]


def functions(language: Language, source: bytes | str) -> dict[str, Function]:
    return {one.qualified_name: one for one in facts(language, source).functions}
