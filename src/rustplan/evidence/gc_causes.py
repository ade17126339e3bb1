"""What a pause is called: its kind and cause from the words of the log, and the collector that these words imply."""

from __future__ import annotations

import re

from rustplan.model.pauses import PauseKind

SPACE_RAN_OUT = "to-space exhausted"
PROMOTION_FAILED = "promotion failed"
MODE_FAILURE = "concurrent mode failure"
ALLOCATION_STALL = "allocation stall"
RELOCATION_STALL = "relocation stall"
COMPILER_STALL = "stall of a compiler thread"

_DETAILS = frozenset(
    {
        "Normal",
        "Concurrent Start",
        "Prepare Mixed",
        "Mixed",
        "Major",
        "Minor",
        "unload classes",
        "Young",
        "Old",
        "Global",
    }
)
_PARENTHESES = re.compile(r"\(((?:[^()]|\(\))*)\)")
_TIMES = re.compile(r"[\d.,]+s, [\d.,]+s")
_IMPLIES = (
    ("G1", ("G1 ", "G1Pause", "G1Collect", "G1TryInitiate")),
    ("ZGC", ("Relocate Start", "ZMark", "ZRelocate", ALLOCATION_STALL)),
    ("Shenandoah", ("Init Mark", "Final Update Refs", "Init Update Refs", "Shenandoah")),
    ("Parallel", ("ParallelGC", "ParallelCollect")),
    ("Serial", ("SerialGC", "SerialCollect")),
)


def parenthesised(text: str) -> list[str]:
    """The texts in parentheses, `System.gc()` in one piece."""
    return _PARENTHESES.findall(text)


def classify(what: str, parentheses: str, generation: str = "") -> tuple[PauseKind, str]:
    """Kind and cause of a unified log's `Pause <what> (..) (..)`. `generation` is young, old or ""."""
    details = parenthesised(parentheses)
    causes = [text for text in details if text not in _DETAILS and not _TIMES.fullmatch(text)]
    failures = [text for text in causes if text.startswith("Evacuation Failure")]
    cause = next((text for text in causes if text not in failures), "")
    if what in ("Young", "Mixed") or (what == "Initial Mark" and cause):
        is_mixed = what == "Mixed" or "Mixed" in details
        return (PauseKind.MIXED if is_mixed else PauseKind.YOUNG, _with_failure(cause, failures))
    if what == "Full":
        return (PauseKind.FULL, cause)
    if what == "Degenerated GC":
        return (PauseKind.DEGENERATED, cause)
    if what.startswith("Verify"):
        return (PauseKind.OTHER, what)
    return (PauseKind.CONCURRENT_PHASE, f"{what}, {generation}" if generation else what)


def _with_failure(cause: str, failures: list[str]) -> str:
    """A failure for want of space is named like the older logs do; pinned objects are another matter."""
    if not failures:
        return cause
    return suffixed(cause, SPACE_RAN_OUT if "Allocation" in failures[0] else "evacuation failure: pinned objects")


def suffixed(cause: str, suffix: str) -> str:
    """The cause with a circumstance, written once."""
    if suffix in cause:
        return cause
    return f"{cause}, {suffix}" if cause else suffix


def implied_collector(causes: frozenset[str]) -> str:
    """The collector that a log's causes imply; "" when none or several do."""
    found = {name for name, words in _IMPLIES if any(word in cause for cause in causes for word in words)}
    return found.pop() if len(found) == 1 else ""
