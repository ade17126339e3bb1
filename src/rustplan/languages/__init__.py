"""One file per language: how a file is made parseable, what is asked of its tree, and how captures become facts."""

from rustplan.languages.base import LanguageSupport, Matches, Prepared
from rustplan.languages.registry import support

__all__ = ["LanguageSupport", "Matches", "Prepared", "support"]
