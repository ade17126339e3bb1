"""What pause logs say against a budget, and the first thing to try. It never claims more than the logs show.

A verdict is `flag` where a collector or heap setting should do, `code` where none does, `within` where enough was seen and nothing is
over, `unknown` where the logs cannot tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from rustplan.catalog.collectors import Enough, load_collectors
from rustplan.evidence.gc_cases import CASES, Case, Counted, Situation
from rustplan.evidence.pauses import by_kind, counted_once
from rustplan.model.pauses import PauseAdvice, PauseKind, PauseLog, Pauses

ORDER = ("flag", "code", "unknown", "within")
"""Verdicts, the one that is tried first in front."""

_MAX_NAMED = 3
_DOUBLED = "Stops of collections stand in several logs and are counted from one side."
_NO_STOPS = frozenset({PauseKind.STALL, PauseKind.PACING, PauseKind.TIME_TO_SAFEPOINT})


def judge(
    logs: Iterable[PauseLog], budget_ms: float, *, gc_flags: tuple[str, ...] = (), memory_limit_mb: float | None = None
) -> Pauses:
    """Put logs together and advise. `gc_flags` are flags that the repository sets, `memory_limit_mb` the container's limit if known."""
    ordered = tuple(sorted(logs, key=lambda log: (log.name, log.sha256)))
    advice = advise(ordered, budget_ms, gc_flags=gc_flags, memory_limit_mb=memory_limit_mb)
    hedge = _hedge(ordered, load_collectors().enough)
    is_doubled = {log.format == "safepoint" for log in ordered if log.groups} == {True, False}
    return Pauses(
        budget_ms=budget_ms,
        logs=ordered,
        advice=advice,
        verdict=min((entry.verdict for entry in advice), key=ORDER.index),
        groups=by_kind(ordered),
        notes=tuple(filter(None, (hedge, _DOUBLED if is_doubled else ""))),
    )


def advise(
    logs: Sequence[PauseLog], budget_ms: float, *, gc_flags: tuple[str, ...] = (), memory_limit_mb: float | None = None
) -> tuple[PauseAdvice, ...]:
    """The advice on what is over the budget in milliseconds, first things first; one piece that says so when nothing is."""
    facts = load_collectors()
    seen = Situation(budget_ms, gc_flags, memory_limit_mb, facts)
    sorted_pairs: dict[str, list[Counted]] = {}
    for pair in counted_once(logs):
        if pair[1].over:
            sorted_pairs.setdefault(next(case.key for case in CASES if case.takes(*pair)), []).append(pair)
    found = [_piece(case, sorted_pairs[case.key], seen) for case in CASES if case.key in sorted_pairs]
    found += [_together(logs, budget_ms)] if any(log.over_together for log in logs) else []
    if not found:
        return (_nothing_over(logs, budget_ms, facts.enough),)
    first, *rest = sorted(found, key=lambda entry: (ORDER.index(entry.verdict), -entry.over, entry.key))
    hedged = " ".join(filter(None, (first.advice, _hedge(logs, facts.enough))))
    return (msgspec.structs.replace(first, advice=hedged), *rest)


def _piece(case: Case, pairs: list[Counted], seen: Situation) -> PauseAdvice:
    """Advice on the groups of one case, the worst in front."""
    pairs.sort(key=lambda pair: (-pair[1].over, -pair[1].worst_ms, pair[0].name, pair[1].cause))
    words = case.says(pairs, seen)
    return PauseAdvice(
        verdict=words.verdict,
        advice=words.advice,
        because=_because(pairs, seen.budget_ms),
        over=sum(group.over for _, group in pairs),
        worst_ms=max(group.worst_ms for _, group in pairs),
        key=case.key,
        places=tuple(_place(pair) for pair in pairs[:_MAX_NAMED]),
        sources=seen.facts.cited(*words.cites),
    )


