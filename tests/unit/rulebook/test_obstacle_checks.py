"""Obstacles: macros, layouts, links and boundaries, beyond the examples of each rule."""

from __future__ import annotations

import pytest

from rule_scan import scan_for
from rustplan.model.source import Language

MACROS = {
    "pastes": ("#define F(a) x_##a\n", "pastes tokens"),
    "pastes arguments that may be missing": ("#define LOG(f, ...) log_it(f, ##__VA_ARGS__)\n", ""),
    "quotes": ("#define S(a) #a\n", "quotes its argument"),
    "a number sign in a string": ('#define S(a) put("#a", a)\n', ""),
    "several statements": ("#define T(a) a = 1; b(a)\n", "holds several statements"),
    "one statement, wrapped": ("#define T(a) do { free(a); } while (0)\n", ""),
    "an early return": ("#define T(a) do { if (a) return a; } while (0)\n", "steers control"),
    "return in a string": ('#define T(a) put("return; goto", a)\n', ""),
    "a loop": ("#define EACH(p, l) for (p = l; p; p = p->next)\n", "steers control"),
    "a list": ("#define L(X) X(a) X(b)\n", "applies a macro to a list"),
    "a callback that is called once": ("#define C(f) (f(1) + 2)\n", ""),
    "an expression": ("#define M(a, b) ((a) > (b) ? (a) : (b))\n", ""),
    "an attribute": ("#define P(f, a) __attribute__((format(printf, f, a)))\n", ""),
}


@pytest.mark.parametrize("name", MACROS)
def test_a_macro_is_an_obstacle_by_what_it_does(name: str) -> None:
    code, does = MACROS[name]
    found = scan_for(code, "token-pasting-macro")
    assert [does in finding.message for finding in found] == ([True] if does else [])


LAYOUTS = {
    "a bit-field in a header": ("struct s { unsigned a : 1; };", "include/s.h", 1),
    "a bit-field of one file": ("struct s { unsigned a : 1; };", "src/s.c", 0),
    "one that is written whole": (
        "struct s { unsigned a : 1; };\nvoid f(int d, struct s *p) { write(d, p, sizeof(struct s)); }",
        "src/s.c",
        1,
    ),
    "one that overlays another member": ("union u { struct { unsigned a : 1; } b; int c; };", "src/s.c", 1),
    "a struct over bytes": ("int f(unsigned char *p) { return ((struct h *)p)->n; }", "src/s.c", 1),
    "a struct over a struct": ("int f(struct g *p) { return ((struct h *)p)->n; }", "src/s.c", 0),
    "packing": ("#pragma pack(1)\nstruct s { char a; };", "src/s.c", 1),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_matters_when_it_leaves_the_file(name: str) -> None:
    code, path, places = LAYOUTS[name]
    assert sum(finding.places for finding in scan_for(code, "bit-level-layout", path=path)) == places


THROWS = {
    "out of a destructor": ("T::~T() { throw 1; }", "the destructor"),
    "out of a C function": ('extern "C" int f() { throw 1; }', "the C function"),
    "caught": ('extern "C" int f() { try { throw 1; } catch (...) { return 1; } }', ""),
    "caught by type only": ('extern "C" int f() { try { throw 1; } catch (int) { return 1; } }', "the C function"),
    "thrown again by the handler": ('extern "C" int f() { try { g(); } catch (...) { throw; } }', "the C function"),
    "noexcept": ("T::~T() noexcept { throw 1; }", ""),
    "through a helper": ('static void h() { throw 1; }\nextern "C" int f() { h(); return 0; }', "the C function"),
    "through a helper, caught": (
        'static void h() { throw 1; }\nextern "C" int f() { try { h(); } catch (...) {} return 0; }',
        "",
    ),
    "inside C++": ("void f() { throw 1; }", ""),
}


@pytest.mark.parametrize("name", THROWS)
def test_an_exception_is_an_obstacle_where_it_can_leave_a_boundary(name: str) -> None:
    code, boundary = THROWS[name]
    found = scan_for(code, "exception-across-boundary", Language.CPP, "src/x.cc")
    assert [boundary in finding.message for finding in found] == ([True] if boundary else [])


THREADS = {
    "an object": ("int f(struct w *w) { return pthread_create(&w->t, 0, run, w); }", "`w`"),
    "nothing": ("int f(pthread_t *t) { return pthread_create(t, 0, run, NULL); }", ""),
    "a number": ("int f(pthread_t *t, int n) { return pthread_create(t, 0, run, (void *)n); }", ""),
    "a global": (
        "static int n;\nvoid *run(void *a) { n++; return a; }\nint f(pthread_t *t) { return pthread_create(t, 0, run, 0); }",
        "`n`",
    ),
    "an atomic global": (
        "static atomic_int n;\nvoid *run(void *a) { n++; return a; }\nint f(pthread_t *t) { return pthread_create(t, 0, run, 0); }",
        "",
    ),
}


@pytest.mark.parametrize("name", THREADS)
def test_a_thread_shares_what_it_is_handed_or_touches(name: str) -> None:
    code, shared = THREADS[name]
    found = scan_for(code, "thread-shared-state")
    assert [shared in finding.message for finding in found] == ([True] if shared else [])


def test_a_name_that_inherits_from_its_own_namesake_has_no_depth() -> None:
    code = "class Handler : public Batch::Handler { void put() override; };"
    assert not scan_for(code, "class-hierarchy", Language.CPP, "src/x.cc")


def test_macros_that_look_like_nested_functions_are_none() -> None:
    assert not scan_for("void f(int a) {\n UNUSED(a)\n {\n  g(a);\n }\n}\n", "statement-expression")


def test_hostile_macros_and_structs_end_in_time() -> None:
    macro = "#define M(a) " + "do { a; } while (0); " * 3000 + "\n"
    assert scan_for(macro, "token-pasting-macro")
    struct = "struct s { " + "struct s *p; " * 5000 + "};"
    assert scan_for(struct, "intrusive-links")
