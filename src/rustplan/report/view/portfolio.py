"""The page of `rustplan portfolio`: which repository first, what is decided there, and what nobody knows yet."""

from __future__ import annotations

from collections.abc import Iterable

from rustplan.catalog.anchors import load_anchors
from rustplan.model.roadmap import Option
from rustplan.report.escape import visible
from rustplan.report.portfolio import Portfolio, Repository
from rustplan.report.svg.portfolio import Bar, draw_portfolio
from rustplan.report.view.lookup import shown
from rustplan.report.view.numbers import compact, counted, decimal, effort_range, listed, percent, whole
from rustplan.report.view.sheets import UNKNOWN, Figure, Part, Sheet, Table, Tile, heads
from rustplan.report.view.words import BLANK, OPTION_WORDS, band_of
from rustplan.report.words import sentence, share

MOST_BARS, MOST_UNKNOWN = 30, 6
BULK = 0.8
"""Share of all memory-unsafe lines that the lead accounts for."""


def build_portfolio(portfolio: Portfolio) -> Sheet:
    """Return the page. `portfolio.repositories` is not empty."""
    every = portfolio.repositories
    dates = sorted(one.date for one in every if one.date)
    span = f"commits of {dates[0]} to {dates[-1]}" if dates else "no commit dates"
    return Sheet(
        kind="Memory-safety portfolio",
        title=counted(len(every), "repository", "repositories"),
        facts=(span, "for programme owners"),
        lead=_lead(every),
        cautions=tuple(shown(note, 400) for note in portfolio.notes),
        tiles=tuple(_tiles(every)),
        parts=(_exposure_part(every), _moves_part(every), _unknown_part(every), _method_part(every)),
        footer=(
            "Nothing here is a commitment, and no statement about compliance with any guidance follows from it.",
            "Every row is a view of one rustplan.json; its roadmap.html has the evidence.",
        ),
        running_head="rustplan - memory-safety portfolio",
    )


def _lead(every: tuple[Repository, ...]) -> str:
    total = sum(one.unsafe_lines for one in every)
    if not total:
        return "No memory-unsafe line was found in what was read."
    said = [f"{compact(total)} memory-unsafe lines in {counted(len(every), 'repository', 'repositories')}."]
    bulk = _bulk(every, total)
    if len(every) > 2 and len(bulk) < len(every):
        said.append(
            f"{listed([shown(one.project, 40) for one in bulk])} {'holds' if len(bulk) == 1 else 'hold'} {percent(sum(one.unsafe_lines for one in bulk) / total)} of them."
        )
    first = every[0]
    if first.highest_risk is not None:
        said.append(
            f"The highest risk is {decimal(first.highest_risk, 0)} of 100, in {shown(first.riskiest, 60)} of {shown(first.project, 60)}."
        )
    return " ".join(said)


def _bulk(every: tuple[Repository, ...], total: int) -> list[Repository]:
    """The fewest repositories that hold most of the lines; at most five are named."""
    found: list[Repository] = []
    for one in sorted(every, key=lambda one: (-one.unsafe_lines, one.project)):
        found.append(one)
        if sum(entry.unsafe_lines for entry in found) >= BULK * total or len(found) == 5:
            break
    return found


def _tiles(every: tuple[Repository, ...]) -> Iterable[Tile]:
    yield Tile(
        value=compact(sum(one.unsafe_lines for one in every)),
        words="memory-unsafe lines",
        detail=f"in {counted(sum(one.components for one in every), 'component')}",
    )
    scored = [one for one in every if one.highest_risk is not None]
    severe = sum(1 for one in scored if _band(one) in ("high", "severe"))
    yield Tile(
        value=whole(severe),
        words="with a high or severe risk",
        detail=f"of {counted(len(scored), 'repository', 'repositories')} with a score",
    )
    yield Tile(
        value=whole(sum(one.critical + one.high for one in every)),
        words="critical and high defects",
        detail=f"{whole(sum(one.critical for one in every))} critical, to review",
    )
    gaps = sum(1 for one in every if one.files_not_read or one.highest_risk is None)
    yield Tile(value=whole(gaps), words="with files not read or no score", detail="section 3 says what is not known")


def _band(one: Repository) -> str:
    return "" if one.highest_risk is None else band_of(one.highest_risk, load_anchors().score.bands)


