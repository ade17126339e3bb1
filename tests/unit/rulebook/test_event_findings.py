"""From what the engine saw to findings: matchers over events, doubt, chains, other files, and the checks of such rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from rustplan.errors import RuleError
from rustplan.flow.events import EVENTS, Event
from rustplan.languages import support
from rustplan.model.finding import Confidence, Finding, RelatedLocation, Severity
from rustplan.model.source import Language
from rustplan.rulebook import CompiledRules, compile_rules, load_rules
from rustplan.rulebook.compiled import findings_of_events
from rustplan.rulebook.place import Lines
from rustplan.syntax import Captures, QuerySet

RULE = """
id: lost-block
kind: defect
title: A block is lost
languages: [c, cpp]
cwe: [401, 775, 119]
severity: medium
confidence: high
message: "`{object}` from `{made_by}` in `{function}` is lost"
definition: A block is lost.
why: It adds up.
in_rust: Nothing.
rust_effect: gone
match:
%s
examples:
  fires:
    - {name: one, language: c, lines: [1], code: "void f(void) { spare(); }"}
  quiet:
    - {name: none, language: c, code: "void f(void) { other(); }"}
"""
HANDLES = """
  - flow: leak
    where: [{capture: family, in: [file]}]
    cwe: 775
    severity: high
    message: "`{object}` stays open"
  - flow: leak
    where: [{capture: made_by, not_matches: '^own_'}]
