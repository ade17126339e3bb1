from __future__ import annotations

import pytest

from rustplan.model.source import Language
from rustplan.syntax import QueryProblem, QuerySet, parse

SAMPLES = {
    Language.C: b"int f(void) { return g(1); }",
    Language.CPP: b"struct S { int f() { return g(1); } };",
    Language.JAVA: b"class S { int f() { return g(1); } }",
}


@pytest.mark.parametrize("language", list(Language))
def test_every_grammar_parses_its_language(language: Language) -> None:
    assert not parse(language, SAMPLES[language]).root_node.has_error


def test_matches_come_under_the_name_of_their_query_also_with_several_patterns() -> None:
    queries = {"numbers": "(number_literal) @n", "both": "(call_expression) @c\n(return_statement) @c"}
    names = [
        name for name, _ in QuerySet(Language.C, queries).matches(parse(Language.C, SAMPLES[Language.C]).root_node)
    ]
    assert sorted(names) == ["both", "both", "numbers"]


def test_a_bad_query_is_named() -> None:
    with pytest.raises(QueryProblem, match=r"^mine: ") as caught:
        QuerySet(Language.C, {"good": "(identifier) @i", "mine": "(no_such_node) @x"})
    assert caught.value.name == "mine"
