"""Source lines around findings, read again from the file and only if it is still the one that was scanned."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from rustplan.model.finding import Excerpt, Finding
from rustplan.model.scan import FileScan
from rustplan.model.source import SkippedFile, SourceFile
from rustplan.scan.read import read_source

LONGEST_LINE = 200
"""Characters of a line that an excerpt keeps."""


def read_excerpts(
    root: Path, findings: Sequence[Finding], scans: Iterable[FileScan], *, context: int = 3
) -> tuple[Excerpt, ...]:
    """Return one excerpt for each place (path and line) of `findings`, `context` lines to either side, sorted.

    A file that is gone or has other bytes than when it was scanned gives none. Bytes that are not UTF-8 show as `\\xNN`.
    """
    wanted: dict[str, set[int]] = {}
    for finding in findings:
        wanted.setdefault(finding.path, set()).add(finding.line)
    excerpts: list[Excerpt] = []
    for scan in sorted((scan for scan in scans if scan.path in wanted), key=lambda scan: scan.path):
        text = _unchanged_lines(root, scan)
        excerpts += [_around(scan.path, line, text, context) for line in sorted(wanted[scan.path]) if line <= len(text)]
    return tuple(excerpts)


def _unchanged_lines(root: Path, scan: FileScan) -> list[bytes]:
    file = SourceFile(
        path=scan.path, language=scan.facts.language, role=scan.role, size=scan.facts.coverage.total_bytes
    )
    data = read_source(root, file)
    if isinstance(data, SkippedFile) or hashlib.sha256(data).hexdigest() != scan.sha256:
        return []
    lines = data.split(b"\n")
    return lines if lines[-1] else lines[:-1]


def _around(path: str, line: int, text: list[bytes], context: int) -> Excerpt:
    first = max(1, line - context)
    lines = tuple(_shown(raw) for raw in text[first - 1 : line + context])
    return Excerpt(path=path, line=line, first_line=first, lines=lines)


def _shown(raw: bytes) -> str:
    line = raw.rstrip(b"\r").decode("utf-8", "backslashreplace")
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"
