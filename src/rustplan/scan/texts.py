"""Build, packaging and CI files: read here, never by a worker, because what one file turns on changes what another says."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rustplan.model.finding import Finding
from rustplan.model.source import Role, SkippedFile, SkipReason, TextFile
from rustplan.rulebook import Rulebook, TextRules
from rustplan.rulebook.text_view import is_prose
from rustplan.scan.read import read_text

MOST_BYTES = 8 * 1024 * 1024
"""Bytes of all such files together."""


Texts = dict[str, tuple[Role, bytes]]
"""Path -> role and bytes."""


def scan_texts(
    root: Path, texts: Iterable[TextFile], rulebook: Rulebook
) -> tuple[tuple[Finding, ...], tuple[SkippedFile, ...]]:
    """Return the findings in the files, and what was not read with the reason."""
    read, skipped = read_texts(root, texts)
    return find_in_texts(read, rulebook), skipped


def find_in_texts(read: Texts, rulebook: Rulebook) -> tuple[Finding, ...]:
    """Return the findings in files that were read."""
    return TextRules(rulebook).find(read)


def read_texts(root: Path, texts: Iterable[TextFile]) -> tuple[Texts, tuple[SkippedFile, ...]]:
    """Return the files that could be read, and what was not read with the reason."""
    read: Texts = {}
    skipped: list[SkippedFile] = []
    room = MOST_BYTES
    for file in sorted(texts, key=lambda file: is_prose(file.path)):
        data = read_text(root, file)
        if isinstance(data, SkippedFile):
            skipped.append(data)
        elif len(data) > room:
            detail = f"such files hold more than {MOST_BYTES} bytes together"
            skipped.append(SkippedFile(path=file.path, reason=SkipReason.TOO_LARGE, detail=detail))
        else:
            room -= len(data)
            read[file.path] = (file.role, data)
    return read, tuple(skipped)
