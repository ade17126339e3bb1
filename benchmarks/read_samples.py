"""Reads every profile and log of a folder and prints what was found, beside the totals that other means find in the same file.

    python benchmarks/read_samples.py FOLDER [--tree SOURCES]

SOURCES (default: FOLDER) is scanned for the functions that samples are charged to. The check of a recording is the count of
`jfr summary` (the tool's, or a file `jfr-summary.txt` in the folder), that of JSON a plain `json.load`, that of text a sum of last words.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rustplan.discover import discover_tree
from rustplan.errors import RustplanError
from rustplan.evidence import read_evidence
from rustplan.evidence.jfr_events import ALLOCATION_EVENTS, CPU_EVENTS
from rustplan.evidence.jfr_pauses import PAUSE_EVENTS
from rustplan.evidence.jfr_tool import find_tool
from rustplan.model.evidence import Evidence
from rustplan.model.options import DiscoverOptions, EvidenceOptions, ScanOptions
from rustplan.model.profile import ProfileKind
from rustplan.model.scan import TreeScan
from rustplan.rulebook import Rulebook
from rustplan.scan import scan_tree

COLUMNS = f"{'file':34} {'format':17} {'kind':11} {'events':>8} {'total':>16} {'mapped':>7} {'seconds':>8}  check"
JSON_TO_CHECK = 50_000_000
"""Bytes of a JSON file that is also loaded as a whole."""


def main() -> None:
    """Print one line for each profile or log in each file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tree", type=Path, help="sources to charge  [default: FOLDER]")
    chosen = parser.parse_args()
    scan = scanned(chosen.tree or chosen.folder)
    print(COLUMNS)
    for path in sorted(path for path in chosen.folder.iterdir() if path.is_file()):
        started = time.monotonic()
        try:
            evidence = read_evidence([path], scan, EvidenceOptions())
        except RustplanError as error:
            print(f"{path.name:34} not read: {error.message}")
            continue
        took = time.monotonic() - started
        for line in described(evidence, path, took):
            print(line)
    sys.stdout.flush()
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB", file=sys.stderr)


def scanned(root: Path) -> TreeScan:
    """The facts of the sources; no rule is asked."""
    rulebook = Rulebook(rules=(), digest="")
    return scan_tree(root, discover_tree(root, DiscoverOptions()), rulebook, ScanOptions())


def described(evidence: Evidence, path: Path, took: float) -> Iterator[str]:
    """The lines of one file."""
    for profile in evidence.profiles:
        check = checked(path, profile.format, profile.kind)
        yield (
            f"{profile.name:34} {profile.format:17} {profile.kind.value:11} {profile.events:8d} "
            f"{profile.total:16.6g} {profile.share_mapped:7.1%} {took:8.2f}  {check}"
        )
    for log in evidence.pauses.logs if evidence.pauses else ():
        stops = sum(group.count for group in log.groups)
        worst = max((group.worst_ms for group in log.groups), default=0.0)
        told = f"{log.collector or 'unknown collector'}, worst {worst:.3f} ms"
        check = checked(path, log.format, None)
        yield f"{log.name:34} {log.format:17} {'pauses':11} {stops:8d} {'':16} {'':7} {took:8.2f}  {told} {check}"


def checked(path: Path, format: str, kind: ProfileKind | None) -> str:
    """What other means find: events and, where there is one, a sum."""
    if format == "JFR":
        return counted(summary_counts(path), kind)
    if format == "JFR JSON":
        return summed(path, kind) if path.stat().st_size <= JSON_TO_CHECK else "too large to load"
    if format == "JMH JSON":
        results = json.loads(path.read_text())
        scores = (one["secondaryMetrics"].get("gc.alloc.rate.norm", {}).get("score", 0.0) for one in results)
        return f"json.load: {len(results)} results, {sum(scores):.6g} B/op"
    if format == "collapsed stacks":
        counts = [int(line.split()[-1]) for line in path.read_text(errors="replace").splitlines() if line.strip()]
        return f"last words: {len(counts)} lines, {sum(counts):.6g}"
    if format == "PrintCompilation":
        lines = [
            line
            for line in path.read_text(errors="replace").splitlines()
            if re.search(r"::.*\((\d+ bytes|native)\)", line)
        ]
        return f"grep: {sum('made ' not in line for line in lines)} lines not made not entrant"
    return ""


def names_of(kind: ProfileKind | None) -> tuple[str, ...]:
    """The events of a kind of profile; of pauses when None."""
    if kind is None:
        return PAUSE_EVENTS
    return tuple(ALLOCATION_EVENTS) if kind is ProfileKind.ALLOCATION else CPU_EVENTS


def counted(counts: dict[str, int], kind: ProfileKind | None) -> str:
    """The summary's count of the events of a kind."""
    return "summary: " + ", ".join(f"{name} {counts[name]}" for name in names_of(kind) if counts.get(name))


def summed(path: Path, kind: ProfileKind | None) -> str:
    """Count and sum of the events of a kind, from the whole document in memory."""
    events: list[dict[str, Any]] = json.loads(path.read_text())["recording"]["events"]
    own = [event for event in events if event["type"] in names_of(kind)]
    total = sum(event["values"].get(ALLOCATION_EVENTS.get(event["type"], ""), 1) for event in own)
    return f"json.load: {len(own)} events" + (f", {total:.6g}" if kind else "")


def summary_counts(path: Path) -> dict[str, int]:
    """Events by type, from the `jfr` tool or from `jfr-summary.txt` beside the recording."""
    tool, beside = find_tool(), path.with_name("jfr-summary.txt")
    if tool:
        text = subprocess.run([tool, "summary", str(path)], capture_output=True, text=True, check=True).stdout
    else:
        text = beside.read_text() if beside.is_file() else ""
    return {name: int(count) for name, count in re.findall(r"^\s*(\S+)\s+(\d+)\s+\d+\s*$", text, re.MULTILINE)}


if __name__ == "__main__":
    main()
