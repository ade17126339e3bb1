"""Which names may hold source text, and what the name alone says about the language."""

from __future__ import annotations

from rustplan.model.source import Language
from rustplan.plugins import dialects

_BY_SUFFIX = {
    ".c": Language.C,
    ".java": Language.JAVA,
    **dict.fromkeys((".cc", ".cpp", ".cxx", ".c++", ".cp", ".cppm", ".ixx"), Language.CPP),
    **dict.fromkeys((".hh", ".hpp", ".hxx", ".h++", ".ipp", ".tpp", ".tcc", ".txx"), Language.CPP),
}
_BY_CONTENT = frozenset({".h", ".inl", ".inc"})
_HEADERS = frozenset({".h", ".hh", ".hpp", ".hxx", ".h++", ".ipp", ".tpp", ".tcc", ".txx", ".inl", ".inc"})


def suffix(name: str) -> str:
    """Return the suffix in lower case, with its dot; empty when there is none."""
    dot = name.rfind(".")
    return name[dot:].lower() if dot > 0 else ""


def is_candidate(name: str) -> bool:
    """Tell whether a file of this name may be source text we read."""
    end = suffix(name)
    return end in _BY_SUFFIX or end in _BY_CONTENT or end in dialects()


def is_header(name: str) -> bool:
    """Tell whether a file of this name is meant to be included rather than compiled."""
    return suffix(name) in _HEADERS


def language_of_name(name: str) -> Language | None:
    """Return the language when the name decides it alone. `.C` is C++ (the compilers' convention) unless the whole name shouts, as on old disks."""
    if name.endswith(".C") and any(character.islower() for character in name):
        return Language.CPP
    end = suffix(name)
    return _BY_SUFFIX.get(end) or (dialects()[end][1].reads_as if end in dialects() else None)
