"""Copies that a call between Java and Rust makes, and when to pack what crosses into one buffer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rustplan.catalog.crossings import CrossingCosts
from rustplan.model.boundary import CrossingKind
from rustplan.model.roadmap import Crossing
from rustplan.plan.wording import count

MANY_USES = 8
"""Places that call a symbol; from here on a call for each item is worth turning into one for a batch."""
MOST_SHOWN = 4

_COPIED = (CrossingKind.BUFFER, CrossingKind.JAVA_STRING, CrossingKind.JAVA_OBJECT)


def packed_buffer_advice(crossings: Iterable[Crossing], costs: CrossingCosts, mechanism: str) -> tuple[str, ...]:
    """Return advice on the crossings that copy, worst first; empty where Java is not on the other side."""
    copying = sorted(
        (crossing for crossing in crossings if crossing.abi == "java" and copies_of(crossing)),
        key=lambda crossing: (-copies_of(crossing), -crossing.uses, crossing),
    )
    if not copying:
        return ()
    return (
        _in_all(copying, costs, mechanism),
        *(_for_one(crossing, costs, mechanism) for crossing in copying[:MOST_SHOWN]),
    )


def copies_of(crossing: Crossing) -> int:
    """Return how many parameters and results of a call are copied or walked: arrays, texts and objects."""
    return sum(1 for aspect in crossing.aspects if aspect.kind in _COPIED)


def _in_all(copying: Sequence[Crossing], costs: CrossingCosts, mechanism: str) -> str:
    boundary = "ffm" if mechanism == "ffm" else "jni"
    copied, direct = costs.payload_ns(boundary, None, "array-copy"), costs.payload_ns(boundary, None, "direct-buffer")
    return (
        f"{count(len(copying), 'crossing')} with Java {'copies' if len(copying) == 1 else 'copy'} or walk{'s' if len(copying) == 1 else ''} "
        f"{count(sum(copies_of(crossing) for crossing in copying), 'argument or result')}. 64 bytes copied out of an array cost about "
        f"{copied:.0f} ns more than the call, in a direct buffer {direct:.0f} ns (own measurement): one packed buffer for a batch."
    )


def _for_one(crossing: Crossing, costs: CrossingCosts, mechanism: str) -> str:
    parts = []
    kinds = [aspect.kind for aspect in crossing.aspects]
    for kind, noun in (
        (CrossingKind.JAVA_STRING, "text"),
        (CrossingKind.BUFFER, "array or buffer"),
        (CrossingKind.JAVA_OBJECT, "object"),
    ):
        if kinds.count(kind):
            parts.append(count(kinds.count(kind), noun))
    text_ns = costs.payload_ns("ffm" if mechanism == "ffm" else "jni", None, "string")
    say = {
        CrossingKind.JAVA_OBJECT: "pass the fields that are read as numbers, or packed in one buffer",
        CrossingKind.JAVA_STRING: f"pass UTF-8 bytes in a reused buffer (a text costs about {text_ns:.0f} ns)",
        CrossingKind.BUFFER: "a direct buffer or memory segment that is reused avoids the copy",
    }
    worst = next(kind for kind in say if kind in kinds)
    batch = f"; {count(crossing.uses, 'place')} call it: hand over a batch" if crossing.uses >= MANY_USES else ""
    return f"{crossing.symbol} ({crossing.path}:{crossing.line}): {', '.join(parts)} a call; {say[worst]}{batch}."
