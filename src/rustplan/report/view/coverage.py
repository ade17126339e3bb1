"""Section 9, first part: what was read and everything that was not, by reason, with lists."""

from __future__ import annotations

from collections import defaultdict

from rustplan.model.source import DegradedFile, IgnoredPath, SkippedFile
from rustplan.report.depth_words import depth_note
from rustplan.report.escape import clip, visible
from rustplan.report.view.lookup import PageIndex, shown
from rustplan.report.view.numbers import counted, percent, size_of, whole
from rustplan.report.view.shapes import Group, View
from rustplan.report.view.words import EDGE_WORDS, ROLE_WORDS, UNRESOLVED_WORDS, reason_words

LISTED = 40


class LanguageRow(View, frozen=True, kw_only=True):
    """One language in one role."""

    language: str
    role: str
    files: str
    lines: str
    functions: str
    share: str
    unread: str
    masked: str


class CoverageView(View, frozen=True, kw_only=True):
    """The coverage of the source, and of the graph that was made of it."""

    share: str
    depth: str
    languages: tuple[LanguageRow, ...]
    other_files: str
    skipped: tuple[Group, ...]
    degraded: tuple[Group, ...]
    ignored: tuple[Group, ...]
    links: tuple[tuple[str, str, str, str, str], ...]
    unresolved: tuple[Group, ...]
    unassigned: Group | None


def build_coverage(index: PageIndex) -> CoverageView:
    """Return what was read; unread code is unknown, never safe."""
    coverage = index.analysis.coverage
    return CoverageView(
        share=percent(coverage.share),
        depth=depth_note(coverage),
        languages=_languages(index),
        other_files=counted(coverage.other_files, "file"),
        skipped=_skipped(coverage.skipped),
        degraded=_degraded(coverage.degraded),
        ignored=_ignored(coverage.ignored),
        links=_links(index),
        unresolved=_unresolved(index),
        unassigned=_unassigned(index),
    )


def _languages(index: PageIndex) -> tuple[LanguageRow, ...]:
    return tuple(
        LanguageRow(
            language=entry.language.label,
            role=ROLE_WORDS[entry.role],
            files=whole(entry.files),
            lines=whole(entry.sloc),
            functions=whole(entry.functions),
            share=percent(entry.share_read),
            unread=size_of(entry.unread_bytes) if entry.unread_bytes else "none",
            masked=size_of(entry.masked_bytes) if entry.masked_bytes else "none",
        )
        for entry in index.analysis.coverage.languages
    )


def _skipped(files: tuple[SkippedFile, ...]) -> tuple[Group, ...]:
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for entry in files:
        groups[reason_words(entry.reason)].append((shown(entry.path), visible(entry.detail)))
    return _groups(groups)


def _degraded(files: tuple[DegradedFile, ...]) -> tuple[Group, ...]:
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for entry in files:
        groups[reason_words(entry.reason)].append((shown(entry.path), visible(entry.detail)))
    return _groups(groups)


def _ignored(paths: tuple[IgnoredPath, ...]) -> tuple[Group, ...]:
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for entry in paths:
        groups[f"by {shown(entry.origin, 60)}"].append((shown(entry.path), f"pattern {shown(entry.pattern, 60)}"))
    return _groups(groups)


def _unresolved(index: PageIndex) -> tuple[Group, ...]:
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for entry in sorted(index.analysis.coverage.unresolved, key=lambda entry: (-entry.count, entry)):
        words = f"{counted(entry.count, 'place')}, first {shown(entry.path, 80)}:{entry.line}"
        groups[f"{UNRESOLVED_WORDS[entry.kind]} ({EDGE_WORDS[entry.edge]})"].append((shown(entry.reference, 80), words))
    return _groups(groups)


def _unassigned(index: PageIndex) -> Group | None:
    paths = index.analysis.graph.unassigned
    if not paths:
        return None
    return _group("in no component", [(shown(path), "") for path in paths])


def _groups(groups: dict[str, list[tuple[str, str]]]) -> tuple[Group, ...]:
    """Largest group first; each lists its first entries and says how many more there are."""
    return tuple(
        _group(words, rows) for words, rows in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    )


def _group(words: str, rows: list[tuple[str, str]]) -> Group:
    more = len(rows) - LISTED
    shown_rows = tuple((name, clip(detail, 160)) for name, detail in rows[:LISTED])
    return Group(
        words=words,
        count=whole(len(rows)),
        rows=shown_rows,
        more=f"{whole(more)} more in rustplan.json." if more > 0 else "",
    )


def _links(index: PageIndex) -> tuple[tuple[str, str, str, str, str], ...]:
    coverage = index.analysis.coverage
    rows = (("calls", coverage.calls), ("includes and imports", coverage.includes))
    return tuple(
        (name, whole(count.resolved), whole(count.ambiguous), whole(count.external), whole(count.unknown))
        for name, count in rows
    )
