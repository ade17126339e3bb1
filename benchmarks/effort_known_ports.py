"""Holds the effort model against public ports whose effort is known: predicted P10 to P90, the actual, and how often it lies inside.

    python benchmarks/effort_known_ports.py [--repository NAME=FOLDER ...]

Without a folder a port has difficulty 1 and no boundary, because its old code is not here. With `--repository "fish shell=DIR"` (the old
code, checked out at the last release before the port) the difficulty is measured: lines stay those of the makers' account.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

from rustplan.api import analyze
from rustplan.catalog import EffortModel, load_effort
from rustplan.config import load_settings
from rustplan.model.finding import Track
from rustplan.plan.calibrate import pace
from rustplan.yaml_reader import read_yaml_file

PORTS = Path(__file__).with_name("known_ports.yaml")


def main() -> int:
    """Print one line a port and the hit rate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repository", action="append", default=[], metavar="NAME=FOLDER")
    folders = dict(pair.split("=", 1) for pair in parser.parse_args().repository)
    document: Any = read_yaml_file(PORTS)
    model = load_effort()
    print("| port | lines | difficulty | predicted P10–P90 (P50), PM | actual, PM | inside |")
    print("|---|---:|---:|---:|---:|---|")
    verdicts = [_row(port, folders.get(port["name"]), model) for port in document["ports"]]
    print(f"\n{hit_rate(verdicts)}")
    return 0


def predicted(lines: int, difficulty: float, model: EffortModel) -> tuple[float, float, float]:
    """Return P10, P50 and P90 of person-months, without a boundary."""
    slow, middle, fast = pace(model)
    return lines * difficulty / fast, lines * difficulty / middle, lines * difficulty / slow


def verdict(port: dict[str, Any], p10: float, p90: float) -> str:
    """Say where the actual lies: `inside` when it overlaps the range; only a lower bound can never be more than `not contradicted`."""
    most = math.inf if port["most"] is None else port["most"]
    if port["least"] > p90:
        return "above"
    if most < p10:
        return "below"
    return "not contradicted" if port["most"] is None else "inside"


def hit_rate(verdicts: list[tuple[dict[str, Any], str]]) -> str:
    """Say how often the range holds, and what that is worth."""
    scope = [(port, found) for port, found in verdicts if port["in_scope"]]
    held = sum(found in ("inside", "not contradicted") for _, found in scope)
    fresh = sum(not port["made_the_prior"] for port, _ in scope)
    return (
        f"{held} of {len(scope)} ports in scope do not contradict the range; {fresh} of them played no part in setting it. "
        f"{len(scope)} points prove nothing: the rate says only that the prior is not absurd."
    )


def _row(port: dict[str, Any], folder: str | None, model: EffortModel) -> tuple[dict[str, Any], str]:
    difficulty = _difficulty(Path(folder)) if folder else 1.0
    p10, p50, p90 = predicted(port["lines"], difficulty, model)
    found = verdict(port, p10, p90)
    actual = f"over {port['least']:g}" if port["most"] is None else f"{port['least']:g}–{port['most']:g}"
    scope = found if port["in_scope"] else f"{found} (out of scope: unsafe Rust)"
    print(
        f"| {port['name']} | {port['lines']:,} | {difficulty:.2f} | {p10:.0f}–{p90:.0f} ({p50:.0f}) | {actual} | {scope} |"
    )
    return port, found


def _difficulty(folder: Path) -> float:
    """The difficulty of a tree: that of its components, weighted by their lines."""
    analysis = analyze(folder, load_settings(folder, is_isolated=True))
    found = []
    for step in analysis.roadmap.steps:
        lines = next((factor.value for factor in step.effort.factors if factor.name == "code-volume"), 0.0)
        added = math.fsum(factor.contribution for factor in step.effort.factors if factor.anchor.startswith("added"))
        if step.track is Track.MEMORY_SAFETY and lines:
            found.append((lines, 1.0 + added))
    whole = math.fsum(lines for lines, _ in found)
    return math.fsum(lines * hard for lines, hard in found) / whole if whole else 1.0


if __name__ == "__main__":
    raise SystemExit(main())
