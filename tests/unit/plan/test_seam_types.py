"""How Java types cross a boundary."""

import pytest

from rustplan.model.facts import FileFacts, JavaFacts, JavaField, ParseCoverage, TypeDeclaration
from rustplan.model.scan import FileScan
from rustplan.model.source import Language, Role
from rustplan.plan.latency.types import TypeNames, base_of, crosses, payload_of, returns, takes_many, type_names

NAMES = TypeNames(enums=frozenset({"Kind"}), values=frozenset({"Point"}))


@pytest.mark.parametrize(
    ("written", "level"),
    [
        ("long", 1.0),
        ("java.nio.ByteBuffer", 1.0),
        ("@Nullable MemorySegment", 1.0),
        ("byte[]", 0.85),
        ("final long...", 0.85),
        ("Kind", 0.9),
        ("String", 0.5),
        ("Integer", 0.5),
        ("Outer.Point", 0.5),
        ("List<String>", 0.2),
        ("Map<String, List<int[]>>", 0.2),
        ("String[]", 0.2),
        ("ChannelHandlerContext", 0.2),
        ("Object", 0.05),
        ("T", 0.05),
        ("Function<? super T, R>", 0.05),
        ("IntStream", 0.05),
    ],
)
def test_what_crosses_well(written, level):
    assert crosses(written, NAMES) == level


@pytest.mark.parametrize(
    ("written", "level"),
    [
        ("void", 1.0),
        ("int", 1.0),
        ("Kind", 0.9),
        ("String", 0.6),
        ("byte[]", 0.6),
        ("List<Long>", 0.2),
        ("Object", 0.2),
        ("", 0.2),
    ],
)
def test_what_java_must_make_of_a_result(written, level):
    assert returns(written, NAMES) == level


@pytest.mark.parametrize(
    "written",
    [
        "",
        "<",
        "[[[[",
        "a.b.",
        "@",
        "?" * 50,
        "Map<" * 5_000,
        "@A(" * 3_000,
        "$",
        "List<int[]" + "[]" * 900,
        "\u00e9t\u00e9",
        "...",
        "final",
    ],
)
def test_hostile_types_have_a_level(written):
    assert 0.0 <= crosses(written, NAMES) <= 1.0
    assert 0.2 <= returns(written, NAMES) <= 1.0
    assert payload_of(written) in ("none", "direct-buffer", "array-copy", "string", "upcall")
    assert isinstance(takes_many(written), bool)


def test_base_names():
    assert base_of("java.util.Map.Entry<K, V>[]") == "Entry[]"
    assert base_of("byte...") == "byte[]"
    assert base_of("Outer$Inner") == "Inner"


def java(fields, types):
    facts = FileFacts(
        language=Language.JAVA, lines=1, sloc=1, coverage=ParseCoverage(total_bytes=1, function_bytes=0, unread_bytes=0),
        java=JavaFacts(fields=tuple(JavaField(owner=o, name=n, type=t, line=1, end_line=1) for o, n, t in fields)),
        types=tuple(TypeDeclaration(name=name, kind=kind, line=1) for name, kind in types),
    )  # fmt: skip
    return FileScan(path="A.java", role=Role.SOURCE, sha256="", facts=facts)


def test_classes_of_plain_numbers_are_values():
    many = [("Wide", f"f{place}", "int") for place in range(9)]
    names = type_names(
        [java([("Point", "x", "int"), ("Line", "a", "Point"), *many], [("p.Outer$Kind", "enum"), ("p.Line", "class")])]
    )
    assert names.values == {"Point"}
    assert names.enums == {"Kind"}
