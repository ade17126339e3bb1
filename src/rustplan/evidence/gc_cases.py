"""The cases that advice on pauses knows: which groups each takes, and what it says about them. The first that fits takes a group."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from rustplan.catalog.collectors import Collectors
from rustplan.evidence.gc_causes import MODE_FAILURE, PROMOTION_FAILED, SPACE_RAN_OUT
from rustplan.evidence.pauses import COLLECTION_KINDS
from rustplan.evidence.safepoint import REQUESTED_FULL
from rustplan.model.pauses import PauseGroup, PauseKind, PauseLog

Counted = tuple[PauseLog, PauseGroup]

_TOOLS = ("Diagnostic Command", "Heap Inspection", "Heap Dump", "JvmtiEnv")
_OUT_OF_SPACE = (SPACE_RAN_OUT, PROMOTION_FAILED, MODE_FAILURE)
_ROOM = re.compile(r"-XX:MaxRAMPercentage=(\d{1,3})(?:\.\d*)?")
_RELEASE = re.compile(r"(?:1\.)?(\d{1,3})")


class Situation(NamedTuple):
    """What is known besides the groups: the budget in milliseconds, the repository's flags, the memory limit in MiB, the facts."""

    budget_ms: float
    gc_flags: tuple[str, ...]
    memory_limit_mb: float | None
    facts: Collectors


class Words(NamedTuple):
    """A verdict, the advice, and the ids of facts and sources that it relies on."""

    verdict: str
    advice: str
    cites: tuple[str, ...] = ()


class Case(NamedTuple):
    """One case."""

    key: str
    takes: Callable[[PauseLog, PauseGroup], bool]
    says: Callable[[Sequence[Counted], Situation], Words]


def collector_of(log: PauseLog) -> str:
    """The collector that the log names, or else implies; "" when neither."""
    return log.collector or log.likely_collector


def is_concurrent(log: PauseLog) -> bool:
    """Whether the log is of a collector that moves objects while the program runs."""
    return "ZGC" in collector_of(log) or "Shenandoah" in collector_of(log)


def release(jdk: str) -> int | None:
    """The feature release of a version, 8 for `1.8.0_504`; None when unknown."""
    found = _RELEASE.match(jdk)
    return int(found[1]) if found else None


def _is_collection(group: PauseGroup) -> bool:
    return group.kind in COLLECTION_KINDS or group.kind is PauseKind.OTHER


def _takes_explicit(_log: PauseLog, group: PauseGroup) -> bool:
    is_named = group.cause.startswith("System") or group.cause == "ParallelGCSystemGC"
    return _is_collection(group) and is_named


def _explicit(pairs: Sequence[Counted], _seen: Situation) -> Words:
    collectors = {collector_of(log) for log, _ in pairs}
    if {group.kind for _, group in pairs} == {PauseKind.YOUNG}:
        mend = "it starts a concurrent cycle already, and stops threads like any young collection"
    elif collectors and collectors <= {"Serial", "Parallel"}:
        mend = "or have -XX:+DisableExplicitGC ignore it (check first that no direct buffers rely on it)"
    else:
        mend = "or set -XX:+ExplicitGCInvokesConcurrent, which makes it concurrent under G1"
    text = f"Something calls System.gc(): remove the call; {mend}. No port is needed for this."
    return Words("flag", text, ("explicit-concurrent",))


def _takes_requested(log: PauseLog, group: PauseGroup) -> bool:
    return group.kind is PauseKind.FULL and group.cause in REQUESTED_FULL and not is_concurrent(log)


def _requested(_pairs: Sequence[Counted], _seen: Situation) -> Words:
    text = (
        "These full collections were asked for, by System.gc(), a tool or class metadata, not by an allocation: -Xlog:gc names the "
        "cause. A call of System.gc() can go, or be made concurrent under G1 with -XX:+ExplicitGCInvokesConcurrent."
    )
    return Words("flag", text, ("explicit-concurrent",))


