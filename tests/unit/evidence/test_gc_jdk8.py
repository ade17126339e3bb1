"""Logs of JDK 8: one bracketed record may run over lines; lines of stopped time are counted instead of the records they follow."""

from __future__ import annotations

import pytest

from gc_logs import jdk8, table
from rustplan.evidence import gc_jdk8, gc_unified

STOPPED = "2026-01-02T03:04:05.700+0000: 1.1: Total time for which application threads were stopped: {} seconds, Stopping threads took: {} seconds\n"
PARALLEL = "2026-01-02T03:04:05.678+0000: 1.000: [GC (Allocation Failure) [PSYoungGen: 24576K->4080K(28672K)] 24576K->4872K(94208K), 0.0100000 secs] [Times: user=0.00 sys=0.00, real=0.01 secs] \n"


def test_head_and_parallel() -> None:
    log = jdk8(
        "OpenJDK 64-Bit Server VM (25.1-b01) for linux-amd64 JRE (1.8.0_402-b06), built on x\n"
        "CommandLine flags: -XX:InitialHeapSize=1 -XX:MaxHeapSize=104857600 -XX:+UseParallelGC \n"
        + PARALLEL
        + "2.0: [Full GC (Ergonomics) [PSYoungGen: 1K->0K(2K)] [ParOldGen: 6K->5K(7K)] 8192K->4096K(9K), [Metaspace: 2K->2K(1K)], 0.0200000 secs] [Times: real=0.02 secs]\n"
    )
    assert (log.collector, log.jdk, log.heap_max_mb, log.seconds) == ("Parallel", "1.8.0_402-b06", 100.0, 1.0)
    assert table(log) == {("young", "Allocation Failure"): (1, 10.0), ("full", "Ergonomics"): (1, 20.0)}
    assert log.allocation_mb_s == pytest.approx((8192 - 4872) / 1024 / 0.99, abs=0.1)
    assert "PrintGCApplicationStoppedTime" in log.notes[0]


def test_stopped_time_replaces_the_record_and_keeps_its_cause() -> None:
    log = jdk8(PARALLEL + STOPPED.format("0.0120000", "0.0010000") + STOPPED.format("0.0030000", "0.0025000"))
    assert table(log) == {
        ("young", "Allocation Failure"): (1, 11.0),
        ("safepoint", "no collection; the log does not name the operation"): (1, 0.5),
        ("time-to-safepoint", "before any operation"): (2, 3.5),
    }
    assert log.groups[0].worst_line == 1


def test_a_stop_shorter_than_the_record_belongs_to_something_else() -> None:
    log = jdk8(PARALLEL + STOPPED.format("0.0001000", "0.0000500"))
    assert table(log)["young", "Allocation Failure"] == (1, 10.0)
    assert table(log)["safepoint", "no collection; the log does not name the operation"] == (1, 0.05)


def test_a_young_and_a_full_collection_in_one_stop_are_one_stop() -> None:
    full = PARALLEL.replace("[GC (Allocation", "[Full GC (Ergonomics, Allocation").replace("0.0100000", "0.0300000")
    log = jdk8(PARALLEL + full + STOPPED.format("0.0410000", "0.0000000"))
    assert table(log) == {
        ("full", "Ergonomics, Allocation Failure"): (1, 41.0),
        ("time-to-safepoint", "before any operation"): (1, 0.0),
    }


def test_collections_after_the_last_stop_still_count() -> None:
    log = jdk8(PARALLEL + STOPPED.format("0.0110000", "0.0000000") + PARALLEL)
    assert table(log)["young", "Allocation Failure"] == (2, 21.0)


def test_cms_phases_and_failures() -> None:
    log = jdk8(
        "0.567: [GC (CMS Initial Mark) [1 CMS-initial-mark: 36273K(65536K)] 41636K(95040K), 0.0010000 secs] [Times: real=0.00 secs] \n"
        "0.571: [CMS-concurrent-mark-start]\n"
        "0.586: [CMS-concurrent-mark: 0.016/0.016 secs] [Times: user=0.02 sys=0.00, real=0.02 secs] \n"
        "0.640: [GC (CMS Final Remark) [YG occupancy: 14885 K (29504 K)]0.634: [Rescan (parallel) , 0.0042249 secs][1 CMS-remark: 43998K(65536K)] 58884K(95040K), 0.0050000 secs] [Times: real=0.00 secs] \n"
        "0.700: [GC (Allocation Failure) 0.700: [ParNew (promotion failed): 29504K->29503K(29504K), 0.0139 secs]0.714: [CMS0.720: [CMS-concurrent-mark: 0.011/0.05 secs] [Times: user=0.1 sys=0.0, real=0.0 secs] \n"
        " (concurrent mode failure): 65534K->16819K(65536K), 0.0500 secs] 92415K->16819K(95040K), [Metaspace: 4254K->4254K(1056768K)], 0.0700000 secs] [Times: real=0.07 secs] \n"
    )
    assert table(log) == {
        ("concurrent-phase", "CMS Initial Mark"): (1, 1.0),
        ("concurrent-phase", "CMS Final Remark"): (1, 5.0),
        ("full", "Allocation Failure, concurrent mode failure, promotion failed"): (1, 70.0),
    }
    assert (log.unread_lines, log.likely_collector) == (0, "CMS")


