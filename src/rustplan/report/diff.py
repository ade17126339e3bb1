"""What changed between two analyses: sizes, components, scores with the factors that moved them, findings, and what was read."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from rustplan.model.analysis import Analysis
from rustplan.model.change import FindingChanges
from rustplan.model.finding import Severity, Track
from rustplan.model.score import ComponentScore, Factor
from rustplan.model.source import Role
from rustplan.report.diff_components import Pairing, pair_components
from rustplan.report.json_format import encode_document
from rustplan.report.lookup import Lookup

CHANGE_SCHEMA = "rustplan-diff-1"
LEAST_MOVE = 0.05
"""Points of 100. Less than what is printed is no move; the same goes for levels and shares, of 1."""
LEAST_LEVEL = 0.005
LEAST_SHARE = 0.0005


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two analyses, so that a reader can find it again."""

    project: str
    commit: str | None
    date: str | None
    tool: str
    rules_digest: str
    catalog_digest: str
    settings_digest: str
    data_digest: str


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """One number of both analyses; None where it is not known. `is_share` marks 0-1, `is_points` 0-100."""

    name: str
    before: float | None
    after: float | None
    is_share: bool = False
    is_points: bool = False

    @property
    def is_changed(self) -> bool:
        """True when a reader would see another number."""
        if self.before is None or self.after is None:
            return self.before is not self.after
        least = LEAST_MOVE if self.is_points else LEAST_SHARE if self.is_share else 1e-6
        return abs(self.after - self.before) >= least


class FactorMove(msgspec.Struct, frozen=True, kw_only=True):
    """One factor of a score: points for risk, 0-1 levels for feasibility and value. None: it was not available on that side, and `because` says why."""

    of: str
    name: str
    before: float | None
    after: float | None
    because_before: str
    because_after: str

    @property
    def size(self) -> float:
        """How far it moved, for sorting: levels count as if of 100."""
        scale = 1.0 if self.of == "risk" else 100.0
        return scale * abs((self.after or 0.0) - (self.before or 0.0))


class ScoreMove(msgspec.Struct, frozen=True, kw_only=True):
    """A component whose risk or score moved on one track, with the factors that did it: those of the risk first, the furthest first."""

    component: str
    track: Track
    risk: Measure
    score: Measure
    rank: Measure
    factors: tuple[FactorMove, ...]


class StepMove(msgspec.Struct, frozen=True, kw_only=True):
    """A component whose size, option, wave or boundary changed; words are "" and numbers None where there is no step."""

    component: str
    lines: Measure
    crossings: Measure
    wave: Measure
    option_before: str
    option_after: str


