"""Dividing by directory, and a directory too large for one component by the families of its file names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from posixpath import commonpath

import msgspec

from rustplan.components.coupling import Coupling
from rustplan.components.families import Family, name_families
from rustplan.components.files import Atom, Inventory
from rustplan.components.groups import Group
from rustplan.components.scale import Scale
from rustplan.model.component import Provenance

_CONTAINERS = frozenset({"", "src", "lib", "source", "sources", "libs", "modules", "packages", "components"})
_DIRECTORY, _NAMES = 0.5, 0.4


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the tree that is divided on its own: a build module, a Java source root, or what the build left over."""

    name: str
    scope: str
    provenance: Provenance
    is_module: bool = False


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a region: the files of a directory, or one family of its file names."""

    directory: str
    atoms: tuple[Atom, ...]
    label: str = ""
    because: str = ""
    confidence: float = _DIRECTORY


def group_by_directory(
    atoms: Sequence[Atom], inventory: Inventory, coupling: Coupling, scale: Scale, *, project: str
) -> tuple[Group, ...]:
    """Divide what neither the configuration nor the build has placed: Java by source root and package, the rest by directory."""
    roots: dict[str, list[Atom]] = defaultdict(list)
    for atom in atoms:
        if atom.is_java:
            roots[inventory.package_root(atom.files[0])].append(atom)
    groups: list[Group] = []
    for root, members in sorted(roots.items()):
        name = _root_name(root, project)
        because = f"Java packages below {root or 'the root'}"
        provenance = Provenance(source="package", because=because, confidence=0.7)
        groups += split_region(
            members, Region(name=name, scope=name, provenance=provenance), coupling, scale, is_open=True
        )
    native = [atom for atom in atoms if not atom.is_java]
    for part in _split("", native, coupling, scale):
        groups.append(_directory_group(part))
    return tuple(groups)


def _root_name(root: str, project: str) -> str:
    """`codec` for `codec/src/main/java`, the project's name for `src/main/java`, else the folder itself."""
    before, found, _ = f"/{root}/".partition("/src/")
    return (before.strip("/") if found else root) or project


def split_region(
    atoms: Sequence[Atom], region: Region, coupling: Coupling, scale: Scale, *, is_open: bool = False
) -> list[Group]:
    """One group when the region is small enough, else one per directory below the one its files share. `is_open` divides it in any case."""
    sloc = sum(atom.sloc for atom in atoms)
    base = _common_directory(atoms)
    limit = scale.largest_module if all(atom.is_java for atom in atoms) else scale.largest
    if sloc <= limit and not is_open:
        return [_region_group(region, base, _Part(directory=base, atoms=tuple(atoms)))]
    return [_region_group(region, base, part) for part in _split(base, atoms, coupling, scale, is_open=True)]


def _split(
    directory: str, atoms: Sequence[Atom], coupling: Coupling, scale: Scale, *, is_open: bool = False
) -> Iterator[_Part]:
    """Yield the parts of a directory. A container such as `src` is always opened: its children are what people talk about."""
    if not atoms:
        return
    sloc = sum(atom.sloc for atom in atoms)
    own = [atom for atom in atoms if atom.directory == directory]
    if not (is_open or _is_container(directory)) and sloc <= scale.largest:
        yield _Part(directory=directory, atoms=tuple(atoms), because=f"directory {directory}")
        return
    yield from _split_own(directory, own, coupling, scale, is_alone=len(own) == len(atoms))
    children: dict[str, list[Atom]] = defaultdict(list)
    for atom in atoms:
        if atom.directory != directory:
            children[_child(directory, atom.directory)].append(atom)
    for child, members in sorted(children.items()):
        yield from _split(child, members, coupling, scale)


def _split_own(
    directory: str, atoms: Sequence[Atom], coupling: Coupling, scale: Scale, *, is_alone: bool
) -> Iterator[_Part]:
    if not atoms:
        return
    where = f"directory {directory}" if directory else "the top directory"
    sloc = sum(atom.sloc for atom in atoms)
    if sloc <= scale.largest or any(atom.is_java for atom in atoms):
        note = "" if is_alone else ", without its subdirectories"
        yield _Part(directory=directory, atoms=tuple(atoms), because=where + note)
        return
    families = name_families(atoms, coupling, scale)
    if len(families) == 1:
        yield _Part(
            directory=directory, atoms=tuple(atoms), because=f"{where}, {sloc:,} code lines that nothing divides"
        )
        return
    for family in families:
        yield _family_part(directory, where, sloc, family)


def _family_part(directory: str, where: str, sloc: int, family: Family) -> _Part:
    reason = f"{where} holds {sloc:,} code lines in one flat folder, divided by file names and calls: {family.because}"
    return _Part(directory=directory, atoms=family.atoms, label=family.label, because=reason, confidence=_NAMES)


def _is_container(directory: str) -> bool:
    return all(segment in _CONTAINERS for segment in directory.split("/"))


def _child(directory: str, below: str) -> str:
    start = len(directory) + 1 if directory else 0
    end = below.find("/", start)
    return below if end < 0 else below[:end]


def _common_directory(atoms: Sequence[Atom]) -> str:
    folders = sorted({atom.directory for atom in atoms})
    return commonpath(folders) if folders and all(folders) else ""


def _directory_group(part: _Part) -> Group:
    path = "/".join(piece for piece in (part.directory, part.label) if piece)
    provenance = Provenance(source="directory", because=part.because, confidence=part.confidence)
    return _group(part, path=path, provenance=provenance)


def _region_group(region: Region, base: str, part: _Part) -> Group:
    below = part.directory[len(base) :].strip("/")
    path = "/".join(piece for piece in (region.name, below, part.label) if piece)
    provenance = region.provenance
    if part.because:
        confidence = min(provenance.confidence, 0.7 if not part.label else _NAMES)
        provenance = Provenance(
            source=provenance.source, because=f"{provenance.because}; {part.because}", confidence=confidence
        )
    group = _group(part, path=path, provenance=provenance)
    return msgspec.structs.replace(
        group, scope=region.scope, is_module=region.is_module and not below and not part.label
    )


def _group(part: _Part, *, path: str, provenance: Provenance) -> Group:
    return Group(
        path=path,
        files=tuple(sorted(path for atom in part.atoms for path in atom.files)),
        sloc=sum(atom.sloc for atom in part.atoms),
        provenance=provenance,
        directory=part.directory,
        is_java=all(atom.is_java for atom in part.atoms),
    )