def test_g1_writes_records_over_many_lines() -> None:
    log = jdk8(
        "1.000: [GC pause (G1 Evacuation Pause) (young) (to-space exhausted), 0.0100000 secs]\n"
        "   [Parallel Time: 4.0 ms, GC Workers: 2]\n"
        "      [GC Worker Start (ms): Min: 168.5, Avg: 169.0, Max: 169.4, Diff: 0.9]\n"
        "   [Eden: 7168.0K(7168.0K)->0.0B(8192.0K) Survivors: 0.0B->1024.0K Heap: 7768.0K(98304.0K)->2048.0K(98304.0K)]\n"
        " [Times: user=0.01 sys=0.00, real=0.01 secs] \n"
        "2.010: [GC pause (G1 Humongous Allocation) (mixed)\n"
        "Desired survivor size 1048576 bytes, new threshold 15 (max 15)\n"
        " 2.010: [G1Ergonomics (CSet Construction) start choosing CSet]\n"
        ", 0.0200000 secs]\n"
        "   [Eden: 1.0M(1.0M)->0.0B(1.0M) Survivors: 0.0B->0.0B Heap: 12.0M(96.0M)->2.0M(96.0M)]\n"
        "2.500: [GC concurrent-root-region-scan-start]\n"
        "3.000: [GC remark 3.000: [Finalize Marking, 0.0001 secs] 3.001: [GC ref-proc, 0.0000 secs], 0.0030000 secs]\n"
        "3.100: [GC cleanup 50M->40M(96M), 0.0040000 secs]\n"
    )
    assert table(log) == {
        ("young", "G1 Evacuation Pause, to-space exhausted"): (1, 10.0),
        ("mixed", "G1 Humongous Allocation"): (1, 20.0),
        ("concurrent-phase", "Remark"): (1, 3.0),
        ("concurrent-phase", "Cleanup"): (1, 4.0),
    }
    assert log.likely_collector == "G1"
    assert log.unread_lines == 0
    assert log.allocation_mb_s is not None


def test_plain_lines_without_details_dates_or_uptime() -> None:
    log = jdk8(
        "[GC (Allocation Failure)  24576K->4872K(94208K), 0,0114652 secs]\n"
        "[Full GC (System.gc())  4872K->800K(94208K), 0,0300000 secs]\n"
        "[GC-- [PSYoungGen: 1K->1K(2K)] 3K->3K(4K), 0.0010000 secs]\n"
    )
    assert table(log) == {
        ("young", "Allocation Failure"): (1, 11.4652),
        ("full", "System.gc()"): (1, 30.0),
        ("young", "promotion failed"): (1, 1.0),
    }
    assert log.seconds is None


def test_records_that_never_end_or_have_no_length_are_unread() -> None:
    log = jdk8("1.0: [GC (x) [[[[\n" + "[\n" * 500 + PARALLEL + "1.5: [GC (y) no length]\n2.0: [GC (cut")
    assert table(log) == {("young", "Allocation Failure"): (1, 10.0)}
    assert log.unread_lines == 2
    assert "the log is cut in its last line" in log.notes


@pytest.mark.parametrize(
    "head",
    [
        b"junk\nCommandLine flags: -XX:+UseG1GC\n",
        PARALLEL.encode(),
        b"0.5: [GC pause (G1 Evacuation Pause) (young), 0.1 secs]\n",
        b"[Full GC (System.gc()) 1K->1K(2K), 0.1 secs]\n",
        b"1.0: Total time for which application threads were stopped: 0.1 seconds\n",
    ],
)
def test_logs_of_jdk_8_are_recognised_by_their_reader_only(head: bytes) -> None:
    assert gc_jdk8.recognises(head)
    assert not gc_unified.recognises(head)


@pytest.mark.parametrize(
    "head", [b"", b"\0[GC (x)", b"[0.1s][info][gc] Using G1\n", b"a;b;c 12\n", b'{"events": [GC (x)]}']
)
def test_other_files_are_left_alone(head: bytes) -> None:
    assert not gc_jdk8.recognises(head)
