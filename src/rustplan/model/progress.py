"""One analysis as a point on the way: what a roadmap that is kept up has to show."""

from __future__ import annotations

import msgspec


class LanguageLines(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Code lines of role source in one language."""

    name: str
    lines: int
    is_memory_safe: bool


class ProgressPoint(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of one analysis that are followed over time. `date` is YYYY-MM-DD of its commit, None when it is not known.

    `languages` are those that were read or counted; `has_all_languages` is False when only C, C++ and Java were. `crossings` are symbols
    over the boundaries of all components on the memory-safety track, `baseline_size` the places that a baseline made of it holds.
    """

    project: str
    commit: str | None
    date: str | None
    tool: str
    rules_digest: str
    catalog_digest: str
    settings_digest: str
    data_digest: str
    languages: tuple[LanguageLines, ...]
    has_all_languages: bool
    findings: int
    crossings: int
    baseline_size: int
    highest_risk: float | None
    critical: int
    high: int
    coverage: float
    files_not_read: int

    @property
    def unsafe_lines(self) -> int:
        """Code lines in C and C++."""
        return sum(entry.lines for entry in self.languages if not entry.is_memory_safe)

    @property
    def safe_lines(self) -> int | None:
        """Code lines in the memory-safe languages that are counted, None when they were not all counted."""
        return sum(entry.lines for entry in self.languages if entry.is_memory_safe) if self.has_all_languages else None
