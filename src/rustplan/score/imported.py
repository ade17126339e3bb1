"""What other tools found in a component, as a factor of its memory-safety risk, credited to each of them."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from rustplan.model.evidence import Evidence
from rustplan.model.imported import ImportedFinding
from rustplan.model.score import FactorEvidence
from rustplan.score.holdings import Holding, why_absent
from rustplan.score.levels import PLACES_SHOWN, Draft
from rustplan.score.wording import count, name_list

NAME = "imported-findings"
TOOLS_SHOWN = 4


def imported_findings(holding: Holding, evidence: Evidence) -> Draft:
    """Points of other tools' findings in the C and C++ source that safe Rust would prevent and that nothing else counts.

    A component in which no tool found any is left as it is: silence proves nothing.
    """
    if not evidence.imported:
        reason = why_absent(evidence, "imported", "no findings of other tools were given")
        return _absent(f"Not available: {reason}. Unknown, not zero: its weight went to the other factors.")
    found = _within(holding, evidence.imported_findings)
    counting = [finding for finding in found if finding.is_prevented and finding.points > 0]
    if not counting:
        return _absent(f"{_nothing(found)} The weight went to the other factors.")
    return Draft(
        name=NAME,
        value=math.fsum(finding.points for finding in counting),
        because=f"{_credited(counting)}; severity times confidence, to review.{_beside(found, counting)}",
        evidence=_places(counting),
    )


def _within(holding: Holding, findings: Sequence[ImportedFinding]) -> list[ImportedFinding]:
    """The findings in the component's C and C++ files of role source; all are sorted by path."""
    found = []
    for file in holding.unsafe_sources:
        place = bisect_left(findings, file.path, key=lambda finding: finding.path)
        while place < len(findings) and findings[place].path == file.path:
            found.append(findings[place])
            place += 1
    return found


def _absent(because: str) -> Draft:
    return Draft(name=NAME, value=0.0, because=because, is_absent=True)


def _nothing(found: Sequence[ImportedFinding]) -> str:
    if not found:
        return "No tool whose results were given names this component; that they are silent proves nothing."
    return f"No imported finding counts here.{_beside(found, [])}"


def _credited(counting: Sequence[ImportedFinding]) -> str:
    """Say how many places there are and who found them: `4 places that safe Rust would guard, found by CodeQL (3) and Cppcheck (2)`."""
    tools = Counter(tool for finding in counting for tool in (finding.tool, *finding.also))
    ordered = sorted(tools.items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{name} ({number:,})" for name, number in ordered[:TOOLS_SHOWN]]
    if len(ordered) > TOOLS_SHOWN:
        shown.append(count(len(ordered) - TOOLS_SHOWN, "other tool"))
    return f"{count(len(counting), 'place')} that safe Rust would guard, found by {name_list(shown)}"


def _beside(found: Sequence[ImportedFinding], counting: Sequence[ImportedFinding]) -> str:
    """Say what became of the others."""
    own = sum(1 for finding in found if finding.own and finding.points <= 0)
    twice = sum(1 for finding in found if finding.is_duplicate)
    rest = len(found) - len(counting) - own - twice
    said = []
    if own:
        said.append(f"{count(own, 'finding')} that rustplan has as well (counted there)")
    if twice:
        said.append(f"{count(twice, 'finding')} that another tool has as well (counted once)")
    if rest:
        said.append(f"{count(rest, 'finding')} without a weakness that Rust prevents")
    return f" Not counted: {'; '.join(said)}." if said else ""


def _places(counting: Sequence[ImportedFinding]) -> tuple[FactorEvidence, ...]:
    ordered = sorted(counting, key=lambda one: (-one.points, one.path, one.line, one.tool, one.rule))
    return tuple(
        FactorEvidence(
            path=finding.path, line=max(1, finding.line), what=f"{finding.rule} ({', '.join(finding.tools)})"
        )
        for finding in ordered[:PLACES_SHOWN]
    )
