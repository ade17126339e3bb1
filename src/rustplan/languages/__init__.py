"""One file per language: how a file is made parseable, what is asked of its tree, and how captures become facts."""

from rustplan.languages.base import NO_WORDS, LanguageSupport, MacroWords, Matches, Prepared
from rustplan.languages.c_family.learn import Definition, MacroLearner, definitions
from rustplan.languages.merge import lines_added, with_other_arms
from rustplan.languages.registry import support

__all__ = [
    "NO_WORDS",
    "Definition",
    "LanguageSupport",
    "MacroLearner",
    "MacroWords",
    "Matches",
    "Prepared",
    "definitions",
    "lines_added",
    "support",
    "with_other_arms",
]
