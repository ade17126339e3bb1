"""Which support reads which language."""

from __future__ import annotations

from rustplan.languages.base import LanguageSupport
from rustplan.languages.c import CSupport
from rustplan.languages.cpp import CppSupport
from rustplan.languages.java import JavaSupport
from rustplan.model.source import Language

_SUPPORT: dict[Language, LanguageSupport] = {
    Language.C: CSupport(),
    Language.CPP: CppSupport(),
    Language.JAVA: JavaSupport(),
}


def support(language: Language) -> LanguageSupport:
    """The one support object of a language."""
    return _SUPPORT[language]
