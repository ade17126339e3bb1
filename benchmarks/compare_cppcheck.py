"""CPU time of a scan against a bare tree-sitter parse of the same bytes and against cppcheck, side by side in one run.

    python benchmarks/compare_cppcheck.py FOLDER... [--repeat 3] [--jobs N] [--cppcheck PROGRAM]

For each folder: user and system seconds, those of child processes included, of `rustplan scan` as a user runs it (both main outputs),
of a parse in one process of the files that the scan reads, and of `cppcheck -q FOLDER` at its default level (errors only, no system
headers). The three take turns, and the lowest of the repeats counts, which is the one least disturbed by other work on the machine.
Files that cppcheck gave up on, for want of a configuration that it can preprocess, cost it next to nothing: a run that is not timed
counts them. It reads C and C++ only: the second column says how many files of other languages rustplan read, so choose folders without.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from rustplan.discover import discover_tree
from rustplan.model.options import DiscoverOptions
from rustplan.model.source import Language
from speed import Took, parse_all, read_all, time_whole_scan, timed


def main() -> int:
    """Measure and print the table."""
    options = read_arguments()
    program = shutil.which(options.cppcheck)
    if program is None:
        sys.exit(f"{options.cppcheck} is not installed (Debian: apt-get install cppcheck)")
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    print(f"CPU seconds (wall seconds), best of {options.repeat}; {version}")
    print(
        "| folder | files | bytes | bare parse | rustplan scan | cppcheck | scan / parse | scan / cppcheck | cppcheck gave up on |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for folder in options.folders:
        print(row(folder.resolve(), program, options.repeat, options.jobs), flush=True)
    return 0


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--repeat", type=int, default=3, help="how often each is run (default: %(default)s)")
    parser.add_argument(
        "--jobs", "-j", type=int, default=1, help="workers of the scan; cppcheck gets as many (default: %(default)s)"
    )
    parser.add_argument("--cppcheck", default="cppcheck", metavar="PROGRAM", help="default: %(default)s")
    return parser.parse_args()


def row(root: Path, program: str, repeat: int, jobs: int) -> str:
    """Measure one folder."""
    tree = discover_tree(root, DiscoverOptions())
    texts = read_all(root, tree)
    parses, scans, checks = [], [], []
    for _ in range(repeat):
        parses.append(timed(lambda: parse_all(texts))[0])
        scans.append(time_whole_scan(root, jobs))
        checks.append(time_cppcheck(root, program, jobs))
    parse, scan, check = (min(times, key=lambda took: took.cpu) for times in (parses, scans, checks))
    others = sum(language not in (Language.C, Language.CPP) for language, _ in texts)
    files = f"{len(texts)}" + (f" ({others} not C or C++)" if others else "")
    times = " | ".join(f"{took.cpu:.2f} ({took.wall:.2f})" for took in (parse, scan, check))
    ratios = " | ".join(f"{scan.cpu / max(other.cpu, 1e-9):.2f}" for other in (parse, check))
    return f"| {root.name} | {files} | {sum(len(text) for _, text in texts)} | {times} | {ratios} | {given_up(root, program)} |"


def given_up(root: Path, program: str) -> int:
    """Count the files that cppcheck says it did not analyse."""
    command = [program, "-q", "-j2", "--enable=information", "--template={id}", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=True)
    return done.stderr.split().count("noValidConfiguration")


def time_cppcheck(root: Path, program: str, jobs: int) -> Took:
    """Time cppcheck as it comes."""
    took, done = timed(
        lambda: subprocess.run([program, "-q", f"-j{jobs}", str(root)], capture_output=True, check=False)
    )
    if done.returncode != 0:
        sys.exit(f"cppcheck ended with {done.returncode}: {done.stdout.decode(errors='replace')[-500:]}")
    return took


if __name__ == "__main__":
    sys.exit(main())
