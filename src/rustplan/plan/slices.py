"""The first pieces of a component that fit into one change each: grown from a seed along calls, refined by min-cut, ordered leaves first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from rustplan.catalog import EffortModel
from rustplan.catalog.effort import SliceLimits
from rustplan.model.roadmap import Slice, SlicePart
from rustplan.model.scan import TreeScan
from rustplan.plan.actions import Surface
from rustplan.plan.frontier_search import Flow
from rustplan.plan.slice_graph import SliceGraph, calls_of_tests, slice_graph
from rustplan.plan.subject import Subject
from rustplan.plan.wording import count

HARD = 1_000_000
TESTS_SHOWN = 8


def first_slices(
    subjects: Sequence[Subject], scan: TreeScan, surface: Surface, effort: EffortModel
) -> tuple[Slice, ...]:
    """Return the first slices of each component, in the order of the components."""
    if not subjects:
        return ()
    tests = calls_of_tests(scan)
    return tuple(one for subject in subjects for one in _of(subject, tests, surface, effort.slices))


def _of(subject: Subject, tests: Mapping[str, Sequence[str]], surface: Surface, limits: SliceLimits) -> list[Slice]:
    graph = slice_graph(subject, tests)
    if not graph.nodes or len(graph.nodes) > limits.most_functions:
        return []
    cutter = _Cutter(graph, limits)
    found: list[Slice] = []
    free = set(range(len(graph.nodes)))
    while free and len(found) < limits.most_slices:
        chosen, how = cutter.best(frozenset(free))
        if not chosen:
            break
        found.append(_slice(subject, cutter, chosen, len(found) + 1, how, surface))
        free -= chosen
    return found


@dataclass(frozen=True, slots=True)
class _Cutter:
    """Finds the slice with the smallest border for its volume among functions that are free."""

    graph: SliceGraph
    limits: SliceLimits

    def lines(self, chosen: Iterable[int]) -> int:
        """Code lines of functions."""
        return sum(self.graph.nodes[node].lines for node in chosen)

    def places(self, chosen: Iterable[int]) -> int:
        """Lines with a defect or an exposure."""
        return sum(self.graph.nodes[node].places for node in chosen)

    def entries(self, chosen: Set[int]) -> list[int]:
        """Its functions that others call, by name or perhaps through a pointer."""
        nodes = self.graph.nodes
        return sorted(
            node for node in chosen if nodes[node].users or nodes[node].is_pointed or self.graph.callers[node] - chosen
        )

    def outside(self, chosen: Set[int]) -> set[int]:
        """Functions of the component that it calls and that stay."""
        return {other for node in chosen for other in self.graph.callees[node] if other not in chosen}

    def beyond(self, chosen: Set[int]) -> set[str]:
        """Symbols of other components that it calls."""
        return {name for node in chosen for name in self.graph.needs[node]}

    def border(self, chosen: Set[int]) -> float:
        """Crossings of a set, with what further files and missing tests count as."""
        crossings = len(self.entries(chosen)) + len(self.outside(chosen)) + len(self.beyond(chosen))
        paths = {self.graph.nodes[node].path for node in chosen}
        divided = sum(1 for path in paths if not self.graph.by_path[path] <= chosen)
        tested = any(self.graph.tests[node] for node in chosen)
        return (
            crossings
            + self.limits.file_crossings * (len(paths) - 1 + divided)
            + (0 if tested else self.limits.untested_crossings)
        )

    def best(self, free: frozenset[int]) -> tuple[frozenset[int], str]:
        """Return the best slice and how it was found; all that is left when that fits into one change."""
        if self.lines(free) <= self.limits.most_lines:
            return free, "all that is left of it fits into one change"
        offers = [(files, "a file of its own") for files in self._whole_files(free)]
        for seed in self._seeds(free):
            grown = self._grown(seed, free)
            offers.append((grown, "grown along calls"))
            refined = self._refined(seed, grown, free)
            if refined != grown:
                offers.append((refined, "grown along calls, refined by min-cut"))
        fitting = [offer for offer in offers if self._fits(offer[0])] or offers
        return min(fitting, key=lambda offer: self._rank(offer[0]), default=(frozenset(), ""))

    def _fits(self, chosen: frozenset[int]) -> bool:
        return self.limits.least_lines <= self.lines(chosen) <= self.limits.most_lines

    def _rank(self, chosen: frozenset[int]) -> tuple[float, int, tuple[int, ...]]:
        """Border for each line that counts, then few callers, then the place. A hazard counts as some lines: constants teach little."""
        users = sum(self.graph.nodes[node].users for node in chosen)
        volume = max(1.0, self.lines(chosen) + self.limits.lines_per_place * self.places(chosen))
        return round(self.border(chosen) / volume, 6), users, tuple(sorted(chosen))

    def _whole_files(self, free: frozenset[int]) -> list[frozenset[int]]:
        by_path: dict[str, set[int]] = {}
        for node in sorted(free):
            by_path.setdefault(self.graph.nodes[node].path, set()).add(node)
        return [frozenset(members) for _, members in sorted(by_path.items()) if self._fits(frozenset(members))]

    def _seeds(self, free: frozenset[int]) -> list[int]:
        """Functions that tests reach, with few neighbours for their lines."""

        def key(node: int) -> tuple[bool, float, int]:
            near = len(self.graph.around(node)) + len(self.graph.needs[node]) + bool(self.graph.nodes[node].users)
            return not self.graph.tests[node], (near + 1) / self.graph.nodes[node].lines, node

        small = [node for node in free if self.graph.nodes[node].lines <= self.limits.most_lines]
        return sorted(small, key=key)[: self.limits.most_seeds]

    def _grown(self, seed: int, free: frozenset[int]) -> frozenset[int]:
        """Take in the neighbour that keeps the border smallest for the volume until the least size is reached, then only what shrinks it."""
        chosen = {seed}
        lines = self.lines(chosen)
        while True:
            room = self.limits.most_lines - lines
            near = {other for node in chosen for other in self.graph.around(node)} & free - chosen
            if not near and lines < self.limits.least_lines:
                paths = {self.graph.nodes[node].path for node in chosen}
                near = {node for node in free - chosen if self.graph.nodes[node].path in paths}
            near = {node for node in near if self.graph.nodes[node].lines <= room}
            if not near:
                return frozenset(chosen)
            gains = {node: self._added(node, chosen) for node in near}
            node = min(near, key=lambda one: (gains[one] / self.graph.nodes[one].lines, gains[one], one))
            if lines >= self.limits.least_lines and gains[node] >= 0:
                return frozenset(chosen)
            chosen.add(node)
            lines += self.graph.nodes[node].lines

    def _added(self, node: int, chosen: set[int]) -> float:
        """How much the border grows when a function joins: its calls to what stays, less those that are inside now."""
        around = self.graph.around(node)
        inside = len(around & chosen)
        other_file = all(self.graph.nodes[one].path != self.graph.nodes[node].path for one in chosen)
        own = len(self.graph.needs[node]) + bool(self.graph.nodes[node].users)
        return len(around) - 2 * inside + own + (self.limits.file_crossings if other_file else 0.0)

    def _refined(self, seed: int, grown: frozenset[int], free: frozenset[int]) -> frozenset[int]:
        """Move the border to the nearest place where the fewest calls cross, the inner functions held inside and the far ones outside."""
        inner = {node for node in grown if self.graph.around(node) <= grown} | {seed}
        ring = {other for node in grown for other in self.graph.around(node)} & free - grown
        loose = sorted((grown | ring) - inner)
        places = {node: place for place, node in enumerate(loose)}
        source, sink = len(loose), len(loose) + 1
        flow = Flow(len(loose) + 2)
        for node in loose:
            for other in sorted(self.graph.around(node)):
                if other in inner:
                    flow.add(source, places[node], 1)
                elif other not in places:
                    flow.add(places[node], sink, 1)
                elif node < other:
                    flow.add(places[node], places[other], 1)
                    flow.add(places[other], places[node], 1)
        kept = flow.source_side(source, sink)
        refined = frozenset(inner | {loose[place] for place in kept if place < len(loose)})
        return refined if self._fits(refined) and self.border(refined) < self.border(grown) else grown


def _slice(subject: Subject, cutter: _Cutter, chosen: frozenset[int], number: int, how: str, surface: Surface) -> Slice:
    graph, nodes = cutter.graph, cutter.graph.nodes
    entries = cutter.entries(chosen)
    needs = sorted({nodes[node].name for node in cutter.outside(chosen)} | cutter.beyond(chosen))
    calls_in = {other for node in chosen for other in graph.callers[node] if other not in chosen}
    tests = sorted({path for node in chosen for path in graph.tests[node]})
    inward = sum(nodes[node].users for node in chosen)
    return Slice(
        component=subject.name,
        number=number,
        lines=cutter.lines(chosen),
        parts=tuple(
            SlicePart(
                path=nodes[node].path, start_line=nodes[node].start, end_line=nodes[node].end,
                lines=nodes[node].lines, symbol=nodes[node].name, is_entry=node in set(entries),
            )
            for node in _ordered(graph, chosen)
        ),
        entries=tuple(dict.fromkeys(nodes[node].name for node in entries)),
        needs=tuple(needs),
        entry_calls=len(calls_in) + inward,
        tests=tuple(tests[:TESTS_SHOWN]),
        places=cutter.places(chosen),
        because=_because(cutter, chosen, how, tests, surface.test_paths.get(subject.name, ())),
    )  # fmt: skip


def _ordered(graph: SliceGraph, chosen: frozenset[int]) -> list[int]:
    """What is called comes before its callers; in a circle the first by place. Each step takes one of those with the fewest open needs."""
    waiting = {node: set(graph.callees[node] & chosen) for node in sorted(chosen)}
    order: list[int] = []
    ready = [node for node, open_needs in waiting.items() if not open_needs]
    while waiting:
        node = min(ready) if ready else min(waiting, key=lambda one: (len(waiting[one]), one))
        ready = [one for one in ready if one != node]
        del waiting[node]
        order.append(node)
        for caller in graph.callers[node]:
            if caller in waiting:
                waiting[caller].discard(node)
                if not waiting[caller] and caller not in ready:
                    ready.append(caller)
    return order


def _because(
    cutter: _Cutter, chosen: frozenset[int], how: str, tests: Sequence[str], of_component: Sequence[str]
) -> str:
    lines, limits = cutter.lines(chosen), cutter.limits
    files = len({cutter.graph.nodes[node].path for node in chosen})
    entered = count(len(cutter.entries(chosen)), "function") if cutter.entries(chosen) else "no function"
    needed = len(cutter.outside(chosen)) + len(cutter.beyond(chosen))
    said = (
        f"{count(lines, 'code line')} in {count(files, 'file')}, {how}: {entered} called from outside or through a pointer, "
        f"{count(needed, 'function')} needed from outside."
    )
    all_places = cutter.places(range(len(cutter.graph.nodes)))
    if all_places:
        said += f" It holds {cutter.places(chosen)} of {count(all_places, 'line')} with a defect or an exposure in functions of the component."
    if lines > limits.most_lines:
        said += f" One function alone has more than {limits.most_lines:,} lines: divide it first."
    if tests:
        said += f" {count(len(tests), 'test file')} {'reaches' if len(tests) == 1 else 'reach'} it by calls."
    elif of_component:
        said += " No test reaches it by calls that were resolved; those of the component may."
    else:
        said += " No test reaches it: write the parity test first."
    return said
