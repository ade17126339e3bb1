"""A component while it is being made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from rustplan.model.component import Provenance

_SOURCE_FOLDERS = ("src/", "source/", "sources/")


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Files that will be one component. `path` is its name before shortening (a target, a module, or a directory).

    `scope` is the build module it lies in: groups of two modules are merged only when there are too many components.
    `is_fixed`: it may neither merge nor receive, because a person or a licence drew its edge.
    """

    path: str
    files: tuple[str, ...]
    sloc: int
    provenance: Provenance
    directory: str = ""
    scope: str = ""
    is_java: bool = False
    is_fixed: bool = False
    is_module: bool = False
    name: str = ""


def joined(host: Group, guest: Group, because: str) -> Group:
    """`host` with the files of `guest`, and the reason added to its provenance."""
    provenance = msgspec.structs.replace(host.provenance, because=_with_note(host.provenance.because, because))
    return msgspec.structs.replace(
        host, files=tuple(sorted(host.files + guest.files)), sloc=host.sloc + guest.sloc, provenance=provenance
    )


def unique_names(groups: Sequence[Group], *, project: str) -> tuple[Group, ...]:
    """Give every group a short name that no other has: without a leading `src/` where that stays unambiguous."""
    short = [_short(group.path, project) for group in groups]
    count = Counter(short)
    names = [name if count[name] == 1 else (group.path or project) for name, group in zip(short, groups, strict=True)]
    taken: set[str] = set()
    result = []
    order = sorted(zip(names, groups, strict=True), key=lambda pair: (-pair[1].provenance.confidence, pair[1].files))
    for name, group in order:
        free = next(option for option in _variants(name, group) if option not in taken)
        taken.add(free)
        result.append(msgspec.structs.replace(group, name=free))
    return tuple(result)


def _short(path: str, project: str) -> str:
    for folder in _SOURCE_FOLDERS:
        if path.startswith(folder):
            return path[len(folder) :]
    return path or project


def _variants(name: str, group: Group) -> Iterator[str]:
    yield name
    yield f"{name}-{'java' if group.is_java else 'native'}"
    yield from (f"{name}-{number}" for number in range(2, 10_000))


def _with_note(because: str, note: str) -> str:
    return because if note in because else f"{because}; {note}"
