"""Does the file ranking put first what is mended later? Snapshots of public projects, and the memory-safety fixes after them.

    python benchmarks/ranking.py TRUTH --mirrors DIR [--work DIR] [--project NAME]... [--resamples N] [--seed S]

TRUTH holds `snapshots.csv` (project, repo, t_commit, ...), `population/open/PROJECT.csv` (path, sloc), `truth/open/PROJECT.csv` (one row for
each fix and file), `checkout.py` (lays out a snapshot whose history ends there) and `evaluate.py` (metrics). DIR holds clones: `DIR/PROJECT`, or
`DIR/OWNER+NAME/repo`; what is missing is cloned from GitHub. Snapshots and outputs go to `--work`, which may be kept and used again.

Each project is scanned twice, with its history and without. Both views of `files.csv` are scored by their own metrics: `risk_per_line` by
R20 (share of later fixes in the first 20 % of the lines) and Popt (area under that curve, 1 = best order), `risk` by AUC, MAP and P10. Naive rankings
stand beside them, as a team would make them by hand, and per line. Intervals are 95 % of resamples of the fixes within each project.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

METRICS = ("R20", "Popt", "AUC", "MAP", "P10")
PER_LINE = ("R20", "Popt")
VARIANTS = {"with git": [], "without git": ["--no-history"]}
LEVEL = 0.95

Scores = Mapping[str, float]
Fixes = Mapping[str, Iterable[str]]


@dataclass(frozen=True)
class Ranking:
    """Scores of one project's files: `risk` for AUC, MAP and P10, `per_line` for R20 and Popt."""

    risk: Scores
    per_line: Scores


@dataclass(frozen=True)
class Project:
    """A project's population (path -> lines), its later fixes, and its rankings by name."""

    name: str
    sizes: Mapping[str, int]
    fixes: Fixes
    rankings: Mapping[str, Ranking]
    owners: Mapping[str, str]
    risks: Mapping[str, Scores]
    """The components of the population's files, and the risk of each component by variant."""


def main() -> int:
    """Lay out, scan, score and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("truth", type=Path)
    parser.add_argument("--mirrors", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("ranking-work"))
    parser.add_argument("--project", action="append", default=[])
    parser.add_argument("--resamples", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    scorer = load_scorer(options.truth)
    rows = [row for row in snapshots(options.truth) if not options.project or row["project"] in options.project]
    projects = [prepared(row, options, scorer) for row in rows]
    show_means(projects, scorer, options.resamples, options.seed)
    show_projects(projects, scorer)
    show_components(projects, scorer)
    return 0


def load_scorer(truth: Path) -> ModuleType:
    """Return the truth's own metrics."""
    found = importlib.util.spec_from_file_location("ranking_metrics", truth / "evaluate.py")
    if found is None or found.loader is None:
        raise SystemExit(f"{truth}: evaluate.py is missing")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def snapshots(truth: Path) -> list[dict[str, str]]:
    """Return the open projects."""
    with (truth / "snapshots.csv").open(encoding="utf-8") as lines:
        return [row for row in csv.DictReader(lines) if row["split"] == "open"]


def prepared(row: dict[str, str], options: argparse.Namespace, scorer: ModuleType) -> Project:
    """Lay a project out, scan it both ways and read its rankings."""
    name = row["project"]
    folder = options.work / "snapshots" / name
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        command = [
            sys.executable,
            str(options.truth / "checkout.py"),
            name,
            str(mirror(row, options.mirrors)),
            str(folder),
        ]
        subprocess.run(command, check=True)
    sizes = scorer.load_pop(name, "open")
    tables = {
        variant: scanned(folder, options.work / "out" / f"{name}-{variant[:-4]}", variant) for variant in VARIANTS
    }
    rankings = {f"rustplan {variant}": own_ranking(table / "files.csv") for variant, table in tables.items()}
    document = json.loads((tables["with git"] / "rustplan.json").read_bytes())
    return Project(
        name,
        sizes,
        scorer.load_truth(name, "open"),
        rankings | naive_rankings(document, sizes),
        owners(tables["with git"] / "files.csv", sizes),
        {f"rustplan {variant}": component_risks(table / "components.csv") for variant, table in tables.items()},
    )


