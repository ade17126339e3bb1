"""Turn a public collection of flawed and sound C and C++ into a set that `labelled.py` scores.

    python benchmarks/labelled_sets.py itc      ITC_BENCHMARKS  SET     01.w_Defects against 02.wo_Defects (also SARD suite 104)
    python benchmarks/labelled_sets.py cert     RULES           SET     folders RULE/NUMBER with nc*.c (not compliant) and c*.c
    python benchmarks/labelled_sets.py graded   QUADRUPLES      SET     overruns by 4096, 8, 1 and 0 bytes
    python benchmarks/labelled_sets.py extracts EXTRACTS        SET     cut-down versions of real bugs, each with a verdict file

What a tool must not read is taken out of `SET/code`: comments, telling identifiers (renamed by a hash, the same in a whole unit), telling
words in strings, file and folder names. Line numbers stay. A comment that stands for error handling as the whole of a block becomes a call
of `abort`, in flawed and sound code alike: without it the block would fall through. `SET/labels.json` holds the answers.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tree_sitter_c
import tree_sitter_cpp
from tree_sitter import Language, Node, Parser

from defect_findings import GROUPS, MEMBERSHIP

TOKEN = re.compile(
    r"""(?P<comment>/\*.*?(?:\*/|\Z)|//(?:\\\n|[^\n])*)
      | (?P<string>(?:u8|[LuU])?"(?:\\.|[^"\\\n])*")
      | (?P<character>[LuU]?'(?:\\.|[^'\\\n])+')
      | (?P<name>[A-Za-z_]\w*)
      | (?P<other>\s+|\d\w*|.)""",
    re.X | re.S,
)
TELLING = re.compile(
    r"bad|good|cwe|flaw|fix|vuln|safe|compliant|wrong|incorrect|defect|overflow|overrun|underrun|underflow|uninit|dangling|leak|"
    r"double_?free|invalid|corrupt|problem|unint",
    re.I,
)
TELLING_TEXT = re.compile(TELLING.pattern + r"|never|should|error|too (?:long|large|small|short)|freed|null|lock", re.I)
STANDARD = re.compile(
    r"bad_(?:alloc|cast|typeid|exception|function_call|array_new_length)|badbit|goodbit|EBAD\w*|EOVERFLOW|fixed|setfixed|"
    r"uninitialized_\w+|(?:over|under)flow_error|invalid_argument|INVALID_\w+|\w*(?:pre|suf)fix\w*|ERROR_\w+|\w*_OVERFLOW|SIG\w+"
)
HANDLES = re.compile(r"handle|report .*error|return error", re.I)
MARKS = re.compile(r"ERROR:|Tool should detect|Problem|\bBAD\b")

# Defects of the ITC collection that are weaknesses of memory or of the arithmetic before it; the rest (dead code, locks, style) is left out.
ITC = {
    "bit_shift": [1335],
    "buffer_overrun_dynamic": [122],
    "buffer_underrun_dynamic": [124],
    "data_lost": [197],
    "data_overflow": [190],
    "data_underflow": [191],
    "deletion_of_data_structure_sentinel": [170],
    "double_free": [415],
    "free_nondynamic_allocated_memory": [590],
    "free_nondynamically_allocated_memory": [590],
    "function_return_value_unchecked": [252],
    "invalid_memory_access": [416, 562, 457],
    "littlemem_st": [788],
    "memory_allocation_failure": [789, 401],
    "memory_leak": [401],
    "null_pointer": [476],
    "overrun_st": [121],
    "ow_memcpy": [475],
    "pow_related_errors": [190],
    "ptr_subtraction": [469],
    "return_local": [562],
    "sign_conv": [195],
    "st_underrun": [124],
    "underrun_st": [124],
    "uninit_memory_access": [457],
    "uninit_pointer": [457, 824],
    "uninit_var": [457],
    "wrong_arguments_func_pointer": [685, 686, 688],
    "zero_division": [369],
}
ITC_SAME = {"free_nondynamically_allocated_memory": "free_nondynamic_allocated_memory"}

# Rules of the two coding standards whose violation is such a weakness, by language, folder and number.
CERT: dict[str, list[int]] = {
    "c/arr/30": [121, 787, 125],
    "c/arr/36": [469],
    "c/arr/37": [468],
    "c/arr/38": [121, 805],
    "c/arr/39": [468],
    "c/dcl/30": [562],
    "c/exp/33": [457, 908],
    "c/exp/34": [476],
    "c/exp/37": [685, 686],
    "c/exp/39": [843],
    "c/fio/30": [134],
    "c/fio/34": [197],
    "c/fio/37": [124],
    "c/fio/42": [773],
    "c/fio/46": [672],
    "c/fio/47": [685, 686],
    "c/flp/34": [681],
    "c/int/30": [190],
    "c/int/31": [195, 197],
    "c/int/32": [190],
    "c/int/33": [369],
    "c/int/34": [1335],
    "c/int/36": [587],
    "c/mem/30": [416],
    "c/mem/31": [401],
    "c/mem/34": [590],
    "c/mem/35": [131, 467],
    "c/pos/30": [170],
    "c/pos/34": [562],
    "c/sig/30": [479],
    "c/sig/31": [479],
    "c/str/31": [121, 120],
    "c/str/32": [170],
    "c/str/34": [194],
    "c/str/38": [135],
    "c/win/30": [762],
    "c/err/33": [252],
    "cpp/ctr/50": [121, 787],
    "cpp/ctr/51": [416],
    "cpp/ctr/52": [121, 120],
    "cpp/ctr/53": [119],
    "cpp/ctr/54": [469],
    "cpp/ctr/55": [119],
    "cpp/ctr/56": [468],
    "cpp/exp/53": [457],
    "cpp/exp/54": [416, 562],
    "cpp/exp/61": [416, 562],
    "cpp/fio/51": [773],
    "cpp/mem/50": [416],
    "cpp/mem/51": [762, 415, 401],
    "cpp/mem/52": [690],
    "cpp/mem/54": [131],
    "cpp/mem/56": [415],
    "cpp/oop/53": [457],
    "cpp/oop/54": [416, 415],
    "cpp/str/50": [121],
    "cpp/str/51": [476],
    "cpp/str/52": [416],
    "cpp/str/53": [121, 125],
}
PROPERTIES = {
    "no-null-deref": [476],
    "no-overflow": [190],
    "valid-memsafety": [787, 125],
    "valid-free": [415, 416],
    "def-behavior": [758],
}


class Renamer:
    """Gives telling identifiers of one unit names without meaning."""

    def __init__(self, scope: str, also: re.Pattern[str] | None = None) -> None:
        self.scope = scope
        self.also = also
        self.occurrences = 0

    def name(self, text: str) -> str:
        """Return the new name, or the old one where it tells nothing."""
        telling = TELLING.search(text) and not STANDARD.fullmatch(text)
        if not telling and not (self.also and self.also.match(text)):
            return text
        return "v" + digest(self.scope, text)

    def string(self, text: str) -> str:
        """Replace the letters of a telling string; escapes, conversions and the length stay."""
        if not TELLING_TEXT.search(text):
            return text
        self.occurrences += 1
        noise = hashlib.sha256(f"{self.scope}:{self.occurrences}".encode()).digest()
        letters = iter(range(len(text)))

        def letter(match: re.Match[str]) -> str:
            kept = match[0]
            return chr(97 + noise[next(letters) % len(noise)] % 26) if len(kept) == 1 and kept.isalpha() else kept

        prefix, quote, rest = text.partition('"')
        return prefix + quote + re.sub(r"\\.|%[-+ #0-9.*]*(?:hh|ll|[hlzjtL])?[A-Za-z]|.", letter, rest, flags=re.S)

    def text(self, source: str) -> str:
        """Rewrite a file, line by line where it was."""
        out: list[str] = []
        directive = ""
        for match in TOKEN.finditer(source):
            kind, piece = match.lastgroup, match[0]
            if kind == "comment":
                piece = self.comment(piece, out, source[match.end() : match.end() + 200])
            elif kind == "string":
                piece = piece if directive == "include" else self.string(piece)
            elif kind == "name":
                directive = piece if directive == "#" else directive
                piece = self.name(piece)
            elif piece == "#":
                directive = "#"
            if "\n" in piece:
                directive = ""
            out.append(piece)
        return "".join(out)

    @staticmethod
    def comment(token: str, before: list[str], after: str) -> str:
        """Return what stands for a comment: its line ends, or a call where it is all there is in a block."""
        left = next((part for part in reversed(before) if part.strip()), "")
        if left == "{" and after.lstrip().startswith("}") and HANDLES.search(token):
            return "abort();" + "\n" * token.count("\n")
        return "\n" * token.count("\n") or " "


class Output:
    """The set being written."""

    def __init__(self, folder: Path, name: str) -> None:
        self.code, self.labels, self.name = folder / "code", folder / "labels.json", name
        self.units: list[dict[str, Any]] = []

    def file(self, scope: str, part: int, suffix: str, text: str) -> str:
        """Write a file of a unit; returns its path in the set."""
        path = f"u{digest(self.name, scope)}/p{part}{suffix}"
        target = self.code / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", errors="surrogateescape")
        return path

    def unit(
        self,
        id: str,
        case: str,
        bad: bool,
        cwes: list[int],
        places: list[tuple[str, int, int]],
        flaws: list[tuple[str, int]],
    ) -> None:
        """Add the label of a unit."""
        self.units.append(
            {
                "id": id,
                "case": case,
                "label": "bad" if bad else "good",
                "cwe": cwes,
                "places": [{"path": path, "first": first, "last": last} for path, first, last in places],
                "flaws": [{"path": path, "line": line} for path, line in flaws] if bad else [],
            }
        )

    def close(self) -> None:
        """Write the labels and say what there is."""
        self.labels.write_text(json.dumps({"name": self.name, "units": self.units}, indent=1) + "\n", encoding="utf-8")
        count: Counter[tuple[str, str]] = Counter()
        for unit in self.units:
            group = next((name for name in GROUPS if unit["cwe"][0] in MEMBERSHIP[name]), "other")
            count[group, unit["label"]] += 1
        print(f"{self.name}: {len(self.units)} units")
        for group in sorted({group for group, _ in count}):
            print(f"  {group}: {count[group, 'bad']} bad, {count[group, 'good']} good")
        leaks = Counter(
            word
            for path in sorted(self.code.rglob("*.*"))
            for word in told(path.read_text(encoding="utf-8", errors="replace"))
        )
        print(f"  telling words left in the code: {dict(leaks.most_common(10)) or 'none'}")


def told(text: str) -> Iterator[str]:
    """Yield comments and telling names of a rewritten file."""
    for match in TOKEN.finditer(text):
        if match.lastgroup == "comment":
            yield "<comment>"
        elif (
            match.lastgroup == "name"
            and TELLING.search(match[0])
            and not STANDARD.fullmatch(match[0])
            and not re.fullmatch(r"v[0-9a-f]{10}", match[0])
        ):
            yield match[0]


def digest(*parts: str) -> str:
    """Return a short name made of the parts."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:10]