def _takes_tool(_log: PauseLog, group: PauseGroup) -> bool:
    return _is_collection(group) and group.cause.startswith(_TOOLS)


def _tool(_pairs: Sequence[Counted], _seen: Situation) -> Words:
    return Words(
        "flag", "A tool asked for these collections (a heap dump, a histogram, an agent): keep it off this process."
    )


def _takes_humongous(_log: PauseLog, group: PauseGroup) -> bool:
    return "Humongous" in group.cause


def _humongous(_pairs: Sequence[Counted], seen: Situation) -> Words:
    text = (
        "Objects of half a G1 region or more start these collections: raise -XX:G1HeapRegionSize above twice the largest array, "
        f"or allocate smaller arrays or once. {_sentence(seen, 'region-size')}"
    )
    return Words("flag", text, ("region-size",))


def _takes_metadata(_log: PauseLog, group: PauseGroup) -> bool:
    return "Metadata GC" in group.cause or group.cause == "CollectForMetadataAllocation"


def _metadata(_pairs: Sequence[Counted], seen: Situation) -> Words:
    text = f"Loaded classes force these collections: raise -XX:MetaspaceSize. {_sentence(seen, 'metaspace-size')}"
    return Words("flag", text, ("metaspace-size",))


def _takes_jni(_log: PauseLog, group: PauseGroup) -> bool:
    return "GCLocker" in group.cause or "pinned objects" in group.cause


def _jni(pairs: Sequence[Counted], seen: Situation) -> Words:
    since = seen.facts.versions.region_pinning.jdk
    text = "Native code that holds a Java array (GetPrimitiveArrayCritical) delayed or forced these collections: "
    if all((release(log.jdk) or 0) < since for log, _ in pairs):
        return Words("flag", f"{text}try JDK {since} or later with G1. {_sentence(seen, 'pinning')}", ("pinning",))
    return Words("code", f"{text}let it copy the array or use direct buffers.", ("pinning",))


def _takes_full_heap(log: PauseLog, group: PauseGroup) -> bool:
    if is_concurrent(log) or group.kind not in COLLECTION_KINDS:
        return False
    is_full = group.kind is PauseKind.FULL and collector_of(log) in ("G1", "CMS")
    return is_full or any(word in group.cause for word in _OUT_OF_SPACE)


def _full_heap(pairs: Sequence[Counted], seen: Situation) -> Words:
    text = (
        "The collector ran out of room and had to do the work with all threads stopped: raise -Xmx, or start marking earlier "
        "(lower -XX:InitiatingHeapOccupancyPercent). A collector that never stops for this needs room, too."
    )
    if _cannot_grow(pairs, seen):
        return Words("code", f"{text} The heap fills its memory limit: what is left is to hold and allocate less.", ())
    return Words("flag", text, ())


def _takes_stop_the_world(log: PauseLog, group: PauseGroup) -> bool:
    return group.kind in COLLECTION_KINDS and not is_concurrent(log)


def _stop_the_world(pairs: Sequence[Counted], seen: Situation) -> Words:
    measured, versions = seen.facts.measured, seen.facts.versions
    names = sorted({collector_of(log) for log, _ in pairs} - {""})
    whose = f"{' and '.join(names)} stops" if names else "The collector, which the logs do not name, stops"
    known = [number for log, _ in pairs if (number := release(log.jdk)) is not None]
    figures = (
        f"ZGC's stops took {measured.zgc_least_ms:g}-{measured.zgc_most_ms:g} ms in our measurement on JDK 17, where G1's median was "
        f"{measured.g1_median_ms:g} and its worst {measured.g1_worst_ms:g} ms"
    )
    cites: tuple[str, ...] = ("measured", "jep377", "zgc-headroom")
    if seen.budget_ms <= measured.zgc_most_ms:
        text = (
            f"{whose} all threads while it collects, and {figures}: no collector is known to stay within "
            f"{seen.budget_ms:g} ms. Only a loop outside the Java heap, in a thread that no collection stops, would."
        )
        return Words("code", text, cites)
    text = (
        f"{whose} all threads while it collects. {figures}: try {_which_zgc(known, seen)} with more heap before any port. With a heap of "
        f"{measured.small_heap_mb} MB it made the allocating thread wait {measured.small_heap_stalls} times in "
        f"{measured.small_heap_seconds:g} s, up to {measured.small_heap_worst_stall_ms:g} ms: log again and look for stalls."
    )
    if any(flag in ("-XX:+UseZGC", "-XX:+UseShenandoahGC") for flag in seen.gc_flags):
        text += " The repository sets a concurrent collector, but these logs were not written under it."
    if known and min(known) >= versions.zgc_generational.jdk:
        cites = (*cites, "jep439")
    return Words("flag", text, cites)


