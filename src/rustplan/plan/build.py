"""From scores to a roadmap: an option, a boundary and an effort for every component, then waves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rustplan.catalog import EffortModel
from rustplan.catalog.crossings import load_crossings
from rustplan.model.build_notes import BuildNotes
from rustplan.model.code_graph import CodeGraph
from rustplan.model.component import ComponentGraph, Unit
from rustplan.model.evidence import Evidence
from rustplan.model.finding import Track
from rustplan.model.options import PlanOptions
from rustplan.model.roadmap import Actual, Calibration, Crossing, Option, Override, Roadmap, SeamProposal, Step
from rustplan.model.scan import TreeScan
from rustplan.model.score import Scorecard
from rustplan.plan.actions import Surface, find_surface, first_actions, needs_confirmation
from rustplan.plan.boundary import NOT_COUNTED, boundary_of, draw_boundaries, reached_from_java
from rustplan.plan.calibrate import calibrate
from rustplan.plan.capacity import capacity_words
from rustplan.plan.comparison import with_comparisons
from rustplan.plan.drivers import difficulty
from rustplan.plan.effort import batched_effort, effort_of, ramp_up
from rustplan.plan.exit_criteria import exit_criteria
from rustplan.plan.frontier import find_frontier
from rustplan.plan.ground import find_ground, with_assessments, with_ground
from rustplan.plan.latency import Methods, best_by_component, look_around, propose_seams
from rustplan.plan.latency_options import boundary_of_cuts
from rustplan.plan.options import decide, tests_first
from rustplan.plan.pilot import choose_pilot
from rustplan.plan.public_api import PublicApi, find_public_api
from rustplan.plan.slices import first_slices
from rustplan.plan.subject import Decision, Subject, findings_by_rule, has_main, source_files
from rustplan.plan.training import guide_items
from rustplan.plan.vendored import third_party_lines, vendored_steps
from rustplan.plan.wave_figures import after_the_pilot, describe_waves, file_risks, with_totals
from rustplan.plan.waves import (
    Move,
    Schedule,
    hosts_of,
    may_open,
    schedule,
    why_parked,
)
from rustplan.plan.wording import count
from rustplan.plan.xray import with_xrays

NO_EVIDENCE = Evidence()


def plan(
    scan: TreeScan,
    components: ComponentGraph,
    graph: CodeGraph,
    scorecard: Scorecard,
    effort: EffortModel,
    options: PlanOptions,
    evidence: Evidence = NO_EVIDENCE,
    jdk: int | None = None,
    actuals: Sequence[Actual] = (),
    overrides: tuple[Override, ...] = (),
    notes: BuildNotes = BuildNotes(),  # noqa: B008 - frozen
) -> Roadmap:
    """Return the roadmap: steps in the scorecard's order, waves, what is parked and why, and what the numbers rest on.

    `jdk` is the feature release of Java that production runs, None when nothing says which. `actuals` are the team's finished ports;
    `overrides` what the configuration replaced in `effort` and in the weights of the scorecard, told along.
    """
    prior = effort
    situation = look_around(scan, components, graph, evidence, jdk)
    seams = propose_seams(Methods(scan), scorecard.candidates, situation, load_crossings())
    found = find_ground(scan, components, notes, options.replacements)
    public = find_public_api(scan, components, graph)
    crossings = draw_boundaries(scan, components, graph, effort, public)
    borders = (crossings, public)
    subjects = _in_a_kernel(with_ground(subjects_of(scan, components, graph, scorecard, effort, seams, borders), found))
    effort, calibration = _calibrated(subjects, prior, actuals)
    moves = with_comparisons(_with_an_opening([_move(subject, effort) for subject in subjects], components, effort))
    order = {unit.name: place for place, unit in enumerate(components.units)}
    pilot = choose_pilot(moves, effort)
    plan_of_waves = schedule(moves, components.dependencies, order, effort, pilot.component)
    moves = [_in_batch(move, plan_of_waves, effort) for move in moves]
    surface = find_surface(scan, components, graph)
    ramp = ramp_up(effort, options)
    capacity, capacity_because = capacity_words(options)
    scored = {card.component for card in scorecard.components}
    if effort.crossings != prior.crossings:
        crossings = draw_boundaries(scan, components, graph, effort, public)
    vendored, parked = vendored_steps(scan, components, scored, crossings, effort, found.replacements)
    steps = with_assessments([_step(move, plan_of_waves, surface) for move in moves], moves, found, effort)
    planned = {name for name, track in plan_of_waves.waves if track is Track.MEMORY_SAFETY}
    return Roadmap(
        steps=with_xrays(
            (*_on(Track.MEMORY_SAFETY, steps), *vendored, *_on(Track.LATENCY, steps)), scan, components, graph, public
        ),
        waves=after_the_pilot(
            describe_waves(moves, plan_of_waves, components, scorecard, effort, options, ramp.p50 or 0.0), pilot
        ),
        parked=plan_of_waves.parked + parked,
        ramp_up=ramp,
        capacity=capacity,
        capacity_because=capacity_because,
        notes=_notes(moves, plan_of_waves, effort),
        seams=seams,
        pilot=pilot,
        frontier=find_frontier(moves, planned, effort),
        slices=first_slices(_to_slice(moves, plan_of_waves), scan, surface, effort),
        exit_criteria=exit_criteria(moves, plan_of_waves, surface),
        guide=guide_items(moves, plan_of_waves, vendored, ramp),
        calibration=with_totals(calibration, moves, plan_of_waves, prior, effort),
        overrides=overrides,
        replacements=found.ground.replacements,
        hardening=found.hardening,
        platforms=found.ground.platforms,
        rust_present=found.rust,
    )


def _in_a_kernel(subjects: Sequence[Subject]) -> list[Subject]:
    """Mark all when most lines stand in components with signs of a kernel or of firmware: what is linked with them runs there, too."""
    native = [subject for subject in subjects if subject.score.track is Track.MEMORY_SAFETY]
    marked = sum(subject.lines for subject in native if subject.places("kernel-or-firmware"))
    if 2 * marked <= sum(subject.lines for subject in native):
        return list(subjects)
    return [replace(subject, is_kernel_tree=True) for subject in subjects]


def _calibrated(
    subjects: Sequence[Subject], prior: EffortModel, actuals: Sequence[Actual]
) -> tuple[EffortModel, Calibration]:
    """Let finished ports move the prior; the difficulty of those that are still in the tree is known."""
    named = {actual.component for actual in actuals}
    native = [subject for subject in subjects if subject.name in named and subject.score.track is Track.MEMORY_SAFETY]
    return calibrate(prior, actuals, {subject.name: difficulty(subject, prior)[0] for subject in native})


def _to_slice(moves: Sequence[Move], waves: Schedule) -> list[Subject]:
    """Ports of the first wave that holds one; before them what is too large to be ported as a whole, and hardened until it is divided."""
    rewrites = [
        move
        for move in moves
        if move.option is Option.REWRITE and move.key in waves.waves and move.subject.score.track is Track.MEMORY_SAFETY
    ]
    first = min((waves.waves[move.key] for move in rewrites), default=0)
    chosen = [move.subject for move in rewrites if waves.waves[move.key] == first]
    waiting = [
        move.subject
        for move in moves
        if waves.waves.get(move.key) == 1 and move.option is Option.HARDEN and move.decision.is_port_delayed
    ]
    return chosen + waiting


def _on(track: Track, steps: Sequence[Step]) -> tuple[Step, ...]:
    return tuple(step for step in steps if step.track is track)


def subjects_of(
    scan: TreeScan,
    components: ComponentGraph,
    graph: CodeGraph,
    scorecard: Scorecard,
    effort: EffortModel,
    seams: Sequence[SeamProposal] = (),
    borders: tuple[Mapping[str, tuple[Crossing, ...]], PublicApi] | None = None,
) -> list[Subject]:
    """Return what is known of every scored component, in the scorecard's order. `borders` are crossings and public API, when known already."""
    by_name = {component.name: component for component in components.components}
    scans = {file.path: file for file in scan.files}
    if borders is None:
        public = find_public_api(scan, components, graph)
        borders = draw_boundaries(scan, components, graph, effort, public), public
    crossings, public = borders
    units = {name: unit for unit in components.units for name in unit.components}
    risks = file_risks(scorecard)
    from_java = reached_from_java(components, graph)
    cuts = best_by_component(seams)
    is_networked = any(card.network_steps == 0 for card in scorecard.components)
    subjects = []
    for score in scorecard.components:
        component = by_name[score.component]
        sources = source_files(component, scans)
        own = cuts.get(component.name, ()) if score.track is Track.LATENCY else ()
        subjects.append(
            Subject(
                component=component,
                score=score,
                unit=units.get(component.name, Unit(components=(component.name,))),
                boundary=boundary_of_cuts(
                    boundary_of(
                        component,
                        score.track,
                        crossings[component.name],
                        has_main=has_main(sources),
                        is_jni=component.name in from_java,
                        public=public,
                        sources=sources,
                    ),
                    own,
                ),
                sources=sources,
                findings=findings_by_rule(sources),
                file_risk=risks.get(component.name, 0.0),
                is_networked_tree=is_networked,
                vendored_lines=third_party_lines(component, scans),
                seams=own,
            )
        )
    return subjects


