"""Code lines of the memory-safe languages that rustplan does not parse: without them nobody could say what grows instead of C and C++.

The five are those that NSA and CISA list beside Java (catalog/guidance.yaml, `java-is-safe`). Only lines are counted: no scores, no findings.
"""

from __future__ import annotations

import re
from collections import Counter

from rustplan.discover.files import read_whole
from rustplan.discover.roles import Folders, role_of_place
from rustplan.discover.suffixes import suffix
from rustplan.discover.walked import Walked
from rustplan.model.paths import raw_bytes
from rustplan.model.source import OtherLanguage, Role

_BY_SUFFIX = {".rs": "Rust", ".go": "Go", ".cs": "C#", ".swift": "Swift", ".py": "Python"}

_LINE_OR_BLOCK = r"(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))"
_STRING = r'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"?'
_CHARACTER = r"|'(?:\\.|[^'\\\n])'"
_NOT_CODE = {
    "Rust": _LINE_OR_BLOCK
    + r'|\b[bc]?r(?P<hashes>#{1,8})".*?(?:"(?P=hashes)|\Z)|\b[bc]?r"[^"]*"?|"[^"\\]*(?:\\.[^"\\]*)*"?'
    + _CHARACTER,
    "Go": _LINE_OR_BLOCK + r"|`[^`]*`?" + _STRING + _CHARACTER,
    "C#": _LINE_OR_BLOCK + r'|""".*?(?:"""|\Z)|@"[^"]*(?:""[^"]*)*"?' + _STRING + _CHARACTER,
    "Swift": _LINE_OR_BLOCK + r'|""".*?(?:"""|\Z)' + _STRING,
    "Python": r'(?P<comment>#[^\n]*|^[ \t]*[rRuU]?(?P<quotes>"""|\'\'\').*?(?:(?P=quotes)|\Z))'
    + r'|(?P<inner>"""|\'\'\').*?(?:(?P=inner)|\Z)'
    + _STRING
    + r"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'?",
}
_PATTERNS = {name: re.compile(pattern, re.DOTALL | re.MULTILINE) for name, pattern in _NOT_CODE.items()}
"""Comments and what may hold the look of one. Whatever begins also ends, at the latest with the text: a match is never tried twice."""


def count_other_languages(walked: Walked, folders: Folders, max_file_bytes: int) -> tuple[OtherLanguage, ...]:
    """Return files and code lines of role source for each language that is there, by name. What cannot be read is counted in `unread`."""
    files: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    unread: Counter[str] = Counter()
    for path in walked.files:
        language = _BY_SUFFIX.get(suffix(path.rpartition("/")[2]))
        if language is None or role_of_place(path, folders) is not Role.SOURCE:
            continue
        files[language] += 1
        try:
            data = read_whole(walked.root + b"/" + raw_bytes(path), max_file_bytes)
        except OSError:
            unread[language] += 1
        else:
            lines[language] += code_lines(data.decode("utf-8", "replace"), language)
    return tuple(
        OtherLanguage(name=name, files=files[name], sloc=lines[name], unread=unread[name]) for name in sorted(files)
    )


def code_lines(text: str, language: str) -> int:
    """Lines that hold more than comments and space; a line of a string is code unless it is empty. Nested comments end at the first end."""
    bare = _PATTERNS[language].sub(_without_comment, text.replace("\r\n", "\n"))
    return sum(1 for line in bare.split("\n") if line and not line.isspace())


def _without_comment(match: re.Match[str]) -> str:
    comment = match.group("comment")
    return match.group() if comment is None else "\n" * comment.count("\n")
