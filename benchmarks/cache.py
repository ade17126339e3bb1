"""What the cache saves: a cold scan, a warm one, one after an edit, and the findings after an edit, side by side in one run.

    python benchmarks/cache.py FOLDER [--jobs N] [--depth surface]

Works on a copy of the folder. Every scan is a whole `rustplan scan` in a process of its own; CPU seconds
count child processes. Ends with 1 when a scan with the cache writes other bytes than one without.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

FUNCTION = b"\nint rustplan_benchmark(char *to, const char *from) { strcpy(to, from); return to[0]; }\n"

ROADMAP = ("-o", "json={out}/a.json", "-o", "html={out}/a.html")
FINDINGS = ("--findings-only", "-o", "jsonl={out}/a.json")


class Took(NamedTuple):
    """Seconds on the clock and of processors, and what was written."""

    wall: float
    cpu: float
    written: bytes


def main() -> int:
    """Measure and print the table."""
    options = read_arguments()
    with tempfile.TemporaryDirectory(prefix="rustplan-benchmark-") as name:
        folder, cache = Path(name) / options.folder.name, Path(name) / "cache"
        shutil.copytree(options.folder, folder, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        more = ["--depth", options.depth, "-j", str(options.jobs)]
        rows = {"without a cache": scan(folder, ["--no-cache", *more])}
        rows["cold"] = scan(folder, ["--cache", str(cache), *more])
        rows["warm, nothing changed"] = scan(folder, ["--cache", str(cache), *more])
        changed = sorted(path for path in folder.rglob("*.c") if path.stat().st_size < 200_000)
        edited = changed[len(changed) // 2]
        edited.write_bytes(edited.read_bytes() + FUNCTION)
        rows["warm, one file changed"] = scan(folder, ["--cache", str(cache), *more])
        rows["the same without"] = scan(folder, ["--no-cache", *more])
        rows["findings, warm"] = scan(folder, ["--cache", str(cache), *more], FINDINGS)
        edited.write_bytes(edited.read_bytes() + FUNCTION.replace(b"benchmark", b"benchmark_2"))
        rows["findings, one changed"] = scan(folder, ["--cache", str(cache), *more], FINDINGS)
        rows["findings without"] = scan(folder, ["--no-cache", *more], FINDINGS)
        size = sum(path.stat().st_size for path in cache.iterdir())
    base = rows["without a cache"]
    print(f"{options.folder.name}, depth {options.depth}; edited: {edited.name}; the cache takes {size:,} bytes")
    print(f"{'scan':<24}{'wall s':>8}{'CPU s':>8}{'of cold CPU':>13}")
    for title, took in rows.items():
        print(f"{title:<24}{took.wall:>8.2f}{took.cpu:>8.2f}{100 * took.cpu / base.cpu:>11.1f} %")
    same = rows["cold"].written == rows["warm, nothing changed"].written == base.written
    same = same and rows["warm, one file changed"].written == rows["the same without"].written
    same = same and rows["findings, one changed"].written == rows["findings without"].written
    print("all bytes are the same with and without the cache" if same else "THE BYTES DIFFER")
    return 0 if same else 1


def scan(folder: Path, arguments: list[str], outputs: tuple[str, ...] = ROADMAP) -> Took:
    """One whole scan; the document is what it wrote as JSON."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "rustplan", "scan", str(folder), "-q"]
        command += [word.format(out=out) for word in outputs]
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([*command, *arguments], check=True, stdout=subprocess.DEVNULL)
        wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Took(wall, cpu, Path(out, "a.json").read_bytes())


def read_arguments() -> argparse.Namespace:
    """The folder and how to scan it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--depth", choices=("surface", "full"), default="full")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
