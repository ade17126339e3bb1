"""The cycles of section 5: who is in each, and its cheapest cuts down to the lines that make them."""

from __future__ import annotations

from collections.abc import Iterable

from rustplan.model.component import Cut, DependencyEvidence, InnerCycle
from rustplan.report.view.frames import source_link
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import counted, decimal, listed, whole
from rustplan.report.view.shapes import Link, View
from rustplan.report.view.words import EDGE_WORDS

CYCLES, CUTS, PLACES, INNER = 12, 6, 5, 12
_LEVELS = {"file": "Files", "package": "Java packages"}


class CutView(View, frozen=True, kw_only=True):
    """One cut: what would have to go, where, and how many places are not listed."""

    words: str
    weight: str
    places: tuple[tuple[Link, str], ...]
    more: str = ""


class CycleView(View, frozen=True, kw_only=True):
    """One cycle in a sentence, its cuts, and what is left out."""

    words: str
    cuts: tuple[CutView, ...]
    more: str = ""


def build_cycles(index: PageIndex) -> tuple[CycleView, ...]:
    """Return the cycles of components, largest first, each with its cheapest cuts."""
    graph = index.analysis.graph
    cycles = graph.cycles or tuple(unit.components for unit in graph.units if unit.is_cycle)
    return tuple(_cycle(index, members) for members in cycles[:CYCLES])


def build_inner_cycles(index: PageIndex) -> tuple[CycleView, ...]:
    """Return the largest cycles of files inside a component and of Java packages."""
    return tuple(_inner(index, cycle) for cycle in index.analysis.graph.inner_cycles[:INNER])


def inner_words(index: PageIndex) -> str:
    """How many cycles of files and packages there are besides those listed; "" when all are listed."""
    more = index.analysis.graph.inner_cycles_found - min(INNER, len(index.analysis.graph.inner_cycles))
    return f"{counted(more, 'smaller cycle')} not listed; the largest are in rustplan.json." if more > 0 else ""


def _cycle(index: PageIndex, members: tuple[str, ...]) -> CycleView:
    """A cycle that was divided says into how many units; the cuts are those of the units of its members that lie inside it."""
    units = {index.units[name].components: index.units[name] for name in members if name in index.units}
    divided = f", divided into {whole(len(units))} units" if len(units) > 1 else ""
    inside = set(members)
    cuts = [cut for unit in units.values() for cut in unit.cuts if {cut.dependent, cut.dependency} <= inside]
    return _view(index, f"{_names(members)} are in a cycle{divided}.", cuts)


def _inner(index: PageIndex, cycle: InnerCycle) -> CycleView:
    where = f" of {shown(cycle.component, 40)}" if cycle.component else ""
    words = f"{_LEVELS.get(cycle.level, 'Files')}{where}: {_names(cycle.members)} need each other."
    if not cycle.cuts:
        words += " Too many for cuts to be worked out."
    return _view(index, words, cycle.cuts)


def _names(members: tuple[str, ...]) -> str:
    names = [shown(name, 50) for name in members[:8]]
    return f"{', '.join(names)} and {whole(len(members) - 8)} more" if len(members) > 8 else listed(names)


def _view(index: PageIndex, words: str, cuts: Iterable[Cut]) -> CycleView:
    ranked = sorted(cuts, key=lambda cut: (cut.weight, cut.dependent, cut.dependency))
    more = f"{counted(len(ranked) - CUTS, 'dearer cut')} in rustplan.json." if len(ranked) > CUTS else ""
    return CycleView(words=words, cuts=tuple(_cut(index, cut) for cut in ranked[:CUTS]), more=more)


def _cut(index: PageIndex, cut: Cut) -> CutView:
    listed_places = cut.evidence[:PLACES]
    left = cut.places - len(listed_places)
    return CutView(
        words=f"{shown(cut.dependent, 50)} needs {shown(cut.dependency, 50)} in {counted(cut.places, 'place')}{_tying(cut)}",
        weight=decimal(cut.weight),
        places=tuple(_place(index, place) for place in listed_places),
        more=f"and {counted(left, 'more place')}" if left else "",
    )


def _tying(cut: Cut) -> str:
    """How many of the places tie at run time; an analysis saved by an older release does not know."""
    return f", {whole(cut.firm)} of which must go" if 0 < cut.firm < cut.places else ""


def _place(index: PageIndex, place: DependencyEvidence) -> tuple[Link, str]:
    link = Link(words=f"{shown(place.path, 90)}:{place.line}", href=source_link(index, place.path, place.line))
    unsure = ", ambiguous" if place.is_ambiguous else ""
    return link, f"{EDGE_WORDS[place.kind]} {shown(place.symbol, 60)}{unsure}"
