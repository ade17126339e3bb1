"""The page of `rustplan trend`: the numbers that a published roadmap has to follow, as lines and as a table."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence

from markupsafe import Markup

from rustplan.model.progress import ProgressPoint
from rustplan.report.escape import visible
from rustplan.report.svg.trend import Axis, Series, draw_lines
from rustplan.report.trend import Growth, Trend, rule_changes
from rustplan.report.view.diff import signed
from rustplan.report.view.lookup import shown
from rustplan.report.view.numbers import compact, counted, decimal, percent, whole
from rustplan.report.view.sheets import UNKNOWN, Figure, Head, Part, Sheet, Table, Tile, heads

SAFE_LANGUAGES = "C#, Go, Java, Python, Rust and Swift"
"""Those that the NSA and CISA information sheet lists, and the only ones counted beside C and C++ (catalog/guidance.yaml: java-is-safe)."""


def build_trend(trend: Trend) -> Sheet:
    """Return the page. `trend.points` is not empty."""
    first, last = trend.points[0], trend.points[-1]
    title = shown(last.project)
    return Sheet(
        kind="Progress over several analyses",
        title=title,
        facts=(
            counted(len(trend.points), "analysis", "analyses"),
            f"{when(first)} to {when(last)}",
            visible(last.tool),
        ),
        lead=_lead(trend),
        cautions=tuple(shown(note, 400) for note in trend.notes),
        tiles=tuple(_tiles(trend)),
        parts=(_lines_part(trend), _findings_part(trend), _method_part(trend)),
        footer=(
            "Ordered by the dates of the commits as the analyses tell them; no clock was asked.",
            f"Data SHA-256 of the last analysis: {visible(last.data_digest) or UNKNOWN}.",
        ),
        running_head=f"rustplan - progress - {title}",
    )


def when(point: ProgressPoint) -> str:
    """The day of a point, or its commit where the day is not known."""
    return point.date or (visible(point.commit)[:12] if point.commit else UNKNOWN)


def axis_of(points: Sequence[ProgressPoint]) -> Axis:
    """True to time when every point has a day of its own; evenly spaced otherwise."""
    days = [datetime.date.fromisoformat(point.date).toordinal() for point in points if point.date]
    if len(days) == len(points) and days[-1] > days[0]:
        places = tuple((day - days[0]) / (days[-1] - days[0]) for day in days)
        words = tuple((point.date or "")[:7] for point in points)
    else:
        places = tuple(place / max(1, len(points) - 1) for place in range(len(points)))
        words = tuple((point.date or "")[:7] or str(place) for place, point in enumerate(points, 1))
    return Axis(places, words, rule_changes(points))


def _lead(trend: Trend) -> str:
    first, last = trend.points[0], trend.points[-1]
    if len(trend.points) < 2:
        return f"One analysis is a start and no trend: {whole(last.unsafe_lines)} memory-unsafe lines at {when(last)}."
    change = last.unsafe_lines - first.unsafe_lines
    said = [
        f"From {when(first)} to {when(last)} the memory-unsafe lines went from {whole(first.unsafe_lines)} to "
        f"{whole(last.unsafe_lines)} ({signed(change)})."
    ]
    whole_growth = _sum(trend.growths)
    if whole_growth is None:
        said.append("What grew instead is not known for every step.")
    elif whole_growth.share is None:
        said.append("No language gained a line.")
    else:
        said.append(f"Of the lines that languages gained, {percent(whole_growth.share)} are in memory-safe ones.")
    return " ".join(said)


def _sum(growths: Sequence[Growth | None]) -> Growth | None:
    known = [growth for growth in growths[1:] if growth is not None]
    if len(known) < len(growths) - 1 or not known:
        return None
    return Growth(unsafe=sum(one.unsafe for one in known), safe=sum(one.safe for one in known))


def _tiles(trend: Trend) -> Iterable[Tile]:
    first, last = trend.points[0], trend.points[-1]
    yield _tile("memory-unsafe lines", first.unsafe_lines, last.unsafe_lines, whole)
    growth = trend.growths[-1]
    yield Tile(
        value=UNKNOWN if growth is None else "–" if growth.share is None else percent(growth.share),
        words="of the last growth in memory-safe languages",
        detail=_growth_words(growth),
    )
    yield _tile("places a baseline holds", first.baseline_size, last.baseline_size, whole)
    yield _tile("highest risk of 100", first.highest_risk, last.highest_risk, decimal)


def _tile(words: str, before: float | None, after: float | None, write: Callable[[float], str]) -> Tile:
    value = UNKNOWN if after is None else write(after)
    return Tile(value=value, words=words, detail=f"{UNKNOWN if before is None else write(before)} at the first")


def _growth_words(growth: Growth | None) -> str:
    if growth is None:
        return "lines were not counted on both sides"
    if growth.share is None:
        return "no language gained a line"
    return f"{whole(growth.safe)} lines gained there, {whole(growth.unsafe)} in C and C++"


def _lines_part(trend: Trend) -> Part:
    points, axis = trend.points, axis_of(trend.points)
    lines = _figure(
        1,
        "Lines of code",
        (
            Series("C, C++", False, tuple(float(point.unsafe_lines) for point in points)),
            Series("memory-safe", True, tuple(_float(point.safe_lines) for point in points)),
        ),
        axis,
        compact,
        f"Solid: C and C++. Dotted: {SAFE_LANGUAGES}. Code lines of role source.",
    )
    share = _figure(
        2,
        "Share of growth in memory-safe languages",
        (Series("", True, tuple(None if growth is None else growth.share for growth in trend.growths)),),
        axis,
        percent,
        "Of the lines that languages gained since the analysis before, the part in memory-safe ones. No dot: nothing grew, or lines were not counted.",
        top=1.0,
    )
    crossings = _figure(
        3,
        "Symbols over component boundaries",
        (Series("", False, tuple(float(point.crossings) for point in points)),),
        axis,
        compact,
        "What the boundaries of all components on the memory-safety track are made of.",
    )
    return Part(
        words="Code",
        question="Is memory-unsafe code going away, and what grows instead?",
        figures=(lines, share, crossings),
        tables=(_lines_table(trend), _languages_table(points)),
    )


def _findings_part(trend: Trend) -> Part:
    points, axis = trend.points, axis_of(trend.points)
    figures = (
        _figure(
            4,
            "Places that a baseline holds",
            (Series("", False, tuple(float(point.baseline_size) for point in points)),),
            axis,
            compact,
            "Places of defects and exposures in source code: what `rustplan baseline create` accepts.",
        ),
        _figure(
            5,
            "Highest memory-safety risk",
            (Series("", False, tuple(point.highest_risk for point in points)),),
            axis,
            lambda value: decimal(value, 0),
            "Of the component with the highest, on the fixed scale of 0 to 100.",
            top=100.0,
        ),
        _figure(
            6,
            "Coverage",
            (Series("", True, tuple(point.coverage for point in points)),),
            axis,
            percent,
            "Share of the source, in bytes, that the parser understood.",
            top=1.0,
        ),
    )
    rows = tuple(
        (
            when(point),
            whole(point.baseline_size),
            whole(point.critical),
            whole(point.high),
            UNKNOWN if point.highest_risk is None else decimal(point.highest_risk),
            percent(point.coverage),
            whole(point.files_not_read),
            visible(point.rules_digest)[:12] or UNKNOWN,
        )
        for point in points
    )
    columns = heads(
        "Analysis",
        "#Baseline size",
        "#Critical defects",
        "#High defects",
        "#Highest risk",
        "#Coverage",
        "#Files not read",
        "$Rules",
    )
    return Part(
        words="Findings and risk",
        question="Is there less to accept, and was the same code read?",
        figures=figures,
        tables=(Table(title="Findings, risk and coverage", heads=columns, rows=rows),),
    )


def _figure(
    number: int,
    name: str,
    series: tuple[Series, ...],
    axis: Axis,
    words: Callable[[float], str],
    caption: str,
    top: float | None = None,
) -> Figure:
    drawing: Markup = draw_lines(
        series,
        axis,
        words,
        number=number,
        title=name,
        description=f"{caption} The table below has the same numbers.",
        top=top,
    )
    return Figure(drawing=drawing, name=name, caption=caption)


def _float(value: int | None) -> float | None:
    return None if value is None else float(value)


def _lines_table(trend: Trend) -> Table:
    rows = []
    before: ProgressPoint | None = None
    for point, growth in zip(trend.points, trend.growths, strict=True):
        change = "–" if before is None else signed(point.unsafe_lines - before.unsafe_lines)
        rows.append(
            (
                when(point),
                visible(point.commit)[:12] if point.commit else UNKNOWN,
                whole(point.unsafe_lines),
                change,
                UNKNOWN if point.safe_lines is None else whole(point.safe_lines),
                "–" if before is None else _share(growth),
                whole(point.crossings),
            )
        )
        before = point
    columns = heads(
        "Analysis",
        "$Commit",
        "#Unsafe lines",
        "#Change",
        "#Safe lines",
        "#Safe growth",
        "#Crossings",
    )
    return Table(title="Lines and boundaries", heads=columns, rows=tuple(rows))


def _share(growth: Growth | None) -> str:
    if growth is None:
        return UNKNOWN
    return "no growth" if growth.share is None else percent(growth.share)


def _languages_table(points: Sequence[ProgressPoint]) -> Table:
    names = sorted({entry.name for point in points for entry in point.languages})
    rows = []
    for point in points:
        lines = {entry.name: entry.lines for entry in point.languages}
        absent = "0" if point.has_all_languages else UNKNOWN
        rows.append((when(point), *(whole(lines[name]) if name in lines else absent for name in names)))
    columns = (Head(words="Analysis"), *(Head(words=visible(name), kind="number") for name in names))
    return Table(title="Code lines by language", heads=columns, rows=tuple(rows), nothing="No lines were read.")


def _method_part(trend: Trend) -> Part:
    rows = tuple(
        (
            when(point),
            visible(point.commit) if point.commit else UNKNOWN,
            visible(point.tool),
            visible(point.rules_digest)[:16] or UNKNOWN,
            visible(point.data_digest)[:16] or UNKNOWN,
        )
        for point in trend.points
    )
    return Part(
        words="How to read this",
        question="What is counted, and what is not?",
        said=(
            f"Counted are code lines of role source in C and C++ on one side and in {SAFE_LANGUAGES} on the other; C, C++ and Java are "
            "parsed, of the others lines are counted and nothing else. Lines in any other language are in no number here.",
            "Growth is net: lines that a language has more than before, each language by itself. Code that was rewritten counts as growth "
            "of the new language; code that was replaced in the same language does not count.",
            "Safe lines are those in the memory-safe languages; safe growth is their part of the lines gained since the analysis before.",
            "A crossing is a symbol over the boundary of a component as the roadmap draws it. A baseline size is what a baseline made of that "
            "analysis would hold, whether or not one was made.",
        ),
        tables=(
            Table(
                title="The analyses",
                heads=heads("Analysis", "$Commit", "Made by", "$Rules", "$Data SHA-256"),
                rows=rows,
            ),
        ),
    )
