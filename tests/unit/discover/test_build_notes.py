"""What build files name: libraries by their way of asking, machines by triples, flags and compilers; comments say nothing."""

from __future__ import annotations

import time

import pytest

from rustplan.discover import discover_tree
from rustplan.discover.build_notes import mentions_of
from rustplan.model.build_notes import MentionKind
from rustplan.model.options import DiscoverOptions


def named(path, text, kind=None):
    return [one.name for one in mentions_of(path, text) if kind is None or one.kind is kind]


@pytest.mark.parametrize(
    ("path", "text", "kind", "name"),
    [
        ("Makefile", "LIBS += -lz -lpthread", MentionKind.LINK, "z"),
        ("CMakeLists.txt", "find_package(ZLIB REQUIRED)", MentionKind.PACKAGE, "ZLIB"),
        ("CMakeLists.txt", "pkg_check_modules(XML REQUIRED libxml-2.0>=2.9)", MentionKind.PACKAGE, "libxml-2.0"),
        ("cmake/deps.cmake", "find_library(Z NAMES brotlidec)", MentionKind.LINK, "brotlidec"),
        ("configure.ac", "PKG_CHECK_MODULES([LZMA], [liblzma >= 5])", MentionKind.PACKAGE, "liblzma"),
        ("configure.ac", "AC_CHECK_LIB([bz2], [BZ2_bzopen])", MentionKind.LINK, "bz2"),
        ("meson.build", "zdep = dependency('zlib', version: '>= 1.2')", MentionKind.PACKAGE, "zlib"),
        ("lib.pc.in", "Requires.private: libzstd openssl", MentionKind.PACKAGE, "openssl"),
        ("vcpkg.json", '  "dependencies": ["libpng"]', MentionKind.PACKAGE, "libpng"),
        ("build.gradle", "implementation 'org.roaringbitmap:RoaringBitmap:1.0'", MentionKind.MAVEN, "org.roaringbitmap:RoaringBitmap"),
        ("gradle/libs.versions.toml", 'caf = { module = "com.github.ben-manes.caffeine:caffeine" }', MentionKind.MAVEN, "com.github.ben-manes.caffeine:caffeine"),
        ("Makefile", "CC = xc16-gcc", MentionKind.MACHINE, "tool:xc16-gcc"),
        ("Makefile", "CROSS_COMPILE ?= arm-none-eabi-", MentionKind.MACHINE, "tool:arm-none-eabi-gcc"),
        ("Makefile", "CFLAGS += -mcpu=cortex-m4 -mthumb", MentionKind.MACHINE, "cortex-m4"),
        ("toolchains/a.cmake", "set(CMAKE_SYSTEM_PROCESSOR aarch64)", MentionKind.MACHINE, "aarch64"),
        ("app/build.gradle", 'abiFilters "arm64-v8a", "x86"', MentionKind.MACHINE, "arm64-v8a"),
        ("debian/control", "Architecture: amd64 hppa", MentionKind.MACHINE, "hppa"),
        ("fw/app.ewp", "<name>RL78</name>", MentionKind.MACHINE, "tool:iccrl78"),
        (".github/workflows/ci.yml", "    runs-on: ubuntu-22.04", MentionKind.MACHINE, "x86_64"),
        ("Makefile", "CFLAGS += -Werror=format-security", MentionKind.FLAG, "-Werror=format-security"),
    ],
)  # fmt: skip
def test_ways_of_asking(path, text, kind, name):
    assert name in named(path, text, kind)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Makefile", "# LIBS += -lz"),
        ("configure.ac", "dnl AC_CHECK_LIB(z, inflate)"),
        ("CMakeLists.txt", "  # find_package(ZLIB)"),
        ("Makefile", "ls -long foo/-lz.txt"),
        ("Makefile", "SRC = src/arm-wrestling.c"),
    ],
)
def test_comments_and_paths_name_nothing_known(path, text):
    assert not {"z", "ZLIB", "arm-wrestling"} & set(named(path, text))


def test_maven_leaves_out_what_only_tests_use():
    one = "<dependency><groupId>{}</groupId><artifactId>{}</artifactId>{}</dependency>\n"
    text = one.format("org.jsoup", "jsoup", "") + one.format("org.tukaani", "xz", "<scope>test</scope>")
    assert named("pom.xml", text, MentionKind.MAVEN) == ["org.jsoup:jsoup"]


def test_lines_are_counted_from_one_and_ci_is_marked():
    found = list(mentions_of(".github/workflows/ci.yml", "jobs:\n  a:\n    run: gcc -lz a.c\n"))
    assert [(one.name, one.line, one.is_test) for one in found] == [("z", 3, True)]


def test_a_tree_is_read_and_vendored_build_files_are_not(tmp_path):
    (tmp_path / "a.c").write_text("int a;\n")
    (tmp_path / "Makefile").write_text("LIBS = -lz\n")
    (tmp_path / "third_party" / "x").mkdir(parents=True)
    (tmp_path / "third_party" / "x" / "Makefile").write_text("LIBS = -lbz2\n")
    (tmp_path / "parser.rs").write_text("fn main() {}\n")
    notes = discover_tree(tmp_path, DiscoverOptions()).build_notes
    assert [(one.name, one.path, one.line) for one in notes.mentions] == [("z", "Makefile", 1)]
    assert (notes.rust_files, notes.rust_example, notes.left_out) == (1, "parser.rs", 0)


@pytest.mark.parametrize(
    "text", ["-l" * 20_000, "find_package(" * 5_000, "a-" * 20_000, "\x00\xff" * 5_000, "<dependency>" * 3_000]
)
def test_hostile_lines_are_read_in_time(text):
    start = time.monotonic()
    for path in ("CMakeLists.txt", "configure.ac", "pom.xml", "build.gradle", "a.ewp"):
        list(mentions_of(path, text))
    assert time.monotonic() - start < 5
