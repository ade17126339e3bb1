"""Collapsed stacks, compilation lists, JMH and perf script."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from profile_world import evidence_of, method, only_profile, values, written
from rustplan.errors import InputError
from rustplan.evidence import NO_PAUSES, NO_PROFILE
from rustplan.evidence.profile_collapsed import is_allocation
from rustplan.evidence.profile_compiled import compilation
from rustplan.model.profile import Amount, ProfileKind
from rustplan.model.scan import TreeScan

ALLOCATION = """shop/Main.main;shop/Till.ring;java/lang/StringConcatHelper.newArray;byte[]_[i] 4096
shop/Main.main;shop/Till.ring;java/lang/Long.valueOf;java.lang.Long_[k] 24
shop/Main.main;java/util/ArrayList.grow;java.lang.Object[]_[i] 800
"""


def test_allocations_in_bytes(tmp_path: Path) -> None:
    profile = only_profile(written(tmp_path, "x", ALLOCATION))
    assert (profile.format, profile.kind, profile.unit) == ("collapsed stacks", ProfileKind.ALLOCATION, "bytes")
    assert (profile.events, profile.total, profile.mapped) == (3, 4920, 4120)
    ring = method(profile, "shop.Till.ring")
    assert ring.types == (Amount("byte[]", 4096), Amount("java.lang.Long", 24))
    assert ring.through == (Amount("java.lang.StringConcatHelper.newArray", 4096), Amount("java.lang.Long.valueOf", 24))
    assert profile.unmapped == (Amount("shop.Main.main", 800),)
    assert "taken as bytes" in profile.notes[0]


def test_allocations_in_samples(tmp_path: Path) -> None:
    profile = only_profile(written(tmp_path, "x", ALLOCATION.replace(" 24\n", " 3\n")))
    assert profile.unit == "samples"
    assert "option total" in profile.notes[0]


def test_processor_samples_tell_threads_of_the_virtual_machine(tmp_path: Path) -> None:
    text = """shop/Main.main;shop/Till.ring;java/util/HashMap.put 7
libc.so.6;thread_native_entry;Thread::call_run;WorkerThread::run;void G1Scan::work<narrowOop> 2
libc.so.6;Thread::call_run;CompileBroker::compiler_thread_loop;C2Compiler::compile_method 3
[unknown_Java];arrayof_jint_fill 1
"""
    profile = only_profile(written(tmp_path, "x", text))
    assert (profile.kind, profile.unit, profile.total) == (ProfileKind.CPU, "samples", 13)
    assert values(profile) == {"shop.Till.ring": 7}
    assert profile.unmapped == (
        Amount("(just-in-time compiler threads)", 3),
        Amount("(garbage collector threads)", 2),
        Amount("arrayof_jint_fill", 1),
    )


def test_native_stacks_and_annotated_frames(tmp_path: Path) -> None:
    text = """app;main;shop::Engine::run(int);inflate;window.isra.0 5
app;main;shop::Engine::run(int);memcpy@plt 1.5
java;shop/Till.log_[j];java/lang/String.getBytes_[i];read_[k] 2
no count here
"""
    profile = only_profile(written(tmp_path, "x", text))
    assert values(profile) == {"window": 5, "shop.Till.log": 2, "shop::Engine::run": 1.5}
    assert profile.notes == ("1 lines are no collapsed stacks",)


def test_kernel_frames_do_not_make_an_allocation_profile() -> None:
    assert is_allocation(["a/B.c;byte[]_[i] 8", "a/B.c;x.Y$Z_[k] 16"])
    assert not is_allocation(["a/B.c_[j];x/Y.z_[i] 8", "a/B.c;q/W.e_[i] 3"])
    assert not is_allocation(["a;Main.run_[i] 8", "a;Main.go_[j] 3"])
    assert not is_allocation([])


COMPILED = """starting up
    269  402       4       shop.Till::ring (20 bytes)
    270  403   !   3       shop.Till::log (9 bytes)
    271  402       3       shop.Till::ring (20 bytes)   made not entrant
    272  404 %     4       shop.Till::log @ 12 (9 bytes)
    273  405     n 0       java.lang.System::arraycopy (native)   (static)
    274  406       3       shop.Till$$Lambda$20/0x80000002b::get (8 bytes)
    275  407   COMPILE SKIPPED: out of nodes (retry at different tier)
    276  408             shop.Till$Drawer::take (8 bytes)
