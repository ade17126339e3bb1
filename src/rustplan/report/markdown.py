"""The roadmap as Markdown for a job summary, a wiki or a mail: short enough for every place that limits a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rustplan.model.analysis import Analysis
from rustplan.model.finding import Finding, Kind, Severity, Track
from rustplan.report.depth_words import depth_note
from rustplan.report.escape import clip, visible
from rustplan.report.lookup import Lookup, worst_first
from rustplan.report.past_words import evidence_rows
from rustplan.report.stability_words import mark_words, rank_mark
from rustplan.report.text import besides, first_step
from rustplan.report.view.numbers import effort_range, whole
from rustplan.report.view.words import reason_words
from rustplan.report.words import (
    JAVA_ON_MEMORY_SAFETY,
    effort_words,
    first_move,
    languages,
    latency_note,
    pilot_words,
    sentence,
    share,
    unread,
)

MOST_CHARACTERS = 60_000
"""GitHub cuts a comment at 65,536 characters."""
_ROWS = 50
_SPECIAL = str.maketrans({char: f"\\{char}" for char in "\\`*_{}[]<>|#~!@$&"})


def render_markdown(analysis: Analysis) -> str:
    """Return the whole text; sections that would pass the limit are left out and named."""
    lookup = Lookup(analysis)
    sections = (
        _summary(lookup),
        _ranking(lookup, Track.MEMORY_SAFETY),
        _ranking(lookup, Track.LATENCY),
        _waves(lookup),
        _findings(lookup),
        _parked(lookup),
        _gaps(lookup),
        _method(analysis),
    )
    text = ""
    left_out = []
    for section in sections:
        lines = list(section)
        block = "\n".join(lines) + "\n\n" if lines else ""
        if len(text) + len(block) > MOST_CHARACTERS - 1000:
            left_out.append(lines[0].lstrip("# "))
        else:
            text += block
    if left_out:
        text += f"Left out for length, see `roadmap.html`: {', '.join(left_out)}.\n\n"
    return text.rstrip("\n") + "\n"


def escaped(text: str) -> str:
    """Repository text for Markdown: nothing hidden, no markup, no mention of a user."""
    return clip(visible(text)).translate(_SPECIAL)


def _summary(lookup: Lookup) -> Iterator[str]:
    project = lookup.analysis.project
    commit = f" @ {escaped(project.commit[:12])}" if project.commit else ""
    yield f"# Memory-safety roadmap: {escaped(project.name)}{commit}"
    yield ""
    step = first_step(lookup)
    if step is None:
        yield "Nothing to move: no component is worth a change by what was read."
    else:
        yield f"**Start with {escaped(step.component)}**: {first_move(step)}. {escaped(sentence(step.choice.because))}"
        pilot = pilot_words(lookup.analysis.roadmap, step.component, escaped)
        yield from (["", pilot] if pilot else [])
    yield ""
    defects = [
        f"{whole(lookup.defects[severity])} {severity.value}" for severity in Severity if lookup.defects[severity]
    ]
    yield f"- Defects: {', '.join(defects) or 'none found by the rules'}"
    yield f"- Besides: {', '.join(besides(lookup))}"
    coverage = lookup.analysis.coverage
    yield f"- Coverage: {share(coverage.share)} of the source bytes read; {unread(coverage)}. Unread code is unknown, not safe."
    if note := depth_note(coverage):
        yield f"- {note}"


def _ranking(lookup: Lookup, track: Track) -> Iterator[str]:
    scores = lookup.scores(track)
    if not scores:
        return
    if track is Track.MEMORY_SAFETY:
        yield "## Memory-safety track"
        if any(component.raw_java_sloc for component in lookup.components.values()):
            yield ""
            yield JAVA_ON_MEMORY_SAFETY
        measure, size = "Risk", "Unsafe lines"
    else:
        yield "## Latency track"
        yield ""
        yield latency_note(is_measured=any(level.is_measured for level, _ in lookup.evidence_of.values()))
        measure, size = "GC pressure", "Lines"
    yield ""
    rows = []
    for number, score in enumerate(scores[:_ROWS], start=1):
        component = lookup.components.get(score.component)
        step = lookup.steps.get((score.component, track))
        lines = (component.raw_sloc if track is Track.MEMORY_SAFETY else component.sloc) if component else 0
        rows.append(
            (
                str(number),
                escaped(score.component),
                languages(component.languages) if component else "-",
                whole(lines),
                f"{score.score:.0f}",
                rank_mark(score.component, track, lookup.analysis.scorecard.stability) or "-",
                f"{score.risk:.0f}",
                effort_words(step.effort if step else None),
                str(step.wave) if step and step.wave is not None else "-",
                step.choice.option.value if step else "-",
            )
        )
    yield from _table(
        (
            "#",
            "Component",
            "Language",
            size,
            "Score",
            "Holds ranks",
            measure,
            "Effort (person-months)",
            "Wave",
            "Option",
        ),
        rows,
        "rllrrrrrrl",
    )
    if said := mark_words(lookup.analysis.scorecard.stability):
        yield ""
        yield said
    if len(scores) > _ROWS:
        yield ""
        yield f"{whole(len(scores) - _ROWS)} more in `roadmap.html`."


def _waves(lookup: Lookup) -> Iterator[str]:
    waves = lookup.analysis.roadmap.waves
    if not waves:
        return
    yield "## Waves"
    yield ""
    rows = [
        (
            str(wave.number),
            ", ".join(map(escaped, wave.components[:8]))
            + (f" and {len(wave.components) - 8} more" if len(wave.components) > 8 else ""),
            escaped(wave.starts_when),
            effort_range(wave.p10, wave.p50, wave.p90),
            whole(wave.unsafe_sloc),
        )
        for wave in waves[:_ROWS]
    ]
    yield from _table(("Wave", "Components", "Starts when", "Effort (person-months)", "Unsafe lines"), rows, "rllrr")


def _findings(lookup: Lookup) -> Iterator[str]:
    defects = sorted((finding for finding in lookup.source_findings() if finding.kind is Kind.DEFECT), key=worst_first)
    if not defects:
        return
    yield f"## Worst findings ({min(len(defects), 20)} of {whole(len(defects))} defects)"
    yield ""
    yield from _table(
        ("Severity", "Rule", "Place", "Component", "What"),
        [_finding_row(finding, lookup) for finding in defects[:20]],
        "lllll",
    )


def _finding_row(finding: Finding, lookup: Lookup) -> tuple[str, ...]:
    return (
        finding.severity.value if finding.severity else "-",
        escaped(finding.rule),
        f"{escaped(finding.path)}:{finding.line}",
        escaped(lookup.owners.get(finding.path, "-")),
        escaped(finding.message),
    )


def _parked(lookup: Lookup) -> Iterator[str]:
    parked = lookup.analysis.roadmap.parked
    if not parked:
        return
    yield "## Not in a wave"
    yield ""
    for entry in parked[:_ROWS]:
        yield f"- {escaped(entry.component)} ({entry.track.value}): {escaped(entry.because)}"


def _gaps(lookup: Lookup) -> Iterator[str]:
    skipped = lookup.analysis.coverage.skipped
    absent = lookup.analysis.evidence.absent
    for name, words in evidence_rows(lookup.analysis.evidence):
        yield f"{escaped(name.capitalize())}: {escaped(words)}"
        yield ""
    if not skipped and not absent:
        return
    yield "## What was not read"
    yield ""
    for evidence in absent:
        yield f"- {escaped(evidence.name)}: {escaped(evidence.because)}; {escaped(evidence.effect)}"
    for file in skipped[:20]:
        yield f"- {escaped(file.path)}: {reason_words(file.reason)}{f' ({escaped(file.detail)})' if file.detail else ''}"
    if len(skipped) > 20:
        yield f"- and {whole(len(skipped) - 20)} more files, each with its reason in `rustplan.json`"


def _method(analysis: Analysis) -> Iterator[str]:
    tool = analysis.tool
    yield "## Reproduce"
    yield ""
    yield f"- `{visible(analysis.command).replace('`', chr(39))}` with rustplan {escaped(tool.version)}"
    yield f"- rules {tool.rules_digest[:16]}, facts {tool.catalog_digest[:16]}, settings {analysis.settings_digest[:16]}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], sides: str) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"| {' | '.join('---:' if side == 'r' else '---' for side in sides)} |"
    for row in rows:
        yield f"| {' | '.join(row)} |"
