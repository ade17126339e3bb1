"""Advice on pauses: the first honest thing to try, and never more than the logs show."""

from __future__ import annotations

import msgspec
import pytest

from gc_logs import jdk8, unified
from rustplan.catalog.collectors import load_collectors
from rustplan.evidence.gc_advice import ORDER, advise, judge
from rustplan.model.pauses import PauseAdvice, PauseLog

LONG = "".join(
    f"[{10 * n}.000s][info][gc] GC({n}) Pause Young (Normal) (G1 Evacuation Pause) 40M->10M(96M) 1.000ms\n"
    for n in range(120)
)


def over(message: str, head: str = "") -> PauseLog:
    return unified(f"{head}{LONG}[1300.0s][info][gc] {message}\n")


def only(log: PauseLog, **known: object) -> PauseAdvice:
    (advice,) = advise([log], 5.0, **known)  # type: ignore[arg-type]
    return advice


def test_long_logs_within_the_budget_say_there_is_nothing_to_do() -> None:
    advice = only(unified(LONG))
    assert (advice.verdict, advice.over, advice.worst_ms) == ("within", 0, 1.0)
    assert "All of 120 stops are within 5 ms" in advice.advice
    assert "-Xlog:safepoint" in advice.advice


def test_short_logs_within_the_budget_do_not_say_so() -> None:
    advice = only(unified(LONG[:1000]))
    assert advice.verdict == "unknown"
    assert "too short to tell a worst case" in advice.advice


def test_lines_that_were_not_understood_forbid_a_verdict() -> None:
    advice = only(unified(LONG + f"[1200s][info][gc] GC(9) Pause Young {'9' * 99}ms\n"))
    assert (advice.verdict, "1 of the lines were not understood" in advice.advice) == ("unknown", True)


def test_a_log_without_pauses_is_unknown() -> None:
    assert only(unified("[0.1s][info][gc] Using G1\n")).verdict == "unknown"


@pytest.mark.parametrize(
    ("message", "key", "verdict", "words"),
    [
        (
            "GC(200) Pause Young (Normal) (G1 Evacuation Pause) 4M->1M(9M) 33.000ms",
            "stop-the-world",
            "flag",
            "-XX:+UseZGC",
        ),
        ("GC(200) Pause Full (System.gc()) 4M->1M(9M) 33.000ms", "explicit-gc", "flag", "ExplicitGCInvokesConcurrent"),
        ("GC(200) Pause Full (Heap Dump Initiated GC) 4M->1M(9M) 33.000ms", "tool-gc", "flag", "tool"),
        (
            "GC(200) Pause Young (Concurrent Start) (G1 Humongous Allocation) 4M->1M(9M) 33.000ms",
            "humongous",
            "flag",
            "G1HeapRegionSize",
        ),
        ("GC(200) Pause Full (Metadata GC Threshold) 4M->1M(9M) 33.000ms", "metadata", "flag", "MetaspaceSize"),
        ("GC(200) Pause Young (Normal) (GCLocker Initiated GC) 4M->1M(9M) 33.000ms", "jni-critical", "flag", "JDK 22"),
        ("GC(200) Pause Full (G1 Compaction Pause) 4M->1M(9M) 33.000ms", "heap-full", "flag", "-Xmx"),
    ],
)
def test_each_cause_has_its_first_advice(message: str, key: str, verdict: str, words: str) -> None:
    advice = only(over(message, "[0.0s][info][gc] Using G1\n"))
    assert (advice.key, advice.verdict, advice.over, advice.worst_ms) == (key, verdict, 1, 33.0)
    assert words in advice.advice
    assert advice.places == ("gc.log:122",)
    assert "over 5 ms, worst 33 ms" in advice.because


@pytest.mark.parametrize(
    ("jdk", "words"),
    [
        ("17.0.1", "try -XX:+UseZGC (generational from JDK 21)"),
        ("21.0.1", "try -XX:+UseZGC -XX:+ZGenerational"),
        ("25.0.1", "try -XX:+UseZGC with more heap"),
        ("11.0.1", "a JDK of 15 or later"),
    ],
)
def test_the_flag_fits_the_release(jdk: str, words: str) -> None:
    head = f"[0.0s][info][gc,init] Version: {jdk} (release)\n"
    assert words in only(over("GC(200) Pause Young (Normal) (G1 Evacuation Pause) 4M->1M(9M) 33.000ms", head)).advice


def test_jdk_8_must_be_left_first() -> None:
    log = jdk8(
        "JRE (1.8.0_402-b06)\n1.0: [GC (Allocation Failure) [DefNew: 1K->1K(2K), 0.02 secs] 3K->3K(4K), 0.0200000 secs]\n"
    )
    assert "a JDK of 15 or later with -XX:+UseZGC (the logs are of JDK 8" in only(log).advice


