"""Predicted against real: what the X-ray says of public C functions, and what bindgen and cbindgen make of the same headers.

    .venv/bin/python benchmarks/boundary_tools.py zlib=DIR:zlib.h png=DIR:png.h [--include DIR] [--rustplan COMMAND]

Each library is scanned; the kinds in crossings.csv are compared, class by class, with what bindgen writes for the header. Then the same
functions are written as Rust definitions: rustc says which it accepts, cbindgen writes a header for them, and gcc reads that header.
A tool that is not installed is named, and its part is skipped. Debian has both: apt-get install bindgen cbindgen.
"""

from __future__ import annotations

import argparse
import csv
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

KINDS = (
    "buffer", "struct-by-value", "struct-by-pointer", "opaque-pointer", "callback", "variadic", "global", "macro", "inline",
)  # fmt: skip
BUILT_INS = frozenset(
    ["bool", "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "f32", "f64", "usize", "isize", "i128", "u128", "()"]
)
FUNCTION = re.compile(r"pub fn (\w+)\s*\(([^;]*)\)\s*(?:->\s*([^;()]+))?;", re.DOTALL)
STATIC = re.compile(r"pub static (?:mut )?(\w+)\s*:")
ALIAS = re.compile(r"pub type (\w+)\s*=\s*([^;]+);", re.DOTALL)
STRUCT = re.compile(r"pub (?:struct|union) (\w+)\s*\{(.*?)\n\}", re.DOTALL)
MACRO = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)\(", re.MULTILINE)


@dataclass(frozen=True)
class Library:
    """A library to compare: where it lies, and its public header inside."""

    name: str
    folder: Path
    header: Path


@dataclass
class Bindings:
    """What bindgen wrote: functions with their parts, variables, and what its type names mean."""

    functions: dict[str, tuple[tuple[str, ...], str]] = field(default_factory=dict)
    variables: set[str] = field(default_factory=set)
    aliases: dict[str, str] = field(default_factory=dict)
    structs: dict[str, str] = field(default_factory=dict)
    text: str = ""


@dataclass
class Score:
    """Right, said too much, and missed."""

    right: int = 0
    extra: int = 0
    missed: int = 0

    def words(self) -> str:
        """Return precision and recall, a dash where nothing was said or there."""
        precision = f"{self.right / (self.right + self.extra):.2f}" if self.right + self.extra else "-"
        recall = f"{self.right / (self.right + self.missed):.2f}" if self.right + self.missed else "-"
        return f"{precision:>9} {recall:>9} {self.right:>6} {self.extra:>6} {self.missed:>6}"


def main() -> int:
    """Compare every library named, print the tables, return 2 when bindgen is missing."""
    arguments = _arguments()
    if shutil.which("bindgen") is None:
        print("bindgen is not installed: not verified (apt-get install bindgen cbindgen)", file=sys.stderr)
        return 2
    totals: dict[str, Score] = defaultdict(Score)
    listed, back = Score(), Score()
    for library in arguments.libraries:
        predicted = _predicted(library, arguments.rustplan)
        bindings = _bindgen(library, arguments.include)
        if bindings is None:
            continue
        found, wrong = _compare(library, predicted, bindings, totals, listed)
        print(f"{library.name}: bindgen wrote {len(bindings.functions)} functions, {found} of them predicted")
        for line in wrong[: arguments.show]:
            print(f"    {line}")
        _round_trip(predicted, bindings, back)
    print(f"\n{'class':<20} precision    recall  right  extra missed")
    print(f"{'function (listed)':<20} {listed.words()}")
    for kind in KINDS:
        print(f"{kind:<20} {totals[kind].words()}")
    print(f"{'cbindgen carries':<20} {back.words()}")
    print("cxx, autocxx, Crubit, jni-rs, UniFFI, FFM, WebAssembly: not verified by a run")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("libraries", nargs="+", type=_library, metavar="NAME=DIR:HEADER")
    parser.add_argument("--include", action="append", default=[], help="a folder with generated headers (repeatable)")
    parser.add_argument("--rustplan", default=f"{sys.executable} -m rustplan")
    parser.add_argument("--show", type=int, default=5, help="differences to print for each library")
    return parser.parse_args()


def _library(text: str) -> Library:
    name, _, place = text.partition("=")
    folder, _, header = place.rpartition(":")
    if not (Path(folder) / header).is_file():
        raise argparse.ArgumentTypeError(f"{text}: no such header")
    return Library(name=name, folder=Path(folder), header=Path(folder) / header)


def _predicted(library: Library, command: str) -> dict[str, set[str]]:
    """Scan a library and return the kinds of every symbol that crosses inwards, and `public` where only code outside calls it."""
    with tempfile.TemporaryDirectory() as folder:
        run = [*shlex.split(command), "scan", str(library.folder.resolve()), "--no-history", "-qq"]
        run += ["-o", f"csv={folder}/tables", "-o", f"json={folder}/rustplan.json", "-o", f"html={folder}/roadmap.html"]
        subprocess.run(run, check=True, cwd=folder, stdout=subprocess.DEVNULL)
        found: dict[str, set[str]] = defaultdict(set)
        with open(f"{folder}/tables/crossings.csv", encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                if row["direction"] == "inbound" and row["abi"] == "c":
                    found[row["symbol"]] |= set(row["kinds"].split())
                    found[row["symbol"]] |= {"public"} if row["other"] == "outside this repository" else set()
    return found


def _bindgen(library: Library, include: list[str]) -> Bindings | None:
    """Run bindgen on the header; None, with its own words, when it fails."""
    folders = [library.header.parent, *map(Path, include), library.folder, library.folder / "include"]
    flags = [f"-I{folder.resolve()}" for folder in folders if folder.is_dir()]
    command = [
        "bindgen",
        str(library.header),
        "--no-layout-tests",
        "--allowlist-file",
        f".*{library.folder.name}.*",
        "--",
        *flags,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{library.name}: bindgen failed: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    text = done.stdout
    return Bindings(
        functions={
            name: (tuple(_split(inside)), (result or "()").strip())
            for name, inside, result in FUNCTION.findall(text)
            if "self" not in inside.split(":")[0]
        },
        variables=set(STATIC.findall(text)),
        aliases={name: " ".join(target.split()) for name, target in ALIAS.findall(text)},
        structs=dict(STRUCT.findall(text)),
        text=text,
    )


def _split(inside: str) -> Iterator[str]:
    """Types of a parameter list, commas inside brackets left alone."""
    depth, part = 0, ""
    for character in " ".join(inside.split()) + ",":
        depth += (character in "(<[") - (character in ")]") - (character == ">" and not part.endswith("-"))
        if character == "," and depth == 0:
            if part.strip():
                yield (
                    part.partition(":")[2].strip()
                    if ":" in part and not part.strip().startswith("...")
                    else part.strip()
                )
            part = ""
        else:
            part += character


def _kinds(bindings: Bindings, name: str) -> set[str]:
    """What bindgen's declaration of a function shows."""
    types, result = bindings.functions[name]
    found: set[str] = set()
    for text in (*types, result):
        found |= _kinds_of(bindings, text)
    return found


def _kinds_of(bindings: Bindings, text: str, depth: int = 0) -> set[str]:
    if text == "...":
        return {"variadic"}
    if "va_list" in text:
        return {"variadic"}
    if 'extern "C" fn' in text:
        return {"callback"}
    pointed = re.fullmatch(r"\*(?:mut|const) (.+)", text)
    name = (pointed.group(1) if pointed else text).strip()
    if pointed and name.startswith("*"):
        return _kinds_of(bindings, name, depth + 1)
    plain = name.rpartition("::")[2]
    if plain in bindings.aliases and depth < 8:
        target = bindings.aliases[plain]
        return _kinds_of(bindings, f"{text[: -len(name)]}{target}" if pointed else target, depth + 1)
    if plain in bindings.structs:
        body = bindings.structs[plain]
        if "_unused: [u8; 0" in body:
            return {"opaque-pointer"}
        holds = any(_is_callback(bindings, member) for member in body.split(","))
        return {"struct-by-pointer" if pointed else "struct-by-value"} | ({"callback"} if holds else set())
    return {"buffer"} if pointed else set()


def _is_callback(bindings: Bindings, member: str) -> bool:
    name = member.partition(":")[2].strip().rpartition("::")[2]
    return 'extern "C" fn' in member or 'extern "C" fn' in bindings.aliases.get(name, "")


def _compare(
    library: Library, predicted: dict[str, set[str]], bindings: Bindings, totals: dict[str, Score], listed: Score
) -> tuple[int, list[str]]:
    """Add one library to the totals; return how many functions were predicted, and the differences."""
    wrong = []
    both = sorted(set(bindings.functions) & set(predicted))
    public = [name for name in both if "public" in predicted[name]]
    listed.right += len(both)
    listed.missed += len(set(bindings.functions) - set(predicted))
    wrong += [f"not listed: {name}" for name in sorted(set(bindings.functions) - set(predicted))]
    for name in public:
        actual, said = _kinds(bindings, name), predicted[name] & set(KINDS)
        for kind in KINDS[:6]:
            if kind in actual or kind in said:
                totals[kind].right += kind in actual and kind in said
                totals[kind].extra += kind in said and kind not in actual
                totals[kind].missed += kind in actual and kind not in said
                if (kind in actual) != (kind in said):
                    wrong.append(f"{name}: {kind} {'missed' if kind in actual else 'said too much'}")
    text = library.header.read_text(encoding="utf-8", errors="replace")
    macros = {name for name in MACRO.findall(text) if not name.startswith("_")} - set(bindings.functions)
    for kind, actual_names in (("macro", macros), ("global", bindings.variables)):
        said_names = {
            name for name, kinds in predicted.items() if kind in kinds and re.search(rf"\b{re.escape(name)}\b", text)
        }
        totals[kind].right += len(said_names & actual_names)
        totals[kind].extra += len(said_names - actual_names - set(bindings.functions))
        totals[kind].missed += len(actual_names - said_names)
        wrong += [f"{kind} missed: {name}" for name in sorted(actual_names - said_names)]
    inline = {
        name for name, kinds in predicted.items() if "inline" in kinds and re.search(rf"\b{re.escape(name)}\b", text)
    }
    totals["inline"].right += len(inline - set(bindings.functions))
    totals["inline"].extra += len(inline & set(bindings.functions))
    return len(both), wrong


def _round_trip(predicted: dict[str, set[str]], bindings: Bindings, back: Score) -> None:
    """Define the same functions in Rust: does rustc accept them, and does cbindgen write a prototype that gcc reads?"""
    if shutil.which("cbindgen") is None or shutil.which("rustc") is None:
        print("    cbindgen or rustc is not installed: not verified")
        return
    with tempfile.TemporaryDirectory() as folder:
        source, header = Path(folder) / "lib.rs", Path(folder) / "out.h"
        source.write_text(_as_definitions(bindings), encoding="utf-8")
        done = subprocess.run(
            ["cbindgen", "--lang", "c", "--output", str(header), str(source)],
            capture_output=True,
            text=True,
            check=False,
        )
        written = header.read_text(encoding="utf-8") if header.is_file() else ""
        refused = _refused(source)
        if done.returncode or not written:
            print(f"    cbindgen failed: {done.stderr.strip().splitlines()[:3]}")
            return
        reads = subprocess.run(
            ["gcc", "-fsyntax-only", "-x", "c", str(header)], capture_output=True, text=True, check=False
        )
        for name in sorted(set(bindings.functions) & set(predicted)):
            is_carried = bool(re.search(rf"\b{name}\(", written)) and name not in refused
            is_said = "variadic" not in predicted[name]
            back.right += is_carried and is_said
            back.extra += is_said and not is_carried
            back.missed += is_carried and not is_said
        print(
            f"    rustc refused {len(refused)} ({', '.join(sorted(refused)[:4])}); gcc reads the header: {'yes' if not reads.returncode else reads.stderr.splitlines()[:1]}"
        )


def _as_definitions(bindings: Bindings) -> str:
    """The same crate with bodies in place of declarations."""
    text = re.sub(r'extern "C" \{\s*', "", re.sub(r"#\[doc = .*?\]\n", "", bindings.text))
    text = STATIC.sub(lambda match: match.group(0).replace("pub static", "pub static"), text)

    def defined(match: re.Match[str]) -> str:
        name, inside, result = match.groups()
        if "self" in inside.split(":")[0]:
            return match.group(0)
        inside = re.sub(r"(^|,)(\s*)\.\.\.", r"\1\2_args: ...", inside)
        arrow = f" -> {result.strip()}" if result else ""
        return f'#[no_mangle] pub unsafe extern "C" fn {name}({inside}){arrow} {{ loop {{}} }} //'

    lines, depth = [], 0
    for line in FUNCTION.sub(defined, text).split("\n"):
        if STATIC.match(line.strip()) or (line == "}" and depth == 0):
            continue
        depth += line.count("{") - line.count("}")
        lines.append(line)
    return "\n".join(lines)


def _refused(source: Path) -> set[str]:
    """Functions in whose lines rustc reports an error."""
    done = subprocess.run(
        ["rustc", "--crate-type", "rlib", "--emit", "metadata", "-Awarnings", "--error-format", "short", "-o", str(source.with_suffix(".rmeta")), str(source)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = source.read_text(encoding="utf-8").split("\n")
    refused = set()
    for number in re.findall(r"lib\.rs:(\d+):\d+: error", done.stderr):
        for at in range(int(number) - 1, max(-1, int(number) - 12), -1):
            named = re.search(r'extern "C" fn (\w+)\(', lines[at])
            if named:
                refused.add(named.group(1))
                break
    return refused


if __name__ == "__main__":
    sys.exit(main())