class AnalysisChange(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that changed. `skipped` are files that are no longer read, `read_again` those that were not and now are."""

    old: Side
    new: Side
    measures: tuple[Measure, ...]
    components: Pairing
    scores: tuple[ScoreMove, ...]
    steps: tuple[StepMove, ...]
    findings: FindingChanges
    skipped: tuple[str, ...]
    read_again: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def is_different(self) -> bool:
        """True when anything but the names and dates of the two analyses differs."""
        parts = self.components
        return bool(
            parts.added
            or parts.removed
            or parts.renamed
            or self.scores
            or self.steps
            or self.findings.new
            or self.findings.fixed
            or self.findings.moved
            or self.skipped
            or self.read_again
            or any(measure.is_changed for measure in self.measures)
        )


def compare_analyses(old: Analysis, new: Analysis, findings: FindingChanges) -> AnalysisChange:
    """Return what changed; `findings` were matched by the gate, which knows how to recognise them."""
    before, after = Lookup(old), Lookup(new)
    pairing = pair_components(old, new)
    pairs = dict(pairing.pairs)
    unread_before, unread_after = ({entry.path for entry in one.coverage.skipped} for one in (old, new))
    return AnalysisChange(
        old=side_of(old),
        new=side_of(new),
        measures=tuple(_measures(before, after)),
        components=pairing,
        scores=tuple(_scores(before, after, pairs)),
        steps=tuple(_steps(before, after, pairs)),
        findings=findings,
        skipped=tuple(sorted(unread_after - unread_before)),
        read_again=tuple(sorted(unread_before - unread_after)),
        notes=tuple(_notes(old, new)),
    )


def side_of(analysis: Analysis) -> Side:
    """What tells an analysis from another."""
    return Side(
        project=analysis.project.name,
        commit=analysis.project.commit,
        date=analysis.project.date,
        tool=f"{analysis.tool.name} {analysis.tool.version}",
        rules_digest=analysis.tool.rules_digest,
        catalog_digest=analysis.tool.catalog_digest,
        settings_digest=analysis.settings_digest,
        data_digest=analysis.data_digest,
    )


def unsafe_lines(analysis: Analysis) -> int:
    """Code lines of role source in C and C++."""
    return sum(
        entry.sloc
        for entry in analysis.coverage.languages
        if entry.role is Role.SOURCE and entry.language.is_memory_unsafe
    )


def highest_risk(analysis: Analysis) -> float | None:
    """The highest risk of a component on the memory-safety track, None when none was scored."""
    risks = [score.risk for score in analysis.scorecard.components if score.track is Track.MEMORY_SAFETY]
    return max(risks, default=None)


def crossings_of(analysis: Analysis) -> int:
    """Symbols over the boundaries of all components on the memory-safety track."""
    return sum(len(step.boundary.crossings) for step in analysis.roadmap.steps if step.track is Track.MEMORY_SAFETY)


def _measures(before: Lookup, after: Lookup) -> Iterable[Measure]:
    old, new = before.analysis, after.analysis
    yield Measure(name="Memory-unsafe lines (C, C++)", before=unsafe_lines(old), after=unsafe_lines(new))
    yield Measure(name="Components", before=len(old.graph.components), after=len(new.graph.components))
    yield Measure(name="Highest memory-safety risk", before=highest_risk(old), after=highest_risk(new), is_points=True)
    for severity in Severity:
        yield Measure(name=f"Defects, {severity.value}", before=before.defects[severity], after=after.defects[severity])
    for track in Track:
        yield Measure(
            name=f"Exposures, {track.value.replace('-', ' ')}",
            before=before.exposures[track],
            after=after.exposures[track],
        )
    yield Measure(name="Symbols over component boundaries", before=crossings_of(old), after=crossings_of(new))
    yield Measure(name="Findings accepted by comments", before=before.accepted, after=after.accepted)
    yield Measure(
        name="Coverage: share of the source that was read",
        before=old.coverage.share,
        after=new.coverage.share,
        is_share=True,
    )
    yield Measure(name="Files not read", before=len(old.coverage.skipped), after=len(new.coverage.skipped))
    partly = [len({entry.path for entry in one.coverage.degraded}) for one in (old, new)]
    yield Measure(name="Files read in part", before=partly[0], after=partly[1])


def _scores(before: Lookup, after: Lookup, pairs: dict[str, str]) -> Iterable[ScoreMove]:
    """Scores of components that both have, by track and by how far the risk moved."""
    moves = []
    for track in Track:
        old = {score.component: (rank, score) for rank, score in enumerate(before.scores(track), 1)}
        for rank, score in enumerate(after.scores(track), 1):
            found = old.get(pairs.get(score.component, ""))
            if found is not None:
                moves.append(_score_move(found[1], score, found[0], rank))
    moved = [move for move in moves if move.risk.is_changed or move.score.is_changed]
    return sorted(
        moved,
        key=lambda move: (move.track is not Track.MEMORY_SAFETY, -_far(move.risk), -_far(move.score), move.component),
    )


def _far(measure: Measure) -> float:
    return abs((measure.after or 0.0) - (measure.before or 0.0))


def _score_move(old: ComponentScore, new: ComponentScore, old_rank: int, new_rank: int) -> ScoreMove:
    moves = [
        *_factor_moves("risk", old.risk_factors, new.risk_factors),
        *_factor_moves("feasibility", old.feasibility_factors, new.feasibility_factors),
        *_factor_moves("value", old.value_factors, new.value_factors),
    ]
    return ScoreMove(
        component=new.component,
        track=new.track,
        risk=Measure(name="risk", before=old.risk, after=new.risk, is_points=True),
        score=Measure(name="score", before=old.score, after=new.score, is_points=True),
        rank=Measure(name="rank", before=old_rank, after=new_rank),
        factors=tuple(sorted(moves, key=lambda move: (move.of != "risk", -move.size, move.of, move.name))),
    )


def _factor_moves(of: str, old: tuple[Factor, ...], new: tuple[Factor, ...]) -> Iterable[FactorMove]:
    """Factors whose contribution moved, or that came or went."""
    before, after = {factor.name: factor for factor in old}, {factor.name: factor for factor in new}
    for name in dict.fromkeys((*before, *after)):
        one, other = before.get(name), after.get(name)
        move = FactorMove(
            of=of,
            name=name,
            before=_points(of, one),
            after=_points(of, other),
            because_before=one.because if one else "",
            because_after=other.because if other else "",
        )
        least = LEAST_MOVE if of == "risk" else 100 * LEAST_LEVEL
        if move.size >= least or (move.before is None) is not (move.after is None):
            yield move


def _points(of: str, factor: Factor | None) -> float | None:
    if factor is None or factor.is_absent:
        return None
    return factor.contribution if of == "risk" else factor.level


def _steps(before: Lookup, after: Lookup, pairs: dict[str, str]) -> Iterable[StepMove]:
    """By name. A component has at most one step on each track; the memory-safety one speaks for it where there are two."""
    for name, component in sorted(after.components.items()):
        old_component = before.components.get(pairs.get(name, ""))
        if old_component is None:
            continue
        old_step, new_step = (
            next((one for track in Track if (one := lookup.steps.get((which, track)))), None)
            for lookup, which in ((before, old_component.name), (after, name))
        )
        sizes = [None if step is None else len(step.boundary.crossings) for step in (old_step, new_step)]
        move = StepMove(
            component=name,
            lines=Measure(name="memory-unsafe lines", before=old_component.unsafe_sloc, after=component.unsafe_sloc),
            crossings=Measure(name="crossings", before=sizes[0], after=sizes[1]),
            wave=Measure(
                name="wave", before=old_step.wave if old_step else None, after=new_step.wave if new_step else None
            ),
            option_before=old_step.choice.option.value if old_step else "",
            option_after=new_step.choice.option.value if new_step else "",
        )
        if _has_moved(move):
            yield move


def _has_moved(move: StepMove) -> bool:
    return move.option_before != move.option_after or any(
        measure.is_changed for measure in (move.lines, move.crossings, move.wave)
    )


def _notes(old: Analysis, new: Analysis) -> Iterable[str]:
    """What makes the two hard to compare, said aloud."""
    if old.project.name != new.project.name:
        yield f"The two analyses name different projects, {old.project.name} and {new.project.name}."
    if old.tool.rules_digest != new.tool.rules_digest:
        yield "The rules differ: some findings are new or gone because a rule is, and not because the code changed."
    if old.tool.catalog_digest != new.tool.catalog_digest or old.tool.version != new.tool.version:
        yield "The version of rustplan or its catalogue of facts differs: scores and efforts may have moved without a change of code."
    if old.settings_digest != new.settings_digest:
        yield "The settings differ: components, files left out and weights may not be the same."
    if old.project.commit is None or new.project.commit is None:
        yield "At least one of the two has no commit: which state of the code it is cannot be said."
    if old.project.date and new.project.date and old.project.date > new.project.date:
        yield "The first analysis is of a later commit than the second: read every change the other way round, or swap the two."


def encode_change(change: AnalysisChange) -> str:
    """The change as JSON, fields in alphabetical order."""
    return encode_document(
        {"schema": CHANGE_SCHEMA, "is_different": change.is_different, **msgspec.to_builtins(change)}
    )
