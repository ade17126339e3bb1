"""Reads what `-XX:+PrintCompilation` prints, the program's own output in between."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from rustplan.evidence.profile_charge import MOST_UNMAPPED, Frames, largest
from rustplan.evidence.profile_input import Lines, clean_name
from rustplan.model.profile import Amount, MeasuredMethod

MOST_METHODS = 300_000
"""Distinct compiled methods that are kept."""

TOP_TIER = 4
"""What a virtual machine without tiers compiles with."""

LONGEST_COMPILATION = 4_000
"""Characters of a line that may be one."""

_LINE = re.compile(
    r"(?:\[[^\]]{0,60}\]){0,8} {0,12}(?:\d{1,12} {1,12})?\d{1,9} (?P<flags>[ %][ s][ !][ b][ n]) (?P<tier>[0-4-]?) {1,12}"
    r"(?P<name>\S+)(?: @ -?\d{1,9})? \((?:\d{1,9} bytes|native)\)(?P<rest>.*)"
)
_DISCARDED = ("made not entrant", "made zombie")


def compilation(line: str) -> tuple[str, str, int] | None:
    """Class, method and tier of a compilation; None for other lines and for code that was discarded."""
    found = _LINE.match(line) if "::" in line and len(line) <= LONGEST_COMPILATION else None
    if found is None or found["rest"].strip().startswith(_DISCARDED):
        return None
    owner, _, method = found["name"].rpartition("::")
    if not owner or not method:
        return None
    tier = found["tier"]
    return owner, method, int(tier) if tier.isdigit() else 0 if "n" in found["flags"] else TOP_TIER


def is_compilation(line: str) -> bool:
    """True for every line that the compiler wrote, discarded code included."""
    return "::" in line and len(line) <= LONGEST_COMPILATION and _LINE.match(line) is not None


class CompiledSummary(NamedTuple):
    """Distinct methods in all and in the tree; the tree's functions by tier, and the packages of the others."""

    total: int
    mapped: int
    methods: tuple[MeasuredMethod, ...]
    unmapped: tuple[Amount, ...]


class Compiled:
    """The methods of a compilation log and the highest tier of each."""

    def __init__(self, frames: Frames) -> None:
        self.events = 0
        self.is_cut_short = False
        self._frames = frames
        self._tiers: dict[tuple[str, str], int] = {}

    def read(self, lines: Lines) -> None:
        """Take every compilation; other lines are the program's."""
        for line in lines:
            found = compilation(line)
            if found is None:
                continue
            self.events += 1
            owner, method, tier = found
            key = (owner, method)
            if key not in self._tiers and len(self._tiers) >= MOST_METHODS:
                self.is_cut_short = True
            else:
                self._tiers[key] = max(tier, self._tiers.get(key, 0))

    def summary(self) -> CompiledSummary:
        """Distinct methods, without those of hidden classes, which have no source; each function of the tree with its highest tier."""
        best: dict[str, MeasuredMethod] = {}
        others: Counter[str] = Counter()
        mapped = 0
        for (owner, method), tier in self._tiers.items():
            frame = self._frames.java(owner, method, 0)
            if frame.place is not None:
                mapped += 1
                name, path, line = frame.place
                if name not in best or tier > best[name].value:
                    best[name] = MeasuredMethod(name=name, path=path, line=line, value=float(tier))
            elif not frame.is_hidden:
                others[clean_name(owner.rpartition(".")[0] + ".*")] += 1
        return CompiledSummary(
            total=mapped + sum(others.values()),
            mapped=mapped,
            methods=tuple(sorted(best.values(), key=lambda one: (-one.value, one.name))),
            unmapped=largest(dict(others), MOST_UNMAPPED),
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out."""
        return (f"more than {MOST_METHODS} methods: the rest was left out",) if self.is_cut_short else ()
