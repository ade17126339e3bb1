"""The words of identifiers, in the order in which they stand."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")


@lru_cache(maxsize=4096)
def words_in_order(name: str) -> tuple[str, ...]:
    """Return the words of an identifier in lower case: `Curl_readHeader` -> curl, read, header."""
    return tuple(word.lower() for word in _WORD.findall(name))
