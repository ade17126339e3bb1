"""Facts that the X-ray of a boundary asks for: what typedefs stand for, members of records, uses of errno."""

from __future__ import annotations

from language_facts import facts
from rustplan.model.facts import ErrnoUse
from rustplan.model.source import Language


def types(text, language=Language.C):
    return {(one.name, one.kind): one for one in facts(language, text).types}


def test_what_a_typedef_stands_for():
    found = types(
        "typedef struct z_s { int a; } z;\ntypedef z *zp;\ntypedef struct { int b; } anon;\ntypedef struct op op_t;\n"
        "typedef void (*cb)(void *, int);\ntypedef int fn(int);\n"
    )
    targets = {name: one.target for (name, kind), one in found.items() if kind == "typedef"}
    assert targets == {
        "z": "struct z_s {}", "zp": "z *", "anon": "struct {}", "op_t": "struct op", "cb": "void (*)(void *, int)", "fn": "int (int)",
    }  # fmt: skip
    assert found["z_s", "struct"].target == ""


def test_aliases_of_cpp():
    found = types("using A = std::function<void(int)>;", Language.CPP)
    assert found["A", "typedef"].target == "std::function<void(int)>"


def test_members_by_type_and_pointers_to_functions():
    found = types(
        "struct s { const Bytef *next; alloc_func zalloc; int a, b; struct foo *x; int (*cb)(void); };\nstruct t { int a; };"
    )
    assert found["s", "struct"].members == ("(*)", "Bytef", "alloc_func", "int", "foo")
    assert found["t", "struct"].members == ("int",)


def test_uses_of_errno():
    text = "#include <errno.h>\nint f(void) {\n  errno = 0;\n  if (errno == EINTR) return 1;\n  errno = EINVAL;\n  return s->errno;\n}\n// errno\n"
    assert facts(Language.C, text).errno_uses == (
        ErrnoUse(3, True, True),
        ErrnoUse(4, False, False),
        ErrnoUse(5, True, False),
    )


def test_a_long_comment_does_not_hide_the_declaration_behind_it():
    comment = "/*\n" + "words about the function below\n" * 200 + "*/\n"
    found = facts(
        Language.C, f"#define OF(args) args\nint ZEXPORT first OF((int a));\n{comment}int ZEXPORT second OF((int a));\n"
    )
    assert {one.name for one in found.declarations} == {"first", "second"}
