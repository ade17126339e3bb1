"""A small tree, and SARIF logs to bring into it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rustplan.evidence import read_sarif
from rustplan.model.evidence import Evidence
from rustplan.model.facts import FileFacts, Measures, ParseCoverage
from rustplan.model.finding import Confidence, Finding, Kind, RuleSummary, Severity
from rustplan.model.imported import ImportedFinding, ImportedRun
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.source import Language, Role

PATHS = ("lib/url.c", "lib/vtls/open ssl.c", "src/main.c", "tests/url.c", "util.c", "x/dup.c", "y/dup.c")


def tree(*findings: Finding, paths: Iterable[str] = PATHS) -> TreeScan:
    return TreeScan(
        files=tuple(
            FileScan(
                path=path,
                role=Role.SOURCE,
                sha256="",
                findings=tuple(finding for finding in findings if finding.path == path),
                facts=FileFacts(
                    language=Language.C,
                    lines=500,
                    sloc=400,
                    coverage=ParseCoverage(total_bytes=1, function_bytes=1, unread_bytes=0),
                    measures=Measures(),
                ),
            )
            for path in sorted(paths)
        )
    )


def own(path: str, line: int, *, cwe: int | None = 787, rule: str = "index-out-of-bounds", **more: Any) -> Finding:
    values: dict[str, Any] = {"kind": Kind.DEFECT, "severity": Severity.HIGH, "confidence": Confidence.MEDIUM} | more
    return Finding(
        rule=rule, path=path, line=line, column=1, end_line=line, end_column=2, message="own", cwe=cwe, **values
    )


def result(uri: str = "lib/url.c", line: int = 10, *, rule: str = "R787", **more: Any) -> dict[str, Any]:
    place = {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}}
    return {"ruleId": rule, "message": {"text": "said"}, "locations": [place]} | more


def described(*cwes: int) -> list[dict[str, Any]]:
    return [{"id": f"R{cwe}", "properties": {"tags": [f"external/cwe/cwe-{cwe:03d}"]}} for cwe in cwes]


def run(*results: Any, tool: str = "Probe", rules: list[Any] | None = None, **more: Any) -> dict[str, Any]:
    known = described(787, 125, 416, 476, 190) if rules is None else rules
    return {"tool": {"driver": {"name": tool, "version": "1.0", "rules": known}}, "results": list(results)} | more


def log(*runs: Any, **more: Any) -> dict[str, Any]:
    return {"version": "2.1.0", "runs": list(runs)} | more


def written(folder: Path, document: Any, name: str = "log.sarif") -> Path:
    path = folder / name
    path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
    return path


def evidence_of(*paths: Path, scan: TreeScan | None = None, rules: Iterable[RuleSummary] = ()) -> Evidence:
    return read_sarif(paths, Evidence(), tree() if scan is None else scan, (), rules)


def imported(folder: Path, *results: Any, scan: TreeScan | None = None, **more: Any) -> tuple[ImportedFinding, ...]:
    return evidence_of(written(folder, log(run(*results, **more))), scan=scan).imported_findings


def only(folder: Path, value: Any, **more: Any) -> ImportedFinding:
    (finding,) = imported(folder, value, **more)
    return finding


def run_of(folder: Path, *results: Any, **more: Any) -> ImportedRun:
    (one,) = evidence_of(written(folder, log(run(*results, **more)))).imported
    return one
