"""Build files come from the scanned repository: whatever they hold, discovery ends, soon, and says what it did not understand."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rustplan.discover.manifests import draft

COUNT = itertools.count()

BOMB = "set(A x;x;x;x;x;x;x;x;x;x)\n" + "".join(
    f"set({chr(66 + n)} ${{{chr(65 + n)}}};${{{chr(65 + n)}}};${{{chr(65 + n)}}})\n" for n in range(20)
)
HOSTILE = {
    "cmake bomb": ("CMakeLists.txt", BOMB),
    "cmake recursion": ("CMakeLists.txt", "function(f)\nf()\nf()\nendfunction()\nf()\n"),
    "cmake calls": (
        "CMakeLists.txt",
        "".join(f"function(f{n})\nf{n + 1}()\nf{n + 1}()\nendfunction()\n" for n in range(22)) + "f0()\n",
    ),
    "cmake nesting": ("CMakeLists.txt", "foreach(a b)\n" * 3000 + "endforeach()\n" * 3000),
    "cmake open": ("CMakeLists.txt", "add_library(" + "(" * 100_000),
    "cmake unclosed quote": ("CMakeLists.txt", 'set(a "' + "x" * 100_000),
    "cmake deep references": ("CMakeLists.txt", "set(a " + "${" * 50_000 + "x" + "}" * 50_000 + ")"),
    "cmake binary": ("CMakeLists.txt", "\x00\x01\x02" * 1000),
    "meson nesting": ("meson.build", "x = " + "[" * 50_000 + "]" * 50_000),
    "meson blocks": ("meson.build", "if a\n" * 5000),
    "meson loops": (
        "meson.build",
        "l = ['a','b','c','d','e','f','g','h']\n" + "foreach x : l\n" * 10 + "y += l\n" + "endforeach\n" * 10,
    ),
    "meson growth": ("meson.build", "l = ['a']\n" + "l += l\n" * 60),
    "make bomb": (
        "Makefile.am",
        "A = x x x x x x x x\n"
        + "".join(f"{chr(66 + n)} = $({chr(65 + n)}) $({chr(65 + n)})\n" for n in range(24))
        + "lib_LTLIBRARIES = $(Y)\n",
    ),
    "make self": ("Makefile.am", "A = $(A) $(A)\nlib_LTLIBRARIES = $(A)\n"),
    "make open": ("Makefile", "a: " + "$(" * 100_000),
    "make blanks": ("Makefile", " " * 300_000 + "x"),
    "make include itself": ("Makefile.am", "include Makefile.am\ninclude $(srcdir)/Makefile.am\n"),
    "pom entities": (
        "pom.xml",
        '<!DOCTYPE p [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><project><artifactId>&b;</artifactId></project>',
    ),
    "pom file": (
        "pom.xml",
        '<!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/passwd">]><project><artifactId>&a;</artifactId></project>',
    ),
    "pom nesting": ("pom.xml", "<project>" + "<a>" * 100_000 + "</a>" * 100_000 + "</project>"),
    "pom other": ("pom.xml", "<html/>"),
    "gradle quotes": ("settings.gradle", "include " + "'" * 200_000),
    "gradle spaces": ("settings.gradle", "include " + " " * 1_000_000),
    "gradle includes": ("settings.gradle", "include " * 125_000),
    "gradle blanks": ("settings.gradle", "include(" + " , " * 100_000),
    "database nesting": ("compile_commands.json", "[" * 200_000),
    "database types": ("compile_commands.json", '{"a": 1}'),
    "bazel nesting": ("BUILD", "x = " + "(" * 50_000),
    "bazel chain": ("BUILD", "x = " + "-" * 100_000 + "1"),
    "bazel attributes": ("BUILD", "x = a" + ".a" * 50_000),
    "bazel names": (
        "BUILD",
        "".join(f"a{n} = a{n + 1} + a{n + 1} + a{n + 1} + a{n + 1}\n" for n in range(60))
        + 'cc_library(name = "x", srcs = a0)\n',
    ),
    "catalog list": ("gradle/libs.versions.toml", "[bundles]\n" + "a = [\n" * 80_000),
    "catalog blanks": ("gradle/libs.versions.toml", "[libraries]\na = {" + " module = " * 50_000),
    "gradle comments": ("settings.gradle", "/*" * 100_000),
    "bazel quotes": ("BUILD", '\\"' * 400_000),
    "bazel triple": ("BUILD", '"""' * 100_001),
    "java comments": ("module-info.java", "/*" * 100_000),
    "many includes": ("settings.gradle", "include " * 200_000),
    "module": ("module-info.java", "module " * 50_000),
    "large": ("CMakeLists.txt", "# x\n" * 1_500_000),
}


@pytest.mark.parametrize("case", sorted(HOSTILE))
def test_hostile_build_files_end_soon_without_an_exception(discover, case: str) -> None:
    name, text = HOSTILE[case]
    start = time.perf_counter()
    tree = discover({name: text, "a.c": "int a;\n"})
    assert time.perf_counter() - start < 20
    assert [file.path for file in tree.files if file.path == "a.c"] == ["a.c"]
    assert {degraded.path for degraded in tree.degraded} <= {name}


@pytest.mark.parametrize(
    "case",
    [
        "cmake bomb",
        "cmake open",
        "meson nesting",
        "make bomb",
        "pom entities",
        "pom other",
        "database types",
        "bazel nesting",
        "large",
    ],
)
def test_what_is_not_understood_is_listed(discover, case: str) -> None:
    name, text = HOSTILE[case]
    (degraded,) = discover({name: text}).degraded
    assert (degraded.path, degraded.reason.value) == (name, "manifest-not-understood")
    assert degraded.detail


def test_one_bad_build_file_does_not_spoil_the_others(discover) -> None:
    tree = discover(
        {"bad/CMakeLists.txt": "add_library(", "good/CMakeLists.txt": "add_library(good a.c)\n", "good/a.c": "int a;"}
    )
    assert [target.name for target in tree.targets] == ["good"]
    assert [degraded.path for degraded in tree.degraded] == ["bad/CMakeLists.txt"]
    assert tree.manifests == ("bad/CMakeLists.txt", "good/CMakeLists.txt")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(
        ["CMakeLists.txt", "meson.build", "Makefile.am", "Makefile", "BUILD", "settings.gradle", "pom.xml"]
    ),
    text=st.text(alphabet="abc()[]{}<>$'\"\\#:=+,. \n\t\0\ud7ff", max_size=200),
)
def test_any_text_is_survived(discover, name: str, text: str) -> None:
    path = f"{next(COUNT)}/{name}"
    assert path in discover({path: text}).manifests


def test_many_hostile_build_files_share_one_budget(discover, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft, "_STEPS", 20_000)
    text = "A = x x x x x x x x\n" + "B += $(A) $(A) $(A)\n" * 20 + "lib_LTLIBRARIES = $(B)\n"
    many = {f"d{n:03}/Makefile.am": text for n in range(400)}
    details = [degraded.detail for degraded in discover(many).degraded]
    assert 0 < len(details) < 400
    assert set(details) == {"it asks for too much work"}


def test_random_orders_of_creation_give_the_same_tree(discover, tmp_path) -> None:
    files = {
        "CMakeLists.txt": "file(GLOB_RECURSE S *.c)\nadd_library(l ${S})\n",
        "z.c": "",
        "a/b.c": "",
        "m.h": "class A;",
    }
    first = discover(files)
    for path in sorted((tmp_path / "repo").rglob("*.c")):
        path.unlink()
    second = discover(dict(reversed(files.items())))
    assert first == second
    assert first.targets[0].sources == ("a/b.c", "z.c")
