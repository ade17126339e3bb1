"""Compare the functions rustplan finds with those universal-ctags lists, for any folder of C, C++ and Java.

    python benchmarks/function_recall.py FOLDER [FOLDER ...] [--tree DIR] [--missed 50] [--least 99.5]

Macros are learnt from the whole folder, or from `--tree` when the folder is part of a larger one, as in a scan of it. `--least` makes the command fail below a share in percent.

Nothing is left out: every function ctags lists is either found or printed. ctags has false positives too, macro invocations above all;
the list shows file, line and name so that a reader can judge. A function is found when a function (for Java also an abstract method) of
the same name is in the same file; "exactly" means that its lines contain the line ctags gives. ctags names a function that a macro makes
(`MAKE(int, name)(void) {`) after the macro, rustplan after its last argument; such a pair counts as the same function.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

from rustplan.languages import MacroLearner, MacroWords, Prepared, support, with_other_arms
from rustplan.model.facts import FileFacts
from rustplan.model.source import Language
from rustplan.syntax import Captures, QuerySet

LANGUAGES = {"C": Language.C, "C++": Language.CPP, "Java": Language.JAVA}
C_SUFFIXES = {".c", ".h", ".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx", ".inc", ".inl"}
CTAGS = [
    "--languages=C,C++,Java",
    "--kinds-C=f",
    "--kinds-C++=f",
    "--kinds-Java=m",
    "--fields=+nl",
    "--output-format=json",
    "-R",
    "-f",
    "-",
]


class Tag(NamedTuple):
    """One function as ctags lists it."""

    path: Path
    line: int
    name: str
    language: Language


class Ours(NamedTuple):
    """One function as rustplan lists it."""

    name: str
    start: int
    end: int


def main() -> int:
    """Print shares by language, then what was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--tree", type=Path, metavar="DIR", help="learn macros from all of DIR")
    parser.add_argument("--least", type=float, metavar="PERCENT", help="fail when less of a language is found")
    parser.add_argument(
        "--missed", type=int, default=200, metavar="N", help="print at most N missed functions (default 200)"
    )
    arguments = parser.parse_args()
    for folder in arguments.folders:
        if not folder.is_dir():
            parser.error(f"{folder} is not a folder")
    ctags = shutil.which("ctags")
    if ctags is None or "json" not in _features(ctags):
        print(
            "universal-ctags with JSON output is needed: apt install universal-ctags, or brew install universal-ctags",
            file=sys.stderr,
        )
        return 2
    is_enough = True
    for folder in arguments.folders:
        tags = list_tags(ctags, folder)
        if not tags:
            print(f"ctags lists no C, C++ or Java function below {folder}")
            continue
        missed, least = report(tags, folder, learnt(arguments.tree or folder))
        print_missed(missed, folder, arguments.missed)
        is_enough = is_enough and (arguments.least is None or 100 * least >= arguments.least)
    return 0 if is_enough else 1


def _features(ctags: str) -> str:
    return subprocess.run([ctags, "--list-features"], capture_output=True, text=True, check=False).stdout


def list_tags(ctags: str, folder: Path) -> list[Tag]:
    """Every function ctags finds, in the order of path and line."""
    output = subprocess.run([ctags, *CTAGS, str(folder)], capture_output=True, check=True).stdout
    tags = []
    for line in output.decode("utf-8", "replace").splitlines():
        row = json.loads(line)
        if row.get("_type") == "tag" and row["language"] in LANGUAGES:
            tags.append(Tag(Path(row["path"]), row["line"], _plain(row["name"]), LANGUAGES[row["language"]]))
    return sorted(tags)


def _plain(name: str) -> str:
    """ctags writes `operator ==`, rustplan `operator==`."""
    return "".join(name.split()).rpartition("::")[2]


