"""Words looked up in code as it is written: macros and attributes that are blanked before parsing, and flags in build files."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate

from rustplan.rulebook.place import Place

MOST_PLACES = 2000
"""Places of one file that are looked at: hostile text must end."""
LONGEST_LINE = 1000
"""Bytes of a line that are kept as its capture."""

_WORD = re.compile(r"\w+", re.ASCII)
_JOINED = re.compile(
    r"(?:auto|class|const|enum|extern|final|goto|long|new|return|short|signed|sizeof|static|struct|typename|union|unsigned|volatile)\w"
)
"""Begins a name that may be two words of the source: `unsignedlong`."""
_SPACED = bytes(code if chr(code).isalnum() or chr(code) == "_" else 0x20 for code in range(256))
"""Byte -> itself inside a word of latin-1 text, a space elsewhere."""


def words_in(text: bytes) -> frozenset[bytes]:
    """Every word of a text, each once: what `\\w+` finds in it as latin-1."""
    return frozenset(text.translate(_SPACED).split())


class Wanted:
    """Names that are looked for, asked before a file is searched for them. `name*` stands for any name that begins so."""

    def __init__(self, names: tuple[str, ...]) -> None:
        words = [_telling(name) for name in names]
        self._is_open = not all(words)
        self._whole = frozenset(word for word in words if not word.endswith(b"*"))
        self._beginnings = tuple(word[:-1] for word in words if word.endswith(b"*"))

    def may_be_in(self, words: frozenset[bytes], text: bytes) -> bool:
        """False when none of the names can be in a text with these words, as `words_in` lists them."""
        if self._is_open or not self._whole.isdisjoint(words):
            return True
        return any(beginning in text for beginning in self._beginnings)


def _telling(name: str) -> bytes:
    """A word that the source has wherever it has the name; empty when there may be none."""
    plain = name.removesuffix("*")
    if not plain.isascii() or _JOINED.search(plain):
        return b""
    if _WORD.fullmatch(plain):
        return name.encode()
    return max(_WORD.findall(plain), key=len, default="").encode()


@lru_cache(maxsize=512)
def compile_words(words: tuple[str, ...], *, joins: str = "") -> re.Pattern[str]:
    """One pattern for names; `name*` takes any name that begins so. `joins` are characters that words may hold besides `\\w`."""
    edge = rf"[\w{re.escape(joins)}]"
    ordered = sorted(words, key=lambda word: (-len(word), word))
    # What stands before a word is looked at behind it: `re` finds patterns with literal beginnings faster.
    starts = ((re.escape(word.removesuffix("*")), f"{edge}{{0,80}}" if word.endswith("*") else "") for word in ordered)
    parts = (f"{start}(?<!{edge}{start}){more}" for start, more in starts)
    return re.compile(f"(?:{'|'.join(parts)})(?!{edge})")


def places(words: tuple[str, ...], code: str, original: bytes) -> Iterator[Place]:
    """Yield the places of words in the code of one file: `code` is latin-1, without comments and literals, as long as `original`."""
    starts: list[int] = []
    for number, match in enumerate(compile_words(words).finditer(code)):
        if number == MOST_PLACES:
            return
        starts = starts or [0, *_line_starts(original)]
        line = bisect_right(starts, match.start())
        start = starts[line - 1]
        text = original[start : start + LONGEST_LINE].split(b"\n", 1)[0].decode("utf-8", "replace")
        captures = {"finding": match.group(), "word": match.group(), "line": text.rstrip()}
        yield Place(None, {**captures}, fact_line=line)


def _line_starts(original: bytes) -> Iterable[int]:
    return accumulate(len(line) + 1 for line in original.split(b"\n"))
