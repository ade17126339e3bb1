"""Signals in build, packaging and deployment files: which Java components they speak of, and how much they add."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from rustplan.catalog import SignalAnchor, SignalAnchors
from rustplan.model.component import ComponentGraph
from rustplan.model.finding import Finding, Kind, Track
from rustplan.model.scan import TreeScan
from rustplan.model.source import Language, Role
from rustplan.score.wording import count, name_list, share_of_strength

_SIGNALS = (Kind.SIGNAL, Kind.SEAM)


class TextSignal(msgspec.Struct, frozen=True, kw_only=True):
    """A finding in a file besides source text; `sharers` counts the components that the file speaks of, this one included."""

    finding: Finding
    sharers: int = 1

    @property
    def share(self) -> float:
        """What the file says of each of those it speaks of (0-1): half for two, less for every doubling."""
        return 1.0 / (1.0 + math.log2(self.sharers))


def text_signals(scan: TreeScan, components: ComponentGraph) -> Mapping[str, tuple[TextSignal, ...]]:
    """Return the latency signals of text files by component, in the order of the scan.

    A file speaks of the components with Java of role source below its folder, or below the nearest folder above that has some: a file in a
    component's own folders of that component alone, one at the root of a repository of all.
    """
    below = _components_below(scan, components)
    found: dict[str, list[TextSignal]] = defaultdict(list)
    for finding in scan.texts:
        if finding.kind in _SIGNALS and Track.LATENCY in finding.tracks:
            owners = _nearest(finding.path, below)
            for name in sorted(owners):
                found[name].append(TextSignal(finding=finding, sharers=len(owners)))
    return {name: tuple(signals) for name, signals in sorted(found.items())}


def joined_strength(
    signals: Sequence[Finding], texts: Sequence[TextSignal], table: Mapping[str, SignalAnchor], anchors: SignalAnchors
) -> tuple[float, str]:
    """Return how strongly the signals of source and text files speak together (0-1) and what they say; more of either never lowers it.

    Of one rule the stronger kind of file counts: a library that is declared and imported is one fact.
    """
    places = _places(signals, table)
    text_places = _places([signal.finding for signal in texts], table)
    shares = {rule: share_of_strength(number, anchors) for rule, number in places.items()}
    for rule, number in text_places.items():
        factor = max(_factor(signal, anchors) for signal in texts if signal.finding.rule == rule)
        shares[rule] = max(shares.get(rule, 0.0), factor * share_of_strength(number, anchors))
    strengths = {rule: table[rule].strength * share for rule, share in shares.items()}
    quiet = 1.0
    for rule in sorted(strengths):
        quiet *= 1.0 - strengths[rule]
    own = {signal.finding.rule for signal in texts if signal.sharers == 1} | set(places)
    told = [
        f"{table[rule].words} ({count(places[rule] + text_places[rule], 'place')}{'' if rule in own else ' in files it shares'})"
        for rule in sorted(strengths, key=lambda rule: (-strengths[rule], rule))
    ]
    return 1.0 - quiet, name_list(told)


def _factor(signal: TextSignal, anchors: SignalAnchors) -> float:
    """The share of its strength that one text file carries over."""
    return anchors.text_confidence[signal.finding.confidence.value] * signal.share


def _places(findings: Iterable[Finding], table: Mapping[str, SignalAnchor]) -> Counter[str]:
    places: Counter[str] = Counter()
    for finding in findings:
        if finding.rule in table:
            places[finding.rule] += finding.places
    return places


def _components_below(scan: TreeScan, components: ComponentGraph) -> Mapping[str, frozenset[str]]:
    """Folder -> components with Java of role source anywhere below it; the root is the empty text."""
    java = {file.path for file in scan.files if file.role is Role.SOURCE and file.facts.language is Language.JAVA}
    below: dict[str, set[str]] = defaultdict(set)
    for component in components.components:
        folders = {path.rpartition("/")[0] for path in component.files if path in java}
        for folder in folders:
            at = folder
            while component.name not in below[at]:
                below[at].add(component.name)
                if not at:
                    break
                at = at.rpartition("/")[0]
    return {folder: frozenset(names) for folder, names in below.items()}


def _nearest(path: str, below: Mapping[str, frozenset[str]]) -> frozenset[str]:
    folder = path.rpartition("/")[0]
    while folder and folder not in below:
        folder = folder.rpartition("/")[0]
    return below.get(folder, frozenset())
