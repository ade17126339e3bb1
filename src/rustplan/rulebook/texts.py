"""Rules over build, packaging and CI files: lines are searched, nothing is parsed or run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rustplan.globs import Globs
from rustplan.model.finding import Finding
from rustplan.model.source import Role
from rustplan.rulebook.build_options import read_options
from rustplan.rulebook.compiled import CompiledMatcher, compile_matcher
from rustplan.rulebook.patterns import compiled
from rustplan.rulebook.place import Place
from rustplan.rulebook.report import Hit, findings_of, message_slots
from rustplan.rulebook.rule import Rule, Rulebook
from rustplan.rulebook.text_view import TextView
from rustplan.rulebook.words import MOST_PLACES, compile_words

_JOINS = "-"
"""Flags and file names hold hyphens: `-fpic` is no word of `-fpic-data`."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """One matcher with its rule and the files it looks into."""

    rule: Rule
    matcher: CompiledMatcher
    files: Globs


class TextRules:
    """The matchers of a rulebook that look into files besides source text."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._asked = tuple(
            _Asked(rule, compile_matcher(index, order, written), Globs(written.file))
            for index, rule in enumerate(rulebook.rules)
            for order, written in enumerate(rule.match)
            if written.file
        )

    def find(self, texts: Mapping[str, tuple[Role, bytes]]) -> tuple[Finding, ...]:
        """Findings in files, by model path, with their role and bytes; sorted by path, line and rule."""
        files = [TextView(path, role, data) for path, (role, data) in sorted(texts.items())]
        options = read_options(files)
        found: list[Finding] = []
        for file in files:
            file.options = options
            found += findings_of(self._hits(file), file)
        return tuple(sorted(found, key=lambda one: (one.path, one.line, one.column, one.rule, one.message)))

    def _hits(self, file: TextView) -> Iterator[Hit]:
        kept: dict[tuple[str, int, str], tuple[_Asked, Place]] = {}
        for asked in self._asked:
            if asked.files.match(file.path):
                for key, place in _places(asked, file):
                    holder = kept.get(key)
                    if holder is None or holder[0].matcher.order > asked.matcher.order:
                        taken = asked.matcher.takes(place, file)
                        if taken is not None:
                            kept[key] = (asked, taken)
        for asked, place in kept.values():
            written = asked.matcher.written
            if written.weight != 0:
                yield Hit(
                    rule=asked.rule,
                    place=place,
                    weight=asked.rule.weight if written.weight is None else written.weight,
                    confidence=written.confidence or asked.rule.confidence,
                    severity=written.severity or asked.rule.severity,
                    apart=_apart(asked.rule, place),
                )


def _places(asked: _Asked, file: TextView) -> Iterator[tuple[tuple[str, int, str], Place]]:
    """Every place of one matcher, with what tells it from the others of its rule."""
    written = asked.matcher.written
    if not (written.line or written.word):
        yield (asked.rule.id, 0, ""), Place(None, {"finding": file.path, "role": file.role.value}, fact_line=1)
        return
    if written.word and not any(word.removesuffix("*") in file.joined for word in written.word):
        return
    pattern = compiled(written.line) if written.line else compile_words(written.word, joins=_JOINS)
    number = 0
    for line, text in file.filled:
        for match in pattern.finditer(text):
            number += 1
            if number > MOST_PLACES:
                return
            named = {name: value for name, value in match.groupdict().items() if value}
            captures = {"finding": match.group(), "line": text.strip(), "role": file.role.value, **named}
            if written.word:
                captures["word"] = match.group()
            yield (asked.rule.id, line, f"{match.start()}"), Place(None, {**captures}, fact_line=line)


def _apart(rule: Rule, place: Place) -> str:
    """What the message says of the place: another text is another finding."""
    said: Iterable[str] = dict.fromkeys(message_slots(rule.message))
    return "\0".join(str(place.captures.get(slot, "")) for slot in said)
