"""What the build says: which targets are worth a component, and which only repeat or fragment the directories."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from posixpath import dirname

from rustplan.components.coupling import Coupling
from rustplan.components.directories import Region, split_region
from rustplan.components.files import Atom, Inventory
from rustplan.components.groups import Group
from rustplan.components.scale import Scale
from rustplan.model.component import Provenance
from rustplan.model.source import BuildTarget, TargetKind

_TRUSTED = 0.5
_ORDER = (TargetKind.LIBRARY, TargetKind.MODULE, TargetKind.EXECUTABLE, TargetKind.TEST)


def group_by_target(
    atoms: Sequence[Atom], targets: Sequence[BuildTarget], inventory: Inventory, coupling: Coupling, scale: Scale
) -> tuple[tuple[Group, ...], tuple[Atom, ...]]:
    """Return the groups that build targets make, and the atoms they leave to the directories.

    Maven and Gradle modules are always components, divided by package when too large. A C or C++ target is one when it holds
    between the smallest and the largest size and not more than half of the code: a single giant target, or one target per
    example file, says nothing about who belongs together.
    """
    modules = [target for target in targets if target.kind is TargetKind.MODULE]
    in_modules, loose = _by_module(atoms, modules)
    groups = [group for module, members in in_modules for group in _module_groups(module, members, coupling, scale)]
    native = [target for target in targets if target.kind is not TargetKind.MODULE]
    by_target = _by_target(loose, native, inventory)
    kept = _worth_keeping(by_target, atoms, inventory, scale)
    groups += [_target_group(target, by_target[target]) for target in kept]
    taken = {path for group in groups for path in group.files}
    return tuple(groups), tuple(atom for atom in loose if atom.files[0] not in taken)


def targets_by_file(targets: Sequence[BuildTarget], inventory: Inventory) -> dict[str, tuple[BuildTarget, ...]]:
    """Every target that names a file, best first: library, module, executable, test; then the one with fewest sources."""
    explicit: dict[str, list[BuildTarget]] = defaultdict(list)
    modules = sorted(
        _module_roots([target for target in targets if target.kind is TargetKind.MODULE]).items(), reverse=True
    )
    for target in sorted(targets, key=_preference):
        for path in target.sources:
            if path in inventory.files:
                explicit[path].append(target)
    for path in inventory.files:
        module = next((module for root, module in modules if path.startswith(root)), None)
        if module:
            explicit[path].append(module)
    return {path: tuple(dict.fromkeys(found)) for path, found in explicit.items()}


def _preference(target: BuildTarget) -> tuple[int, int, float, str, str]:
    return _ORDER.index(target.kind), len(target.sources), -target.confidence, target.name, target.manifest


def _by_module(
    atoms: Sequence[Atom], modules: Sequence[BuildTarget]
) -> tuple[list[tuple[BuildTarget, list[Atom]]], tuple[Atom, ...]]:
    roots = sorted(_module_roots(modules).items(), key=lambda item: (-len(item[0]), item[0]))
    members: dict[str, list[Atom]] = defaultdict(list)
    found: dict[str, BuildTarget] = {}
    loose = []
    for atom in atoms:
        module = next((module for root, module in roots if atom.files[0].startswith(root)), None)
        if module is None:
            loose.append(atom)
        else:
            key = f"{module.manifest}\n{module.name}"
            found[key] = module
            members[key].append(atom)
    return [(found[key], members[key]) for key in sorted(members)], tuple(loose)


def _module_roots(modules: Sequence[BuildTarget]) -> dict[str, BuildTarget]:
    """Directory -> module: its source folders, and the folder of its manifest unless that is the whole tree."""
    roots: dict[str, BuildTarget] = {}
    for module in sorted(modules, key=_preference):
        folder = dirname(module.manifest)
        for root in (*module.sources, *([folder] if folder else [])):
            roots.setdefault(root if root.endswith("/") else root + "/", module)
    return roots


def _module_groups(module: BuildTarget, atoms: Sequence[Atom], coupling: Coupling, scale: Scale) -> list[Group]:
    """A module's Java, and apart from it its native code: the JNI boundary between them is where a port would cut."""
    because = f"{module.system} module {module.name} ({module.manifest})"
    provenance = Provenance(source=module.system, because=because, confidence=module.confidence)
    java = [atom for atom in atoms if atom.is_java]
    native = [atom for atom in atoms if not atom.is_java]
    if not java or sum(atom.sloc for atom in native) < scale.smallest:
        java, native = list(atoms), []
    groups = []
    for name, members in ((module.name, java), (f"{module.name}/native", native)):
        if members:
            region = Region(name=name, scope=module.name, provenance=provenance, is_module=True)
            groups += split_region(members, region, coupling, scale)
    return groups


def _by_target(
    atoms: Sequence[Atom], targets: Sequence[BuildTarget], inventory: Inventory
) -> dict[BuildTarget, tuple[Atom, ...]]:
    """Each atom under the best target that names one of its files. Targets of one name in two build systems are one."""
    wanted_by = targets_by_file(targets, inventory)
    spoken_for: dict[str, BuildTarget] = {}
    for target in sorted(targets, key=lambda target: (-target.confidence, _preference(target))):
        spoken_for.setdefault(target.name, target)
    members: dict[str, list[Atom]] = defaultdict(list)
    for atom in (atom for atom in atoms if not atom.is_java):
        wanting = sorted({target for path in atom.files for target in wanted_by.get(path, ())}, key=_preference)
        if wanting:
            members[wanting[0].name].append(atom)
    own = {name: _without_borrowed(found, atoms) for name, found in sorted(members.items())}
    return {spoken_for[name]: found for name, found in own.items()}


def _without_borrowed(members: Sequence[Atom], everyone: Sequence[Atom]) -> tuple[Atom, ...]:
    """Without files from elsewhere in folders that mostly serve others: a program that compiles `lib/list.c` does not own it."""
    inside: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for atom in everyone:
        total[atom.directory] += atom.sloc
    for atom in members:
        inside[atom.directory] += atom.sloc
    home = max(inside, key=lambda folder: (inside[folder], folder))
    return tuple(
        atom for atom in members if atom.directory == home or 2 * inside[atom.directory] >= total[atom.directory]
    )


def _worth_keeping(
    by_target: Mapping[BuildTarget, tuple[Atom, ...]], everyone: Sequence[Atom], inventory: Inventory, scale: Scale
) -> list[BuildTarget]:
    total = sum(atom.sloc for atom in everyone)
    fitting = []
    for target, atoms in by_target.items():
        sloc = sum(atom.sloc for atom in atoms)
        is_giant = 2 * sum(inventory.sloc(path) for path in target.sources) > total
        if scale.smallest <= sloc <= scale.largest and not is_giant and target.kind is not TargetKind.TEST:
            fitting.append(target)
    trusted = [target for target in fitting if target.confidence >= _TRUSTED]
    guessed = [target for target in fitting if target.confidence < _TRUSTED]
    return trusted + (guessed if len(guessed) > 1 else [])


def _target_group(target: BuildTarget, atoms: Sequence[Atom]) -> Group:
    because = f"{target.system} {target.kind.value} {target.name} ({target.manifest})"
    folders = sorted({atom.directory for atom in atoms})
    return Group(
        path=target.name,
        files=tuple(sorted(path for atom in atoms for path in atom.files)),
        sloc=sum(atom.sloc for atom in atoms),
        provenance=Provenance(source=target.system, because=because, confidence=target.confidence),
        directory=folders[0] if len(folders) == 1 else "",
        is_java=all(atom.is_java for atom in atoms),
    )
