"""The factor that says how near a component stands to data that an attacker may choose, and in which words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from rustplan.catalog import Anchors, ReachAnchors
from rustplan.model.finding import Finding
from rustplan.score.holdings import Holding
from rustplan.score.levels import Draft
from rustplan.score.reach import Hop, Reach
from rustplan.score.wording import count, heaviest_places, name_list, share_of_strength

NAME = "untrusted-input"


def untrusted_input(holding: Holding, signals: Sequence[Finding], reach: Reach, anchors: Anchors) -> Draft:
    """Return the strength of all signals together with the distance to the network; one more signal never lowers it."""
    name, table = holding.component.name, anchors.signals.memory_safety
    known = [finding for finding in signals if finding.rule in table]
    is_program = name in reach.programs
    strengths = {
        rule: table[rule].strength * share * (1.0 if not is_program or rule in anchors.reach.sources else anchors.reach.program)
        for rule, share in _shares(known, reach, anchors).items()
    }  # fmt: skip
    hop = reach.hops.get(name)
    near = _hop_strength(hop, anchors.reach)
    reads = max((strengths.pop(rule, 0.0) for rule in anchors.reach.sources), default=0.0)
    quiet = (1.0 - max(near, reads)) * math.prod(1.0 - strengths[rule] for rule in sorted(strengths))
    places = heaviest_places(known)
    evidence = (hop.evidence, *places) if hop is not None and hop.steps else places
    value = (1.0 - quiet) * _concentration(holding, known, reach, anchors.reach)
    return Draft(name=NAME, value=value, because=_words(known, hop, reach, name, anchors), evidence=evidence)


def _shares(known: Sequence[Finding], reach: Reach, anchors: Anchors) -> dict[str, float]:
    """Rule -> share of its strength (0-1) by its places; those in idle functions count little."""
    every: Counter[str] = Counter()
    called: Counter[str] = Counter()
    for finding in known:
        every[finding.rule] += finding.places
        if (finding.path, finding.function) not in reach.idle:
            called[finding.rule] += finding.places
    return {
        rule: max(
            share_of_strength(called[rule], anchors.signals) if called[rule] else 0.0,
            anchors.reach.idle * share_of_strength(number, anchors.signals),
        )
        for rule, number in sorted(every.items())
    }


def _concentration(holding: Holding, known: Sequence[Finding], reach: Reach, anchors: ReachAnchors) -> float:
    """Return 1, or less for a large component most of whose files hold no signal and stand nowhere near the network."""
    speaking = {finding.path for finding in known} | reach.near_files
    lines = sum(file.facts.sloc for file in holding.sources)
    near = sum(file.facts.sloc for file in holding.sources if file.path in speaking)
    share = min(1.0, (near + anchors.undiluted_lines) / max(1, lines))
    return anchors.diluted + (1.0 - anchors.diluted) * share


def _hop_strength(hop: Hop | None, anchors: ReachAnchors) -> float:
    return anchors.strengths[hop.steps] if hop is not None and hop.steps < len(anchors.strengths) else 0.0


def _words(known: Sequence[Finding], hop: Hop | None, reach: Reach, name: str, anchors: Anchors) -> str:
    places: Counter[str] = Counter()
    for finding in known:
        places[finding.rule] += finding.places
    table = anchors.signals.memory_safety
    ordered = sorted(places, key=lambda rule: (-table[rule].strength, rule))
    said = []
    if ordered:
        listed = [f"{table[rule].words} ({count(places[rule], 'place')})" for rule in ordered]
        said.append(f"It {name_list(listed)}")
    if hop is not None and hop.steps:
        said.append(hop.because if said else hop.because[:1].upper() + hop.because[1:])
    if not said:
        return "Nothing here was recognised as reading from outside, parsing, cryptography or privilege; to confirm."
    if name in reach.programs:
        said.append("it is a program, and whoever starts it chooses most of what it reads")
    if known and all((finding.path, finding.function) in reach.idle for finding in known):
        said.append("nothing in the tree calls these functions by name")
    return f"{'; '.join(said)}; read from names and calls, to confirm."
