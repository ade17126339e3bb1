"""How long reading a history takes and how much memory, on a made-up repository and on real ones; how well messages tell memory errors.

    python benchmarks/history.py speed [--commits N] [FOLDER...]      FOLDER: a work tree, or a git folder without one
    python benchmarks/history.py sample FOLDER [--size N] [--seed S]  prints memory-safety fixes to judge by reading
    python benchmarks/history.py recall FOLDER LIST                   LIST: lines "<commit> <kind>" of known fixes

`speed` prints seconds on the clock, processor seconds of this process and of git, and the peak of each one's resident memory (git's holds
the packs that it maps). `recall` counts how many of the listed commits are told as a fix, a security fix, a memory-safety fix.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rustplan.evidence.history import read_history
from rustplan.evidence.history.messages import claim
from rustplan.model.history import FixCommit, FixLevel, History

SUFFIXES = (".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".java")
FILES = 2_000
AUTHORS = 300
SUBJECTS = (
    "add a feature",
    "fix crash on empty input",
    "parser: fix heap-buffer-overflow",
    "tidy",
    "docs: words",
    "fix leak",
)


@dataclass
class Place:
    """A git folder and a commit of it, in the form that reading a history takes."""

    top: bytes
    folder: bytes | None
    common: bytes | None
    name: str
    problem: str = ""

    def commit(self) -> tuple[str | None, str]:
        """Return the commit to read."""
        return self.name, "named by the benchmark"


def main() -> int:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ways = parser.add_subparsers(dest="way", required=True)
    speed = ways.add_parser("speed")
    speed.add_argument("folders", type=Path, nargs="*")
    speed.add_argument("--commits", type=int, default=100_000)
    sample = ways.add_parser("sample")
    sample.add_argument("folder", type=Path)
    sample.add_argument("--size", type=int, default=30)
    sample.add_argument("--seed", type=int, default=1)
    recall = ways.add_parser("recall")
    recall.add_argument("folder", type=Path)
    recall.add_argument("list", type=Path)
    options = parser.parse_args()
    if options.way == "speed":
        return show_speed(options.folders, options.commits)
    if options.way == "sample":
        return show_sample(options.folder, options.size, options.seed)
    return show_recall(options.folder, options.list)


def show_speed(folders: list[Path], commits: int) -> int:
    """Time the made-up repository, then each real one in a process of its own, so that peaks do not mix."""
    if len(folders) == 1 and commits == 0:
        return show_one(folders[0])
    with tempfile.TemporaryDirectory(prefix="rustplan-history-") as name:
        made = Path(name) / "made"
        make_repository(made, commits)
        for folder in [made, *folders]:
            subprocess.run([sys.executable, __file__, "speed", "--commits", "0", str(folder)], check=True)
    return 0


def show_one(folder: Path) -> int:
    """Read one history and print its figures."""
    begin = time.perf_counter()
    found, files = read(folder)
    wall = time.perf_counter() - begin
    own, git = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{folder}: {found.commits + found.merges + found.sweeping} commits, {files} files: {wall:.1f} s on the clock,"
        f" {own.ru_utime + own.ru_stime:.1f} s here, {git.ru_utime + git.ru_stime:.1f} s in git; peak {own.ru_maxrss // 1024} MiB here,"
        f" {git.ru_maxrss // 1024} MiB in git; complete: {found.is_complete}"
    )
    return 0


def show_sample(folder: Path, size: int, seed: int) -> int:
    """Print some memory-safety fixes with the words that told them and the files they count for."""
    found, _ = read(folder)
    seen: dict[str, tuple[FixCommit, list[str]]] = {}
    for file in found.files:
        for fix in file.examples:
            if fix.level is FixLevel.MEMORY:
                seen.setdefault(fix.commit, (fix, []))[1].append(file.path)
    chosen = random.Random(seed).sample(sorted(seen), min(size, len(seen)))  # noqa: S311 - a sample to read
    print(f"{len(seen)} memory-safety fixes among the examples, {len(chosen)} of them:")
    for name in chosen:
        fix, paths = seen[name]
        print(
            f"{name[:12]} {fix.subject} | {fix.matched} | {', '.join(kind.value for kind in fix.kinds)} | {', '.join(paths[:3])}"
        )
    return 0


def show_recall(folder: Path, listed: Path) -> int:
    """Print, for each kind of known fix, how many messages tell a fix, a security fix, a memory-safety fix."""
    counts: dict[str, Counter[str]] = {}
    for line in listed.read_text().splitlines():
        commit, kind = line.split()[:2]
        text = git(folder, "log", "-1", "--format=%s%x00%b", commit, "--")
        subject, _, body = text.partition("\0")
        told = claim(subject, body)
        count = counts.setdefault(kind, Counter())
        count["n"] += 1
        for rank, word in enumerate(("fix", "security", "memory")):
            count[word] += told is not None and told.rank >= rank
    for kind, count in sorted(counts.items()):
        print(
            f"{kind}: {count['n']} known, told as fix {count['fix']}, security {count['security']}, memory {count['memory']}"
        )
    return 0


def read(folder: Path) -> tuple[History, int]:
    """Read the history of every file that rustplan's languages use. Exits when there is none."""
    top = folder / ".git" if (folder / ".git").is_dir() else folder
    place = os.fsencode(top.resolve())
    head = git(folder, "rev-parse", "HEAD").strip()
    paths = [
        path for path in git(folder, "ls-tree", "-r", "-z", "--name-only", head).split("\0") if path.endswith(SUFFIXES)
    ]
    root = folder.resolve()
    found = read_history(root, Place(os.fsencode(root), place, place, head), paths)
    if not isinstance(found, History):
        raise SystemExit(f"{folder}: {found.because}")
    return found, len(paths)


