"""From matches to findings: grouping, weights, order, messages, evidence."""

from __future__ import annotations

import pytest

from rustplan.flow.engine import run_file
from rustplan.flow.models import Models
from rustplan.languages import support
from rustplan.model.finding import Confidence, Finding, Kind, Severity
from rustplan.model.source import Language
from rustplan.rulebook import compile_rules, load_rules
from rustplan.syntax import Captures, QuerySet

BOOK = load_rules()
MODELS = Models(BOOK.models)
RETURN_AS_LENGTH = "snprintf-return-as-length"


@pytest.fixture(scope="module")
def finders() -> dict[Language, QuerySet]:
    return {}


def scan(
    code: str, language: Language, finders: dict[Language, QuerySet], path: str = "src/x.c"
) -> tuple[Finding, ...]:
    reader, compiled = support(language), compile_rules(BOOK, language)
    if language not in finders:
        finders[language] = QuerySet(language, {**reader.queries, **compiled.queries})
    prepared = reader.prepare(code.encode())
    matches: dict[str, list[Captures]] = {}
    for name, captures in finders[language].matches(prepared.tree.root_node):
        matches.setdefault(name, []).append(captures)
    facts = reader.extract(prepared, prepared.tree, matches)
    events = run_file(path, language, prepared.text, prepared.tree, MODELS).events if compiled.asks_events else []
    return compiled.find(path, prepared, prepared.tree, matches, facts, events)


def only(findings: tuple[Finding, ...], rule: str) -> list[Finding]:
    return [finding for finding in findings if finding.rule == rule]


def test_an_exposure_is_one_finding_for_a_function_with_all_its_lines(finders: dict[Language, QuerySet]) -> None:
    code = "void f(char *p) {\n  free(p);\n  q = malloc(3); free(q);\n}\nvoid g(char *p) { free(p); }\n"
    first, second = only(scan(code, Language.C, finders), "manual-heap")
    assert (first.function, first.lines, first.line, first.places) == ("f", (2, 3), 2, 2)
    assert first.weight == 8.0
    assert first.message == "`free, malloc`: heap memory managed by hand in 2 places"
    assert (second.function, second.lines, second.weight) == ("g", (5,), 4.0)


def test_a_defect_is_a_finding_each_with_its_evidence(finders: dict[Language, QuerySet]) -> None:
    code = "int f(struct s *p, struct s *q) {\n  free(p);\n  p->n = 1;\n  free(q);\n  return q->n;\n}\n"
    first, second = only(scan(code, Language.C, finders), "use-after-free")
    assert (first.kind, first.line, first.column, first.end_line, first.end_column) == (Kind.DEFECT, 3, 3, 3, 7)
    assert (first.cwe, first.severity, first.weight, first.confidence) == (416, Severity.CRITICAL, 0.0, Confidence.HIGH)
    assert [(one.line, one.message) for one in first.related] == [(2, "released here")]
    assert first.message == "`p` is used here after what it points to was released"
    assert second.line == 5


def test_findings_are_sorted_and_repeatable(finders: dict[Language, QuerySet]) -> None:
    code = "void f(char *d, char *s) { strcpy(d, s); free(d); free(d); }\nchar *g(void) { char b[4]; return b; }\n"
    findings = scan(code, Language.C, finders)
    keys = [(finding.line, finding.column, finding.rule) for finding in findings]
    assert keys == sorted(keys)
    assert findings == scan(code, Language.C, finders)
    assert {"double-free", "stack-address-escape", "banned-api"} <= {finding.rule for finding in findings}


def test_the_first_matcher_keeps_a_place(finders: dict[Language, QuerySet]) -> None:
    code = 'void f(char *s) {\n  char d[4];\n  strcpy(d, "x");\n  strcpy(d, s);\n}\n'
    (finding,) = only(scan(code, Language.C, finders), "banned-api")
    assert finding.lines == (3, 4)
    assert finding.weight == 6.0, "a literal that fits weighs 1, any other source 5"


