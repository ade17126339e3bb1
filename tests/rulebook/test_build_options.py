"""Whether a flag of a build file is used, turned off, or waits behind an option that nothing turns on."""

from __future__ import annotations

import pytest

from rustplan.model.source import Role
from rustplan.rulebook import TextRules, load_rules
from rustplan.rulebook.build_options import conditions, dialect_of, read_options
from rustplan.rulebook.rule import Rulebook
from rustplan.rulebook.text_view import TextView

FLAG = "-fstack-protector-strong"


@pytest.fixture(scope="module")
def book() -> TextRules:
    rules = tuple(one for one in load_rules().rules if one.id == "hardening-flags")
    return TextRules(Rulebook(rules=rules, digest=""))


def said(book: TextRules, files: dict[str, str], role: Role = Role.SOURCE) -> list[str]:
    found = book.find({path: (role, text.encode()) for path, text in files.items()})
    return [finding.message for finding in found]


CMAKE = f'option(HARDEN "Use hardening" OFF)\nif(HARDEN)\n  add_compile_options({FLAG})\nendif()\n'
MESON = f"if get_option('harden')\n  add_project_arguments('{FLAG}', language: 'c')\nendif\n"
MESON_OPTIONS = "option('harden', type: 'boolean', value: false)\n"
AUTOCONF = f'AC_ARG_ENABLE([harden], AS_HELP_STRING([--enable-harden], [harden]))\nif test "x$enable_harden" = "xyes"; then\n  CFLAGS="$CFLAGS {FLAG}"\nfi\n'
AUTOCONF_IF = f'AC_ARG_ENABLE([harden], AS_HELP_STRING([--enable-harden], [harden]))\nAS_IF([test "x$enable_harden" = "xyes"], [\n  CFLAGS="$CFLAGS {FLAG}"\n])\n'
AUTOCONF_ACTION = (
    f'AC_ARG_ENABLE([harden], AS_HELP_STRING([--enable-harden], [harden]),\n  [CFLAGS="$CFLAGS {FLAG}"])\n'
)
MAKE = f"ifdef HARDEN\nCFLAGS += {FLAG}\nendif\n"
MAKE_IS = f"ifeq ($(HARDEN),1)\nCFLAGS += {FLAG}\nendif\n"


@pytest.mark.parametrize(
    ("files", "option"),
    [
        ({"CMakeLists.txt": CMAKE}, "HARDEN"),
        ({"CMakeLists.txt": CMAKE.replace(" OFF", "")}, "HARDEN"),
        ({"meson.build": MESON, "meson_options.txt": MESON_OPTIONS}, "harden"),
        ({"configure.ac": AUTOCONF}, "enable_harden"),
        ({"configure.ac": AUTOCONF_IF}, "enable_harden"),
        ({"configure.ac": AUTOCONF_ACTION}, "enable_harden"),
        ({"Makefile": MAKE}, "HARDEN"),
        ({"Makefile": MAKE_IS}, "HARDEN"),
    ],
)
def test_an_option_that_is_off_makes_its_flags_available(book: TextRules, files: dict[str, str], option: str) -> None:
    assert said(book, files) == [f"`{FLAG}` is available, not used: {option} is off"]


@pytest.mark.parametrize(
    "files",
    [
        {"CMakeLists.txt": CMAKE.replace(" OFF", " ON")},
        {"CMakeLists.txt": CMAKE, "ci/run.sh": "cmake -DHARDEN=ON ..\n"},
        {"CMakeLists.txt": CMAKE, ".github/workflows/ci.yml": "  - run: cmake -DHARDEN:BOOL=ON .\n"},
        {
            "CMakeLists.txt": CMAKE,
            "CMakePresets.json": '{"cacheVariables": {"HARDEN": "ON"}}\n',
        },
        {"meson.build": MESON, "meson_options.txt": MESON_OPTIONS.replace("false", "true")},
        {"meson.build": MESON, "meson_options.txt": MESON_OPTIONS, "debian/rules": "\tmeson -Dharden=true\n"},
        {"configure.ac": AUTOCONF.replace("--enable-harden", "--disable-harden")},
        {"configure.ac": AUTOCONF_IF, "pack.spec": "%configure --enable-harden\n"},
        {"Makefile": "HARDEN = yes\n" + MAKE},
        {"Makefile": MAKE, "ci.yml": "- run: make HARDEN=1\n"},
        {"CMakeLists.txt": CMAKE.replace("if(HARDEN)", "if(NOT HARDEN)")},
        {"CMakeLists.txt": CMAKE.replace("if(HARDEN)\n", "if(HARDEN)\nelse()\n")},
        {"CMakeLists.txt": CMAKE.replace("if(HARDEN)", "if(HARDEN OR CMAKE_COMPILER_IS_GNUCC)")},
        {"CMakeLists.txt": CMAKE.replace("if(HARDEN)", "if(UNIX)")},
        {"CMakeLists.txt": CMAKE.replace("option(", "# option(")},
        {"Makefile": MAKE.replace("ifdef", "ifndef")},
    ],
)
def test_a_flag_that_some_build_sets_is_used(book: TextRules, files: dict[str, str]) -> None:
    assert f"`{FLAG}` is used" in said(book, files)


