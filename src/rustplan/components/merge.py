"""Groups too small to plan for join a neighbour, smallest first; too many groups are merged the same way."""

from __future__ import annotations

from collections.abc import Sequence
from posixpath import dirname

from rustplan.components.coupling import Coupling
from rustplan.components.groups import Group, joined
from rustplan.components.scale import Scale

_GROWTH = 1.5


def merge_small(groups: Sequence[Group], coupling: Coupling, scale: Scale) -> tuple[Group, ...]:
    """Merge groups below the smallest size into the directory above them or the group they are coupled to most.

    Build modules are spared. When more than `scale.most` groups remain, the bar rises until few enough are left
    or nothing more can merge.
    """
    merged = _merge_below(list(groups), coupling, scale, bar=scale.smallest, with_modules=False)
    bar = float(scale.smallest)
    while len(merged) > scale.most and bar <= scale.largest:
        bar *= _GROWTH
        merged = _merge_below(merged, coupling, scale, bar=int(bar), with_modules=True)
    return tuple(merged)


def _merge_below(groups: list[Group], coupling: Coupling, scale: Scale, *, bar: int, with_modules: bool) -> list[Group]:
    waiting = sorted(
        (group for group in groups if group.sloc < bar), key=lambda group: (group.sloc, group.path, group.files)
    )
    result = list(groups)
    for original in waiting:
        guest = next((group for group in result if original.files[0] in group.files), original)
        may_move = not guest.is_fixed and (with_modules or not guest.is_module) and guest.sloc < bar
        host = _host(guest, result, coupling, scale) if may_move else None
        if host and (not with_modules or len(result) > scale.most):
            result = [group for group in result if group is not guest and group is not host]
            result.append(joined(host, guest, f"with {guest.path or 'the top directory'}, too small to plan for alone"))
    return sorted(result, key=lambda group: (group.path, group.files))


def _host(guest: Group, groups: Sequence[Group], coupling: Coupling, scale: Scale) -> Group | None:
    """The group to join: the only strong partner, else the directory above, else the best partner, else the largest group below its own directory.

    A part of a build module stays inside the module while another part of it can take it.
    """
    partners = [group for group in groups if group is not guest and _may_host(guest, group, scale)]
    inside = [group for group in partners if guest.scope and group.scope == guest.scope]
    partners = inside or partners
    owner = {path: number for number, group in enumerate(partners) for path in group.files}
    row = coupling.to_groups(guest.files, owner)
    ranked = sorted(row, key=lambda number: (-_closeness(guest, partners[number]), -row[number], partners[number].path))
    total = sum(row.values())
    strong = next((number for number in ranked if row[number] >= 0.6 * total), None)
    if strong is not None:
        return partners[strong]
    above = _directory_above(guest, partners)
    if above:
        return above
    return partners[ranked[0]] if ranked else _largest_below(guest, partners)


def _largest_below(guest: Group, partners: Sequence[Group]) -> Group | None:
    """What is left over of a folder, such as one small tool, joins the largest group of its subfolders."""
    inside = [group for group in partners if guest.directory and group.directory.startswith(f"{guest.directory}/")]
    return max(inside, key=lambda group: (group.sloc, group.path), default=None)


def _may_host(guest: Group, host: Group, scale: Scale) -> bool:
    return not host.is_fixed and host.is_java == guest.is_java and host.sloc + guest.sloc <= scale.largest


def _closeness(guest: Group, host: Group) -> int:
    """2 in the same module and folder, 1 in the same module or top folder, 0 elsewhere."""
    if guest.scope != host.scope:
        return 0
    return 1 + int(bool(guest.directory) and dirname(guest.directory) == dirname(host.directory))


def _directory_above(guest: Group, partners: Sequence[Group]) -> Group | None:
    """The group of the nearest folder above; for a family of a flat folder that is the rest of the folder itself."""
    folder = guest.directory
    while folder:
        for group in sorted(partners, key=lambda group: (len(group.path), group.path)):
            if group.directory == folder and group.scope == guest.scope:
                return group
        folder = dirname(folder)
    return None
