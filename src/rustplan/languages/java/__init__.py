"""Java: grammar, preparation and facts."""

from __future__ import annotations

from collections.abc import Mapping

from rustplan.languages.base import NO_WORDS, MacroWords, Matches, Prepared
from rustplan.languages.depth import parse_unless_deep
from rustplan.languages.errors import diagnose, parse_errors
from rustplan.languages.java.extract import extract_facts
from rustplan.languages.java.queries import JAVA_QUERIES
from rustplan.languages.java.state import STATE_QUERIES
from rustplan.languages.text import JAVA_TOKENS, parseable, without_comments
from rustplan.model.facts import FileFacts
from rustplan.model.source import Language
from rustplan.syntax import Tree


class JavaSupport:
    """What the scan needs to read Java. Nothing is masked: Java has no preprocessor."""

    language = Language.JAVA
    queries: Mapping[str, str] = {**JAVA_QUERIES, **STATE_QUERIES}

    def prepare(self, data: bytes, words: MacroWords = NO_WORDS) -> Prepared:
        """Decode and parse; `words` are of no use here."""
        del words
        text, degraded = parseable(data)
        code, comments = without_comments(text, JAVA_TOKENS)
        text, tree, too_deep = parse_unless_deep(self.language, text, code)
        return Prepared(
            language=self.language,
            original=data,
            text=text,
            code=code,
            tree=tree,
            comments=comments,
            unread=((0, len(data)),) if too_deep else (),
            degraded=degraded + too_deep + parse_errors(diagnose(tree).errors),
        )

    def extract(self, prepared: Prepared, tree: Tree, matches: Matches) -> FileFacts:
        """Facts of one file; `tree` is `prepared.tree`, of which the matches are."""
        if tree is not prepared.tree:
            raise ValueError("the tree to extract from is the one that prepare chose: prepared.tree")
        return extract_facts(prepared, matches)
