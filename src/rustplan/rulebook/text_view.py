"""A build, packaging or CI file as rules see it: its lines without comments, its role, and which options the project turns on."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING

from rustplan.model.facts import FileFacts, ParseCoverage
from rustplan.model.source import Language, Role
from rustplan.rulebook.file_view import FileView

if TYPE_CHECKING:
    from rustplan.rulebook.build_options import BuildOptions

LONGEST_LINE = 1000
"""Characters of a line that rules see."""
MOST_LINES = 20_000

SOURCE_SUFFIXES = (
    *(".c", ".cc", ".cpp", ".cxx", ".c++", ".cp", ".cppm", ".ixx", ".java"),
    *(".h", ".hh", ".hpp", ".hxx", ".h++", ".ipp", ".tpp", ".tcc", ".txx", ".inl", ".inc"),
)
PROSE_SUFFIXES = (".md", ".adoc", ".rst")
"""Documents: what looks like a comment there is a heading."""

_NO_FACTS = FileFacts(
    language=Language.C, lines=0, sloc=0, coverage=ParseCoverage(total_bytes=0, function_bytes=0, unread_bytes=0)
)
_HASH = re.compile(r"(?:^|(?<=[\s;]))#.*")
_DNL = re.compile(r"(?:^|(?<=\s))dnl\b.*")
_SEMICOLON = re.compile(r"^\s{0,40};.*")
_SLASHES = re.compile(r"(?:^|(?<=\s))//.*")
_LINE_COMMENTS = {
    **dict.fromkeys((".ld", ".lds", ".x", ".map", ".ver", ".vers", ".sym", ".exp"), (_HASH,)),
    **dict.fromkeys(
        (".proto", ".wit", ".gradle", ".groovy", ".kts", ".idl", ".json", ".gyp", ".gypi"), (_SLASHES, _HASH)
    ),
    **dict.fromkeys((".ac", ".m4"), (_DNL, _HASH)),
    **dict.fromkeys((".def", ".ini", ".inf"), (_SEMICOLON,)),
    **dict.fromkeys((".service", ".socket", ".conf", ".cfg"), (_SEMICOLON, _HASH)),
    **dict.fromkeys(PROSE_SUFFIXES, ()),
}
_BLOCKS = {
    **dict.fromkeys((".ld", ".lds", ".x", ".map", ".ver", ".vers", ".proto", ".wit", ".gradle", ".kts"), ("/*", "*/")),
    **dict.fromkeys((".xml", ".vcxproj", ".props", ".targets", ".md"), ("<!--", "-->")),
    **dict.fromkeys((".cmake", "CMakeLists.txt"), ("#[[", "]]")),
}


class TextView(FileView):
    """One file that is no source text. It has lines, and nothing that only a parser could tell."""

    def __init__(self, path: str, role: Role, data: bytes) -> None:
        super().__init__(path, Language.C, b"", _NO_FACTS, {})
        self.role = role
        self.lines = lines_without_comments(path, data)
        self.options: BuildOptions | None = None

    @cached_property
    def filled(self) -> tuple[tuple[int, str], ...]:
        """The lines that are not empty, with their numbers from 1."""
        return tuple((number, line) for number, line in enumerate(self.lines, start=1) if line)

    @cached_property
    def _documents(self) -> tuple[tuple[int, str], ...]:
        """Line before the first of each YAML document, and its text; other files are one document."""
        starts = [0]
        if kind_of(self.path) in (".yaml", ".yml"):
            starts += [number for number, line in enumerate(self.lines) if number and line.startswith("---")]
        ends = [*starts[1:], len(self.lines)]
        return tuple((start, "\n".join(self.lines[start:end])) for start, end in zip(starts, ends, strict=True))

    def document(self, line: int) -> str:
        """The text of the YAML document that holds a line, counted from 1; the same object for all its lines."""
        index = bisect_left(self._documents, (line, "")) - 1
        return self._documents[max(0, index)][1]

    @cached_property
    def joined(self) -> str:
        """All lines as one text."""
        return "\n".join(self.lines)


def is_source(path: str) -> bool:
    """True when a file of that name is read by a parser, so that no line of it is searched."""
    return path.lower().endswith(SOURCE_SUFFIXES)


def is_prose(path: str) -> bool:
    """True for a document, which is written for people only."""
    return path.lower().endswith(PROSE_SUFFIXES)


def kind_of(path: str) -> str:
    """The suffix of a file, or its whole name where the name alone says what is in it."""
    name = path.rpartition("/")[2]
    if name.startswith(("CMakeLists", "Makefile", "makefile", "GNUmakefile", "Kbuild", "Dockerfile")):
        return name.split(".")[0]
    if name == "meson_options.txt":
        return name
    stem = name.removesuffix(".in") if name.count(".") > 1 else name
    dot = stem.rfind(".")
    return stem[dot:].lower() if dot > 0 else stem


def lines_without_comments(path: str, data: bytes) -> tuple[str, ...]:
    """The lines, each cut at LONGEST_LINE, with comments blanked; columns stay true."""
    kind = kind_of(path)
    patterns = _LINE_COMMENTS.get(kind, (_HASH,))
    opening, closing = _BLOCKS.get(kind, ("", ""))
    lines: list[str] = []
    is_inside = False
    for raw in data.decode("utf-8", "replace").split("\n", MOST_LINES)[:MOST_LINES]:
        line = raw[:LONGEST_LINE].rstrip("\r")
        if opening:
            line, is_inside = _without_block(line, opening, closing, is_inside=is_inside)
        for pattern in patterns:
            line = _cut(line, pattern)
        lines.append(line)
    return tuple(lines)


def _without_block(line: str, opening: str, closing: str, *, is_inside: bool) -> tuple[str, bool]:
    """The line with block comments blanked, and whether one is still open at its end."""
    kept: list[str] = []
    at = 0
    while at < len(line):
        mark = line.find(closing if is_inside else opening, at)
        if mark >= 0 and not is_inside and opening == "/*" and _is_quoted(line[:mark]):
            kept.append(line[at : mark + len(opening)])  # a glob such as `"**/*.java"`
            at = mark + len(opening)
            continue
        end = len(line) if mark < 0 else mark
        kept.append(" " * (end - at) if is_inside else line[at:end])
        if mark < 0:
            break
        kept.append(" " * len(closing if is_inside else opening))
        at = mark + len(closing if is_inside else opening)
        is_inside = not is_inside
    return "".join(kept), is_inside


def _cut(line: str, comment: re.Pattern[str]) -> str:
    """The line up to a comment that does not begin inside a string."""
    for match in comment.finditer(line):
        before = line[: match.start()]
        if not _is_quoted(before):
            return before
    return line


def _is_quoted(before: str) -> bool:
    """True when what comes next in the line stands inside a string."""
    return before.count('"') % 2 == 1 or before.count("'") % 2 == 1
