"""What a change did, for a pull request: one comment that is kept up to date, and the summary of the job that made it."""

from __future__ import annotations

from collections.abc import Iterator

from rustplan.model.analysis import Analysis
from rustplan.model.finding import Severity, Track
from rustplan.model.verdict import Figure, NewFinding, Verdict
from rustplan.report.depth_words import depth_note
from rustplan.report.lookup import Lookup, worst_first
from rustplan.report.markdown import MOST_CHARACTERS, escaped
from rustplan.report.view.numbers import counted, whole
from rustplan.report.words import effort_words, share, unread

MARKER = "<!-- rustplan:summary -->"
"""By this the comment is found again."""
UNCHANGED = "<!-- rustplan:unchanged -->"
"""Says that there is nothing to tell: a comment that does not exist yet is not made for it."""
SHOWN, MOST_NEW, TOP = 10, 100, 5


def render_comment(analysis: Analysis, verdict: Verdict) -> str:
    """Return the comment: headline, figures against the baseline, gates, what is new. `UNCHANGED` stands in it when nothing changed."""
    lookup = Lookup(analysis)
    lines = [MARKER] if _has_changed(verdict) else [MARKER, UNCHANGED]
    lines += [f"### rustplan: {headline(verdict)}", "", *_figures(verdict), *_new(lookup, verdict)]
    return _cut([*lines, "The whole roadmap is `roadmap.html` of this run."])


def render_summary(analysis: Analysis, verdict: Verdict) -> str:
    """Return the summary of a job: what the comment says, the five components to start with, and what was read."""
    lookup = Lookup(analysis)
    lines = [f"## rustplan: {headline(verdict)}", "", *_figures(verdict), *_new(lookup, verdict)]
    for track, measure in ((Track.MEMORY_SAFETY, "Risk"), (Track.LATENCY, "GC pressure")):
        lines += _top(lookup, track, measure)
    coverage = analysis.coverage
    lines.append(f"Coverage: {share(coverage.share)} of the source bytes read; {unread(coverage)}.")
    lines += [note] if (note := depth_note(coverage)) else []
    return _cut(lines)


def headline(verdict: Verdict) -> str:
    """`2 new critical, unsafe lines +1,204; gate not met`."""
    told = []
    if verdict.baseline is not None:
        new = verdict.baseline.new_findings
        counts = {grade: sum(one.places for one in new if one.finding.severity is grade) for grade in Severity}
        named = [f"{whole(count)} {grade.value}" for grade, count in counts.items() if count]
        told += [f"new: {', '.join(named)}" if named else "nothing new"]
        told += [f"{figure.name.lower()} {_signed(figure)}" for figure in verdict.baseline.figures[:1] if figure.change]
    if verdict.incomplete:
        told.append("scan incomplete")
    elif verdict.checks:
        told.append("gate passed" if verdict.is_met else "gate not met")
    return "; ".join(told) or "no gate asked, no baseline to compare with"


def _has_changed(verdict: Verdict) -> bool:
    tally = verdict.baseline
    moved = tally is not None and bool(tally.new or tally.fixed or any(figure.change for figure in tally.figures))
    return moved or not verdict.is_met or bool(verdict.incomplete)


def _figures(verdict: Verdict) -> Iterator[str]:
    """The table: base, this change, the difference; then one row a gate."""
    figures = verdict.baseline.figures if verdict.baseline is not None else ()
    if not (figures or verdict.checks or verdict.incomplete):
        return
    yield "| | baseline | this change | difference |"
    yield "|---|---:|---:|---:|"
    for figure in figures:
        change = f"**{_signed(figure)}**" if figure.change else "0"
        yield f"| {figure.name} | {whole(figure.before)} | {whole(figure.now)} | {change} |"
    for check in verdict.checks:
        yield f"| Gate {escaped(check.expression)} | | {escaped(check.detail)} | {'passed' if check.is_met else '**not met**'} |"
    for gap in verdict.incomplete:
        yield f"| Scan | | {escaped(gap)} | **incomplete** |"
    yield ""


def _new(lookup: Lookup, verdict: Verdict) -> Iterator[str]:
    """New findings worst first, those after the first few folded away; then the balance."""
    tally = verdict.baseline
    if tally is None:
        return
    new = sorted(tally.new_findings, key=lambda one: worst_first(one.finding))
    if new:
        yield "**New**"
        yield ""
        yield from (_item(one, lookup) for one in new[:SHOWN])
        yield ""
    if len(new) > SHOWN:
        yield f"<details><summary>{whole(len(new) - SHOWN)} more</summary>"
        yield ""
        yield from (_item(one, lookup) for one in new[SHOWN:MOST_NEW])
        if len(new) > MOST_NEW:
            yield f"- and {whole(len(new) - MOST_NEW)} more, each in `roadmap.html`"
        yield ""
        yield "</details>"
        yield ""
    yield f"Against {escaped(tally.name)}: {escaped(tally.line)}."
    yield ""


def _item(new: NewFinding, lookup: Lookup) -> str:
    finding = new.finding
    component = lookup.owners.get(finding.path)
    step = lookup.steps.get((component, Track.MEMORY_SAFETY)) if component else None
    where = [escaped(component)] if component else []
    where += [f"wave {step.wave}"] if step is not None and step.wave is not None else []
    grade = finding.severity.value if finding.severity else finding.kind.value
    places = f", {counted(new.places, 'place')}" if new.places > 1 else ""
    context = f" ({', '.join(where)})" if where else ""
    return f"- {escaped(finding.path)}:{finding.line} {escaped(finding.rule)}, {grade}{places}: {escaped(finding.message)}{context}"


def _top(lookup: Lookup, track: Track, measure: str) -> Iterator[str]:
    scores = lookup.scores(track)[:TOP]
    if not scores:
        return
    yield f"| {'Start with' if track is Track.MEMORY_SAFETY else 'Latency track'} | Score | {measure} | Effort (person-months) | Option |"
    yield "|---|---:|---:|---:|---|"
    for score in scores:
        step = lookup.steps.get((score.component, track))
        effort = effort_words(step.effort if step else None)
        option = step.choice.option.value if step else "-"
        yield f"| {escaped(score.component)} | {score.score:.0f} | {score.risk:.0f} | {effort} | {option} |"
    yield ""


def _signed(figure: Figure) -> str:
    return f"{figure.change:+,d}"


def _cut(lines: list[str]) -> str:
    """The lines that fit; the rest is in the report."""
    text = ""
    for line in lines:
        if len(text) + len(line) > MOST_CHARACTERS:
            return f"{text}\nCut for length: see `roadmap.html`.\n"
        text += f"{line}\n"
    return text
