"""The one versioned document that every output is a view of."""

from __future__ import annotations

from typing import Any

import msgspec

from rustplan.model.code_graph import LinkCounts, Unresolved
from rustplan.model.component import ComponentGraph
from rustplan.model.evidence import Evidence
from rustplan.model.finding import Excerpt, Finding, RuleSummary
from rustplan.model.options import Depth
from rustplan.model.roadmap import Roadmap
from rustplan.model.score import Scorecard
from rustplan.model.source import (
    BuildTarget,
    DegradedFile,
    IgnoredPath,
    Language,
    OtherLanguage,
    Project,
    Role,
    SkippedFile,
    TextFile,
)
from rustplan.model.suppression import Suppression

SCHEMA_VERSION = "1"


class LanguageCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of one language in one role. Shares are 0-1 of bytes."""

    language: Language
    role: Role
    files: int
    sloc: int
    functions: int
    bytes: int
    unread_bytes: int
    masked_bytes: int

    @property
    def share_read(self) -> float:
        """Share of the bytes that the parser understood."""
        return 1.0 if self.bytes == 0 else 1.0 - self.unread_bytes / self.bytes


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """What share of the code was really read, and everything that was not. `share` (0-1) counts role `source`, skipped files included, by bytes.

    `texts` are the build, packaging and CI files that rules looked into; they count in no share.
    `other_languages` are the memory-safe languages whose lines are counted and not read; None when they were not counted.
    `depth` surface never started the defect engine: `rules_not_run` are the ids of the rules that looked for nothing because of it,
    `rules_in_part` of those that would have found more.
    """

    share: float
    languages: tuple[LanguageCoverage, ...] = ()
    skipped: tuple[SkippedFile, ...] = ()
    degraded: tuple[DegradedFile, ...] = ()
    ignored: tuple[IgnoredPath, ...] = ()
    other_files: int = 0
    texts: tuple[TextFile, ...] = ()
    calls: LinkCounts = LinkCounts()
    includes: LinkCounts = LinkCounts()
    unresolved: tuple[Unresolved, ...] = ()
    other_languages: tuple[OtherLanguage, ...] | None = None
    depth: Depth = "full"
    rules_not_run: tuple[str, ...] = ()
    rules_in_part: tuple[str, ...] = ()


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """Which rustplan, which rules, which facts, and which installed plugins, in words."""

    name: str
    version: str
    rules_digest: str
    catalog_digest: str
    plugins: tuple[str, ...] = ()


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one scan learnt. Byte-identical for identical input, settings, rules and version.

    `command` is the normalised command line; `settings_digest` the SHA-256 of the settings in effect; `findings` are sorted by
    path, line, column and rule. `suppressions` are the comments that accept findings, with what they accept: those are not among `findings`.
    """

    schema: str
    tool: Tool
    project: Project
    command: str
    settings: dict[str, Any]
    settings_digest: str
    coverage: Coverage
    findings: tuple[Finding, ...]
    rules: tuple[RuleSummary, ...]
    targets: tuple[BuildTarget, ...]
    graph: ComponentGraph
    evidence: Evidence
    scorecard: Scorecard
    roadmap: Roadmap
    excerpts: tuple[Excerpt, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    data_digest: str = ""
