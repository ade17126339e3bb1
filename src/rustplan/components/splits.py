"""Splits that a component too large to plan for may fall into, by who uses whom; suggested only when they are stable, never applied."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from posixpath import basename, splitext

import networkx

from rustplan.components.agreement import adjusted_rand
from rustplan.components.coupling import Coupling
from rustplan.components.files import Atom, Inventory
from rustplan.model.component import Component, SplitPart, SplitSuggestion
from rustplan.model.source import Role

_RUNS, _AGREEMENT = 10, 0.8
_SMALLEST_PART, _FEWEST_PARTS = 1_000, 2
_MOST_FILES = 1_500
_LOWEST_MODULARITY = 0.3


def suggest_splits(
    components: Iterable[Component], inventory: Inventory, coupling: Coupling, *, above: int
) -> tuple[SplitSuggestion, ...]:
    """One suggestion for each component above `above` code lines that ten seeded runs divide alike. Vendored code is left alone.

    `coupling` is that among source files with the weight of what everybody uses shared out.
    """
    large = [one for one in components if one.sloc > above and len(one.files) <= _MOST_FILES]
    found = (_suggest(one, inventory, coupling) for one in sorted(large, key=lambda one: one.name))
    return tuple(suggestion for suggestion in found if suggestion is not None)


def _suggest(component: Component, inventory: Inventory, coupling: Coupling) -> SplitSuggestion | None:
    atoms = inventory.atoms(path for path in component.files if inventory.role(path) is Role.SOURCE)
    graph = _graph(atoms, coupling)
    tied = [atom for atom in atoms if graph.degree(atom.files[0])]
    graph.remove_nodes_from([atom.files[0] for atom in atoms if not graph.degree(atom.files[0])])
    if len(tied) < _FEWEST_PARTS:
        return None
    runs = [_run(graph, seed) for seed in range(_RUNS)]
    agreement = _agreement(runs)
    if agreement < _AGREEMENT:
        return None
    modularity, best = max(
        ((round(networkx.community.modularity(graph, run), 6), run) for run in runs), key=lambda pair: pair[0]
    )
    parts = _parts(best, tied)
    is_worth_it = len([part for part in parts if part.sloc >= _SMALLEST_PART]) >= _FEWEST_PARTS
    if not is_worth_it or modularity < _LOWEST_MODULARITY:
        return None
    return SplitSuggestion(
        component=component.name,
        parts=parts,
        modularity=round(modularity, 3),
        agreement=round(agreement, 3),
        runs=_RUNS,
        loose=sum(len(atom.files) for atom in atoms) - sum(len(part.files) for part in parts),
    )


def _graph(atoms: Sequence[Atom], coupling: Coupling) -> networkx.Graph[str]:
    """One node for each set of files that stay together, under its first path; edges by rounded weight, in order of names."""
    owner = {path: atom.files[0] for atom in atoms for path in atom.files}
    graph: networkx.Graph[str] = networkx.Graph()
    graph.add_nodes_from(sorted(set(owner.values())))
    for atom in sorted(atoms, key=lambda atom: atom.files):
        node = atom.files[0]
        for other, weight in sorted(coupling.to_groups(atom.files, owner).items()):
            if node < other and weight > 0:
                graph.add_edge(node, other, weight=weight)
    return graph


def _run(graph: networkx.Graph[str], seed: int) -> list[set[str]]:
    found: list[set[str]] = networkx.community.louvain_communities(graph, weight="weight", seed=seed)
    return sorted(found, key=min)


def _agreement(runs: Sequence[Sequence[set[str]]]) -> float:
    """The mean adjusted Rand index over all pairs of runs."""
    divisions = [{node: number for number, part in enumerate(run) for node in part} for run in runs]
    values = [adjusted_rand(one, other) for one, other in combinations(divisions, 2)]
    return sum(values) / len(values)


def _parts(division: Sequence[set[str]], atoms: Sequence[Atom]) -> tuple[SplitPart, ...]:
    by_node = {atom.files[0]: atom for atom in atoms}
    parts = []
    for nodes in division:
        members = [by_node[node] for node in sorted(nodes)]
        lead = max(members, key=lambda atom: (atom.sloc, atom.files))
        files = tuple(sorted(path for atom in members for path in atom.files))
        parts.append(
            SplitPart(name=splitext(basename(lead.files[0]))[0], files=files, sloc=sum(atom.sloc for atom in members))
        )
    return tuple(sorted(parts, key=lambda part: (-part.sloc, part.files)))