def _because(pairs: Sequence[Counted], budget_ms: float) -> str:
    """The groups in words."""
    parts = [
        f"{_place((log, group))}: {group.over} of {group.count} {group.kind.value}{f' ({group.cause})' if group.cause else ''} "
        f"over {budget_ms:g} ms, worst {group.worst_ms:g} ms"
        for log, group in pairs[:_MAX_NAMED]
    ]
    more = len(pairs) - len(parts)
    return "; ".join([*parts, *([f"and {more} more groups"] if more > 0 else [])])


def _place(pair: Counted) -> str:
    """Where the worst of a group stands."""
    log, group = pair
    return f"{log.name}:{group.worst_line}" if group.worst_line else log.name


def _together(logs: Sequence[PauseLog], budget_ms: float) -> PauseAdvice:
    """Stops whose two parts are each within the budget and over it as a sum."""
    over = sum(log.over_together for log in logs)
    names = ", ".join(log.name for log in logs if log.over_together)
    which = "1 stop is" if over == 1 else f"{over} stops are"
    return PauseAdvice(
        verdict="unknown",
        advice=f"{which} over {budget_ms:g} ms only as the sum of the time to safepoint and the operation: shorten either.",
        because=f"time to safepoint and operation together, in {names}",
        over=over,
        worst_ms=max(log.worst_together_ms for log in logs),
        key="reaching-and-operation",
    )


def _nothing_over(logs: Sequence[PauseLog], budget_ms: float, enough: Enough) -> PauseAdvice:
    """Nothing over the budget was seen: that is enough for `within` only when the logs are long and were understood."""
    pairs = counted_once(logs)
    stops, hedge = _stops(logs), _hedge(logs, enough)
    unread = sum(log.unread_lines for log in logs)
    worst = max((pair for pair in pairs), key=lambda pair: pair[1].worst_ms, default=None)
    verdict, advice = (
        "within",
        f"All of {stops} stops are within {budget_ms:g} ms: for pauses there is nothing to do, and no reason to port.",
    )
    if worst is None:
        verdict, advice = "unknown", "The logs hold no pause: ZGC and Shenandoah write them with -Xlog:gc* only."
    elif unread:
        verdict = "unknown"
        advice = (
            f"No pause over {budget_ms:g} ms was read, but {unread} of the lines were not understood and may hold one."
        )
    elif hedge:
        verdict, advice = "unknown", f"No pause over {budget_ms:g} ms was seen. {hedge}"
    elif not any(group.kind is PauseKind.TIME_TO_SAFEPOINT for _, group in pairs):
        advice += " The time to safepoint is not in these logs: -Xlog:safepoint adds it."
    return PauseAdvice(
        verdict=verdict,
        advice=advice,
        because=f"{_place(worst)}: worst {worst[1].worst_ms:g} ms" if worst else "no pause found",
        over=0,
        worst_ms=worst[1].worst_ms if worst else 0.0,
        key="nothing-over",
        places=(_place(worst),) if worst else (),
    )


def _stops(logs: Sequence[PauseLog]) -> int:
    """Stops of the whole program, each once."""
    return sum(group.count for _, group in counted_once(logs) if group.kind not in _NO_STOPS)


def _hedge(logs: Sequence[PauseLog], enough: Enough) -> str:
    """What the logs are too short for; "" when they are long enough."""
    stops = _stops(logs)
    times = [log.seconds for log in logs if log.seconds is not None]
    seconds = sum(times)
    if stops >= enough.least_stops and seconds >= enough.least_seconds:
        return ""
    span = f"{seconds:g} s" if times else "an unknown time"
    share = f", up to {min(100.0, 300 / stops):.1f} % of all stops may be worse than any seen (95 %)" if stops else ""
    return f"With {stops} stop{'' if stops == 1 else 's'} in {span} the logs are too short to tell a worst case{share}: log {enough.least_seconds / 60:g} minutes of peak load."
