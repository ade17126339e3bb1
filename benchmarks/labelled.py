"""Score findings against labelled code.

    python benchmarks/labelled.py SET [--findings CSV | --tool COMMAND] [--by cwe|set|group] [--cwes 121,122] [--exact] [--confidence medium] [--misses]
    python benchmarks/labelled.py SET --baseline all|none|oracle

SET holds `code/`, which is what a tool sees, and `labels.json`, which only this script reads. Without `--findings` or
`--tool` it runs `rustplan scan SET/code`. Labels are a list of units:

    {"name": "...", "units": [{"id": "t1:a", "case": "t1", "label": "bad", "cwe": [121],
                               "places": [{"path": "a/b.c", "first": 3, "last": 20}], "flaws": [{"path": "a/b.c", "line": 9}]}]}

A unit is flagged when a finding that names an accepted CWE lies in one of its places. A case groups a flawed unit with the sound ones
that it is compared with. The columns: recall = flawed units flagged; FPR = sound units flagged; discrimination = cases whose flawed units
are all flagged and none of whose sound ones is, among the cases that have both; near = flagged flawed units with such a finding within two lines of
a marked flaw. Macro figures are means over CWEs (for FPR, of the CWEs with sound units). Names, comments and file names are never looked at.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from defect_findings import CONFIDENCES, GROUPS, MEMBERSHIP, Finding, accepted, read_findings, run_tool, scan, share

NEAR = 2
SEEN = 0.1


@dataclass(frozen=True, slots=True)
class Unit:
    """Code that is flawed, or is sound, as a whole."""

    id: str
    case: str
    bad: bool
    cwes: tuple[int, ...]
    places: tuple[tuple[str, int, int], ...]
    flaws: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True)
class Tally:
    """What was flagged of the units of one row."""

    tp: int = 0
    fn: int = 0
    fp: int = 0
    tn: int = 0
    near: int = 0
    marked: int = 0
    cases: dict[str, list[tuple[bool, bool]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, unit: Unit, flagged: bool, near: bool) -> None:
        """Count one unit."""
        if unit.bad:
            self.tp, self.fn = self.tp + flagged, self.fn + (not flagged)
            if flagged and unit.flaws:
                self.near, self.marked = self.near + near, self.marked + 1
        else:
            self.fp, self.tn = self.fp + flagged, self.tn + (not flagged)
        self.cases[unit.case].append((unit.bad, flagged))

    def figures(self) -> dict[str, float]:
        """Return the rates."""
        pairs = [outcomes for outcomes in self.cases.values() if len({bad for bad, _ in outcomes}) == 2]
        told_apart = sum(all(bad == flagged for bad, flagged in outcomes) for outcomes in pairs)
        recall, rate = share(self.tp, self.tp + self.fn), share(self.fp, self.fp + self.tn)
        return {
            "recall": recall,
            "FPR": rate,
            "precision": share(self.tp, self.tp + self.fp),
            "F1": share(2 * self.tp, 2 * self.tp + self.fp + self.fn),
            "discrimination": share(told_apart, len(pairs)),
            "recall-FPR": recall - rate,
        }


def main() -> int:
    """Read labels and findings, print the table."""
    options = read_arguments()
    name, units = load_labels(options.set / "labels.json")
    if options.cwes:
        units = [unit for unit in units if unit.cwes[0] in options.cwes]
    if options.baseline:
        findings = baseline(units, options.baseline)
    elif options.findings:
        findings = read_findings(options.findings, tuple(options.kind.split(",")), options.confidence)
    elif options.tool:
        findings = run_tool(options.tool, options.set / "code")
    else:
        findings = scan(options.set / "code", tuple(options.kind.split(",")), options.confidence)
    findings = [relative(item, options.set / "code") for item in findings]
    flagged = flag(units, findings, options.exact)

    keys: dict[str, Callable[[Unit], str]] = {
        "cwe": lambda unit: f"CWE-{unit.cwes[0]}",
        "group": group_of,
        "set": lambda _: name,
    }
    rows: dict[str, Tally] = defaultdict(Tally)
    by_cwe: dict[int, Tally] = defaultdict(Tally)
    total = Tally()
    for unit in units:
        for tally in (rows[keys[options.by](unit)], by_cwe[unit.cwes[0]], total):
            tally.add(unit, *flagged[unit.id])
    print(
        f"{name}: {len(units)} units, {len(findings)} findings, {unmatched(units, findings)} of them outside of every unit"
    )
    show(rows, by_cwe, total)
    if options.misses:
        show_misses(units, flagged, findings)
    return 0


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path, metavar="SET")
    parser.add_argument(
        "--findings", type=Path, metavar="CSV", help="of any tool: path, line and cwe; paths relative to SET/code"
    )
    parser.add_argument("--tool", metavar="COMMAND", help="another tool, run in SET/code; it prints path,line,cwe,rule")
    parser.add_argument("--by", choices=("cwe", "group", "set"), default="cwe")
    parser.add_argument("--cwes", type=numbers, help="only units of these CWEs, joined by commas")
    parser.add_argument("--exact", action="store_true", help="only the labelled CWE itself counts")
    parser.add_argument("--kind", default="defect", help="kinds that count, joined by commas (default: %(default)s)")
    parser.add_argument(
        "--confidence", choices=CONFIDENCES, default="low", help="least confidence that counts (default: %(default)s)"
    )
    parser.add_argument(
        "--baseline", choices=("none", "all", "oracle"), help="score made-up findings: the ends of the scale"
    )
    parser.add_argument(
        "--misses", action="store_true", help="list flawed units that were not flagged, and sound ones that were"
    )
    return parser.parse_args()


def numbers(text: str) -> frozenset[int]:
    """Read numbers joined by commas."""
    return frozenset(int(part) for part in text.split(","))


def load_labels(path: Path) -> tuple[str, list[Unit]]:
    """Read either form of labels: a list of units, or files with the functions of test cases."""
    data = json.loads(path.read_text(encoding="utf-8"))
    units = units_of_functions(data) if "testcases" in data else [unit_of(entry) for entry in data["units"]]
    twice = [id for id, times in Counter(unit.id for unit in units).items() if times > 1]
    if twice:
        sys.exit(f"{path}: {len(twice)} units share an id, the first is {twice[0]}")
    return str(data.get("name", path.parent.name)), units


def unit_of(entry: dict[str, Any]) -> Unit:
    """Read one entry of `units`."""
    cwes = entry["cwe"] if isinstance(entry["cwe"], list) else [entry["cwe"]]
    places = tuple((place["path"], place["first"], place["last"]) for place in entry["places"])
    flaws = tuple((place["path"], place["line"]) for place in entry.get("flaws", ()))
    return Unit(entry["id"], entry.get("case", entry["id"]), entry["label"] == "bad", tuple(cwes), places, flaws)


def units_of_functions(data: dict[str, Any]) -> list[Unit]:
    """Join the functions of a test case that carry the same unit name."""
    places: dict[tuple[str, str, bool], list[tuple[str, int, int]]] = defaultdict(list)
    flaws: dict[tuple[str, str, bool], list[tuple[str, int]]] = defaultdict(list)
    for path, entry in sorted(data["files"].items()):
        for function in entry["functions"]:
            if function["unit"] is None:
                continue
            key = (entry["testcase"], function["unit"], function["label"] == "bad")
            places[key].append((path, function["start"], function["end"]))
            inside = (line for line in entry["flaw_lines"] if function["start"] <= line <= function["end"])
            flaws[key] += [(path, line) for line in inside if key[2]]
    cwes = {case: (entry["cwe"],) for case, entry in data["testcases"].items()}
    return [
        Unit(f"{case}:{unit}", case, bad, cwes[case], tuple(places[case, unit, bad]), tuple(flaws[case, unit, bad]))
        for case, unit, bad in sorted(places)
    ]


def baseline(units: list[Unit], kind: str) -> list[Finding]:
    """Make findings that flag nothing, everything, or exactly the flawed units."""
    if kind == "none":
        return []
    return [Finding(*unit.places[0][:2], frozenset(unit.cwes)) for unit in units if kind == "all" or unit.bad]


def relative(found: Finding, code: Path) -> Finding:
    """Make an absolute path relative to the code folder."""
    if not Path(found.path).is_absolute() or not Path(found.path).is_relative_to(code.resolve()):
        return found
    path = Path(found.path).relative_to(code.resolve()).as_posix()
    return Finding(path, found.line, found.cwes, found.rule, found.kind, found.confidence, found.function)


def flag(units: list[Unit], findings: list[Finding], exact: bool) -> dict[str, tuple[bool, bool]]:
    """Return for each unit whether it is flagged, and whether near its flaw."""
    by_path: dict[str, list[Finding]] = defaultdict(list)
    for found in findings:
        by_path[found.path].append(found)
    result = {}
    for unit in units:
        wanted = frozenset(unit.cwes) if exact else accepted(unit.cwes)
        fits = [
            found
            for path, first, last in unit.places
            for found in by_path.get(path, ())
            if first <= found.line <= last and found.cwes & wanted
        ]
        near = any(found.path == path and abs(found.line - line) <= NEAR for found in fits for path, line in unit.flaws)
        result[unit.id] = (bool(fits), near)
    return result


def unmatched(units: list[Unit], findings: list[Finding]) -> int:
    """Count findings in no place of any unit."""
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for unit in units:
        for path, first, last in unit.places:
            places[path].append((first, last))
    return sum(not any(first <= found.line <= last for first, last in places.get(found.path, ())) for found in findings)


def group_of(unit: Unit) -> str:
    """Return the first group of CWEs that the unit's own belongs to."""
    return next((group for group in GROUPS if unit.cwes[0] in MEMBERSHIP[group]), "other")


