"""Repository text is hostile: what a reader sees is made visible here, before any sink adds its own escaping."""

from __future__ import annotations

import re

NAME_LENGTH = 120
CODE_LENGTH = 200
ELLIPSIS = "…"

_HIDDEN = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # C0 and C1 controls
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # soft hyphen, joiners and fillers that take no room
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f"  # zero-width, line separators, bidirectional overrides and isolates
    "\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\ufdd0-\ufdef\ufffe\uffff"  # noncharacters, which no HTML or XML parser accepts
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f"
    "\ud800-\udfff"  # lone surrogates: bytes of a file name that is not UTF-8
    "]"
)


def visible(text: str) -> str:
    r"""Return `text` on one line with nothing hidden: controls as `\x1b`, undecodable bytes as `\xff`, the invisible as `⟨U+202E⟩`."""
    if text.isascii() and text.isprintable():
        return text
    return _HIDDEN.sub(_name, text)


def clip(text: str, length: int = NAME_LENGTH) -> str:
    """Return at most `length` characters of `text`, an ellipsis in place of what was cut."""
    return text if len(text) <= length else text[: max(0, length - 1)] + ELLIPSIS


def clip_middle(text: str, length: int = NAME_LENGTH) -> str:
    """Return at most `length` characters of `text`, cut in the middle: a path keeps its first folder and its file name."""
    if len(text) <= length:
        return text
    head = (length - 1) // 3
    return text[:head] + ELLIPSIS + text[len(text) - (length - 1 - head) :]


def visible_code(line: str) -> str:
    """Return one source line for a code frame: tabs become four spaces, everything else as `visible`."""
    return visible(line.rstrip("\r\n").replace("\t", "    "))


def _name(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20 or 0x7F <= code <= 0x9F:
        return f"\\x{code:02x}"
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"⟨U+{code:04X}⟩"
