"""What the training plan and the dependency plan of the guide ask, as far as the code tells it; the rest stays a visible blank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from rustplan.model.finding import Track
from rustplan.model.roadmap import Effort, GuideItem, Option, Step
from rustplan.plan.java_memory import is_java_memory
from rustplan.plan.subject import Subject
from rustplan.plan.waves import REMOVES, Move, Schedule
from rustplan.plan.wording import count, name_list

TRAINING, DEPENDENCIES = "CMSR-3", "CMSR-4"
"""Ids of the elements in the guidance catalogue."""
COMPUTED, DRAFTED, BLANK = "computed", "drafted", "blank"
OWNERSHIP = frozenset({"ownership", "callback"})
DRIVERS = {
    "shared-state": "state shared by threads: Send, Sync and locks that own their data",
    "memory-layout": "unions, bit-fields and flexible arrays: layout and enums with data",
    "class-hierarchies": "class hierarchies and templates: traits and generics",
    "macros": "macros that paste tokens: macro_rules and const functions",
    "nonlocal-jumps": "jumps across functions: Result instead of longjmp",
    "vector-instructions": "vector intrinsics: keep them behind the boundary, or core::arch",
}
BRIDGES = {
    "c-abi": 'extern "C" functions and bindings (bindgen, cbindgen)',
    "cxx": "a cxx bridge between C++ and Rust types",
    "jni": "native methods from Rust (the jni crate)",
    "ffm": "exported C symbols that Java looks up",
    "process": "a protocol between two processes",
}
MOST, NAMES, SHARED = 12, 8, 4


def guide_items(
    moves: Sequence[Move], waves: Schedule, vendored: Sequence[Step], ramp_up: Effort
) -> tuple[GuideItem, ...]:
    """Return the lines of both plans, those of training first."""
    ports = [move for move in moves if move.key in waves.waves and _needs_rust(move)]
    return (*_training(ports, ramp_up), *_dependencies(moves, waves, vendored))


def _needs_rust(move: Move) -> bool:
    track = move.subject.score.track
    return (
        track is Track.MEMORY_SAFETY
        and move.option in (Option.REWRITE, Option.WRAP)
        and not is_java_memory(move.subject.component, track)
    )


def _training(ports: Sequence[Move], ramp_up: Effort) -> Iterator[GuideItem]:
    if not ports:
        yield _training_item("People", BLANK, "whether anybody learns Rust now: no wave holds a port")
        return
    subjects = [move.subject for move in ports]
    topics = _topics(subjects)
    yield _training_item(
        "Writing Rust",
        COMPUTED,
        _listed(topics) if topics else "The planned ports show no construct beyond plain functions and data.",
    )
    yield _training_item("Integrating into the build", COMPUTED, _listed(_bridges(subjects)))
    yield _training_item("Quality control", COMPUTED, _quality(subjects))
    if ramp_up.p10 is not None and ramp_up.p90 is not None:
        yield _training_item(
            "Time set aside", DRAFTED, f"{ramp_up.p10:.1f}-{ramp_up.p90:.1f} person-months. {ramp_up.because}"
        )
    yield _training_item(
        "Debugging and tooling", BLANK, "which debugger, which editor support and which lints the team agrees on"
    )
    yield _training_item("People", BLANK, "who learns, from whom, and by when")


def _training_item(topic: str, state: str, text: str) -> GuideItem:
    return GuideItem(element=TRAINING, topic=topic, state=state, text=text)


def _topics(subjects: Sequence[Subject]) -> list[tuple[str, list[str]]]:
    """What the ports ask of the people who write them, with the components that ask it."""
    found: dict[str, list[str]] = defaultdict(list)
    for subject in subjects:
        owned = sum(1 for crossing in subject.boundary.crossings if crossing.shape in OWNERSHIP)
        if owned:
            found["ownership and callbacks over the border: unsafe Rust that states its contract"].append(subject.name)
        rules = {name for name, findings in subject.findings.items() if findings}
        for driver, words in DRIVERS.items():
            if rules & _RULES_OF[driver]:
                found[words].append(subject.name)
    return sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))


_RULES_OF: Mapping[str, frozenset[str]] = {
    "shared-state": frozenset({"thread-shared-state"}),
    "memory-layout": frozenset({"bit-level-layout", "flexible-array-member", "union-access"}),
    "class-hierarchies": frozenset({"class-hierarchy", "template-at-api", "exception-across-boundary"}),
    "macros": frozenset({"token-pasting-macro"}),
    "nonlocal-jumps": frozenset({"nonlocal-jump"}),
    "vector-instructions": frozenset({"simd-intrinsic"}),
}


def _bridges(subjects: Sequence[Subject]) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = defaultdict(list)
    for subject in subjects:
        found[BRIDGES.get(subject.boundary.mechanism, "a crate beside the existing build")].append(subject.name)
    return sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))


def _listed(rows: Sequence[tuple[str, list[str]]]) -> str:
    return "; ".join(f"{words} ({name_list(sorted(names), most=3)})" for words, names in rows) + "."


def _quality(subjects: Sequence[Subject]) -> str:
    tested = [subject.name for subject in subjects if subject.test_files]
    fuzzed = [subject.name for subject in subjects if subject.harnesses]
    words = f"{len(tested)} of {count(len(subjects), 'planned port')} have tests that old and new can share"
    words += f", {len(fuzzed)} a fuzz harness" if fuzzed else ", none a fuzz harness"
    untested = sorted({subject.name for subject in subjects} - set(tested))
    return f"{words}." + (f" Tests first for {name_list(untested, most=4)}." if untested else "")


def _dependencies(moves: Sequence[Move], waves: Schedule, vendored: Sequence[Step]) -> Iterator[GuideItem]:
    """Other people's code in the tree and libraries that build files name, with the steps that meet them."""
    for step in vendored[:MOST]:
        yield _dependency_item(
            step.component,
            DRAFTED,
            f"A copy in this repository, proposed: {step.choice.option.value}. {step.choice.because}",
        )
    groups = _external(moves, waves)
    for names, ports in groups[:MOST]:
        yield _dependency_item(name_list(names, most=NAMES), COMPUTED, _linked(names, ports))
    if len(groups) > MOST:
        rest = sum(len(names) for names, _ in groups[MOST:])
        yield _dependency_item(
            "Others", COMPUTED, f"{count(rest, 'library')} more; rustplan.json lists them by component."
        )
    yield _dependency_item(
        "Decisions", BLANK, "for each library: keep, replace or port upstream, who decides, and by when"
    )