def test_a_defect_in_a_function_that_did_not_parse_loses_confidence(finders: dict[Language, QuerySet]) -> None:
    whole = "char *f(void) {\n  char b[4];\n  return b;\n}\n"
    broken = "char *f(void) {\n  char b[4];\n  int x = = 3 ]];\n  return b;\n}\n"
    assert only(scan(whole, Language.C, finders), "stack-address-escape")[0].confidence is Confidence.HIGH
    assert only(scan(broken, Language.C, finders), "stack-address-escape")[0].confidence is Confidence.MEDIUM


def test_latency_weights_follow_where_the_site_stands(finders: dict[Language, QuerySet]) -> None:
    code = """class A {
  void plain(int n) { take(String.format("%d", n)); }
  void failing(int n) { throw new IllegalStateException(String.format("%d", n)); }
  void guarded(int n) { if (log.isDebugEnabled()) { log.debug(String.format("%d", n)); } }
  void grow(int n) { take(String.format("%d", n)); }
  static final String ONCE = String.format("%d", 1);
}
"""
    weights = [finding.weight for finding in only(scan(code, Language.JAVA, finders, "A.java"), "string-formatting")]
    assert weights == [4.0, 0.004, 0.08, 0.08, 0.08]


def test_signals_carry_no_weakness_and_facts_stand_in_the_first_column(finders: dict[Language, QuerySet]) -> None:
    code = "#include <stdio.h>\n#include <emmintrin.h>\nint f(int s, char *b) { return recv(s, b, 9, 0); }\n"
    findings = scan(code, Language.C, finders)
    (signal,) = only(findings, "reads-network")
    assert (signal.cwe, signal.severity, signal.weight) == (None, None, 0.0)
    (include,) = only(findings, "simd-intrinsic")
    assert (include.line, include.column, include.function) == (2, 1, "")


def test_hostile_nesting_and_length_end_in_time(finders: dict[Language, QuerySet]) -> None:
    frees = "void f(char *p) {\n" + "free(p);\n" * 4000 + "}\n"
    assert only(scan(frees, Language.C, finders), "double-free")
    deep = "void g(char *p) { x = " + "(" * 3000 + "p[1]" + ")" * 3000 + "; }"
    assert scan(deep, Language.CPP, finders) is not None
    joined = "class A { String s(int a) { return " + " + ".join(['"x"', "a"] * 150) + "; } }"
    (finding,) = only(scan(joined, Language.JAVA, finders, "A.java"), "string-concatenation")
    assert finding.places == 1


OFFSETS = {
    "a member is added later": ("b->n += snprintf(o, s, f);\n  use(o + b->n);", [2]),
    "its owner is compared": ("if (b) b->n += snprintf(o, s, f);\n  use(o + b->n);", [2]),
    "the member is compared": ("b->n += snprintf(o, s, f);\n  if (b->n < s) use(o + b->n);", []),
    "assigned before the next use": ("n += snprintf(o, s, f);\n  n = 0;\n  use(o + n);", []),
    "compared by equality only later": ("n += snprintf(o, s, f);\n  use(n, o);\n  return n == 0;", [2]),
    "the use came before": ("use(o + n);\n  n += snprintf(o, s, f);", []),
    "through a pointer": ("*n += snprintf(o, s, f);\n  use(o + *n);", [2]),
}


@pytest.mark.parametrize("name", OFFSETS)
def test_the_next_use_of_an_advanced_offset_decides(name: str, finders: dict[Language, QuerySet]) -> None:
    body, lines = OFFSETS[name]
    found = only(scan(f"int f(B *b, char *o, int s, int *n) {{\n  {body}\n}}\n", Language.C, finders), RETURN_AS_LENGTH)
    assert [finding.line for finding in found] == lines


def test_many_offsets_of_one_function_are_judged_in_one_reading(finders: dict[Language, QuerySet]) -> None:
    calls = "".join(f"  n{index} += snprintf(o, s, f);\n  use(o + n{index});\n" for index in range(5000))
    found = only(scan(f"void f(char *o, int s) {{\n{calls}}}\n", Language.C, finders), RETURN_AS_LENGTH)
    assert len(found) == 5000
