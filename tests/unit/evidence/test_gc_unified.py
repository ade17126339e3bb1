"""Unified logs of JDK 9 and later: every collector, any decorations, nothing counted twice."""

from __future__ import annotations

import io

import pytest

from gc_logs import of_kind, table, unified
from rustplan.evidence import gc_unified
from rustplan.model.pauses import PauseKind

YOUNG = "Pause Young (Normal) (G1 Evacuation Pause) 40M->10M(96M) 6.500ms"


@pytest.mark.parametrize(
    "decorations",
    [
        "[0.500s][info][gc          ] ",
        "[2026-01-02T03:04:05.678+0000][0.500s][info][gc] ",
        "[2026-01-02T03:04:05.678+0100][gc,whatever] ",
        "[500ms][4711] ",
        "[1767322000000ms][500000000ns][web-1][4711][12][info][gc      ] ",
        "[info] ",
        "",
    ],
)
def test_a_pause_is_read_under_any_decorations(decorations: str) -> None:
    log = unified(f"{decorations}GC(3) {YOUNG}\n")
    assert table(log) == {("young", "G1 Evacuation Pause"): (1, 6.5)}
    assert log.groups[0].over == 1
    assert log.groups[0].worst_line == 1
    assert log.unread_lines == 0


def test_lines_of_other_subsystems_and_announcements_are_no_pauses() -> None:
    log = unified(
        f"[0.1s][info][class,load] {YOUNG}\n"
        "[0.1s][info][gc,start] GC(3) Pause Young (Normal) (G1 Evacuation Pause)\n"
        f"[0.2s][info][gc] GC(3) {YOUNG}\n"
    )
    assert (log.groups[0].count, log.unread_lines) == (1, 0)


def test_causes_are_kept() -> None:
    log = unified(
        "[1.0s][info][gc] GC(1) Pause Young (Concurrent Start) (G1 Humongous Allocation) 58M->48M(96M) 2.000ms\n"
        "[2.0s][info][gc] GC(2) Pause Young (Mixed) (G1 Evacuation Pause) 58M->48M(96M) 3.000ms\n"
        "[3.0s][info][gc] GC(3) Pause Full (System.gc()) 58M->48M(96M) 4.000ms\n"
        "[4.0s][info][gc] GC(4) Pause Full (Metadata GC Threshold) 58M->48M(96M) 5.000ms\n"
        "[5.0s][info][gc] GC(5) Pause Remark 57M->36M(96M) 1.000ms\n"
        "[6.0s][info][gc] GC(6) Pause Young (Normal) (GCLocker Initiated GC) 57M->36M(96M) 1.500ms\n"
    )
    assert table(log) == {
        ("young", "G1 Humongous Allocation"): (1, 2.0),
        ("mixed", "G1 Evacuation Pause"): (1, 3.0),
        ("full", "System.gc()"): (1, 4.0),
        ("full", "Metadata GC Threshold"): (1, 5.0),
        ("concurrent-phase", "Remark"): (1, 1.0),
        ("young", "GCLocker Initiated GC"): (1, 1.5),
    }


def test_running_out_of_space_is_a_cause_in_old_and_new_words() -> None:
    log = unified(
        "[0.7s][info][gc] GC(83) To-space exhausted\n"
        "[0.7s][info][gc] GC(82) Pause Young (Normal) (G1 Evacuation Pause) 24M->23M(28M) 1.000ms\n"
        "[0.7s][info][gc] GC(83) Pause Young (Normal) (G1 Evacuation Pause) 25M->24M(28M) 2.000ms\n"
        "[0.8s][info][gc] GC(84) Pause Young (Normal) (G1 Evacuation Pause) (Evacuation Failure: Allocation) 25M->24M(28M) 3.000ms\n"
        "[0.9s][info][gc] GC(85) Pause Young (Normal) (G1 Evacuation Pause) (Evacuation Failure: Pinned) 25M->24M(28M) 4.000ms\n"
    )
    assert table(log) == {
        ("young", "G1 Evacuation Pause"): (1, 1.0),
        ("young", "G1 Evacuation Pause, to-space exhausted"): (2, 5.0),
        ("young", "G1 Evacuation Pause, evacuation failure: pinned objects"): (1, 4.0),
    }


