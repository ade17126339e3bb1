"""Which options of a build are on: what they default to, and what CI jobs, scripts and packages turn on.

Four dialects are read by their lines: CMake, meson, make and autoconf. An option that nothing declares is unknown, and says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rustplan.rulebook.text_view import TextView, kind_of

_MOST_NAMES = 5000
_MOST_OPEN = 100
_DIALECTS = {
    **dict.fromkeys(("CMakeLists", ".cmake"), "cmake"),
    **dict.fromkeys(("Makefile", "makefile", "GNUmakefile", ".am", ".mk", ".mak", ".make"), "make"),
    **dict.fromkeys((".ac", ".m4"), "autoconf"),
    **dict.fromkeys((".build", "meson_options.txt", ".options"), "meson"),
}
_ON = frozenset(["on", "1", "true", "yes", "y", "enabled"])
_OFF = frozenset(["off", "0", "false", "no", "n", "disabled", ""])

_CMAKE_OPTION = re.compile(
    r'(?i)\b(?:cmake_dependent_)?option\s{0,80}\(\s{0,80}(\w{1,80})\s{1,80}(?:"[^"]{0,600}"|\w{1,80})\s{0,80}(\$?\w{0,20})'
)
_CMAKE_SET = re.compile(r"(?i)\bset\s{0,20}\(\s{0,20}(\w{1,80})\s{1,20}(ON|OFF|TRUE|FALSE|YES|NO|0|1)\b")
_MESON_OPTION = re.compile(r"\boption\s{0,20}\(\s{0,80}'([\w-]{1,80})'([^)]{0,600})")
_MESON_VALUE = re.compile(r"\bvalue\s{0,20}:\s{0,20}'?(true|false|enabled|disabled)\b")
_AUTOCONF_ARG = re.compile(r"\bAC_ARG_(ENABLE|WITH)\s{0,20}\(\s{0,80}\[{0,2}([\w-]{1,80})\]{0,2}")
_AUTOCONF_HELP = re.compile(r"--(enable|disable|with|without)-")
_MAKE_VARIABLE = re.compile(r"(?m)^[ ]{0,8}(?:export )?(\w{1,80})[ \t]{0,8}[?:+]{0,2}=[ \t]{0,8}(\S{0,40})")

_TURNED_ON = (
    re.compile(r"(?i)-D\s{0,2}([\w-]{1,80})(?::\w{1,20})?=\"?(on|1|true|yes|enabled)\b"),
    re.compile(r"--(enable|with)-([\w-]{1,80})(?!=no)"),
    re.compile(r"(?i)(?<![\w-])(\w{1,80})[\"']?\s{0,2}[=:]\s{0,2}[\"']?(on|1|true|yes|y)\b"),
)


class Condition(NamedTuple):
    """One open condition: the options that it names. `is_any` when one of them is enough."""

    names: tuple[str, ...] = ()
    is_any: bool = False


@dataclass(slots=True)
class BuildOptions:
    """Option -> whether it is on by default, for each dialect, and the options that something turns on."""

    defaults: dict[tuple[str, str], bool] = field(default_factory=dict)
    turned_on: set[str] = field(default_factory=set)
    _open: dict[str, tuple[tuple[Condition, ...], ...]] = field(default_factory=dict)

    def off_around(self, file: TextView, line: int) -> str:
        """The option that keeps a line (counted from 1) from being in effect, or an empty text."""
        dialect = dialect_of(file.path)
        if not dialect:
            return ""
        if file.path not in self._open:
            self._open[file.path] = conditions(dialect, file.lines)
        for condition in self._open[file.path][line - 1]:
            off = [name for name in condition.names if self._is_off(dialect, name)]
            if off and (not condition.is_any or len(off) == len(condition.names)):
                return off[0]
        return ""

    def _is_off(self, dialect: str, name: str) -> bool:
        default = self.defaults.get((dialect, name), None if dialect != "make" else False)
        return default is False and _plain(name) not in self.turned_on

    def learn(self, file: TextView) -> None:
        """Read what one file declares, or turns on."""
        dialect = dialect_of(file.path)
        text = file.joined
        if dialect:
            for name, is_on in _declared(dialect, text):
                if len(self.defaults) < _MOST_NAMES:
                    self.defaults[dialect, name] = self.defaults.get((dialect, name), False) or is_on
        else:
            names = (
                match.group(2 if match.group().startswith("--") else 1)
                for one in _TURNED_ON
                for match in one.finditer(text)
            )
            for name in names:
                if len(self.turned_on) < _MOST_NAMES:
                    self.turned_on.add(_plain(name))


def read_options(files: Iterable[TextView]) -> BuildOptions:
    """Learn from all files that were read."""
    options = BuildOptions()
    for file in files:
        options.learn(file)
    return options


def dialect_of(path: str) -> str:
    """The build system that a file is written for; empty for CI files, scripts and packages."""
    return _DIALECTS.get(kind_of(path), "")


def _plain(name: str) -> str:
    """One spelling for `enable_asan`, `ENABLE_ASAN` and `asan`."""
    return name.lower().replace("-", "_").removeprefix("enable_").removeprefix("with_")


def _declared(dialect: str, text: str) -> Iterable[tuple[str, bool]]:
    if dialect == "cmake":
        for match in (*_CMAKE_OPTION.finditer(text), *_CMAKE_SET.finditer(text)):
            if not match.group(2).startswith("$"):
                yield match.group(1), match.group(2).lower() in _ON
    elif dialect == "meson":
        for match in _MESON_OPTION.finditer(text):
            value = _MESON_VALUE.search(match.group(2))
            if value is not None:
                yield match.group(1), value.group(1) in _ON
    elif dialect == "autoconf":
        for match in _AUTOCONF_ARG.finditer(text):
            shown = _AUTOCONF_HELP.search(text, match.end(), match.end() + 300)
            if shown is not None:
                name = match.group(2).replace("-", "_")
                yield f"{match.group(1).lower()}_{name}", shown.group(1) in ("disable", "without")
    else:
        for match in _MAKE_VARIABLE.finditer(text):
            yield match.group(1), match.group(2).lower() not in _OFF


_CMAKE_LINE = re.compile(r"(?i)^\s{0,80}(if|elseif|else|endif)\s{0,8}\(([^#]{0,300})")
_MESON_LINE = re.compile(r"^\s{0,80}(if|elif|else|endif)\b(.{0,300})")
_MESON_NAME = re.compile(r"get_option\s{0,4}\(\s{0,4}'([\w-]{1,80})'")
_MAKE_LINE = re.compile(r"^\s{0,8}(ifdef|ifndef|ifeq|ifneq|if|else|endif)\b(.{0,200})")
_MAKE_IS = re.compile(r"^\s{0,8}\(\s{0,4}\$[({](\w{1,80})[)}]\s{0,4},\s{0,4}(?:1|y|yes|true|on|ON|YES)\s{0,4}\)")
_SHELL_LINE = re.compile(r"(?:^|[;&(\[]|\b(?:then|else)\s)\s{0,40}(if|elif|else|fi)\b(.{0,300})")
_SHELL_IS = re.compile(r"\$\{?((?:enable|with)_\w{1,80})\}?[\"']?\s{0,4}={1,2}\s{0,4}[\"']?x?yes\b")
_WORD = re.compile(r"\w{1,80}")
_CLOSE = frozenset(["endif", "fi"])
_NEXT = frozenset(["elseif", "elif", "else"])


_MACRO = re.compile(r"\b(?:AS_IF\s{0,4}\((.{0,300})|AC_ARG_(ENABLE|WITH)\s{0,4}\(\s{0,8}\[{0,2}([\w-]{1,80}))")


def conditions(dialect: str, lines: Sequence[str]) -> tuple[tuple[Condition, ...], ...]:
    """The conditions open on each line, outermost first."""
    blocks = _blocks(dialect, lines)
    if dialect != "autoconf":
        return blocks
    return tuple((*block, *call) for block, call in zip(blocks, _macro_calls(lines), strict=True))


def _macro_calls(lines: Sequence[str]) -> tuple[tuple[Condition, ...], ...]:
    """What autoconf's own macros ask for, up to the parenthesis that closes their call."""
    stack: list[tuple[int, Condition]] = []
    found: list[tuple[Condition, ...]] = []
    depth = 0
    for line in lines:
        call = _MACRO.search(line)
        if call is not None and len(stack) < _MOST_OPEN:
            asked, kind, option = call.groups()
            names = (f"{kind.lower()}_{option.replace('-', '_')}",) if kind else tuple(_SHELL_IS.findall(asked))
            stack.append((depth, Condition(names)))
        depth += line.count("(") - line.count(")")
        found.append(tuple(condition for _, condition in stack if condition.names))
        while stack and depth <= stack[-1][0]:
            stack.pop()
    return tuple(found)


