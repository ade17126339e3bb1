"""What a file is for, with the reason. Only what stands below the scanned root counts, never the root's own name.

The first answer wins: vendored, build output, test, example, generated, source. `contrib/` is read as examples: in most projects it holds
code that others gave and the product does not build; `targets.py` takes back what a build file outside of it compiles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rustplan.discover.generated import generated_because
from rustplan.discover.heads import Head
from rustplan.discover.suffixes import is_header
from rustplan.model.source import Language, Role

Decision = tuple[Role, str]

CONTRIBUTED = "contrib"
_VENDORED = frozenset(
    [
        "vendor",
        "vendors",
        "vendored",
        "third_party",
        "third-party",
        "thirdparty",
        "external",
        "externals",
        "extern",
        "deps",
        "subprojects",
        "node_modules",
        "3rdparty",
        "3rd-party",
        "3rd_party",
        "bundled_libs",
    ]
)
_TEST = frozenset(
    [
        "test",
        "tests",
        "testing",
        "t",
        "unittest",
        "unittests",
        "unit-test",
        "unit-tests",
        "unit_test",
        "unit_tests",
        "gtest",
        "gmock",
        "fuzz",
        "fuzzing",
        "fuzzer",
        "fuzzers",
        "oss-fuzz",
        "testsuite",
        "testsuites",
        "test-suite",
        "test_suite",
        "selftest",
        "selftests",
        "integration-test",
        "integration-tests",
        "integration_test",
        "integration_tests",
        "functional-tests",
        "functional_tests",
        "e2e",
        "testdata",
        "fixtures",
        "test-data",
        "test_data",
        "androidtest",
        "testfixtures",
    ]
)
_TEST_LIKE = re.compile(r"[-_]tests$|[-_]testsuite$|^testsuite[-_]|^tests?[-_]|[-_]tests?[-_]")
_EXAMPLE = frozenset(
    [
        "example",
        "examples",
        "sample",
        "samples",
        "demo",
        "demos",
        "doc",
        "docs",
        "tutorial",
        "tutorials",
        "quickstart",
        "quickstarts",
        "bench",
        "benches",
        "benchmark",
        "benchmarks",
        "benchmarking",
        "microbench",
        "microbenchmark",
        "microbenchmarks",
        "jmh",
    ]
)
_EXAMPLE_LIKE = re.compile(r"[-_](?:jmh|bench(?:es|marks?)?|microbench(?:marks?)?)$|^(?:jmh|microbench(?:mark)?)[-_]")
_TEST_NAME = re.compile(
    r"^tests?[_-]\w.*$|^\w.*[_-](?:unit)?tests?$|^\w.*[_-]fuzz(?:er|ing)?$|^fuzz(?:er)?[_-]\w.*$|^\w*[a-z0-9](?:Unit)?Tests?$"
)
_JAVA_TEST_NAME = re.compile(r"^\w*[a-z0-9](?:Tests?|TestCase|IT)$|^Test[A-Z]\w*$")
_EXAMPLE_NAME = re.compile(r"^example$|^\w.*_bench(?:mark)?s?$|^bench(?:mark)?_\w.*$|^\w*[a-z0-9]Benchmarks?$")
_PACKAGE = re.compile(r"(?m)^[ \t]*package[ \t]+([\w.]+)[ \t]*;")
_SOURCE_SET = re.compile(r"(?:^|/)src/([\w-]+)/(?:java|kotlin|scala|groovy|c|cpp|native|resources)/")
_FUZZ_ENTRY = re.compile(r"(?m)^[^\n;#]*\bLLVMFuzzerTestOneInput\s*\(")
_TEST_INCLUDE = re.compile(
    r'(?m)^[ \t]*#[ \t]*include[ \t]*[<"]((?:gtest/gtest|gmock/gmock|catch2/catch\w*|doctest/doctest|cmocka|CppUTest/\w+|boost/test/[\w/]+)\.h(?:pp)?)[>"]'
)
_TEST_INCLUDE_WORDS = ("gtest/", "gmock/", "catch2/", "doctest/", "cmocka", "CppUTest/", "boost/test/")
"""Of these every such include has one: looked for first, because it is cheap."""
_JAVA_TEST_IMPORT = re.compile(r"(?m)^import[ \t]+(?:static[ \t]+)?(org\.junit\.[\w.]+|org\.testng\.[\w.]+)")
_PUBLISHED = {
    "jni.h": ("_JAVASOFT_JNI_H_", "the JDK"),
    "jni_md.h": ("_JAVASOFT_JNI_MD_H_", "the JDK"),
    "jvmti.h": ("_JAVA_JVMTI_H_", "the JDK"),
    "jawt.h": ("_JAVASOFT_JAWT_H_", "the JDK"),
    "jawt_md.h": ("_JAVASOFT_JAWT_MD_H_", "the JDK"),
    "Python.h": ("Py_PYTHON_H", "CPython"),
    "node_api.h": ("SRC_NODE_API_H_", "Node.js"),
}
"""Headers that others publish, with the include guard that proves a copy: the name alone may be the project's own."""


@dataclass(frozen=True, slots=True)
class Folders:
    """What is known of directories beyond their names: build output and submodules (with their origin), and whether a test framework is the product."""

    outputs: Mapping[str, str]
    submodules: Mapping[str, str]
    has_test_framework: bool = False


