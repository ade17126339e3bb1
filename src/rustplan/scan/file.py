"""One file: parse it, match all queries over its tree once, and keep facts and findings only."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from rustplan.flow.engine import FlowResult, run_file
from rustplan.flow.events import Event
from rustplan.flow.models import Models
from rustplan.languages import (
    NO_WORDS,
    LanguageSupport,
    MacroWords,
    Prepared,
    lines_added,
    support,
    with_other_arms,
)
from rustplan.model.facts import FileFacts
from rustplan.model.finding import Finding
from rustplan.model.options import Depth
from rustplan.model.scan import FileScan, FlowFacts
from rustplan.model.source import DegradedFile, DegradeReason, Language, Role, SkippedFile, SkipReason, SourceFile
from rustplan.model.suppression import SuppressionComment
from rustplan.plugins import prepared as prepared_text
from rustplan.rulebook import CompiledRules, Rulebook, compile_rules
from rustplan.rulebook.marks import Statements
from rustplan.rulebook.suppressions import WORD as SUPPRESSION
from rustplan.rulebook.suppressions import read_suppressions
from rustplan.scan.across import Sources, named
from rustplan.scan.read import Place, read_source
from rustplan.syntax import QuerySet

UNREAD_SHARE_WORTH_SAYING = 0.02
"""A file is listed as read in part when more than this share of its bytes lies under parse errors."""


def scan_bytes(path: str, role: Role, language: Language, data: bytes, rulebook: Rulebook) -> FileScan:
    """Return facts and findings of one file's bytes; `path` is only a label."""
    if rulebook.digest not in _scanners:
        _scanners.clear()
        _scanners[rulebook.digest] = Scanner(rulebook)
    return _scanners[rulebook.digest].scan_bytes(path, role, language, data)


_scanners: dict[str, Scanner] = {}
"""The scanner of the last rulebook, by its digest: compiling queries takes longer than most files."""


