from __future__ import annotations

import pytest

from rustplan.model.source import SourceTree


def _languages(tree: SourceTree) -> dict[str, str]:
    return {file.path: file.language.value for file in tree.files}


def test_suffixes_decide_alone(discover) -> None:
    names = [
        "a.c",
        "a.cc",
        "a.cpp",
        "a.cxx",
        "a.c++",
        "a.C",
        "a.hh",
        "a.hpp",
        "a.hxx",
        "a.h++",
        "a.ipp",
        "a.tpp",
        "A.java",
        "OLD.C",
    ]
    tree = discover(dict.fromkeys(names, "int x;\n") | {"a.S": "nop", "a.s": "nop", "a.py": "", "c": ""})
    assert _languages(tree) == {
        **dict.fromkeys(names, "cpp"),
        "a.c": "c",
        "OLD.C": "c",
        "A.java": "java",
    }
    assert tree.other_files == 4


@pytest.mark.parametrize(
    "text",
    [
        "class Foo;\n",
        "class EXPORT Foo : public Bar {\n",
        "namespace a {\n",
        "template <typename T>\nT max(T a, T b);\n",
        "struct A {\n public:\n  int x;\n};\n",
        "std::string name();\n",
        "#include <vector>\n",
        '#include "base/thing.hpp"\n',
        "enum class E { A };\n",
        "void f(const Foo& x);\n",
        "struct A { bool operator==(int x); };\n",
        "using Name = int;\n",
    ],
)
def test_a_header_that_speaks_cpp_is_cpp(discover, text: str) -> None:
    tree = discover({"a.h": text, "b.c": "int b;", "c.c": "int c;"})
    assert tree.files[0].language.value == "cpp"
    assert tree.files[0].language_because.startswith("it ")


@pytest.mark.parametrize(
    "text",
    [
        "/* a class of its own: namespace, std::string */\nint f(int a);\n",
        '#define TEXT "class Foo { std::x }"\n',
        '#ifdef __cplusplus\nextern "C" {\n#endif\nint f(void);\n#ifdef __cplusplus\n}\n#endif\n',
        "#if defined(__cplusplus)\nclass Wrapper {};\nnamespace x {}\n#else\nstruct w;\n#endif\n",
        "int class;\nint template_size;\n#define X(a, b) ((a) & b)\n",
        "// #include <vector>\n#include <string.h>\n",
        "enum kind { class_a, private_b };\nint x ? a : b;\n",
    ],
)
def test_a_header_for_both_languages_stays_c_beside_c(discover, text: str) -> None:
    tree = discover({"a.h": text, "b.c": "int b;"})
    assert _languages(tree)["a.h"] == "c"


def test_neighbours_decide_for_a_silent_header(discover) -> None:
    tree = discover(
        {
            "mixed/one.h": "int one;",
            "mixed/one.cc": "int one;",
            "mixed/x.c": "",
            "mixed/y.c": "",
            "mixed/two.h": "int two;",
            "only/three.h": "int three;",
            "src/three.cc": "int three;",
            "cpp/a.cc": "",
            "cpp/inner/four.h": "int four;",
        }
    )
    found = {file.path: (file.language.value, file.language_because) for file in tree.files}
    assert found["mixed/one.h"] == ("cpp", "a C++ file of the same name stands beside it")
    assert found["mixed/two.h"] == ("c", "most files of its directory are C")
    assert found["only/three.h"] == ("cpp", "the C++ file of the same name")
    assert found["cpp/inner/four.h"] == ("cpp", "most files below cpp are C++")


def test_a_lone_silent_header_is_c(discover) -> None:
    assert discover({"a.h": "int a;"}).files[0].language_because == "nothing says C++"


def test_only_c_like_inc_files_are_read(discover) -> None:
    tree = discover(
        {
            "table.inc": "#define A 1\n{ 1, 2 },\n",
            "page.inc": "<?php echo 1; ?>\n",
            "Makefile.inc": "SOURCES = \\\n a.c \\\n b.c\n",
            "code.inc": "  mov eax, ebx\n%define X 1\n",
            "a.c": "",
        }
    )
    assert _languages(tree) == {"a.c": "c", "table.inc": "c"}
    assert tree.other_files == 3
