import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustplan.languages.measures import measure
from rustplan.languages.regions import OUTSIDE, Regions
from rustplan.languages.text import CPP_TOKENS, Lines, blank_spans, outermost, without_comments

LENGTH = r"(?i)\b\w*(?:len|length|size|count|offset|offs|remain|avail|left|nbytes|nelem|limit|index|idx|width|height|stride|num_?\w+)\b"
PARSER = (
    r"(?i)\b\w*(?:read|parse|decode|decod|unpack|extract|get_?(?:u?int|be|le|word|byte|bits?|short|long)|fetch|deserial|scan|load|inflate"
    r"|decompress|dissect|ntoh[sl]|be\d\dtoh|le\d\dtoh|token|lex|skip)\w*\s*\("
)
CONDITION = r"\b(?:if|case|while|for)\b|\?|&&|\|\|"
RAW = (
    r"[\w\])]\s*\[",
    r"(?:(?<=[=(,;{}&|!?:+\-/<>])|\breturn)\s*\*+\s*(?:\(|[A-Za-z_])",
    r"\b(?:p|q|s|d|ptr|src|dst|dest|buf|pos|cp|bp|cur|in|out|data|ptr\w+|\w+_?ptr|\w*buf|\w*pos|end|start|next)\s*"
    r"(?:\+\+|\+=|-=|--|\+\s*[A-Za-z0-9_(]|-\s*[A-Za-z_(])|\*\s*\w+\s*\+\+",
    r"\(\s*(?:const\s+)?(?:unsigned\s+|struct\s+)?\w+(?:\s+const)?\s*\*+\s*\)|(?:reinterpret|const|static)_cast\s*<[^>]*\*\s*>",
    r"\b\w*(?:memcpy|memmove|memset|memcmp|memchr|bcopy|mempcpy|CopyMemory|MoveMemory)\w*\s*\(",
    r"\b\w*(?:strcpy|strncpy|strcat|strncat|sprintf|snprintf|sscanf|strlcpy|strlcat|strlen|strchr|strtok|gets|stpcpy|scanf|strcmp|strncmp"
    r"|strcasecmp)\w*\s*\(",
)
CODE = """
static int read_header(const unsigned char *buf, size_t buf_len, struct ctx *ctx)
{
  const char *p = (const char *) buf; char *q = (char*)ctx->data [0];
  size_t numEntries = 0, idx, max_offset = sizeof(x);
  while (p < end && *p) { *q++ = *p++; ptr += 2; out_buf -= n; a = b * c; }
  for (idx = 0; idx < 4; idx++) { table[idx][1] = get_u16 (p + 2); total += p[idx] ? 1 : 2; }
  if (!*p || (x & *y) || strlen (p) > LIMIT) return *q;
  memcpy(dst + 1, src, buf_len); my_memset_s(d, 0, 1); qstrcmp(a, b); tokenize(p); return static_cast<char *>(v);
  switch (a) { case 1: be32toh(x); default: skip_ws(); }
}
"""


def count(pattern, text):
    return len(re.findall(pattern, text))


def test_counts_are_those_of_the_definition():
    found = measure(CODE.encode(), has_raw_memory=True)
    assert found.length_words == count(LENGTH, CODE)
    assert found.parser_calls == count(PARSER, CODE)
    assert found.conditions == count(CONDITION, CODE)
    assert found.raw_memory == sum(count(pattern, CODE) for pattern in RAW)


def test_java_has_no_raw_memory():
    found = measure(b"int a = b[c]; if (a > size) read(a);", has_raw_memory=False)
    assert (found.raw_memory, found.length_words, found.conditions, found.parser_calls) == (0, 1, 1, 1)


@given(
    st.lists(
        st.sampled_from(
            ["len", "read", "(", ")", " ", "\n", "p", "++", "*", "[", "]", "x", "=", "if", "&&", "?", ",", ";", "num_a"]
        )
    )
)
def test_word_counts_match_on_any_text(parts):
    text = "".join(parts)
    found = measure(text.encode(), has_raw_memory=True)
    assert found.length_words == count(LENGTH, text)
    assert found.conditions == count(CONDITION, text)
    assert found.parser_calls == count(PARSER, text)


def test_innermost_function_and_loops():
    regions = Regions([(0, 100), (20, 40), (110, 130)], [(10, 60), (15, 50), (25, 30), (105, 108), (112, 120)])
    assert regions.at(5) == (0, 0)
    assert regions.at(12) == (0, 1)
    assert regions.at(16) == (0, 2)
    assert regions.at(22) == (1, 0)
    assert regions.at(26) == (1, 1)
    assert regions.at(45) == (0, 2)
    assert regions.at(55) == (0, 1)
    assert regions.at(99) == (0, 0)
    assert regions.at(106) == (OUTSIDE, 1)
    assert regions.at(200) == (OUTSIDE, 0)
    assert regions.loop_depths == [2, 1, 1]


def test_no_functions_at_all():
    assert Regions([], []).at(3) == (OUTSIDE, 0)


def test_spans_are_merged_and_blanked():
    assert outermost([(5, 9), (1, 3), (2, 4), (9, 10)]) == ((1, 4), (5, 10))
    assert blank_spans(b"ab\r\ncd", [(1, 5)]) == b"a \r\n d"


@pytest.mark.parametrize(
    ("text", "lines", "sloc"), [(b"", 0, 0), (b"a", 1, 1), (b"a\n", 1, 1), (b"a\n\n b", 3, 2), (b"\n\n", 2, 0)]
)
def test_lines(text, lines, sloc):
    found = Lines(text)
    assert (found.count, found.sloc) == (lines, sloc)


def test_line_numbers_and_code_lines_between():
    found = Lines(b"one\n\nthree\nfour")
    assert [found.at(offset) for offset in (0, 3, 4, 5, 11, 15)] == [1, 1, 2, 3, 4, 4]
    assert found.sloc_between(1, 3) == 2
    assert found.sloc_between(2, 2) == 0


def test_unclosed_literals_end_with_their_line():
    code, comments = without_comments(b"a = \"open\nb /* c\nd */ e; // f \\\ng\nh 'x", CPP_TOKENS)
    assert code == b"a = \"    \nb     \n     e;       \n \nh ' "
    assert len(comments) == 2
