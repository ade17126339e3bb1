"""Feed damaged documents to every parser and reader of rustplan, and damaged code to whole scans.

    python benchmarks/fuzz.py --inputs 100000 [--seed 1] [--only NAME]... [--corpus FOLDER]... [--failures DIR]
    python benchmarks/fuzz.py --again DIR/NAME-123.bin

Any exception besides the errors that a user is shown, any answer that takes longer than `--seconds`, and any death of the process is a
failure; its input is kept in `--failures` and its name says the target. The same seed gives the same inputs. `--corpus` lends real code
and real build files besides the project's own. `--atheris NAME` hands one target to that coverage-guided fuzzer, where it is installed.
"""

from __future__ import annotations

import argparse
import faulthandler
import hashlib
import random
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from fuzz_mutate import mutated  # noqa: E402
from fuzz_readers import Target, emptied, targets  # noqa: E402


class Hang(BaseException):
    """An input took too long."""


def main() -> int:
    """Run; 0 when nothing failed."""
    asked = _arguments()
    known = targets()
    if asked.list:
        print("\n".join(known))
        return 0
    chosen = [known[name] for name in asked.only] if asked.only else list(known.values())
    if asked.again:
        return _again(asked.again, known)
    if asked.atheris:
        return _coverage_guided(known[asked.atheris], asked)
    signal.signal(signal.SIGALRM, _stop)
    asked.failures.mkdir(parents=True, exist_ok=True)
    total = sum(target.share for target in chosen)
    failed = tried = 0
    with tempfile.TemporaryDirectory(prefix="rustplan-fuzz-") as name:
        for target in chosen:
            began = time.monotonic()
            count = max(1, round(asked.inputs * target.share / total))
            wrong, slowest = _fuzz(target, count, asked, Path(name) / "work")
            failed, tried = failed + wrong, tried + count
            seconds = time.monotonic() - began
            print(
                f"{target.name:32} {count:7} inputs {seconds:7.1f} s  slowest {slowest:5.2f} s  {wrong} failed",
                flush=True,
            )
    print(f"{tried} inputs, {failed} failed" + (f": see {asked.failures}" if failed else ""))
    return 1 if failed else 0


def _fuzz(target: Target, count: int, asked: argparse.Namespace, folder: Path) -> tuple[int, float]:
    """Failures of `count` inputs, and the seconds of the slowest one."""
    documents = target.seeds(tuple(asked.corpus))
    choose = random.Random(f"{asked.seed} {target.name}")  # noqa: S311 - damage, no secrets
    kinds: Counter[str] = Counter()
    failed, slowest = 0, 0.0
    current = asked.failures / f"{_slug(target)}-in-hand.bin"
    for number in range(count):
        data = documents[number] if number < len(documents) else mutated(choose.choice(documents), documents, choose)
        current.write_bytes(data)
        began = time.monotonic()
        problem = _problem(target, data, emptied(folder), asked.seconds)
        slowest = max(slowest, time.monotonic() - began)
        if problem:
            failed += 1
            last = problem.strip().splitlines()
            kind = " | ".join([*[line.strip() for line in last if "/rustplan/" in line][-1:], last[-1][:120]])
            kinds[kind] += 1
            if kinds[kind] <= asked.examples:
                place = asked.failures / f"{_slug(target)}-{number}.bin"
                place.write_bytes(data)
                place.with_suffix(".txt").write_text(problem, encoding="utf-8", errors="backslashreplace")
                print(f"{target.name} {place.name}: {kind}", flush=True)
    current.unlink()
    return failed, slowest


def _problem(target: Target, data: bytes, folder: Path, seconds: float) -> str:
    """What went wrong with one input, "" for nothing."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    faulthandler.dump_traceback_later(
        seconds * 4, exit=True
    )  # for code that lets no signal through; the input in hand is on disk
    try:
        target(data, folder)
    except (Exception, Hang):  # noqa: BLE001 - whatever it is, it is what is looked for
        signal.setitimer(signal.ITIMER_REAL, 0)
        return traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        faulthandler.cancel_dump_traceback_later()
    return ""


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Hang("took too long")


def _again(place: Path, known: dict[str, Target]) -> int:
    """Read one kept input again, without a net."""
    target = max(
        (one for one in known.values() if place.name.startswith(_slug(one) + "-")), key=lambda one: len(_slug(one))
    )
    with tempfile.TemporaryDirectory() as name:
        target(place.read_bytes(), emptied(Path(name) / "work"))
    print(f"{target.name}: nothing went wrong")
    return 0


def _coverage_guided(target: Target, asked: argparse.Namespace) -> int:
    try:
        import atheris
    except ImportError:
        print("atheris is not installed: pip install atheris", file=sys.stderr)
        return 2
    folder = Path(tempfile.mkdtemp(prefix="rustplan-fuzz-"))
    corpus = emptied(folder / "corpus")
    for document in target.seeds(tuple(asked.corpus)):
        (corpus / hashlib.sha256(document).hexdigest()[:16]).write_bytes(document)
    atheris.instrument_all()
    atheris.Setup(
        [sys.argv[0], str(corpus), f"-runs={asked.inputs}", f"-seed={asked.seed}", f"-timeout={int(asked.seconds)}"],
        lambda data: target(data, emptied(folder / "work")),
    )
    atheris.Fuzz()
    return 0


def _slug(target: Target) -> str:
    return "".join(character if character.isalnum() else "_" for character in target.name)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=100_000, help="inputs in all, shared out among the targets")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10.0, help="the longest that one input may take")
    parser.add_argument("--examples", type=int, default=2, help="kept inputs of one kind of failure")
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--corpus", action="append", default=[], type=Path, metavar="FOLDER")
    parser.add_argument("--failures", type=Path, default=Path("fuzz-failures"), metavar="DIR")
    parser.add_argument("--again", type=Path, metavar="FILE")
    parser.add_argument("--atheris", metavar="NAME")
    parser.add_argument("--list", action="store_true", help="name the targets")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