def read(path: Path) -> str:
    """Read a file of any encoding, with line ends of one kind."""
    return path.read_bytes().decode("utf-8", "surrogateescape").replace("\r\n", "\n").replace("\r", "\n")


def marked(text: str) -> list[int]:
    """Return the lines that a comment of the collection points at."""
    comments = [match for match in TOKEN.finditer(text) if match.lastgroup == "comment" and MARKS.search(match[0])]
    lines = []
    for match in comments:
        line = text.count("\n", 0, match.start()) + 1
        alone = not text[text.rfind("\n", 0, match.start()) + 1 : match.start()].strip()
        lines.append(line + match[0].count("\n") + 1 if alone else line)
    return lines


def functions(text: str, cpp: bool) -> list[tuple[str, int, int]]:
    """Return (name, first line, last line) of every function definition."""
    source = text.encode("utf-8", "surrogateescape")
    grammar = tree_sitter_cpp if cpp else tree_sitter_c
    found, waiting = [], [Parser(Language(grammar.language())).parse(source).root_node]
    while waiting:
        node = waiting.pop()
        waiting += node.children
        if node.type == "function_definition":
            found.append((declared(node, source), node.start_point[0] + 1, node.end_point[0] + 1))
    return sorted(found, key=lambda item: item[1:])


