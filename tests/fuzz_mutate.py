"""Damages a document a little or a lot, the same way for the same seed: bytes, tokens, lines, numbers, and pieces of another document."""

from __future__ import annotations

import json
import random
import re
from typing import Any

MOST_BYTES = 200_000
"""No input grows beyond this: size is for the corpus of evil repositories, damage for this one."""

_PIECES = (
    b"",
    b"\0",
    b"\n",
    b"\r\n",
    b"\t",
    b"\\",
    b'"',
    b"'",
    b"`",
    b"/*",
    b"*/",
    b"//",
    b"#",
    b"#if 0\n",
    b"#else\n",
    b"#endif\n",
    b"\\\n",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    "\u202e".encode(),
    "\u0663".encode(),
    "\u2028".encode(),
    b"\x1b[31m",
    b"..",
    b"/../",
    b"%s%n",
    b"<![CDATA[",
    b"<!DOCTYPE a [",
    b"]]>",
    b"&a;",
    b"*a",
    b"&a ",
    b"!!python/name:os.system",
    b"${X}",
    b"$(X)",
    b"$(shell id)",
    b"{",
    b"}",
    b"[",
    b"]",
    b"(",
    b")",
    b"<",
    b">",
    b",",
    b";",
    b":",
    b": ",
    b"- ",
    b"=",
    b"null",
    b"true",
    b"NaN",
    b"Infinity",
    b"1e999",
    b"-0",
    b"template<",
    b"operator",
    b"goto a;",
    b"case 1:",
    b"do {",
    b"while(1)",
    b"return",
    b"sizeof",
    b"rustplan:ignore",
    b"-- ",
)
_NUMBERS = (
    b"0",
    b"-1",
    b"1",
    b"2147483648",
    b"18446744073709551616",
    b"9" * 400,
    b"1e308",
    b"-1e309",
    b"0x",
    b"1.5",
    b"00",
)
_NUMBER = re.compile(rb"\d+(?:\.\d+)?")
_WORD = re.compile(rb"[A-Za-z_]\w*")
_NESTING = (b"(", b"[", b"{", b"<a>", b"[[", b"a(", b"{a:", b"*", b"-", b"!", b"if(a)", b'{"a":', b"$(", b"${")


def mutated(data: bytes, others: list[bytes], choose: random.Random) -> bytes:
    """Return `data` after one to eight steps of damage; `others` lend pieces. Of JSON, half the time the values are damaged and the form kept."""
    if data[:1] in (b"{", b"[") and choose.random() < 0.5:
        changed = _other_values(data, choose)
        if changed is not None:
            return changed
    for _ in range(choose.choice((1, 1, 1, 2, 2, 3, 5, 8))):
        data = choose.choice(_STEPS)(data, others, choose)[:MOST_BYTES]
    return data


_VALUES: tuple[Any, ...] = (
    None, True, 0, 1, -1, 2**31, 2**63, 2**64, -(2**70), 0.5, -0.0, 1e308, 1e16, "", "a", "x" * 3000, "\ud800", "../../etc", "\u202e\x1b[31m\n",
    "<script>", "=1+1", "2026-13-45", "high", "c", [], {}, [[]], [1, "a", None], {"a": 1},
)  # fmt: skip


def _other_values(data: bytes, choose: random.Random) -> bytes | None:
    """The same JSON with up to six values replaced, removed, doubled or taken from elsewhere in it; None when it is no JSON."""
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError):
        return None
    for _ in range(choose.choice((1, 1, 1, 2, 3, 6))):
        places = [
            (holder, key)
            for holder in _holders(whole)
            for key in (holder if isinstance(holder, dict) else range(len(holder)))
        ]
        if not places:
            break
        holder, key = choose.choice(places)
        how = choose.random()
        if how < 0.15:
            del holder[key]
        elif how < 0.25 and isinstance(holder, list):
            holder.append(holder[key])
        elif how < 0.55:
            alike = [other[place] for other, place in places if type(other[place]) is type(holder[key])]
            holder[key] = json.loads(json.dumps(choose.choice(alike)))
        elif how < 0.75 and isinstance(holder[key], (int, float)):
            holder[key] = choose.choice([value for value in _VALUES if isinstance(value, (int, float))])
        elif how < 0.85 and isinstance(holder[key], str):
            holder[key] = choose.choice([value for value in _VALUES if isinstance(value, str)])
        else:
            holder[key] = choose.choice(_VALUES)
    return json.dumps(whole).encode()


