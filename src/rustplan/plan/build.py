"""From scores to a roadmap: an option, a boundary and an effort for every component, then waves."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from rustplan.catalog import EffortModel
from rustplan.catalog.crossings import load_crossings
from rustplan.model.code_graph import CodeGraph
from rustplan.model.component import ComponentGraph, Unit
from rustplan.model.evidence import Evidence
from rustplan.model.finding import Track
from rustplan.model.options import PlanOptions
from rustplan.model.roadmap import Option, Roadmap, SeamProposal, Step, Wave
from rustplan.model.scan import TreeScan
from rustplan.model.score import Scorecard
from rustplan.plan.actions import Surface, find_surface, first_actions, needs_confirmation
from rustplan.plan.boundary import NOT_COUNTED, boundary_of, draw_boundaries, reached_from_java
from rustplan.plan.capacity import capacity_words, projected_quarters
from rustplan.plan.comparison import with_comparisons
from rustplan.plan.effort import Estimate, batched_effort, effort_of, estimate, ramp_up, sum_quantiles
from rustplan.plan.latency import Methods, best_by_component, look_around, propose_seams
from rustplan.plan.latency_options import boundary_of_cuts
from rustplan.plan.options import decide, tests_first
from rustplan.plan.public_api import find_public_api
from rustplan.plan.subject import Decision, Subject, findings_by_rule, has_main, source_files
from rustplan.plan.vendored import third_party_lines, vendored_steps
from rustplan.plan.waves import (
    REMOVES,
    Move,
    Schedule,
    hosts_of,
    may_open,
    outcome_of,
    schedule,
    starts_when,
    temporary_hours,
    why_parked,
)
from rustplan.plan.wording import count

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
) -> Roadmap:
    """Return the roadmap: steps in the scorecard's order, waves, what is parked and why, and what the numbers rest on.

    `jdk` is the feature release of Java that production runs, None when nothing says which.
    """
    situation = look_around(scan, components, graph, evidence, jdk)
    seams = propose_seams(Methods(scan), scorecard.candidates, situation, load_crossings())
    subjects = subjects_of(scan, components, graph, scorecard, effort, seams)
    moves = with_comparisons(_with_an_opening([_move(subject, effort) for subject in subjects], components, effort))
    order = {unit.name: place for place, unit in enumerate(components.units)}
    plan_of_waves = schedule(moves, components.dependencies, order, effort)
    moves = [_in_batch(move, plan_of_waves, effort) for move in moves]
    surface = find_surface(scan, components, graph)
    ramp = ramp_up(effort, options)
    capacity, capacity_because = capacity_words(options)
    scored = {card.component for card in scorecard.components}
    crossings = draw_boundaries(scan, components, graph, effort)
    vendored, parked = vendored_steps(scan, components, scored, crossings, effort)
    steps = tuple(_step(move, plan_of_waves, surface) for move in moves)
    return Roadmap(
        steps=(*_on(Track.MEMORY_SAFETY, steps), *vendored, *_on(Track.LATENCY, steps)),
        waves=_waves(moves, plan_of_waves, components, scorecard, effort, options, ramp.p50 or 0.0),
        parked=plan_of_waves.parked + parked,
        ramp_up=ramp,
        capacity=capacity,
        capacity_because=capacity_because,
        notes=_notes(moves, plan_of_waves, effort),
        seams=seams,
    )


def _on(track: Track, steps: Sequence[Step]) -> tuple[Step, ...]:
    return tuple(step for step in steps if step.track is track)


def subjects_of(
    scan: TreeScan,
    components: ComponentGraph,
    graph: CodeGraph,
    scorecard: Scorecard,
    effort: EffortModel,
    seams: Sequence[SeamProposal] = (),
) -> list[Subject]:
    """Return what is known of every scored component, in the scorecard's order."""
    by_name = {component.name: component for component in components.components}
    scans = {file.path: file for file in scan.files}
    crossings = draw_boundaries(scan, components, graph, effort)
    units = {name: unit for unit in components.units for name in unit.components}
    risks = _file_risks(scorecard)
    from_java = reached_from_java(components, graph)
    public = find_public_api(scan, components, graph)
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
        _decided(move.subject, tests_first(move.subject, effort), effort) if move.key in first else move
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


def _waves(
    moves: Sequence[Move],
    plan_of_waves: Schedule,
    components: ComponentGraph,
    scorecard: Scorecard,
    effort: EffortModel,
    options: PlanOptions,
    ramp_up_months: float,
) -> tuple[Wave, ...]:
    """Describe each wave; projected quarters follow each other, after the ramp-up."""
    risks = _file_risks(scorecard)
    everything = math.fsum(risks.values()) or 1.0
    shares = {name: risk / everything for name, risk in risks.items()}
    before = ramp_up_months
    cut_over: list[str] = []
    result = []
    for number in sorted(set(plan_of_waves.waves.values())):
        chosen = [move for move in moves if plan_of_waves.waves.get(move.key) == number]
        p10, p50, p90 = _sum(chosen, plan_of_waves, effort)
        gone = [move for move in chosen if move.option in REMOVES and move.subject.score.track is Track.MEMORY_SAFETY]
        result.append(
            Wave(
                number=number,
                components=tuple(dict.fromkeys(move.subject.name for move in chosen)),
                starts_when=starts_when(chosen, cut_over, components.dependencies, number),
                outcome=outcome_of(chosen, shares),
                p10=p10,
                p50=p50,
                p90=p90,
                unsafe_sloc=sum(move.subject.component.unsafe_sloc for move in gone),
                risk_share=round(math.fsum(shares.get(move.subject.name, 0.0) for move in gone), 6),
                temporary_hours=temporary_hours(chosen, plan_of_waves.waves, number),
                projected=projected_quarters(options, before, p50 or 0.0, p90 or 0.0),
            )
        )
        before += p50 or 0.0
        cut_over += [move.subject.name for move in gone]
    return tuple(result)


def _sum(
    moves: Sequence[Move], waves: Schedule, effort: EffortModel
) -> tuple[float, float, float] | tuple[None, None, None]:
    if len(moves) == 1:
        only = moves[0].effort
        return (
            (only.p10, only.p50, only.p90)
            if only.p10 is not None and only.p50 is not None and only.p90 is not None
            else (None, None, None)
        )
    batches: dict[str, list[tuple[str, Estimate]]] = defaultdict(list)
    for move in moves:
        found = estimate(move.subject, move.option, effort)
        track = move.subject.score.track.value
        if found is not None:
            host = waves.batches.get(move.key, move.subject.name)
            batches[f"{host}:{track}"].append((f"{move.subject.name}:{track}", found))
    return sum_quantiles([batches[name] for name in sorted(batches)], effort)


def _file_risks(scorecard: Scorecard) -> dict[str, float]:
    """Sum of the files' absolute risk by component: where memory-safety fixes are expected."""
    parts: dict[str, list[float]] = defaultdict(list)
    for file in scorecard.files:
        if file.risk is not None and file.component:
            parts[file.component].append(file.risk)
    return {name: math.fsum(values) for name, values in sorted(parts.items())}


def _notes(moves: Sequence[Move], waves: Schedule, effort: EffortModel) -> tuple[str, ...]:
    """What a reader must know to read the plan rightly."""
    notes = [
        f"Effort is an {effort.productivity.label}: ranges are P10-P90, and a team's own actuals should replace them.",
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
