"""Tells what kind of evidence a file holds by its content, never by its name."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path

from rustplan.errors import InputError
from rustplan.evidence import gc_jdk8, gc_unified
from rustplan.evidence.profile_collapsed import split_line
from rustplan.evidence.profile_compiled import is_compilation
from rustplan.evidence.profile_input import open_file, shown_name
from rustplan.evidence.profile_perf import is_frame, is_head

HEAD = 1024 * 1024
"""Bytes at the beginning of a file that decide."""

_LINES = 5_000
_COLLAPSED_SHARE = 0.6
_JFR_TEXT = re.compile(r"^jdk\.\w+ \{$", re.MULTILINE)
_JSON_LIST = re.compile(r"\[\s*[{\]]")
_PACKED = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_KNOWN = (
    "rustplan reads JFR recordings and their JSON, collapsed stacks, -XX:+PrintCompilation output, JMH JSON, "
    "perf script text, and GC and safepoint logs"
)


class Format(str, Enum):
    """A kind of file that is read, in the words of the report."""

    JFR = "JFR"
    JFR_JSON = "JFR JSON"
    JMH = "JMH JSON"
    COLLAPSED = "collapsed stacks"
    COMPILED = "PrintCompilation"
    PERF = "perf script"
    GC_UNIFIED = "unified GC log"
    GC_JDK8 = "JDK 8 GC log"


def sniff(path: Path) -> tuple[Format, ...]:
    """What the file holds: one format, or a compilation log and a GC log when both were printed to one place. Raises InputError."""
    with open_file(path) as file:
        head = file.read(HEAD)
    name = shown_name(path)
    if head.startswith(b"FLR\x00"):
        return (Format.JFR,)
    _refuse_unreadable(head, name)
    text = head.decode("utf-8", "replace").removeprefix("\ufeff")
    found = (
        _json_format(text) if text.lstrip()[:1] == "{" or _JSON_LIST.match(text.lstrip()) else _text_formats(head, text)
    )
    if not found:
        hint = "print it with: jfr print --json --stack-depth 64" if _JFR_TEXT.search(text) else _KNOWN
        raise InputError(f"{name} is no profile or log that rustplan knows", hint=hint)
    return found


def _refuse_unreadable(head: bytes, name: str) -> None:
    packed = next((kind for magic, kind in _PACKED.items() if head.startswith(magic)), None)
    if packed:
        raise InputError(f"{name} is packed ({packed})", hint="unpack it first")
    if head.startswith(_UTF16):
        raise InputError(f"{name} is UTF-16 text", hint="save it as UTF-8, for example with: iconv -f UTF-16 -t UTF-8")
    if not head.strip():
        raise InputError(f"{name} is empty", hint="record again; was the program ended before the profile was written?")
    if b"\0" in head:
        raise InputError(f"{name} is a binary file of a kind that rustplan does not know", hint=_KNOWN)


def _json_format(text: str) -> tuple[Format, ...]:
    if '"benchmark"' in text and text.lstrip().startswith("["):
        return (Format.JMH,)
    return (Format.JFR_JSON,) if '"events"' in text and text.lstrip().startswith("{") else ()


def _whole_lines(head: bytes, text: str) -> list[str]:
    """The first lines that are not blank; one that the end of the head cuts off is none of them."""
    lines = text.split("\n")
    if len(head) == HEAD and len(lines) > 1:
        lines.pop()
    return [line.rstrip("\r") for line in lines[:_LINES] if line.strip()]


def _text_formats(head: bytes, text: str) -> tuple[Format, ...]:
    lines = _whole_lines(head, text)
    found = []
    if any(map(is_compilation, lines)):
        found.append(Format.COMPILED)
    if gc_unified.recognises(head):
        found.append(Format.GC_UNIFIED)
    elif gc_jdk8.recognises(head):
        found.append(Format.GC_JDK8)
    if found:
        return tuple(found)
    if any(is_head(line) for line in lines) and (any(map(is_frame, lines)) or all(map(is_head, lines[:20]))):
        return (Format.PERF,)
    stacks = sum(split_line(line) is not None for line in lines)
    has_depth = any(";" in line for line in lines)
    return (Format.COLLAPSED,) if has_depth and stacks >= _COLLAPSED_SHARE * len(lines) else ()
