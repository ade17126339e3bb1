"""The engine over small functions: what it sees, and where it must say nothing.

A line that ends in `//! kind` must have an event of that kind; every other line must have none. A text without such a mark is quiet.
"""

from __future__ import annotations

import re

import pytest

from flow_code import run, seen
from rustplan.flow.run import STEPS_A_FUNCTION
from rustplan.model.source import Language

MARK = re.compile(r"//! ([a-z -]+)$")
HEAD = "#include <stdlib.h>\n#include <string.h>\n#include <stdio.h>\n#include <unistd.h>\n#include <assert.h>\n"

C_TEXTS = {
    "a member of an unseen type is stored through, not read": """
        void f(void) {
            struct unseen u;
            u.first[0] = u.second[0] = '\\0';
            use(&u);
        }""",
    "an unset member of an unseen type": """
        char f(void) {
            struct unseen u;
            return u.name[0]; //! uninitialized-read
        }""",
    "an index that is one too large": """
        int f(void) {
            int a[4] = {0};
            return a[4]; //! out-of-bounds
        }""",
    "the last element": """
        int f(void) {
            int a[4] = {0};
            return a[3];
        }""",
    "the address behind an array is no access": """
        int f(int n) {
            int a[4] = {0}, sum = 0;
            const int *end = a + 4;
            for (const int *p = a; p < end; p++)
                sum += *p;
            return sum + n;
        }""",
    "a negative index": """
        char f(void) {
            char a[4] = "abc";
            return a[-1]; //! out-of-bounds
        }""",
    "a pointer into the middle may go back": """
        char f(void) {
            char a[4] = "abc";
            char *p = a + 2;
            return p[-2];
        }""",
    "a loop that runs once too often": """
        void f(int *out) {
            int a[8];
            for (int i = 0; i <= 8; i++)
                a[i] = i; //! out-of-bounds
            out[0] = a[0];
        }""",
    "a loop that stops in time": """
        void f(int *out) {
            int a[8];
            for (int i = 0; i < 8; i++)
                a[i] = i;
            out[0] = a[0];
        }""",
    "a loop downwards": """
        void f(int *out) {
            int a[8];
            for (int i = 7; i >= 0; i--)
                a[i] = i;
            out[0] = a[7];
        }""",
    "a loop that breaks in time": """
        int f(void) {
            char a[8] = {0};
            int i;
            for (i = 0; i < 100; i++) {
                if (i == 8)
                    break;
                a[i] = 1;
            }
            return a[0];
        }""",
    "a loop over the size of the array": """
        void f(int *out) {
            int a[8];
            for (size_t i = 0; i < sizeof a / sizeof a[0]; i++)
                a[i] = 0;
            *out = a[1];
        }""",
    "a while loop with its own counter": """
        void f(char *out) {
            char a[8];
            int i = 0;
            while (i < 8)
                a[i++] = 'x';
            *out = a[0];
        }""",
    "a parameter nobody knows": """
        int f(const int *a, int i) {
            return a[i];
        }""",
    "a parameter that is tested": """
        int f(unsigned i) {
            static const int a[4] = {1, 2, 3, 4};
            if (i >= 4)
                return -1;
            return a[i];
        }""",
    "a string that does not fit": """
        void f(void) {
            char a[4];
            strcpy(a, "four"); //! out-of-bounds
            puts(a);
        }""",
    "a string that fits": """
        void f(void) {
            char a[5];
            strcpy(a, "four");
            puts(a);
        }""",
    "a block filled beyond its end": """
        void f(void) {
            char *p = malloc(8);
            if (p == NULL)
                return;
            memset(p, 0, 9); //! out-of-bounds
            free(p);
        }""",
    "a copy into the middle": """
        void f(const char *from) {
            char a[8];
            memcpy(a + 4, from, 5); //! out-of-bounds
            puts(a);
        }""",
    "the address is taken, the place not used": """
        size_t f(void) {
            struct s { int a; int b[2]; };
            return sizeof(((struct s *)0)->b);
        }""",
    "a block used after its release": """
        int f(void) {
            int *p = calloc(1, sizeof *p);
            int n;
            if (!p)
                return 0;
            free(p);
            n = *p; //! use-after-release
            return n;
        }""",
    "a block released on another path only": """
        int f(int c) {
            int *p = calloc(1, sizeof *p);
            int n = 0;
            if (!p)
                return 0;
            if (c) {
                free(p);
                return 1;
            }
            n = *p;
            free(p);
            return n;
        }""",
    "a pointer that gets a new block": """
        void f(void) {
            char *p = malloc(4);
            free(p);
            p = strdup("x");
            if (p)
                p[0] = 'y';
            free(p);
        }""",
    "a block released twice": """
        void f(int c) {
            char *p = malloc(4);
            if (c)
                free(p);
            free(p); //! double-release
        }""",
    "null may be released": """
        void f(int c) {
            char *p = malloc(4);
            if (c) {
                free(p);
                p = NULL;
            }
            free(p);
        }""",
    "a block that is lost": """
        int f(int c) {
            char *p = malloc(4); //! leak
            if (!p)
                return -1;
            if (c)
                return 0;
            free(p);
            return 1;
        }""",
    "a block handed to the caller": """
        char *f(size_t n) {
            char *p = malloc(n);
            if (p)
                p[0] = 0;
            return p;
        }""",
    "a block stored for the caller": """
        struct s { char *name; };
        int f(struct s *s) {
            s->name = strdup("x");
            return s->name != NULL;
        }""",
    "a clean-up that several ways reach": """
        int f(const char *path) {
            char *buffer = NULL;
            int status = -1;
            FILE *file = fopen(path, "r");
            if (file == NULL)
                return -1;
            buffer = malloc(100);
            if (buffer == NULL)
                goto out;
            if (fgets(buffer, 100, file) == NULL)
                goto out;
            status = 0;
        out:
            free(buffer);
            fclose(file);
            return status;
        }""",
    "a goto that misses the clean-up": """
        int f(int c) {
            char *p = malloc(100); //! leak
            if (p == NULL)
                return -1;
            if (c)
                goto out;
            free(p);
            return 0;
        out:
            return -1;
        }""",
    "a local array released": """
        void f(void) {
            char a[4] = "abc";
            free(a); //! invalid-release
        }""",
    "the middle of a block released": """
        void f(void) {
            char *p = malloc(4);
            if (!p)
                return;
            p++;
            free(p); //! invalid-release
        }""",
    "a file given to free": """
        void f(void) {
            FILE *file = fopen("x", "r");
            free(file); //! mismatched-release
        }""",
    "an allocation that nobody tests": """
        char *f(void) {
            char *p = malloc(4);
            p[0] = 0; //! unchecked-allocation
            return p;
        }""",
    "an allocation tested in a condition of two parts": """
        char *f(int c) {
            char *p = malloc(4);
            if (c && p)
                p[0] = 0;
            return p;
        }""",
    "an allocation tested where it is made": """
        char *f(void) {
            char *p;
            if ((p = malloc(4)) == NULL)
                return NULL;
            p[0] = 0;
            return p;
        }""",
    "an allocation tested by a function that never returns": """
        static void die(const char *why) { fputs(why, stderr); exit(1); }
        char *f(void) {
            char *p = malloc(4);
            if (!p)
                die("memory");
            p[0] = 0;
            return p;
        }""",
    "an allocation tested by an assertion": """
        char *f(void) {
            char *p = malloc(4);
            assert(p != NULL);
            p[0] = 0;
            return p;
        }""",
    "a wrapper that tests for its callers": """
        static void *xmalloc(size_t n) {
            void *p = malloc(n);
            if (!p)
                abort();
            return p;
        }
        char *f(void) {
            char *p = xmalloc(4);
            p[0] = 0;
            return p;
        }""",
    "a function that releases for its caller": """
        static void drop(char *p) { free(p); }
        char f(void) {
            char *p = calloc(4, 1);
            char c;
            if (!p)
                return 0;
            drop(p);
            c = p[0]; //! use-after-release
            return c;
        }""",
    "a function that fails without making anything": """
        static int make(char **out) {
            *out = malloc(4);
            if (*out == NULL)
                return -1;
            (*out)[0] = 0;
            return 0;
        }
        int f(void) {
            char *p;
            if (make(&p))
                return -1;
            p[1] = 0;
            free(p);
            return 0;
        }""",
    "a bound kept in a callee": """
        static int is_good(int i) { return i >= 0 && i < 4; }
        int f(const char *text) {
            int a[4] = {0};
            int i = atoi(text);
            if (!is_good(i))
                return -1;
            return a[i];
        }""",
    "null tested and then used": """
        int f(int *p) {
            if (p == NULL)
                return *p; //! null-dereference
            return 0;
        }""",
    "null tested on the left": """
        int f(const char *p) {
            if (p != NULL && *p == 'x')
                return 1;
            return p == NULL || p[0] == 0;
        }""",
    "null in a choice": """
        int f(const int *p) {
            return p ? *p : 0;
        }""",
    "a pointer that is null": """
        int f(void) {
            int *p = NULL;
            return *p; //! null-dereference
        }""",
    "a variable without a value": """
        int f(void) {
            int n;
            return n + 1; //! uninitialized-read
        }""",
    "a value on one path only": """
        int f(int c) {
            int n;
            if (c)
                n = 1;
            return n; //! uninitialized-read
        }""",
    "a value on every path": """
        int f(int c) {
            int n;
            if (c)
                n = 1;
            else
                n = 2;
            return n;
        }""",
    "a value where the same condition holds": """
        int f(int c) {
            int n;
            if (c)
                n = 1;
            if (c)
                return n;
            return 0;
        }""",
    "a value from every case": """
        int f(int c) {
            int n;
            switch (c) {
            case 1:
                n = 4;
                break;
            case 2:
            case 3:
                n = 5;
                break;
            default:
                return -1;
            }
            return n;
        }""",
    "a case that leaves it open": """
        int f(int c) {
            int n;
            switch (c) {
            case 1:
                n = 4;
                break;
            case 2:
                break;
            default:
                return -1;
            }
            return n; //! uninitialized-read
        }""",
    "a value by its address": """
        int g(int *);
        int f(void) {
            int n;
            g(&n);
            return n;
        }""",
    "one member of a union for another": """
        unsigned f(float x) {
            union { float f; unsigned u; } both;
            both.f = x;
            return both.u;
        }""",
    "a struct filled by a copy": """
        struct s { int a, b; };
        int f(const struct s *from) {
            struct s mine = *from;
            return mine.a + mine.b;
        }""",
    "an index from input": """
        int f(int argc, char **argv);
        int main(int argc, char **argv) {
            static int a[10];
            int i = atoi(argv[1]);
            return a[i]; //! out-of-bounds
        }""",
    "an index from input, looked at from both sides": """
        int main(int argc, char **argv) {
            static int a[10];
            int i = atoi(argv[1]);
            if (i < 0 || i > 9)
                return 1;
            return a[i];
        }""",
    "an index from input, cut by a mask": """
        int main(int argc, char **argv) {
            static int a[16];
            unsigned i = strtoul(argv[1], NULL, 10);
            return a[i & 15] + a[i % 16];
        }""",
    "input copied without a bound": """
        int main(int argc, char **argv) {
            char a[16];
            strcpy(a, argv[1]); //! out-of-bounds
            return a[0];
        }""",
    "input copied after a look at its length": """
        int main(int argc, char **argv) {
            char a[16];
            if (argc < 2 || strlen(argv[1]) >= sizeof a)
                return 1;
            strcpy(a, argv[1]);
            return a[0];
        }""",
    "input as a format": """
        int main(int argc, char **argv) {
            printf(argv[1]); //! format-from-input
            return 0;
        }""",
    "input behind a format": """
        int main(int argc, char **argv) {
            printf("%s", argv[1]);
            return 0;
        }""",
    "a failed read as a length": """
        void f(int fd, char *to) {
            char a[16];
            ssize_t n = read(fd, a, sizeof a);
            memcpy(to, a, n); //! negative-size
        }""",
    "a read that is looked at": """
        void f(int fd, char *to) {
            char a[16];
            ssize_t n = read(fd, a, sizeof a);
            if (n <= 0)
                return;
            memcpy(to, a, n);
        }""",
    "room left for the terminator": """
        void f(int fd) {
            char a[16];
            ssize_t n = read(fd, a, sizeof a - 1);
            if (n < 0)
                return;
            a[n] = 0;
            puts(a);
        }""",
    "text without a terminator": """
        void f(int fd) {
            char a[16];
            if (read(fd, a, sizeof a) <= 0)
                return;
            puts(a); //! unterminated
        }""",
    "the address of a local": """
        int *f(void) {
            int n = 1;
            return &n; //! address-escape
        }""",
    "the address of a static": """
        int *f(void) {
            static int n = 1;
            return &n;
        }""",
    "a local of the caller": """
        static int *same(int *p) { return p; }
        int f(void) {
            int n = 1;
            return *same(&n);
        }""",
    "a copy onto itself": """
        void f(void) {
            char a[16] = "abcdef";
            memcpy(a + 1, a, 6); //! overlap
            puts(a);
        }""",
    "a copy between the halves": """
        void f(void) {
            char a[16] = "abcdef";
            memcpy(a + 8, a, 8);
            memmove(a + 1, a, 6);
            a[15] = 0;
            puts(a);
        }""",
    "a string and no room for its end": """
        char *f(const char *from) {
            char *p = malloc(strlen(from));
            if (p)
                strcpy(p, from); //! out-of-bounds
            return p;
        }""",
    "a string and room for its end": """
        char *f(const char *from) {
            char *p = malloc(strlen(from) + 1);
            if (p)
                strcpy(p, from);
            return p;
        }""",
    "the size of a pointer": """
        void f(char *p) {
            memset(p, 0, sizeof p); //! sizeof-pointer
        }""",
    "what a header says of a member": """
        #include "s.h"
        void f(struct s *s) {
            memset(s->name, 0, ROOM + 1); //! out-of-bounds
            memset(s->name, 0, ROOM);
        }""",
    "code that is never reached": """
        int f(void) {
            int a[2] = {0};
            if (0)
                return a[5];
            return a[1];
            a[7] = 1;
        }""",
    "both arms of a conditional": """
        int f(int c) {
            int a[4] = {0};
        #ifdef WIDE
            c &= 3;
        #else
            c = 2;
        #endif
            return a[c];
        }""",
    "a macro that accesses": """
        #define AT(array, i) ((array)[(i)])
        int f(void) {
            int a[4] = {0};
            return AT(a, 3) + AT(a, 4); //! out-of-bounds
        }""",
    "unsigned numbers count down to the end": """
        int f(void) {
            int a[4] = {1, 2, 3, 4}, sum = 0;
            for (unsigned i = 4; i-- > 0;)
                sum += a[i];
            return sum;
        }""",
    "a row of a table": """
        int f(void) {
            int a[2][3] = {{0}};
            int last = a[1][2];
            return last + a[2][0]; //! out-of-bounds
        }""",
    "a division by nothing": """
        int f(void) {
            int n = 0;
            return 4 / n; //! division-by-zero
        }""",
    "a divisor that is looked at": """
        int main(int argc, char **argv) {
            int n = atoi(argv[1]);
            return n == 0 ? 0 : 100 / n;
        }""",
}
CPP_TEXTS = {
    "a reference is the object": """
        int f() {
            int n;
            int &same = n;
            same = 1;
            return n;
        }""",
    "a parameter by reference is assigned": """
        static void set(int &n) { n = 1; }
        int f() {
            int n;
            set(n);
            return n;
        }""",
    "an array released as one object": """
        void f() {
            int *p = new int[4];
            delete p; //! mismatched-release
        }""",
    "an array released as an array": """
        void f() {
            int *p = new int[4];
            p[3] = 1;
            delete[] p;
        }""",
    "an object used after its release": """
        struct node { int v; };
        int f() {
            node *p = new node();
            delete p;
            return p->v; //! use-after-release
        }""",
    "a destructor that releases": """
        #include <cstdlib>
        class box {
        public:
            box() : p(static_cast<char *>(std::malloc(4))) {}
            ~box() { std::free(p); }
            char *p;
        };
        bool f() {
            box b;
            return b.p != nullptr;
        }""",
    "a block in the hands of a smart pointer": """
        #include <memory>
        int f() {
            std::unique_ptr<int> p(new int(4));
            return *p;
        }""",
    "a reference to a local": """
        int &f() {
            int n = 4;
            return n; //! address-escape
        }""",
    "a throw ends the path": """
        #include <stdexcept>
        int f(int *p) {
            if (!p)
                throw std::invalid_argument("p");
            return *p;
        }""",
    "a range loop": """
        int f() {
            int a[4] = {1, 2, 3, 4}, sum = 0;
            for (int v : a)
                sum += v;
            return sum;
        }""",
}
HEADERS = {"src/s.h": "#define ROOM 16\nstruct s { int n; char name[ROOM]; int end; };\n"}


