"""How long a scan takes, and how much of it is more than parsing.

    python benchmarks/speed.py FOLDER [--jobs N] [--inside]

Prints wall and CPU seconds of the stages and of a whole `rustplan scan` in a process of its own, the CPU seconds of a bare tree-sitter
parse of the same bytes in the same run, and the ratio of the two. `--inside` adds where the CPU time of the scan stage goes, measured
in one process. CPU times include child processes.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rustplan import resources
from rustplan.discover import discover_tree
from rustplan.languages import support
from rustplan.link import link
from rustplan.model.options import DiscoverOptions, ScanOptions
from rustplan.model.paths import real_path
from rustplan.model.source import Language, SourceTree
from rustplan.rulebook import Rulebook, compile_rules, load_rules
from rustplan.scan import scan_tree
from rustplan.syntax import Captures, QuerySet, parse

Value = TypeVar("Value")


@dataclass(slots=True)
class Took:
    """Seconds on the clock, and of processors including children."""

    wall: float = 0.0
    cpu: float = 0.0


def main() -> int:
    """Measure and print; the whole command comes last, because only it needs every stage to work."""
    options = read_arguments()
    root = options.folder.resolve()
    loading, rulebook = timed(lambda: load_rules(resources.folder("rules")))
    discovering, tree = timed(lambda: discover_tree(root, DiscoverOptions()))
    texts = read_all(root, tree)
    parsing, _ = timed(lambda: parse_all(texts))
    scanning, scan = timed(lambda: scan_tree(root, tree, rulebook, ScanOptions(jobs=options.jobs)))
    linking, graph = timed(lambda: link(tree, scan))

    size = sum(len(text) for _, text in texts)
    print(
        f"{root.name}: {len(tree.files)} files, {size:,} bytes, {len(rulebook.rules)} rules, {len(graph.edges)} edges"
    )
    print(f"{'':28}{'wall s':>9}{'CPU s':>9}{'x parse':>9}")
    show("bare parse", parsing, parsing)
    show("load rules", loading, parsing)
    show("discover", discovering, parsing)
    show("scan", scanning, parsing)
    if options.inside:
        for name, took in inside(texts, rulebook).items():
            show(f"  {name}, in one process", took, parsing)
    show("link", linking, parsing)
    whole = time_whole_scan(root, options.jobs)
    show("whole `rustplan scan`", whole, parsing)
    print(f"ratio of our CPU time to a bare parse of the same bytes: {whole.cpu / max(parsing.cpu, 1e-9):.1f}")
    return 0


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", "-j", type=int, default=0, help="workers; 0 is one a core")
    parser.add_argument("--inside", action="store_true", help="show where the time of the scan stage goes")
    return parser.parse_args()


def show(name: str, took: Took, parsing: Took) -> None:
    """Print one row."""
    print(f"{name:28}{took.wall:9.2f}{took.cpu:9.2f}{took.cpu / max(parsing.cpu, 1e-9):9.1f}")


def timed(work: Callable[[], Value]) -> tuple[Took, Value]:
    """Run `work` and say how long it took."""
    took = Took()
    with adding(took):
        value = work()
    return took, value


@contextmanager
def adding(took: Took) -> Iterator[None]:
    """Add what happens inside to `took`."""
    wall, cpu = time.perf_counter(), cpu_seconds()
    yield
    took.wall += time.perf_counter() - wall
    took.cpu += cpu_seconds() - cpu


def cpu_seconds() -> float:
    """Return user and system seconds of this process and of its children that have ended."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def read_all(root: Path, tree: SourceTree) -> list[tuple[Language, bytes]]:
    """Return the bytes of every file to scan."""
    return [
        (file.language, Path(real_path(root, file.path).decode("utf-8", "surrogateescape")).read_bytes())
        for file in tree.files
    ]


def parse_all(texts: list[tuple[Language, bytes]]) -> int:
    """Parse everything, keep nothing; returns the number of trees."""
    return sum(1 for language, text in texts if parse(language, text) is not None)


def time_whole_scan(root: Path, jobs: int) -> Took:
    """Time the command a user types, with both main outputs."""
    with tempfile.TemporaryDirectory() as folder:
        outputs = [f"--output=html={folder}/roadmap.html", f"--output=json={folder}/rustplan.json"]
        command = [sys.executable, "-m", "rustplan", "scan", str(root), *outputs]
        if jobs:
            command += ["--jobs", str(jobs)]
        took, done = timed(lambda: subprocess.run(command, capture_output=True, text=True, check=False))
    if done.returncode not in (0, 3):
        sys.exit(f"rustplan scan ended with {done.returncode}: {done.stderr}")
    return took


def inside(texts: list[tuple[Language, bytes]], rulebook: Rulebook) -> dict[str, Took]:
    """Scan in this process, and add up the parts: prepare (masking and parsing), match, extract, find."""
    took = {name: Took() for name in ("compile", "prepare", "match", "extract", "find")}
    ready = {}
    for language in sorted({language for language, _ in texts}):
        with adding(took["compile"]):
            rules = compile_rules(rulebook, language)
            ready[language] = (rules, QuerySet(language, {**support(language).queries, **rules.queries}))
    for language, text in texts:
        rules, queries = ready[language]
        with adding(took["prepare"]):
            prepared = support(language).prepare(text)
        matches: dict[str, list[Captures]] = {}
        with adding(took["match"]):
            for name, captures in queries.matches(prepared.tree.root_node):
                matches.setdefault(name, []).append(captures)
        with adding(took["extract"]):
            facts = support(language).extract(prepared, prepared.tree, matches)
        with adding(took["find"]):
            rules.find("file", prepared, prepared.tree, matches, facts)
    return took


if __name__ == "__main__":
    sys.exit(main())
