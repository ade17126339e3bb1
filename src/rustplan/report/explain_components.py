"""What the terminal tells of a component's shape: its cycles with their cheapest cuts line by line, and a split it may fall into."""

from __future__ import annotations

from collections.abc import Iterator

from rustplan.model.analysis import Analysis
from rustplan.model.component import Component, Cut, SplitSuggestion
from rustplan.report.terminal import Terminal
from rustplan.report.view.numbers import counted, decimal, percent, whole
from rustplan.report.words import listing

_CUTS, _PLACES, _INNER = 6, 6, 6


def shape_lines(component: Component, analysis: Analysis, terminal: Terminal) -> list[str]:
    """Cuts of the unit, cycles of files and packages, and the suggested split; [] when there is nothing to say."""
    lines = [*_unit_cuts(component, analysis, terminal), *_inner_cycles(component, analysis, terminal)]
    for found in analysis.graph.suggestions:
        if found.component == component.name:
            lines += ["", *_split(found, terminal)]
    return lines


def _unit_cuts(component: Component, analysis: Analysis, terminal: Terminal) -> Iterator[str]:
    unit = next((unit for unit in analysis.graph.units if component.name in unit.components), None)
    touching = [
        cut for one in analysis.graph.units for cut in one.cuts if component.name in (cut.dependent, cut.dependency)
    ]
    others = [cut for cut in unit.cuts if cut not in touching] if unit else []
    if not touching and not others:
        return
    yield ""
    yield terminal.paint("bold", "Cuts") + "  that would break its cycle, the cheapest first"
    yield from _cuts(touching + others, terminal)


def _cuts(cuts: list[Cut], terminal: Terminal) -> Iterator[str]:
    ranked = sorted(cuts, key=lambda cut: (cut.weight, cut.dependent, cut.dependency))
    for cut in ranked[:_CUTS]:
        tying = f", {whole(cut.firm)} of which must go" if 0 < cut.firm < cut.places else ""
        head = f"{cut.dependent} needs {cut.dependency}: {counted(cut.places, 'place')}{tying}, weight {decimal(cut.weight)}"
        yield from terminal.wrap(terminal.plain(head), indent="    ", first="  ")
        for place in cut.evidence[:_PLACES]:
            unsure = ", ambiguous" if place.is_ambiguous else ""
            line = f"{place.path}:{place.line} {place.kind.value} {place.symbol}{unsure}"
            yield terminal.paint("dim", terminal.fit("      " + terminal.plain(line), terminal.width))
        if cut.places > len(cut.evidence[:_PLACES]):
            yield terminal.paint("dim", f"      and {whole(cut.places - len(cut.evidence[:_PLACES]))} more")
    if len(ranked) > _CUTS:
        yield f"  and {counted(len(ranked) - _CUTS, 'dearer cut')} in cuts.csv"


def _inner_cycles(component: Component, analysis: Analysis, terminal: Terminal) -> Iterator[str]:
    """Its own cycles of files, and those of Java packages that it has files of."""
    folders = {path.rpartition("/")[0] for path in component.files if path.endswith(".java")}
    found = [
        cycle
        for cycle in analysis.graph.inner_cycles
        if cycle.component == component.name
        or (cycle.level == "package" and any(_has(folders, package) for package in cycle.members))
    ]
    for cycle in found[:_INNER]:
        yield ""
        who = listing(cycle.members, most=_INNER)
        yield from terminal.wrap(terminal.plain(f"A cycle of {cycle.level}s: {who}"))
        yield from _cuts(list(cycle.cuts), terminal)


def _has(folders: set[str], package: str) -> bool:
    inside = package.replace(".", "/")
    return any(folder == inside or folder.endswith(f"/{inside}") for folder in folders)


def _split(found: SplitSuggestion, terminal: Terminal) -> Iterator[str]:
    yield terminal.paint("bold", "Split") + "  suggested by who uses whom, never applied"
    yield from terminal.wrap(
        f"modularity {decimal(found.modularity, 2)}; {whole(found.runs)} runs agree to {percent(found.agreement)}",
        indent="    ",
        first="  ",
    )
    for part in found.parts:
        names = listing((path.rpartition("/")[2] for path in part.files), most=4)
        line = f"{part.name}: {counted(part.sloc, 'code line')}, {counted(len(part.files), 'file')}: {names}"
        yield from terminal.wrap(terminal.plain(line), indent="    ", first="  ")
    if found.loose:
        yield f"  {counted(found.loose, 'file')} that nothing ties to a part"