def decide_role(path: str, language: Language, head: Head, folders: Folders) -> Decision:
    """Return the role of one file and why."""
    *names, name = path.split("/")
    stem = name[: name.rindex(".")]
    speaking, package = _speaking_folders(names, path, language, head)
    for decision in (
        _by_place(speaking, folders),
        _by_publisher(name, head),
        _by_folders(speaking, package),
        _by_name(path, stem, language),
        _by_content(path, language, head, folders),
    ):
        if decision is not None:
            return decision
    because = generated_because(name, head)
    if because:
        return Role.GENERATED, because
    return Role.SOURCE, "nothing says otherwise"


def role_of_place(path: str, folders: Folders) -> Role:
    """Return the role that the directories above a file give it, whatever it holds; source when they say nothing."""
    names = path.split("/")[:-1]
    decision = _by_place(names, folders) or _by_folders(names, [])
    return Role.SOURCE if decision is None else decision[0]


def is_test_folder(names: Iterable[str]) -> bool:
    """Tell whether one of these directory names speaks of tests."""
    return any(name.lower() in _TEST or _TEST_LIKE.search(name.lower()) for name in names)


def _by_place(names: list[str], folders: Folders) -> Decision | None:
    """Vendored code and build output, by the directories above: the outermost speaks first."""
    for depth, name in enumerate(names, start=1):
        folder = "/".join(names[:depth])
        if name.lower() in _VENDORED:
            return Role.VENDORED, f"directory {folder}/"
        if folder in folders.submodules:
            return Role.VENDORED, f"git submodule {folder} of {folders.submodules[folder]}"
        if folder in folders.outputs:
            return Role.BUILD_OUTPUT, f"directory {folder}/ {folders.outputs[folder]}"
    return None


def _by_publisher(name: str, head: Head) -> Decision | None:
    """A copy of a header that another project publishes, by its name and its include guard."""
    guard, publisher = _PUBLISHED.get(name, ("", ""))
    if guard and re.search(rf"(?m)^[ \t]*#[ \t]*define[ \t]+{guard}\b", head.text):
        return Role.VENDORED, f"{name} of {publisher}, by its include guard {guard}"
    return None


def _by_folders(names: list[str], package: list[str]) -> Decision | None:
    """Test and example code, by the directories that speak of purpose; of a Java package only a plain `test` does."""
    for name in names:
        if is_test_folder([name]):
            return Role.TEST, f"directory {name}/"
    for name in package:
        if name in ("test", "tests"):
            return Role.TEST, f"package part {name}"
    for name in names:
        if name.lower() in _EXAMPLE or _EXAMPLE_LIKE.search(name.lower()):
            return Role.EXAMPLE, f"directory {name}/"
    if CONTRIBUTED in names:
        return Role.EXAMPLE, "directory contrib/: given by others, and no build file outside of it compiles it"
    return None


def _by_name(path: str, stem: str, language: Language) -> Decision | None:
    """Test and benchmark code, by the file's own name; in a `src/main` layout the place has already said that it is neither."""
    source_set = _SOURCE_SET.search("/" + path)
    if source_set:
        word = source_set.group(1)
        if re.search(r"(?:^test|Test|^it$|^itest)", word):
            return Role.TEST, f"source set src/{word}/"
        if re.search(r"^(?:jmh|jcstress|bench|perf)|Benchmarks?$|Perf$", word):
            return Role.EXAMPLE, f"source set src/{word}/"
        if word == "main":
            return None
    if language is Language.JAVA:
        return (Role.TEST, f"named {stem}.java") if _JAVA_TEST_NAME.match(stem) else None
    if _TEST_NAME.match(stem):
        return Role.TEST, f"named {stem}"
    return (Role.EXAMPLE, f"named {stem}") if _EXAMPLE_NAME.match(stem) else None


def _by_content(path: str, language: Language, head: Head, folders: Folders) -> Decision | None:
    """Test code, by the framework it includes or the fuzzing entry point it defines."""
    if folders.has_test_framework:
        return None
    if language is Language.JAVA:
        match = None if "/src/main/" in "/" + path else _JAVA_TEST_IMPORT.search(head.text)
        return (Role.TEST, f"imports {match.group(1)}") if match else None
    if not is_header(path) and "LLVMFuzzerTestOneInput" in head.text and _FUZZ_ENTRY.search(head.code()):
        return Role.TEST, "defines LLVMFuzzerTestOneInput"
    has_word = any(word in head.text for word in _TEST_INCLUDE_WORDS)
    match = _TEST_INCLUDE.search(head.text) if has_word else None
    return (Role.TEST, f"includes {match.group(1)}") if match else None


def _speaking_folders(names: list[str], path: str, language: Language, head: Head) -> tuple[list[str], list[str]]:
    """Return the directories whose names speak of purpose, and those that only spell a Java package outside of `src/main`."""
    if language is not Language.JAVA:
        return names, []
    main = ("/" + path).find("/src/main/")
    if main >= 0:
        return path[:main].strip("/").split("/") if main else [], []
    package = _PACKAGE.search(head.text)
    parts = package.group(1).split(".") if package else []
    if parts and names[-len(parts) :] == parts:
        return names[: -len(parts)], parts
    return names, []
