import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from language_facts import extracted, read
from rustplan.languages import support
from rustplan.languages.depth import DEPTH_LIMIT, angles_are_deep, brackets_are_deep, tree_is_deep
from rustplan.languages.text import blank_spans, outermost, without
from rustplan.model.source import DegradeReason, Language
from rustplan.syntax import parse, reparse

LANGUAGES = list(Language)
WORDS = [
    b"int ",
    b"f",
    b"(",
    b")",
    b"{",
    b"}",
    b";",
    b",",
    b"=",
    b"*",
    b"#if A\n",
    b"\n#else\n",
    b"\n#endif\n",
    b"UP ",
    b"UP(",
    b'"',
    b"'",
]
WORDS += [
    b"/*",
    b"*/",
    b"//",
    b"\n",
    b"\\\n",
    b"#if 0\n",
    b"#define X\n",
    b"\xff",
    b"\xc3\xa9",
    b"class ",
    b'R"(',
    b'"""',
    b"a b;",
    b"\n{",
    b"\r\n",
    b"<",
]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=80).map(b"".join) | st.binary(max_size=300)


def lines_of(data):
    return [index for index, byte in enumerate(data) if byte == ord("\n")]


@pytest.mark.parametrize("language", LANGUAGES)
@given(data=TEXTS)
@settings(max_examples=150, deadline=None)
def test_masking_keeps_length_and_line_breaks(language, data):
    prepared, facts = read(language, data)
    assert prepared.original == data
    for text in (prepared.text, prepared.code):
        assert len(text) == len(data)
        assert lines_of(text) == lines_of(data)
    for reading in (prepared, *prepared.others):
        assert len(reading.text) == len(reading.code) == len(data)
        assert lines_of(reading.text) == lines_of(reading.code) == lines_of(data)
        assert all(0 <= start < end <= len(data) for start, end in (*reading.masked, *reading.reads))
        assert extracted(reading).lines == facts.lines
    coverage = facts.coverage
    assert 0 <= coverage.error_bytes <= coverage.unread_bytes <= len(data)
    assert 0 <= coverage.dead_bytes <= coverage.masked_bytes
    assert 0 <= coverage.masked_bytes <= len(data)
    assert 0 <= coverage.function_bytes <= len(data)
    prepared.text.decode("utf-8")


@given(data=TEXTS)
@settings(max_examples=150, deadline=None)
def test_only_what_is_said_to_be_masked_differs(data):
    prepared = support(Language.C).prepare(data)
    edited = {offset for offset, _ in prepared.edits}
    text = bytes(95 if byte > 127 else byte for byte in data) if b"\xff" in data or not valid(data) else data
    for offset, (before, after) in enumerate(zip(text, prepared.text, strict=True)):
        if before != after and not data.startswith(b"\xef\xbb\xbf"):
            inside = any(start <= offset < end for start, end in prepared.masked)
            assert offset in edited or (inside and after == ord(" ")) or prepared.unread == ((0, len(data)),)


def valid(data):
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


@given(before=TEXTS, spans=st.lists(st.tuples(st.integers(0, 400), st.integers(1, 30)), max_size=6))
@settings(max_examples=150, deadline=None)
def test_parsing_what_changed_keeps_offsets(before, spans):
    text = bytes(byte if byte < 128 else 95 for byte in before)
    inside = outermost((start, min(len(text), start + size)) for start, size in spans if start < len(text))
    after = blank_spans(text, inside)
    tree = parse(Language.C, text)
    again = reparse(Language.C, after, tree, inside)
    assert again.root_node.end_byte == len(after)
    assert again.root_node.end_point == parse(Language.C, after).root_node.end_point
    assert str(tree.root_node) == str(parse(Language.C, text).root_node)


@pytest.mark.parametrize("language", LANGUAGES)
def test_bytes_that_are_not_utf8(language):
    source = (
        b"// caf\xe9\nclass A { int f() { return 1; } };\n"
        if language is not Language.C
        else b"// caf\xe9\nint f() { return 1; }\n"
    )
    prepared, facts = read(language, source)
    assert prepared.degraded == ((DegradeReason.NOT_UTF8, "the byte at offset 6 is not UTF-8"),)
    assert [(one.name, one.start_line) for one in facts.functions] == [("f", 2)]
    assert prepared.original == source


def test_a_byte_order_mark_is_no_code():
    prepared, facts = read(Language.C, b"\xef\xbb\xbfint f(void) { return 1; }\n")
    assert prepared.degraded == ()
    assert facts.functions[0].name == "f"


NESTED = {
    "parentheses": lambda n: b"int x = " + b"(" * n + b"1" + b")" * n + b";",
    "open parentheses": lambda n: b"int f() { return " + b"(" * n,
    "braces": lambda n: b"void f() {" + b"{" * n + b"}" * n + b"}",
    "if": lambda n: b"void f() {" + b"if(a)" * n + b";}",
    "else if": lambda n: b"void f() {" + b"if(a);else " * n + b";}",
    "operators": lambda n: b"int x = a" + b"+a" * n + b";",
    "less": lambda n: b"int x = a" + b"<a" * n + b";",
    "assignments": lambda n: b"void f() { a" + b"=a" * n + b"; }",
    "namespaces": lambda n: b"namespace a{" * n + b"}" * n,
    "pointers": lambda n: b"int " + b"*" * n + b"x;",
}


