"""Declarations: layouts as an LP64 compiler makes them, names, constants, functions of every style."""

from __future__ import annotations

import pytest

from flow_code import declared, lowered
from rustplan.flow.ctypes import ARRAY, FUNCTION, INT, POINTER, STRUCT, UNKNOWN
from rustplan.model.source import Language


@pytest.mark.parametrize(
    ("body", "size", "offsets"),
    [
        ("char a; int b;", 8, {"a": 0, "b": 4}),
        ("char a; char b; short c; int d;", 8, {"b": 1, "c": 2, "d": 4}),
        ("int a; char b;", 8, {"b": 4}),
        ("char a; long b; char c;", 24, {"b": 8, "c": 16}),
        ("char name[13]; double d;", 24, {"name": 0, "d": 16}),
        ("char *p; char c;", 16, {"p": 0, "c": 8}),
        ("int (*call)(int, void *); short s;", 16, {"call": 0, "s": 8}),
        ("int grid[3][5]; char end;", 64, {"end": 60}),
        ("char a; long double b;", 32, {"b": 16}),
        ("short s; union { char c[6]; int i; } u; char e;", 16, {"u": 4, "e": 12}),
        ("char tag; struct { short x, y; } at; char z;", 8, {"at": 2, "z": 6}),
        ("int n; union { int a; char b[8]; };", 12, {"a": 4, "b": 4}),
        ("unsigned short n; unsigned char data[];", 2, {"data": 2}),
        ("size_t n; _Bool on;", 16, {"on": 8}),
        ("uint8_t v; uint16_t w; uint32_t x; uint64_t y;", 16, {"w": 2, "x": 4, "y": 8}),
        ("enum { A, B } kind; char c;", 8, {"c": 4}),
    ],
)
def test_layouts(body: str, size: int, offsets: dict[str, int]) -> None:
    made = declared(f"struct s {{ {body} }};").record("s")
    assert made is not None
    assert made.size == size
    assert made.members is not None
    assert {name: made.members[name][0] for name in offsets} == offsets


def test_a_union_is_as_large_as_its_largest_member() -> None:
    made = declared("union u { char c[9]; int i; short s; };").record("u")
    assert made is not None
    assert made.size == 12
    assert made.members is not None
    assert {at for at, _ in made.members.values()} == {0}


def test_a_member_of_unknown_size_leaves_the_layout_unknown() -> None:
    made = declared("struct s { int a; struct other o; int b; };").record("s")
    assert made is not None
    assert made.size is None
    assert made.members is not None
    assert [(name, at) for name, (at, _) in made.members.items()] == [("a", None), ("o", None), ("b", None)]


def test_a_pointer_to_a_record_that_is_completed_later() -> None:
    found = declared("struct node; struct list { struct node *head; }; struct node { struct node *next; long v; };")
    node, list_ = found.record("node"), found.record("list")
    assert node is not None
    assert list_ is not None
    assert (node.size, list_.size) == (16, 8)
    assert list_.members is not None
    head = list_.members["head"][1].target
    assert head is not None
    assert found.members(head) == node.members


def test_chains_of_typedefs() -> None:
    found = declared(
        "typedef unsigned short code; typedef code pair[2]; typedef pair *handle; typedef struct { pair p; char c; } cell;"
        "typedef int (*callback)(void *); typedef cell row[4];"
    )
    pair, handle, cell, row, callback = (found.typedef(name) for name in ("pair", "handle", "cell", "row", "callback"))
    assert pair is not None
    assert handle is not None
    assert cell is not None
    assert row is not None
    assert callback is not None
    assert (pair.kind, pair.size, pair.count) == (ARRAY, 4, 2)
    assert (handle.kind, handle.target) == (POINTER, pair)
    assert (cell.kind, cell.size, row.size) == (STRUCT, 6, 24)
    assert callback.kind == POINTER
    assert callback.target is not None
    assert callback.target.kind == FUNCTION
    assert found.typedef("uint16_t") is not None
    assert found.typedef("nobody_knows") is None


def test_a_typedef_of_itself_ends() -> None:
    found = declared("typedef a b; typedef b a; typedef struct s s; struct s { s *next; };")
    assert found.typedef("a") is not None
    s = found.record("s")
    assert s is not None
    assert s.size == 8


