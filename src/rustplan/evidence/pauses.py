"""Pauses as they are counted, in bounded memory: groups, quantiles, bins, and several logs put together."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable

import msgspec

from rustplan.evidence.log_lines import printable
from rustplan.model.pauses import Bin, PauseGroup, PauseKind, PauseLog

EXACT_VALUES = 20_000
"""Up to so many pauses of a group quantiles are exact; beyond, values are kept in bins of at most FINE_ERROR."""
FINE_ERROR = 1 / 128
MERGED_ERROR = 0.28
"""The widest bin of the axis, as a share of its lower end."""
MAX_GROUPS = 64
OTHER_CAUSES = "other causes"
COLLECTION_KINDS = frozenset(
    {PauseKind.YOUNG, PauseKind.MIXED, PauseKind.FULL, PauseKind.DEGENERATED, PauseKind.CONCURRENT_PHASE}
)

_STEPS = (1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0, 5.0, 6.3, 8.0)
_AXIS = (0.0, *(float(f"{step}e{decade}") for decade in range(-3, 9) for step in _STEPS), 1e9)
_MAX_CAUSE = 80


def axis() -> tuple[float, ...]:
    """Ends of the bins in milliseconds: 0, then ten a decade from 0.001 to 10^9. A usual budget such as 5 is one of them."""
    return _AXIS


class Tally:
    """Counts pauses by kind and cause. Memory is bounded by MAX_GROUPS groups of EXACT_VALUES numbers."""

    def __init__(self, budget_ms: float) -> None:
        self._budget = budget_ms
        self._groups: dict[tuple[PauseKind, str], _Group] = {}
        self.count = 0

    def add(self, kind: PauseKind, cause: str, ms: float, line: int) -> None:
        """Count a pause of `ms` milliseconds that stands on line `line`."""
        key = (kind, printable(cause[:_MAX_CAUSE]))
        group = self._groups.get(key)
        if group is None:
            if len(self._groups) >= MAX_GROUPS:
                key = (kind, OTHER_CAUSES)
            group = self._groups.setdefault(key, _Group())
        group.add(ms, line, self._budget)
        self.count += 1

    def groups(self) -> tuple[PauseGroup, ...]:
        """All groups, most time first."""
        made = (group.freeze(kind, cause) for (kind, cause), group in self._groups.items())
        return tuple(sorted(made, key=lambda group: (-group.total_ms, group.kind.value, group.cause)))


class _Group:
    """One growing group."""

    def __init__(self) -> None:
        self.count = 0
        self.nanoseconds = 0
        self.over = 0
        self.worst = 0.0
        self.worst_line = 0
        self.bins: Counter[int] = Counter()
        self.exact = array("d")
        self.fine: Counter[int] = Counter()

    def add(self, ms: float, line: int, budget_ms: float) -> None:
        """Count one value; past EXACT_VALUES the exact ones become fine bins."""
        self.count += 1
        self.nanoseconds += round(ms * 1e6)
        self.over += ms > budget_ms
        if ms > self.worst or self.worst_line == 0:
            self.worst, self.worst_line = ms, line
        self.bins[_bin_of(ms)] += 1
        if self.fine:
            self.fine[_fine_of(ms)] += 1
            return
        self.exact.append(ms)
        if len(self.exact) > EXACT_VALUES:
            self.fine.update(map(_fine_of, self.exact))
            self.exact = array("d")

    def freeze(self, kind: PauseKind, cause: str) -> PauseGroup:
        """The group as a value."""
        return PauseGroup(
            kind=kind,
            cause=cause,
            count=self.count,
            total_ms=self.nanoseconds / 1e6,
            median_ms=self._quantile(50),
            p99_ms=self._quantile(99),
            worst_ms=self.worst,
            over=self.over,
            worst_line=self.worst_line,
            bins=tuple(Bin(_AXIS[index], _AXIS[index + 1], self.bins[index]) for index in sorted(self.bins)),
            quantile_error=FINE_ERROR if self.fine else 0.0,
        )

    def _quantile(self, percent: int) -> float:
        """The nearest-rank quantile; from fine bins their upper end, never more than the worst."""
        rank = -(-self.count * percent // 100)
        if not self.fine:
            return sorted(self.exact)[rank - 1]
        ends = ((_fine_end(index), self.fine[index]) for index in sorted(self.fine))
        return min(self.worst, _at_rank(ends, rank))


def _bin_of(ms: float) -> int:
    """Place on the axis."""
    return min(bisect_right(_AXIS, ms), len(_AXIS) - 1) - 1


def _fine_of(ms: float) -> int:
    """Number of the fine bin: 128 linear steps in each doubling, so that its width is at most 1/128 of the value."""
    mantissa, exponent = math.frexp(ms)
    return 0 if ms == 0 else (exponent + 64) * 128 + int((mantissa - 0.5) * 256)


def _fine_end(index: int) -> float:
    """Upper end of a fine bin, in milliseconds."""
    exponent, step = divmod(index, 128)
    return 0.0 if index == 0 else math.ldexp(0.5 + (step + 1) / 256, exponent - 64)


def _at_rank(ends: Iterable[tuple[float, int]], rank: int) -> float:
    """The end of the bin in which the `rank`-th smallest value lies."""
    last = 0.0
    for end, count in ends:
        last = end
        rank -= count
        if rank <= 0:
            break
    return last


def counted_once(logs: Iterable[PauseLog]) -> tuple[tuple[PauseLog, PauseGroup], ...]:
    """All groups with their logs; what stands both in garbage collection logs and in safepoint logs is taken from one side.

    The stops of collections come from the side that has more of them over the budget, the garbage collection logs when equal.
    """
    pairs = [(log, group) for log in sorted(logs, key=_log_order) for group in log.groups]
    stops = {
        side: sum(group.over for log, group in pairs if _is_collection(log, group, side)) for side in (False, True)
    }
    has_collector_log = any(_is_collection(log, group, False) for log, group in pairs)
    dropped = stops[True] <= stops[False] if has_collector_log else None
    return tuple((log, group) for log, group in pairs if dropped is None or not _is_collection(log, group, dropped))


def _is_collection(log: PauseLog, group: PauseGroup, safepoint_side: bool) -> bool:
    """Whether the group counts stops of collections on that side."""
    return group.kind in COLLECTION_KINDS and (log.format == "safepoint") is safepoint_side


def _log_order(log: PauseLog) -> tuple[str, str]:
    """Logs by name; equal names by content."""
    return (log.name, log.sha256)


def by_kind(logs: Iterable[PauseLog]) -> tuple[PauseGroup, ...]:
    """The groups of all logs put together by kind, most time first; quantiles are upper ends of bins, at most MERGED_ERROR too high."""
    found: dict[PauseKind, list[tuple[PauseLog, PauseGroup]]] = {}
    for log, group in counted_once(logs):
        found.setdefault(group.kind, []).append((log, group))
    made = (_merge(kind, pairs) for kind, pairs in found.items())
    return tuple(sorted(made, key=lambda group: (-group.total_ms, group.kind.value)))


def _merge(kind: PauseKind, pairs: list[tuple[PauseLog, PauseGroup]]) -> PauseGroup:
    """One group of all."""
    if len(pairs) == 1:
        log, only = pairs[0]
        return msgspec.structs.replace(only, cause="", log=log.name)
    bins: Counter[tuple[float, float]] = Counter()
    for _, group in pairs:
        for entry in group.bins:
            bins[entry.from_ms, entry.to_ms] += entry.count
    count = sum(group.count for _, group in pairs)
    log, worst = max(pairs, key=lambda pair: pair[1].worst_ms)
    ends = [(end, bins[start, end]) for start, end in sorted(bins)]
    return PauseGroup(
        kind=kind,
        cause="",
        count=count,
        total_ms=round(math.fsum(group.total_ms for _, group in pairs), 6),
        median_ms=min(worst.worst_ms, _at_rank(ends, -(-count // 2))),
        p99_ms=min(worst.worst_ms, _at_rank(ends, -(-count * 99 // 100))),
        worst_ms=worst.worst_ms,
        over=sum(group.over for _, group in pairs),
        worst_line=worst.worst_line,
        bins=tuple(Bin(start, end, bins[start, end]) for start, end in sorted(bins)),
        log=log.name,
        quantile_error=MERGED_ERROR,
    )
