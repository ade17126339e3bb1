"""Scan whole repositories as a user would and print, for each, what a reader of the roadmap would see first.

python benchmarks/real_repositories.py FOLDER...
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any


def main(folders: list[str]) -> int:
    """Scan every folder and print a table, then the first five components of each track."""
    if not folders:
        print(__doc__)
        return 2
    results = [(Path(folder).name, *scan(Path(folder))) for folder in folders]
    print(
        "| repository | wall s | CPU s | peak MiB | files read | not read | source lines | coverage | defects | other findings | components |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for name, times, analysis in results:
        print(row(name, times, analysis))
    for name, _, analysis in results:
        print(f"\n{name}: defects by rule {dict(defects(analysis).most_common())}")
        for track in ("memory-safety", "latency"):
            for line in first_five(analysis, track):
                print(f"  {track}  {line}")
    return 0


def scan(folder: Path) -> tuple[tuple[float, float, float], dict[str, Any]]:
    """Return (wall seconds, CPU seconds with its workers, peak MiB of the main process) and the analysis."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "rustplan", "scan", str(folder.resolve()), "--isolated", "-qq"]
        started = time.perf_counter()
        running = subprocess.Popen(command, cwd=out, env={**os.environ, "NO_COLOR": "1"})
        _, status, usage = os.wait4(running.pid, 0)
        wall = time.perf_counter() - started
        if status != 0:
            sys.exit(f"{folder}: the scan ended with status {os.waitstatus_to_exitcode(status)}")
        return (wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024), json.loads(
            (Path(out) / "rustplan.json").read_text(encoding="utf-8")
        )


def row(name: str, times: tuple[float, float, float], analysis: dict[str, Any]) -> str:
    """One line of the table."""
    languages = analysis["coverage"]["languages"]
    files = sum(entry["files"] for entry in languages)
    lines = sum(entry["sloc"] for entry in languages if entry["role"] == "source")
    likely = sum(defects(analysis).values())
    cells = [
        name,
        *(f"{value:.1f}" for value in times),
        files,
        len(analysis["coverage"].get("skipped", [])),
        lines,
        f"{analysis['coverage']['share']:.3f}",
        likely,
        len(analysis["findings"]) - likely,
        len(analysis["graph"]["components"]),
    ]
    return "| " + " | ".join(map(str, cells)) + " |"


def defects(analysis: dict[str, Any]) -> Counter[str]:
    """Count defects of source files by rule."""
    roles = {entry["path"]: entry["role"] for entry in analysis["scorecard"]["files"]}
    found = (entry for entry in analysis["findings"] if entry["kind"] == "defect")
    return Counter(entry["rule"] for entry in found if roles.get(entry["path"]) == "source")


def first_five(analysis: dict[str, Any], track: str) -> list[str]:
    """The five best-scored components of a track with their option."""
    steps = {(entry["component"], entry["track"]): entry for entry in analysis["roadmap"]["steps"]}
    scores = [entry for entry in analysis["scorecard"]["components"] if entry["track"] == track][:5]
    lines = []
    for entry in scores:
        step = steps.get((entry["component"], track))
        option = step["choice"]["option"] if step else "-"
        lines.append(f"{entry['component']}: risk {entry['risk']:.0f}, score {entry['score']:.0f}, {option}")
    return lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
