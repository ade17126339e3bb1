"""How often a gate would have stopped the last commits of a repository, and for what.

    python benchmarks/replay.py REPOSITORY [--commits 200] [--fail-on new:high] [--subfolder DIR] [--work DIR] [--end REV]

REPOSITORY is a git folder, with or without a work tree. For each of the last commits of its first-parent line the tree is written out,
scanned with a warm cache and checked against a baseline that accepts everything of the commit before, as a team would that commits its
baseline with each change. Prints every stop with the findings that caused it, to be judged by reading, what `new:medium` and `new:low`
would have stopped, and the seconds on the clock and of processors for a commit. Nothing of the repository is run.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SEVERITIES = ("critical", "high", "medium", "low")


@dataclass
class Replayed:
    """One commit: its stops by severity, and what scanning and checking it took."""

    commit: str
    subject: str
    new: dict[str, list[str]] = field(default_factory=dict)
    changed: int = 0
    scan_wall: float = 0.0
    scan_cpu: float = 0.0
    check_wall: float = 0.0
    code: int = 0


def main() -> int:
    """Replay and print."""
    options = read_arguments()
    work = options.work or Path(tempfile.mkdtemp(prefix="replay-"))
    commits = last_commits(options.repository, options.end, options.commits + 1)
    replayed = list(replay(options, commits, work))
    for one in replayed:
        if one.code == 1:
            print(f"stopped  {one.commit[:10]}  {one.subject[:90]}")
            for line in one.new[options.fail_on.partition(":")[2]]:
                print(f"    {line}")
    summarise(replayed, options.fail_on)
    return 0


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repository", type=Path)
    parser.add_argument("--commits", type=int, default=200)
    parser.add_argument("--fail-on", default="new:high", choices=[f"new:{name}" for name in SEVERITIES])
    parser.add_argument("--subfolder", default=".", help="the part of the tree to write out")
    parser.add_argument("--work", type=Path, help="where trees, cache and baseline go; a new folder without it")
    parser.add_argument("--end", default="HEAD", help="the last commit")
    return parser.parse_args()


def last_commits(repository: Path, end: str, number: int) -> list[tuple[str, str]]:
    """Return commit and subject, oldest first."""
    listed = git(repository, "log", "--first-parent", f"-{number}", "--format=%H %s", end)
    pairs = [line.partition(" ") for line in listed.decode("utf-8", "replace").splitlines()]
    return [(commit, subject) for commit, _, subject in reversed(pairs)]


def git(repository: Path, *arguments: str) -> bytes:
    """Run git without any configuration of the machine or the repository's hooks."""
    command = ["git", "-C", str(repository), "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", *arguments]
    return subprocess.run(command, check=True, capture_output=True).stdout


def replay(options: argparse.Namespace, commits: list[tuple[str, str]], work: Path) -> Iterator[Replayed]:
    """Scan and check one commit after the other; the first only makes the baseline."""
    tree, baseline, saved = work / "tree", work / "baseline.json", work / "analysis.json"
    baseline.unlink(missing_ok=True)
    before = None
    for commit, subject in commits:
        write_tree(options.repository, commit, options.subfolder, tree)
        one = Replayed(commit, subject)
        one.scan_wall, one.scan_cpu, _ = run(
            "scan",
            str(tree),
            "--no-history",
            "--cache",
            str(work / "cache"),
            "-qq",
            "-o",
            f"json={saved}",
            "-o",
            f"html={work / 'roadmap.html'}",
        )
        if before is None:
            run("baseline", "create", "--from", str(saved), "--baseline", str(baseline), "-qq")
            before = commit
            continue
        one.changed = len(
            git(
                options.repository, "diff", "--name-only", before, commit, "--", "*.c", "*.h", "*.cc", "*.cpp", "*.java"
            ).split()
        )
        for severity in SEVERITIES:
            one.new[severity] = new_findings(saved, baseline, severity)
        one.check_wall, _, one.code = run(
            "check", "--from", str(saved), "--baseline", str(baseline), "--fail-on", options.fail_on, "-qq"
        )
        run("baseline", "update", "--from", str(saved), "--baseline", str(baseline), "-qq")
        before = commit
        yield one


def write_tree(repository: Path, commit: str, subfolder: str, tree: Path) -> None:
    """Write the files of a commit into an empty folder."""
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    archive = subprocess.Popen(
        ["git", "-C", str(repository), "archive", commit, "--", subfolder], stdout=subprocess.PIPE
    )
    subprocess.run(["tar", "-x", "-C", str(tree)], stdin=archive.stdout, check=True)
    archive.wait()


def new_findings(saved: Path, baseline: Path, severity: str) -> list[str]:
    """The findings that a gate of this severity names."""
    command = [sys.executable, "-m", "rustplan", "check", "--from", str(saved), "--baseline", str(baseline)]
    done = subprocess.run(
        [*command, "--fail-on", f"new:{severity}", "-f", "new", "-q"], capture_output=True, text=True, check=False
    )
    return [line for line in done.stdout.splitlines() if line.strip()]


def run(*arguments: str) -> tuple[float, float, int]:
    """Run rustplan; return seconds on the clock and of processors, and its exit code."""
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-m", "rustplan", *arguments], capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr.decode("utf-8", "replace"))
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - started, cpu, done.returncode


def summarise(replayed: list[Replayed], gate: str) -> None:
    """Print the table."""
    touching = [one for one in replayed if one.changed]
    print(f"\n{len(replayed)} commits, {len(touching)} of them touch source; gate {gate}")
    for severity in SEVERITIES:
        stopped = [one for one in replayed if one.new.get(severity)]
        print(
            f"new:{severity:<9} would stop {len(stopped):>3} commits with {sum(len(one.new[severity]) for one in stopped):>4} findings"
        )
    for name in ("scan_wall", "scan_cpu", "check_wall"):
        values = sorted(getattr(one, name) for one in replayed)
        worst = values[min(len(values) - 1, int(len(values) * 0.95))]
        print(
            f"{name:<11} median {statistics.median(values):6.2f} s, 95 % under {worst:6.2f} s, most {values[-1]:6.2f} s"
        )


if __name__ == "__main__":
    sys.exit(main())