"""
CODE = "int f(int n) {\n  char *p = malloc(4);\n  use(p, n);\n  return n;\n}\n"


def rules(tmp_path: Path, match: str, language: Language = Language.C) -> CompiledRules:
    (tmp_path / "lost-block.yaml").write_text(RULE % match, encoding="utf-8")
    return compile_rules(load_rules(tmp_path), language)


def problems(tmp_path: Path, match: str) -> str:
    with pytest.raises(RuleError) as caught:
        rules(tmp_path, match)
    return "\n".join(caught.value.problems)


def found(compiled: CompiledRules, events: list[Event], code: str = CODE, path: str = "src/x.c") -> list[Finding]:
    reader = support(compiled.language)
    queries = QuerySet(compiled.language, {**reader.queries, **compiled.queries})
    prepared = reader.prepare(code.encode())
    matches: dict[str, list[Captures]] = {}
    for name, captures in queries.matches(prepared.tree.root_node):
        matches.setdefault(name, []).append(captures)
    facts = reader.extract(prepared, prepared.tree, matches)
    return list(compiled.find(path, prepared, prepared.tree, matches, facts, events))


def leak(offset: int, object_: str = "p", family: str = "malloc", **more: object) -> Event:
    captures = {"object": object_, "family": family, "made_by": "malloc"}
    return Event("leak", "src/x.c", offset, "f", captures, **more)  # type: ignore[arg-type]


def test_an_event_becomes_a_finding_on_the_expression_that_begins_there(tmp_path: Path) -> None:
    at = CODE.index("use(p")
    chain = (("", CODE.index("malloc"), "p is allocated here"), ("src/y.c", 3, "not at hand"))
    (finding,) = found(rules(tmp_path, HANDLES), [leak(at, chain=chain)])
    assert (finding.line, finding.column, finding.end_line, finding.end_column) == (3, 3, 3, 12)
    assert (finding.message, finding.function, finding.cwe) == ("`p` from `malloc` in `f` is lost", "f", 401)
    assert finding.related == (RelatedLocation(2, "p is allocated here"),)
    assert (finding.severity, finding.confidence) == (Severity.MEDIUM, Confidence.HIGH)


def test_the_first_matcher_that_takes_an_event_decides_what_is_said(tmp_path: Path) -> None:
    compiled = rules(tmp_path, HANDLES)
    (finding,) = found(compiled, [leak(16, family="file")])
    assert (finding.cwe, finding.severity, finding.message) == (775, Severity.HIGH, "`p` stays open")
    own = leak(16)
    own.captures["made_by"] = "own_alloc"
    assert found(compiled, [own]) == []
    assert found(compiled, [Event("double-release", "", 16, "f", {"object": "p"})]) == []


@pytest.mark.parametrize(
    ("doubt", "wanted"), [(0, Confidence.HIGH), (1, Confidence.MEDIUM), (2, Confidence.LOW), (9, Confidence.LOW)]
)
def test_doubt_lowers_the_confidence(doubt: int, wanted: Confidence, tmp_path: Path) -> None:
    (finding,) = found(rules(tmp_path, HANDLES), [leak(16, doubt=doubt)])
    assert finding.confidence is wanted


def test_a_function_that_did_not_parse_lowers_it_once_more(tmp_path: Path) -> None:
    broken = CODE.replace("  return n;", "  int x = = 3 ]];\n  return n;")
    (finding,) = found(rules(tmp_path, HANDLES), [leak(broken.index("use"))], broken)
    assert finding.confidence is Confidence.MEDIUM


def test_one_finding_for_an_object_of_a_function_the_first_by_offset(tmp_path: Path) -> None:
    compiled = rules(tmp_path, HANDLES)
    events = [leak(60), leak(34), leak(20, "q"), leak(50, "q"), leak(55, "q", subject="another q")]
    assert [(one.line, one.message[:3]) for one in found(compiled, events)] == [(2, "`q`"), (2, "`p`"), (4, "`q`")]
    assert found(compiled, events) == found(compiled, events[::-1])


def test_a_line_that_a_pattern_of_the_rule_has_taken_is_not_told_twice(tmp_path: Path) -> None:
    match = HANDLES + '  - query: "(call_expression function: (identifier) @object) @finding"\n'
    match = match.replace("(identifier) @object", "(identifier) @made_by arguments: (argument_list . (_) @object)")
    compiled = rules(tmp_path, match)
    lines = [one.line for one in found(compiled, [leak(CODE.index("p, n")), leak(CODE.index("return"), "q")])]
    assert lines == [2, 3, 4]


def test_a_capture_that_the_engine_left_empty_is_shown_as_unknown(tmp_path: Path) -> None:
    event = leak(16, "")
    (finding,) = found(rules(tmp_path, HANDLES), [event])
    assert finding.message == "`?` from `malloc` in `f` is lost"


def test_events_of_other_files_need_no_tree(tmp_path: Path) -> None:
    texts = {"a.c": b"one\ntwo\nthree\n", "b.c": b"x\ny\n"}
    lines = {path: Lines(text) for path, text in texts.items()}

    def position(path: str, offset: int) -> tuple[int, int] | None:
        return lines[path].position(offset) if path in lines else None

    captures = {"object": "p", "family": "malloc", "made_by": "malloc"}
    chain = (("b.c", 2, "called from g"), ("", 0, "here"), ("gone.c", 0, "nowhere"))
    events = [
        Event("leak", "b.c", 2, "g", captures),
        Event("leak", "a.c", 9, "ns::C::f", captures, chain, 1),
        Event("leak", "gone.c", 1, "h", captures),
    ]
    first, second = findings_of_events(events, rules(tmp_path, HANDLES), position)
    assert (first.path, first.line, first.column, first.function) == ("a.c", 3, 2, "ns::C::f")
    assert first.related == (RelatedLocation(2, "called from g", "b.c"), RelatedLocation(1, "here"))
    assert first.confidence is Confidence.MEDIUM
    assert (second.path, second.line, second.function) == ("b.c", 2, "g")


@pytest.mark.parametrize(
    ("match", "says"),
    [
        ("  - flow: leek", "there is no event 'leek'; did you mean 'leak'?"),
        ("  - {flow: leak, call: [free]}", "it has call and flow"),
        ("  - {flow: leak, where: [{in: [x]}]}", "where needs a capture; those of 'leak' are object, family, made_by"),
        ("  - {flow: leak, where: [{capture: famly, in: [x]}]}", "did you mean 'family'?"),
        ("  - {flow: leak, where: [{capture: object, tested: true}]}", "tested asks for code"),
        ("  - {flow: leak, check: plain-char}", "flow goes with neither check nor arguments"),
        ("  - {flow: leak, arguments: {at_least: 1}}", "flow goes with neither check nor arguments"),
        ("  - {flow: leak, cwe: 416}", "cwe 416 is not among those of the rule"),
        ("  - {flow: leak, cwe: 119}", "cwe 119 would be printed, but its mapping usage is discouraged"),
        ("  - {flow: leak, message: 'a {size}'}", "message uses {size}"),
        ("  - {flow: double-release}", "message uses {made_by}"),
    ],
)
def test_what_is_wrong_with_a_matcher_is_said(match: str, says: str, tmp_path: Path) -> None:
    assert says in problems(tmp_path, match)


def test_events_are_of_c_and_cpp_and_own_messages_of_defects(tmp_path: Path) -> None:
    text = (RULE % "  - flow: leak").replace("languages: [c, cpp]", "languages: [c, java]")
    (tmp_path / "lost-block.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        load_rules(tmp_path)
    assert "flow looks at C and C++ only" in "\n".join(caught.value.problems)
    text = (RULE % "  - {flow: leak, message: x}").replace("kind: defect", "kind: exposure\nweight: 2")
    (tmp_path / "lost-block.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        load_rules(tmp_path)
    assert "places of this exposure are told together" in "\n".join(caught.value.problems)


def test_every_event_of_the_engine_is_taken_by_some_shipped_rule() -> None:
    asked = {matcher.flow for rule in load_rules().rules for matcher in rule.match if matcher.flow}
    assert asked == set(EVENTS)


@pytest.mark.parametrize("access", ["read", "write"])
@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("by", ["index", "pointer", "copy", "string"])
@pytest.mark.parametrize("cause", ["constant", "loop", "input"])
@pytest.mark.parametrize("memory", ["stack", "heap", "static", "literal", "outer", "alloca"])
def test_an_access_that_leaves_its_object_belongs_to_one_rule(
    access: str, side: str, by: str, cause: str, memory: str
) -> None:
    wanted = {
        "index": "unchecked-input-index" if cause == "input" else "index-out-of-bounds",
        "copy": "length-from-input" if cause == "input" else "copy-too-long",
        "string": "unbounded-copy" if cause == "input" else "copy-too-long",
    }["index" if by == "pointer" else by]
    if side == "before" and cause != "input":
        wanted = "buffer-underrun"
    if (by, cause, access) == ("string", "input", "read"):
        wanted = "missing-terminator"
    captures = {"access": access, "side": side, "by": by, "cause": cause, "memory": memory, "object": "p"}
    event = Event("out-of-bounds", "x.c", 0, "f", {**captures, "size": "4", "reach": "5", "callee": "memcpy"})
    (finding,) = findings_of_events([event], _shipped(), lambda path, offset: (1, 1))
    assert finding.rule == wanted
    assert finding.cwe is not None


_COMPILED: list[CompiledRules] = []


def _shipped() -> CompiledRules:
    if not _COMPILED:
        _COMPILED.append(compile_rules(load_rules(), Language.C))
    return _COMPILED[0]


def test_lines_count_from_one_and_columns_in_bytes() -> None:
    lines = Lines("ä\nb".encode())
    assert [lines.position(offset) for offset in (0, 2, 3, 4, 99, -1)] == [
        (1, 1),
        (1, 3),
        (2, 1),
        (2, 2),
        (2, 97),
        (1, 1),
    ]