def check(code: str, language: Language) -> None:
    text = code if language is Language.CPP else HEAD + code
    wanted = [
        (match.group(1), number) for number, line in enumerate(text.split("\n"), 1) if (match := MARK.search(line))
    ]
    assert seen(text, language, HEADERS) == wanted
    assert run(text, language, HEADERS).degraded == []


@pytest.mark.parametrize("name", C_TEXTS)
def test_c(name: str) -> None:
    check(C_TEXTS[name], Language.C)


@pytest.mark.parametrize("name", CPP_TEXTS)
def test_cpp(name: str) -> None:
    check(CPP_TEXTS[name], Language.CPP)


def test_two_runs_see_the_same() -> None:
    for name, code in C_TEXTS.items():
        first, second = (run(HEAD + code, Language.C, HEADERS) for _ in range(2))
        assert first == second, name


def test_related_places_lead_to_the_fault() -> None:
    code = "#include <stdlib.h>\nint f(void) {\n  int *p = calloc(1, 4);\n  if (!p)\n    return 0;\n  free(p);\n  return *p;\n}\n"
    (event,) = run(code).events
    assert (event.kind, event.function, event.captures["pointer"]) == ("use-after-release", "f", "p")
    lines = [code.count("\n", 0, offset) + 1 for _, offset, _ in event.chain]
    assert lines == [3, 6]


