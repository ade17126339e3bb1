"""Rules that say where to cut and what a component is for: the guards that keep them from saying it everywhere."""

from __future__ import annotations

from functools import cache

import pytest

from rustplan.catalog import load_anchors
from rustplan.model.finding import Confidence, Finding, Kind
from rustplan.model.source import Language, Role
from rustplan.rulebook import load_rules
from rustplan.rulebook.rule import bind
from rustplan.scan.file import Scanner

RULES = {rule.id: rule for rule in load_rules().rules}
KINDS = (Kind.SEAM, Kind.SIGNAL)


@cache
def scanner(rule: str) -> Scanner:
    return Scanner(bind((RULES[rule],)))


def find(rule: str, code: str, language: Language = Language.C, path: str = "src/x.c") -> tuple[Finding, ...]:
    return scanner(rule).scan_bytes(path, Role.SOURCE, language, code.encode()).findings


def test_no_signal_or_seam_prints_a_weakness_or_a_severity() -> None:
    for rule in RULES.values():
        if rule.kind in KINDS:
            assert not rule.cwe, rule.id
            assert rule.severity is None, rule.id


def test_signals_that_say_nothing_of_exposure_have_no_strength_in_the_score() -> None:
    strengths = load_anchors().signals.memory_safety
    for quiet in ("hardening-flags", "sandbox-call", "sanitizer-suppression", "rust-present", "fuzz-harness"):
        assert RULES[quiet].kind is Kind.SIGNAL
        assert quiet not in strengths
    assert {"reads-network", "authentication", "secrets-handling", "untrusted-input"} <= set(strengths)
    assert set(strengths) <= set(RULES)


@pytest.mark.parametrize(
    ("parameters", "body", "shape"),
    [
        ("const unsigned char *p, size_t n", "", "bytes with their length"),
        ("unsigned long s, const uint8_t *p, size_t len", "", "bytes with their length, one scalar"),
        ("void *key, size_t key_length, size_t a, size_t b", "", "bytes with their length, 2 scalars"),
        ("const unsigned char *p, size_t n", "total += n;", ""),
        ("const unsigned char *p, size_t n", "static int calls; calls++;", ""),
        ("const unsigned char *p, size_t n", "static const int table[2] = {1, 2};", "bytes with their length"),
        ("struct reader *r, const unsigned char *p, size_t n", "", ""),
        ("const unsigned char *p, size_t n, void (*done)(int)", "", ""),
        ("const unsigned char *p, size_t n, done_cb callback", "", ""),
        ("const char *path, int mode", "", ""),
        ("const unsigned char *p", "", ""),
        ("stream_p s, const unsigned char *p, size_t n", "", ""),
        ("struct point at, const unsigned char *p, size_t n", "", ""),
        ("const unsigned char **p, size_t n", "", ""),
        ("void", "", ""),
    ],
)
def test_a_narrow_function_takes_bytes_and_numbers_and_leaves_nothing_behind(
    parameters: str, body: str, shape: str
) -> None:
    filler = "".join(f"    x = x * 31 + {number};\n" for number in range(8))
    code = f"unsigned total;\nint sum({parameters})\n{{\n    int x = 0;\n{filler}    {body}\n    return x;\n}}\n"
    found = find("narrow-function", code)
    assert [one.message for one in found] == (
        [f"`sum` takes {shape}, writes no global and keeps no argument: a first slice for a port"] if shape else []
    )


@pytest.mark.parametrize(
    "definition",
    ["static int sum(const unsigned char *p, size_t n)", "int sum(const unsigned char *p, size_t n, ...)"],
)
def test_a_narrow_function_is_offered_to_others(definition: str) -> None:
    filler = "".join(f"    x = x * 31 + {number};\n" for number in range(8))
    assert not find("narrow-function", f"{definition}\n{{\n    int x = 0;\n{filler}    return x;\n}}\n")


def test_a_short_helper_is_no_slice() -> None:
    assert not find("narrow-function", "int first(const unsigned char *p, size_t n) { return n ? p[0] : -1; }\n")


HEADER = '#ifdef __cplusplus\nextern "C" {\n#endif\nint open_it(const char *name);\n#ifdef __cplusplus\n}\n#endif\n'


def test_a_c_header_for_cplusplus_is_an_interface_unless_it_is_private() -> None:
    assert [one.lines for one in find("exported-c-abi", HEADER, path="src/ring.h")] == [(2,)]
    assert not find("exported-c-abi", HEADER, path="src/ringpriv.h")
    assert not find("exported-c-abi", HEADER.replace("int open_it(const char *name);", "struct a;"), path="src/ring.h")


def test_prototypes_of_a_public_c_header_are_the_list_of_crossings() -> None:
    code = "int a(void);\nint b(void);\n\nint c(void);\n"
    assert [one.lines for one in find("exported-c-abi", code, path="include/x.h")] == [(1, 2, 4)]
    assert not find("exported-c-abi", code, path="include/internal/x.h")
    assert not find("exported-c-abi", code, path="src/x.h")


