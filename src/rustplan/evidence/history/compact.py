"""Cuts a history to what an analysis keeps: figures of the scored files, a few examples and partners of the most telling ones."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from rustplan.model.history import FileHistory, History

MOST_DETAILED = 2_000
_MOST_EXAMPLES = 3
_MOST_PARTNERS = 3
_MOST_UNKNOWN = 200


def compact(history: History, paths: Collection[str]) -> History:
    """Return the history of `paths` alone; only the `MOST_DETAILED` files with the most telling fixes and changes keep examples and partners.

    What was left out is told in the notes. Commits that were asked for by name are dropped: what they led to stands elsewhere.
    """
    wanted = frozenset(paths)
    files = [file for file in history.files if file.path in wanted and (file.commits or file.sweeping)]
    telling = sorted(files, key=_most_telling)[:MOST_DETAILED]
    detailed = frozenset(file.path for file in telling)
    unknown = [path for path in history.unknown if path in wanted]
    notes = history.notes
    if len(files) > MOST_DETAILED:
        notes += (
            f"commits and partners are kept for {MOST_DETAILED:,} of {len(files):,} files, the most telling ones",
        )
    if len(unknown) > _MOST_UNKNOWN:
        notes += (f"{_MOST_UNKNOWN} of {len(unknown):,} files without history are listed",)
    return msgspec.structs.replace(
        history,
        files=tuple(_cut(file, is_detailed=file.path in detailed) for file in files),
        unknown=tuple(unknown[:_MOST_UNKNOWN]),
        notes=notes,
        marked=(),
    )


def _most_telling(file: FileHistory) -> tuple[float, float, float, str]:
    return -file.memory_decayed, -file.security_decayed, -file.commits_decayed, file.path


def _cut(file: FileHistory, *, is_detailed: bool) -> FileHistory:
    examples, partners = (_MOST_EXAMPLES, _MOST_PARTNERS) if is_detailed else (0, 0)
    return msgspec.structs.replace(
        file,
        examples=file.examples[:examples],
        partners=file.partners[:partners],
        former_paths=file.former_paths[:partners],
    )