def test_what_a_header_declares_decides() -> None:
    code = '#include "n.h"\nint f(void) {\n  int a[SIZE] = {0};\n  return a[5];\n}\n'
    assert seen(code, texts={"src/n.h": "#define SIZE 5\n"}) == [("out-of-bounds", 4)]
    assert seen(code, texts={"src/n.h": "#define SIZE 6\n"}) == []
    assert seen(code) == [], "an extent that nobody knows"


def test_a_function_that_needs_too_many_steps_is_named() -> None:
    step = "  if (a[%d] > g(a)) b[%d] = g(b); while (b[%d]) b[%d]--;\n"
    long = "".join(step % (i, i, i, i) for i in range(STEPS_A_FUNCTION // 8))
    after = "int h(void) {\n  int c[2] = {0};\n  return c[2];\n}\n"
    result = run("int g(int *);\nvoid f(int *a, int *b) {\n" + long + "}\n" + after)
    assert [name for name, _ in result.degraded] == ["f"]
    assert [(event.kind, event.function) for event in result.events] == [("out-of-bounds", "h")]


@pytest.mark.parametrize(
    "body",
    [
        "return " + "(" * 900 + "x" + ")" * 900 + ";",
        "return " + "-~" * 450 + "x;",
        "return " + "+".join("x" for _ in range(1500)) + ";",
        "if (x) " * 1500 + "x = 1; return x;",
        "{" * 1500 + "x = 1;" + "}" * 1500 + " return x;",
        "while (x) " * 500 + "x--; return x;",
        "return " + "x ? 1 : " * 1500 + "0;",
        "return f(" * 800 + "x" + ")" * 800 + ";",
        "switch (x) { " + "".join(f"case {i}: x = {i}; " for i in range(3000)) + "} return x;",
        "x = x + 1;" * 12_000 + " return x;",
    ],
    ids=["parentheses", "signs", "sum", "ifs", "blocks", "loops", "choices", "calls", "cases", "long"],
)
def test_large_and_deep_functions_do_not_stop_the_rest(body: str) -> None:
    code = "int g(void) {\n  int a[2] = {0};\n  return a[2];\n}\nint f(int x) { " + body + " }\n"
    assert ("out-of-bounds", 3) in seen(code)


@pytest.mark.parametrize(
    "code",
    [
        "int f(int n) { return n ? f(n - 1) : 0; }",
        "int g(int); int f(int n) { return g(n); } int g(int n) { return f(n); }",
        "struct s { struct s *next; }; int f(struct s *p) { while (p->next) p = p->next; return p == 0; }",
        "void f(void) { for (;;) ; }",
        "void f(int n) { again: if (n--) goto again; }",
        "int f(int n) { goto nowhere; return n; }",
        "int f(int n) { switch (n) { } return n; }",
        "void f(char *p) { p = (char *)&p; *p = 0; }",
        "int f(void) { return ({ int n = 1; n; }); }",
        "int f(n) { return n; }",
        "#define F(x) F(x)\nint f(int n) { return F(n); }",
        "int f(int a[static 4]) { return a[3]; }",
        "int f(int n) { int a[n]; a[n - 1] = 1; return a[n - 1]; }",
        "",
        "int f(void) {",
        "}}} int f(void) { int x = = 3 ]]; }",
    ],
)
def test_odd_texts_are_quiet(code: str) -> None:
    assert [kind for kind, _ in seen(code) if kind != "uninitialized-read"] == []


def test_what_a_function_does_for_its_callers_is_noted() -> None:
    result = run(
        "#include <stdlib.h>\nchar *make(void) { return malloc(4); }\nvoid g(char *);\nvoid f(void) { g(make()); }\n"
    )
    assert "make" in result.effects
    assert {name: hot for called in result.foreign.values() for name, hot in called.items()} == {"g": True}


@pytest.mark.parametrize(
    ("before", "expression", "value"),
    [
        ("unsigned short v = 65535; v += 1;", "v", 0),
        ("unsigned char v = 200; v <<= 1;", "v", 144),
        ("unsigned char v = 200;", "v << 1", 400),
        ("unsigned char v = 70000;", "v", 112),
        ("char v = 200;", "v", -56),
        ("signed char v = -128; v--;", "v", 127),
        ("short v = -3; v -= 32767;", "v", 32766),
        ("unsigned v = 1;", "v - 2", 4294967295),
        ("unsigned v = 1;", "-v", 4294967295),
        ("size_t n = 3;", "n - 4 > 100", 1),
        ("unsigned long v = -1;", "v >> 6", 288230376151711743),
        ("unsigned long v = -1;", "(v * 127) & 255", 129),
        ("unsigned long v = -1; short s = -7; v &= s;", "v == (unsigned long)-7", 1),
        ("unsigned long v = 5; short s = -1;", "v - s", 6),
        ("int v = -7;", "v / 2 * 10 + v % 2", -31),
        ("int v = -7;", "v >> 1", -4),
        ("int v = 5;", "~v & 15", 10),
        ("int v = 7; v ^= 5;", "v ^ 1", 3),
        ("int v = 5;", "!v + !!v * 2", 2),
        ("int v = 5; int w = v++ * 2;", "v + w", 16),
        ("int v = 5; int w = ++v * 2;", "v + w", 18),
        ("int v = 3, w = 4; v = w = 7;", "v + w", 14),
        ("int v = 3;", "(v, 9) + (v ? 1 : 2)", 10),
        ("int v = 0; int w = v && (v = 5);", "v + w", 0),
        ("int v = 0; int w = v || (v = 5);", "v + w", 6),
        ("int v = 0; do v++; while (v < 0);", "v", 1),
        ("int a[3] = {1, 2}; int *p = a; p++;", "*p + p[1] + a[0]", 3),
        ("struct { char c; int n; } s = {1, 2}; s.n += s.c;", "s.n", 3),
        ('char s[] = "abc";', "s[1] + (int)sizeof s + s[3]", 102),
        ("int v = 2; switch (v) { case 1: v = 10; case 2: v = 20; case 3: v++; break; default: v = 0; }", "v", 21),
    ],
)
def test_values_are_those_of_c(before: str, expression: str, value: int) -> None:
    code = "#include <stddef.h>\nint f(void) {\n  int ok[1] = {0};\n  %s\n  long v_ = (long)(%s);\n  return ok[v_ == %dL ? 0 : 9];\n}\n"
    assert ("out-of-bounds", 6) not in seen(code % (before, expression, value))
    assert ("out-of-bounds", 6) in seen(code % (before, expression, value + 1)), "the value must be known"
