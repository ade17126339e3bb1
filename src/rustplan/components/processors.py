"""Folders that hold one thing for several processors: small ones beside each other are one component, because one decision covers them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from posixpath import basename, dirname

import msgspec

from rustplan.components.groups import Group
from rustplan.components.scale import Scale
from rustplan.model.component import Provenance

_PROCESSORS = frozenset(
    {
        "aarch64",
        "alpha",
        "amd64",
        "arm",
        "arm64",
        "armv7",
        "armv8",
        "avr",
        "avr32",
        "bfin",
        "hppa",
        "i386",
        "i586",
        "i686",
    }
    | {"ia32", "ia64", "intel", "loongarch", "loongarch64", "m68k", "mips", "mips64", "neon", "power", "powerpc", "ppc"}
    | {
        "ppc64",
        "riscv",
        "riscv32",
        "riscv64",
        "s390",
        "s390x",
        "sh4",
        "sparc",
        "sparc64",
        "x64",
        "x86",
        "x86_64",
        "xtensa",
    }
)


def join_processors(groups: Sequence[Group], scale: Scale) -> tuple[Group, ...]:
    """Return the groups with small folders named after processors joined, where two or more lie in one folder."""
    beside: dict[str, list[Group]] = defaultdict(list)
    for group in groups:
        is_small = group.sloc < scale.comfortable and group.path == group.directory
        if is_small and basename(group.directory).lower() in _PROCESSORS:
            beside[dirname(group.directory)].append(group)
    families = [(folder, family) for folder, family in sorted(beside.items()) if len(family) > 1]
    families = [(folder, family) for folder, family in families if sum(one.sloc for one in family) <= scale.largest]
    taken = {one.path for _, family in families for one in family}
    kept = [group for group in groups if group.path not in taken]
    return (*kept, *(_joined(folder, family) for folder, family in families))


def _joined(folder: str, family: Sequence[Group]) -> Group:
    names = sorted(basename(one.directory) for one in family)
    because = f"directories {', '.join(names)} of {folder or 'the top directory'}: code for single processors"
    return msgspec.structs.replace(
        family[0],
        path="/".join(piece for piece in (folder, "+".join(names)) if piece),
        files=tuple(sorted(path for one in family for path in one.files)),
        sloc=sum(one.sloc for one in family),
        provenance=Provenance(source="directory", because=because, confidence=0.5),
        directory="",
    )