def _move(subject: Subject, effort: EffortModel) -> Move:
    return _decided(subject, decide(subject, effort), effort)


def _with_an_opening(moves: Sequence[Move], components: ComponentGraph, effort: EffortModel) -> list[Move]:
    """Make sure that the plan can start: when no move may stand in wave 1, the best rewrites are made testable first.

    What is batched with a neighbour starts with it, so it opens nothing by itself.
    """
    movable = [move for move in moves if not why_parked(move)]
    hosts = hosts_of(movable, components.dependencies, effort)
    if not movable or any(may_open(move, effort) for move in movable if move.key not in hosts):
        return list(moves)
    own = [move for move in movable if move.key not in hosts]
    first = {move.key for move in own[: effort.waves.most_steps]}
    return [
        _decided(move.subject, replace(tests_first(move.subject, effort), is_port_delayed=True), effort)
        if move.key in first
        else move
        for move in moves
    ]


def _decided(subject: Subject, decision: Decision, effort: EffortModel) -> Move:
    return Move(subject=subject, decision=decision, effort=effort_of(subject, decision.choice.option, effort))


def _in_batch(move: Move, waves: Schedule, effort: EffortModel) -> Move:
    """Take the least effort of a step off what is done together with a neighbour: it counts once, for the batch."""
    host = waves.batches.get(move.key)
    if host is None:
        return move
    return replace(move, effort=batched_effort(move.subject, move.option, effort, host))


