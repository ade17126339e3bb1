"""What `where` can say, on small C functions: one rule written for each key."""

from __future__ import annotations

import pytest

from rustplan.model.source import Language
from rustplan.rulebook.check import problems_of
from rustplan.rulebook.examples import Finder
from rustplan.rulebook.rule import Rule
from rustplan.rulebook.written import decode_rule

CODE = """
static void helper(char *s) { (void)s; }
void all(char *given, int n) {
    char local[8];
    static char kept[8];
    char *p = given;
    use(given, given);
    use(local, p);
    use((char *)kept, 3);
    helper(p);
    if (p && n) use(p, n);
    while (n--) { use(n, local); }
    other::use(p);
    use(unknown, sizeof(local));
}
"""


def lines(where: list[dict[str, object]], **matcher: object) -> list[int]:
    value = {
        "id": "probe",
        "kind": "obstacle",
        "title": "probe",
        "languages": ["c", "cpp"],
        "message": "found in {function}",
        "definition": "d",
        "why": "w",
        "in_rust": "r",
        "rust_effect": "gone",
        "match": [{"call": ["use", "helper"], **matcher, "where": where}],
        "examples": {
            "fires": [{"name": "a", "language": "c", "code": "x", "lines": [1]}],
            "quiet": [{"name": "b", "language": "c", "code": "x"}],
        },
    }
    text, problems = decode_rule(value)
    assert text is not None, problems
    rule = Rule(**{name: getattr(text, name) for name in text.__struct_fields__}, file="probe.yaml")
    assert problems_of(rule) == ()
    findings = Finder(rule, Language.CPP).find("src/probe.cc", CODE.encode())
    return [line for finding in findings for line in finding.lines]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ([], [7, 8, 9, 10, 11, 12, 14]),
        ([{"capture": "callee", "in": ["helper"]}], [10]),
        ([{"capture": "callee", "not_in": ["use"]}], [10]),
        ([{"capture": "argument1", "matches": "^loc"}], [8]),
        ([{"capture": "argument2", "not_matches": "^(?:p|n|given|3)$"}], [12, 14]),
        ([{"capture": "argument2", "is": ["number_literal"]}], [9]),
        ([{"capture": "argument1", "is": ["cast_expression"]}], [9]),
        ([{"capture": "argument2", "is_not": ["identifier", "number_literal"]}], [14]),
        ([{"inside": ["while_statement"]}], [12]),
        ([{"not_inside": ["while_statement", "if_statement"]}], [7, 8, 9, 10, 14]),
        ([{"capture": "argument1", "same_as": "argument2"}], [7]),
        ([{"capture": "argument2", "not_same_as": "argument1"}], [8, 9, 11, 12, 14]),
        ([{"capture": "argument1", "type": {"array": True}}], [8]),
        ([{"capture": "argument1", "type": {"pointer": True, "parameter": False}}], [10, 11]),
        ([{"capture": "argument1", "type": {"parameter": True, "matches": "^char"}}], [7]),
        ([{"capture": "argument1", "type": {"matches": "int"}}], [12]),
        ([{"capture": "argument1", "type": {"known": False}}], [9, 14]),
        ([{"capture": "argument1", "tested": True}], [11, 12]),
        ([{"capture": "argument1", "tested": False, "in": ["p", "given"]}], [7, 10]),
        ([{"capture": "callee", "defined_here": True}], [10]),
        ([{"capture": "path", "matches": r"\.h$"}], []),
        ([{"capture": "function", "in": ["all"]}, {"capture": "argument1", "in": ["p"]}], [10, 11]),
    ],
)
def test_each_key_of_where_keeps_what_it_says(where: list[dict[str, object]], expected: list[int]) -> None:
    assert lines(where) == expected


def test_arguments_are_counted() -> None:
    assert lines([], arguments={"at_least": 1, "at_most": 1}) == [10]


def test_a_callee_is_named_by_its_beginning() -> None:
    assert lines([], call=["help*"]) == [10]


def test_a_call_into_another_scope_is_not_the_library_function() -> None:
    assert 13 not in lines([])
