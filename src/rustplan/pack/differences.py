"""Where two documents of the same kind differ, in words that a reader can follow back to the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

_NAMES = ("component", "name", "path", "method", "class_name", "id", "rule", "symbol")
"""Fields that say which element of a list this is."""
_LONGEST = 80
_DEEPEST = 60


def differences(old: Any, new: Any, at: str = "", depth: int = 0) -> Iterator[tuple[str, str, str]]:
    """Yield (place, value in `old`, value in `new`) for plain documents; lists of named things are compared by name."""
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict) and depth < _DEEPEST:
        for key in sorted(old.keys() | new.keys()):
            place = f"{at}.{key}" if at else str(key)
            yield from _pair(old, new, key, place, depth)
        return
    if isinstance(old, list) and isinstance(new, list) and depth < _DEEPEST:
        before, after = _by_name(old), _by_name(new)
        for key in dict.fromkeys((*before, *after)):
            yield from _pair(before, after, key, f"{at}[{_short(key)}]", depth)
        if before == after:
            yield at, "one order", "another order"
        return
    yield at, _short(old), _short(new)


def _pair(old: dict[Any, Any], new: dict[Any, Any], key: Any, place: str, depth: int) -> Iterator[tuple[str, str, str]]:
    if key not in new:
        yield place, _short(old[key]), "absent"
    elif key not in old:
        yield place, "absent", _short(new[key])
    else:
        yield from differences(old[key], new[key], place, depth + 1)


def _by_name(items: Sequence[Any]) -> dict[str, Any]:
    """Elements by their name, else by their place."""
    found: dict[str, Any] = {}
    for place, item in enumerate(items):
        name = _name(item) or str(place)
        while name in found:
            name += "'"
        found[name] = item
    return found


def _name(item: Any) -> str:
    if not isinstance(item, dict):
        return ""
    parts = [str(item[key]) for key in _NAMES if isinstance(item.get(key), str) and item[key]]
    if isinstance(item.get("line"), int):
        parts.append(str(item["line"]))
    if isinstance(item.get("track"), str):
        parts.append(item["track"])
    return ":".join(parts[:4])


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
