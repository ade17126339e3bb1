"""Defect findings per 1000 code lines of well-reviewed code, and a sample of them to judge by reading.

    python benchmarks/defect_density.py FOLDER... [--confidence medium] [--exclude GLOB] [--sample 40 --seed 1]

Each folder is the upstream source of one project. Files that the scan takes for tests, examples, vendored or generated code are left out, unless
`--every-role` is given; `--exclude` leaves out more. A code line has something on it besides comments. Nearly every finding in such code
is noise to its users, so the figure is an upper bound of the rate of false alarms. The sample says whether it is a tight one: findings
drawn evenly over all of them, the same for the same seed, each with the lines around it. `--keep FILE` writes the drawn sample as CSV
with an empty column `verdict`, and `--judged FILE` counts the verdicts (true, false, unclear) of such a file by rule.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from defect_findings import CONFIDENCES, Finding, read_findings, share, write_tables

COMMENT = re.compile(r"""/\*.*?(?:\*/|\Z)|//(?:\\\n|[^\n])*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'""", re.S)
AROUND = 12
VERDICTS = ("true", "false", "unclear")


@dataclass(frozen=True, slots=True)
class Tree:
    """What was found in one project."""

    name: str
    root: Path
    lines: int
    findings: list[Finding]


def main() -> int:
    """Count, then print the sample."""
    options = read_arguments()
    if options.judged:
        return show_verdicts(options.judged)
    if not options.folders:
        sys.exit("name at least one folder")
    trees = [measure(folder, options) for folder in options.folders]
    print(
        f"| tree | code lines | defects, {options.confidence} or higher | per KLOC | by rule |\n|---|--:|--:|--:|---|"
    )
    for tree in trees:
        show(tree.name, tree.lines, tree.findings)
    if len(trees) > 1:
        show("**all**", sum(tree.lines for tree in trees), [found for tree in trees for found in tree.findings])
    if options.sample:
        show_sample(trees, options.sample, options.seed, options.keep)
    return 0


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument(
        "--confidence",
        choices=CONFIDENCES,
        default="medium",
        help="least confidence that counts (default: %(default)s)",
    )
    parser.add_argument(
        "--every-role", action="store_true", help="count tests, examples, vendored and generated code too"
    )
    parser.add_argument(
        "--exclude", action="append", default=[], metavar="GLOB", help="paths to leave out (repeatable)"
    )
    parser.add_argument(
        "--sample", type=int, default=0, metavar="N", help="print N findings with the lines around them"
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="another number draws another sample (default: %(default)s)"
    )
    parser.add_argument("--keep", type=Path, metavar="FILE", help="write the sample as CSV, to fill in verdicts")
    parser.add_argument("--judged", type=Path, metavar="FILE", help="count the verdicts of such a file instead")
    return parser.parse_args()


def measure(folder: Path, options: argparse.Namespace) -> Tree:
    """Scan one folder, and count code lines and findings of the files that it took for product code."""
    root = folder.resolve()
    with tempfile.TemporaryDirectory() as work:
        tables = write_tables(root, Path(work), [f"--exclude={pattern}" for pattern in options.exclude])
        with (tables / "files.csv").open(encoding="utf-8", newline="") as rows:
            files = {row["path"] for row in csv.DictReader(rows) if options.every_role or row["role"] == "source"}
        findings = [found for found in read_findings(tables, confidence=options.confidence) if found.path in files]
    return Tree(root.name, root, sum(code_lines((root / path).read_bytes()) for path in files), findings)


def code_lines(text: bytes) -> int:
    """Count the lines with something on them besides comments."""

    def blank(match: re.Match[str]) -> str:
        return "\n" * match[0].count("\n") if match[0].startswith("/") else match[0]

    return sum(1 for line in COMMENT.sub(blank, text.decode("utf-8", "replace")).splitlines() if line.strip())


def show(name: str, lines: int, findings: list[Finding]) -> None:
    """Print one line of the table."""
    rules = ", ".join(f"{rule} {times}" for rule, times in Counter(found.rule for found in findings).most_common())
    print(f"| {name} | {lines} | {len(findings)} | {1000 * share(len(findings), lines):.2f} | {rules} |")


def show_sample(trees: list[Tree], size: int, seed: int, keep: Path | None) -> None:
    """Print a sample that depends on the findings and the seed alone."""
    everything = [(tree, found) for tree in trees for found in tree.findings]
    drawn = sorted(everything, key=lambda item: order(seed, item[0], item[1]))[:size]
    print(f"\n{len(drawn)} of {len(everything)} findings, seed {seed}")
    for number, (tree, found) in enumerate(drawn, 1):
        cwes = "/".join(map(str, sorted(found.cwes)))
        print(f"\n## {number}. {tree.name}/{found.path}:{found.line} {found.rule} CWE-{cwes}, {found.confidence}")
        text = (tree.root / found.path).read_text(encoding="utf-8", errors="replace").split("\n")
        for line in range(max(1, found.line - AROUND), min(len(text), found.line + AROUND) + 1):
            print(f"{'>' if line == found.line else ' '}{line:6} {text[line - 1].rstrip()}")
    if keep:
        with keep.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(["tree", "path", "line", "rule", "confidence", "verdict"])
            rows.writerows(
                [tree.name, found.path, found.line, found.rule, found.confidence, ""] for tree, found in drawn
            )


def order(seed: int, tree: Tree, found: Finding) -> bytes:
    """Return a place in the draw that other findings do not change."""
    return sha256(
        f"{seed}:{tree.name}:{found.path}:{found.line}:{found.rule}".encode("utf-8", "surrogateescape")
    ).digest()


def show_verdicts(path: Path) -> int:
    """Count the verdicts of a judged sample by rule."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            verdict = (row["verdict"] or "").strip().lower()
            if verdict and verdict not in VERDICTS:
                sys.exit(
                    f"{path}: {row['path']}:{row['line']}: the verdict is one of {', '.join(VERDICTS)}, not {verdict!r}"
                )
            counts[row["rule"]][verdict or "not judged"] += 1
            counts["**all**"][verdict or "not judged"] += 1
    print("| rule | true | false | unclear | not judged | true of judged |\n|---|--:|--:|--:|--:|--:|")
    for rule in sorted(counts, key=lambda name: (name.startswith("*"), name)):
        judged = [counts[rule][name] for name in VERDICTS]
        print(
            f"| {rule} | {' | '.join(map(str, judged))} | {counts[rule]['not judged']} | {share(judged[0], sum(judged)):.2f} |"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
