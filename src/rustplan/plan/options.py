"""Which of the five options a component gets on the memory-safety track, the runner-up with why it lost, and the case against."""

from __future__ import annotations

from dataclasses import dataclass

from rustplan.catalog import EffortModel, OptionThresholds
from rustplan.model.finding import Track
from rustplan.model.roadmap import Alternative, Effort, Option
from rustplan.model.score import Factor
from rustplan.plan.effort import effort_of
from rustplan.plan.java_memory import decide_java_memory, is_java_memory
from rustplan.plan.latency_options import decide_latency, not_yet
from rustplan.plan.past_fixes import past_fixes
from rustplan.plan.subject import Decision, Subject
from rustplan.plan.without_rust import decide_without_rust, known_words
from rustplan.plan.wording import count, door, name_list

STILL = 0.1
"""Level of churn below which code counts as left alone."""


def decide(subject: Subject, model: EffortModel) -> Decision:
    """Return the option for a component on its track with its words."""
    if subject.score.track is Track.LATENCY:
        return decide_latency(subject, model)
    if subject.score.coverage < model.productivity.least_coverage:
        return _unread(subject)
    if is_java_memory(subject.component, subject.score.track):
        return decide_java_memory(subject)
    view = _View.of(subject, model)
    if subject.vendored_lines > subject.lines:
        return _replace(view)
    if subject.score.risk < model.options.retain_below_risk:
        return _retain(view)
    if subject.no_rust:
        return decide_without_rust(subject)
    if view.is_kernel:
        return _harden(
            view,
            "It runs in a kernel or as firmware: whether Rust has a target and a runtime there must be settled first.",
        )
    if view.stops:
        return _wrap(view) if view.is_exposed and view.has_narrow_interface else _harden(view, view.stops[0])
    if subject.score.risk >= model.options.rewrite_from_risk:
        return _rewrite(view)
    if not view.is_exposed and not view.has_defects:
        if view.is_far:
            return _retain(view)
        if subject.test_files and view.is_cheap:
            return _rewrite(view)
        return _harden(view, f"{_distance(view)}, and no likely defect was found: its risk does not force a port.")
    if view.is_small and (subject.test_files or (view.is_exposed and view.has_defects)):
        return _rewrite(view)
    if not subject.test_files:
        return _harden(view, "No test was found to compare old and new with, and its risk does not force a port.")
    return _harden(view, f"Its risk is moderate and a port would take about {view.rewrite.p50:.1f} person-months.")


