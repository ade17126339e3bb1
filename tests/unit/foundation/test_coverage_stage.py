from __future__ import annotations

from rustplan.coverage import measure
from rustplan.model.code_graph import CodeGraph
from rustplan.model.facts import FileFacts, ParseCoverage
from rustplan.model.scan import FileScan, TreeScan
from rustplan.model.source import Language, Project, Role, SkippedFile, SkipReason, SourceFile, SourceTree


def scanned(path: str, *, total: int, unread: int, role: Role = Role.SOURCE) -> FileScan:
    coverage = ParseCoverage(total_bytes=total, function_bytes=0, unread_bytes=unread)
    return FileScan(
        path=path, role=role, sha256="", facts=FileFacts(language=Language.C, lines=1, sloc=1, coverage=coverage)
    )


def tree(*skipped: SkippedFile, files: tuple[SourceFile, ...] = ()) -> SourceTree:
    return SourceTree(project=Project(name="p"), skipped=skipped, files=files)


def skip(path: str, size: int) -> SkippedFile:
    return SkippedFile(path=path, reason=SkipReason.TOO_LARGE, language=Language.C, size=size)


def test_unread_bytes_and_skipped_files_lower_the_share() -> None:
    scan = TreeScan(files=(scanned("a.c", total=80, unread=10),), skipped=())
    assert measure(tree(), scan, CodeGraph()).share == 1 - 10 / 80
    assert measure(tree(skip("b.c", 20)), scan, CodeGraph()).share == 1 - 30 / 100


def test_tests_count_neither_as_read_nor_as_lost() -> None:
    files = (SourceFile(path="t.c", language=Language.C, role=Role.TEST, size=900),)
    scan = TreeScan(files=(scanned("a.c", total=100, unread=0), scanned("u.c", total=100, unread=100, role=Role.TEST)))
    assert measure(tree(skip("t.c", 900), files=files), scan, CodeGraph()).share == 1.0


def test_a_file_skipped_by_walk_and_scan_is_listed_once() -> None:
    entry = skip("b.c", 20)
    assert measure(tree(entry), TreeScan(skipped=(entry,)), CodeGraph()).skipped == (entry,)


def test_nothing_to_read_is_fully_read() -> None:
    assert measure(tree(), TreeScan(), CodeGraph()).share == 1.0
