"""Score the ranking of Java methods and classes against measured allocation profiles.

    python benchmarks/java_ranking.py TRUTH WORK [LIB...] [--samples 500,1500] [--seeds 5] [--recordings FOLDER] [--keep FOLDER]

TRUTH holds tools/evaluate.py, static/LIB.csv, truth/LIB-runN.csv, drivers and evidence/LIB-compiled.csv; WORK is what its
tools/setup.sh filled. Each library's sources and its driver become one folder, which is scanned by the command a user types, without
evidence, with a compilation log, with collapsed allocation stacks of N samples drawn from run 1 and scored against run 2, and with the
recordings LIB.jfr (or LIB.json) of FOLDER. Methods are ranked by the rows of candidates.csv that name one, classes by the rows that name
none; "sums" ranks classes by the sum of their methods' scores, as other scorers may. Prints recall@50 and bytes@50 of methods, recall@50 and bytes@20 of classes, beside lines of code, `new` counts and the rankings that TRUTH
brings along, and the mean of the libraries.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

Key = tuple[str, str]
Ranking = dict[Key, float]
Figures = tuple[float, float, float, float]

SOURCES = {
    "jackson": ("JacksonDriver", ("jackson-core-*/src/main/java", "jackson-databind-*/src/main/java")),
    "xerces": ("XercesDriver", ("libxerces2-java-*/src",)),
    "jsoup": ("JsoupDriver", ("jsoup-*/src/main/java",)),
}
"""Driver and source folders of the libraries; others are found as LIB/ in WORK, driver included."""


def main() -> int:
    """Prepare, scan, score, print."""
    options = read_arguments()
    scorer = load_scorer(options.truth)
    keep = options.keep or Path(tempfile.mkdtemp(prefix="java-ranking-"))
    rows: dict[str, list[Figures]] = {}
    for lib in options.lib or list(SOURCES):
        universe, by_top = scorer.load_static(lib)
        runs, truth, _ = scorer.load_truth(lib, universe, by_top)
        folder = prepare(options.truth, options.work, lib, keep)
        for name, ranking in given_rankings(scorer, options.truth, lib, universe).items():
            rows.setdefault(name, []).append(figures(scorer, ranking, truth, universe))
        static = scan(folder, keep)
        rows.setdefault("static", []).append(figures(scorer, static, truth, universe))
        methods = {key: score for key, score in static.items() if key[1]}
        rows.setdefault("static, sums", []).append(figures(scorer, methods, truth, universe))
        compiled = options.truth / "evidence" / f"{lib}-compiled.csv"
        if compiled.exists():
            ranking = scan(folder, keep, write_compilations(scorer, compiled, keep))
            rows.setdefault("compiled", []).append(figures(scorer, ranking, truth, universe))
        for recording in sorted(options.recordings.glob(f"{lib}.j*")) if options.recordings else ():
            ranking = scan(folder, keep, recording)
            rows.setdefault(recording.suffix.strip("."), []).append(figures(scorer, ranking, truth, universe))
        for number in options.samples:
            found = sampled_figures(scorer, folder, keep, runs, universe, number, options.seeds)
            rows.setdefault(f"{number} samples", []).append(found)
    show(rows, options.lib or list(SOURCES))
    if options.keep is None:
        shutil.rmtree(keep)
    return 0


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("truth", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("lib", nargs="*")
    parser.add_argument("--samples", type=lambda text: [int(part) for part in text.split(",")], default=[500, 1500])
    parser.add_argument("--seeds", type=int, default=5, help="draws for each number of samples")
    parser.add_argument("--recordings", type=Path, help="folder of LIB.jfr or its JSON, LIB.json")
    parser.add_argument("--keep", type=Path, help="folder for sources, profiles and outputs; default: a temporary one")
    return parser.parse_args()


def load_scorer(truth: Path) -> ModuleType:
    """Import the scorer that comes with the truth."""
    spec = importlib.util.spec_from_file_location("evaluate", truth / "tools" / "evaluate.py")
    if spec is None or spec.loader is None:
        sys.exit(f"{truth}: no tools/evaluate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.HERE = str(truth)  # type: ignore[attr-defined]
    return module


def prepare(truth: Path, work: Path, lib: str, keep: Path) -> Path:
    """Put a library's sources and its driver into one folder."""
    if lib not in SOURCES:
        return work / lib
    folder = keep / lib
    if folder.exists():
        return folder
    driver, patterns = SOURCES[lib]
    folder.mkdir(parents=True)
    shutil.copy(truth / "drivers" / f"{driver}.java", folder)
    for pattern in patterns:
        for source in sorted((work / "src").glob(pattern)):
            shutil.copytree(source, folder, dirs_exist_ok=True)
    return folder


