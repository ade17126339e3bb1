"""From one result of another tool to a finding at a file of this tree, or to the reason why there is none."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from rustplan.catalog.imported import is_prevented, weakness_class, weakness_of_rule
from rustplan.evidence.sarif_log import RunOutline
from rustplan.evidence.sarif_paths import NO_PLACE, PathIndex, Places
from rustplan.evidence.sarif_rules import Rules, confidence_of, level_of, severity_of
from rustplan.evidence.sarif_values import items, member, text, whole_number
from rustplan.model.imported import ImportedFinding, ImportedStep

SUPPRESSED = "suppressed in the log"
GONE = "no longer there (baseline state absent)"
MALFORMED = "no result as the format describes it"
OTHER_RANK = "rustplan's own rank of a component"
BEYOND = "its line lies beyond the end of the file: another version was analysed"

_NOT_FAILED = frozenset(("pass", "notApplicable", "open", "informational"))
_UNDECIDED = frozenset(("rejected", "underReview"))
_MOST_LOCATIONS = 10
_MOST_STEPS = 20
_COMPONENT_RANK = "rustplan/component-risk"


class LeftOut(Exception):
    """A result that says of itself that it is no finding."""


class Unmapped(Exception):
    """A result that lies at no file of this tree; `example` says where it does lie."""

    def __init__(self, because: str, example: str) -> None:
        super().__init__(because)
        self.example = example


class ResultReader:
    """Reads the results of one run. `lines` is the length of each file of the tree, in lines."""

    def __init__(
        self, number: int, outline: RunOutline, index: PathIndex, lines: Mapping[str, int], rules: Rules
    ) -> None:
        self._number = number
        self._index = index
        self._lines = lines
        self._places = Places(outline.bases, outline.artifacts)
        self._rules = rules

    def read(self, result: object) -> ImportedFinding:
        """One finding without its chain, as yet compared with nothing. Raises LeftOut and Unmapped."""
        _refuse_no_finding(result)
        name, rule = self._rules.find(result)
        if name == _COMPONENT_RANK:
            raise LeftOut(OTHER_RANK)
        path, line = self._place(result)
        message = self._rules.message(result, rule)
        cwes = self._rules.cwes(result, rule)
        if not cwes and (known := weakness_of_rule(name, message)) is not None:
            cwes = (known,)
        return ImportedFinding(
            run=self._number,
            tool=self._rules.tool,
            rule=name,
            message=message or name,
            path=path,
            line=line,
            level=level_of(result, rule),
            severity=severity_of(result, rule),
            confidence=confidence_of(result, rule),
            cwes=cwes,
            weakness=weakness_class(cwes[0]) if cwes else "",
            fingerprint=_fingerprint(result, self._rules.tool, name, path, message),
            is_prevented=any(map(is_prevented, cwes)),
        )

    def _place(self, result: object) -> tuple[str, int]:
        """The first location that lies in the tree, and its line; 0 where a location names none. Raises Unmapped."""
        reasons: list[tuple[str, str]] = []
        for location in items(member(result, "locations"), _MOST_LOCATIONS):
            physical = member(location, "physicalLocation")
            address = self._places.address(member(physical, "artifactLocation"))
            path, reason = self._index.find(address)
            line = whole_number(member(physical, "region", "startLine")) or 0
            if path and line > self._lines.get(path, line):
                path, reason = "", BEYOND
            if path:
                return path, line
            reasons.append((reason, address))
        because, example = reasons[0] if reasons else (NO_PLACE, text(member(result, "ruleId")))
        raise Unmapped(because, text(example))

    def chain(self, result: object) -> Iterator[ImportedStep]:
        """The places that lead to a result: the first flow of the result, else its related locations."""
        flows = items(member(result, "codeFlows"), 1)
        threads = items(member(flows[0], "threadFlows"), 1) if flows else []
        steps: list[Any] = (
            [member(step, "location") for step in items(member(threads[0], "locations"), _MOST_STEPS)]
            if threads
            else []
        )
        for location in steps or items(member(result, "relatedLocations"), _MOST_STEPS):
            physical = member(location, "physicalLocation")
            address = self._places.address(member(physical, "artifactLocation"))
            path = self._index.find(address)[0] or text(address)
            said = text(member(location, "message", "text"))
            if path or said:
                yield ImportedStep(path, whole_number(member(physical, "region", "startLine")) or 0, said)


def _refuse_no_finding(result: object) -> None:
    if not isinstance(result, dict):
        raise LeftOut(MALFORMED)
    suppressions = items(result.get("suppressions"), 1000)
    if suppressions and not any(member(one, "status") in _UNDECIDED for one in suppressions if _has_status(one)):
        raise LeftOut(SUPPRESSED)
    kind = result.get("kind")
    if isinstance(kind, str) and kind in _NOT_FAILED:
        raise LeftOut(f"kind {kind}")
    if result.get("baselineState") == "absent":
        raise LeftOut(GONE)


def _has_status(suppression: object) -> bool:
    return isinstance(member(suppression, "status"), str)


def _fingerprint(result: object, tool: str, rule: str, path: str, message: str) -> str:
    """What the tool recognises the result by, else a digest of what it says and where; no line number in it."""
    for name in ("fingerprints", "partialFingerprints"):
        given = member(result, name)
        if isinstance(given, dict):
            keys = sorted(key for key in given if isinstance(key, str) and " " not in text(given[key]))
            if keys and (value := text(given[keys[0]])):
                return f"{text(keys[0])}={value}"
    parts = "\0".join((tool, rule, path, message))
    return hashlib.sha256(parts.encode("utf-8", "surrogateescape")).hexdigest()
