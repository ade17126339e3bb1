"""Which known memory-safety bugs a scan sees in the version before the fix, and no longer in the version after it.

    python benchmarks/planted_bugs.py [--mirror DIR] [--only CVE,...] [--scope folder|file|repository] [--tool COMMAND] [--list]

`planted_bugs.yaml` names the bugs: repository, commit of the fix, its parent, functions, CWEs. Both versions are taken out of git: from
`--mirror DIR`, which holds clones as `owner/name`, `owner/name.git` or `owner+name/repo`, else by fetching just the two commits from
GitHub into a temporary folder. `--scope` says what is scanned: the folder of the affected file with everything below it (default), that
file alone, or the whole repository. `--tool` runs another tool there that prints path,line,cwe,rule.

    seen      some rule finds less in the functions of the bug after the fix than before, and names a CWE that fits it
    in both   a fitting finding is in these functions, as often after the fix as before: noise, or the bug was seen and its fix was not
    not seen  no fitting finding in these functions

`lines off` is the distance of the nearest fitting finding before the fix from the marked lines: a finding far from them that goes away by chance
is no merit. Findings of any confidence count.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from defect_findings import Finding, accepted, run_tool, scan

BUGS = Path(__file__).with_suffix(".yaml")
CODE = (".c", ".h", ".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx", ".inc", ".inl")


@dataclass(frozen=True, slots=True)
class Place:
    """A function that holds the cause or the effect of a bug: its lines in both versions, and the flawed lines before."""

    path: str
    function: str
    before: tuple[int, int]
    after: tuple[int, int]
    flaws: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bug:
    """One bug and where it is."""

    id: str
    project: str
    repositories: tuple[str, ...]
    before: str
    after: str
    cwes: tuple[int, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scan said of a bug."""

    verdict: str
    off: int | None
    before: list[Finding]
    after: list[Finding]


def main() -> int:
    """Scan both versions of every bug and print the table."""
    options = read_arguments()
    bugs = [bug for bug in read_bugs(options.bugs) if not options.only or bug.id in options.only.split(",")]
    verdicts: Counter[str] = Counter()
    print("| bug | project | CWE | function | verdict | lines off | rules |\n|---|---|---|---|---|--:|---|")
    for bug in bugs:
        outcome = judge(bug, options)
        verdicts[outcome.verdict] += 1
        rules = ", ".join(sorted({f"{found.rule} ({found.confidence})" for found in outcome.before}))
        functions = ", ".join(dict.fromkeys(place.function for place in bug.places))
        off = "-" if outcome.off is None else outcome.off
        print(
            f"| {bug.id} | {bug.project} | {bug.cwes[0]} | {functions} | {outcome.verdict} | {off} | {rules} |",
            flush=True,
        )
        if options.list:
            for version, findings in (("before", outcome.before), ("after", outcome.after)):
                for found in findings:
                    print(f"    {version}: {found.path}:{found.line} {found.rule}")
    print(f"\n{len(bugs)} bugs: " + ", ".join(f"{verdicts[name]} {name}" for name in ("seen", "in both", "not seen")))
    return 0


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mirror", type=Path, help="folder of clones; without it, commits are fetched")
    parser.add_argument("--remote", default="https://github.com", help="where to fetch from (default: %(default)s)")
    parser.add_argument("--only", help="ids of bugs, joined by commas")
    parser.add_argument("--scope", choices=("folder", "file", "repository"), default="folder")
    parser.add_argument("--tool", metavar="COMMAND", help="another tool to run in place of rustplan")
    parser.add_argument("--list", action="store_true", help="list the fitting findings")
    parser.add_argument("--bugs", type=Path, default=BUGS, help="another list of bugs")
    return parser.parse_args()


def read_bugs(path: Path) -> list[Bug]:
    """Read the list of bugs."""
    entries: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["bugs"]
    return [
        Bug(
            entry["id"],
            entry["project"],
            tuple(entry[key] for key in ("repository", "mirror") if key in entry),
            entry["before"],
            entry["fix"],
            tuple(entry["cwe"]),
            tuple(
                Place(place["path"], place["function"], (*place["before"],), (*place["after"],), tuple(place["flaws"]))
                for place in entry["places"]
            ),
        )
        for entry in entries
    ]


