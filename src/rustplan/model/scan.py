"""The result of reading one file, and of reading them all."""

from __future__ import annotations

import msgspec

from rustplan.model.facts import FileFacts
from rustplan.model.finding import Finding
from rustplan.model.source import DegradedFile, Role, SkippedFile


class FileScan(msgspec.Struct, frozen=True, kw_only=True):
    """Facts and findings of one file. `sha256` is that of the bytes as read."""

    path: str
    role: Role
    sha256: str
    facts: FileFacts
    findings: tuple[Finding, ...] = ()
    degraded: tuple[DegradedFile, ...] = ()


class TreeScan(msgspec.Struct, frozen=True, kw_only=True):
    """All files of the tree, sorted by path; every discovered file is in `files` or in `skipped`."""

    files: tuple[FileScan, ...] = ()
    skipped: tuple[SkippedFile, ...] = ()
