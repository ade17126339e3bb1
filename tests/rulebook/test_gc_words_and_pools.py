"""Signs in Java code that a team works around the collector: words of comments, pools, reuse, memory off the heap."""

from __future__ import annotations

from functools import cache

import pytest

from rustplan.model.finding import Confidence, Finding, Kind, Track
from rustplan.model.source import Language, Role
from rustplan.rulebook import TextRules, load_rules
from rustplan.rulebook.rule import Rule, bind
from rustplan.scan.file import Scanner

SIGNS = (
    "manual-off-heap",
    "low-latency-messaging",
    "primitive-collections",
    "pooling-and-reuse",
    "native-store-dependency",
    "gc-flags",
    "gc-monitoring",
    "gc-wording",
    "small-memory-target",
)


@cache
def rules() -> dict[str, Rule]:
    return {rule.id: rule for rule in load_rules().rules}


@cache
def scanner(rule: str) -> Scanner:
    return Scanner(bind((rules()[rule],)))


def find(rule: str, code: str) -> tuple[Finding, ...]:
    return scanner(rule).scan_bytes("src/A.java", Role.SOURCE, Language.JAVA, code.encode()).findings


def documents(text: str, path: str = "docs/design.md", role: Role = Role.SOURCE) -> tuple[Finding, ...]:
    return TextRules(bind((rules()["gc-wording"],))).find({path: (role, text.encode())})


def test_the_nine_signs_are_signals_or_seams_of_the_latency_track_and_name_their_triggers() -> None:
    for sign in SIGNS:
        rule = rules()[sign]
        assert rule.kind in (Kind.SIGNAL, Kind.SEAM)
        assert Track.LATENCY in rule.tracks
        assert rule.triggers
        assert len(rule.examples.fires) >= 2
        assert len(rule.examples.quiet) >= 2


@pytest.mark.parametrize(
    ("words", "confidence"),
    [
        ("avoids a GC pause", Confidence.MEDIUM),
        ("Stop-the-world phases", Confidence.MEDIUM),
        ("stop the world", Confidence.MEDIUM),
        ("this path is garbage-free", Confidence.MEDIUM),
        ("Zero-allocation decoder", Confidence.MEDIUM),
        ("zero alloc", Confidence.MEDIUM),
        ("allocation free", Confidence.MEDIUM),
        ("the STW phase", Confidence.MEDIUM),
        ("reuse it to reduce GC", Confidence.MEDIUM),
        ("so as not to create garbage for each call", Confidence.MEDIUM),
        ("keeps the p99 latency low", Confidence.LOW),
        ("humongous objects of G1", Confidence.LOW),
        ("pauses and jitter", Confidence.LOW),
        ("a humongous list", None),
        ("retry with jitter", None),
        ("adds jitter to the packet interval, latency varies", None),
        ("to avoid being garbage collected", None),
        ("creates garbage-collected handles", None),
        ("stwart", None),
        ("a GC is possible", None),
    ],
)
def test_words_of_comments(words: str, confidence: Confidence | None) -> None:
    for comment in (f"// {words}\n", f"/** {words} */\n", f"/*\n * {words}\n */\n"):
        found = find("gc-wording", f"package p;\nclass A {{\n{comment}int x;\n}}\n")
        assert [one.confidence for one in found] == ([] if confidence is None else [confidence]), comment
    written = documents(f"intro\n{words}\n")
    assert [one.confidence for one in written] == ([] if confidence is None else [confidence])


def test_further_mentions_are_related_places_and_literals_are_none() -> None:
    code = 'class A {\n// GC pause\nString s = "garbage-free";\n// zero-allocation\n// GC pause GC pause\n}\n'
    (found,) = find("gc-wording", code)
    assert (found.line, [place.line for place in found.related]) == (2, [4, 5])
    assert found.message.startswith("`GC pause`")


@pytest.mark.parametrize("path", ["CHANGELOG.md", "docs/release-notes/2.0.md", "HISTORY.md", "docs/migration.md"])
def test_lists_of_changes_and_tests_are_not_looked_into(path: str) -> None:
    assert documents("shorter GC pauses\n", path) == ()
    assert documents("shorter GC pauses\n", "tests/README.md", Role.TEST) == ()
    assert len(documents("shorter GC pauses\n", "docs/adr/0001-collector.md", Role.EXAMPLE)) == 1


POOL = "class {name} {{ {taken} {take}() {{ return null; }} void {give}({given} one) {{ }} }}"


@pytest.mark.parametrize(
    ("name", "take", "taken", "give", "given", "is_pool"),
    [
        ("Orders", "acquire", "Order", "release", "Order", True),
        ("Orders", "borrowObject", "List<Order>", "returnObject", "List<Order>", True),
        ("Buffers", "obtain", "byte[]", "recycle", "byte[]", True),
        ("Orders", "acquire", "Order", "release", "Client", False),
        ("Orders", "acquire", "boolean", "release", "boolean", False),
        ("Orders", "get", "Order", "put", "Order", False),
        ("FileLock", "acquire", "Handle", "release", "Handle", False),
        ("Permits", "acquire", "Semaphore", "forget", "Semaphore", False),
    ],
)
def test_pools_hand_out_and_take_back_the_same_type(
    name: str, take: str, taken: str, give: str, given: str, is_pool: bool
) -> None:
    found = find("pooling-and-reuse", POOL.format(name=name, take=take, taken=taken, give=give, given=given))
    assert [one.message for one in found] == (
        [f"`{name} of {taken}`: objects are pooled or used again"] if is_pool else []
    )


@pytest.mark.parametrize(
    ("field", "is_reuse"),
    [
        ("static final ThreadLocal<ByteBuffer> B = null;", True),
        ("private static final FastThreadLocal<StringBuilder> B = null;", True),
        ("static final ThreadLocal<char[]> B = null;", True),
        ("final ThreadLocal<byte[]> b = null;", False),
        ("static final ThreadLocal<User> B = null;", False),
        ("static final Supplier<byte[]> B = null;", False),
    ],
)
def test_buffers_in_static_thread_locals(field: str, is_reuse: bool) -> None:
    assert bool(find("pooling-and-reuse", f"class A {{ {field} }}")) is is_reuse


def test_a_builder_is_reused_when_a_field_holds_it() -> None:
    held = "class A { StringBuilder sb; class B { void f() { sb.setLength(0); this.sb.setLength(0); } } }"
    assert [one.confidence for one in find("pooling-and-reuse", held)] == [Confidence.LOW]
    assert find("pooling-and-reuse", "class A { void f(StringBuilder sb) { sb.setLength(0); } }") == ()
    assert find("pooling-and-reuse", "class A { StringBuilder sb; void f() { sb.setLength(4); } }") == ()


def test_deep_nesting_ends() -> None:
    depth = 1500
    code = "class A { StringBuilder sb; void f() " + "{" * depth + "sb.setLength(0);" + "}" * depth + " }"
    scan = scanner("pooling-and-reuse").scan_bytes("src/A.java", Role.SOURCE, Language.JAVA, code.encode())
    assert scan.path == "src/A.java"


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("class A { java.lang.foreign.MemorySegment s; }", 1),
        ("class A { long f() { return Holder.UNSAFE.allocateMemory(8); } }", 1),
        ("class A { long f() { return Runtime.getRuntime().freeMemory(); } }", 0),
        ("class A { java.util.List<String> s; }", 0),
    ],
)
def test_memory_off_the_heap_without_an_import(code: str, count: int) -> None:
    assert len(find("manual-off-heap", code)) == count
