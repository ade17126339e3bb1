"""Safepoint logs of JDK 9 to 25: the time to safepoint stands apart from the operation, together they are the log's total."""

from __future__ import annotations

import pytest

from gc_logs import table, unified
from rustplan.evidence.safepoint import kind_of, read_report, read_stopped
from rustplan.model.pauses import PauseKind


@pytest.mark.parametrize(
    ("fields", "reaching", "at"),
    [
        ("Reaching safepoint: 1000000 ns, Cleanup: 500000 ns, At safepoint: 2000000 ns, Total: 3500000 ns", 1.0, 2.5),
        (
            "Reaching safepoint: 250 ns, At safepoint: 500 ns, Leaving safepoint: 250 ns, Total: 1000 ns",
            0.00025,
            0.00075,
        ),
    ],
)
def test_a_report_is_split_so_that_it_adds_up(fields: str, reaching: float, at: float) -> None:
    stop = read_report(f'Safepoint "ICBufferFull", Time since last: 9 ns, {fields}')
    assert stop is not None
    assert (stop.operation, stop.reaching_ms, stop.at_ms) == ("ICBufferFull", reaching, at)


@pytest.mark.parametrize(
    "message",
    [
        'Safepoint "X", Total: 5 ns',
        'Safepoint "X", Reaching safepoint: 9 ns, Total: 5 ns',
        'Safepoint "X", Reaching safepoint: 1 ns, Total: 999999999999999999 ns',
        'Safepoint "X", Reaching safepoint: 1 ns, Total: ' + "9" * 400 + " ns",
        'Safepoint "' + "X" * 100 + '", Reaching safepoint: 1 ns, Total: 5 ns',
    ],
)
def test_an_impossible_report_is_none(message: str) -> None:
    assert read_report(message) is None


def test_the_older_form_names_the_operation_on_a_line_before() -> None:
    log = unified(
        "[0.208s][info][safepoint] Entering safepoint region: G1CollectForAllocation\n"
        "[0.208s][info][safepoint] Leaving safepoint region\n"
        "[0.208s][info][safepoint] Total time for which application threads were stopped: 0.0060000 seconds, Stopping threads took: 0.0010000 seconds\n"
        "[0.300s][info][safepoint] Total time for which application threads were stopped: 0.0020000 seconds, Stopping threads took: 0.0000000 seconds\n"
        "[0.400s][info][safepoint] Application time: 0.1 seconds\n"
    )
    assert log.format == "safepoint"
    assert table(log) == {
        ("young", "G1CollectForAllocation"): (1, 5.0),
        ("other", "operation not named"): (1, 2.0),
        ("time-to-safepoint", "before any operation"): (2, 1.0),
    }


def test_stopped_time_may_have_commas_and_no_second_figure() -> None:
    stop = read_stopped("Total time for which application threads were stopped: 0,0123 seconds")
    assert stop is not None
    assert (stop.at_ms, stop.reaching_ms) == (12.3, 0.0)


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("G1CollectForAllocation", PauseKind.YOUNG),
        ("ParallelGCFailedAllocation", PauseKind.YOUNG),
        ("SerialCollectForAllocation", PauseKind.YOUNG),
        ("G1CollectFull", PauseKind.FULL),
        ("ParallelGCSystemGC", PauseKind.FULL),
        ("ShenandoahDegeneratedGC", PauseKind.DEGENERATED),
        ("ZMarkStartYoungAndOld", PauseKind.CONCURRENT_PHASE),
        ("ShenandoahFinalMarkStartEvac", PauseKind.CONCURRENT_PHASE),
        ("CollectForMetadataAllocation", PauseKind.OTHER),
        ("RevokeBias", PauseKind.SAFEPOINT),
        ("Zebra", PauseKind.SAFEPOINT),
    ],
)
def test_operations_are_told_apart_by_name(operation: str, kind: PauseKind) -> None:
    assert kind_of(operation) is kind
