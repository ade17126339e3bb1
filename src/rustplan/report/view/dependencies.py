"""Section 5: what can start in parallel, what needs what, and where are the cycles?"""

from __future__ import annotations

from collections import defaultdict

from markupsafe import Markup

from rustplan.model.component import Unit
from rustplan.model.finding import Track
from rustplan.report.svg.layers import Edge
from rustplan.report.svg.waves import Node, draw_waves
from rustplan.report.view.cycles import CycleView, build_cycles, build_inner_cycles, inner_words
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import compact, counted, decimal, whole
from rustplan.report.view.shapes import Link, View, component_link
from rustplan.report.words import native_words

MOST_NODES, MOST_EDGES, MOST_MATRIX, MOST_LINKS = 24, 48, 60, 12
CHART = 5
NO_WAVE = 10**6


class MatrixRow(View, frozen=True, kw_only=True):
    """One dependent: its number, its name, and a cell for every dependency (class, mark)."""

    number: int
    name: Link
    cells: tuple[tuple[str, str], ...]


class DependenciesView(View, frozen=True, kw_only=True):
    """The wave graph and the dependency matrix, each with what it leaves out."""

    graph: Markup | None
    left_out: tuple[str, ...]
    matrix: tuple[MatrixRow, ...]
    matrix_words: str
    cycles: tuple[CycleView, ...]
    inner_cycles: tuple[CycleView, ...] = ()
    inner_words: str = ""
    native: tuple[str, ...] = ()
    """Which Java reaches which native code, a sentence each."""


def build_dependencies(index: PageIndex) -> DependenciesView:
    """Return the graph of the units that are planned first, and the matrix of all components or of their top folders."""
    units = _chosen(index)
    edges, edges_left = _edges(index, units)
    matrix, words = _matrix(index)
    return DependenciesView(
        graph=_graph(index, units, edges) if units else None,
        left_out=tuple(_left_out(index, units, edges_left)),
        matrix=matrix,
        matrix_words=words,
        cycles=build_cycles(index),
        inner_cycles=build_inner_cycles(index),
        inner_words=inner_words(index),
        native=_native(index),
    )


def _chosen(index: PageIndex) -> list[Unit]:
    """At most 24 units: planned ones by wave and rank, then the others by rank."""
    return sorted(index.analysis.graph.units, key=lambda unit: (_wave(index, unit), _rank(index, unit), unit.name))[
        :MOST_NODES
    ]


def _wave(index: PageIndex, unit: Unit) -> int:
    return min((index.waves.get(name, NO_WAVE) for name in unit.components), default=NO_WAVE)


def _rank(index: PageIndex, unit: Unit) -> int:
    ranks = (index.ranks.get((name, track), NO_WAVE) for name in unit.components for track in Track)
    return min(ranks, default=NO_WAVE)


def _edges(index: PageIndex, units: list[Unit]) -> tuple[list[Edge], int]:
    """The heaviest edges between the chosen units, and how many there are besides."""
    place = {name: number for number, unit in enumerate(units) for name in unit.components}
    weights: dict[tuple[int, int], float] = defaultdict(float)
    for edge in index.analysis.graph.dependencies:
        ends = place.get(edge.dependent), place.get(edge.dependency)
        if ends[0] is not None and ends[1] is not None and ends[0] != ends[1]:
            weights[ends[0], ends[1]] += edge.weight
    heaviest = sorted(weights, key=lambda ends: (-weights[ends], ends))
    return [Edge(*ends) for ends in sorted(heaviest[:MOST_EDGES])], max(0, len(heaviest) - MOST_EDGES)


def _native(index: PageIndex) -> tuple[str, ...]:
    """`a calls 240 native functions over JNI, all in b`, the most first."""
    links = sorted(
        (edge for edge in index.analysis.graph.dependencies if edge.native_functions),
        key=lambda edge: (-edge.native_functions, edge.dependent, edge.dependency),
    )
    said = [
        f"{shown(edge.dependent, 60)} calls {native_words(edge)}, in {shown(edge.dependency, 60)}."
        for edge in links[:MOST_LINKS]
    ]
    if len(links) > MOST_LINKS:
        said.append(f"{counted(len(links) - MOST_LINKS, 'more link')} of Java to native code in rustplan.json.")
    return tuple(said)