def tests_first(subject: Subject, model: EffortModel) -> Decision:
    """Return what to do with a component worth porting that nothing can open the plan with: make it testable, port it next."""
    view = _View.of(subject, model)
    reason = (
        "A port is worth it, but no test was found to compare old and new with: parity tests and a fuzz harness come first."
        if not subject.test_files
        else f"A port is worth it, but {count(subject.lines, 'line')} are too much for a first step: split it, or begin elsewhere."
    )
    if subject.score.track is Track.LATENCY:
        return not_yet(subject, reason)
    if is_java_memory(subject.component, subject.score.track):
        return decide_java_memory(subject)
    return _harden(view, reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """A subject seen through the thresholds. `stops` are reasons why a port should not be tried now."""

    subject: Subject
    limits: OptionThresholds
    rewrite: Effort
    stops: tuple[str, ...]
    is_cheap: bool
    """True when a port costs no more than hardening, which would leave the unsafe lines in place."""

    @classmethod
    def of(cls, subject: Subject, model: EffortModel) -> _View:
        """Look at a subject."""
        rewrite = effort_of(subject, Option.REWRITE, model)
        hardened = effort_of(subject, Option.HARDEN, model)
        return cls(
            subject=subject,
            limits=model.options,
            rewrite=rewrite,
            stops=_stops(subject, rewrite, model),
            is_cheap=rewrite.p50 is not None and hardened.p50 is not None and rewrite.p50 <= hardened.p50,
        )

    @property
    def is_exposed(self) -> bool:
        """True near the network, and for a parser in a library: in a tree that reads the network, a parser far from it reads local files."""
        steps = self.subject.score.network_steps
        if steps is not None and steps <= self.limits.exposed_within_steps:
            return True
        return self.parses and not self.subject.is_networked_tree

    @property
    def is_far(self) -> bool:
        """True when the tree reads the network and no way from there to here was found."""
        return self.subject.is_networked_tree and self.subject.score.network_steps is None

    @property
    def parses(self) -> bool:
        """True when it decodes a format by hand."""
        return self.subject.places(*self.limits.parsing_signals) > 0

    @property
    def is_small(self) -> bool:
        """True when a port costs little."""
        return self.rewrite.p50 is not None and self.rewrite.p50 <= self.limits.rewrite_small_months

    @property
    def has_defects(self) -> bool:
        """True when likely defects that Rust prevents were found."""
        factor = self.subject.risk_factor("defects")
        return factor is not None and factor.value > 0

    @property
    def is_kernel(self) -> bool:
        """True when signals say kernel or firmware, of it or of most of the tree."""
        return self.subject.is_kernel_tree or self.subject.places("kernel-or-firmware") > 0

    @property
    def is_cryptography(self) -> bool:
        """True when cryptography is what it mostly does, and it does not read from the network itself."""
        places = self.subject.places("cryptography")
        others = self.subject.places("parses-file-format", "untrusted-input", "privilege-change")
        return (
            places >= self.limits.cryptography_places and places > others and not self.subject.places("reads-network")
        )

    @property
    def has_narrow_interface(self) -> bool:
        """True when few symbols are used from outside."""
        return 0 < self.subject.inbound <= self.limits.narrow_interface


def _stops(subject: Subject, rewrite: Effort, model: EffortModel) -> tuple[str, ...]:
    found = []
    if subject.places("nonlocal-jump"):
        found.append(
            f"setjmp/longjmp in {count(subject.places('nonlocal-jump'), 'place')}: a jump across Rust frames is undefined, so the "
            "error handling must be redesigned before any part moves."
        )
    months = next((factor.contribution for factor in rewrite.factors if factor.name == "boundary"), 0.0)
    share = months / (rewrite.p50 or 1.0)
    if share > model.options.most_boundary_share:
        found.append(
            f"The boundary ({count(len(subject.boundary.crossings), 'crossing')}) would cost {share:.0%} of the whole port: "
            "most of the work would be shims, not safe code."
        )
    if subject.score.feasibility < model.options.least_feasibility:
        found.append(
            f"Its feasibility is only {subject.score.feasibility:.2f} of 1, and the weakest part is this: {_weakest(subject).because}"
        )
    return tuple(found)


def _rewrite(view: _View) -> Decision:
    subject = view.subject
    top = name_list([_in_words(factor) for factor in _top_factors(subject, 2)])
    small = subject.score.risk < view.limits.rewrite_from_risk
    because = (
        f"Risk {subject.score.risk:.0f} of 100 ({top}); {_cut(subject)}, "
        f"and {'a small effort' if small else 'the port is feasible'} ({view.rewrite.p50:.1f} person-months at the median)."
    )
    if small:
        because += f" {_ground(view)}"
    told = past_fixes(subject)
    if told.is_told:
        because += f" {told.words}"
    if view.is_cryptography:
        other = Alternative(
            option=Option.REPLACE,
            because=f"It does cryptography ({count(subject.places('cryptography'), 'place')}), and Rust gives neither constant time nor erased "
            "keys: an audited library may be better. It lost because a person must say whether this is an implementation or only calls one.",
        )
    elif view.is_exposed and view.has_narrow_interface:
        other = Alternative(
            option=Option.WRAP,
            because=f"A checking layer on {count(subject.inbound, 'entry')} stops what it is told to check; {count(subject.lines, 'unsafe line')} "
            "would go on behind it.",
        )
    else:
        other = Alternative(
            option=Option.HARDEN,
            because="Flags, sanitizers and fuzzing find some defects; they leave the unsafe lines and the next defect in place.",
        )
    return Decision(
        choice=Alternative(option=Option.REWRITE, because=because),
        runner_up=other,
        case_against=_against_a_port(view),
    )


def _wrap(view: _View) -> Decision:
    subject = view.subject
    return Decision(
        choice=Alternative(
            option=Option.WRAP,
            because=f"It takes data from outside through {count(subject.inbound, 'entry')}, and a port is blocked for now. {view.stops[0]} "
            "A memory-safe layer that checks bounds on its public interface, or a process of its own, limits the damage.",
        ),
        runner_up=Alternative(option=Option.REWRITE, because=f"It removes the cause, but it lost. {view.stops[0]}"),
        case_against=f"{count(subject.lines, 'memory-unsafe line')} stay behind the layer; a layer that misunderstands the format "
        f"protects nothing. {_defect_words(subject)}",
    )


def _harden(view: _View, because: str) -> Decision:
    subject = view.subject
    months = "" if view.rewrite.p50 is None else f" (about {view.rewrite.p50:.1f} person-months)"
    if subject.score.risk >= view.limits.rewrite_from_risk or view.stops:
        other = Alternative(option=Option.REWRITE, because=f"A port{months} removes the cause, but it lost. {because}")
    else:
        other = Alternative(
            option=Option.RETAIN,
            because=f"Leaving it alone costs nothing; it lost because its risk of {subject.score.risk:.0f} is above "
            f"{view.limits.retain_below_risk:g}.",
        )
    return Decision(
        choice=Alternative(
            option=Option.HARDEN,
            because=f"{because} Compiler flags, sanitizer runs and fuzzing lower the risk of {subject.score.risk:.0f} at once.",
        ),
        runner_up=other,
        case_against=f"Hardening finds and stops some defects at run time; {count(subject.lines, 'memory-unsafe line')} remain. "
        f"{_defect_words(subject)}",
    )


def _retain(view: _View) -> Decision:
    subject = view.subject
    months = view.rewrite.p50 or 0.0
    limit = view.limits.retain_below_risk
    risk, low = f"{subject.score.risk:.0f}", " is surface, and no way from the network to it was found"
    if subject.score.risk < limit:
        risk = risk if float(risk) < limit else f"{subject.score.risk:.1f}"
        low = f" is below {limit:g}"
    return Decision(
        choice=Alternative(
            option=Option.RETAIN,
            because=f"Risk {risk} of 100{low}: {_defect_words(subject)} {_input_words(view)} "
            f"A port of about {months:.1f} person-months would buy little.",
        ),
        runner_up=Alternative(
            option=Option.HARDEN,
            because="Flags and a sanitizer job for the whole build cover it anyway; it needs no work of its own.",
        ),
        case_against=f"{count(subject.lines, 'memory-unsafe line')} stay, and static rules miss defects, most of all use after free. "
        f"{past_fixes(subject).words} Look again when others choose what it reads, or when it changes often.".replace(
            "  ", " "
        ),
    )


def _replace(view: _View) -> Decision:
    subject = view.subject
    return Decision(
        choice=Alternative(
            option=Option.REPLACE,
            because=f"{count(subject.vendored_lines, 'line')} of it are third-party code: porting a copy here would fork it. {known_words(subject)}",
        ),
        runner_up=Alternative(
            option=Option.RETAIN,
            because="Keeping the copy and updating it is cheaper; it lost because the unsafe lines stay with their next advisory.",
        ),
        case_against="A replacement may behave differently at the edges, and its licence and upkeep must be checked.",
    )


def _unread(subject: Subject) -> Decision:
    return Decision(
        choice=Alternative(
            option=Option.RETAIN,
            because=f"Only {subject.score.coverage:.0%} of it could be read: unknown, not safe. Decide when it is readable.",
        ),
        runner_up=Alternative(
            option=Option.HARDEN,
            because="Flags and sanitizers help without reading it; which of them is a guess until it is read.",
        ),
        case_against=f"Its risk lies between {subject.score.risk_low:.0f} and {subject.score.risk_high:.0f}; leaving it unread hides which.",
    )


def _against_a_port(view: _View) -> str:
    """The honest reasons not to rewrite, from what is known."""
    subject = view.subject
    said = []
    if not subject.test_files:
        said.append("No test was found: nothing would notice a change of behaviour, so it may not start in wave 1.")
    if not view.is_exposed:
        said.append(f"{_distance(view)}, so its defects may be out of an attacker's reach.")
    told = past_fixes(subject)
    if told.is_read and not told.is_told:
        said.append("Its history tells of no memory-safety fix, which is no proof that none was needed.")
    defects = subject.risk_factor("defects")
    if defects is not None and not defects.value:
        said.append("No likely defect was found: the risk is surface, not known bugs.")
    obstacles = subject.factor_value("obstacles")
    if obstacles:
        said.append(_feasibility(subject, "obstacles").because)
    crossings = len(subject.boundary.crossings)
    said.append(
        f"{count(crossings, 'crossing')} must be kept correct by hand in unsafe code; Rust does not prevent logic errors, and "
        f"{_stability(subject)}."
    )
    return " ".join(said)


def _stability(subject: Subject) -> str:
    """Say what is known of how often the code changes: what nobody touches seldom breaks anew."""
    churn = subject.risk_factor("churn")
    if churn is None or churn.is_absent:
        return "the history of this code was not read: it may have been stable for years"
    if churn.level < STILL:
        return "its history shows hardly a change of late: old code that is left alone holds ever fewer errors"
    return f"it changes while it is ported ({churn.value:.1f} commits per file and month): both versions need every fix"


def _ground(view: _View) -> str:
    """Say what makes a moderate risk worth a port: without it the component would be hardened."""
    steps = view.subject.score.network_steps
    if view.has_defects:
        return _defect_words(view.subject)
    if steps is not None and steps <= view.limits.exposed_within_steps:
        return f"It is {count(steps, 'call')} from a read of the network." if steps else "It reads the network."
    if view.is_exposed:
        return "It decodes a format by hand."
    return "It costs no more than hardening, and tests guard it."


def _distance(view: _View) -> str:
    """Say why it does not count as exposed, in the words of what was found."""
    steps = view.subject.score.network_steps
    if steps is not None:
        return f"It stands {count(steps, 'call')} away from a read of the network"
    if view.subject.places("reads-network"):
        return "It calls functions that read the network, but nothing in the tree calls it there"
    if view.parses:
        return "It decodes a format, but no call that hands it bytes of the network was found"
    return "It was not recognised as reading from the network or decoding a format by hand"


def _top_factors(subject: Subject, number: int) -> list[Factor]:
    ordered = sorted(subject.score.risk_factors, key=lambda factor: (-factor.contribution, factor.name))
    return [factor for factor in ordered[:number] if factor.contribution]


def _in_words(factor: Factor) -> str:
    return f"{factor.name.replace('-', ' ')} {factor.contribution:.0f}"


def _cut(subject: Subject) -> str:
    if not subject.boundary.crossings:
        return "no other component depends on it"
    return f"{count(len(subject.boundary.crossings), 'crossing')} over {door(subject.boundary)}"


def _defect_words(subject: Subject) -> str:
    factor = subject.risk_factor("defects")
    return factor.because if factor is not None else ""


def _input_words(view: _View) -> str:
    factor = view.subject.risk_factor("untrusted-input")
    return factor.because if factor is not None else ""


def _weakest(subject: Subject) -> Factor:
    return min(subject.score.feasibility_factors, key=lambda factor: (factor.level, factor.name))


def _feasibility(subject: Subject, name: str) -> Factor:
    return next(factor for factor in subject.score.feasibility_factors if factor.name == name)
