"""One finding a line, as JSON, with its component, role and fingerprint: for `jq`, `grep` and log stores."""

from __future__ import annotations

import json

import msgspec

from rustplan.model.analysis import Analysis
from rustplan.model.finding import Kind
from rustplan.report.lookup import Lookup, fingerprints


def render_json_lines(analysis: Analysis, kinds: tuple[Kind, ...] = ()) -> str:
    """Return the findings of every role, in the order of the analysis; with `kinds`, those only."""
    lookup = Lookup(analysis)
    lines = []
    for finding, fingerprint in zip(analysis.findings, fingerprints(analysis.findings), strict=True):
        if kinds and finding.kind not in kinds:
            continue
        place = {
            "component": lookup.owners.get(finding.path),
            "role": lookup.role(finding.path).value,
            "fingerprint": fingerprint,
        }
        lines.append(json.dumps({**msgspec.to_builtins(finding), **place}, separators=(",", ":"), allow_nan=False))
    return "".join(f"{line}\n" for line in lines)
