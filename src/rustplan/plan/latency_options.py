"""Options of the latency track: measure first, flags and allocation fixes next, Rust only for narrow and strong candidates."""

from __future__ import annotations

from rustplan.catalog import EffortModel
from rustplan.model.roadmap import Alternative, Option
from rustplan.plan.effort import effort_of
from rustplan.plan.subject import Decision, Subject
from rustplan.plan.wording import count

PROFILE_FIRST = "Confirm with a profile first."


def decide_latency(subject: Subject, model: EffortModel) -> Decision:
    """Return the option for a Java component. Java is memory-safe: only latency or footprint can justify any work."""
    limits, pressure = model.options, subject.score.risk
    if subject.score.coverage < model.productivity.least_coverage:
        return _retain(f"Only {subject.score.coverage:.0%} of it could be read: unknown, decide when it is readable.")
    if pressure < limits.gc_retain_below:
        return _retain(
            f"Garbage-collector pressure {pressure:.0f} of 100 is below {limits.gc_retain_below:g}: {_main_words(subject)} "
            "Java is memory-safe, so nothing else asks for a port.",
        )
    if pressure >= limits.gc_rewrite_from and _is_narrow(subject, model):
        return _rewrite(subject, model)
    return _measure(subject, model)


def _is_narrow(subject: Subject, model: EffortModel) -> bool:
    crossings = subject.boundary.crossings
    objects = sum(1 for crossing in crossings if crossing.shape == "jni-object")
    if not crossings or len(crossings) > model.options.gc_narrow_interface:
        return False
    return objects <= model.options.gc_most_object_share * len(crossings)


def _retain(because: str) -> Decision:
    return Decision(
        choice=Alternative(option=Option.RETAIN, because=because),
        runner_up=Alternative(
            option=Option.HARDEN,
            because="A profile of the whole service would show whether this component matters; nothing here asks for one of its own.",
        ),
        case_against="Static reading does not see how often code runs: a profile may name a method here that no rule spoke of.",
    )


def _rewrite(subject: Subject, model: EffortModel) -> Decision:
    effort = effort_of(subject, Option.REWRITE, model)
    return Decision(
        choice=Alternative(
            option=Option.REWRITE,
            because=f"{PROFILE_FIRST} Pressure {subject.score.risk:.0f} of 100 with {count(len(subject.boundary.crossings), 'crossing')}, most "
            "of plain values and buffers: if a profile names these methods, the loop can live in Rust behind a narrow boundary.",
        ),
        runner_up=Alternative(
            option=Option.HARDEN,
            because="Collector flags and allocation fixes are tried before; it lost only if pauses or footprint still miss the goal.",
        ),
        case_against=f"No profile was given: none of this is measured. A native call for every message removes garbage but not pauses, and "
        f"about {effort.p50 or 0.0:.1f} person-months would earn no memory-safety credit.",
    )


def _measure(subject: Subject, model: EffortModel) -> Decision:
    crossings = subject.boundary.crossings
    objects = sum(1 for crossing in crossings if crossing.shape == "jni-object")
    if _is_narrow(subject, model):
        lost = f"the pressure of {subject.score.risk:.0f} is below {model.options.gc_rewrite_from:g}, where a port is worth asking about."
    elif crossings:
        lost = f"{count(len(crossings), 'crossing')}, {objects} of them with Java objects: the allocation would move to the boundary, not go away."
    else:
        lost = "no call into it was found, so there is no boundary to cut at."
    return Decision(
        choice=Alternative(
            option=Option.HARDEN,
            because=f"{PROFILE_FIRST} {_main_words(subject)} Collector flags and allocation fixes come first: they cost days and often settle it.",
        ),
        runner_up=Alternative(option=Option.REWRITE, because=f"Moving it to Rust lost because {lost}"),
        case_against="Allocation candidates are static: most of them may never run often, and escape analysis removes some of them.",
    )


def _main_words(subject: Subject) -> str:
    factor = subject.risk_factor("allocation-pressure")
    return factor.because if factor is not None else ""