def test_stalls_are_waits_and_phases_of_all_generations_are_counted() -> None:
    log = unified(
        "[0.03s][info][gc     ] Using The Z Garbage Collector\n"
        "[0.36s][info][gc,phases   ] GC(6) Y: Pause Mark Start (Major) 0.010ms\n"
        "[0.37s][info][gc,phases   ] GC(7) y: Pause Mark Start 0.020ms\n"
        "[0.38s][info][gc,phases   ] GC(6) O: Pause Mark End 0.030ms\n"
        "[0.39s][info][gc          ] Allocation Stall (worker (1)) 7.500ms\n"
        "[0.39s][info][gc          ] Relocation Stall (C2 CompilerThread0) 1.500ms\n"
        "[0.40s][info][gc,alloc    ] GC(6) Y: Allocation Stalls:          0                2                0\n"
        "[0.41s][info][gc,stats    ]     Critical: Allocation Stall      1.000 / 2.000   ms\n"
    )
    assert log.collector == "generational ZGC"
    assert table(log) == {
        ("concurrent-phase", "Mark Start, young"): (2, 0.03),
        ("concurrent-phase", "Mark End, old"): (1, 0.03),
        ("stall", "allocation stall"): (1, 7.5),
        ("stall", "stall of a compiler thread"): (1, 1.5),
    }


def test_the_table_at_the_end_of_a_shenandoah_log_is_not_counted_again() -> None:
    log = unified(
        "[0.008s][info][gc] Using Shenandoah\n"
        "[0.212s][info][gc          ] GC(0) Pause Init Mark (unload classes) 0.029ms\n"
        "[0.227s][info][gc,stats    ] Pause Init Mark (N)                 27 us\n"
        "[0.227s][info][gc,stats    ] Pacing                            19539 us\n"
        "[0.230s][info][gc          ] GC(1) Pause Degenerated GC (Outside of Cycle) 37M->30M(40M) 27.000ms\n"
        "[2.125s][info][gc,stats    ] Pause Init Mark (N)            =    0.029 s (a =    29 us) (n =     1)\n"
        "[2.125s][info][gc,stats    ] Pacing                         =    1.676 s (a =    46556 us) (n =    36)\n"
        "[2.125s][info][gc,stats    ]   Pacing delays are measured from entering the pacing code\n"
    )
    assert log.unread_lines == 0
    assert table(log) == {
        ("degenerated", "Outside of Cycle"): (1, 27.0),
        ("concurrent-phase", "Init Mark"): (1, 0.029),
        ("pacing", "sum over threads, by cycle"): (1, 19.539),
    }


def test_the_head_names_collector_version_and_heap() -> None:
    log = unified(
        "[0.01s][info][gc] Using Parallel\n"
        "[0.01s][info][gc,init] Version: 21.0.1+12 (release)\n"
        "[0.01s][info][gc,init] Heap Max Capacity: 2G\n"
        "[1.51s][info][gc,task] GC(0) Using 2 workers of 2 for evacuation\n"
    )
    assert (log.collector, log.jdk, log.heap_max_mb, log.seconds) == ("Parallel", "21.0.1+12", 2048.0, 1.5)
    assert log.notes == ("no pause was found",)


def test_a_log_without_its_head_says_what_its_causes_imply() -> None:
    log = unified(f"[9.0s][info][gc] GC(90) {YOUNG}\n")
    assert (log.collector, log.likely_collector, log.jdk, log.heap_max_mb) == ("", "G1", "", None)


def test_allocation_is_what_is_used_before_less_what_was_left() -> None:
    log = unified(
        "[1.0s][info][gc] GC(0) Pause Young (Allocation Failure) 20M->10M(96M) 1.000ms\n"
        "[2.0s][info][gc] GC(1) Pause Young (Allocation Failure) 60M->20M(96M) 1.000ms\n"
        "[4.0s][info][gc] GC(2) Pause Young (Allocation Failure) 70M->20M(96M) 1.000ms\n"
    )
    assert log.allocation_mb_s == pytest.approx(100 / 3, abs=0.1)


def test_zgc_cycles_that_run_inside_another_do_not_spoil_the_rate() -> None:
    log = unified(
        "[1.0s][info][gc] GC(0) Garbage Collection (Warmup)\n"
        "[1.5s][info][gc] GC(0) Garbage Collection (Warmup) 10M(10%)->5M(5%)\n"
        "[2.5s][info][gc] GC(1) Major Collection (Warmup)\n"
        "[2.6s][info][gc] GC(2) Minor Collection (Allocation Rate)\n"
        "[2.7s][info][gc] GC(2) Minor Collection (Allocation Rate) 90M(90%)->7M(7%) 0.1s\n"
        "[2.8s][info][gc] GC(1) Major Collection (Warmup) 45M(45%)->6M(6%) 0.3s\n"
    )
    assert log.allocation_mb_s == 40.0
    assert log.notes[0].startswith("the pauses of ZGC are not in this log")