def _which_zgc(known: list[int], seen: Situation) -> str:
    """How ZGC is switched on in the oldest release that the logs name."""
    versions = seen.facts.versions
    production, split, default = (
        versions.zgc_production.jdk,
        versions.zgc_generational.jdk,
        versions.zgc_generational_default.jdk,
    )
    if not known:
        return f"-XX:+UseZGC (JDK {production} or later, generational from {split})"
    oldest = min(known)
    if oldest >= default:
        return "-XX:+UseZGC"
    if oldest >= split:
        return "-XX:+UseZGC -XX:+ZGenerational"
    if oldest >= production:
        return f"-XX:+UseZGC (generational from JDK {split})"
    return f"a JDK of {production} or later with -XX:+UseZGC (the logs are of JDK {oldest}; generational from {split})"


def _takes_waits(log: PauseLog, group: PauseGroup) -> bool:
    if group.kind in (PauseKind.STALL, PauseKind.PACING, PauseKind.DEGENERATED):
        return True
    return group.kind is PauseKind.FULL and is_concurrent(log)


def _waits(pairs: Sequence[Counted], seen: Situation) -> Words:
    kinds = {group.kind for _, group in pairs}
    what = "Threads waited for memory"
    if kinds == {PauseKind.PACING}:
        what = "Threads were slowed down while they allocated (the figures are sums over threads for a cycle)"
    text = f"{what}: the heap is too small for the rate of allocation{_rates(pairs)}. "
    is_old_zgc = any(collector_of(log) == "ZGC" for log, _ in pairs)
    cites: tuple[str, ...] = ("zgc-stalls", "zgc-headroom", *(("pacing",) if PauseKind.PACING in kinds else ()))
    if is_old_zgc:
        since = seen.facts.versions.zgc_generational.jdk
        text += f"Generational ZGC (JDK {since} or later) comes first. "
        cites = (*cites, "generational-stalls")
    if _cannot_grow(pairs, seen):
        text += "The heap fills its memory limit and cannot grow: "
        left = "what is left is to allocate less; moving the allocation out of the heap helps here."
        return Words("flag" if is_old_zgc else "code", text + left, cites)
    text += (
        "Raise -Xmx (and -XX:SoftMaxHeapSize where it is set) or give the collector more threads (-XX:ConcGCThreads); if the memory is "
        "not there, allocate less: that is where moving the allocation out of the heap can help."
    )
    return Words("flag", text, cites)


def _rates(pairs: Sequence[Counted]) -> str:
    """What the logs say about the rate and the heap."""
    rates = [log.allocation_mb_s for log, _ in pairs if log.allocation_mb_s is not None]
    heaps = [log.heap_max_mb for log, _ in pairs if log.heap_max_mb is not None]
    parts = [f"up to {max(rates):g} MB/s"] if rates else []
    parts += [f"heap {min(heaps):g} MB"] if heaps else []
    return f" ({', '.join(parts)})" if parts else ""


