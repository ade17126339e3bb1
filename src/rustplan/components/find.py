"""The story of a component graph: claim files for groups, let the rest follow, then add up dependencies and units."""

from __future__ import annotations

from rustplan.components.claims import claim_configured, claim_vendored
from rustplan.components.coupling import Coupling
from rustplan.components.dependencies import find_dependencies
from rustplan.components.directories import group_by_directory
from rustplan.components.files import Inventory, take_inventory, without_loose_headers
from rustplan.components.followers import attach_followers
from rustplan.components.groups import Group, unique_names
from rustplan.components.inner_cycles import find_inner_cycles
from rustplan.components.merge import merge_small
from rustplan.components.processors import join_processors
from rustplan.components.scale import Scale, largest_step, scales_for
from rustplan.components.splits import suggest_splits
from rustplan.components.summary import summarise
from rustplan.components.targets import group_by_target, targets_by_file
from rustplan.components.units import find_units
from rustplan.model.code_graph import CodeGraph
from rustplan.model.component import ComponentGraph
from rustplan.model.options import ComponentOptions
from rustplan.model.scan import TreeScan
from rustplan.model.source import Role, SourceTree


def find_components(tree: SourceTree, scan: TreeScan, graph: CodeGraph, options: ComponentOptions) -> ComponentGraph:
    """Group the files of the tree: the configuration decides first, then the build, then Java modules, then directories.

    Every file of the tree is in exactly one component or in `unassigned`. A configured glob that matches nothing makes no component.
    """
    inventory = take_inventory(tree, scan)
    among_sources = Coupling(graph.edges, within=set(inventory.paths_of(Role.SOURCE)))
    groups = _group_sources(tree, inventory, among_sources, options)
    groups, unassigned = attach_followers(groups, inventory, Coupling(graph.edges))
    groups = unique_names(groups, project=tree.project.name)
    wanted_by = targets_by_file(tree.targets, inventory)
    components = tuple(summarise(group, inventory, wanted_by) for group in sorted(groups, key=lambda group: group.name))
    dependencies, firm, edges = find_dependencies(components, graph, inventory)
    largest = largest_step(options.granularity)
    units, cycles = find_units(components, dependencies, firm, edges, largest=largest)
    inner, found = find_inner_cycles(components, graph, inventory)
    return ComponentGraph(
        components=components,
        dependencies=dependencies,
        units=units,
        cycles=cycles,
        unassigned=unassigned,
        inner_cycles=inner,
        inner_cycles_found=found,
        suggestions=suggest_splits(components, inventory, among_sources, above=largest),
    )


def _group_sources(
    tree: SourceTree, inventory: Inventory, coupling: Coupling, options: ComponentOptions
) -> tuple[Group, ...]:
    configured = claim_configured(inventory, options.components)
    claimed = {path for group in configured for path in group.files}
    vendored = claim_vendored(inventory, claimed)
    open_paths = tuple(path for path in inventory.paths_of(Role.SOURCE) if path not in claimed)
    if not open_paths:
        return configured + vendored
    sloc = sum(inventory.sloc(path) for path in open_paths)
    found: tuple[Group, ...] = ()
    for scale in scales_for(sloc, options.granularity):
        found = _group_open(tree, inventory, coupling, open_paths, scale)
        if len(found) >= scale.enough:
            break
    return configured + vendored + found


def _group_open(
    tree: SourceTree, inventory: Inventory, coupling: Coupling, paths: tuple[str, ...], scale: Scale
) -> tuple[Group, ...]:
    atoms = inventory.atoms(paths)
    built, rest = group_by_target(atoms, tree.targets, inventory, coupling, scale)
    rest = without_loose_headers(rest)
    loose = group_by_directory(rest, inventory, coupling, scale, project=tree.project.name)
    groups = built + join_processors(loose, scale)
    return merge_small(groups, coupling, scale)
