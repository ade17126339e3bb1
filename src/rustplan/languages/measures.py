"""Counts of telling words: the static inputs of the file ranking, at the speed of `bytes.split`.

The definitions are regular expressions over the whole file; here each distinct word is judged once and the judgement is kept, because
files repeat their words. Text without comments and literal contents goes in.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import filterfalse

from rustplan.model.facts import Measures

_MAX_WORD = 200
_LENGTH_ENDS = (
    *(b"len", b"length", b"size", b"count", b"offset", b"offs", b"remain", b"avail", b"left", b"nbytes", b"nelem"),
    *(b"limit", b"index", b"idx", b"width", b"height", b"stride"),
)
_PARSER_CALL = re.compile(
    rb"read|parse|decode|decod|unpack|extract|get_?(?:u?int|be|le|word|byte|bits?|short|long)|fetch|deserial|scan|load|inflate"
    rb"|decompress|dissect|ntoh[sl]|be\d\dtoh|le\d\dtoh|token|lex|skip"
)
_MEMORY_CALL = re.compile(
    rb"memcpy|memmove|memset|memcmp|memchr|bcopy|mempcpy|CopyMemory|MoveMemory"
    rb"|strcpy|strncpy|strcat|strncat|sprintf|snprintf|sscanf|strlcpy|strlcat|strlen|strchr|strtok|gets|stpcpy|scanf|strcmp|strncmp|strcasecmp"
)
_POINTER_WORD = re.compile(
    rb"p|q|s|d|ptr|src|dst|dest|buf|pos|cp|bp|cur|in|out|data|ptr\w+|\w+_?ptr|\w*buf|\w*pos|end|start|next"
)
_BRANCHES = frozenset((b"if", b"case", b"while", b"for"))

_DEREFERENCE = re.compile(rb"\*{1,8}[(A-Za-z_]")
_BEFORE_DEREFERENCE = frozenset(b"=(,;{}&|!?:+-/<>")
_ARITHMETIC = re.compile(rb"\+(?:[+=]| ?[A-Za-z0-9_(])|-(?:[-=]| ?[A-Za-z_(])")
_C_CAST = re.compile(rb"\( ?(?:const )?(?:unsigned |struct )?\w+(?: const)? ?\*[* ]*\)")
_POINTER_CAST = re.compile(_C_CAST.pattern + rb"|(?:reinterpret|const|static)_cast ?<[^>]{0,200}\* ?>")
_WORD = re.compile(rb"\w+")

_WORD_BYTES = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
_TOKENS = bytes(byte if byte in _WORD_BYTES + b"(" else 32 if byte in b" \t\r\n\v\f" else 44 for byte in range(256))
_INDEXED = bytes(97 if byte in _WORD_BYTES + b"])" else byte for byte in range(256))
"""Byte -> `a` where an index may follow, itself elsewhere."""


def measure(code: bytes, *, has_raw_memory: bool) -> Measures:
    """Count over a whole file; `has_raw_memory` is False for languages without pointers."""
    words = _words(code)
    lengths = parsers = memory_calls = branches = 0
    for word, count in words.items():
        is_call = word.endswith(b"(")
        name = word[:-1] if is_call else word
        is_length, is_parser, is_memory = _judge(name)
        if not (is_length or is_parser or is_memory or name in _BRANCHES):
            _remember_dull(word)
            continue
        lengths += count * is_length
        branches += count * (name in _BRANCHES)
        if is_call:
            parsers += count * is_parser
            memory_calls += count * is_memory
    return Measures(
        length_words=lengths,
        raw_memory=memory_calls + _raw_memory(code) if has_raw_memory else 0,
        conditions=branches + code.count(b"?") + code.count(b"&&") + code.count(b"||"),
        parser_calls=parsers,
    )


def _words(code: bytes) -> Counter[bytes]:
    """Words of the text that may tell something with their counts; a word followed by `(` keeps it."""
    flat = b" ".join(code.translate(_TOKENS).split())
    spread = flat.replace(b" (", b"(").replace(b"(", b"( ").replace(b",", b" ")
    return Counter(filterfalse(_DULL.__contains__, spread.split()))


_DULL: set[bytes] = set()
"""Words that tell nothing, as they were met: nearly all of a file."""
_MOST_DULL = 1 << 16


def _remember_dull(word: bytes) -> None:
    if len(_DULL) < _MOST_DULL and len(word) <= _MAX_WORD:
        _DULL.add(word)


@lru_cache(maxsize=1 << 16)
def _judge(name: bytes) -> tuple[bool, bool, bool]:
    if len(name) > _MAX_WORD:
        return False, False, False
    lowered = name.lower()
    return (
        lowered.endswith(_LENGTH_ENDS) or 0 <= lowered.find(b"num") < len(name) - len(b"num"),
        _PARSER_CALL.search(lowered) is not None,
        _MEMORY_CALL.search(name) is not None,
    )


def _raw_memory(code: bytes) -> int:
    pieces = code.split()
    flat = b" ".join(pieces)
    squeezed = b"".join(pieces)
    indexing = squeezed.translate(_INDEXED).count(b"a[")
    casts = _POINTER_CAST if b"_cast" in flat else _C_CAST
    return indexing + _dereferences(squeezed) + _pointer_arithmetic(flat) + len(casts.findall(flat))


def _dereferences(squeezed: bytes) -> int:
    count = 0
    for match in _DEREFERENCE.finditer(squeezed):
        start = match.start()
        if start and (squeezed[start - 1] in _BEFORE_DEREFERENCE or squeezed.endswith(b"return", 0, start)):
            count += 1
    return count


def _pointer_arithmetic(flat: bytes) -> int:
    count = 0
    for match in _ARITHMETIC.finditer(flat):
        start = match.start()
        before = flat[max(0, start - 40) : start].rstrip()[::-1]
        word = _WORD.match(before)
        if word is None:
            continue
        if _is_pointer_word(word.group()[::-1]):
            count += 1
        elif match.group() == b"++":
            count += before[word.end() :].lstrip()[:1] == b"*"
    return count


@lru_cache(maxsize=1 << 14)
def _is_pointer_word(word: bytes) -> bool:
    return _POINTER_WORD.fullmatch(word) is not None