def scan(folder: Path, keep: Path, profile: Path | None = None) -> Ranking:
    """Scan a folder with the product and return its ranking of methods, and of classes under an empty method."""
    output = keep / "output"
    command = [sys.executable, "-m", "rustplan", "scan", str(folder), f"--output=csv={output}"]
    if profile is not None:
        command.append(f"--profile={profile}")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        sys.exit(f"rustplan scan {folder} ended with {done.returncode}: {done.stderr}")
    with (output / "candidates.csv").open(newline="", encoding="utf-8") as file:
        return {(row["class"], row["method"]): float(row["score"]) for row in csv.DictReader(file)}


def write_compilations(scorer: Any, table: Path, keep: Path) -> Path:
    """Write a list of compiled methods as the JVM prints it."""
    path = keep / "compilation.log"
    lines = [
        f"{number:7d} {number:4d}       {int(row['max_tier'])}       {row['class']}::{row['method']} (20 bytes)"
        for number, row in enumerate(scorer.rows(table), 1)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def sampled_figures(
    scorer: Any,
    folder: Path,
    keep: Path,
    runs: Sequence[Mapping[Key, Any]],
    universe: Iterable[Key],
    number: int,
    seeds: int,
) -> Figures:
    """The mean figures of recordings of so many allocation samples of the first run, scored against the second."""
    first, second = ({key: tuple(value) for key, value in run.items()} for run in runs[:2])
    found = []
    for seed in range(seeds):
        path = keep / "alloc.collapsed"
        drawn = scorer.sampled(first, number, seed)
        lines = [f"{stack(key)};java.lang.Object_[k] {count}" for key, count in sorted(drawn.items())]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        found.append(figures(scorer, scan(folder, keep, path), second, universe))
    return mean(found)


def stack(key: Key) -> str:
    """A collapsed stack with the method as its only frame."""
    return f"{key[0].replace('.', '/')}.{key[1]}"


def given_rankings(scorer: Any, truth: Path, lib: str, universe: Mapping[Key, Any]) -> dict[str, Ranking]:
    """Lines of code, `new` counts, and the rankings that lie beside the universe."""
    found = {
        name: ranking for name, ranking in scorer.baselines(universe).items() if name in ("loc", "new", "new+array")
    }
    for path in sorted((truth / "static").glob(f"rank-{lib}-*.csv")):
        found[path.stem.removeprefix(f"rank-{lib}-")] = scorer.load_ranking(path)
    return found


def figures(scorer: Any, ranking: Mapping[Key, float], truth: Mapping[Key, Any], universe: Iterable[Key]) -> Figures:
    """recall@50 and bytes@50 of methods, recall@50 and bytes@20 of classes."""
    keys = dict.fromkeys(universe, 0)
    methods = scorer.evaluate(ranking, truth, sorted(keys))
    whole = {key: score for key, score in ranking.items() if not key[1]} or scorer.per_class(ranking)
    classes = scorer.evaluate(whole, scorer.per_class(truth), sorted(scorer.per_class(keys)))
    return methods["recall@50"], methods["bytes@50"], classes["recall@50"], classes["bytes@20"]


def mean(rows: Sequence[Figures]) -> Figures:
    """Column means."""
    first, second, third, fourth = (sum(column) / len(rows) for column in zip(*rows, strict=True))
    return first, second, third, fourth


def show(rows: Mapping[str, Sequence[Figures]], libs: Sequence[str]) -> None:
    """Print one row a ranking, one group of figures a library, and the mean."""
    print("methods recall@50 / bytes@50 | classes recall@50 / bytes@20")
    print(f"{'':16}" + "".join(f"{name:>26}" for name in [*libs, "mean"]))
    for name, found in rows.items():
        columns = [*found, mean(found)] if len(found) == len(libs) else list(found)
        print(f"{name:16}" + "".join(f"{a:8.2f}/{b:.2f} |{c:5.2f}/{d:.3f}" for a, b, c, d in columns))


if __name__ == "__main__":
    sys.exit(main())
