"""Reads values of a decoded SARIF document whatever their types are: what is not as the format says is not there."""

from __future__ import annotations

import contextlib
import json
import math
from typing import Any

import msgspec

LONGEST_TEXT = 1000
"""Characters kept of a message."""

LONGEST_NAME = 200
"""Characters kept of a name: a tool, a rule, a fingerprint."""

_MOST_DIGITS = 25
_LARGEST = 2**31 - 1


def decode(raw: bytes) -> object:
    """The value of JSON text. Lone surrogates, bytes that are no UTF-8 and numbers of any size are let through. Raises ValueError."""
    with contextlib.suppress(msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return msgspec.json.decode(raw)
    try:
        return json.loads(raw.decode("utf-8", "replace"), parse_int=_whole, parse_float=_fraction)
    except RecursionError:
        raise ValueError("nested too deep") from None


def member(value: object, *names: str) -> Any:
    """The value below `names`; None where any of them is missing or no object."""
    for name in names:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def items(value: object, most: int) -> list[Any]:
    """The first `most` elements of a list; none of anything else."""
    return value[:most] if isinstance(value, list) else []


def text(value: object, most: int = LONGEST_NAME) -> str:
    """A text on one line, of at most `most` characters, valid Unicode; "" for anything else."""
    if not isinstance(value, str):
        return ""
    short = " ".join(value[: most * 4].split())
    short = short if len(short) <= most else short[: most - 1] + "…"
    return short if short.isascii() else short.encode("utf-8", "replace").decode("utf-8")


def whole_number(value: object) -> int | None:
    """A whole number from 0 to 2^31 - 1; None for anything else, truth values included."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= _LARGEST:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST else None


def number(value: object) -> float | None:
    """A finite number, also when it is written as text; None for anything else."""
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float, str))
        or (isinstance(value, str) and len(value) > 40)
    ):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def element(values: object, place: object) -> Any:
    """The element of a list at an index that a document gives; None when there is none."""
    index = whole_number(place)
    return values[index] if isinstance(values, list) and index is not None and index < len(values) else None


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) < _MOST_DIGITS else math.inf


def _fraction(digits: str) -> float:
    return float(digits[:400])
