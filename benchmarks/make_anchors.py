"""Recomputes the means of `catalog/anchors.yaml` from folders of reference source trees.

    python benchmarks/make_anchors.py NAME=VERSION=FOLDER ...

Prints the `corpus.packages` rows and the medians for `files.measures`, as YAML to paste. Only C and C++ files of role source count.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

from rustplan import resources
from rustplan.discover import discover_tree
from rustplan.model.options import DiscoverOptions, ScanOptions
from rustplan.model.source import Role
from rustplan.rulebook import load_rules
from rustplan.scan import scan_tree


def main(arguments: list[str]) -> int:
    """Print the rows of all folders, then the medians."""
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    rows = [measured(*argument.split("=", 2)) for argument in arguments]
    for name, version, lines, length, raw in sorted(rows):
        print(
            f'    - {{name: {name}, version: "{version}", code_lines: {lines}, length_words: {length:.4f}, raw_memory: {raw:.4f}}}'
        )
    print(f"length_words median: {statistics.median(row[3] for row in rows):.3f}")
    print(f"raw_memory median: {statistics.median(row[4] for row in rows):.3f}")
    return 0


def measured(name: str, version: str, folder: str) -> tuple[str, str, int, float, float]:
    """Return a package's code lines and its measures per code line."""
    root = Path(folder)
    tree = discover_tree(root, DiscoverOptions())
    scan = scan_tree(root, tree, load_rules(resources.folder("rules")), ScanOptions())
    files = [file.facts for file in scan.files if file.role is Role.SOURCE and file.facts.language.is_memory_unsafe]
    lines = sum(facts.sloc for facts in files)
    if not lines:
        raise SystemExit(f"{folder}: no C or C++ file of role source was read")
    length = sum(facts.measures.length_words for facts in files) / lines
    raw = sum(facts.measures.raw_memory for facts in files) / lines
    return name, version, lines, length, raw


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
