"""Whatever a log holds, it is read without an error, in bounded time, to numbers that add up."""

from __future__ import annotations

import io
import math

from hypothesis import given, settings
from hypothesis import strategies as st

from rustplan.evidence import gc_jdk8, gc_unified
from rustplan.evidence.gc_advice import judge
from rustplan.model.pauses import PauseLog

LINES = (
    b"[2026-01-02T03:04:05.678+0000][0.500s][info][gc          ] GC(3) Pause Young (Normal) (G1 Evacuation Pause) 40M->10M(96M) 6.500ms",
    b"[0.7s][info][gc] GC(83) To-space exhausted",
    b"[0.9s][info][gc] GC(9) Pause Full (System.gc()) 58M->48M(96M) 4.000ms",
    b"[0.3s][info][gc,phases] GC(7) y: Pause Mark Start 0.020ms",
    b"[0.3s][info][gc] Allocation Stall (main) 7.500ms",
    b"[0.2s][info][gc,stats] Pacing    19539 us",
    b"[0.2s][info][gc] GC(2) Minor Collection (Allocation Rate) 90M(90%)->7M(7%) 0.1s",
    b'[1s][safepoint] Safepoint "ThreadDump", Time since last: 1 ns, Reaching safepoint: 30 ns, At safepoint: 4 ns, Total: 34 ns',
    b"CommandLine flags: -XX:MaxHeapSize=104857600 -XX:+UseParallelGC",
    b"2026-01-02T03:04:05.678+0000: 1.000: [GC (Allocation Failure) [PSYoungGen: 2K->4K(8K)] 24K->4K(94K), 0.0100000 secs] [Times: real=0.01 secs]",
    b"1.0: [GC pause (G1 Evacuation Pause) (young), 0.0100000 secs]",
    b"   [Eden: 1.0M(1.0M)->0.0B(1.0M) Survivors: 0.0B->0.0B Heap: 12.0M(96.0M)->2.0M(96.0M)]",
    b"1.1: Total time for which application threads were stopped: 0.0120000 seconds, Stopping threads took: 0.0010000 seconds",
)
PIECES = st.sampled_from(
    [
        b"",
        b"9" * 400,
        b"NaN",
        b"-",
        b"\0",
        b"\xff\xfe",
        b"(",
        b")",
        b"[",
        b"]",
        b"\n",
        b"\r",
        b" ",
        b",",
        b".",
        b"1e9",
        b"ms",
        "é€".encode(),
    ]
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A sample line with a few cuts and insertions."""
    line = draw(st.sampled_from(LINES))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(line)))
        end = min(len(line), start + draw(st.integers(0, 8)))
        line = line[:start] + draw(PIECES) + line[end:]
    return line


def check(log: PauseLog) -> None:
    """Numbers are finite, bounded and add up."""
    for group in log.groups:
        assert group.count == sum(entry.count for entry in group.bins) > 0
        assert 0 <= group.median_ms <= group.p99_ms <= group.worst_ms <= 1e9
        assert 0 <= group.over <= group.count
        assert 1 <= group.worst_line <= log.lines
        assert group.cause.isprintable()
        assert math.isfinite(group.total_ms)
    assert 0 <= log.unread_lines <= log.lines
    assert log.seconds is None or log.seconds >= 0
    assert log.allocation_mb_s is None or (math.isfinite(log.allocation_mb_s) and log.allocation_mb_s >= 0)
    assert judge([log], log.budget_ms).advice


@settings(max_examples=150, deadline=None)
@given(st.lists(mutated(), max_size=12), st.floats(0.001, 1000))
def test_mutated_lines(lines: list[bytes], budget_ms: float) -> None:
    data = b"\n".join(lines)
    for reader in (gc_unified, gc_jdk8):
        assert reader.recognises(data) in (True, False)
        check(reader.read(io.BytesIO(data), name="x.log", sha256="", budget_ms=budget_ms))


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes(data: bytes) -> None:
    for reader in (gc_unified, gc_jdk8):
        assert reader.recognises(data) in (True, False)
        check(reader.read(io.BytesIO(data), name="x.log", sha256="", budget_ms=5.0))


def test_lines_made_to_backtrack_are_read_in_bounded_time() -> None:
    hostile = [
        b"[1s][gc] GC(1) Pause A" + b" " * 15000,
        b"[1s][gc] GC(1) Pause A" + b" (a)" * 4000,
        b"[1s][gc] GC(1) Pause A " + b"(()" * 5000,
        b"[" * 16000 + b"Pause ",
        b"[a]" * 5000 + b"Pause ",
        b"[1s][gc] Allocation Stall (" + b") " * 8000,
        b"1.0: [GC (" + b"()" * 8000,
        b"1.0: [GC " + b"(a) " * 4000 + b"]",
        b'[1s][safepoint] Safepoint "X", ' + b"Aa: 1 " * 2500,
        b"Heap: " * 2600,
        b"CommandLine flags: " + b"-XX:MaxHeapSize=" * 900,
        b"JRE (1" + b"." * 15000,
    ]
    data = b"\n".join(line for line in hostile for _ in range(20))
    for reader in (gc_unified, gc_jdk8):
        assert reader.recognises(data) in (True, False)
        check(reader.read(io.BytesIO(data), name="x.log", sha256="", budget_ms=5.0))
