"""A finished group as a component of the model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from rustplan.components.files import Inventory
from rustplan.components.groups import Group
from rustplan.model.component import Component
from rustplan.model.source import BuildTarget, Language, Role, TargetKind


def summarise(group: Group, inventory: Inventory, wanted_by: Mapping[str, tuple[BuildTarget, ...]]) -> Component:
    """Count what a component holds. Sizes are of role source; vendored lines are counted apart, because they are somebody else's."""
    sources = [path for path in group.files if inventory.role(path) is Role.SOURCE]
    lines: Counter[Language] = Counter()
    for path in sources:
        lines[inventory.files[path].language] += inventory.sloc(path)
    targets = {target for path in sources for target in wanted_by.get(path, ()) if target.kind is not TargetKind.TEST}
    return Component(
        name=group.name,
        files=group.files,
        provenance=group.provenance,
        sloc=lines.total(),
        unsafe_sloc=sum(number for language, number in lines.items() if language.is_memory_unsafe),
        languages={language: lines[language] for language in Language if lines[language]},
        raw_java_sloc=sum(
            inventory.raw.get(path, 0) for path in sources if not inventory.files[path].language.is_memory_unsafe
        ),
        functions=sum(len(inventory.facts[path].functions) for path in sources if path in inventory.facts),
        test_files=sum(1 for path in group.files if inventory.role(path) is Role.TEST),
        aliases=tuple(sorted({target.name for target in targets} - {group.name})),
        external=tuple(sorted({name for target in targets for name in target.external})),
        vendored_sloc=sum(inventory.sloc(path) for path in group.files if inventory.role(path) is Role.VENDORED),
    )
