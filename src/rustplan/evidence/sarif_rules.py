"""The rules of one run: their names, texts, severities and weaknesses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from rustplan.evidence.sarif_values import LONGEST_TEXT, element, items, member, number, text, whole_number
from rustplan.model.finding import Confidence, Severity

CWE_GUID = "ffc64c90-42b6-44ce-8beb-f6b7dae649e5"
MOST_RULES = 100_000
MOST_CWES = 8

_MOST_TAGS = 200
_CWE = re.compile(r"(?:^|[^a-z0-9])cwe[-_ :/]{0,3}0{0,4}([0-9]{1,5})(?![0-9])", re.IGNORECASE)
_NUMBER = re.compile(r"(?:cwe-?)?0{0,4}([0-9]{1,5})", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{([0-9]{1,3})\}|\{\{|\}\}")
_LINK = re.compile(r"\[([^\[\]]{0,400})\]\((?:-?[0-9]{1,9}|sarif:[^()]{0,400})\)")
_LEVELS = {"error": Severity.HIGH, "warning": Severity.MEDIUM, "note": Severity.LOW, "none": Severity.LOW}
_PROBLEMS = {"error": "error", "warning": "warning", "recommendation": "note"}
_PRECISIONS = {
    "very-high": Confidence.HIGH,
    "high": Confidence.HIGH,
    "medium": Confidence.MEDIUM,
    "low": Confidence.LOW,
}
_SECURITY_STEPS = ((9.0, Severity.CRITICAL), (7.0, Severity.HIGH), (4.0, Severity.MEDIUM), (0.0, Severity.LOW))
_RANK_STEPS = ((90.0, Severity.CRITICAL), (70.0, Severity.HIGH), (40.0, Severity.MEDIUM), (0.0, Severity.LOW))


class Rules:
    """The tool of a run and the rules of its driver and extensions."""

    def __init__(self, tool: object, taxonomies: object) -> None:
        driver = member(tool, "driver")
        self.tool = text(member(driver, "name")) or text(member(driver, "fullName")) or "unnamed tool"
        self.version = text(member(driver, "semanticVersion")) or text(member(driver, "version"))
        self._components = [driver, *items(member(tool, "extensions"), 1000)]
        self._taxonomies = taxonomies
        self._strings = member(driver, "globalMessageStrings")
        self._by_id: dict[str, Any] = {}
        self._cwes: dict[int, tuple[int, ...]] = {}
        """The weaknesses that each rule names, by the identity of its description, which lives as long as this."""
        for component in self._components:
            for rule in items(member(component, "rules"), MOST_RULES):
                if name := text(member(rule, "id")):
                    self._by_id.setdefault(name, rule)

    def find(self, result: object) -> tuple[str, Any]:
        """The id and the description of a result's rule; the description is None when the run has none."""
        reference = member(result, "rule")
        name = text(member(result, "ruleId")) or text(member(reference, "id"))
        described = self._by_index(result, reference)
        if described is not None and name in ("", text(member(described, "id"))):
            return name or text(member(described, "id")) or "unnamed", described
        above = name.rsplit("/", 1)[0]
        found = self._by_id.get(name) or self._by_id.get(above) or described
        return name or text(member(found, "id")) or "unnamed", found

    def message(self, result: object, rule: object) -> str:
        """What a result says, with its arguments filled in and links reduced to their words."""
        said = member(result, "message")
        words = self._words(said, rule)
        arguments = items(member(said, "arguments"), 100)

        def fill(match: re.Match[str]) -> str:
            if match.group(1) is None:
                return match.group()[0]
            place = int(match.group(1))
            return text(arguments[place]) if place < len(arguments) else match.group()

        filled = _PLACEHOLDER.sub(fill, words[: LONGEST_TEXT * 4]) if arguments else words
        return text(_LINK.sub(r"\1", filled[: LONGEST_TEXT * 4]), LONGEST_TEXT)

    def _words(self, said: object, rule: object) -> str:
        if isinstance(said, str):
            return said
        key = member(said, "id")
        named = [
            member(strings, key, "text")
            for strings in (member(rule, "messageStrings"), self._strings)
            if isinstance(key, str)
        ]
        for words in (
            member(said, "text"),
            *named,
            member(said, "markdown"),
            member(rule, "shortDescription", "text"),
            member(rule, "fullDescription", "text"),
        ):
            if isinstance(words, str) and words.strip():
                return words
        return ""

    def _by_index(self, result: object, reference: object) -> Any:
        """An index counts in the rules of the extension that the reference names by index, else in those of the driver."""
        extension = element(self._components[1:], member(reference, "toolComponent", "index"))
        place = member(reference, "index")
        rules = member(self._components[0] if extension is None else extension, "rules")
        return element(rules, member(result, "ruleIndex") if place is None else place)

    def cwes(self, result: object, rule: object) -> tuple[int, ...]:
        """The weaknesses that a result or its rule names, those of the result first; at most MOST_CWES."""
        if id(rule) not in self._cwes:
            self._cwes[id(rule)] = tuple(dict.fromkeys(self._of_rule(rule)))[:MOST_CWES]
        found = dict.fromkeys((*self._of_result(result), *self._cwes[id(rule)], *_in_text(member(result, "ruleId"))))
        return tuple(found)[:MOST_CWES]

    def _of_result(self, result: object) -> Iterator[int]:
        for taxon in items(member(result, "taxa"), _MOST_TAGS):
            yield from self._taxon(taxon)
        yield from _in_properties(member(result, "properties"))

    def _of_rule(self, rule: object) -> Iterator[int]:
        yield from _in_properties(member(rule, "properties"))
        for relation in items(member(rule, "relationships"), _MOST_TAGS):
            yield from self._taxon(member(relation, "target"))
        yield from _in_text(member(rule, "id"))

    def _taxon(self, reference: object) -> Iterator[int]:
        """The number of a reference into a taxonomy, when that is CWE by name, by GUID or by index."""
        component = member(reference, "toolComponent")
        listed = element(self._taxonomies, member(component, "index"))
        names = (member(component, "name"), member(listed, "name"))
        guids = (member(component, "guid"), member(listed, "guid"))
        is_cwe = any(isinstance(name, str) and name.lower() == "cwe" for name in names)
        is_cwe = is_cwe or any(isinstance(guid, str) and guid.strip("{}").lower() == CWE_GUID for guid in guids)
        key = member(reference, "id")
        if key is None:
            key = member(element(member(listed, "taxa"), member(reference, "index")), "id")
        match = _NUMBER.fullmatch(key) if is_cwe and isinstance(key, str) and len(key) < 20 else None
        if match is not None:
            yield int(match.group(1))
        else:
            yield from _in_text(key)


