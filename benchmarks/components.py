"""How well the components that rustplan finds agree with components drawn by hand, beside plain directories.

python benchmarks/components.py NAME=FOLDER... [--truth DIR] [--saved DIR] [--json FILE]

NAME is that of a file in benchmarks/component_truth, such as `zlib=/sources/zlib`. Only the source is scanned: no configuration, no
history. With --saved, NAME.json in that folder is read in place of scanning. Exits with 1 when a measure is below the best directory.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rustplan.ignore_lines import option_patterns
from rustplan.yaml_reader import read_yaml_file

sys.path.insert(0, str(Path(__file__).resolve().parent))
from partition_measures import Partition, adjusted_rand, mojo_fm, pairwise_f1

_SUFFIXES = {".c", ".h", ".cc", ".hh", ".cpp", ".hpp", ".cxx", ".hxx", ".java"}
_MEASURES: dict[str, Callable[[Partition, Partition], float]] = {
    "MoJoFM": mojo_fm,
    "ARI": adjusted_rand,
    "F1": pairwise_f1,
}
_DIRECTORIES = ("depth 1", "depth 2", "leaf directory")


def main() -> int:
    """Print one table a project and say where plain directories are better."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("projects", nargs="+", metavar="NAME=FOLDER")
    arguments.add_argument("--truth", type=Path, default=Path(__file__).parent / "component_truth")
    arguments.add_argument("--saved", type=Path)
    arguments.add_argument("--json", type=Path)
    given = arguments.parse_args()
    results: dict[str, dict[str, dict[str, float]]] = {}
    for project in given.projects:
        name, _, folder = project.partition("=")
        truth = read_truth(given.truth / f"{name}.yaml", Path(folder))
        results[name] = compare(truth, components_of(name, Path(folder), given.saved))
        print(table(name, truth, results[name]), end="\n\n")
    if given.json:
        given.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    losses = [loss for name, rows in results.items() for loss in below_directories(name, rows)]
    print("\n".join(losses) or "Not below the best plain directory on any measure.")
    return 1 if losses else 0


def read_truth(path: Path, folder: Path) -> dict[str, str]:
    """Return file -> true component. Ends the run when a source file is neither assigned nor left out, or a component is empty."""
    raw = read_yaml_file(path)
    left_out = [option_patterns(entry["globs"], "left_out") for entry in raw["left_out"]]
    parts = [(entry["name"], option_patterns(_anchored(entry["globs"]), entry["name"])) for entry in raw["components"]]
    truth: dict[str, str] = {}
    missing = []
    for file in sorted(folder.rglob("*")):
        if file.suffix.lower() not in _SUFFIXES or not file.is_file():
            continue
        name = file.relative_to(folder).as_posix()
        if any(patterns.covers(name) for patterns in left_out):
            continue
        part = next((part for part, patterns in parts if patterns.covers(name)), None)
        if part is None:
            missing.append(name)
        else:
            truth[name] = part
    empty = {part for part, _ in parts} - set(truth.values())
    if missing or empty:
        sys.exit(f"{path}: not assigned {missing[:10]}, without files {sorted(empty)}")
    return truth


def components_of(name: str, folder: Path, saved: Path | None) -> dict[str, str]:
    """Return file -> component as rustplan finds it."""
    if saved:
        return _owners(json.loads((saved / f"{name}.json").read_text(encoding="utf-8")))
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "rustplan", "scan", str(folder.resolve()), "--isolated", "-qq"]
        subprocess.run([*command, "-o", "json=result.json"], cwd=out, check=True)
        return _owners(json.loads((Path(out) / "result.json").read_text(encoding="utf-8")))


def compare(truth: Mapping[str, str], owner: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """Return division -> measure -> value; a file that rustplan puts nowhere is a part of its own."""
    divisions: dict[str, Partition] = {
        "rustplan": {path: owner.get(path, f"nowhere: {path}") for path in truth},
        "depth 1": {path: "/".join(path.split("/")[:-1][:1]) for path in truth},
        "depth 2": {path: "/".join(path.split("/")[:-1][:2]) for path in truth},
        "leaf directory": {path: path.rpartition("/")[0] for path in truth},
        "one component": dict.fromkeys(truth, ""),
        "one for each file": {path: path for path in truth},
    }
    return {
        name: {"parts": len(set(division.values())), **{key: of(division, truth) for key, of in _MEASURES.items()}}
        for name, division in divisions.items()
    }


def below_directories(name: str, rows: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Return one line for each measure on which the best plain directory is better."""
    losses = []
    for measure in _MEASURES:
        best = max(_DIRECTORIES, key=lambda division: rows[division][measure])
        if rows["rustplan"][measure] < rows[best][measure] - 1e-9:
            losses.append(f"{name}: {measure} {rows['rustplan'][measure]:.3f}, below {best} {rows[best][measure]:.3f}")
    return losses


def table(name: str, truth: Mapping[str, str], rows: Mapping[str, Mapping[str, float]]) -> str:
    """One Markdown table."""
    lines = [f"{name}: {len(truth)} files in {len(set(truth.values()))} components drawn by hand", ""]
    lines += ["| division | parts | MoJoFM | ARI | F1 |", "|---|--:|--:|--:|--:|"]
    for division, row in rows.items():
        lines.append(f"| {division} | {row['parts']} | {row['MoJoFM']:.1f} | {row['ARI']:.3f} | {row['F1']:.3f} |")
    return "\n".join(lines)


def _owners(analysis: Mapping[str, Any]) -> dict[str, str]:
    return {path: one["name"] for one in analysis["graph"]["components"] for path in one["files"]}


def _anchored(globs: list[str]) -> list[str]:
    """Globs count from the root: without a slash `png.*` would match in every folder."""
    return [glob if "/" in glob else f"/{glob}" for glob in globs]


if __name__ == "__main__":
    raise SystemExit(main())
