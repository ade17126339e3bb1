"""Reads garbage collection logs given as text."""

from __future__ import annotations

import io

from rustplan.evidence import gc_jdk8, gc_unified
from rustplan.model.pauses import PauseGroup, PauseKind, PauseLog


def unified(text: str, *, budget_ms: float = 5.0, name: str = "gc.log") -> PauseLog:
    """A unified log."""
    return gc_unified.read(io.BytesIO(text.encode()), name=name, sha256="0" * 64, budget_ms=budget_ms)


def jdk8(text: str, *, budget_ms: float = 5.0, name: str = "gc.log") -> PauseLog:
    """A log of JDK 8."""
    return gc_jdk8.read(io.BytesIO(text.encode()), name=name, sha256="0" * 64, budget_ms=budget_ms)


def table(log: PauseLog) -> dict[tuple[str, str], tuple[int, float]]:
    """Count and total milliseconds by kind and cause."""
    return {(group.kind.value, group.cause): (group.count, group.total_ms) for group in log.groups}


def of_kind(log: PauseLog, kind: PauseKind) -> PauseGroup:
    """The only group of a kind."""
    (group,) = (group for group in log.groups if group.kind is kind)
    return group