def judge(bug: Bug, options: argparse.Namespace) -> Outcome:
    """Scan both versions and compare what is found in the functions of the bug."""
    with tempfile.TemporaryDirectory() as folder:
        git = find_clone(bug, options.mirror) if options.mirror else fetch(bug, options.remote, Path(folder, "git"))
        found = {}
        for name, commit in (("before", bug.before), ("after", bug.after)):
            tree = Path(folder, name)
            extract(git, commit, wanted(bug, options.scope), tree)
            found[name] = fitting(bug, name, run_tool(options.tool, tree) if options.tool else scan(tree))
    return Outcome(
        verdict(found["before"], found["after"]), distance(bug, found["before"]), found["before"], found["after"]
    )


def verdict(before: Sequence[Finding], after: Sequence[Finding]) -> str:
    """Compare the numbers of fitting findings, rule by rule."""
    left = Counter(item.rule for item in after)
    if any(times > left[rule] for rule, times in Counter(item.rule for item in before).items()):
        return "seen"
    return "in both" if before else "not seen"


def fitting(bug: Bug, version: str, findings: Sequence[Finding]) -> list[Finding]:
    """Keep the findings in the functions of the bug that name a CWE that fits."""
    cwes = accepted(bug.cwes)
    ranges = [(place.path, *(place.before if version == "before" else place.after)) for place in bug.places]
    return [
        item
        for item in findings
        if item.cwes & cwes and any(item.path == path and first <= item.line <= last for path, first, last in ranges)
    ]


def distance(bug: Bug, findings: Sequence[Finding]) -> int | None:
    """Return how far the nearest finding is from a flawed line."""
    return min(
        (
            abs(item.line - line)
            for item in findings
            for place in bug.places
            if place.path == item.path
            for line in place.flaws
        ),
        default=None,
    )


def wanted(bug: Bug, scope: str) -> list[str]:
    """Return the paths to take out of git; none is all of them."""
    if scope == "file":
        return sorted({place.path for place in bug.places})
    folders = {str(PurePosixPath(place.path).parent) for place in bug.places}
    return [] if scope == "repository" or "." in folders else sorted(folders)


def find_clone(bug: Bug, mirror: Path) -> Path:
    """Return the clone of the bug's repository that has both commits."""
    for repository in bug.repositories:
        flat = mirror / repository.replace("/", "+")
        for path in (mirror / repository, mirror / f"{repository}.git", flat / "repo", flat / "repo" / ".git", flat):
            if path.is_dir() and all(has_commit(path, commit) for commit in (bug.before, bug.after)):
                return path
    sys.exit(
        f"{bug.id}: {mirror} has no clone of {' or '.join(bug.repositories)} with {bug.before[:10]} and {bug.after[:10]}"
    )


def has_commit(git: Path, commit: str) -> bool:
    """Say whether a clone holds a commit."""
    command = ["git", "-C", str(git), "cat-file", "-e", f"{commit}^{{commit}}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def fetch(bug: Bug, remote: str, folder: Path) -> Path:
    """Fetch the two commits, without their history."""
    subprocess.run(["git", "init", "--quiet", "--bare", str(folder)], check=True)
    command = [
        "git",
        "-C",
        str(folder),
        "fetch",
        "--quiet",
        "--depth=1",
        f"{remote}/{bug.repositories[0]}",
        bug.before,
        bug.after,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{bug.id}: git fetch failed: {done.stderr.strip()}")
    return folder


def extract(git: Path, commit: str, paths: Sequence[str], target: Path) -> None:
    """Write the C and C++ files of a commit."""
    done = subprocess.run(
        ["git", "-C", str(git), "archive", "--format=tar", commit, *paths], capture_output=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{git}: git archive {commit} failed: {done.stderr.decode(errors='replace').strip()}")
    target.mkdir()
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        for member in archive:
            inside = PurePosixPath(member.name)
            content = archive.extractfile(member) if member.isfile() else None
            if content is None or inside.suffix.lower() not in CODE or inside.is_absolute() or ".." in inside.parts:
                continue
            path = target / member.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.read())


if __name__ == "__main__":
    sys.exit(main())