def git(folder: Path, *arguments: str) -> str:
    """Run git on a trusted repository and return its output."""
    top = folder / ".git" if (folder / ".git").is_dir() else folder
    done = subprocess.run(["git", f"--git-dir={top}", *arguments], check=True, capture_output=True)
    return done.stdout.decode("utf-8", "surrogateescape")


def make_repository(folder: Path, commits: int) -> None:
    """Make a repository of `commits` commits: 2,000 files, 300 authors, a rename every 500 commits, a merge every 50."""
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    importer = subprocess.Popen(["git", "fast-import", "--quiet"], stdin=subprocess.PIPE, cwd=folder)
    if importer.stdin is None:
        raise SystemExit("git fast-import gave no input")
    for part in story(commits):
        importer.stdin.write(part)
    importer.stdin.close()
    if importer.wait():
        raise SystemExit("git fast-import failed")
    head = git(folder, "rev-parse", "refs/heads/made").strip()
    git(folder, "update-ref", "HEAD", head)


def story(commits: int) -> Iterator[bytes]:
    """Give the stream for fast-import."""
    chance = random.Random(7)  # noqa: S311 - the same repository every time
    names = [f"src/m{number % 40}/f{number}.c" for number in range(FILES)]
    for number in range(1, commits + 1):
        person = b"P%d <p%d@example.org> %d +0000" % (*[chance.randrange(AUTHORS)] * 2, 1_300_000_000 + number * 3000)
        subject = chance.choice(SUBJECTS).encode() + b"\n\n" + b"words that say why\n" * 5
        yield b"commit refs/heads/made\nmark :%d\nauthor %s\ncommitter %s\ndata %d\n%s\n" % (
            number,
            person,
            person,
            len(subject),
            subject,
        )
        if number > 60 and number % 50 == 0:
            yield b"merge :%d\n" % (number - 30)
        for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
            place = int(FILES * chance.random() ** 2)
            if number % 500 == 0 and number > FILES:
                moved = names[place].replace(".c", "_.c") if len(names[place]) < 60 else names[place]
                if moved != names[place]:
                    yield b"R %s %s\n" % (names[place].encode(), moved.encode())
                    names[place] = moved
                    continue
            text = b"".join(
                b"int v%d_%d = %d;\n" % (place, line, number if line == number % 40 else line) for line in range(60)
            )
            yield b"M 100644 inline %s\ndata %d\n%s\n" % (names[place].encode(), len(text), text)


if __name__ == "__main__":
    sys.exit(main())
