"""Do functions that fuzzing harnesses call lie nearer to data from outside than other functions of the product?

    exposure_distance.py FOLDER...

Each folder is a repository with fuzzing harnesses (`LLVMFuzzerTestOneInput`) in its tree. The harnesses themselves are left out as sources, so that
the answer is not in the question. Printed per repository: functions of role source, those of them that a harness calls by name, the median
distance of both, and the AUC: the chance that a function of a harness is nearer than another (ties count half, no way found is farthest). The first
figure is for data from outside the program, the second takes exported functions as sources, too.
"""

from __future__ import annotations

import argparse
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from rustplan import resources
from rustplan.catalog import load_anchors
from rustplan.catalog.exposure import load_exposure
from rustplan.components import find_components
from rustplan.config import Settings
from rustplan.discover import discover_tree
from rustplan.link import link
from rustplan.model.code_graph import CodeGraph
from rustplan.model.component import ComponentGraph
from rustplan.model.exposure import InputGroup, InputKind
from rustplan.model.scan import TreeScan
from rustplan.model.source import Language, Role
from rustplan.rulebook import load_rules
from rustplan.scan import scan_tree
from rustplan.score.exposure.build import measure_all
from rustplan.score.exposure.call_graph import FunctionGraph, build_function_graph, is_harness
from rustplan.score.exposure.handlers import HandlerEntries
from rustplan.score.exposure.sources import find_sources
from rustplan.score.reach import find_reach

FAR = 1_000_000
Distance = Callable[[int], int]


def main() -> None:
    """Print one row per repository."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    print(
        f"{'repository':<16} {'functions':>9} {'harness':>7}  {'outside: median, of harness, AUC':<34} with exported functions"
    )
    for folder in parser.parse_args().folders:
        print(_row(folder))


def _row(folder: Path) -> str:
    graph, outside, either = _distances(*_read(folder))
    product = _product(graph)
    named = _called_by_harnesses(graph) & set(product)
    others = [node for node in product if node not in named]
    if not named or not others:
        return f"{folder.name:<16} {len(product):>9} {len(named):>7}  nothing to compare"
    return f"{folder.name:<16} {len(product):>9} {len(named):>7}  {_figures(product, named, others, outside):<34} {_figures(product, named, others, either)}"


def _figures(product: Sequence[int], named: set[int], others: Sequence[int], distance: Distance) -> str:
    every = statistics.median_low(distance(node) for node in product)
    harness = statistics.median_low(distance(node) for node in named)
    return (
        f"{_words(every)}, {_words(harness)}, {_auc([distance(n) for n in named], [distance(n) for n in others]):.2f}"
    )


def _words(distance: int) -> str:
    return "no way" if distance >= FAR else str(distance)


def _auc(nearer: Sequence[int], farther: Sequence[int]) -> float:
    """Chance that one of `nearer` is less than one of `farther`, ties half."""
    counts = Counter(farther)
    wins = sum(
        number * (1.0 if one < other else 0.5 if one == other else 0.0)
        for one in nearer
        for other, number in counts.items()
    )
    return wins / (len(nearer) * len(farther))


def _read(folder: Path) -> tuple[TreeScan, CodeGraph, ComponentGraph]:
    settings = Settings()
    rulebook = load_rules(resources.folder("rules"))
    tree = discover_tree(folder, settings.discover, rulebook.files_asked, rulebook.files_asked_of_java)
    scan = scan_tree(folder, tree, rulebook, settings.scan, None)
    graph = link(tree, scan)
    return scan, graph, find_components(tree, scan, graph, settings.components)


def _distances(
    scan: TreeScan, graph: CodeGraph, components: ComponentGraph
) -> tuple[FunctionGraph, Distance, Distance]:
    """Return the graph and the distances from data outside, and from that or exported functions."""
    anchors, table = load_anchors(), load_exposure()
    functions = build_function_graph(scan, graph, table.pointers)
    handlers = HandlerEntries(functions.files, anchors.entry_points, table.sources.handlers)
    idle = find_reach(scan, components, graph, anchors.reach).idle
    sources = find_sources(functions, table.sources, handlers, idle, without=(InputKind.FUZZ_TARGET,))
    _, near = measure_all(functions, sources, anchors, table)

    def from_groups(groups: Sequence[InputGroup]) -> Distance:
        return lambda node: min(FAR if (steps := near[group].distance(node)) is None else steps for group in groups)

    return functions, from_groups([InputGroup.OUTSIDE]), from_groups([InputGroup.OUTSIDE, InputGroup.API])


def _product(graph: FunctionGraph) -> list[int]:
    return [
        node
        for node in range(len(graph))
        if (file := graph.place(node)[0]).role is Role.SOURCE
        and file.facts.language is not Language.JAVA
        and not is_harness(file)
    ]


def _called_by_harnesses(graph: FunctionGraph) -> set[int]:
    """Functions that a function of a harness file surely calls."""
    return {
        graph.callees.others[at]
        for node in range(len(graph))
        if is_harness(graph.place(node)[0])
        for at in graph.callees.of(node)
        if not graph.callees.is_may[at]
    }


if __name__ == "__main__":
    main()