def level_of(result: object, rule: object) -> str:
    """The tool's word for how bad a result is: its own, else the rule's, else CodeQL's, else `warning` as the format says."""
    for word in (
        member(result, "level"),
        member(rule, "defaultConfiguration", "level"),
        _PROBLEMS.get(text(member(rule, "properties", "problem.severity"))),
    ):
        if isinstance(word, str) and word in _LEVELS:
            return word
    return "warning"


def severity_of(result: object, rule: object) -> Severity:
    """By security-severity as code scanning reads it; else by level; by rank only where no level is given."""
    for holder in (result, rule):
        score = number(member(holder, "properties", "security-severity"))
        if score is not None and 0.0 < score <= 10.0:
            return _step(score, _SECURITY_STEPS)
    has_level = any(isinstance(word, str) and word in _LEVELS for word in (
        member(result, "level"), member(rule, "defaultConfiguration", "level"), member(rule, "properties", "problem.severity"),
    ))  # fmt: skip
    rank = number(member(result, "rank"))
    if rank is None:
        rank = number(member(rule, "defaultConfiguration", "rank"))
    if not has_level and rank is not None and 0.0 <= rank <= 100.0:
        return _step(rank, _RANK_STEPS)
    return _LEVELS[level_of(result, rule)]


def confidence_of(result: object, rule: object) -> Confidence:
    """What the tool says of its precision; medium when it says nothing."""
    for holder, name in ((result, "confidence"), (result, "precision"), (rule, "precision")):
        word = member(holder, "properties", name)
        if isinstance(word, str) and word.lower() in _PRECISIONS:
            return _PRECISIONS[word.lower()]
    return Confidence.MEDIUM


def _step(value: float, steps: tuple[tuple[float, Severity], ...]) -> Severity:
    return next(severity for least, severity in steps if value >= least)


def _in_properties(properties: object) -> Iterator[int]:
    for tag in items(member(properties, "tags"), _MOST_TAGS):
        yield from _in_text(tag)
    for name in ("cwe", "CWE", "cwe-id"):
        value = member(properties, name)
        for one in items(value, _MOST_TAGS) if isinstance(value, list) else [value]:
            known = whole_number(one)
            match = _NUMBER.fullmatch(one) if isinstance(one, str) and len(one) < 20 else None
            if known:
                yield known
            elif match is not None:
                yield int(match.group(1))
            else:
                yield from _in_text(one)


def _in_text(value: object) -> Iterator[int]:
    if isinstance(value, str):
        for match in _CWE.finditer(value[:500]):
            yield int(match.group(1))