def report(tags: list[Tag], folder: Path, words: MacroWords) -> tuple[list[Tag], float]:
    """Print the shares; return what was missed, and the share of all that was found."""
    by_path: dict[Path, list[Tag]] = defaultdict(list)
    for tag in tags:
        by_path[tag.path].append(tag)
    listed: Counter[str] = Counter()
    found: Counter[str] = Counter()
    exact: Counter[str] = Counter()
    missed = []
    for path, wanted in by_path.items():
        ours = our_functions(path, _language(path, wanted), words)
        for tag in wanted:
            label = tag.language.label
            listed[label] += 1
            same_name = [one for one in ours if one.name == tag.name]
            found[label] += bool(same_name)
            exact[label] += any(one.start <= tag.line <= one.end for one in same_name)
            if not same_name:
                missed.append(tag)
    print(f"{folder}: {len(by_path)} files with functions")
    for label in sorted(listed):
        count = listed[label]
        print(
            f"  {label:5} ctags lists {count:6}   found {found[label]:6} ({found[label] / count:7.2%})"
            f"   exactly {exact[label]:6} ({exact[label] / count:7.2%})"
        )
    return missed, 1 - len(missed) / len(tags)


def _language(path: Path, tags: list[Tag]) -> Language:
    """ctags calls every `.h` C++; a header without C++ words is read as C, as rustplan does."""
    return header_language(path) if path.suffix == ".h" else tags[0].language


def header_language(path: Path) -> Language:
    """The language of a `.h` file, by its words."""
    text = path.read_bytes()
    words = (b"class ", b"namespace ", b"template", b"public:", b"private:", b"operator")
    return Language.CPP if any(word in text for word in words) else Language.C


def learnt(folder: Path) -> MacroWords:
    """What the `#define`s of all C and C++ files below a folder teach, as a scan of it would learn."""
    learner = MacroLearner()
    for path in sorted(folder.rglob("*")):
        if path.suffix in C_SUFFIXES and path.is_file():
            learner.read(path.read_bytes())
    return learner.words()


def our_functions(path: Path, language: Language, words: MacroWords) -> list[Ours]:
    """What rustplan finds in one file."""
    _, facts = read(path.read_bytes(), language, words)
    ours = [Ours(_our_name(one.name, one.container), one.start_line, one.end_line) for one in facts.functions]
    if language is not Language.JAVA:
        made = [(macro.partition("(")[0], one) for one in facts.functions for macro in one.annotations]
        ours += [Ours(macro, one.start_line, one.end_line) for macro, one in made]
    if language is Language.JAVA:
        ours += [Ours(one.name, one.line, one.line + 5) for one in facts.declarations]
    return ours


def _our_name(name: str, container: str) -> str:
    """Java constructors have the name of their class in ctags."""
    return container.rpartition(".")[2].rpartition("$")[2] if name == "<init>" else _plain(name)


def read(data: bytes, language: Language, words: MacroWords) -> tuple[Prepared, FileFacts]:
    """Prepare, match and extract, as a scan does, with the arms of conditionals that need a reading of their own."""
    prepared = support(language).prepare(data, words)
    facts = _facts(prepared)
    for other in prepared.others:
        facts = with_other_arms(facts, _facts(other), other)
    return prepared, facts


def _facts(prepared: Prepared) -> FileFacts:
    matches: dict[str, list[Captures]] = defaultdict(list)
    for name, captures in _queries(prepared.language).matches(prepared.tree.root_node):
        matches[name].append(captures)
    return support(prepared.language).extract(prepared, prepared.tree, matches)


_compiled: dict[Language, QuerySet] = {}


def _queries(language: Language) -> QuerySet:
    if language not in _compiled:
        _compiled[language] = QuerySet(language, support(language).queries)
    return _compiled[language]


def print_missed(missed: list[Tag], folder: Path, most: int) -> None:
    """The list a reader judges."""
    print(f"missed: {len(missed)}")
    for tag in missed[:most]:
        print(f"  {tag.path.relative_to(folder)}:{tag.line}: {tag.name}")
    if len(missed) > most:
        print(f"  ... and {len(missed) - most} more")


if __name__ == "__main__":
    sys.exit(main())