def _step(move: Move, waves: Schedule, surface: Surface) -> Step:
    return Step(
        component=move.subject.name,
        track=move.subject.score.track,
        unit=move.subject.unit.name,
        choice=move.decision.choice,
        runner_up=move.decision.runner_up,
        case_against=_case_against(move),
        boundary=move.subject.boundary,
        effort=move.effort,
        wave=waves.waves.get(move.key),
        first_actions=first_actions(move, surface, waves.batches.get(move.key, "")),
        needs_confirmation=needs_confirmation(move),
    )


def _case_against(move: Move) -> str:
    """Say it too when the border may be wider than its crossings show."""
    unseen = f" {NOT_COUNTED}" if NOT_COUNTED in move.subject.boundary.because else ""
    return f"{move.decision.case_against}{unseen}"


def _labelled(effort: EffortModel) -> str:
    label = effort.productivity.label
    return f"an {label}" if label[:1] in "aeiou" else label


def _notes(moves: Sequence[Move], waves: Schedule, effort: EffortModel) -> tuple[str, ...]:
    """What a reader must know to read the plan rightly."""
    notes = [
        f"Effort is {_labelled(effort)}: ranges are P10-P90, and a team's own actuals should replace them.",
        "Dependency order is a cost, not a rule: Rust can call C and C can call Rust; the hours of temporary crossings are shown.",
        "The score is a heuristic over named factors. It is not a count of vulnerabilities and no statement about compliance.",
    ]
    untested = [
        move for move in moves
        if move.option is Option.REWRITE and move.key in waves.waves and not may_open(move, effort)
    ]  # fmt: skip
    if untested:
        notes.append(
            f"{count(len(untested), 'rewrite')} may not open the plan: without tests nothing compares old and new, and above "
            f"{effort.waves.opening_lines:,} lines a first port takes too long to learn from."
        )
    if not moves:
        notes.append("Nothing to plan: no C or C++ and no Java of role source was found.")
    return tuple(notes)