@pytest.mark.parametrize("name", NESTED)
@pytest.mark.parametrize("language", [Language.C, Language.CPP])
def test_a_hundred_thousand_levels_neither_crash_nor_hang(language, name):
    source = NESTED[name](100_000)
    start = time.process_time()
    prepared, facts = read(language, source)
    assert time.process_time() - start < 10
    assert [reason for reason, _ in prepared.degraded] == [DegradeReason.NESTED_TOO_DEEP]
    assert facts.coverage.unread_bytes == len(source)
    assert facts.functions == ()


@pytest.mark.parametrize("language", [Language.C, Language.CPP])
def test_masking_does_not_uncover_a_tree_too_deep_to_query(language):
    source = b"FOO int g(int b) { return b; }\nFOO int f(int a) { return a" + b"+a" * 100_000 + b"; }\n)("
    start = time.process_time()
    _, facts = read(language, source)
    assert time.process_time() - start < 10
    assert facts.coverage.unread_bytes > 100_000


def test_a_hundred_thousand_levels_of_java():
    source = b"class A { int x = " + b"(" * 100_000 + b"1" + b")" * 100_000 + b"; }"
    prepared, facts = read(Language.JAVA, source)
    assert [reason for reason, _ in prepared.degraded] == [DegradeReason.NESTED_TOO_DEEP]
    assert facts.coverage.unread_bytes == len(source)


def test_conditionals_nested_without_end():
    source = b"#if A\n" * 50_000 + b"#endif\n" * 50_000
    prepared, facts = read(Language.C, source)
    assert prepared.degraded[0][0] is DegradeReason.NESTED_TOO_DEEP
    assert facts.coverage.share_read == 0.0


def test_depth_is_measured_to_the_level():
    assert not brackets_are_deep(b"(" * DEPTH_LIMIT)
    assert brackets_are_deep(b"(" * (DEPTH_LIMIT + 1))
    assert brackets_are_deep(b")" * 5_000 + b"(" * (DEPTH_LIMIT + 1))
    assert not brackets_are_deep(b"()" * 50_000)
    assert angles_are_deep(b"a<" * (DEPTH_LIMIT + 1))
    assert not angles_are_deep(b"a<b;" * 50_000)
    assert not angles_are_deep(b"int t[] = {" + b"1 << 3, " * 50_000)
    tree = parse(Language.C, b"int x = a" + b"+a" * 100 + b";")
    assert tree_is_deep(tree, 100)
    assert not tree_is_deep(tree, 110)


@pytest.mark.parametrize(
    "source",
    [
        b"A" * 300_000 + b"(x)\n",
        b"_" * 300_000,
        b"/*" * 150_000,
        b"'" * 150_000,
        b'R"(' * 100_000,
        b"(" + b" " * 300_000 + b"x",
        b"int x = y " + b"* " * 1_500 + b";" + b"\\\n" * 100_000,
        b"static_cast<" * 50_000,
        b"#define A \\\n" * 30_000,
        b"FOO int UP f UP(x)\n" * 5_000,
        b"#if A\nif(x){\n#else\n{\n#endif\n" * 3_000,
        b"a " * 1_000_000,
        b"#define A __attribute__((x))" * 20_000 + b"\nA f",
        b"#define A _Pragma()" + b"_Pragma()" * 40 + b"x\nA int f(int __a *b __c)\n",
        b"for_each_a(" * 30_000,
        b"X_DEFINE(a, b *, c) {\n" * 5_000,
    ],
    ids=range(16),
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_time_grows_with_the_size_of_a_hostile_file(language, source):
    start = time.process_time()
    _, facts = read(language, source)
    assert time.process_time() - start < 10
    assert facts.coverage.total_bytes == len(source)


@pytest.mark.parametrize("language", LANGUAGES)
def test_preparing_twice_gives_the_same(language):
    source = b"EXPORT int f OF((int a));\n#if A\nif(\n#else\n}\n#endif\n"
    first, second = support(language).prepare(source), support(language).prepare(source)
    assert (first.text, first.masked, first.unread, first.degraded) == (
        second.text,
        second.masked,
        second.unread,
        second.degraded,
    )


def test_facts_are_taken_from_the_chosen_tree_only():
    reader = support(Language.C)
    prepared = reader.prepare(b"int a;")
    with pytest.raises(ValueError, match="prepare chose"):
        reader.extract(prepared, parse(Language.C, b"int a;"), {})


def test_what_no_parser_reads_is_given_up_at_once():
    source = b"a " * 1_000_000
    start = time.process_time()
    prepared, facts = read(Language.C, source)
    assert time.process_time() - start < 3
    assert [reason for reason, _ in prepared.degraded] == [DegradeReason.PARSE_ERRORS]
    assert facts.coverage.error_bytes == facts.coverage.unread_bytes == len(source)


def test_spans_without_holes():
    assert without([(0, 10), (20, 30)], [(2, 4), (8, 22)]) == ((0, 2), (4, 8), (22, 30))
    assert without([(0, 10)], []) == ((0, 10),)
    assert without([(5, 6)], [(0, 10)]) == ()
