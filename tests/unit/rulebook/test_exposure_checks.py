"""Exposures: what counts, what counts less, and what is left out, beyond the examples of each rule."""

from __future__ import annotations

import pytest

from rule_scan import scan_for
from rustplan.model.source import Language


def weight(code: str, rule: str, language: Language = Language.C) -> float:
    return sum(finding.weight for finding in scan_for(code, rule, language))


WEIGHTS = {
    "a loop counts once for each pointer": (
        "pointer-arithmetic",
        "void f(char *p, char *q, int n) {\n while (n--) {\n  p++;\n  p += 2;\n  q++;\n  p[1] = 0;\n }\n}\n",
        6,
    ),
    "an inner loop counts by itself": (
        "pointer-arithmetic",
        "void f(char *p, int n) {\n while (n) {\n  p++;\n  while (n--)\n   p++;\n }\n}\n",
        6,
    ),
    "a literal that fits": ("banned-api", 'void f(void) { char b[6]; strcpy(b, "hello"); }', 1),
    "a literal one too long": ("banned-api", 'void f(void) { char b[5]; strcpy(b, "hello"); }', 5),
    "a literal into something unknown": ("banned-api", 'void f(char *b) { strcpy(b, "hello"); }', 5),
    "an extent that is a macro": (
        "banned-api",
        '#define ROOM 8\nvoid f(void) { char b[ROOM]; strcpy(b, "hello"); }',
        1,
    ),
    "escapes count one each": ("banned-api", 'void f(void) { char b[4]; strcpy(b, "\\n\\x41\\101"); }', 1),
    "numbers are bounded": ("banned-api", 'void f(int n) { char b[12]; sprintf(b, "%d", n); }', 1),
    "numbers may be too long": ("banned-api", 'void f(int n) { char b[11]; sprintf(b, "%d", n); }', 5),
    "text is not bounded": ("banned-api", 'void f(char *s) { char b[99]; sprintf(b, "%s", s); }', 5),
    "text with a precision is": ("banned-api", 'void f(char *s) { char b[9]; sprintf(b, "%.8s", s); }', 1),
    "what strcat finds there is unknown": ("banned-api", 'void f(void) { char b[99]; strcat(b, "x"); }', 5),
    "the sizeof of the array": ("length-by-hand", "void f(void) { char b[9]; memset(b, 0, sizeof(b)); }", 0),
    "the sizeof of a pointer": ("length-by-hand", "void f(char *b) { memset(b, 0, sizeof(b)); }", 3),
    "of what it points to": ("length-by-hand", "void f(struct s *b) { memset(b, 0, sizeof(*b)); }", 0),
    "of its declared type": ("length-by-hand", "void f(struct s *b) { memset(b, 0, sizeof(struct s)); }", 0),
    "of another type": ("length-by-hand", "void f(struct s *b) { memset(b, 0, sizeof(struct t)); }", 3),
    "of the source": ("length-by-hand", "void f(char *d) { char s[9]; memcpy(d, s, sizeof(s)); }", 3),
    "less a constant": ("length-by-hand", "void f(int d) { char b[9]; read(d, b, sizeof(b) - 1); }", 0),
    "less a variable": ("length-by-hand", "void f(int d, int n) { char b[9]; read(d, b, sizeof(b) - n); }", 3),
    "a constant local in C": ("variable-stack-allocation", "void f(void) { const int n = 5; int a[n]; g(a); }", 1),
    "an array parameter": ("variable-stack-allocation", "void f(int n, int a[n]) { g(a); }", 0),
    "a cast to bytes": ("pointer-cast", "void f(struct s *p) { g((unsigned char *)p); }", 1),
    "a cast from bytes": ("pointer-cast", "void f(unsigned char *p) { g((struct s *)p); }", 1),
    "bytes that are read on the spot": ("pointer-cast", "int f(unsigned char *p) { return *(int *)(p + 4); }", 3),
    "a cast from an unknown pointer": ("pointer-cast", "void f(void *p) { g((struct s *)p); }", 3),
    "a cast to the same type": ("pointer-cast", "void f(const struct s *p) { g((struct s *)p); }", 0),
    "what malloc returns": ("pointer-cast", "void f(void) { int *p = (int *)malloc(4); g(p); }", 0),
    "a number that is no address": ("integer-pointer-cast", "void *f(void) { return (void *)-1; }", 0),
    "a fixed address": ("integer-pointer-cast", "int f(void) { return *(volatile int *)0x4000; }", 3),
    "an address that is only printed": (
        "integer-pointer-cast",
        'void f(char *p) { printf("%lx", (unsigned long)p); }',
        0,
    ),
    "an address that is hashed": ("integer-pointer-cast", "int f(char *p) { return (uintptr_t)p % 7; }", 0),
    "an address that is kept": ("integer-pointer-cast", "uintptr_t f(char *p) { return (uintptr_t)p; }", 3),
    "a checked format": (
        "untyped-varargs",
        'void say(const char *f, ...) __attribute__((format(printf, 1, 2)));\nvoid say(const char *f, ...) { }\nvoid g(void) { say("x"); }',
        1,
    ),
    "a member that is called": ("function-pointer", "int f(struct s *p) { return p->run(p); }", 2),
    "through a constant struct": ("function-pointer", "int f(const struct ops *p) { return p->run(1); }", 1),
    "a constant table": (
        "function-pointer",
        "static int (*const steps[2])(int) = {a, b};\nint f(int n) { return steps[n](n); }",
        1,
    ),
    "a global beside threads": (
        "mutable-global",
        "static int n;\nvoid *work(void *a) { n++; return a; }\nvoid f(pthread_t *t) { pthread_create(t, 0, work, 0); }",
        4,
    ),
    "a global without threads": ("mutable-global", "static int n;\nvoid f(void) { n = 1; }", 2),
    "a global that is compared only": (
        "mutable-global",
        "static int n;\nint f(void) { return n == 1 || x.n == 2; }",
        0,
    ),
    "a static that is never written": ("mutable-global", "int f(void) { static int n = 3; return n; }", 0),
    "a union without a switch": ("union-access", "struct s { int kind; union { int a; float b; } u; };", 3),
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_follow_what_is_known(name: str) -> None:
    rule, code, expected = WEIGHTS[name]
    assert weight(code, rule) == expected


CPP_WEIGHTS = {
    "into a smart pointer": ("raw-new-delete", "void f() { std::unique_ptr<T> p{new T}; }", 1),
    "a Qt object with a parent": ("raw-new-delete", "void W::f() { box = new QBox(this); }", 1),
    "another object with that argument": ("raw-new-delete", "void W::f() { box = new Box(this); }", 4),
    "a guard": ("manual-locking", "void f() { std::lock_guard<std::mutex> g(m); }", 1),
    "a lock by hand": ("manual-locking", "void f() { m.lock();\n m.unlock(); }", 6),
    "a weak pointer": ("manual-locking", "auto f() { return weak.lock(); }", 0),
    "a constant extent": ("variable-stack-allocation", "void f() { const int n = 5; int a[n]; g(a); }", 0),
    "a member it deletes": ("borrowed-view", "class C { public: ~C() { delete t_; } private: T *t_; };", 0),
    "a member it does not delete": ("borrowed-view", "class C { public: C(); private: T *t_; };", 1),
    "a reference member": ("borrowed-view", "class C { public: C(T &t); private: T &t_; };", 3),
    "a struct without functions": ("borrowed-view", "struct C { T *t; int n; };", 0),
    "an iterator that is not used again": ("borrowed-view", "void f(V &v) { auto i = v.begin(); g(i); v.clear(); }", 0),
    "an iterator that is": ("borrowed-view", "void f(V &v) { auto i = v.begin(); v.clear(); g(i); }", 3),
    "a map": ("unchecked-container-index", "int f(std::map<int, int> &m) { return m[3]; }", 0),
    "a vector": ("unchecked-container-index", "int f(std::vector<int> &m) { return m[3]; }", 2),
    "a vector that is filled": (
        "unchecked-container-index",
        "int f(std::vector<int> &m) { m.resize(4); return m[3]; }",
        0,
    ),
}


@pytest.mark.parametrize("name", CPP_WEIGHTS)
def test_weights_in_cpp_follow_what_is_known(name: str) -> None:
    rule, code, expected = CPP_WEIGHTS[name]
    assert weight(code, rule, Language.CPP) == expected


def test_a_wrapper_is_counted_where_it_is_called_and_not_inside() -> None:
    wrapper = "static void *take(size_t n) {\n return malloc(n);\n}\n"
    (inside,) = scan_for(wrapper, "manual-heap")
    assert inside.lines == (2,), "nothing here calls it, so its body is all that is known"
    (outside,) = scan_for(wrapper + "void f(void) { g(take(3)); }\n", "manual-heap")
    assert (outside.function, outside.lines) == ("f", (4,))


def test_a_struct_is_no_array_unless_its_name_says_so() -> None:
    assert not scan_for("void f(struct conn *data, size_t bytes) { }", "pointer-length-pair")
    (several,) = scan_for("void f(struct row *rows, size_t n) { }", "pointer-length-pair")
    assert "`rows` and `n`" in several.message


def test_the_first_callee_decides_about_an_array() -> None:
    code = "void f(void) {\n char b[9];\n fill(%s);\n puts(b);\n}\n"
    assert [finding.weight for finding in scan_for(code % "b, sizeof(b)", "c-string")] == [1.0]
    assert [finding.weight for finding in scan_for(code % "b", "c-string")] == [3.0]


def test_many_returns_count_only_where_something_is_released() -> None:
    code = "int f(struct s *s) {\n char *p = malloc(9);\n if (!p) return 1;\n if (g(p)) { %s return 2; }\n s->p = p;\n return 0;\n}\n"
    assert scan_for(code % "free(p);", "goto-cleanup")
    assert not scan_for(code % "", "goto-cleanup")


def test_hostile_input_ends_in_time() -> None:
    names = "".join(f"static int g{n};\n" for n in range(3000))
    body = "void f(char *p) {\n" + "".join(f" g{n} = (int)(long)p; p[{n}] = (char *)p;\n" for n in range(3000)) + "}\n"
    assert scan_for(names + body, "mutable-global")
    commas = "void f(void) { char b[4]; " + "x(" * 2000 + "b" + ")" * 2000 + "; }"
    assert scan_for(commas, "c-string") is not None
    parameters = "void f(" + ", ".join(f"const char *a{n}, size_t n{n}" for n in range(2000)) + ") { }"
    assert len(scan_for(parameters, "pointer-length-pair")) == 1
