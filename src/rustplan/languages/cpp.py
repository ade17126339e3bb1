"""C++: grammar, preparation and facts."""

from __future__ import annotations

from collections.abc import Mapping

from rustplan.languages.base import NO_WORDS, MacroWords, Matches, Prepared
from rustplan.languages.c_family.extract import extract_facts
from rustplan.languages.c_family.prepare import prepare_c_family
from rustplan.languages.c_family.queries import CPP_QUERIES
from rustplan.languages.text import CPP_TOKENS
from rustplan.model.facts import FileFacts
from rustplan.model.source import Language
from rustplan.syntax import Tree


class CppSupport:
    """What the scan needs to read C++."""

    language = Language.CPP
    queries: Mapping[str, str] = CPP_QUERIES

    def prepare(self, data: bytes, words: MacroWords = NO_WORDS) -> Prepared:
        """Parse the file, with macros blanked where that makes more of it readable."""
        return prepare_c_family(self.language, data, CPP_TOKENS, words)

    def extract(self, prepared: Prepared, tree: Tree, matches: Matches) -> FileFacts:
        """Facts of one file; `tree` is `prepared.tree`, of which the matches are."""
        if tree is not prepared.tree:
            raise ValueError("the tree to extract from is the one that prepare chose: prepared.tree")
        return extract_facts(prepared, matches)