orders: 12 in 3 s
"""


def test_compiled_methods_and_their_tier(tmp_path: Path) -> None:
    profile = only_profile(written(tmp_path, "x", COMPILED))
    assert (profile.format, profile.kind, profile.unit) == ("PrintCompilation", ProfileKind.COMPILED, "methods")
    assert values(profile) == {"shop.Till.ring": 4, "shop.Till.log": 4, "shop.Till$Drawer.take": 4}
    assert (profile.events, profile.total, profile.mapped) == (6, 4, 3)
    assert profile.unmapped == (Amount("java.lang.*", 1),)


@pytest.mark.parametrize(
    "line",
    [
        "[0.080s][debug][jit,compilation]  402       4       shop.Till::ring (20 bytes)",
        "2026-11-20T10:00:00.000+0000: nothing::here (20 bytes)",
        "::::::" * 1000,
    ],
)
def test_lines_that_only_look_like_it(line: str) -> None:
    assert compilation(line) in (None, ("shop.Till", "ring", 4))


def test_a_compilation_log_with_collections_gives_both(tmp_path: Path) -> None:
    pause = "[0.1s][info][gc] GC(0) Pause Young (Normal) (G1 Evacuation Pause) 6M->2M(96M) 7.942ms\n"
    evidence = evidence_of(written(tmp_path, "x", COMPILED + pause))
    assert [one.kind for one in evidence.profiles] == [ProfileKind.COMPILED]
    assert evidence.pauses is not None
    assert evidence.pauses.logs[0].groups[0].worst_ms == 7.942
    assert evidence.absent == ()


def benchmark(name: str, score: object, key: str = "gc.alloc.rate.norm") -> dict[str, object]:
    return {"benchmark": name, "secondaryMetrics": {key: {"score": score, "scoreUnit": "B/op"}}}


def test_benchmarks(tmp_path: Path) -> None:
    results = [
        benchmark("shop.Till.ring", 56.0),
        benchmark("shop.Till.ring", 72.0),
        benchmark("shop.Till.Drawer.take", 16.0, "·gc.alloc.rate.norm"),
        benchmark("other.Bench.run", 8.0),
        benchmark("shop.Till.log", "NaN"),
        {"benchmark": "shop.Till.log"},
        {"benchmark": 3},
        benchmark("shop.Till.log", 10**400),
    ]
    profile = only_profile(written(tmp_path, "x", json.dumps(results)))
    assert (profile.format, profile.kind, profile.unit) == ("JMH JSON", ProfileKind.BENCHMARK, "B/op")
    assert values(profile) == {"shop.Till.ring": 72, "shop.Till$Drawer.take": 16}
    assert (profile.events, profile.total, profile.mapped) == (7, 96, 88)
    assert profile.unmapped == (Amount("other.Bench.run", 8),)
    assert len(profile.notes) == 2


@pytest.mark.parametrize(
    "text", ['[{"benchmark": "a.B.c", "x": ', '[{"benchmark": 5}]', '[{"benchmark": "b"' + "[" * 100_000]
)
def test_benchmarks_that_are_none(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match=r"no complete JMH result|holds no benchmark"):
        evidence_of(written(tmp_path, "x", text))


PERF = """server 411/412 [001] 24369.107217:     250000 cpu-clock:u:
\t           1469e window+0x7e (/opt/lib/libflate.so)
\t           146a0 inflate+0x10 (/opt/lib/libflate.so)
\t               0 [unknown] ([unknown])

server 411 24369.607217: cpu-clock:u:
\tffffffff813620e2 handle_softirqs+0x72 ([kernel.kallsyms])
\t    7fdf2429969e shop::Engine::run(int)+0x1f (/opt/bin/server)

   other one 77 24369.9: page-faults:
\t 1 inflate (/x)

server 411/412 24370.107217: cpu-clock:u:      7fdf2429969e memcpy (/usr/lib/libc.so.6)
"""


def test_perf_script(tmp_path: Path) -> None:
    profile = only_profile(written(tmp_path, "x", PERF))
    assert (profile.format, profile.kind, profile.unit) == ("perf script", ProfileKind.CPU, "samples")
    assert (profile.events, profile.total, profile.mapped, profile.seconds) == (3, 3, 2, 1.0)
    assert values(profile) == {"window": 1, "shop::Engine::run": 1}
    assert method(profile, "shop::Engine::run").through == (Amount("handle_softirqs", 1),)
    assert profile.unmapped == (Amount("memcpy", 1),)
    assert "only samples of cpu-clock:u" in profile.notes[0]


def test_what_was_not_given_is_said_to_be_absent(tmp_path: Path) -> None:
    assert evidence_of().absent == (NO_PROFILE, NO_PAUSES)
    assert evidence_of(scan=TreeScan()).absent == (NO_PROFILE,)
    assert evidence_of(written(tmp_path, "x", ALLOCATION)).absent == (NO_PAUSES,)


def test_the_order_of_the_files_and_copies_change_nothing(tmp_path: Path) -> None:
    one, two = written(tmp_path, "b", ALLOCATION), written(tmp_path, "a", COMPILED)
    copy = written(tmp_path, "b", ALLOCATION)
    assert evidence_of(one, two) == evidence_of(two, copy, one)
    assert [profile.name for profile in evidence_of(one, two).profiles] == ["a", "b"]