@pytest.mark.parametrize(
    ("path", "line", "message"),
    [
        (".github/workflows/ci.yml", f"  - run: make CFLAGS={FLAG}", f"`{FLAG}` is used in a CI job"),
        ("debian/rules", f"export CFLAGS = {FLAG}", f"`{FLAG}` is used in a package"),
        ("tools/build.sh", f"cc {FLAG} x.c", f"`{FLAG}` is set by a script"),
        ("Makefile", "CFLAGS += -fno-stack-protector", "`-fno-stack-protector` is turned off"),
        ("Makefile", "CFLAGS += -D_FORTIFY_SOURCE=0", "`-D_FORTIFY_SOURCE=0` is turned off"),
        ("Makefile", "CFLAGS += -U_FORTIFY_SOURCE", "`-U_FORTIFY_SOURCE` is turned off"),
        ("Makefile", "LDFLAGS += -Wl,-z,execstack", "`-z,execstack` is turned off"),
        ("Makefile", "CFLAGS += -fsanitize=address,undefined", "`-fsanitize=address,undefined` is used"),
        ("CMakeLists.txt", "set(CMAKE_POSITION_INDEPENDENT_CODE ON)", "`CMAKE_POSITION_INDEPENDENT_CODE` is used"),
        (
            "CMakeLists.txt",
            "set_property(TARGET x PROPERTY POSITION_INDEPENDENT_CODE ON)",
            "`POSITION_INDEPENDENT_CODE` is used",
        ),
    ],
)
def test_the_message_says_where_and_how(book: TextRules, path: str, line: str, message: str) -> None:
    assert said(book, {path: line + "\n"}) == [message]


def test_what_an_option_would_turn_off_is_not_turned_off(book: TextRules) -> None:
    debug = 'AC_ARG_ENABLE(debug, [AS_HELP_STRING(--enable-debug, debug)],\n  [CPPFLAGS="-U_FORTIFY_SOURCE"])\n'
    assert said(book, {"configure.ac": debug}) == []
    assert said(book, {"configure.ac": debug.replace("--enable", "--disable")}) == ["`-U_FORTIFY_SOURCE` is turned off"]


def test_test_code_is_told_apart(book: TextRules) -> None:
    assert said(book, {"tests/Makefile": f"CFLAGS += {FLAG}\n"}, Role.TEST) == [f"`{FLAG}` is used in test code"]


def test_conditions_are_closed_and_bounded() -> None:
    deep = ["if(A)"] * 500 + ["x"] + ["endif()"] * 600 + ["y"]
    found = conditions("cmake", deep)
    assert len(found) == len(deep)
    assert len(found[500]) == 100
    assert found[-1] == ()
    assert conditions("autoconf", ["AS_IF([", ")"] * 300)[-1] == ()


def test_dialects_go_by_name() -> None:
    assert dialect_of("src/Makefile.am") == "make"
    assert dialect_of("configure.ac") == "autoconf"
    assert dialect_of("sub/CMakeLists.txt") == "cmake"
    assert dialect_of("meson.options") == "meson"
    assert dialect_of("ci/build.yml") == ""


def test_an_option_that_nothing_declares_says_nothing() -> None:
    file = TextView("CMakeLists.txt", Role.SOURCE, b"if(UNKNOWN)\n x\nendif()\n")
    assert read_options([file]).off_around(file, 2) == ""
