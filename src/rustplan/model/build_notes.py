"""What build, packaging and CI files name besides targets: libraries, machines, flags."""

from __future__ import annotations

from enum import Enum

import msgspec


class MentionKind(str, Enum):
    """What a line of a build, packaging or CI file speaks of."""

    LINK = "link"
    """`-lNAME`, or a library that a build file asks for by its file name."""
    PACKAGE = "package"
    """A name for pkg-config, `find_package`, meson's `dependency`, conan or vcpkg."""
    MAVEN = "maven"
    """`group:artifact`."""
    MACHINE = "machine"
    """A processor, a target triple, an ABI, or a compiler as `tool:NAME`."""
    FLAG = "flag"
    """A hardening flag that no rule reports."""


class BuildMention(msgspec.Struct, frozen=True, array_like=True, order=True):
    """One thing that a build file names, as written; nothing was run. `is_test` in a file of tests, examples or CI."""

    kind: MentionKind
    name: str
    path: str
    line: int
    is_test: bool = False


class BuildNotes(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of the build files besides targets. `rust_files` counts Rust sources that are not vendored; `files` were read, `left_out` not."""

    mentions: tuple[BuildMention, ...] = ()
    rust_files: int = 0
    rust_example: str = ""
    files: int = 0
    left_out: int = 0
