"""The compact form of functions: operators, implied conversions, loops that count, macros, scopes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from flow_code import lowered
from rustplan.flow import ir
from rustplan.flow.ir import Loop, Routine
from rustplan.model.source import Language


def parts(item: Any) -> Iterator[tuple[Any, ...]]:
    """Every statement and expression of a routine, outermost first."""
    pending = [item]
    while pending:
        each = pending.pop()
        if isinstance(each, Routine):
            pending.append(each.body)
        elif isinstance(each, Loop):
            pending += [part for part in (each.body, each.step, each.condition, each.init) if part is not None]
        elif isinstance(each, tuple):
            if each and type(each[0]) is int:
                yield each
            pending += reversed(each)


def returned(code: str, language: Language = Language.C) -> tuple[Any, ...]:
    """The expression of the last `return` of `f`."""
    body = lowered(code, "f", language).body
    statement = body[2][-1]
    assert statement[0] == ir.RETURN
    return statement[2]  # type: ignore[no-any-return]


def loop_of(code: str) -> Loop:
    (found,) = _loops(lowered(code).body)
    return found


def _loops(item: Any) -> Iterator[Loop]:
    if isinstance(item, Loop):
        yield item
    elif isinstance(item, tuple):
        for each in item:
            yield from _loops(each)


@pytest.mark.parametrize(
    ("expression", "op"),
    [
        ("a + b", ir.ADD),
        ("a - b", ir.SUB),
        ("a * b", ir.MUL),
        ("a / b", ir.DIV),
        ("a % b", ir.MOD),
        ("a & b", ir.BAND),
        ("a ^ b", ir.BXOR),
        ("a << b", ir.SHL),
        ("a < b", ir.LESS),
        ("a != b", ir.NOT_EQUAL),
        ("a && b", ir.AND),
        ("a ? b : 1", ir.CHOICE),
        ("a = b", ir.ASSIGN),
        ("a += b", ir.UPDATE),
        ("a++", ir.STEP),
        ("-a", ir.NEG),
        ("!a", ir.NOT),
        ("~a", ir.INVERT),
        ("p[a]", ir.INDEX),
        ("*p", ir.DEREF),
        ("g(a)", ir.CALL),
    ],
)
def test_operators(expression: str, op: int) -> None:
    assert returned(f"int g(int); int f(int a, int b, int *p) {{ return {expression}; }}")[0] == op


@pytest.mark.parametrize(
    ("expression", "type_"),
    [
        ("c + c", "int"),
        ("s * s", "int"),
        ("i + u", "unsigned int"),
        ("i + l", "long"),
        ("u + l", "long"),
        ("l + z", "size_t"),
        ("d * i", "double"),
        ("i < z", "int"),
        ("p + i", "int *"),
        ("p - p", "long"),
        ("*p", "int"),
        ("&i", "int *"),
        ("(short)i", "short"),
        ("sizeof i", "size_t"),
        ("p[1]", "int"),
    ],
)
def test_types_of_expressions(expression: str, type_: str) -> None:
    code = f"void *f(char c, short s, int i, unsigned u, long l, size_t z, double d, int *p) {{ g({expression}); return 0; }}"
    (call,) = [each for each in parts(lowered(code)) if each[0] == ir.CALL and len(each) > 4 and each[3] == "g"]
    (argument,) = call[5]
    assert argument[1].text.replace(" ", "") in {type_.replace(" ", ""), {"size_t": "unsignedlong"}.get(type_, "")}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("sizeof(struct s)", 12),
        ("sizeof(struct s) / sizeof(int)", 3),
        ("SIZE", 6),
        ("THIRD", 2),
        ("'a'", 97),
        ("sizeof a", 20),
        ("sizeof a / sizeof a[0]", 5),
        ("sizeof *p", 12),
        ("-1", -1),
    ],
)
def test_constants_come_out_as_numbers(expression: str, value: int) -> None:
    code = (
        "#define SIZE (2 * 3)\nenum { FIRST, SECOND, THIRD };\nstruct s { int x, y, z; };\n"
        f"long f(struct s *p) {{ int a[5]; return {expression}; }}"
    )
    found = returned(code)
    while found[0] == ir.CAST:
        found = found[3]
    if found[0] == ir.SIZEOF:
        assert found[3].size == value
    elif found[0] == ir.DIV:
        assert found[3][3].size // found[4][3].size == value
    elif found[0] == ir.NEG:
        assert -found[3][3] == value
    else:
        assert found[0] == ir.CONST
        assert found[3] == value


@pytest.mark.parametrize(
    ("loop", "step"),
    [
        ("for (i = 0; i < n; i++) g(i);", 1),
        ("for (i = 0; i < n; i += 4) g(i);", 4),
        ("for (i = n; i > 0; i--) g(i);", -1),
        ("for (int j = 0; j <= n; ++j) g(j);", 1),
    ],
)
def test_loops_that_count(loop: str, step: int) -> None:
    found = loop_of(f"void g(int); void f(int n) {{ int i; {loop} }}")
    assert found.counter is not None
    assert found.counter[3] == step
    assert not found.exits_early
    assert not found.is_late


@pytest.mark.parametrize(
    "loop",
    [
        "for (;;) g(i);",
        "while (g(i)) i = n - i;",
        "for (i = 0; i < n; i++) i = g(i);",
        "for (i = 1; i < n; i *= 2) g(i);",
    ],
)
def test_loops_that_do_not(loop: str) -> None:
    assert loop_of(f"int g(int); void f(int n) {{ int i = 0; {loop} }}").counter is None


def test_what_a_loop_changes() -> None:
    found = loop_of(
        "void f(int n, int *p) { int i, s = 0, t = 0; for (i = 0; i < n; i++) { s += i; p[i] = s; if (s > 9) break; } g(t); }"
    )
    assert {var.name for var in found.assigned} == {"i", "s"}
    assert found.stores
    assert found.exits_early


def test_a_late_condition() -> None:
    assert loop_of("void f(int n) { do n--; while (n); }").is_late


def test_names_in_inner_scopes_are_other_variables() -> None:
    code = "int f(int n) { int m = n; { char n = 1; m += n; } return n; }"
    declared = [
        each[2]
        for each in parts(lowered(code))
        if each[0] == ir.DECLARE and len(each) == 4 and hasattr(each[2], "type")
    ]
    inner = next(var for var in declared if var.name == "n")
    assert inner.type.text == "char"
    assert returned(code)[3] is not inner


def test_members_have_offsets() -> None:
    code = "struct s { char c; int n; struct { short x, y; } at; };\nint f(struct s *p, struct s v) { return p->at.y + v.n; }"
    members = {each[4]: each[5] for each in parts(lowered(code)) if each[0] == ir.MEMBER and len(each) == 6}
    assert members == {"at": 8, "y": 2, "n": 4}


def test_calls_are_listed() -> None:
    routine = lowered("int f(int n) { return g(n) + (n ? h(n) : k(g(1))); }")
    assert routine.calls == {"g", "h", "k"}
    assert (routine.name, routine.container, routine.is_variadic) == ("f", "", False)
    assert lowered("int f(const char *a, ...) { return 0; }").is_variadic


def test_methods_know_their_class() -> None:
    code = "class c { public: int get() const { return n; } void set(int); int n; };\nvoid c::set(int v) { n = v; }\n"
    for name in ("get", "set"):
        routine = lowered(code, name, Language.CPP)
        assert routine.container == "c"
        assert routine.parameters[0].name == "this"


def test_offsets_lead_back_to_the_text() -> None:
    code = "int f(int n) {\n  int *p = g(n);\n  return p[n];\n}\n"
    found = returned(code)
    assert code[found[2] :].startswith("p[n]")
    routine = lowered(code)
    assert (routine.offset, code[: routine.end].count("\n")) == (0, 3)
