"""What share of the code was really read, and everything that was not."""

from __future__ import annotations

from collections import defaultdict

from rustplan.model.analysis import Coverage, LanguageCoverage
from rustplan.model.code_graph import CodeGraph
from rustplan.model.options import Depth
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.source import Language, Role, SkippedFile, SourceTree


def measure(
    tree: SourceTree,
    scan: TreeScan,
    graph: CodeGraph,
    depth: Depth = "full",
    rules_not_run: tuple[str, ...] = (),
    rules_in_part: tuple[str, ...] = (),
) -> Coverage:
    """Sum the parse coverage of every file; a skipped file of role `source` counts with all its bytes as unread.

    `rules_not_run` and `rules_in_part` are the rules that a scan of that depth leaves out, or asks less of.
    """
    skipped = tuple(sorted({*tree.skipped, *scan.skipped}))
    degraded = tuple(sorted({*tree.degraded, *(entry for file in scan.files for entry in file.degraded)}))
    return Coverage(
        share=share_read(tree, scan, skipped),
        languages=_by_language(scan),
        skipped=skipped,
        degraded=degraded,
        ignored=tree.ignored,
        other_files=tree.other_files,
        texts=tree.texts,
        calls=graph.calls,
        includes=graph.includes,
        unresolved=graph.unresolved,
        other_languages=tree.other_languages,
        depth=depth,
        rules_not_run=rules_not_run,
        rules_in_part=rules_in_part,
    )


def share_read(tree: SourceTree, scan: TreeScan, skipped: tuple[SkippedFile, ...]) -> float:
    """Share of the bytes of role `source` that the parser understood, 0-1. Nothing to read counts as 1."""
    read = [file.facts.coverage for file in scan.files if file.role is Role.SOURCE]
    total = sum(part.total_bytes for part in read)
    unread = sum(part.unread_bytes for part in read)
    roles = {file.path: file.role for file in tree.files}
    lost = sum(entry.size for entry in skipped if entry.language and roles.get(entry.path, Role.SOURCE) is Role.SOURCE)
    return 1.0 if total + lost == 0 else 1.0 - (unread + lost) / (total + lost)


def _by_language(scan: TreeScan) -> tuple[LanguageCoverage, ...]:
    groups: dict[tuple[Language, Role], list[FileScan]] = defaultdict(list)
    for file in scan.files:
        groups[file.facts.language, file.role].append(file)
    return tuple(
        LanguageCoverage(
            language=language,
            role=role,
            files=len(files),
            sloc=sum(file.facts.sloc for file in files),
            functions=sum(1 for file in files for function in file.facts.functions if function.has_body),
            bytes=sum(file.facts.coverage.total_bytes for file in files),
            unread_bytes=sum(file.facts.coverage.unread_bytes for file in files),
            masked_bytes=sum(file.facts.coverage.masked_bytes for file in files),
        )
        for (language, role), files in sorted(
            groups.items(), key=lambda item: (item[0][0].value, list(Role).index(item[0][1]))
        )
    )