def owners(table: Path, sizes: Mapping[str, int]) -> dict[str, str]:
    """Return the component of each file of the population; files of none are left out."""
    with table.open(encoding="utf-8") as lines:
        return {
            row["path"]: row["component"] for row in csv.DictReader(lines) if row["component"] and row["path"] in sizes
        }


def component_risks(table: Path) -> Scores:
    """Return the memory-safety risk of each component."""
    with table.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["track"] == "memory-safety"]
    return {row["component"]: float(row["risk"]) for row in rows if row["risk"]}


def mirror(row: dict[str, str], mirrors: Path) -> Path:
    """Return a clone of the project's public repository, made when there is none."""
    for place in (mirrors / row["project"], mirrors / row["repo"].replace("/", "+") / "repo"):
        if place.exists():
            return place
    place = mirrors / row["project"]
    subprocess.run(["git", "clone", "--quiet", "--mirror", f"https://github.com/{row['repo']}", str(place)], check=True)
    return place


def scanned(folder: Path, out: Path, variant: str) -> Path:
    """Scan a snapshot and return the folder of its tables; it is scanned again unless they are there."""
    if not (out / "files.csv").exists():
        out.mkdir(parents=True, exist_ok=True)
        outputs = ["-o", f"csv={out}", "-o", f"json={out / 'rustplan.json'}"]
        command = [
            sys.executable,
            "-m",
            "rustplan",
            "scan",
            str(folder),
            "--isolated",
            "-qq",
            *outputs,
            *VARIANTS[variant],
        ]
        subprocess.run(command, check=True)
    return out


def own_ranking(table: Path) -> Ranking:
    """Return both columns of a files.csv; rows without one rank last."""
    with table.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    columns = ({row["path"]: float(row[key]) for row in rows if row[key]} for key in ("risk", "risk_per_line"))
    return Ranking(*columns)


def naive_rankings(document: Mapping[str, object], sizes: Mapping[str, int]) -> dict[str, Ranking]:
    """Return what needs no tool, or any tool: lines, commits of 24 months, findings; most first, and most per line first."""
    files = {file["path"]: file for file in document["scorecard"]["files"]}  # type: ignore[index]
    past = {file["path"]: file for file in document["evidence"]["history"]["files"]}  # type: ignore[index]
    counts: dict[str, Scores] = {
        "commits": {path: past.get(path, {}).get("recent_commits", 0) for path in sizes},
        "findings": {path: files.get(path, {}).get("findings", 0) for path in sizes},
    }
    shuffled = random.Random(0)  # noqa: S311 - a fixed shuffle
    rankings = {"random": both({path: shuffled.random() for path in sorted(sizes)}), "lines": both(sizes)}
    for name, count in counts.items():
        rankings[name] = both(count)
        rankings[f"{name} per line"] = both({path: count[path] / (size + 100) for path, size in sizes.items()})
    return rankings


def both(scores: Scores) -> Ranking:
    """Use one list for both questions."""
    return Ranking(scores, scores)


def figures(project: Project, ranking: Ranking, scorer: ModuleType, fixes: Fixes) -> dict[str, float]:
    """Return every metric of one ranking against some fixes."""
    mass, _ = scorer.mass(fixes, project.sizes)
    per_line = scorer.metrics(ranking.per_line, project.sizes, mass)
    risk = scorer.metrics(ranking.risk, project.sizes, mass)
    if per_line is None or risk is None:
        return {}
    return {name: (per_line if name in PER_LINE else risk)[name] for name in METRICS}


