"""Facts of a small source, the way a scan takes them."""

from collections import defaultdict
from functools import cache

from rustplan.languages import Prepared, support
from rustplan.model.facts import FileFacts, Function
from rustplan.model.source import Language
from rustplan.syntax import Captures, QuerySet


@cache
def queries(language: Language) -> QuerySet:
    return QuerySet(language, support(language).queries)


def read(language: Language, source: bytes | str) -> tuple[Prepared, FileFacts]:
    data = source.encode() if isinstance(source, str) else source
    reader = support(language)
    prepared = reader.prepare(data)
    matches: dict[str, list[Captures]] = defaultdict(list)
    for name, captures in queries(language).matches(prepared.tree.root_node):
        matches[name].append(captures)
    return prepared, reader.extract(prepared, prepared.tree, matches)


def facts(language: Language, source: bytes | str) -> FileFacts:
    return read(language, source)[1]


def functions(language: Language, source: bytes | str) -> dict[str, Function]:
    return {one.qualified_name: one for one in facts(language, source).functions}
