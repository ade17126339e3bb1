"""The page of `rustplan diff`: what changed, what moved a score, which findings came, went or moved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rustplan.model.change import ChangedFinding
from rustplan.model.finding import Kind, Severity
from rustplan.report.diff import AnalysisChange, FactorMove, Measure, ScoreMove, Side, StepMove
from rustplan.report.escape import visible
from rustplan.report.view.lookup import shown
from rustplan.report.view.numbers import counted, decimal, whole
from rustplan.report.view.sheets import UNKNOWN, Part, Sheet, Table, Tile, heads
from rustplan.report.view.words import OPTION_WORDS, TRACK_WORDS
from rustplan.report.words import share

MOST_ROWS, MOST_FACTORS = 200, 3
MINUS = "\u2212"


def build_diff(change: AnalysisChange) -> Sheet:
    """Return the page of one comparison."""
    title = shown(change.new.project)
    return Sheet(
        kind="What changed",
        title=title,
        facts=(f"old: {side_words(change.old)}", f"new: {side_words(change.new)}", visible(change.new.tool)),
        lead=_lead(change),
        cautions=tuple(shown(note, 400) for note in change.notes),
        tiles=tuple(_tiles(change)),
        parts=(_sizes(change), _components(change), _scores(change), _findings(change), _coverage(change)),
        footer=(
            f"Data SHA-256: old {visible(change.old.data_digest) or UNKNOWN}, new {visible(change.new.data_digest) or UNKNOWN}.",
            "Findings are recognised as a baseline recognises them: by the text of their statement, rule and function, not by line.",
        ),
        running_head=f"rustplan - what changed - {title}",
    )


def side_words(side: Side) -> str:
    """`3f2a91c0b1d2, 2026-11-20`."""
    commit = visible(side.commit)[:12] if side.commit else "commit not known"
    return f"{commit}, {visible(side.date)[:10] if side.date else 'date not known'}"


def signed(value: float, digits: int = 0) -> str:
    """`+1,204`, `−0.3`, `0`."""
    text = decimal(abs(value), digits)
    if not text.strip("0."):
        return "0"
    return ("+" if value > 0 else MINUS) + text


def _lead(change: AnalysisChange) -> str:
    if not change.is_different:
        return "Nothing that is compared here differs between the two analyses."
    findings = change.findings
    counts = [_places(entries) for entries in (findings.new, findings.fixed, findings.moved)]
    said = [f"Findings: {whole(counts[0])} new, {whole(counts[1])} fixed, {whole(counts[2])} moved."]
    lines = change.measures[0]
    if lines.is_changed:
        said.append(f"Memory-unsafe lines {_change(lines)}, to {_after(lines)}.")
    if change.scores:
        move = change.scores[0]
        said.append(
            f"{counted(len(change.scores), 'score')} moved, {shown(move.component, 60)} most: risk {_before(move.risk)} to {_after(move.risk)}."
        )
    parts = change.components
    changed = [(len(parts.added), "added"), (len(parts.removed), "removed"), (len(parts.renamed), "renamed")]
    if any(count for count, _ in changed):
        said.append("Components: " + ", ".join(f"{whole(count)} {words}" for count, words in changed if count) + ".")
    return " ".join(said)


def _tiles(change: AnalysisChange) -> Iterable[Tile]:
    findings = change.findings
    yield Tile(
        value=whole(_places(findings.new)),
        words="new findings",
        detail=_severities(findings.new) or "places of defects and exposures",
    )
    yield Tile(
        value=whole(_places(findings.fixed)), words="fixed", detail=f"{whole(findings.unchanged)} places unchanged"
    )
    yield _tile(change.measures[0], "memory-unsafe lines")
    risk = change.measures[2]
    yield _tile(risk, "highest risk of 100")


def _tile(measure: Measure, words: str) -> Tile:
    return Tile(value=_change(measure), words=words, detail=f"{_before(measure)} to {_after(measure)}")


def _severities(entries: Sequence[ChangedFinding]) -> str:
    """`2 critical, 1 high defects`; "" without any."""
    counts = {
        severity: sum(
            entry.places
            for entry in entries
            if entry.finding.kind is Kind.DEFECT and entry.finding.severity is severity
        )
        for severity in Severity
    }
    said = [f"{whole(count)} {severity.value}" for severity, count in counts.items() if count]
    return f"defects: {', '.join(said)}" if said else ""


def _places(entries: Sequence[ChangedFinding]) -> int:
    return sum(entry.places for entry in entries)


def _sizes(change: AnalysisChange) -> Part:
    rows = [(measure.name, _before(measure), _after(measure), _change(measure)) for measure in change.measures]
    return Part(
        words="Sizes",
        question="Is there more or less of it?",
        tables=(
            Table(title="Numbers of both analyses", heads=heads("What", "#Old", "#New", "#Change"), rows=tuple(rows)),
        ),
    )


def _value(measure: Measure, value: float | None) -> str:
    if value is None:
        return UNKNOWN
    if measure.is_share:
        return share(value)
    return decimal(value) if measure.is_points else whole(value)


def _before(measure: Measure) -> str:
    return _value(measure, measure.before)


def _after(measure: Measure) -> str:
    return _value(measure, measure.after)


def _change(measure: Measure) -> str:
    if measure.before is None or measure.after is None:
        return UNKNOWN if measure.is_changed else "–"
    difference = measure.after - measure.before
    if measure.is_share:
        return f"{signed(difference * 100, 1)} points"
    return signed(difference, 1 if measure.is_points else 0)


def _components(change: AnalysisChange) -> Part:
    parts = change.components
    named = [
        *(("added", shown(name), "") for name in parts.added),
        *(("removed", shown(name), "") for name in parts.removed),
        *(
            (
                "renamed",
                shown(one.after),
                f"was {shown(one.before)}; {whole(one.shared)} of {whole(one.files)} files are the same",
            )
            for one in parts.renamed
        ),
    ]
    return Part(
        words="Components",
        question="What came, what went, and what does the plan now say of it?",
        tables=(
            _cut(
                "Added, removed, renamed",
                heads("Change", "Component", "Why it is taken for the same"),
                named,
                lambda row: row,
                "The same components as before.",
            ),
            _cut(
                "Size, plan and boundary",
                heads("Component", "#Unsafe lines", "Option", "Wave", "#Crossings"),
                change.steps,
                _step_row,
                "Size, option, wave and boundary of every component are as before.",
            ),
        ),
    )


def _step_row(move: StepMove) -> tuple[str, ...]:
    return (
        shown(move.component),
        _both(move.lines),
        _arrow(_option(move.option_before), _option(move.option_after)),
        _both(move.wave),
        _both(move.crossings),
    )


def _option(value: str) -> str:
    return next((words for option, words in OPTION_WORDS.items() if option.value == value), "no step")


def _both(measure: Measure) -> str:
    before, after = ("–" if value is None else _value(measure, value) for value in (measure.before, measure.after))
    return _arrow(before, after)


def _arrow(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}"


def _scores(change: AnalysisChange) -> Part:
    return Part(
        words="Scores",
        question="Which risk moved, and which factor moved it?",
        said=("Points of risk are of 100; feasibility and value are products of levels between 0 and 1.",),
        tables=(
            _cut(
                "Scores that moved",
                heads("Component", "Track", "#Risk", "#Change", "#Score", "#Rank", "Moved by"),
                change.scores,
                _score_row,
                "No risk and no score moved by a tenth of a point.",
                has_long_end=True,
            ),
        ),
    )


def _score_row(move: ScoreMove) -> tuple[str, ...]:
    moved = [_factor(factor) for factor in move.factors[:MOST_FACTORS]]
    more = len(move.factors) - MOST_FACTORS
    if more > 0:
        moved.append(f"{whole(more)} more")
    return (
        shown(move.component),
        TRACK_WORDS[move.track],
        _both(move.risk),
        _change(move.risk),
        _both(move.score),
        _both(move.rank),
        "; ".join(moved) or "the rounding of its factors",
    )


def _factor(move: FactorMove) -> str:
    """`defects +6.0 points (7 places; before: 3 places)`."""
    name = move.name.replace("-", " ")
    if move.before is None or move.after is None:
        gone = "is no longer available" if move.after is None else "is now available"
        because = move.because_after if move.after is None else ""
        return f"{name} {gone}" + (f" ({_reason(because)})" if because else "")
    if move.of == "risk":
        size = f"{name} {signed(move.after - move.before, 1)} points"
    else:
        size = f"{move.of}: {name} {decimal(move.before, 2)} → {decimal(move.after, 2)}"
    if move.because_after == move.because_before or not move.because_after:
        return size
    return f"{size} (now: {_reason(move.because_after)}; before: {_reason(move.because_before)})"


def _findings(change: AnalysisChange) -> Part:
    found = change.findings
    place = heads("Finding", "Severity", "$Place", "#Places", "Message")
    return Part(
        words="Findings",
        question="What is new, what is fixed, what only moved?",
        said=(f"{whole(found.unchanged)} places of defects and exposures in source code are unchanged.",),
        tables=(
            _cut("New", place, sorted(found.new, key=_worst), _finding_row, "Nothing is new."),
            _cut("Fixed or gone", place, sorted(found.fixed, key=_worst), _finding_row, "Nothing is gone."),
            _cut(
                "Moved to another file",
                heads("Finding", "Severity", "$Was", "$Is", "#Places"),
                sorted(found.moved, key=_worst),
                _moved_row,
                "Nothing moved to another file.",
            ),
        ),
    )


def _worst(entry: ChangedFinding) -> tuple[Any, ...]:
    finding = entry.finding
    severity = finding.severity.rank if finding.severity else len(Severity)
    return list(Kind).index(finding.kind), severity, finding.path, finding.line, finding.column, finding.rule


def _severity(entry: ChangedFinding) -> str:
    if entry.finding.kind is not Kind.DEFECT:
        return "surface"
    return entry.finding.severity.value if entry.finding.severity else "–"


def _finding_row(entry: ChangedFinding) -> tuple[str, ...]:
    finding = entry.finding
    return (
        visible(finding.rule),
        _severity(entry),
        f"{shown(finding.path)}:{finding.line}",
        whole(entry.places),
        shown(finding.message, 200),
    )


def _moved_row(entry: ChangedFinding) -> tuple[str, ...]:
    finding, before = entry.finding, entry.before or entry.finding
    return (
        visible(finding.rule),
        _severity(entry),
        f"{shown(before.path)}:{before.line}",
        f"{shown(finding.path)}:{finding.line}",
        whole(entry.places),
    )


def _coverage(change: AnalysisChange) -> Part:
    rows = [
        *((shown(path), "no longer read") for path in change.skipped),
        *((shown(path), "read now, or gone") for path in change.read_again),
    ]
    return Part(
        words="What was read",
        question="Do both analyses speak of the same code?",
        tables=(
            _cut(
                "Files that one of the two did not read",
                heads("$File", "Change"),
                rows,
                lambda row: row,
                "The same files were left unread in both.",
            ),
        ),
    )


def _cut(
    title: str,
    columns: tuple[Any, ...],
    entries: Sequence[Any],
    row: Callable[[Any], tuple[str, ...]],
    nothing: str,
    *,
    has_long_end: bool = False,
) -> Table:
    """A table of at most so many rows, the rest counted."""
    hidden = len(entries) - MOST_ROWS
    more = f"{counted(hidden, 'more row')}: see -f json." if hidden > 0 else ""
    return Table(
        title=title,
        heads=columns,
        rows=tuple(map(row, entries[:MOST_ROWS])),
        more=more,
        nothing=nothing,
        has_long_end=has_long_end,
    )


def _reason(because: str) -> str:
    return shown(because, 160).rstrip(".")
