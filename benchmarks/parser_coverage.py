"""How much of C and C++ code the parser understands, as tree-sitter reads it and as rustplan does.

    python benchmarks/parser_coverage.py FOLDER [GLOB ...] [--worst N] [--most-errors PERCENT]

`FOLDER` is the tree whose `#define`s are learnt, as in a scan; the globs say which of its files are measured (default: `**/*.c`).
All shares have the same denominator: all bytes of those files, comments included, so that no share of function bodies can be 100 %.

CPU        processor seconds of tree-sitter alone and of preparing (masking, all parses), one process
raw        tree-sitter alone: function definitions, bytes in their bodies, bytes in ERROR nodes
functions  definitions rustplan lists, those in arms of conditionals that need a reading of their own included
bodies     bytes in the bodies of the definitions in the tree that rustplan reads
errors     bytes in ERROR nodes of that tree, in spans that were blanked as unreadable, and in heads of functions that are none
unread     the same, and arms of conditionals that nothing read
dead       bodies of `#if 0`, left unread by choice
masked     all bytes blanked before the parse: macros, dead code, arms read elsewhere

Ends with 1 when the share of errors is above `--most-errors`.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from function_recall import header_language, learnt, read
from rustplan.languages import MacroWords, support
from rustplan.languages.errors import diagnose
from rustplan.languages.text import outermost, total
from rustplan.model.source import Language
from rustplan.syntax import QuerySet, Tree, parse

BODIES = {"body": "(function_definition body: (compound_statement) @body)"}


@dataclass(slots=True)
class Sums:
    """What is added up over files."""

    size: int = 0
    raw_functions: int = 0
    raw_bodies: int = 0
    raw_errors: int = 0
    functions: int = 0
    bodies: int = 0
    errors: int = 0
    unread: int = 0
    dead: int = 0
    masked: int = 0
    parsing: float = 0.0
    preparing: float = 0.0

    def add(self, other: Sums) -> None:
        """Add another file."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("globs", nargs="*", default=["**/*.c"])
    parser.add_argument("--worst", type=int, default=10, metavar="N", help="files to list (default 10)")
    parser.add_argument("--most-errors", type=float, metavar="PERCENT", help="fail above this share")
    options = parser.parse_args()
    paths = sorted({path for glob in options.globs for path in options.folder.glob(glob) if path.is_file()})
    if not paths:
        parser.error("no file fits the globs")
    words = learnt(options.folder)
    sums, rows = Sums(), []
    for path in paths:
        one = measure(path, words)
        sums.add(one)
        rows.append((one.errors, one.unread, str(path.relative_to(options.folder))))
    show(options.folder, len(paths), sums)
    for errors, unread, name in sorted(rows, reverse=True)[: options.worst]:
        if unread:
            print(f"  {errors:8} {unread:8}  {name}")
    share = 100 * sums.errors / max(1, sums.size)
    return int(options.most_errors is not None and share > options.most_errors)


def measure(path: Path, words: MacroWords) -> Sums:
    """Measure one file."""
    data = path.read_bytes()
    language = Language.C if path.suffix == ".c" else header_language(path) if path.suffix == ".h" else Language.CPP
    start = time.process_time()
    raw = parse(language, data)
    parsed = time.process_time()
    prepared = support(language).prepare(data, words)
    done = time.process_time()
    _, facts = read(data, language, words)
    functions, bodies = functions_in(language, raw)
    return Sums(
        size=len(data),
        raw_functions=functions,
        raw_bodies=bodies,
        raw_errors=total(diagnose(raw).errors),
        functions=len(facts.functions),
        bodies=functions_in(language, prepared.tree)[1],
        errors=facts.coverage.error_bytes,
        unread=facts.coverage.unread_bytes,
        dead=facts.coverage.dead_bytes,
        masked=facts.coverage.masked_bytes,
        parsing=parsed - start,
        preparing=done - parsed,
    )


def functions_in(language: Language, tree: Tree) -> tuple[int, int]:
    """Function definitions of a tree, and the bytes in their bodies."""
    found = [captures["body"][0] for _, captures in _query(language).matches(tree.root_node)]
    return len(found), total(outermost((body.start_byte, body.end_byte) for body in found))


@cache
def _query(language: Language) -> QuerySet:
    return QuerySet(language, BODIES)


def show(folder: Path, files: int, sums: Sums) -> None:
    """Print the shares of one folder."""
    size = max(1, sums.size)
    print(f"{folder}: {files} files, {sums.size:,} bytes")
    print(
        f"  raw        functions {sums.raw_functions:6}  bodies {sums.raw_bodies / size:6.1%}  errors {sums.raw_errors / size:7.3%}"
    )
    print(
        f"  rustplan   functions {sums.functions:6}  bodies {sums.bodies / size:6.1%}  errors {sums.errors / size:7.3%}"
        f"  unread {sums.unread / size:7.3%}  dead {sums.dead / size:6.2%}  masked {sums.masked / size:6.2%}"
    )
    print(f"  CPU        bare parse {sums.parsing:.2f} s, prepare {sums.preparing:.2f} s")


if __name__ == "__main__":
    sys.exit(main())