def _reaching(index: PageIndex, units: list[Unit]) -> set[Edge]:
    """The edges over which Java reaches native code."""
    place = {name: number for number, unit in enumerate(units) for name in unit.components}
    return {
        Edge(place[edge.dependent], place[edge.dependency])
        for edge in index.analysis.graph.dependencies
        if edge.native_functions and edge.dependent in place and edge.dependency in place
    }


def _graph(index: PageIndex, units: list[Unit], edges: list[Edge]) -> Markup:
    nodes = [_node(index, unit) for unit in units]
    columns = sorted({node.column for node in nodes})
    heads = [(column, f"Wave {column}" if column != NO_WAVE else "In no wave") for column in columns]
    words = f"{counted(len(nodes), 'unit')} in {counted(len(columns), 'column')} and {counted(len(edges), 'dependency', 'dependencies')}. Each component card lists what it depends on and what needs it."
    native = _reaching(index, units)
    if native & set(edges):
        words += " Dashed arrows lead from Java to native code."
    return draw_waves(nodes, edges, heads, number=CHART, description=words, dashed=native)


def _node(index: PageIndex, unit: Unit) -> Node:
    """Risk of the worst member on the first track that knows the unit; the tracks are not mixed."""
    by_track = (
        [index.score_of[name, track] for name in unit.components if (name, track) in index.score_of] for track in Track
    )
    scores = next((scores for scores in by_track if scores), [])
    worst = max((score.risk for score in scores), default=0.0)
    sloc = sum(index.components[name].sloc for name in unit.components if name in index.components)
    name, note = shown(unit.name, 60), f"{compact(sloc)} lines" if sloc else "no source of its own"
    if unit.is_cycle:
        name, note = f"{name} +{len(unit.components) - 1}", f"{len(unit.components)} components, cycle"
    elif scores:
        measure = "risk" if scores[0].track is Track.MEMORY_SAFETY else "pressure"
        note = f"{measure} {decimal(worst, 0)} · {note}"
    return Node(name, note, index.band(worst), _wave(index, unit))


def _left_out(index: PageIndex, units: list[Unit], edges: int) -> list[str]:
    words = []
    if (more := len(index.analysis.graph.units) - len(units)) > 0:
        words.append(f"{counted(more, 'more unit')} {'is' if more == 1 else 'are'} not drawn.")
    if edges:
        words.append(
            f"{counted(edges, 'lighter dependency', 'lighter dependencies')} {'is' if edges == 1 else 'are'} not drawn."
        )
    return words


def _matrix(index: PageIndex) -> tuple[tuple[MatrixRow, ...], str]:
    """Rows and columns in wave order. Above the diagonal a mark means: needs something that moves later."""
    names = sorted(index.components, key=lambda name: (index.waves.get(name, NO_WAVE), _row_rank(index, name), name))
    weights = {(edge.dependent, edge.dependency): edge.places for edge in index.analysis.graph.dependencies}
    if len(names) <= MOST_MATRIX:
        return _rows(names, weights, {name: component_link(index, name, 40) for name in names}), ""
    folders = list(dict.fromkeys(_top(name) for name in names))[:MOST_MATRIX]
    pooled: dict[tuple[str, str], int] = defaultdict(int)
    for (dependent, dependency), places in weights.items():
        if _top(dependent) != _top(dependency):
            pooled[_top(dependent), _top(dependency)] += places
    words = f"{whole(len(names))} components are drawn as {counted(len(folders), 'top folder')}."
    return _rows(folders, dict(pooled), {folder: Link(words=shown(folder, 40)) for folder in folders}), words


def _row_rank(index: PageIndex, name: str) -> int:
    return min(index.ranks.get((name, track), NO_WAVE) for track in Track)


def _rows(names: list[str], weights: dict[tuple[str, str], int], links: dict[str, Link]) -> tuple[MatrixRow, ...]:
    rows = []
    for row, dependent in enumerate(names):
        cells = []
        for column, dependency in enumerate(names):
            places = weights.get((dependent, dependency), 0)
            if row == column:
                cells.append(("self", "·"))
            elif places:
                cells.append(("later" if column > row else "earlier", compact(places)))
            else:
                cells.append(("", ""))
        rows.append(MatrixRow(number=row + 1, name=links[dependent], cells=tuple(cells)))
    return tuple(rows)


def _top(name: str) -> str:
    return name.split("/", 1)[0]
