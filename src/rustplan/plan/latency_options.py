"""Options of the latency track: measure first, flags and allocation fixes next, Rust only for a measured candidate with a good seam."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from rustplan.catalog import EffortModel
from rustplan.catalog.crossings import load_crossings
from rustplan.model.roadmap import Alternative, Boundary, Option, SeamProposal
from rustplan.plan.effort import effort_of
from rustplan.plan.subject import Decision, Subject
from rustplan.plan.wording import count

PROFILE_FIRST = "Confirm with a profile first."
LEAST_SHARE = 0.01
"""Of the measured bytes: a component with less is not what the profile is about."""
_NO_BOUNDARY = "none"
_BY = {
    "jni": "JNI",
    "ffm": "the foreign-function interface",
    "wasm": "WebAssembly",
    "resident-loop": "a resident Rust loop",
    "process": "a process of its own",
}


def decide_latency(subject: Subject, model: EffortModel) -> Decision:
    """Return the option for a Java component. Java is memory-safe: only latency or footprint can justify any work.

    A port is proposed only where a measured candidate has a seam worth it, so that it never says more than the proposals for the methods.
    """
    limits, pressure = model.options, subject.score.risk
    if subject.score.coverage < model.productivity.least_coverage:
        return _retain(f"Only {subject.score.coverage:.0%} of it could be read: unknown, decide when it is readable.")
    worthy = worthy_seam(subject)
    if worthy is not None and _is_narrow(subject, model):
        return _rewrite(subject, worthy, model)
    if worthy is not None:
        return _cut_only(subject, worthy)
    share = _measured_share(subject)
    if share is not None and share < LEAST_SHARE:
        return _not_in_the_profile(share)
    if pressure < limits.gc_retain_below and not _is_measured(subject):
        return _retain(
            f"Garbage-collector pressure {pressure:.0f} of 100 is below {limits.gc_retain_below:g}: {_main_words(subject)} "
            "Java is memory-safe, so nothing else asks for a port.",
        )
    return _measure(subject)


def _measured_share(subject: Subject) -> float | None:
    """The component's share (0-1) of what a profile saw allocated in the scanned code; None without such a profile."""
    factor = subject.risk_factor("measured-allocation")
    return None if factor is None or factor.is_absent else factor.value


def _not_in_the_profile(share: float) -> Decision:
    return Decision(
        choice=Alternative(
            option=Option.RETAIN,
            because=f"The profile charges {share:.1%} of the allocated bytes to it: under the load that was recorded it does not matter.",
        ),
        runner_up=Alternative(
            option=Option.HARDEN,
            because="It lost because what would be mended allocates next to nothing in the profile.",
        ),
        case_against="The profile holds for the load that was recorded; another load may run what this one did not.",
    )


def worthy_seam(subject: Subject) -> SeamProposal | None:
    """Return the best proposal that a profile confirms and whose seam is worth a sketch; None for none."""
    least = load_crossings().score.least_seam
    fit = (one for one in subject.seams if one.boundary != _NO_BOUNDARY and one.seam >= least and one.level.is_measured)
    return next(fit, None)


def boundary_of_cuts(boundary: Boundary, seams: Sequence[SeamProposal]) -> Boundary:
    """Return the boundary with the mechanism of the best proposal; unchanged without proposals. The crossings stay: they are what is there."""
    if not seams or not boundary.crossings:
        return boundary
    best = next((one for one in seams if one.boundary != _NO_BOUNDARY), None)
    if best is None:
        words = f"None of its {count(len(seams), 'candidate')} has a seam, so nothing is cut: {seams[0].because.partition('. ')[0]}."
        return structs.replace(boundary, mechanism=_NO_BOUNDARY, because=words)
    words = f"What would fit its best candidate, {_plain(best)} (seam {best.seam:.0f} of 100); see the proposals."
    return structs.replace(boundary, mechanism=best.boundary, because=words)


def _is_measured(subject: Subject) -> bool:
    return any(one.level.is_measured for one in subject.seams)


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


