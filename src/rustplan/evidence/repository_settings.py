"""What the scanned files say about the collector and the memory of the program, for the advice on pauses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rustplan.model.finding import Finding
from rustplan.model.scan import TreeScan

_FLAG = re.compile(r"`(-[XD][^`]{1,200})`")
_LIMIT = re.compile(r"`mem(?:ory|_limit)[\"']?: *[\"']?([0-9]{1,12}(?:\.[0-9]{1,3})?)([kKmMgG]?)i?[bB]?[\"']?`")
_MEBIBYTES = {"": 1 / 1048576, "k": 1 / 1024, "m": 1.0, "g": 1024.0}


def collector_flags(scan: TreeScan) -> tuple[str, ...]:
    """Flags of the collector that files of the repository set, sorted."""
    return tuple(sorted({found for finding in _of(scan, "gc-flags") for found in _FLAG.findall(finding.message)}))


def memory_limit_mb(scan: TreeScan) -> float | None:
    """The container's memory limit in MiB where the repository names exactly one; None otherwise."""
    texts = (found for finding in _of(scan, "small-memory-target") for found in _LIMIT.findall(finding.message))
    limits = {float(number) * _MEBIBYTES[unit.lower()] for number, unit in texts}
    return limits.pop() if len(limits) == 1 else None


def _of(scan: TreeScan, rule: str) -> Iterator[Finding]:
    return (finding for finding in scan.texts if finding.rule == rule)