def show(rows: dict[str, Tally], by_cwe: dict[int, Tally], total: Tally) -> None:
    """Print one line a row, then all units together, then the means over the CWEs."""
    print("| | bad | good | TP | FP | recall | FPR | precision | F1 | discrimination | recall-FPR | near |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for name in sorted(rows, key=lambda key: (len(key), key)):
        show_row(name, rows[name])
    show_row("**all units**", total)
    flawed = [tally for tally in by_cwe.values() if tally.tp + tally.fn]
    sound = [tally for tally in by_cwe.values() if tally.fp + tally.tn]
    paired = [tally for tally in flawed if any(len({bad for bad, _ in case}) == 2 for case in tally.cases.values())]
    means = {key: mean(flawed, key) for key in ("recall", "precision", "F1")}
    means |= {"FPR": mean(sound, "FPR"), "discrimination": mean(paired, "discrimination")}
    seen = sum(tally.figures()["recall-FPR"] >= SEEN for tally in flawed)
    print(f"macro over {len(flawed)} CWEs: " + ", ".join(f"{key} {value:.3f}" for key, value in means.items()))
    print(f"recall-FPR {means['recall'] - means['FPR']:+.3f}; CWEs with recall-FPR >= {SEEN}: {seen} of {len(flawed)}")


def mean(tallies: list[Tally], key: str) -> float:
    """Return the mean of one figure."""
    return sum(tally.figures()[key] for tally in tallies) / len(tallies) if tallies else 0.0


def show_row(name: str, tally: Tally) -> None:
    """Print one line of the table."""
    cells = [name, tally.tp + tally.fn, tally.fp + tally.tn, tally.tp, tally.fp]
    cells += [f"{value:+.2f}" if key == "recall-FPR" else f"{value:.2f}" for key, value in tally.figures().items()]
    cells.append(f"{tally.near}/{tally.marked}" if tally.marked else "-")
    print("| " + " | ".join(map(str, cells)) + " |")


def show_misses(units: list[Unit], flagged: dict[str, tuple[bool, bool]], findings: list[Finding]) -> None:
    """Print every unit that was judged wrongly, with the rules that fired in it."""
    for unit in units:
        if unit.bad == flagged[unit.id][0]:
            continue
        inside = sorted(
            {
                f"{found.rule or '?'}@{found.line}"
                for path, first, last in unit.places
                for found in findings
                if found.path == path and first <= found.line <= last
            }
        )
        path, first, last = unit.places[0]
        kind = "missed" if unit.bad else "false alarm"
        print(f"{kind}: {path}:{first}-{last} CWE-{'/'.join(map(str, unit.cwes))} {', '.join(inside)}")


if __name__ == "__main__":
    sys.exit(main())
