"""Recomputes the means of `catalog/anchors.yaml` from folders of reference source trees.

    python benchmarks/make_anchors.py NAME=VERSION=FOLDER ...

Prints the `corpus.packages` rows and the medians for `files.measures`, as YAML to paste. Only C and C++ files of role source count. With
`--history` the folders are clones at the version's commit, and the rows and medians are those of `files.history`.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Mapping
from pathlib import Path

from rustplan import resources
from rustplan.discover import discover_tree
from rustplan.discover.git import find_repository
from rustplan.evidence.history import read_history
from rustplan.model.evidence import AbsentEvidence
from rustplan.model.facts import FileFacts
from rustplan.model.options import DiscoverOptions, ScanOptions
from rustplan.model.source import Role
from rustplan.rulebook import load_rules
from rustplan.scan import scan_tree
from rustplan.score.file_measures import history_counts, word_counts

HISTORY = "--history"


def main(arguments: list[str]) -> int:
    """Print the rows of all folders, then the medians."""
    folders = [argument for argument in arguments if argument != HISTORY]
    if not folders:
        print(__doc__, file=sys.stderr)
        return 2
    rows = [measured(*argument.split("=", 2), is_history=HISTORY in arguments) for argument in sorted(folders)]
    for name, version, lines, densities in rows:
        figures = ", ".join(f"{measure}: {value:.5f}" for measure, value in densities.items())
        print(f'    - {{name: {name}, version: "{version}", code_lines: {lines}, {figures}}}')
    for measure in rows[0][3]:
        print(f"{measure} median: {statistics.median(row[3][measure] for row in rows):.5f}")
    return 0


def measured(name: str, version: str, folder: str, *, is_history: bool) -> tuple[str, str, int, Mapping[str, float]]:
    """Return a package's code lines and its measures per code line."""
    root = Path(folder)
    tree = discover_tree(root, DiscoverOptions())
    scan = scan_tree(root, tree, load_rules(resources.folder("rules")), ScanOptions())
    facts = {
        file.path: file.facts
        for file in scan.files
        if file.role is Role.SOURCE and file.facts.language.is_memory_unsafe
    }
    lines = sum(one.sloc for one in facts.values())
    if not lines:
        raise SystemExit(f"{folder}: no C or C++ file of role source was read")
    counts = of_history(root, facts) if is_history else [word_counts(one) for one in facts.values()]
    return name, version, lines, {key: sum(count[key] for count in counts) / lines for key in counts[0]}


def of_history(root: Path, facts: Mapping[str, FileFacts]) -> list[Mapping[str, float]]:
    """Return the counts of each file that has a history."""
    history = read_history(root, find_repository(os.fsencode(root.resolve())), sorted(facts))
    if isinstance(history, AbsentEvidence):
        raise SystemExit(f"{root}: {history.because}")
    return [history_counts(file) for file in history.files]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
