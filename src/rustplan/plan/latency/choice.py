"""Which boundary fits a candidate, which comes second, and why: by the goal, the work of one call, trust, packaging and the JDK."""

from __future__ import annotations

from dataclasses import dataclass

from rustplan.catalog.crossings import CrossingCosts
from rustplan.plan.latency.factors import nanoseconds
from rustplan.plan.latency.situation import Situation

NONE, JNI, FFM, WASM, RESIDENT, PROCESS = "none", "jni", "ffm", "wasm", "resident-loop", "process"
NAMES = {
    JNI: "JNI", FFM: "the foreign-function interface (FFM)", WASM: "WebAssembly", RESIDENT: "a resident Rust loop",
    PROCESS: "a process of its own", NONE: "no boundary",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What the choice looks at. `ret`, `cb` and `grain` are levels; times are nanoseconds of one call.

    `upcalls_ns` is what its calls back into Java would cost; `own_thread` says why the candidate runs in a loop of its own ("" when it
    does not); `route` is the entry it is reached from, in words.
    """

    component: str
    ret: float
    cb: float
    grain: float
    gain: float
    body_ns: float
    crossing_ns: float
    upcalls_ns: float
    result_words: str
    gain_words: str = ""
    own_thread: str = ""
    route: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The boundary with its reason, and the next best with what it lost by."""

    boundary: str
    because: str
    runner_up: str
    runner_up_because: str
    closed_by: str = ""
    """The factor that leaves no boundary; "" when there is one."""


def plain_call(situation: Situation, costs: CrossingCosts) -> str:
    """Return the boundary of a plain call in the same process: FFM where the JDK has it for good, else JNI."""
    return FFM if situation.jdk is not None and situation.jdk >= costs.score.ffm_from_jdk else JNI


def choose(case: Case, situation: Situation, costs: CrossingCosts) -> Choice:
    """Return the boundary by the first line of the table that holds."""
    call = plain_call(situation, costs)
    closed_by, closed = _why_closed(case, costs)
    if closed:
        return _no_boundary(call, closed_by, closed)
    loop = _why_resident(case, situation)
    if loop:
        return Choice(
            boundary=RESIDENT, because=loop, runner_up=call, runner_up_because=_garbage_not_pauses(call, costs)
        )
    closed_by, closed = _why_too_small(case, costs)
    if closed:
        return _no_boundary(call, closed_by, closed)
    strangers = (situation.foreign_code or {}).get(case.component, "")
    if strangers and case.body_ns >= costs.others.wasm_least_body_ns:
        return Choice(
            boundary=WASM,
            because=f"Code of others runs here ({strangers}) and one call does about {nanoseconds(case.body_ns)}: a sandbox is worth "
            f"{costs.others.wasm_slowdown_low:g} to {costs.others.wasm_slowdown_high:g} times the native time. {_host(situation)}",
            runner_up=call,
            runner_up_because=f"{_sentence_name(call)} is faster, but a fault in native code ends the whole virtual machine.",
        )
    if "request" in case.route and case.body_ns >= costs.score.service_body_ns:
        return Choice(
            boundary=PROCESS,
            because=f"A request with about {nanoseconds(case.body_ns)} of work: a process of its own over a local socket is the simplest to run.",
            runner_up=call,
            runner_up_because=f"{_sentence_name(call)} would save {nanoseconds(costs.call_ns(PROCESS, None))} of a call that takes far longer.",
        )
    return _plain(call, case, situation, costs)


def _why_closed(case: Case, costs: CrossingCosts) -> tuple[str, str]:
    """Which factor leaves no boundary, and why; "" twice when one may fit."""
    limits = costs.score
    if case.ret <= limits.closed_return:
        and_back = " and it calls back into Java inside a loop" if case.cb <= limits.closed_callbacks else ""
        moved = "" if and_back else ": the allocation would move to the decoder"
        return "ret", f"Its result is consumed as Java objects{and_back}{moved}. {case.result_words}"
    if case.gain <= 0:
        return "gain", f"Nothing would be won: {case.gain_words[:1].lower()}{case.gain_words[1:]}"
    return "", ""


def _why_too_small(case: Case, costs: CrossingCosts) -> tuple[str, str]:
    """Which factor keeps the work of one call below the break-even, and why; "" twice when it is above."""
    times = costs.score.break_even
    work = f"About {nanoseconds(case.body_ns)} of work are less than {times:g} times"
    if case.body_ns < times * case.crossing_ns:
        return (
            "grain",
            f"{work} a crossing of {nanoseconds(case.crossing_ns)}: cut at a caller that does more per call, or do not cut.",
        )
    total = case.crossing_ns + case.upcalls_ns
    if case.body_ns < times * total:
        return (
            "cb",
            f"{work} the {nanoseconds(total)} of a crossing with its calls back into Java: do without them first.",
        )
    return "", ""


def _no_boundary(call: str, closed_by: str, closed: str) -> Choice:
    return Choice(
        boundary=NONE, because=closed, runner_up=call, runner_up_because=_call_lost(call, closed), closed_by=closed_by
    )


def _why_resident(case: Case, situation: Situation) -> str:
    """Why the loop itself should live in Rust; "" when it need not."""
    user = (situation.messaging or {}).get(case.component, "")
    if situation.pause_verdict == "code":
        why = f"The logs show stops over the budget that no setting of the collector removes ({situation.relevance_because})"
    elif case.own_thread:
        why = case.own_thread
    elif user:
        why = f"A low-latency pipeline ({user} uses a messaging library with off-heap buffers)"
    else:
        return ""
    return f"{why}: the loop must not wait for the collector. A Rust thread or process reads a ring in shared memory, Java only publishes and polls."


def _garbage_not_pauses(call: str, costs: CrossingCosts) -> str:
    java, native = costs.gaps.java_loop, costs.gaps.native_loop
    return (
        f"{_sentence_name(call)} for every message removes garbage, not pauses: a thread that comes back from native code waits for the "
        f"collector. Measured gaps over 40 ms in 5 s: {java[0]}-{java[1]} in a Java loop, {native[0]}-{native[1]} in a native one."
    )


def _plain(call: str, case: Case, situation: Situation, costs: CrossingCosts) -> Choice:
    ships = f" Native packaging is settled: {situation.native_because}." if situation.native_because else (
        " A native library for every platform must be built, shipped and loaded: nothing in the tree does that yet."
    )  # fmt: skip
    back = ", calls back into Java included" if case.upcalls_ns else ""
    cost = f"a call like this costs about {nanoseconds(case.crossing_ns + case.upcalls_ns)}{back}"
    if call == FFM:
        return Choice(
            boundary=FFM,
            because=f"JDK {situation.jdk}: FFM needs no C, and {cost}. Keep handles `static final` and memory in an Arena.{ships}",
            runner_up=JNI,
            runner_up_because=f"JNI costs as much ({nanoseconds(costs.call_ns(JNI, situation.jdk))} for the bare call) and needs glue code; it "
            "stays right where older JDKs must run it too.",
        )
    level = f"JDK {situation.jdk}" if situation.jdk is not None else "The JDK is unknown, and JNI works on every one"
    return Choice(
        boundary=JNI,
        because=f"{level}: {cost}. Pass direct buffers or addresses: below JDK 22 critical array sections hold up G1.{ships}",
        runner_up=FFM,
        runner_up_because=f"FFM is final from JDK {costs.score.ffm_from_jdk} on"
        + (
            f", production runs {situation.jdk}."
            if situation.jdk is not None
            else ": simpler if production runs that or newer."
        ),
    )


def _call_lost(call: str, closed: str) -> str:
    first = closed.partition(". ")[0].partition(": ")[0].removesuffix(".")
    return f"{_sentence_name(call)} lost: {first[:1].lower()}{first[1:]}."


def _host(situation: Situation) -> str:
    if situation.wasm_because:
        return f"A host is at hand: {situation.wasm_because}."
    return "Chicory needs no native file, wasmtime is faster where one may be shipped."


def _sentence_name(boundary: str) -> str:
    name = NAMES[boundary]
    return f"{name[:1].upper()}{name[1:]}"
