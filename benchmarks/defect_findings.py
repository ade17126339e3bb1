"""What the scripts that measure defect rules share: reading findings, running a scan, and which CWEs count as the same weakness."""

from __future__ import annotations

import csv
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

CONFIDENCES = ("low", "medium", "high")
DEFECTS = ("defect",)


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of a findings table; `kind`, `confidence` and `function` are empty where a tool gives none."""

    path: str
    line: int
    cwes: frozenset[int]
    rule: str = ""
    kind: str = ""
    confidence: str = ""
    function: str = ""


# Tools name the same slip at different heights of the CWE tree. A label of one CWE accepts every CWE of the groups it belongs to.
GROUPS: dict[str, frozenset[int]] = {
    "bounds": frozenset({118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 129, 130, 131, 135, 170, 193, 242, 251, 464, 466, 676, 680,
                         785, 786, 787, 788, 805, 806, 823, 839}),
    "arithmetic": frozenset({128, 189, 190, 191, 192, 194, 195, 196, 197, 198, 680, 681, 682, 704, 839, 1335}),
    "lifetime": frozenset({415, 416, 590, 672, 761, 762, 763, 825, 1341}),
    "null": frozenset({252, 253, 395, 476, 690, 754}),
    "uninitialised": frozenset({456, 457, 665, 758, 824, 908, 909}),
    "leak": frozenset({401, 404, 459, 771, 772, 773, 775, 911}),
    "type": frozenset({119, 125, 188, 465, 587, 588, 704, 758, 787, 822, 823, 843}),
    "race": frozenset({362, 364, 366, 432, 479, 543, 567, 662, 667, 764, 765, 820, 821, 828, 832, 833, 1058}),
    "arguments": frozenset({134, 628, 685, 686, 688}),
    "size": frozenset({130, 131, 687, 789, 805}),
    "pointer arithmetic": frozenset({188, 465, 468, 469, 682, 823}),
    "allocation": frozenset({131, 190, 195, 400, 680, 687, 770, 789, 1284}),
    "escaping address": frozenset({121, 416, 466, 562, 825}),
}  # fmt: skip
MEMBERSHIP: dict[str, tuple[int, ...]] = {
    "bounds": (118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 129, 130, 131, 135, 170, 193, 242, 467, 468, 665, 676, 680, 785, 786,
               787, 788, 805, 806, 823),
    "arithmetic": (128, 189, 190, 191, 192, 194, 195, 196, 197, 680, 681, 1335),
    "lifetime": (415, 416, 590, 761, 762, 763, 825),
    "null": (252, 253, 476, 690, 754, 758),
    "uninitialised": (456, 457, 665, 758, 824, 908),
    "leak": (401, 404, 772, 773, 775),
    "type": (188, 588, 843),
    "race": (362, 364, 366, 479),
    "arguments": (134, 685, 686, 688),
    "size": (194, 195),
    "pointer arithmetic": (468,),
    "allocation": (789,),
    "escaping address": (562,),
}  # fmt: skip
SINGLE: dict[int, frozenset[int]] = {
    134: frozenset({133}),
    188: frozenset({468}),
    369: frozenset({682}),
    416: frozenset({562}),
    467: frozenset({131, 135, 682, 687}),
    469: frozenset({465, 468, 682}),
    475: frozenset({119, 120, 121, 122, 628, 687, 688, 758}),
    480: frozenset({481, 482, 570, 571, 597, 783}),
    587: frozenset({242, 344, 465, 758, 822}),
    666: frozenset({672, 675, 910}),
    672: frozenset({416, 666, 825, 910, 1341}),
    674: frozenset({400, 834, 835}),
    675: frozenset({415, 672, 910, 1341}),
    680: frozenset({789}),
    758: frozenset({398, 475, 562}),
}


def accepted(cwes: Iterable[int]) -> frozenset[int]:
    """Return the CWEs of a finding that count as having named one of `cwes`."""
    wanted = set(cwes)
    result = set(wanted)
    for cwe in wanted:
        result |= SINGLE.get(cwe, frozenset())
        for group, members in MEMBERSHIP.items():
            if cwe in members:
                result |= GROUPS[group]
    return frozenset(result)


def read_findings(path: Path, kinds: Sequence[str] = DEFECTS, confidence: str = "low") -> list[Finding]:
    """Read a CSV with at least `path` and `line`; a finding without a kind or a confidence is kept."""
    if path.is_dir():
        path /= "findings.csv"
    least = CONFIDENCES.index(confidence)
    found = []
    with path.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            kind, level = row.get("kind") or "", row.get("confidence") or ""
            if (kind and kind not in kinds) or (level in CONFIDENCES and CONFIDENCES.index(level) < least):
                continue
            cwes = frozenset(
                int(part.upper().removeprefix("CWE-")) for part in (row.get("cwe") or "").split(";") if part.strip()
            )
            names = (row.get("rule") or "", kind, level, row.get("function") or "")
            found.append(Finding(row["path"], int(row["line"]), cwes, *names))
    return sorted(found, key=position)


def scan(code: Path, kinds: Sequence[str] = DEFECTS, confidence: str = "low") -> list[Finding]:
    """Run `rustplan scan` on a folder as a user would, and return its findings."""
    with tempfile.TemporaryDirectory() as folder:
        return read_findings(write_tables(code, Path(folder)), kinds, confidence)


def run_tool(command: str, code: Path) -> list[Finding]:
    """Run another tool in a folder; the lines `path,line,cwe,rule` of its two outputs are its findings."""
    done = subprocess.run(shlex.split(command), cwd=code, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode != 0:
        sys.exit(f"{command} in {code} ended with {done.returncode}: {done.stderr[-2000:]}")
    found = set()
    for line in (done.stdout + "\n" + done.stderr).splitlines():
        cells = line.split(",")
        if len(cells) == 4 and cells[1].isdigit():
            path = Path(cells[0]).relative_to(code) if Path(cells[0]).is_relative_to(code) else Path(cells[0])
            found.add(
                Finding(
                    path.as_posix(), int(cells[1]), frozenset({int(cells[2])} if cells[2].isdigit() else ()), cells[3]
                )
            )
    return sorted(found, key=position)


def position(item: Finding) -> tuple[str, int, str, list[int]]:
    """Return what findings are sorted by."""
    return item.path, item.line, item.rule, sorted(item.cwes)


def write_tables(code: Path, folder: Path, options: Sequence[str] = ()) -> Path:
    """Run `rustplan scan` on `code`; return the folder with its tables."""
    tables = folder / "tables"
    command = [sys.executable, "-m", "rustplan", "scan", str(code.resolve()), "--isolated", "--findings-only", "-q"]
    command += ["-o", f"csv={tables}", *options]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"}
    )
    if done.returncode not in (0, 3):
        sys.exit(f"rustplan scan {code} ended with {done.returncode}: {done.stderr[-2000:]}")
    return tables


def share(part: int, whole: int) -> float:
    """Return part / whole, 0 where there is nothing."""
    return part / whole if whole else 0.0
