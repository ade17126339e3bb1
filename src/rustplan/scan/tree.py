"""All files of a tree, in as many processes as are worth it; the result is the same for any number of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import msgspec

from rustplan.languages import MacroLearner, MacroWords
from rustplan.model.finding import Finding
from rustplan.model.options import ScanOptions
from rustplan.model.scan import FileScan, FlowFacts, TreeScan
from rustplan.model.source import DegradedFile, Language, SkippedFile, SourceFile, SourceTree
from rustplan.rulebook import Rulebook
from rustplan.scan.across import C_FAMILY, Sources, header_paths, scan_across
from rustplan.scan.cache import Cache, TreeCache
from rustplan.scan.executors import Executor, LocalPool, Order
from rustplan.scan.file import Scanner
from rustplan.scan.pool import Failure
from rustplan.scan.read import Place, read_source
from rustplan.scan.texts import Texts, find_in_texts, read_texts

SMALL_FILES, SMALL_BYTES, SMALL_FILE_BYTES = 40, 300_000, 64_000
"""Below all three a tree is read in this process: starting another takes longer, and files this small cannot hurt it."""

BATCHES_A_JOB = 8
LEAST_BATCH_BYTES, MOST_BATCH_BYTES = 50_000, 1_000_000

Progress = Callable[[int, int], None]
"""Called with files done and files in all."""


class Survey(NamedTuple):
    """What is known of a tree before any of its files is parsed. `of_tree` is the part of the cache that fits it; None without a cache."""

    words: MacroWords
    texts: Texts
    not_read: tuple[SkippedFile, ...]
    of_tree: TreeCache | None = None

    @property
    def is_whole(self) -> bool:
        """True while every file was read as it was fingerprinted, and nothing was given up."""
        return self.of_tree is not None and self.of_tree.is_whole

    def hashes_of(self, tree: SourceTree) -> tuple[tuple[str, bytes], ...] | None:
        """Path and SHA-256 of every file of the tree, sorted; None when one is missing."""
        if self.of_tree is None:
            return None
        hashes = self.of_tree.hashes
        known = (*tree.files, *tree.headers)
        return tuple(sorted(hashes.items())) if all(file.path in hashes for file in known) else None


def survey(root: Path, tree: SourceTree, rulebook: Rulebook, options: ScanOptions, cache: Cache | None) -> Survey:
    """Learn the macros of all C and C++ files and read the texts; with a cache also fingerprint every file."""
    known = (*tree.files, *tree.headers)
    texts, not_read = read_texts(root, tree.texts)
    if cache is None:
        return Survey(learn_macros(root, known), texts, not_read)
    identities = cache.identify(root, known, options)
    return Survey(identities.words, texts, not_read, cache.of_tree(identities, rulebook, options))


def scan_tree(
    root: Path,
    tree: SourceTree,
    rulebook: Rulebook,
    options: ScanOptions,
    progress: Progress | None = None,
    surveyed: Survey | None = None,
    executor: Executor | None = None,
) -> TreeScan:
    """Read all of `tree.files` below `root`. A file that cannot be read, hangs or crashes its worker is skipped with the reason.

    What the cache of the survey knows is not read again. Without an `executor` this machine does the work.
    """
    if surveyed is None:
        surveyed = survey(root, tree, rulebook, options, None)
    of_tree = surveyed.of_tree
    known = (*tree.files, *tree.headers)
    kept = {} if of_tree is None else of_tree.scans(tree.files)
    left = [file for file in tree.files if file.path not in kept] if kept else tree.files
    files: list[FileScan] = list(kept.values())
    skipped: list[SkippedFile] = []
    work = _Work(root, known, rulebook, surveyed.words, options, None if of_tree is None else of_tree.hashes)
    sources = work.sources()
    with closing(_outcomes(root, work, left, executor, sources)) as outcomes:
        for done, (outcome, is_stale) in enumerate(outcomes, start=1 + len(kept)):
            if isinstance(outcome, SkippedFile):
                skipped.append(outcome)
            else:
                files.append(outcome)
            if of_tree is not None:
                of_tree.keep_scan(outcome, is_stale=is_stale)
            if progress is not None:
                progress(done, len(tree.files))
    if options.depth == "full":
        files.sort(key=lambda file: file.path)
        jobs = 1 if _is_small(tree.files) or not sys.executable else _jobs(options)
        across, cut_short = scan_across(
            root, known, files, rulebook, surveyed.words, options, jobs, of_tree, executor, sources
        )
    else:
        across, cut_short = [], []
    return TreeScan(
        files=tuple(sorted(_with_second_pass(files, across, cut_short), key=lambda file: file.path)),
        skipped=tuple(sorted([*skipped, *surveyed.not_read])),
        texts=find_in_texts(surveyed.texts, rulebook) if of_tree is None else of_tree.of_texts(surveyed.texts),
    )


def sources_of(
    root: Place, files: Sequence[SourceFile], words: MacroWords, hashes: Mapping[str, bytes] | None = None
) -> Sources:
    """The C and C++ files of the tree as the engine asks for them."""
    return Sources(root, {file.path: file for file in files if file.language in C_FAMILY}, words, hashes)


class _Work(NamedTuple):
    """What scanning any file of the tree needs. `known` are the files that the engine may ask for."""

    root: Place
    known: Sequence[SourceFile]
    rulebook: Rulebook
    words: MacroWords
    options: ScanOptions
    hashes: Mapping[str, bytes] | None

    def sources(self) -> Sources | None:
        """The files that the engine may ask for; None when it does not run."""
        if self.options.depth != "full":
            return None
        return sources_of(self.root, self.known, self.words, self.hashes)

    def scanner(self, sources: Sources | None) -> Scanner:
        """Make everything ready to scan."""
        return Scanner(self.rulebook, self.words, sources, self.options.depth)


Scanned = tuple["FileScan | SkippedFile", bool]
"""What came of a file, and whether a file changed meanwhile."""


def _outcomes(
    root: Path, work: _Work, files: Sequence[SourceFile], executor: Executor | None, sources: Sources | None
) -> Generator[Scanned, None, None]:
    """Scan `files`; in this process from `sources`, with which the second pass goes on."""
    if executor is None and (_is_small(files) or not sys.executable):
        return _here(work, files, sources)
    return _from_workers(root, work, files, executor or LocalPool(_jobs(work.options)))


def _here(work: _Work, files: Sequence[SourceFile], sources: Sources | None) -> Generator[Scanned, None, None]:
    scanner = work.scanner(sources) if files else None
    for file in files:
        if scanner is not None:
            yield scanner.scan_file(work.root, file), scanner.is_stale


def learn_macros(root: Path, files: Sequence[SourceFile]) -> MacroWords:
    """Read the macro definitions of all C and C++ files before any is parsed: what a header calls an attribute, every file may use."""
    learner = MacroLearner()
    for file in files:
        if file.language is not Language.JAVA:
            data = read_source(root, file)
            if not isinstance(data, SkippedFile):
                learner.read(data)
    return learner.words()


def _is_small(files: Sequence[SourceFile]) -> bool:
    sizes = [file.size for file in files]
    return len(sizes) < SMALL_FILES and sum(sizes) < SMALL_BYTES and max(sizes, default=0) < SMALL_FILE_BYTES


class _Outcome(msgspec.Struct, frozen=True, array_like=True):
    """What crosses from a worker to the parent for one file: one of the two."""

    scan: FileScan | None = None
    skipped: SkippedFile | None = None
    is_stale: bool = False


def _from_workers(
    root: Path, work: _Work, files: Sequence[SourceFile], executor: Executor
) -> Generator[Scanned, None, None]:
    decoder = msgspec.msgpack.Decoder(_Outcome)
    headers = set(header_paths(work.known)) if work.options.depth == "full" else set()
    order = Order(
        start=start_scanner,
        setup_at=lambda place: work._replace(root=place, known=tuple(work.known)),
        batches=batches(files, executor.jobs),
        root=root,
        shared=[file for file in work.known if file.path in headers],
        own=lambda file: file,
        seconds=work.options.file_seconds,
    )
    with closing(executor.run(order)) as results:
        for file, result in results:
            if isinstance(result, Failure):
                yield _failed(file, result), False
                continue
            outcome = decoder.decode(result)
            if outcome.scan is not None:
                yield outcome.scan, outcome.is_stale
            elif outcome.skipped is not None:
                yield outcome.skipped, outcome.is_stale


def _failed(file: SourceFile, failure: Failure) -> SkippedFile:
    return SkippedFile(
        path=file.path, reason=failure.reason, detail=failure.detail, language=file.language, size=file.size
    )


def _with_second_pass(
    files: Sequence[FileScan], more: Sequence[Finding], cut_short: Sequence[DegradedFile]
) -> list[FileScan]:
    """The files with what the second pass found in them and did not finish, and without what only that pass needed."""
    by_path: dict[str, list[Finding]] = {}
    for finding in more:
        by_path.setdefault(finding.path, []).append(finding)
    unfinished: dict[str, list[DegradedFile]] = {}
    for each in cut_short:
        unfinished.setdefault(each.path, []).append(each)
    made = []
    for file in files:
        known = {(finding.rule, finding.line) for finding in file.findings}
        fresh = [finding for finding in by_path.get(file.path, ()) if (finding.rule, finding.line) not in known]
        findings = sorted([*file.findings, *fresh], key=lambda finding: (finding.line, finding.column, finding.rule))
        degraded = tuple(sorted([*file.degraded, *unfinished.get(file.path, ())]))
        made.append(msgspec.structs.replace(file, findings=tuple(findings), degraded=degraded, flow=FlowFacts()))
    return made


def _jobs(options: ScanOptions) -> int:
    return options.jobs if options.jobs > 0 else usable_cores()


def usable_cores() -> int:
    """Return how many cores this process may use, at least 1."""
    if sys.platform == "linux":
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def batches(files: Sequence[SourceFile], jobs: int) -> list[list[SourceFile]]:
    """Cut `files` into batches of about equal bytes, those with the largest files first: long ones start early, short ones level the end.

    A batch holds one language, so that a rare one has its queries compiled by few workers.
    """
    target = sum(file.size for file in files) // (jobs * BATCHES_A_JOB)
    target = max(LEAST_BATCH_BYTES, min(MOST_BATCH_BYTES, target))
    cut: list[list[SourceFile]] = []
    for language in Language:
        room = 0
        for file in sorted(files, key=_largest_first):
            if file.language is language:
                if room <= 0:
                    cut.append([])
                    room = target
                cut[-1].append(file)
                room -= file.size
    return sorted(cut, key=lambda batch: _largest_first(batch[0]))


def _largest_first(file: SourceFile) -> tuple[int, str]:
    return -file.size, file.path


def start_scanner(work: _Work) -> Callable[[SourceFile], bytes]:
    """Make the function a worker runs on each file. Called in the worker, once."""
    scanner = work.scanner(work.sources())
    encoder = msgspec.msgpack.Encoder()

    def scan(file: SourceFile) -> bytes:
        outcome = scanner.scan_file(work.root, file)
        if isinstance(outcome, SkippedFile):
            return encoder.encode(_Outcome(skipped=outcome, is_stale=scanner.is_stale))
        return encoder.encode(_Outcome(scan=outcome, is_stale=scanner.is_stale))

    return scan
