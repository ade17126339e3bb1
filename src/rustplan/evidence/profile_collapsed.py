"""Reads collapsed stacks: async-profiler, `stackcollapse` scripts and their kin; allocation or processor samples."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from rustplan.evidence.profile_charge import Charges, Frame, Frames
from rustplan.evidence.profile_frames import type_name
from rustplan.evidence.profile_input import Lines
from rustplan.model.profile import ProfileKind

MOST_FRAMES = 5_000
"""Frames of one stack that are looked at, from its top."""

_COUNT = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,9})?")
_ALLOCATED = re.compile(r"[^/;()\s]{1,2000}_\[[ik]\]")
_ALIGNMENT = 8
_SMALLEST_OBJECT = 16
_ALLOCATION_SHARE = 0.9


def split_line(line: str) -> tuple[str, str] | None:
    """A stack, root first, and its count; None for what is no collapsed stack."""
    stack, space, count = line.rpartition(" ")
    return (stack, count) if space and stack and _COUNT.fullmatch(count) else None


def is_allocation(head: Iterable[str]) -> bool:
    """True when the stacks end in allocated classes: `java.lang.String_[i]`, where processor samples end in methods `a/b/C.m`."""
    leaves = [found[0].rpartition(";")[2] for line in head if (found := split_line(line))]
    typed = sum(_ALLOCATED.fullmatch(leaf) is not None for leaf in leaves)
    has_others = any(leaf.endswith(("_[j]", "_[0]", "_[1]")) for leaf in leaves)
    return bool(leaves) and not has_others and typed >= _ALLOCATION_SHARE * len(leaves)


class Collapsed:
    """The charges of a file of collapsed stacks and what its counts are."""

    def __init__(self, frames: Frames, kind: ProfileKind) -> None:
        self.charges = Charges()
        self.kind = kind
        self.unread = 0
        self._frames = frames
        self._is_aligned = True

    def read(self, lines: Lines) -> None:
        """Charge every line."""
        for line in lines:
            found = split_line(line)
            if found is None:
                self.unread += bool(line.strip())
                continue
            stack, count = found
            value = float(count) if "." in count else int(count)
            self._is_aligned = self._is_aligned and value >= _SMALLEST_OBJECT and value % _ALIGNMENT == 0
            self._charge(stack, value)

    def _charge(self, stack: str, value: float) -> None:
        parts = stack.rsplit(";", MOST_FRAMES)
        allocated = ""
        if self.kind is ProfileKind.ALLOCATION and _ALLOCATED.fullmatch(parts[-1]):
            allocated = type_name(parts.pop()[: -len("_[i]")])
        self.charges.add(self._resolved(parts), value, allocated)

    def _resolved(self, parts: Sequence[str]) -> Iterator[Frame]:
        text = self._frames.text
        return (text(part) for part in reversed(parts))

    @property
    def unit(self) -> str:
        """Bytes where every count could be one: objects are at least 16 bytes large and aligned to 8."""
        return "bytes" if self.kind is ProfileKind.ALLOCATION and self._is_aligned else "samples"

    @property
    def notes(self) -> tuple[str, ...]:
        """How the counts were understood, and what was not read."""
        told = []
        if self.kind is ProfileKind.ALLOCATION and self.unit == "bytes":
            told.append("counts are taken as bytes: each is a multiple of 8, as sizes of objects are")
        elif self.kind is ProfileKind.ALLOCATION:
            told.append("counts are samples, not bytes: record with the option total to have bytes")
        if self.unread:
            told.append(f"{self.unread} lines are no collapsed stacks")
        return tuple(told)
