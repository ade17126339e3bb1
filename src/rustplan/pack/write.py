"""What a pack holds: the analysis, its views, the rules and settings behind it, and a statement that names them all by digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from rustplan.api import data_digest
from rustplan.errors import InputError
from rustplan.model.analysis import Analysis
from rustplan.model.options import ReportOptions
from rustplan.pack.container import STATEMENT, build
from rustplan.report import encode_analysis, render

ANALYSIS = "rustplan.json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:rustplan:predicate:analysis:1"
VIEWS = {"roadmap.html": "html", "roadmap.md": "markdown", "rustplan.sarif": "sarif-full", "tables": "csv"}
"""Drawn from the analysis: file (or folder) of the pack -> format."""

_PROMISE = (
    "Unsigned: sign this file with a tool of your choice. `rustplan verify PACK --repo FOLDER` computes everything "
    "again and names what differs. No agency produced or endorsed it, and it certifies nothing."
)


def make_pack(analysis: Analysis, options: ReportOptions) -> bytes:
    """Return the pack of an analysis. Raises InputError when the analysis was changed after it was written."""
    if data_digest(analysis) != analysis.data_digest:
        raise InputError(
            "the analysis was changed after rustplan wrote it: its digest is another",
            hint="scan again: rustplan scan PATH",
        )
    files = {ANALYSIS: encode_analysis(analysis), **draw_views(analysis, options), **_extracts(analysis)}
    return build({STATEMENT: _encoded(statement(analysis, options, files)), **files})


def draw_views(analysis: Analysis, options: ReportOptions) -> dict[str, bytes]:
    """Draw every view that a pack holds, by its name in the pack."""
    files: dict[str, bytes] = {}
    for name, format_ in VIEWS.items():
        drawn = render(analysis, format_, options)
        if isinstance(drawn, dict):
            files |= {f"{name}/{part}": text.encode() for part, text in drawn.items()}
        else:
            files[name] = drawn.encode() if isinstance(drawn, str) else drawn
    return files


def _extracts(analysis: Analysis) -> dict[str, bytes]:
    """Parts of the analysis that an auditor asks for by name."""
    return {
        "configuration.json": _encoded({"command": analysis.command, "settings": analysis.settings}),
        "coverage.json": _encoded(analysis.coverage),
        "rulebook.json": _encoded({"digest": analysis.tool.rules_digest, "rules": analysis.rules}),
    }


def statement(analysis: Analysis, options: ReportOptions, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return an in-toto statement about the files of a pack: https://github.com/in-toto/attestation, version 1."""
    subjects: list[dict[str, Any]] = [
        {"name": name, "digest": {"sha256": hashlib.sha256(files[name]).hexdigest()}} for name in sorted(files)
    ]
    if analysis.project.commit:
        subjects.append({"name": analysis.project.name, "digest": {"gitCommit": analysis.project.commit}})
    return {
        "_type": STATEMENT_TYPE,
        "subject": subjects,
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "tool": analysis.tool,
            "command": analysis.command,
            "date": analysis.project.date,
            "dataDigest": analysis.data_digest,
            "settingsDigest": analysis.settings_digest,
            "coverage": analysis.coverage.share,
            "evidence": _evidence(analysis),
            "reportOptions": options,
            "note": _PROMISE,
        },
    }


def _evidence(analysis: Analysis) -> list[dict[str, str]]:
    """Files besides the source that the analysis rests on, by digest; they are not in the pack."""
    told = [(one.name, one.sha256) for one in analysis.evidence.profiles]
    told += [(one.name, one.sha256) for one in (analysis.evidence.pauses.logs if analysis.evidence.pauses else ())]
    told += [(one.file, one.sha256) for one in analysis.evidence.imported]
    return [{"name": name, "sha256": digest} for name, digest in sorted(set(told))]


def _encoded(document: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document, order="sorted"), indent=1) + b"\n"
