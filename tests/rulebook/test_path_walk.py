"""The walk along the paths of a function: branches, loops, jumps, conditions that agree."""

from __future__ import annotations

import pytest

from rustplan.languages import support
from rustplan.model.source import Language
from rustplan.rulebook.checks.paths import MAX_PATHS, Event, PathWalk, evaluated, mentions
from rustplan.rulebook.file_view import FileView
from rustplan.syntax import Captures, Node, QuerySet


def view_of(body: str, language: Language = Language.C) -> tuple[FileView, Node]:
    """A file with one function `f` around the text, and the function."""
    reader = support(language)
    prepared = reader.prepare(f"int f(int a, int b, char *s) {{\n{body}\n}}\n".encode())
    matches: dict[str, list[Captures]] = {}
    for name, captures in QuerySet(language, reader.queries).matches(prepared.tree.root_node):
        matches.setdefault(name, []).append(captures)
    facts = reader.extract(prepared, prepared.tree, matches)
    file = FileView("f.c", language, prepared.text, facts, {})
    function = prepared.tree.root_node.named_child(0)
    assert function is not None
    return file, function


def ways_out(body: str, language: Language = Language.C) -> list[str]:
    """For every way out, the calls of one-letter functions on a path to it; sorted, each once."""
    file, function = view_of(body, language)
    calls = [node for node in evaluated(function) if node.type == "call_expression"]
    events = [Event(call.end_byte - 1, 0, file.text(call)[0], call) for call in calls if file.text(call)[1] == "("]
    seen: set[str] = set()
    walk = PathWalk(
        file, function, events, lambda state, event: state + event.kind, leave=lambda _, state: seen.add(state)
    )
    inner = function.child_by_field_name("body")
    assert inner is not None
    walk.run(inner, "")
    return ["gave up"] if walk.gave_up else sorted(seen)


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ("x(); y();", ["xy"]),
        ("if (a) x(); else y(); z();", ["xz", "yz"]),
        ("if (a) { x(); return 1; } y();", ["x", "y"]),
        ("while (more(a)) { x(); if (full(b)) break; y(); } z();", ["xyxyz", "xyxz", "xyz", "xz", "z"]),
        ("for (;;) { x(); if (full(b)) return 0; }", ["x", "xx"]),
        ("for (;;) { x(); if (b) return 0; }", ["x"]),
        ("do { x(); } while (0); y();", ["xy"]),
        ("do { if (full(a)) continue; x(); } while (more(b)); y();", ["xxy", "xy", "y"]),
        ("if (a) goto out; x(); out: y();", ["xy", "y"]),
        ("again: x(); if (a) goto again; y();", ["xy"]),
        ("switch (a) { case 1: x(); case 2: y(); break; default: z(); }", ["xy", "y", "z"]),
        ("switch (a) { case 1: x(); }", ["", "x"]),
        ("if (x(s) && y(s)) z();", ["x", "xy", "xyz"]),
        ("if (!x(s) || !(y(s))) z();", ["xy", "xyz", "xz"]),
        ("if (a) exit(1); x();", ["x"]),
        ("if (0) x(); if (1) y();", ["y"]),
        ("x(); { int unused; y(); } return z();", ["xyz"]),
    ],
)
def test_the_paths_are_those_that_run(body: str, paths: list[str]) -> None:
    assert ways_out(body) == paths


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ("if (a) x(); if (a) y();", ["", "xy"]),
        ("if (a) x(); if (!a) y();", ["x", "y"]),
        ("if (s == NULL) x(); if (s) y();", ["x", "y"]),
        ("if (a == 3) x(); if (a != 3) y();", ["x", "y"]),
        ("if (a && b) x(); if (a) { if (b) y(); }", ["", "xy"]),
        ("if (a) x(); a = b; if (a) y();", ["", "x", "xy", "y"]),
        ("int held = 0; if (b) { x(); held = 1; } if (held) y();", ["", "xy"]),
        ("#ifdef LOCKED\nx();\n#endif\nz();\n#ifdef LOCKED\ny();\n#endif\n", ["xzy", "z"]),
    ],
)
def test_conditions_that_agree_are_not_taken_both_ways(body: str, paths: list[str]) -> None:
    assert ways_out(body) == paths


def test_catch_begins_where_try_began_and_a_throw_inside_is_no_way_out() -> None:
    assert ways_out("w(); try { x(); throw 1; } catch (...) { y(); }", Language.CPP) == ["wy"]
    assert ways_out("x(); if (a) throw 1; y();", Language.CPP) == ["x", "xy"]


def test_a_range_loop_runs_not_at_all_once_or_more_often() -> None:
    assert ways_out("for (char c : text) x(); y();", Language.CPP) == ["xxy", "xy", "y"]


def test_what_does_not_run_here_is_no_event() -> None:
    # the parameter and the last call; not the lambda's body, not `sizeof`
    file, function = view_of("auto later = [&] { return s; }; int n = sizeof(s); use(s);", Language.CPP)
    assert [node.start_point[0] for node in mentions(function, "s", file)] == [0, 1]


def test_many_branches_stay_bounded_and_keep_every_state() -> None:
    body = "".join(f"if (a == {n}) x(); " for n in range(14))
    assert 1 < len(ways_out(body)) <= MAX_PATHS


def test_deep_nesting_and_unread_code_are_given_up() -> None:
    assert ways_out("{" * 80 + "x();" + "}" * 80) == ["gave up"]
    assert ways_out("x(); " * 7000) == ["gave up"]
    assert ways_out("x(); @@@ ??? ;") == ["gave up"]