def test_a_handle_with_maker_and_end_is_sure() -> None:
    code = "typedef struct parser parser;\n"
    (alone,) = find("opaque-handle", code + "int parse(parser *p);\n", path="include/p.h")
    pair = code + "parser *parser_new(void);\nvoid parser_free(parser *p);\n"
    (paired,) = find("opaque-handle", pair, path="include/p.h")
    (foreign,) = find("opaque-handle", code + "box *box_new(void);\nvoid box_free(box *b);\n", path="include/p.h")
    assert (alone.confidence, paired.confidence) == (Confidence.MEDIUM, Confidence.HIGH)
    assert foreign.confidence is Confidence.MEDIUM


def test_a_table_in_a_function_or_of_plain_values_is_none() -> None:
    functions = "int a(void) { return 1; }\nint b(void) { return 2; }\nint c(void) { return 3; }\n"
    assert find("function-table", functions + "struct ops plain = {a, b, &c};\n")
    assert not find("function-table", functions + "void f(void) { struct ops o = {a, b, c}; use(&o); }\n")
    assert not find("function-table", functions + "struct ops two = {a, b, 0};\n")
    assert not find("function-table", "enum { red, green, blue };\nint colours[] = {red, green, blue};\n")


def test_local_sockets_are_less_sure() -> None:
    code = "int serve(int fd, char *b) { return recv(fd, b, 8, 0); }\n"
    local = "int open_it(void) { return socket(AF_UNIX, SOCK_STREAM, 0); }\n"
    both = local + "int other(void) { return socket(AF_INET, SOCK_STREAM, 0); }\n"
    assert [one.confidence for one in find("reads-network", code)] == [Confidence.HIGH]
    assert [one.confidence for one in find("reads-network", code + local)] == [Confidence.LOW]
    assert [one.confidence for one in find("reads-network", code + both)] == [Confidence.HIGH]


@pytest.mark.parametrize(
    ("code", "is_found"),
    [
        ("static const unsigned k[2] = {0x67452301, 0x10325476};", False),
        ("static const unsigned k[2] = {0x6a09e667, 0xBB67AE85};", True),
        ("static const unsigned k[1] = {0x6a09e667};", False),
        ("static const unsigned char s[4] = {0x63, 0x7c, 0x77, 0x7b};", True),
        ("static const unsigned long k[2] = {0x01010400L, 0x01010404L};", True),
        ('static const char sigma[] = "expand 32-byte k";', True),
        ("static const unsigned crc[3] = {0x00000000, 0x77073096, 0xee0e612c};", False),
    ],
)
def test_ciphers_of_the_project_are_known_by_their_constants(code: str, is_found: bool) -> None:
    assert bool(find("cryptography", code + "\n")) is is_found


@pytest.mark.parametrize(
    ("call", "confidence"),
    [
        ('getenv("HOME")', Confidence.LOW),
        ('getenv("QUERY_STRING")', Confidence.MEDIUM),
        ("read(fd, b, 8)", Confidence.MEDIUM),
        ("read(b)", None),
        ("mmap(0, n, PROT_READ, MAP_PRIVATE, fd, 0)", Confidence.MEDIUM),
        ("mmap(0, n, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)", None),
        ("ioctl(fd, REQUEST)", None),
    ],
)
def test_input_that_nobody_else_chooses_weighs_less_or_nothing(call: str, confidence: Confidence | None) -> None:
    found = find("untrusted-input", f"void f(int fd, char *b) {{ use({call}); }}\n")
    assert [one.confidence for one in found] == ([] if confidence is None else [confidence])


def test_a_decoder_behind_a_stream_is_one_and_its_beginning_is_not() -> None:
    walks = "int inflate(struct s *s) { const unsigned char *next = s->in; return *next++; }\n"
    assert find("parses-file-format", walks)
    assert not find("parses-file-format", walks.replace("inflate(", "inflateInit2_("))
    assert not find("parses-file-format", walks.replace("inflate(", "step("))
    assert not find("parses-file-format", "int inflate(struct s *s) { return s->next(s); }\n")


def test_words_are_seen_where_the_parser_sees_nothing_and_not_in_comments() -> None:
    code = '/* FUZZ_TARGET(old) */\nPG_MODULE_MAGIC;\n#define PG_MODULE_MAGIC int magic\nchar *s = "PG_MODULE_MAGIC";\n'
    assert [one.lines for one in find("plugin-entry-point", code)] == [(2,)]
    assert not find("fuzz-harness", code, Language.CPP)


def test_an_exec_without_a_fork_is_no_border() -> None:
    run = "int run(char **a) { return execv(a[0], a); }\n"
    assert not find("process-boundary", run)
    assert find("process-boundary", run + "int both(char **a) { return fork() ? 0 : run(a); }\n")


def test_hostile_code_ends_soon_and_without_an_error() -> None:
    deep = "int f(const unsigned char *p, size_t n) { " + "switch (p[n]) { case 0x1: " * 3000
    wide = "typedef struct a a;\n" + "a *a_new(void);\n" * 3000
    for rule in RULES.values():
        if rule.kind in KINDS and Language.C in rule.languages:
            find(rule.id, deep)
            find(rule.id, wide, path="include/a.h")
