"""Which language a file is written in: by its name, else by what it says, else by its neighbours."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from rustplan.discover.heads import Head
from rustplan.discover.suffixes import language_of_name, suffix
from rustplan.model.source import Language, SkipReason

Decision = tuple[Language, str]

_CPP_WORDS = re.compile(
    r"""(?mx)
    ^[ \t]*(?P<class>class[ \t]+(?:\w+[ \t]+)*\w+[ \t]*(?:final[ \t]*)?[;:{\n])
    | ^[ \t]*(?:inline[ \t]+)?(?P<namespace>namespace\b(?!=))
    | ^[ \t]*(?P<template>template[ \t]*<)
    | ^[ \t]*(?P<access>(?:public|private|protected)[ \t]*:)
    | (?P<std>\bstd[ \t]*::)
    | (?P<using>^[ \t]*using[ \t]+(?:namespace\b|\w+[ \t]*=|[\w:]+::\w+))
    | (?P<enum>\benum[ \t]+(?:class|struct)\b)
    | (?P<cast>\b(?:static|dynamic|reinterpret|const)_cast[ \t]*<)
    | (?P<operator>\boperator[ \t]*(?:[-+*/%=<>!&|^~]|\(\)|\[\]|new\b|delete\b))
    | (?P<virtual>^[ \t]*virtual\b|~\w+[ \t]*\(\))
    | (?P<reference>\bconst[ \t]+[\w:]+[ \t]*&[ \t]*\w)
    | (?P<scope>\b[A-Za-z_]\w*::~?[A-Za-z_])
    """
)
_CPP_INCLUDE = re.compile(r'(?m)^[ \t]*#[ \t]*include[ \t]*(?P<what><[a-z_]+>|[<"][^>"\n]+\.(?:hpp|hh|hxx|h\+\+)[>"])')
_DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif)\b(.*)$")
_FOR_CPP_ONLY = re.compile(r"ifdef\s+__cplusplus\b|if\s+(defined\s*\(?\s*__cplusplus\b|\(?\s*__cplusplus\b)")
_C_LIKE = re.compile(r"(?m)^[ \t]*#[ \t]*(?:include|define|ifdef|ifndef|undef|pragma)\b|[;{}][ \t]*$")
_NOT_C_LIKE = re.compile(
    r"(?m)<\?php|^[\w.]+[ \t]*[:+?]?=[^;]*\\?$|^[ \t]*(?:\.\w+|%\w+|;|require\b|inherit\b|begin\b)"
)


def decide_languages(heads: Mapping[str, Head], besides: Mapping[str, Language] | None = None) -> dict[str, Decision]:
    """Return language and reason of every file that is source text; an `.inc` file that is not C-like is left out.

    `besides` are files of the tree that are not looked into, with the language that their names tell: neighbours of a silent header.
    """
    decided: dict[str, Decision] = {}
    silent: list[str] = []
    for path, head in heads.items():
        name = path.rpartition("/")[2]
        language = language_of_name(name)
        if language is not None:
            decided[path] = language, f"suffix {name[name.rfind('.') :]}"
        elif suffix(name) != ".inc" or head.problem is SkipReason.TOO_LARGE or _is_c_like(head.text):
            because = cpp_evidence(head)
            if because:
                decided[path] = Language.CPP, because
            else:
                silent.append(path)
    by_name = {path: (language, "its name") for path, language in (besides or {}).items()}
    neighbours = _Neighbours({**by_name, **decided})
    decided.update({path: neighbours.decide(path) for path in silent})
    return decided


def cpp_evidence(head: Head) -> str:
    """Return what in a header only C++ would say, or nothing. What stands under `#ifdef __cplusplus` is addressed to both languages."""
    if not head.text:
        return ""
    match = _CPP_INCLUDE.search(_for_every_language(head.text))
    if match:
        return f"it includes {match.group('what')}"
    match = _CPP_WORDS.search(_for_every_language(head.code()))
    if not match:
        return ""
    line = " ".join(match.group().split())
    return f"it says `{line[:40]}`"


def _for_every_language(code: str) -> str:
    """Drop the arms of conditionals that only a C++ compiler reads."""
    if "__cplusplus" not in code:
        return code
    kept: list[str] = []
    arms: list[bool] = []
    for line in code.split("\n"):
        match = _DIRECTIVE.match(line)
        if match is None:
            if all(arms):
                kept.append(line)
            continue
        word = match.group(1)
        if word in ("if", "ifdef", "ifndef"):
            arms.append(_FOR_CPP_ONLY.match(word + match.group(2)) is None)
        elif arms and word == "endif":
            arms.pop()
        elif arms:
            arms[-1] = True
    return "\n".join(kept)


def _is_c_like(text: str) -> bool:
    """Tell whether an `.inc` file reads as C rather than as assembly, a makefile, PHP or a recipe."""
    return _C_LIKE.search(text) is not None and _NOT_C_LIKE.search(text) is None


class _Neighbours:
    """What the decided files around a silent header say."""

    def __init__(self, decided: Mapping[str, Decision]) -> None:
        self._stems: dict[str, set[Language]] = {}
        self._names: dict[str, set[Language]] = {}
        self._counts: dict[str, Counter[Language]] = {}
        for path, (language, _) in decided.items():
            if language is Language.JAVA:
                continue
            stem = path[: path.rindex(".")]
            self._stems.setdefault(stem, set()).add(language)
            self._names.setdefault(stem.rpartition("/")[2], set()).add(language)
            for folder in _folders(path):
                self._counts.setdefault(folder, Counter())[language] += 1

    def decide(self, path: str) -> Decision:
        """Decide for a header by its twin, else by the directory, else by a file of the same name, else by the nearest directory above."""
        stem = path[: path.rindex(".")]
        twin = self._stems.get(stem, set())
        if len(twin) == 1:
            (language,) = twin
            return language, f"a {language.label} file of the same name stands beside it"
        first, *above = _folders(path)
        language_here = self._majority(first)
        if language_here:
            return language_here, f"most files of its directory are {language_here.label}"
        named = self._names.get(stem.rpartition("/")[2], set())
        if len(named) == 1:
            (language,) = named
            return language, f"the {language.label} file of the same name"
        for folder in above:
            majority = self._majority(folder)
            if majority:
                return majority, f"most files below {folder or 'the root'} are {majority.label}"
        return Language.C, "nothing says C++"

    def _majority(self, folder: str) -> Language | None:
        counts = self._counts.get(folder, Counter())
        if counts[Language.C] == counts[Language.CPP]:
            return None
        return Language.C if counts[Language.C] > counts[Language.CPP] else Language.CPP


def _folders(path: str) -> Iterator[str]:
    """Yield the directories above a path, nearest first; the root is empty."""
    while path:
        path = path.rpartition("/")[0]
        yield path
