"""Pauses are counted in bounded memory: exact totals, nearest-rank quantiles, one fixed axis, nothing counted twice over logs."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gc_logs import unified
from rustplan.evidence.pauses import (
    EXACT_VALUES,
    FINE_ERROR,
    MAX_GROUPS,
    MERGED_ERROR,
    OTHER_CAUSES,
    Tally,
    axis,
    by_kind,
    counted_once,
)
from rustplan.model.pauses import PauseGroup, PauseKind


def tally(values: list[float], budget_ms: float = 5.0) -> PauseGroup:
    counted = Tally(budget_ms)
    for line, value in enumerate(values, 1):
        counted.add(PauseKind.YOUNG, "x", value, line)
    (group,) = counted.groups()
    return group


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=200), st.floats(0.001, 1000))
def test_small_groups_are_exact(values: list[float], budget_ms: float) -> None:
    group = tally(values, budget_ms)
    ordered = sorted(values)
    assert group.count == len(values) == sum(entry.count for entry in group.bins)
    assert group.total_ms == pytest.approx(math.fsum(values), rel=1e-9, abs=1e-3)
    assert group.median_ms == ordered[math.ceil(len(values) / 2) - 1]
    assert group.p99_ms == ordered[math.ceil(len(values) * 99 / 100) - 1]
    assert group.worst_ms == max(values)
    assert values[group.worst_line - 1] == group.worst_ms
    assert group.over == sum(value > budget_ms for value in values)
    for entry in group.bins:
        inside = sum(entry.from_ms <= value < entry.to_ms for value in values)
        assert entry.count == inside + (entry.to_ms == 1e9) * sum(value == 1e9 for value in values)


def test_large_groups_stay_within_the_stated_error() -> None:
    draw = random.Random(1)
    values = [draw.lognormvariate(0, 2) for _ in range(EXACT_VALUES + 5000)]
    group, ordered = tally(values), sorted(values)
    assert group.quantile_error == FINE_ERROR
    for found, percent in ((group.median_ms, 50), (group.p99_ms, 99)):
        exact = ordered[math.ceil(len(values) * percent / 100) - 1]
        assert exact <= found <= exact * (1 + FINE_ERROR)
    assert group.over == sum(value > 5 for value in values)
    assert group.total_ms == pytest.approx(math.fsum(values), rel=1e-6)


def test_many_zeros_have_a_median_of_zero() -> None:
    assert tally([0.0] * (EXACT_VALUES + 10)).median_ms == 0.0


def test_the_axis_is_fixed_and_usual_budgets_are_ends_of_bins() -> None:
    assert axis()[0] == 0.0
    assert axis()[-1] == 1e9
    assert list(axis()) == sorted(set(axis()))
    assert {1.0, 5.0, 10.0, 50.0, 200.0} <= set(axis())
    assert max(end / start - 1 for start, end in zip(axis()[1:], axis()[2:], strict=False)) <= MERGED_ERROR + 1e-9


def test_the_number_of_groups_and_the_length_of_causes_are_bounded() -> None:
    counted = Tally(5.0)
    for number in range(1000):
        counted.add(PauseKind.YOUNG, f"cause {number} " + "x" * 1000, 1.0, number + 1)
    groups = counted.groups()
    assert len(groups) == MAX_GROUPS + 1
    assert sum(group.count for group in groups) == 1000
    assert groups[0].cause == OTHER_CAUSES
    assert max(len(group.cause) for group in groups) <= 80


def gc(ms: float, name: str = "gc.log") -> object:
    return unified(f"[1.0s][gc] GC(0) Pause Young (Normal) (G1 Evacuation Pause) 4M->1M(9M) {ms:.3f}ms\n", name=name)


def stops(ms: float) -> object:
    nanoseconds = round(ms * 1e6)
    return unified(
        f'[1.0s][safepoint] Safepoint "G1CollectForAllocation", Time since last: 1 ns, Reaching safepoint: 1000 ns, '
        f"At safepoint: {nanoseconds} ns, Total: {nanoseconds + 1000} ns\n"
        f'[2.0s][safepoint] Safepoint "ThreadDump", Time since last: 1 ns, Reaching safepoint: 0 ns, At safepoint: 9 ns, Total: 9 ns\n',
        name="safepoint.log",
    )


def test_collections_in_two_kinds_of_logs_are_counted_on_one_side() -> None:
    pairs = counted_once([stops(7.0), gc(6.9)])
    assert [(log.name, group.kind.value, group.count) for log, group in pairs] == [
        ("gc.log", "young", 1),
        ("safepoint.log", "safepoint", 1),
        ("safepoint.log", "time-to-safepoint", 2),
    ]


def test_the_side_with_more_over_the_budget_is_never_hidden() -> None:
    pairs = counted_once([stops(70.0), gc(1.0)])
    assert [log.name for log, group in pairs if group.kind is PauseKind.YOUNG] == ["safepoint.log"]


def test_logs_of_one_kind_are_added_up() -> None:
    (group,) = by_kind([gc(1.0, "b.log"), gc(9.0, "a.log"), gc(2.0, "c.log")])
    assert (group.count, group.total_ms, group.over, group.worst_ms, group.log) == (3, 12.0, 1, 9.0, "a.log")
    assert 2.0 <= group.median_ms <= 2.0 * (1 + MERGED_ERROR)
    assert sum(entry.count for entry in group.bins) == 3