def test_enumerators_count_on() -> None:
    found = declared("enum e { A, B, C = 10, D, E = C * 2 + 1, F = sizeof(int), G = UNKNOWN, H, I = (2 << 4) - 1, J };")
    values = {name: found.constant(name) for name in "ABCDEFIJ"}
    assert values == {"A": 0, "B": 1, "C": 10, "D": 11, "E": 21, "F": 4, "I": 31, "J": 32}
    assert found.constant("G") is None
    assert found.constant("H") is None


def test_macros_of_both_sorts() -> None:
    found = declared(
        "#define N 8\n#define TWICE (2 * N) /* twice */\n#define LONG \\\n  40\n#define MAX(a, b) ((a) > (b) ? (a) : (b))\n"
        '# define NAME "x" // text\n#define EMPTY\nchar a[TWICE]; char b[LONG];\n'
    )
    assert [found.constant(name) for name in ("N", "TWICE", "LONG", "NAME", "EMPTY")] == [8, 16, 40, None, None]
    macro = found.function_macro("MAX")
    assert macro is not None
    assert macro.parameters == ("a", "b")
    assert found.globals["a"].type.size == 16
    assert found.globals["b"].type.size == 40


def test_extents_that_the_initialiser_gives() -> None:
    found = declared(
        'char a[] = "four"; int b[] = {1, 2, 3}; char c[] = "a" "bc"; const char *d = "x"; char e[2] = "z";'
    )
    assert {name: found.globals[name].type.size for name in "abcde"} == {"a": 5, "b": 12, "c": 4, "d": 8, "e": 2}


def test_variables_say_how_they_are_stored() -> None:
    found = declared("static int a; extern int b; const char c[3]; int d = 1; extern int d;")
    assert found.globals["a"].is_static
    assert found.globals["b"].is_extern
    assert found.globals["c"].is_const
    d = found.global_of("d")
    assert d is not None
    assert d.type.kind == INT


def test_results_of_functions() -> None:
    found = declared("unsigned char *next(void); size_t length(const char *s) { return 0; } void (*pick(int))(void);")
    assert [str(found.result_of(name)) for name in ("next", "length")] == ["<unsigned char *>", "<size_t>"]
    assert found.result_of("other") is None


def test_parameters_in_the_old_style() -> None:
    routine = lowered("int f(text, n)\n  char *text;\n  unsigned short n;\n{\n  return text[n];\n}\n")
    assert [(one.name, one.type.text) for one in routine.parameters] == [("text", "char *"), ("n", "unsigned short")]


@pytest.mark.parametrize(
    ("declaration", "type_"),
    [
        ("int *a[4]", "int *[4]"),
        ("int (*a)[4]", "int[4] *"),
        ("char **a", "char * *"),
        ("unsigned long long a", "unsigned long"),
        ("signed char a", "signed char"),
        ("const volatile short int a", "short"),
        ("long unsigned a", "unsigned long"),
    ],
)
def test_declarators(declaration: str, type_: str) -> None:
    found = declared(f"{declaration};").globals["a"].type
    assert found.text.replace(" ", "") == type_.replace(" ", "")


def test_classes_with_bases_and_virtual_functions() -> None:
    found = declared(
        "namespace n { class base { public: virtual ~base(); virtual int go() = 0; int a; };\n"
        "struct derived : public base { int go() override; int b; }; }",
        Language.CPP,
    )
    base, derived = found.class_of("base"), found.class_of("derived")
    assert base is not None
    assert derived is not None
    assert base.has_destructor
    assert "go" in base.virtual
    assert "go" in derived.virtual
    assert derived.bases == ("base",)
    record = found.record("derived")
    assert record is not None
    assert record.size is None, "there is a pointer to the virtual functions in front"
    members = found.members(record)
    assert members is not None
    assert set(members) == {"a", "b"}


def test_aliases_and_names_with_a_scope() -> None:
    found = declared(
        "#include <cstdint>\nusing word = std::uint16_t; using words = word[3]; std::vector<int> v;", Language.CPP
    )
    words = found.typedef("words")
    assert words is not None
    assert words.size == 6
    assert found.globals["v"].type.kind == UNKNOWN
