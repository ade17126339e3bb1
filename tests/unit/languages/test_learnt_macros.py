import time

import pytest

from language_facts import read
from rustplan.languages import MacroLearner
from rustplan.languages.c_family.learn import MOST_BODY, MOST_NAMES
from rustplan.model.facts import Parameter
from rustplan.model.source import Language

C = Language.C


def learn(*files):
    learner = MacroLearner()
    for file in files:
        learner.read(file.encode())
    return learner.words()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "/* nothing */",
        "// nothing",
        '__attribute__((visibility("default")))',
        "__attribute__ ((cold)) __attribute__((noinline))",
        "__declspec(dllexport) __stdcall",
        "[[nodiscard]]",
        'extern "C"',
        "WINAPI",
        "const",
        "\\\n    __attribute__((noreturn))",
    ],
)
def test_what_adds_nothing_to_a_declaration(body):
    assert learn(f"#define API {body}\n").empty == {b"API"}


@pytest.mark.parametrize(
    "body", ["1", "(x)", '"text"', "foo()", "a + b", "do { } while(0)", "if(", "unknown_word", "x" * MOST_BODY]
)
def test_what_is_no_attribute(body):
    assert learn(f"#define API {body}\n").empty == frozenset()


def test_kinds():
    words = learn(
        "#define local static\n#define BYTE unsigned char\n#define ROW struct row *\n# define PRINTF(a, b) __attribute__((format(printf, a, b)))\n"
        "#define ARGS(x) x\n#ifdef OLD\n#define UNUSED(x)\n#endif\n#define CELL BYTE\n"
    )
    assert words.empty == words.hiding == {b"local"}
    assert words.types == {b"BYTE", b"ROW", b"CELL"}
    assert words.calls == {b"PRINTF", b"UNUSED"}
    assert words.wrappers == {b"ARGS"}


def test_a_macro_made_of_others_is_what_they_are_together():
    assert learn("#define A B D(1)\n", "#define B\n", "#define D(x) __attribute__((x))\n").empty == {b"A", b"B"}
    assert learn("#define A B\n", "#define B A\n").empty == frozenset()
    assert learn("#define CALL\n", "#define CALL __watcall\n").empty == {b"CALL"}


def test_another_meaning_anywhere_counts():
    assert learn("#define API\n", "#define API run(1)\n").empty == frozenset()
    assert learn("#define API\n", "#define API(x) x\n").empty == frozenset()


def test_keywords_are_never_learnt():
    assert learn("#define const\n#define inline __inline\n#define static\n#define while\n").empty == frozenset()


def test_the_order_of_files_does_not_matter():
    files = ["#define A B\n", "#define B __attribute__((x))\n#define C(x)\n", "#define C(x) x\n#define T long\n"]
    assert learn(*files) == learn(*reversed(files)) == learn(*files, *files)


def test_learning_is_bounded():
    start = time.process_time()
    learner = MacroLearner()
    learner.read(b"#define A" + b" _Pragma()" * 40 + b" (\n")
    learner.read(b"#define " * 200_000)
    learner.read(b"#define A \\\n" * 100_000)
    learner.read(b"".join(b"#define N%d\n" % number for number in range(MOST_NAMES + 1_000)))
    assert len(learner.words().empty) <= MOST_NAMES
    assert time.process_time() - start < 10


def test_macros_of_a_header_are_known_in_every_file():
    words = learn(
        '#define api __attribute__((visibility("default")))\n#define hidden static\n#define nonnull(n) __attribute__((nonnull(n)))\n'
        "#define quick\n#define proto(args) args\n"
    )
    source = """#include "lib.h"
api struct table *quick make_table proto((unsigned rows));
api struct table *quick make_table(unsigned quick rows) nonnull(1)
{
  return table_of(rows);
}
hidden node quick find(table const *t, unsigned n)
{
  return t->nodes[n];
}
api unsigned quick rows_of(t)
  struct table *quick t;
{
  return t->rows;
}
"""
    prepared, facts = read(C, source, words)
    assert [(one.name, one.is_exported) for one in facts.functions] == [
        ("make_table", True),
        ("find", False),
        ("rows_of", True),
    ]
    assert facts.functions[0].parameters == (Parameter("unsigned", "rows"),)
    assert facts.functions[2].parameters == (Parameter("struct table *", "t"),)
    assert [one.name for one in facts.declarations] == ["make_table"]
    assert facts.coverage.unread_bytes == 0
    assert len(prepared.text) == len(source)


def test_a_function_named_like_a_macro_keeps_its_name():
    words = learn("#define trace(x)\n#define done\n")
    _, facts = read(
        C,
        "LIB int ok(void)\n{ return 1; }\nvoid trace(int level)\n{ log(level); }\nint done(void)\n{ return 0; }\n",
        words,
    )
    assert [one.name for one in facts.functions] == ["ok", "trace", "done"]


def test_an_operand_is_never_blanked():
    words = learn("#define level\n#define quick\n")
    source = "int quick f(int a) quick\n{\n  int x = a * level;\n  LIB y z = g(level, a);\n  return level;\n}\n"
    prepared, _ = read(C, source, words)
    assert prepared.text.count(b"level") == 3
