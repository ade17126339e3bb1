"""What the build files of a tree declare, from a memory as long as every question that was put to the disk has the same answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from rustplan.discover.manifests import Declared, read_manifests
from rustplan.discover.manifests.draft import Draft, Tree
from rustplan.discover.memory import Memory


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """What was declared, and what was asked of the disk for it: about what, which kind of question, answer."""

    asked: tuple[tuple[str, str, str], ...]
    drafts: list[Draft]
    manifests: list[str]
    problems: dict[str, str]


def remembered_manifests(
    tree: Tree, left_out: Callable[[str], bool], outputs: Iterable[str], hidden: Iterable[str], memory: Memory | None
) -> Declared:
    """Read the build files, or remember them. `left_out` depends on the folders `outputs` alone; `hidden` are those that `tree` knows."""
    if memory is None:
        return read_manifests(tree, left_out)
    parts = ["\0".join(sorted(names)) for names in (tree.files, outputs, hidden)]
    kept = memory.value(_Kept, "manifests", *parts)
    if kept is not None and all(tree.answer(about, kind) == answer for about, kind, answer in kept.asked):
        return Declared(kept.drafts, kept.manifests, kept.problems)
    declared = read_manifests(tree, left_out)
    asked = tuple((about, kind, answer) for (about, kind), answer in sorted(tree.asked.items()))
    memory.keep_value(_Kept(asked, declared.drafts, declared.manifests, declared.problems), "manifests", *parts)
    return declared
