"""What the options of all components rest on: hardening flags, libraries, machines and Rust of the whole tree, found once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from rustplan.catalog import EffortModel
from rustplan.model.build_notes import BuildNotes
from rustplan.model.choices import HardeningMeasure, Replacement
from rustplan.model.component import ComponentGraph
from rustplan.model.finding import Track
from rustplan.model.roadmap import Step
from rustplan.model.scan import TreeScan
from rustplan.model.score import FactorEvidence
from rustplan.plan.assess import Ground, assess
from rustplan.plan.cases import comparable_ports
from rustplan.plan.hardening import flags_of, measures_of, needs_of
from rustplan.plan.replacing import find_replacements, with_own_choice
from rustplan.plan.subject import Subject
from rustplan.plan.targets import blockers_of, platforms_of, rust_places, without_rust
from rustplan.plan.waves import Move


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The ground with what the report says of the whole tree."""

    ground: Ground
    hardening: tuple[HardeningMeasure, ...] = ()
    rust: tuple[FactorEvidence, ...] = ()

    @property
    def replacements(self) -> Mapping[str, tuple[Replacement, ...]]:
        """Component -> the libraries that it holds or uses."""
        found: dict[str, list[Replacement]] = {}
        for one in self.ground.replacements:
            for name in (*one.components, *(() if one.is_own and not one.is_swap else one.partly)):
                found.setdefault(name, []).append(one)
        return {name: tuple(libraries) for name, libraries in found.items()}


def find_ground(
    scan: TreeScan, components: ComponentGraph, notes: BuildNotes, own: Mapping[str, str] | None = None
) -> Findings:
    """Read the build notes and the scan once for all components. `own` is what the team would take instead of catalogued libraries, by row."""
    platforms = platforms_of(notes)
    flags, needs = flags_of(scan, notes), needs_of(scan, platforms)
    ground = Ground(
        flags=flags,
        needs=needs,
        replacements=with_own_choice(find_replacements(scan, components, notes), own or {}),
        platforms=platforms,
    )
    return Findings(ground=ground, hardening=measures_of(flags, needs) if needs else (), rust=rust_places(scan, notes))


def with_ground(subjects: Iterable[Subject], found: Findings) -> list[Subject]:
    """Tell each subject which libraries it has, and which machines leave it without Rust."""
    libraries = found.replacements
    return [
        replace(
            subject,
            replacements=libraries.get(subject.name, ()),
            no_rust=without_rust(found.ground.platforms, subject.component.files),
        )
        for subject in subjects
    ]


def with_assessments(
    steps: Sequence[Step], moves: Sequence[Move], found: Findings, model: EffortModel
) -> tuple[Step, ...]:
    """Add to each step of a scored component all five options, what a translation cannot carry over, and comparable ports."""
    by_key = {move.key: move for move in moves}
    result = []
    for step in steps:
        move = by_key.get((step.component, step.track))
        if move is None:
            result.append(step)
            continue
        is_native = step.track is Track.MEMORY_SAFETY
        result.append(
            structs.replace(
                step,
                assessments=assess(move.subject, move.decision, found.ground, model),
                blockers=blockers_of(move.subject.findings) if is_native else (),
                comparable=comparable_ports(move.subject),
            )
        )
    return tuple(result)
