"""The nearest ways from data to unsafe sites, function by function with the lines of the calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rustplan.model.exposure import ExposurePath, InputGroup, InputSource, PathStep, StepKind
from rustplan.score.exposure.call_graph import FunctionGraph
from rustplan.score.exposure.distances import Move, Nearness
from rustplan.score.exposure.entries import Sources
from rustplan.score.exposure.sites import Site, Sites


def nearest_paths(
    sites: Sites, graph: FunctionGraph, sources: Sources, near: Mapping[InputGroup, Nearness], most: int
) -> tuple[ExposurePath, ...]:
    """Return the nearest ways, at most `most`; what data from outside reaches first, then what only the starter or a caller outside reaches."""
    waiting = []
    for site in sites.functions:
        group = next((group for group in InputGroup if near[group].distance(site.node) is not None), None)
        if group is not None:
            steps, unsure = near[group].distance(site.node), near[group].is_unsure(site.node)
            waiting.append((list(InputGroup).index(group), steps or 0, unsure, -site.places, site.node, site, group))
    waiting.sort(key=lambda one: one[:5])
    return tuple(_path(site, graph, sources, near[group], group) for *_, site, group in waiting[:most])


def nearest_sure_path(sites: Sites, graph: FunctionGraph, sources: Sources, outside: Nearness) -> ExposurePath | None:
    """Return the shortest way from data outside on which no call may lead elsewhere and no source is a guess; None when none was found."""
    group = InputGroup.OUTSIDE
    sure = [
        (outside.distance(site.node) or 0, -site.places, site.node, site)
        for site in sites.functions
        if outside.distance(site.node) is not None and not outside.is_unsure(site.node)
    ]
    return _path(min(sure, key=lambda one: one[:3])[-1], graph, sources, outside, group) if sure else None


def _path(site: Site, graph: FunctionGraph, sources: Sources, near: Nearness, group: InputGroup) -> ExposurePath:
    moves = near.way(site.node)
    source = sources.of(moves[0].node, group)
    _, function = graph.place(site.node)
    return ExposurePath(
        source=source,
        steps=tuple(_step(graph, source, moves, at) for at in range(len(moves))),
        path=site.worst.path,
        line=site.worst.line,
        function=function.qualified_name,
        rule=site.worst.rule,
        places=site.places,
    )


def _step(graph: FunctionGraph, source: InputSource, moves: Sequence[Move], at: int) -> PathStep:
    """The place of a call is in the file of the function that calls: the one before, or this one where data goes back."""
    move = moves[at]
    file, function = graph.place(move.node)
    if move.kind is StepKind.SOURCE:
        return PathStep(function.qualified_name, source.path, source.line, move.kind, source.is_guess)
    calling = file if move.kind is StepKind.RETURNS else graph.place(moves[at - 1].node)[0]
    return PathStep(function.qualified_name, calling.path, move.line, move.kind, move.is_may)
