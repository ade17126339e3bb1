"""What the plan says of one component beyond its option, for the terminal: pilot, frontier, exit criteria, slices, the state of effort."""

from __future__ import annotations

from collections.abc import Iterator

from rustplan.model.analysis import Analysis
from rustplan.model.finding import Track
from rustplan.model.roadmap import Frontier, Slice
from rustplan.report.terminal import Terminal
from rustplan.report.view.numbers import counted, percent, whole
from rustplan.report.words import listing

PARTS = 8
NAMES = 4


def explain_plan(name: str, analysis: Analysis, terminal: Terminal) -> list[str]:
    """Return the lines of a component; none when the plan holds nothing of it."""
    roadmap = analysis.roadmap
    lines = [line for said in _said(name, analysis) for line in _section(*said, terminal)]
    for one in roadmap.slices:
        if one.component == name:
            lines += _slice(one, terminal)
    calibration = roadmap.calibration
    if lines and calibration is not None:
        lines += _section("Effort is", f"{calibration.label}. {calibration.because}", terminal)
    return ["", *lines] if lines else []


def _said(name: str, analysis: Analysis) -> Iterator[tuple[str, str]]:
    roadmap = analysis.roadmap
    pilot = roadmap.pilot
    if pilot is not None and pilot.component == name:
        yield "Pilot", f"{pilot.because} {' '.join(pilot.reasons)}"
    if pilot is not None and pilot.runner_up == name:
        yield "Pilot", f"runner-up to {pilot.component}: {pilot.runner_up_because}"
    if roadmap.frontier is not None:
        yield from _on_the_frontier(name, roadmap.frontier)
    for item in roadmap.exit_criteria:
        if item.component == name:
            blank = f" OWNER TO COMPLETE: {item.blank}." if item.blank else ""
            track = "" if item.track is Track.MEMORY_SAFETY else f" ({item.track.value})"
            yield "Done when", f"{item.phase}{track}: {item.criterion}{blank}"


def _on_the_frontier(name: str, frontier: Frontier) -> Iterator[tuple[str, str]]:
    """The cheapest best set that holds it."""
    for point in frontier.points:
        if name in point.components:
            others = [other for other in point.components if other != name]
            beside = f", with {listing(others, most=NAMES)}" if others else ", alone"
            yield (
                "Frontier",
                f"in a best set from {percent(point.effort_share)} of the effort on, which removes {percent(point.risk_share)} of the risk{beside}.",
            )
            return


def _slice(one: Slice, terminal: Terminal) -> list[str]:
    lines = _section("Slice", f"{one.number}, {counted(one.lines, 'code line')}: {one.because}", terminal)
    for part in one.parts[:PARTS]:
        entry = " (entry)" if part.is_entry else ""
        text = f"{part.path}:{part.start_line}-{part.end_line} {part.symbol}{entry}"
        lines.append(terminal.fit(" " * 10 + terminal.plain(text), terminal.width))
    if len(one.parts) > PARTS:
        lines.append(f"{' ' * 10}and {whole(len(one.parts) - PARTS)} more functions in the report and in slices.csv")
    return lines


def _section(heading: str, text: str, terminal: Terminal) -> list[str]:
    """A heading in a margin of ten cells and its text beside it."""
    lines = terminal.wrap(terminal.plain(" ".join(text.split())), indent=" " * 10, first=f"{heading:<10}")
    head, *rest = lines
    return [terminal.paint("bold", heading) + head[len(heading) :], *rest]
