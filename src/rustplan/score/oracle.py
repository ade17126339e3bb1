"""What could compare old and new code: grade A to E from the tests and fuzz harnesses that reach a component."""

from __future__ import annotations

from rustplan.catalog import FeasibilityAnchors
from rustplan.model.score import FactorEvidence, Oracle
from rustplan.score.feasibility import Surroundings
from rustplan.score.holdings import Holding
from rustplan.score.wording import count, heaviest_places, name_list

SHOWN = 4
CHANGING = frozenset(
    ["rand", "random", "srand", "time", "gettimeofday", "clock_gettime", "pthread_create", "arc4random"]
)
"""Calls after which the same input need not give the same output."""


def oracle_of(holding: Holding, around: Surroundings, anchors: FeasibilityAnchors) -> Oracle:
    """Return the grade. A: fuzzed and well tested; B: well tested, or fuzzed and tested; C: some tests or a harness; D: through others; E: nothing."""
    name = holding.component.name
    own = set(around.own_tests.get(name, ())) | set(around.calling_tests.get(name, ()))
    loose = set(around.test_files.get(name, ())) - own
    indirect = around.indirect_tests.get(name, ())
    harnesses = around.harnesses.get(name, ())
    grade = _grade(max(len(own), holding.component.test_files), bool(harnesses), bool(loose or indirect), anchors)
    calls = _changing(holding) if grade == "A" else ()
    said = [
        f"{count(len(own), 'test file')} of its own or calling it" if own else "",
        f"fuzz harnesses in {count(len(harnesses), 'place')}" if harnesses else "",
        f"{count(len(loose), 'test file')} naming what it declares" if loose else "",
        f"{count(len(indirect), 'test file')} reaching it through a caller" if indirect and not own else "",
    ]
    because = (
        f"{name_list([words for words in said if words])}."
        if any(said)
        else "No test and no fuzz harness that reaches it was found."
    )
    if calls:
        grade = "B"
        because += f" One grade less: it calls {name_list(sorted(calls)[:3])}, so the same input need not give the same output."
    tests = tuple(
        FactorEvidence(path=path, line=1, what="test") for path in sorted(own or loose or set(indirect))[:SHOWN]
    )
    return Oracle(
        grade=grade,
        because=f"{because} What they assert was not read.",
        evidence=(*heaviest_places(harnesses)[:2], *tests),
    )


def _grade(tests: int, is_fuzzed: bool, is_reached: bool, anchors: FeasibilityAnchors) -> str:
    if tests >= anchors.enough_test_files:
        return "A" if is_fuzzed else "B"
    if tests:
        return "B" if is_fuzzed else "C"
    if is_fuzzed:
        return "C"
    return "D" if is_reached else "E"


def _changing(holding: Holding) -> set[str]:
    return {call.callee for file in holding.sources for call in file.facts.calls if call.callee in CHANGING}