def _holders(whole: Any) -> list[Any]:
    """Every list and mapping of a document."""
    found, waiting = [], [whole]
    while waiting:
        one = waiting.pop()
        if isinstance(one, (dict, list)):
            found.append(one)
            waiting.extend(one.values() if isinstance(one, dict) else one)
    return found


def _place(data: bytes, choose: random.Random) -> int:
    return choose.randint(0, len(data))


def _span(data: bytes, choose: random.Random) -> tuple[int, int]:
    start = _place(data, choose)
    return start, min(len(data), start + choose.choice((1, 1, 2, 4, 8, 20, 100, 1000)))


def _flip(data: bytes, others: list[bytes], choose: random.Random) -> bytes:
    if not data:
        return b"\x80"
    at = choose.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << choose.randrange(8))]) + data[at + 1 :]


def _cut(data: bytes, others: list[bytes], choose: random.Random) -> bytes:
    start, end = _span(data, choose)
    return data[:start] + data[end:]


def _end_early(data: bytes, others: list[bytes], choose: random.Random) -> bytes:
    return data[: _place(data, choose)]


def _insert(data: bytes, others: list[bytes], choose: random.Random) -> bytes:
    at = _place(data, choose)
    return data[:at] + choose.choice(_PIECES) * choose.choice((1, 1, 1, 2, 30)) + data[at:]


def _replace(data: bytes, others: list[bytes], choose: random.Random) -> bytes:
    start, end = _span(data, choose)
    return data[:start] + choose.choice(_PIECES) + data[end:]


def _repeat(data: bytes, others: list[bytes], choose: random.Random) -> bytes:
    start, end = _span(data, choose)
    return data[:end] + data[start:end] * choose.choice((1, 2, 10, 200)) + data[end:]


def _nest(data: bytes, others: list[bytes], choose: random.Random) -> bytes:
    at = _place(data, choose)
    return data[:at] + choose.choice(_NESTING) * choose.choice((3, 60, 400, 5000)) + data[at:]


def _renumber(data: bytes, others: list[bytes], choose: random.Random) -> bytes:
    return _swap_match(_NUMBER, data, choose.choice(_NUMBERS), choose)


def _rename(data: bytes, others: list[bytes], choose: random.Random) -> bytes:
    words = [match[0] for match in _WORD.finditer(data)]
    return _swap_match(_WORD, data, choose.choice(words), choose) if words else data


def _swap_match(pattern: re.Pattern[bytes], data: bytes, new: bytes, choose: random.Random) -> bytes:
    places = [match.span() for match in pattern.finditer(data)]
    if not places:
        return data + new
    start, end = choose.choice(places)
    return data[:start] + new + data[end:]


def _shuffle_lines(data: bytes, others: list[bytes], choose: random.Random) -> bytes:
    lines = data.split(b"\n")
    one, other = choose.randrange(len(lines)), choose.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _splice(data: bytes, others: list[bytes], choose: random.Random) -> bytes:
    start, end = _span(data, choose)
    other = choose.choice(others)
    begin, stop = _span(other, choose)
    return data[:start] + other[begin:stop] + data[end:]


def _cross(data: bytes, others: list[bytes], choose: random.Random) -> bytes:
    other = choose.choice(others)
    return data[: _place(data, choose)] + other[_place(other, choose) :]


_STEPS = (
    _flip,
    _flip,
    _cut,
    _cut,
    _end_early,
    _insert,
    _insert,
    _replace,
    _replace,
    _repeat,
    _nest,
    _renumber,
    _rename,
    _shuffle_lines,
    _splice,
    _cross,
)