def _exposure_part(every: tuple[Repository, ...]) -> Part:
    drawn = sorted(every, key=lambda one: (-one.unsafe_lines, one.project, one.data_digest))[:MOST_BARS]
    bars = [
        Bar(_name(one), float(one.unsafe_lines), f"{compact(one.unsafe_lines)}, {_risk_words(one)}", _band(one))
        for one in drawn
    ]
    caption = "Length: memory-unsafe lines. Shade: the band of the highest risk, whose number stands beside. Dashed: no score."
    if len(every) > MOST_BARS:
        caption += f" {counted(len(every) - MOST_BARS, 'smaller repository', 'smaller repositories')} not drawn."
    figure = Figure(
        drawing=draw_portfolio(bars, number=1, description=f"{caption} The table below has the same numbers."),
        name="Memory-unsafe lines by repository",
        caption=caption,
    )
    columns = heads(
        "Repository",
        "As of",
        "#Unsafe lines",
        "#Unsafe share",
        "#Highest risk",
        "In component",
        "#Critical",
        "#High",
        "#Coverage",
    )
    return Part(
        words="Exposure",
        question="Where is memory-unsafe code, and where is the risk highest?",
        figures=(figure,),
        tables=(Table(title="Repositories, highest risk first", heads=columns, rows=tuple(map(_row, every))),),
    )


def _name(one: Repository) -> str:
    return shown(one.project, 60)


def _risk_words(one: Repository) -> str:
    return "no score" if one.highest_risk is None else f"risk {decimal(one.highest_risk, 0)} {_band(one)}"


def _row(one: Repository) -> tuple[str, ...]:
    total = None if one.safe_lines is None else one.safe_lines + one.unsafe_lines
    return (
        _name(one),
        _as_of(one),
        whole(one.unsafe_lines),
        UNKNOWN if total is None else percent(one.unsafe_lines / total) if total else "–",
        UNKNOWN if one.highest_risk is None else decimal(one.highest_risk, 0),
        shown(one.riskiest, 60) if one.riskiest else "–",
        whole(one.critical),
        whole(one.high),
        share(one.coverage),
    )


def _as_of(one: Repository) -> str:
    return one.date or (visible(one.commit)[:12] if one.commit else UNKNOWN)


def _moves_part(every: tuple[Repository, ...]) -> Part:
    rows = tuple(_move_row(one) for one in every)
    columns = heads("Repository", "First move", "When", "#Effort, person-months", "Who decides", "Why")
    return Part(
        words="First moves",
        question="What does each repository do first, and who decides it?",
        said=(
            "Effort is P10–P90 with the median in brackets, an uncalibrated prior. The ranges are not added up: quantiles of a sum "
            "are not sums of quantiles, and the same people may work on several repositories.",
        ),
        tables=(Table(title="First moves", heads=columns, rows=rows, has_long_end=True),),
    )


def _move_row(one: Repository) -> tuple[str, ...]:
    move = one.move
    if move is None:
        return _name(one), "nothing to move", "–", "–", "–", "No component is worth a change by what was read."
    when = "in no wave yet" if move.wave is None else f"wave {move.wave}"
    effort = effort_range(move.effort.p10, move.effort.p50, move.effort.p90)
    words = next((words for option, words in OPTION_WORDS.items() if option is Option(move.option)), move.option)
    return _name(one), f"{words} {shown(move.component, 60)}", when, effort, BLANK, shown(sentence(move.because), 300)


def _unknown_part(every: tuple[Repository, ...]) -> Part:
    rows = []
    for one in every:
        listed_here = [shown(words, 200).rstrip(".") for words in one.unknown[:MOST_UNKNOWN]]
        more = len(one.unknown) - MOST_UNKNOWN
        said = "; ".join(listed_here) + (f"; {whole(more)} more" if more > 0 else "")
        rows.append((_name(one), whole(len(one.unknown)), f"{said}." if said else "–"))
    return Part(
        words="Not known",
        question="What must not be taken for known?",
        said=(
            "No evidence is not zero: a repository with a low number and a long list here has not been shown to be safe.",
        ),
        tables=(
            Table(
                title="What is not known, by repository",
                heads=heads("Repository", "#Gaps", "What"),
                rows=tuple(rows),
                has_long_end=True,
            ),
        ),
    )


def _method_part(every: tuple[Repository, ...]) -> Part:
    rows = tuple(
        (
            _name(one),
            visible(one.commit) if one.commit else UNKNOWN,
            visible(one.rules_digest)[:16] or UNKNOWN,
            visible(one.data_digest)[:16] or UNKNOWN,
        )
        for one in every
    )
    return Part(
        words="Sources",
        question="Where do the numbers come from?",
        said=(
            "Risk is 0 to 100 against fixed anchors, so that it means the same in every repository; the highest of a repository stands for it. "
            "Unsafe share is the part of C and C++ in the lines of C, C++, C#, Go, Java, Python, Rust and Swift.",
            "Only the memory-safety track is shown; the latency track of Java is in the single roadmaps and earns no memory-safety credit.",
        ),
        tables=(
            Table(title="The analyses", heads=heads("Repository", "$Commit", "$Rules", "$Data SHA-256"), rows=rows),
        ),
    )
