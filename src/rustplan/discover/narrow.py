"""`--include`: keeps what the globs name, and lists the rest as left out, whole directories as one line."""

from __future__ import annotations

from collections.abc import Sequence

from rustplan.discover.walked import Walked
from rustplan.ignore_lines import PatternSet, option_patterns

_ORIGIN = "--include"


def narrow(walked: Walked, include: Sequence[str]) -> None:
    """Keep the files that a glob matches, themselves or by a directory above; without globs everything stays."""
    if not include:
        return
    wanted = option_patterns(include, _ORIGIN)
    kept_folders = {"": False}
    kept = [path for path in walked.files if _is_wanted(path, wanted, kept_folders)]
    kept_set = set(kept)
    holding = {folder for path in kept for folder in _above(path)}
    pattern = f"not {' '.join(include)}"
    listed: set[str] = set()
    for path in walked.files:
        if path not in kept_set:
            left_out = next((folder for folder in _above(path) if folder not in holding), path)
            if left_out not in listed:
                listed.add(left_out)
                walked.ignore(left_out, pattern, _ORIGIN, is_directory=left_out != path)
    walked.files = kept
    walked.sizes = {path: size for path, size in walked.sizes.items() if path in kept_set}


def _is_wanted(path: str, wanted: PatternSet, folders: dict[str, bool]) -> bool:
    """Tell whether a file, or a directory above it, is named; the nearest word counts."""
    pattern = wanted.decide(path, is_directory=False)
    if pattern is not None:
        return not pattern.is_negated
    folder = path.rpartition("/")[0]
    waiting = []
    while folder not in folders:
        waiting.append(folder)
        folder = folder.rpartition("/")[0]
    answer = folders[folder]
    for folder in reversed(waiting):
        own = wanted.decide(folder, is_directory=True)
        answer = not own.is_negated if own is not None else answer
        folders[folder] = answer
    return answer


def _above(path: str) -> list[str]:
    """Return the directories above a path, outermost first."""
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]
