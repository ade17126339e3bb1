"""Phrases that several text outputs share; numbers come from `view.numbers`."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rustplan.model.analysis import Coverage
from rustplan.model.component import Dependency
from rustplan.model.roadmap import Effort, Option, Roadmap, Step
from rustplan.model.score import EvidenceLevel
from rustplan.model.source import Language
from rustplan.report.view.numbers import counted, effort_range, whole

VERBS = {
    Option.REWRITE: "rewrite it in Rust",
    Option.WRAP: "wrap it behind a memory-safe interface",
    Option.HARDEN: "harden it in place",
    Option.REPLACE: "replace it with a maintained library",
    Option.RETAIN: "keep it as it is",
}


def share(value: float) -> str:
    """A 0-1 share in percent with one decimal, cut and not rounded: only all of it is 100.0 %. The gate says it the same way."""
    tenths = int(value * 1000 + 1e-9) if value >= 1 else min(999, int(value * 1000 + 1e-9))
    return f"{tenths / 10:.1f} %"


def effort_words(effort: Effort | None) -> str:
    """P10-P90 and P50 in person-months; a dash when there is no step."""
    return "-" if effort is None else effort_range(effort.p10, effort.p50, effort.p90)


def languages(sloc: dict[Language, int]) -> str:
    """`C, C++`: most lines first."""
    ordered = sorted(sloc.items(), key=lambda item: (-item[1], item[0].value))
    return ", ".join(language.label for language, lines in ordered if lines) or "-"


def listing(items: Iterable[str], *, most: int = 5) -> str:
    """Comma-separated, cut after `most` with the rest counted."""
    every = list(items)
    return ", ".join(every[:most]) + (f" and {whole(len(every) - most)} more" if len(every) > most else "")


def unread(coverage: Coverage) -> str:
    """`3 files skipped, 2 read in part`."""
    partly = len({file.path for file in coverage.degraded})
    return f"{counted(len(coverage.skipped), 'file')} skipped, {whole(partly)} read in part"


def first_move(step: Step) -> str:
    """One sentence fragment: what to do, when, at what cost."""
    wave = f"in wave {step.wave}" if step.wave is not None else "in no wave yet"
    effort = effort_words(step.effort)
    cost = f"effort {effort}" if step.effort.p50 is None else f"{effort} person-months"
    return f"{VERBS[step.choice.option]}, {wave}, {cost}"


def sentence(text: str) -> str:
    """A fragment as a sentence: capital first, full stop last."""
    trimmed = " ".join(text.split()).rstrip(".")
    return f"{trimmed[:1].upper()}{trimmed[1:]}." if trimmed else ""


LEVEL_WORDS = {
    EvidenceLevel.MEASURED_ALLOCATION: "measured: allocation",
    EvidenceLevel.MEASURED_CPU: "measured: CPU",
    EvidenceLevel.COMPILED: "candidate: compiled at run time",
    EvidenceLevel.DECLARED: "candidate: declared by its authors",
    EvidenceLevel.STATIC: "candidate: static",
}
"""How sure a place of the latency track is. Only what a profile measured is called so."""


def evidence_words(known: tuple[EvidenceLevel, float] | None) -> str:
    """`measured: allocation 41 %`, `candidate: static`."""
    if known is None:
        return "candidate, not measured"
    level, share_measured = known
    return LEVEL_WORDS[level] + (f" {share_measured * 100:.0f} %" if level.is_measured else "")


JAVA_ON_MEMORY_SAFETY = (
    "Of Java, only functions that hold raw memory or are native count here: pure Java earns no memory-safety credit."
)


def native_words(dependency: Dependency) -> str:
    """How a Java component reaches the native functions of another: `240 native functions over JNI`; "" when it reaches none."""
    by_jni = dependency.native_functions - dependency.looked_up
    said = [f"{counted(by_jni, 'native function')} over JNI"] if by_jni else []
    if dependency.looked_up:
        said.append(f"{counted(dependency.looked_up, 'native function')} by name (FFM, JNA or JNR)")
    return " and ".join(said)


def latency_note(*, is_measured: bool) -> str:
    """What the latency track is worth, in one line."""
    told = (
        "What a profile measured is marked; the rest are candidates."
        if is_measured
        else "Static candidates, not measured."
    )
    return f"Java is on the agencies' memory-safe lists: this track earns no memory-safety credit. {told}"


def pilot_words(roadmap: Roadmap, first: str, show: Callable[[str], str]) -> str:
    """Say that the pilot goes before the `first` move; "" without a pilot, and when they are the same."""
    pilot = roadmap.pilot
    if pilot is None or not pilot.component or not first or pilot.component == first:
        return ""
    return (
        f"The pilot, {show(pilot.component)}, goes first: small enough to learn on, not the riskiest. "
        "The other ports begin when it runs in CI."
    )
