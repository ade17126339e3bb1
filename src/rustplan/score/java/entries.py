"""Which methods are called from outside, and at which rate: the roots of the call graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rustplan.catalog import EntryPoints
from rustplan.catalog.anchors import EntryPoint
from rustplan.model.facts import Function
from rustplan.model.scan import FileScan
from rustplan.score.java.hierarchy import Hierarchy
from rustplan.score.java.names import simple_name
from rustplan.score.java.nodes import Node


@dataclass(frozen=True, slots=True)
class Root:
    """Why a method is called from outside, and log10 of how often."""

    words: str
    rate: float
    is_declared: bool = False
    is_fallback: bool = False


def find_roots(hierarchy: Hierarchy, table: EntryPoints) -> dict[int, Root]:
    """Return entry points and program starts by node; without any, the public methods of the library."""
    by_method, by_annotation, by_parameter = _by_trigger(table)
    found: dict[int, Root] = {}
    for index, node in enumerate(hierarchy.nodes):
        function = node.declared
        if function is None:
            continue
        entries = list(by_method.get(node.plain_name, ()))
        if function.annotations:
            entries += [entry for mark in sorted(_marks(function)) for entry in by_annotation.get(mark, ())]
        if by_parameter and function.parameters:
            entries += [entry for entry in by_parameter if not entry.methods]
        fitting = [entry for entry in entries if _fits(hierarchy, node, entry)]
        if fitting:
            best = max(fitting, key=lambda entry: entry.rate)
            found[index] = Root(
                best.words, best.rate, any(one.is_declared for one in fitting), all(one.is_fallback for one in fitting)
            )
        elif node.plain_name == "main" and function.is_exported:
            found[index] = Root("program start", table.main_rate)
    if any(root.rate > table.main_rate and not root.is_fallback for root in found.values()):
        return {index: root for index, root in found.items() if not root.is_fallback}
    return found or public_roots(hierarchy, table.public_rate)


def has_benchmark(file: FileScan, table: EntryPoints) -> bool:
    """True when a method of the file carries an annotation by which its authors declare something hot."""
    wanted = {name for entry in table.entries if entry.is_declared for name in entry.annotations}
    return any(not wanted.isdisjoint(_marks(function)) for function in file.facts.functions if function.annotations)


def _marks(function: Function) -> set[str]:
    """Simple names of the annotations."""
    return {simple_name(mark.lstrip("@").partition("(")[0]) for mark in function.annotations}


def public_roots(hierarchy: Hierarchy, rate: float) -> dict[int, Root]:
    """Return the public methods of all classes that are not anonymous: what users of a library may call."""
    return {
        index: Root("", rate)
        for index, node in enumerate(hierarchy.nodes)
        if node.declared is not None and node.declared.is_exported and node.plain_name != "<clinit>"
    }


def _by_trigger(
    table: EntryPoints,
) -> tuple[dict[str, list[EntryPoint]], dict[str, list[EntryPoint]], list[EntryPoint]]:
    by_method: dict[str, list[EntryPoint]] = {}
    by_annotation: dict[str, list[EntryPoint]] = {}
    for entry in table.entries:
        for name in entry.methods:
            by_method.setdefault(name, []).append(entry)
        for name in entry.annotations:
            by_annotation.setdefault(name, []).append(entry)
    return by_method, by_annotation, [entry for entry in table.entries if entry.parameters and not entry.methods]


def _fits(hierarchy: Hierarchy, node: Node, entry: EntryPoint) -> bool:
    """True when all that the entry asks for besides name and annotation holds."""
    if entry.endless and not node.is_endless:
        return False
    if entry.parameters and not _has_parameter(node, entry.parameters):
        return False
    if not entry.types:
        return True
    above = [name for name in hierarchy.ancestors(node.class_name) if name != node.class_name]
    return any(
        wanted in _written_supertypes(hierarchy, (node.class_name, *above)) if "." in wanted else _names(wanted, name)
        for wanted in entry.types
        for name in above
    )


def _written_supertypes(hierarchy: Hierarchy, names: Sequence[str]) -> set[str]:
    """`Outer.Type` for each supertype whose file says, by an import or in place, in which class it stands."""
    found = set()
    for info in (hierarchy.classes[name] for name in names if name in hierarchy.classes):
        imported = {one.name.rpartition(".")[2]: one.name for one in hierarchy.files[info.file].facts.imports}
        for written in info.written_supertypes:
            plain = written.partition("<")[0].strip()
            found.add(".".join(imported.get(plain, plain).split(".")[-2:]))
    return found


def _has_parameter(node: Node, wanted: tuple[str, ...]) -> bool:
    parameters = node.declared.parameters if node.declared is not None else ()
    return any(simple_name(one.type) in wanted for one in parameters)


def _names(wanted: str, name: str) -> bool:
    plain = simple_name(name)
    return plain.endswith(wanted[1:]) if wanted.startswith("*") else plain == wanted


def rates_of(roots: Mapping[int, Root]) -> dict[int, float]:
    """Return runs of each root: 10^rate."""
    return {index: 10.0**root.rate for index, root in roots.items()}