def test_safepoints_stand_in_for_pauses_that_are_not_logged() -> None:
    log = unified(
        "[0.1s][info][gc] Using The Z Garbage Collector\n"
        "[1.0s][info][gc] GC(0) Garbage Collection (Warmup) 10M(10%)->5M(5%)\n"
        '[1.0s][info][safepoint] Safepoint "ZMarkStart", Time since last: 1 ns, Reaching safepoint: 500 ns, '
        "At safepoint: 1500 ns, Total: 2000 ns\n"
    )
    assert (log.format, log.notes) == ("gc-unified", ())
    assert table(log)["concurrent-phase", "ZMarkStart"] == (1, 0.0015)


def test_windows_line_ends_and_commas_are_read() -> None:
    log = unified(f"[0,5s][info][gc] GC(1) {YOUNG.replace('6.500', '6,500')}\r\n[1,5s][info][gc] GC(2) {YOUNG}\r\n")
    assert (table(log), log.seconds) == ({("young", "G1 Evacuation Pause"): (2, 13.0)}, 1.0)


def test_a_restart_in_the_same_file_adds_no_negative_time() -> None:
    log = unified(
        f"[100.0s][gc] GC(0) {YOUNG}\n[103.0s][gc] GC(1) {YOUNG}\n[1.0s][gc] GC(0) {YOUNG}\n[2.0s][gc] GC(1) {YOUNG}\n"
    )
    assert log.seconds == 4.0


def test_what_looks_like_a_pause_and_is_none_is_counted_as_unread() -> None:
    log = unified(
        f"[0.1s][info][gc] GC(1) Pause Young (Normal) {'9' * 400}ms\n"
        "[0.1s][info][gc] GC(1) Pause Young (Normal) NaNms\n"
        "[0.1s][info][gc] GC(1) Pause Young (Normal) -1.0ms\n"
        "[0.1s][info][gc] GC(1) Pause Full (x) 999999999999.0s\n"
        "[0.1s][info][gc] Allocation Stall (main) ms\n"
        f"[0.1s][info][gc,stats] Pacing {'1' * 50} us\n"
    )
    assert (log.groups, log.unread_lines) == ((), 6)
    assert "the first is line 1" in log.notes[0]


def test_a_log_that_is_cut_in_a_line_says_so() -> None:
    log = unified(f"[0.1s][info][gc] GC(1) {YOUNG}\n[0.2s][info][gc] GC(2) Pause Young (Normal) (G1 Evac")
    assert (log.groups[0].count, log.unread_lines) == (1, 0)
    assert log.notes == ("the log is cut in its last line",)


def test_safepoints_of_the_same_file_add_the_time_to_safepoint_and_other_stops() -> None:
    log = unified(
        "[1.0s][info][gc] Using G1\n"
        f"[1.0s][info][gc] GC(0) {YOUNG}\n"
        '[1.0s][info][safepoint] Safepoint "G1CollectForAllocation", Time since last: 1 ns, Reaching safepoint: 500000 ns, '
        "At safepoint: 6600000 ns, Leaving safepoint: 100000 ns, Total: 7200000 ns, Threads: 0 runnable, 9 total\n"
        '[1.1s][info][safepoint] Safepoint "ThreadDump", Time since last: 1 ns, Reaching safepoint: 3000000 ns, '
        "Cleanup: 0 ns, At safepoint: 4000000 ns, Total: 7000000 ns\n"
    )
    assert log.format == "gc-unified"
    assert table(log) == {
        ("young", "G1 Evacuation Pause"): (1, 6.5),
        ("safepoint", "ThreadDump"): (1, 4.0),
        ("time-to-safepoint", "before any operation"): (2, 3.5),
    }
    assert (log.over_together, log.worst_together_ms) == (1, 7.0)


def test_a_line_of_fifty_megabytes_is_cut() -> None:
    text = (
        b"[0.1s][info][gc] GC(0) Pause Young "
        + b"(" * 50_000_000
        + b"\n[0.2s][info][gc] GC(1) "
        + YOUNG.encode()
        + b"\n"
    )
    log = gc_unified.read(io.BytesIO(text), name="gc.log", sha256="", budget_ms=5.0)
    assert (log.lines, log.unread_lines) == (2, 1)
    assert of_kind(log, PauseKind.YOUNG).worst_line == 2


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 1000, b"\xff\xfe[\0g\0c\0]\0", b"PK\x03\x04", b"[main] Pause\n", b"GC everywhere"]
)
def test_other_files_are_not_recognised(data: bytes) -> None:
    assert not gc_unified.recognises(data)


@pytest.mark.parametrize(
    "head",
    [
        b"[0.01s][info][gc] Using G1\n",
        b"[0.5s][info][gc,start    ] GC(0) Pause Young (Normal)\n",
        b'[0.5s][info][safepoint   ] Safepoint "X", Time since last: 1 ns\n',
        b"some program output\nGC(4) Pause Remark 1M->1M(2M) 0.5ms\n",
    ],
)
def test_unified_logs_are_recognised(head: bytes) -> None:
    assert gc_unified.recognises(head)