def _blocks(dialect: str, lines: Sequence[str]) -> tuple[tuple[Condition, ...], ...]:
    """The conditions of `if` and its like."""
    stack: list[Condition] = []
    found: list[tuple[Condition, ...]] = []
    for line in lines:
        for word, rest in _steps(dialect, line):
            if word in _CLOSE:
                del stack[-1:]
            elif word in _NEXT:
                stack[-1:] = [Condition() if word == "else" else _condition(dialect, word, rest)]
            elif len(stack) < _MOST_OPEN:
                stack.append(_condition(dialect, word, rest))
        found.append(tuple(one for one in stack if one.names))
    return tuple(found)


def _steps(dialect: str, line: str) -> Iterable[tuple[str, str]]:
    if dialect == "autoconf":
        return [(match.group(1), match.group(2)) for match in _SHELL_LINE.finditer(line)]
    match = {"cmake": _CMAKE_LINE, "meson": _MESON_LINE, "make": _MAKE_LINE}[dialect].match(line)
    return [] if match is None else [(match.group(1).lower(), match.group(2))]


def _condition(dialect: str, word: str, rest: str) -> Condition:
    """What must be on for the lines that follow; nothing where that cannot be told."""
    if dialect == "cmake":
        if re.search(r"(?i)\bNOT\b|\b(?:STREQUAL|MATCHES|EQUAL|DEFINED|EXISTS)\b", rest):
            return Condition()
        return Condition(tuple(_WORD.findall(rest)), re.search(r"(?i)\bOR\b", rest) is not None)
    if dialect == "meson":
        names = tuple(_MESON_NAME.findall(rest))
        return Condition() if re.search(r"\bnot\b|[!=]=", rest) else Condition(names, " or " in rest)
    if dialect == "make":
        named = re.match(r"\s{0,8}(\w{1,80})", rest) if word in ("ifdef", "if") else _MAKE_IS.match(rest)
        return Condition((named.group(1),)) if named is not None and word in ("ifdef", "ifeq") else Condition()
    return Condition(tuple(_SHELL_IS.findall(rest)), "-o" in rest or "||" in rest)