class Scanner:
    """A rulebook made ready to scan: queries are compiled when a language is first met, once for all its files.

    `words` are the macros that the tree around the files defines; `depth` surface never starts the defect engine.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        words: MacroWords = NO_WORDS,
        sources: Sources | None = None,
        depth: Depth = "full",
    ) -> None:
        self._runs_engine = depth == "full"
        self._rulebook = rulebook
        self._words = words
        self._sources = sources
        self._models = Models(rulebook.models)
        self._rule_ids = frozenset(rule.id for rule in rulebook.rules)
        self._readers: dict[Language, _Reader] = {}

    @property
    def is_stale(self) -> bool:
        """True once a file was met that changed while the tree was scanned: what is made from here on must not be kept."""
        return self._sources is not None and self._sources.is_stale

    def scan_file(self, root: Place, file: SourceFile) -> FileScan | SkippedFile:
        """Scan one file of the tree. A defect of rustplan itself is a reason like any other: it must not end the scan."""
        data = read_source(root, file)
        if isinstance(data, SkippedFile):
            return data
        try:
            return self.scan_bytes(file.path, file.role, file.language, data)
        except Exception as error:  # noqa: BLE001 - whatever one file provokes, the others are still read, and it is reported
            return SkippedFile(
                path=file.path,
                reason=SkipReason.CRASHED,
                detail=f"{type(error).__name__}: {error} (a bug in rustplan: please report)",
                language=file.language,
                size=file.size,
            )

    def scan_bytes(self, path: str, role: Role, language: Language, data: bytes) -> FileScan:
        """Return facts and findings of one file's bytes."""
        reader = self._reader(language)
        prepared = reader.support.prepare(prepared_text(path, data), self._words)
        flow = self._run(path, prepared) if self._runs_engine and reader.rules.asks_events else FlowResult()
        comments = self._suppressions(path, prepared)
        facts, findings = reader.read(path, prepared, flow.events, comments)
        return FileScan(
            path=path,
            role=role,
            sha256=hashlib.sha256(data).hexdigest(),
            facts=facts,
            findings=findings,
            degraded=_degraded(path, prepared, facts, flow),
            comments=comments,
            flow=_facts_of_flow(flow),
        )

    def _suppressions(self, path: str, prepared: Prepared) -> tuple[SuppressionComment, ...]:
        """The comments that accept findings; hardly any file has one."""
        if SUPPRESSION not in prepared.original:
            return ()
        statements = Statements(prepared.code)
        return read_suppressions(path, prepared.original, prepared.comments, statements, self._rule_ids)

    def _run(self, path: str, prepared: Prepared) -> FlowResult:
        """Run the functions of a C or C++ file."""
        if prepared.language is Language.JAVA:
            return FlowResult()
        try:
            included = None
            if self._sources is not None:
                self._sources.keep(path, prepared)
                included = self._sources.headers.of(path, prepared.text)
            return run_file(path, prepared.language, prepared.text, prepared.tree, self._models, included)
        except Exception as error:  # noqa: BLE001 - facts and surface of the file stand without the engine, and it is reported
            return FlowResult(
                failure=f"the defect engine failed: {type(error).__name__} (a bug in rustplan: please report)"
            )

    def _reader(self, language: Language) -> _Reader:
        if language not in self._readers:
            self._readers[language] = _make_reader(language, self._rulebook)
        return self._readers[language]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    support: LanguageSupport
    rules: CompiledRules
    queries: QuerySet

    def read(
        self,
        path: str,
        prepared: Prepared,
        events: Sequence[Event] = (),
        comments: Sequence[SuppressionComment] = (),
    ) -> tuple[FileFacts, tuple[Finding, ...]]:
        """Match the queries, and turn their captures into facts and findings; once more for each arm that was left out at first."""
        matches = self.queries.by_name(prepared.tree.root_node)
        facts = self.support.extract(prepared, prepared.tree, matches)
        findings = [*self.rules.find(path, prepared, prepared.tree, matches, facts, events, comments=comments)]
        for other in prepared.others:
            matches = self.queries.by_name(other.tree.root_node)
            more = self.support.extract(other, other.tree, matches)
            fresh = lines_added(other, facts, more)
            findings += self.rules.find(path, other, other.tree, matches, more, wanted=fresh, comments=comments)
            facts = with_other_arms(facts, more, other)
        return facts, tuple(sorted(findings, key=lambda finding: (finding.line, finding.column, finding.rule)))


def _make_reader(language: Language, rulebook: Rulebook) -> _Reader:
    facts, rules = support(language), compile_rules(rulebook, language)
    return _Reader(support=facts, rules=rules, queries=QuerySet(language, {**facts.queries, **rules.queries}))


def _facts_of_flow(flow: FlowResult) -> FlowFacts:
    foreign = ((offset, name, is_hot) for offset, called in flow.foreign.items() for name, is_hot in called.items())
    return FlowFacts(effects=tuple(sorted(flow.effects.items())), foreign=tuple(sorted(foreign)))


def _degraded(path: str, prepared: Prepared, facts: FileFacts, flow: FlowResult) -> tuple[DegradedFile, ...]:
    found = [DegradedFile(path=path, reason=reason, detail=detail) for reason, detail in prepared.degraded]
    is_said = any(each.reason in (DegradeReason.PARSE_ERRORS, DegradeReason.NESTED_TOO_DEEP) for each in found)
    if not is_said and 1.0 - facts.coverage.share_read > UNREAD_SHARE_WORTH_SAYING:
        detail = f"{facts.coverage.unread_bytes} of {facts.coverage.total_bytes} bytes were not understood"
        found.append(DegradedFile(path=path, reason=DegradeReason.PARSE_ERRORS, detail=detail))
    if flow.degraded or flow.failure:
        names = named(name for name, _ in flow.degraded)
        who = "1 function was" if len(flow.degraded) == 1 else f"{len(flow.degraded)} functions were"
        detail = flow.failure or f"{who} not followed to the end: {names}"
        found.append(DegradedFile(path=path, reason=DegradeReason.ANALYSIS_CUT_SHORT, detail=detail))
    return tuple(sorted(found))