def _rewrite(subject: Subject, seam: SeamProposal, model: EffortModel) -> Decision:
    effort = effort_of(subject, Option.REWRITE, model)
    return Decision(
        choice=Alternative(
            option=Option.REWRITE,
            because=f"A profile names {_plain(seam)}, whose seam is {seam.seam:.0f} of 100 behind {_BY[seam.boundary]}; the component has "
            f"{count(len(subject.boundary.crossings), 'crossing')}, most of plain values and buffers.",
        ),
        runner_up=Alternative(
            option=Option.HARDEN,
            because="Collector flags and allocation fixes are tried before; it lost only if pauses or footprint still miss the goal.",
        ),
        case_against=f"{_pauses_stay(seam)}About {effort.p50 or 0.0:.1f} person-months would earn no memory-safety credit.",
    )


def _cut_only(subject: Subject, seam: SeamProposal) -> Decision:
    """The component stays in Java; one cluster of methods may leave it."""
    return Decision(
        choice=Alternative(
            option=Option.HARDEN,
            because=f"Flags and allocation fixes first. If they do not do: a profile names {_plain(seam)}, whose seam is {seam.seam:.0f} of 100 "
            f"behind {_BY[seam.boundary]}; move it with {count(len(seam.members), 'method')} of its own, and keep the rest in Java.",
        ),
        runner_up=Alternative(
            option=Option.REWRITE, because=f"Moving all of it to Rust lost because {_why_not_all(subject)}"
        ),
        case_against=f"{_pauses_stay(seam)}The share of a profile holds for the load that was recorded.",
    )


def not_yet(subject: Subject, reason: str) -> Decision:
    """Return what to do with a component whose port is worth it but may not open the plan, for that reason."""
    worthy = worthy_seam(subject)
    what = f" Then {_plain(worthy)} behind {_BY[worthy.boundary]}." if worthy is not None else ""
    return Decision(
        choice=Alternative(
            option=Option.HARDEN, because=f"{reason} Meanwhile collector flags and allocation fixes.{what}"
        ),
        runner_up=Alternative(option=Option.REWRITE, because=f"It lost for now. {reason}"),
        case_against="Waiting leaves the measured allocation where it is.",
    )


def _measure(subject: Subject) -> Decision:
    first = "" if _is_measured(subject) else f"{PROFILE_FIRST} "
    return Decision(
        choice=Alternative(
            option=Option.HARDEN,
            because=f"{first}{_main_words(subject)} Collector flags and allocation fixes come first: they cost days and often settle it.",
        ),
        runner_up=Alternative(option=Option.REWRITE, because=f"Moving it to Rust lost because {_why_no_cut(subject)}"),
        case_against="The profile names what ran while it was taken; another load may name other methods."
        if _is_measured(subject)
        else "Allocation candidates are static: most of them may never run often, and escape analysis removes some of them.",
    )


def _why_no_cut(subject: Subject) -> str:
    """Say it with the best proposal, so that component and method never contradict each other."""
    if not subject.seams:
        return _why_not_all(subject)
    least = load_crossings().score.least_seam
    best = next((one for one in subject.seams if one.boundary != _NO_BOUNDARY), None)
    if best is None:
        return f"none of its {count(len(subject.seams), 'candidate')} has a seam: {subject.seams[0].because.partition('. ')[0]}."
    if not best.level.is_measured:
        return f"no candidate is measured; its best seam on paper is {_plain(best)} with {best.seam:.0f} of 100."
    return f"its best seam is {_plain(best)} with {best.seam:.0f} of 100, below {least:g}."


def _why_not_all(subject: Subject) -> str:
    crossings = subject.boundary.crossings
    objects = sum(1 for crossing in crossings if crossing.shape == "jni-object")
    if not crossings:
        return "no call into it was found, so there is no boundary to cut at."
    return f"{count(len(crossings), 'crossing')}, {objects} of them with Java objects: the allocation would move to the boundary, not go away."


def _pauses_stay(seam: SeamProposal) -> str:
    """A call for every message leaves the pauses where they are; a loop of its own does not."""
    if seam.boundary in ("resident-loop", "process"):
        return ""
    return "A native call for every message removes garbage but not pauses. "


def _plain(seam: SeamProposal) -> str:
    """`Class.method` for a sentence."""
    parts = seam.method.rsplit(".", 2)
    return ".".join(parts[-2:])


def _main_words(subject: Subject) -> str:
    """What was measured, else what the source suggests."""
    name = "allocation-pressure" if _measured_share(subject) is None else "measured-allocation"
    factor = subject.risk_factor(name)
    if factor is None:
        return ""
    worst = (
        f" Most of it: {', '.join(place.what for place in factor.evidence[:2])}."
        if name == "measured-allocation"
        else ""
    )
    return factor.because + worst