def declared(node: Node, source: bytes) -> str:
    """Return the name that a definition declares."""
    inner = node.child_by_field_name("declarator")
    while inner is not None and inner.type != "identifier":
        inner = inner.child_by_field_name("declarator")
    return source[inner.start_byte : inner.end_byte].decode("utf-8", "replace") if inner is not None else ""


def itc(source: Path, out: Output) -> None:
    """Label the functions `<defect>_<number>...` of both halves, one case a number."""
    header = re.sub(r"^.*_main\s*\(.*$", "", read(source / "include/HeaderFile.h"), flags=re.M)
    out.code.mkdir(parents=True, exist_ok=True)
    (out.code / "HeaderFile.h").write_text(Renamer("header").text(header), encoding="utf-8")
    for half, bad in (("01.w_Defects", True), ("02.wo_Defects", False)):
        for path in sorted((source / half).glob("*.c")):
            if path.stem not in ITC:
                continue
            text = read(path)
            numbered: dict[str, list[tuple[int, int]]] = {}
            prefixes = {path.stem}
            for name, first, last in functions(text, cpp=False):
                match = re.match(r"(\w+?)_(\d{3,4})(?!\d)", name)
                if match:
                    prefixes.add(match[1])
                    numbered.setdefault(match[2], []).append((first, last))
            also = re.compile(rf"(?:{'|'.join(sorted(map(re.escape, prefixes)))})(?:_|$)", re.I)
            stem = ITC_SAME.get(path.stem, path.stem)
            file = out.file(f"{half}/{path.stem}", 0, ".c", Renamer(f"{half}/{path.stem}", also).text(text))
            flaws = marked(text)
            for number, spans in sorted(numbered.items()):
                inside = [(file, line) for line in flaws if any(first <= line <= last for first, last in spans)]
                places = [(file, first, last) for first, last in spans]
                out.unit(f"{stem}/{number}:{half[:2]}", f"{stem}/{number}", bad, ITC[path.stem], places, inside)