def test_a_budget_that_no_collector_keeps_is_for_code() -> None:
    (advice,) = advise([unified(LONG, budget_ms=0.01)], 0.01)
    assert (advice.verdict, advice.key) == ("code", "stop-the-world")
    zgc = unified(
        "[0.1s][info][gc] Using The Z Garbage Collector\n[0.2s][gc,phases] GC(0) Pause Mark End 0.020ms\n",
        budget_ms=0.01,
    )
    assert [(one.verdict, one.key) for one in advise([zgc], 0.01)] == [("code", "concurrent-phases")]


STALL = "[0.1s][info][gc] Using The Z Garbage Collector\n[0.1s][gc,init] Max Capacity: 400M\n[0.2s][gc,phases] GC(0) Y: Pause Mark End 0.020ms\n[0.3s][info][gc] Allocation Stall (main) 9.000ms\n"


def test_stalls_ask_for_heap_first() -> None:
    advice = only(unified(STALL))
    assert (advice.key, advice.verdict) == ("allocation-stalls", "flag")
    assert "raise -Xmx" in advice.advice.replace("Raise", "raise")
    assert "heap 400 MB" in advice.advice


def test_stalls_with_a_heap_at_its_limit_are_for_code() -> None:
    assert only(unified(STALL), memory_limit_mb=512.0).verdict == "code"
    assert only(unified(STALL), memory_limit_mb=4096.0).verdict == "flag"
    assert only(unified(STALL), gc_flags=("-XX:MaxRAMPercentage=80.0",)).verdict == "code"


def test_generational_zgc_comes_before_code() -> None:
    advice = only(unified(STALL.replace("Y: ", "")), memory_limit_mb=512.0)
    assert (advice.verdict, "Generational ZGC (JDK 21 or later) comes first" in advice.advice) == ("flag", True)


def test_pacing_is_said_to_be_a_sum() -> None:
    advice = only(unified("[0.1s][info][gc] Using Shenandoah\n[0.2s][info][gc,stats] Pacing    19539 us\n"))
    assert "sums over threads" in advice.advice


def safepoint(operation: str, reaching: int, at: int) -> PauseLog:
    return unified(
        f'[1.0s][safepoint] Safepoint "{operation}", Time since last: 1 ns, Reaching safepoint: {reaching} ns, '
        f"At safepoint: {at} ns, Total: {reaching + at} ns\n"
    )


@pytest.mark.parametrize(
    ("log", "key", "verdict", "words"),
    [
        (safepoint("ThreadDump", 9_000_000, 1), "time-to-safepoint", "unknown", "Rust does not change this unless"),
        (safepoint("RevokeBias", 1, 9_000_000), "biased-locking", "flag", "-XX:-UseBiasedLocking"),
        (safepoint("ThreadDump", 1, 9_000_000), "other-safepoints", "unknown", "ThreadDump"),
        (safepoint("G1CollectFull", 1, 9_000_000), "requested-gc", "flag", "asked for"),
        (safepoint("ThreadDump", 4_000_000, 4_000_000), "reaching-and-operation", "unknown", "as the sum"),
    ],
)
def test_stops_that_are_no_collection(log: PauseLog, key: str, verdict: str, words: str) -> None:
    advice = only(log)
    assert (advice.key, advice.verdict) == (key, verdict)
    assert words in advice.advice


def test_flags_come_first_and_the_verdict_is_the_first() -> None:
    log = unified(
        '[1.0s][safepoint] Safepoint "ThreadDump", Time since last: 1 ns, Reaching safepoint: 9000000 ns, At safepoint: 1 ns, Total: 9000001 ns\n'
        "[1.0s][info][gc] GC(0) Pause Full (System.gc()) 4M->1M(9M) 33.000ms\n"
    )
    judged = judge([log], 5.0)
    assert [one.key for one in judged.advice] == ["explicit-gc", "time-to-safepoint"]
    assert judged.verdict == "flag"
    assert "too short" in judged.advice[0].advice
    assert "too short" in judged.notes[0]
    assert [group.kind.value for group in judged.groups] == ["full", "time-to-safepoint", "safepoint"]


def test_a_concurrent_collector_in_the_repository_is_mentioned() -> None:
    advice = only(
        over("GC(200) Pause Young (Normal) (G1 Evacuation Pause) 4M->1M(9M) 33.000ms"), gc_flags=("-XX:+UseZGC",)
    )
    assert "these logs were not written under it" in advice.advice


def test_order_of_logs_does_not_matter_and_values_encode() -> None:
    logs = [unified(STALL, name="b"), unified(LONG, name="a"), safepoint("ThreadDump", 9_000_000, 1)]
    first, second = judge(logs, 5.0), judge(logs[::-1], 5.0)
    assert msgspec.json.encode(first) == msgspec.json.encode(second)
    assert {one.verdict for one in first.advice} <= set(ORDER)


def test_the_facts_are_sourced() -> None:
    facts = load_collectors()
    assert facts.versions.zgc_production.jdk == 15
    assert facts.cited("measured") == (facts.sources[-1].title,)
    assert all(facts.cited(fact.id) for fact in facts.facts)
    assert all(len(source.checked) == 10 for source in facts.sources)