def _cannot_grow(pairs: Sequence[Counted], seen: Situation) -> bool:
    """Whether the heap is known to fill the memory that the process may use."""
    share = seen.facts.enough.full_share_of_memory
    if any(int(found[1]) >= 100 * share for flag in seen.gc_flags if (found := _ROOM.fullmatch(flag))):
        return True
    heaps = [log.heap_max_mb for log, _ in pairs]
    limit = seen.memory_limit_mb
    return limit is not None and all(heap is not None and heap >= share * limit for heap in heaps)


def _takes_phase(_log: PauseLog, group: PauseGroup) -> bool:
    return group.kind in COLLECTION_KINDS


def _phase(_pairs: Sequence[Counted], seen: Situation) -> Words:
    text = "Short stops of a concurrent collector are over the budget. "
    if seen.budget_ms <= seen.facts.measured.zgc_most_ms:
        text += "No collector of the JDK is known to do better: only a loop outside the Java heap, in a thread that no collection stops, would."
        return Words("code", text, ("measured",))
    text += (
        f"ZGC's took at most {seen.facts.measured.zgc_most_ms:g} ms in our measurement: look for a processor limit, "
        "swapping or very many threads before anything else; the log does not tell which."
    )
    return Words("unknown", text, ("measured",))


def _takes_reaching(_log: PauseLog, group: PauseGroup) -> bool:
    return group.kind is PauseKind.TIME_TO_SAFEPOINT


def _reaching(_pairs: Sequence[Counted], seen: Situation) -> Words:
    text = (
        "Time to safepoint, not collection: a thread took long to stop, in memory-mapped data, in a counted loop, or without a "
        "processor. -XX:+SafepointTimeout -XX:SafepointTimeoutDelay=<ms> names it. Rust does not change this unless that very loop or "
        f"mapped access moves out of Java. {_sentence(seen, 'mapped')} {_sentence(seen, 'loop-polls')}"
    )
    return Words("unknown", text, ("mapped", "loop-polls"))


def _takes_bias(_log: PauseLog, group: PauseGroup) -> bool:
    return group.kind is PauseKind.SAFEPOINT and "Bias" in group.cause


def _bias(_pairs: Sequence[Counted], seen: Situation) -> Words:
    return Words("flag", f"Revoked biased locks: set -XX:-UseBiasedLocking. {_sentence(seen, 'biased')}", ("biased",))


def _takes_rest(_log: PauseLog, _group: PauseGroup) -> bool:
    return True


def _rest(pairs: Sequence[Counted], _seen: Situation) -> Words:
    names = ", ".join(sorted({group.cause for _, group in pairs if group.cause})[:3])
    named = f" ({names})" if names else ""
    if all(group.kind is PauseKind.SAFEPOINT for _, group in pairs):
        text = f"Stops that are no collection{named}: find out who asks for them; neither heap nor collector settings change them."
    else:
        text = f"Stops of which the logs do not tell what they are for{named}: log with -Xlog:gc*,safepoint."
    return Words("unknown", text)


def _sentence(seen: Situation, fact: str) -> str:
    text = seen.facts.fact(fact)
    return f"{text[0].upper()}{text[1:]}."


CASES = (
    Case("explicit-gc", _takes_explicit, _explicit),
    Case("requested-gc", _takes_requested, _requested),
    Case("tool-gc", _takes_tool, _tool),
    Case("humongous", _takes_humongous, _humongous),
    Case("metadata", _takes_metadata, _metadata),
    Case("jni-critical", _takes_jni, _jni),
    Case("heap-full", _takes_full_heap, _full_heap),
    Case("stop-the-world", _takes_stop_the_world, _stop_the_world),
    Case("allocation-stalls", _takes_waits, _waits),
    Case("concurrent-phases", _takes_phase, _phase),
    Case("time-to-safepoint", _takes_reaching, _reaching),
    Case("biased-locking", _takes_bias, _bias),
    Case("other-safepoints", _takes_rest, _rest),
)