def cert(source: Path, out: Output) -> None:
    """Label whole samples; a case is a pair of samples whose titles name the same variant of a rule."""
    for folder in sorted(path for path in source.glob("rules/*/*") if path.is_dir()):
        files = sorted(path for path in folder.iterdir() if re.fullmatch(r"n?c\d+(-\w+)?\.(?:c|cpp|h)", path.name))
        language = "cpp" if any(path.suffix == ".cpp" for path in files) else "c"
        rule = f"{language}/{folder.parent.name}/{folder.name}"
        if rule not in CERT:
            continue
        samples: dict[str, list[Path]] = {}
        for path in files:
            samples.setdefault(re.match(r"n?c\d+", path.name)[0], []).append(path)  # type: ignore[index]
        for sample, parts in samples.items():
            places = []
            for part, path in enumerate(parts):
                text = Renamer(f"{rule}/{sample}").text(read(path))
                places.append((out.file(f"{rule}/{sample}", part, path.suffix, text), 1, text.count("\n") + 1))
            title = re.search(r"\(([^()]*(?:\([^()]*\))*[^()]*)\)\s*$", read(parts[0]).split("\n", 1)[0])
            out.unit(
                f"{rule}/{sample}",
                f"{rule}/{title[1] if title else ''}",
                sample.startswith("nc"),
                CERT[rule],
                places,
                [],
            )


def graded(source: Path, out: Output) -> None:
    """Label whole programs; what their header says of where and how gives the CWE."""
    for path in sorted(source.rglob("id*.c")):
        text = read(path)
        place = re.search(r"MEMORY LOCATION\s+\d+\s+(\w+)", text)
        reads, lower = "READ   " in text and re.search(r"WRITE/READ\s+1", text), re.search(r"WHICH BOUND\s+1", text)
        if not place:
            continue
        cwe = (
            127
            if reads and lower
            else 126
            if reads
            else 124
            if lower
            else {"stack": 121, "heap": 122}.get(place[1], 787)
        )
        bad = bool(re.search(r"/\*\s*BAD\s*\*/", text))
        file = out.file(path.stem, 0, ".c", Renamer(path.stem).text(text))
        flaws = [(file, line) for line in marked(text)]
        out.unit(path.stem, path.parent.name, bad, [cwe], [(file, 1, text.count("\n") + 1)], flaws)


def extracts(source: Path, out: Output) -> None:
    """Label whole files by their verdicts; a fixed version is the other half of its case."""
    table = source.parent / "table.json"
    types = {row["CVE"]: row["vuln. type"] for row in json.loads(read(table))} if table.exists() else {}
    for verdicts in sorted(source.glob("*.yml")):
        text = read(verdicts)
        expected = re.findall(r"property_file:.*?([\w-]+)\.prp\s+expected_verdict: (\w+)", text)
        inputs = re.search(r"input_files: '(.+)'", text)
        path = source / (inputs[1] if inputs else "")
        if not expected or not path.is_file():
            continue
        code = read(path)
        bad = any(verdict == "false" for _, verdict in expected)
        cve = re.search(r"CVE-\d+-\d+", code)
        cwes = [int(number) for number in re.findall(r"CWE-(\d+)", types.get(cve[0], "") if cve else "")]
        for property, _ in expected:
            cwes += [cwe for cwe in PROPERTIES.get(property, []) if cwe not in cwes]
        if "valid-free" in text:
            cwes += [cwe for cwe in PROPERTIES["valid-free"] if cwe not in cwes]
        case = path.stem.replace("Fixed", "")
        file = out.file(path.stem, 0, path.suffix, Renamer(path.stem).text(code))
        out.unit(path.stem, case, bad, cwes, [(file, 1, code.count("\n") + 1)], [(file, line) for line in marked(code)])


def main() -> int:
    """Convert one collection."""
    kinds = {"itc": itc, "cert": cert, "graded": graded, "extracts": extracts}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=sorted(kinds))
    parser.add_argument("source", type=Path)
    parser.add_argument("set", type=Path)
    options = parser.parse_args()
    if options.set.exists() and any(options.set.iterdir()):
        sys.exit(f"{options.set} is not empty")
    out = Output(options.set, options.set.name)
    kinds[options.kind](options.source, out)
    if not out.units:
        sys.exit(f"{options.source} holds nothing of the kind {options.kind}")
    out.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