def show_means(projects: list[Project], scorer: ModuleType, resamples: int, seed: int) -> None:
    """Print means over projects with intervals, and how far the product lies above each naive ranking."""
    names = list(projects[0].rankings)
    drawn = [means(projects, scorer, lambda project: project.fixes)]
    source = random.Random(seed)  # noqa: S311 - resampling
    for _ in range(resamples):
        samples = {project.name: resampled(project.fixes, source) for project in projects}
        drawn.append(means(projects, scorer, lambda project, samples=samples: samples[project.name]))
    print(f"{len(projects)} projects, {sum(len(project.sizes) for project in projects)} files; {resamples} resamples\n")
    print("| ranking | " + " | ".join(METRICS) + " |\n|---|" + "--:|" * len(METRICS))
    for name in names:
        print(f"| {name} | " + " | ".join(spread([draw[name][metric] for draw in drawn]) for metric in METRICS) + " |")
    print(
        "\nDifference of rustplan to each naive ranking:\n\n| against | "
        + " | ".join(METRICS)
        + " |\n|---|"
        + "--:|" * len(METRICS)
    )
    for own in names[: len(VARIANTS)]:
        for other in names[len(VARIANTS) :]:
            cells = [spread([draw[own][metric] - draw[other][metric] for draw in drawn], "+.3f") for metric in METRICS]
            print(f"| {own} - {other} | " + " | ".join(cells) + " |")


def means(
    projects: list[Project], scorer: ModuleType, fixes: Callable[[Project], Fixes]
) -> dict[str, dict[str, float]]:
    """Return the mean of each metric over the projects, by ranking."""
    result = {}
    for name in projects[0].rankings:
        rows = [figures(project, project.rankings[name], scorer, fixes(project)) for project in projects]
        rows = [row for row in rows if row]
        result[name] = {metric: sum(row[metric] for row in rows) / len(rows) for metric in METRICS}
    return result


def resampled(fixes: Fixes, source: random.Random) -> Fixes:
    """Draw as many fixes as there are, with replacement."""
    units = sorted(fixes)
    return {f"{number}": fixes[source.choice(units)] for number in range(len(units))}


def spread(values: list[float], form: str = ".3f") -> str:
    """Say the first value and the interval of the others."""
    rest = sorted(values[1:])
    if not rest:
        return format(values[0], form)
    cut = int(len(rest) * (1 - LEVEL) / 2)
    return f"{values[0]:{form}} ({rest[cut]:{form}}..{rest[-1 - cut]:{form}})"


def show_projects(projects: list[Project], scorer: ModuleType) -> None:
    """Print every project, and where a naive ranking does better."""
    print(
        "\n| project | ranking | " + " | ".join(METRICS) + " | beaten by |\n|---|---|" + "--:|" * len(METRICS) + "---|"
    )
    for project in projects:
        rows = {name: figures(project, ranking, scorer, project.fixes) for name, ranking in project.rankings.items()}
        for own in list(rows)[: len(VARIANTS)]:
            better = [
                f"{name} ({metric} {rows[name][metric]:.3f})"
                for metric in METRICS
                for name in list(rows)[len(VARIANTS) :]
                if rows[name][metric] > rows[own][metric]
            ]
            cells = " | ".join(f"{rows[own][metric]:.3f}" for metric in METRICS)
            print(f"| {project.name} | {own} | {cells} | {', '.join(better) or 'none'} |")


def show_components(projects: list[Project], scorer: ModuleType) -> None:
    """Print how well the risk of components ranks them, beside their lines and a sum of commits: a fix counts for every component it touches."""
    rows: dict[str, list[dict[str, float]]] = {}
    for project in projects:
        sizes: dict[str, int] = {}
        commits: dict[str, float] = {}
        mass: dict[str, float] = {}
        weights, _ = scorer.mass(project.fixes, project.sizes)
        for path, component in sorted(project.owners.items()):
            sizes[component] = sizes.get(component, 0) + project.sizes[path]
            commits[component] = commits.get(component, 0) + project.rankings["commits"].risk[path]
            mass[component] = mass.get(component, 0.0) + weights.get(path, 0.0)
        mass = {component: amount for component, amount in mass.items() if amount}
        for name, scores in {**project.risks, "lines": sizes, "commits": commits}.items():
            found = scorer.metrics(scores, sizes, mass)
            rows.setdefault(name, []).append({metric: found[metric] for metric in METRICS})
    print("\n| components by | " + " | ".join(METRICS) + " |\n|---|" + "--:|" * len(METRICS))
    for name, found in rows.items():
        print(
            f"| {name} | " + " | ".join(f"{sum(row[one] for row in found) / len(found):.3f}" for one in METRICS) + " |"
        )


if __name__ == "__main__":
    sys.exit(main())