def _dependency_item(topic: str, state: str, text: str) -> GuideItem:
    return GuideItem(element=DEPENDENCIES, topic=topic, state=state, text=text)


def _linked(names: Sequence[str], ports: Sequence[str]) -> str:
    """What many ports share comes from the build target that they belong to; which of them calls it is not told by a build file."""
    noun = "It is" if len(names) == 1 else f"These {len(names)} are"
    who = (
        f"linked by the target of {count(len(ports), 'planned port')}; which of them calls what is not known"
        if len(ports) > SHARED
        else f"linked with {name_list(ports, most=SHARED)}"
    )
    return f"{noun} named by build files, not in this repository, and {who}. A port calls a library through bindings, or a Rust library takes its place."


def _external(moves: Sequence[Move], waves: Schedule) -> list[tuple[list[str], list[str]]]:
    """Libraries from outside that the same planned ports link, with those ports; the most widely linked first."""
    users: dict[str, list[str]] = defaultdict(list)
    for move in moves:
        is_port = move.option in (*REMOVES, Option.WRAP) and move.subject.score.track is Track.MEMORY_SAFETY
        if move.key in waves.waves and is_port:
            for name in sorted(set(move.subject.component.external)):
                users[name].append(move.subject.name)
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name, ports in sorted(users.items()):
        groups[tuple(sorted(ports))].append(name)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[0]), item[1]))
    return [(names, list(ports)) for ports, names in ordered]
