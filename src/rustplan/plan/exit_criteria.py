"""When a step is done: parity, old and new in parallel, cut-over, retirement, each from the component's own facts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence

from rustplan.model.finding import Track
from rustplan.model.roadmap import Crossing, Direction, ExitCriterion, Option
from rustplan.plan.actions import Surface
from rustplan.plan.java_memory import is_java_memory
from rustplan.plan.subject import Subject
from rustplan.plan.waves import Move, Schedule
from rustplan.plan.wording import count, door, name_list

PARITY, PARALLEL, CUT_OVER, RETIRE = "parity", "parallel", "cut-over", "retire"
PHASES = (PARITY, PARALLEL, CUT_OVER, RETIRE)
SHOWN = 5

Words = tuple[str, str, tuple[str, ...]]
"""The criterion, what the owner must decide, and what it speaks of."""


_MEASURED: tuple[Words, ...] = (
    ("The same inputs give the same results before and after.", "", ()),
    (
        "A recording under the same load before and after shows that the allocation which was named is gone.",
        "the load",
        (),
    ),
    (
        "Pauses and tail latency are within the budget in a test environment, then on a share of production.",
        "the budget",
        (),
    ),
    ("Flags and code that the change made useless are removed.", "", ()),
)


def exit_criteria(moves: Sequence[Move], waves: Schedule, surface: Surface) -> tuple[ExitCriterion, ...]:
    """Return the criteria of every step that stands in a wave, in the order of the moves and phases."""
    return tuple(
        criterion
        for move in moves
        if move.key in waves.waves and move.option is not Option.RETAIN
        for criterion in _of(move, surface)
    )


def _of(move: Move, surface: Surface) -> list[ExitCriterion]:
    subject = move.subject
    if subject.score.track is Track.LATENCY:
        words = list(_MEASURED)
    elif is_java_memory(subject.component, subject.score.track):
        words = _safe_java(subject, surface)
    else:
        makers: dict[Option, Callable[[Subject, Surface], list[Words]]] = {
            Option.REWRITE: _rewritten,
            Option.REPLACE: _replaced,
            Option.WRAP: _wrapped,
            Option.HARDEN: _hardened,
        }
        words = makers[move.option](subject, surface)
        if subject.is_kernel_tree and move.option is Option.HARDEN:
            words = _hardened_in_kernel(subject)
    return [
        ExitCriterion(
            component=subject.name, track=subject.score.track, phase=phase, criterion=criterion, blank=blank, evidence=evidence
        )
        for phase, (criterion, blank, evidence) in zip(PHASES, words, strict=True)
    ]  # fmt: skip


def _rewritten(subject: Subject, surface: Surface) -> list[Words]:
    files = tuple(file.path for file in subject.sources if file.facts.language.is_memory_unsafe)
    return [
        _parity(subject, surface, "the Rust code"),
        (
            f"CI builds both versions behind {door(subject.boundary)} and feeds both the same inputs; every difference is explained or mended.",
            "how long both run without a difference, and on which share of the load",
            (),
        ),
        (
            f"{_callers(subject)} the Rust version; the way back to the old one is a build switch that was tried once.",
            "who decides the cut-over",
            _other_components(subject),
        ),
        (
            f"{count(len(files), 'file')} with {count(subject.lines, 'line')} {'is' if len(files) == 1 else 'are'} deleted, no build names "
            f"{'it' if len(files) == 1 else 'them'}, and the policy of the component is rust-only.",
            "",
            files[:SHOWN],
        ),
    ]


def _replaced(subject: Subject, surface: Surface) -> list[Words]:
    return [
        _parity(subject, surface, "the library"),
        ("CI builds with the old code and with the library and runs the same tests on both.", "how long both are kept", ()),
        (f"{_callers(subject)} the library; its version is pinned and its advisories are watched.", "who watches them", _other_components(subject)),
        (f"{count(subject.vendored_lines or subject.lines, 'line')} of the old copy are deleted; the policy of the component is rust-only or frozen.", "", ()),
    ]  # fmt: skip


def _wrapped(subject: Subject, surface: Surface) -> list[Words]:
    return [
        _parity(subject, surface, "the layer"),
        ("Inputs that the format forbids are refused by the layer in a test for each rule; the old entry points stay reachable in one build.", "which limits the format sets", ()),
        (f"{_callers(subject)} the layer; CI fails when somebody calls past it.", "who decides the cut-over", _other_components(subject)),
        (f"Nothing is retired: {count(subject.lines, 'line')} stay behind the layer, and the policy of the component is no-new-unsafe.", "who accepts the risk that stays", ()),
    ]  # fmt: skip


def _hardened(subject: Subject, surface: Surface) -> list[Words]:
    tests = surface.test_paths.get(subject.name, ())
    own = f"Its {count(subject.test_files, 'test file')} pass" if subject.test_files else "First tests exist and pass"
    fuzzed = (
        f"its {subject.harnesses} fuzz harness{'es run' if subject.harnesses != 1 else ' runs'} in CI"
        if subject.harnesses
        else f"a fuzz harness reaches {name_list(_symbols(subject), most=3) or 'its entry points'}"
    )
    return [
        (f"{own} with the hardening flags and unchanged results.", "" if subject.test_files else "who writes the tests", tuple(tests[:SHOWN])),
        (f"A job with AddressSanitizer and UndefinedBehaviorSanitizer runs beside the ordinary build, and {fuzzed}.", "how many hours of fuzzing without a finding", ()),
        ("The release build uses the flags, and what they cost was measured.", "how much slower it may get", ()),
        (f"Nothing is retired: {count(subject.lines, 'line')} stay, and the policy of the component is no-new-unsafe.", "who accepts the risk that stays", ()),
    ]  # fmt: skip


def _hardened_in_kernel(subject: Subject) -> list[Words]:
    """A kernel has its own sanitizers and tests; those of programs do not run there."""
    retired = (
        f"Nothing is retired: {count(subject.lines, 'line')} stay, and the policy of the component is no-new-unsafe."
    )
    return [
        (
            "Its tests, if only a first KUnit or self-test, pass with the hardening options of the kernel.",
            "who writes the tests",
            (),
        ),
        (
            "A kernel with the address and undefined-behaviour sanitizers (KASAN, UBSAN) runs the load beside the ordinary one.",
            "the load and the hardware",
            (),
        ),
        (
            "The shipped configuration has the options, and what they cost was measured.",
            "how much slower it may get",
            (),
        ),
        (retired, "who accepts the risk that stays", ()),
    ]


def _safe_java(subject: Subject, surface: Surface) -> list[Words]:
    tests = surface.test_paths.get(subject.name, ())
    return [
        ("The same results come from the checked interfaces as from raw memory, offsets at both ends included." , "" if tests else "who writes the tests", tuple(tests[:SHOWN])),
        ("Both forms are built and measured on the load that matters.", "how much slower it may get", ()),
        ("Every caller uses the checked form.", "who decides the cut-over", ()),
        (f"Raw memory in {count(subject.lines, 'line')} of Java is gone, or stands in one class that is reviewed.", "", ()),
    ]  # fmt: skip


def _parity(subject: Subject, surface: Surface, new: str) -> Words:
    """Tests of the component pass on old and new; without tests they are the first criterion."""
    symbols = _symbols(subject)
    tests = surface.test_paths.get(subject.name, ())
    what = f"{count(subject.inbound, 'symbol')} ({name_list(symbols, most=3)})" if symbols else "its outcome"
    if not subject.test_files:
        return (f"Parity tests exist for {what} and pass on the old code and on {new}: none was found today.", "who writes them", tuple(symbols[:SHOWN]))  # fmt: skip
    named = f" ({name_list(tests, most=2)})" if tests else ", which reach it through its callers only,"
    verb = "passes" if subject.test_files == 1 else "pass"
    fuzz = f" and {count(subject.harnesses, 'fuzz target')} feed both" if subject.harnesses else ""
    return (
        f"{count(subject.test_files, 'test file')}{named} {verb} on the old code and on {new}{fuzz}; what is not covered of {what} has parity tests.",
        "",
        tuple(dict.fromkeys((*tests[:SHOWN], *symbols[:SHOWN]))),
    )


def _symbols(subject: Subject) -> list[str]:
    """Symbols that others use, the most used first."""
    inbound = [crossing for crossing in subject.boundary.crossings if crossing.direction is Direction.INBOUND]
    return list(dict.fromkeys(item.symbol for item in sorted(inbound, key=_most_used)))


def _most_used(crossing: Crossing) -> tuple[int, str, str]:
    return -crossing.uses, crossing.symbol, crossing.path


def _callers(subject: Subject) -> str:
    uses = math.fsum(item.uses for item in subject.boundary.crossings if item.direction is Direction.INBOUND)
    if not uses:
        return "Everybody who starts or links it uses"
    if uses == 1:
        return "The one use that was found goes to"
    return f"All {count(uses, 'use')} of {count(subject.inbound, 'symbol')} go to"


def _other_components(subject: Subject) -> tuple[str, ...]:
    used: Counter[str] = Counter()
    for crossing in subject.boundary.crossings:
        if crossing.direction is Direction.INBOUND:
            used[crossing.other] += crossing.uses
    return tuple(sorted(used, key=lambda name: (-used[name], name))[:SHOWN])
