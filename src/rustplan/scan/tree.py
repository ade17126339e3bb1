"""All files of a tree, in as many processes as are worth it; the result is the same for any number of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path

import msgspec

from rustplan.languages import MacroLearner, MacroWords
from rustplan.model.finding import Finding
from rustplan.model.options import ScanOptions
from rustplan.model.scan import FileScan, FlowFacts, TreeScan
from rustplan.model.source import DegradedFile, Language, SkippedFile, SourceFile, SourceTree
from rustplan.rulebook import Rulebook
from rustplan.scan.across import C_FAMILY, Sources, scan_across
from rustplan.scan.file import Scanner
from rustplan.scan.pool import Failure, run_batches
from rustplan.scan.read import read_source
from rustplan.scan.texts import scan_texts

SMALL_FILES, SMALL_BYTES, SMALL_FILE_BYTES = 40, 300_000, 64_000
"""Below all three a tree is read in this process: starting another takes longer, and files this small cannot hurt it."""

BATCHES_A_JOB = 8
LEAST_BATCH_BYTES, MOST_BATCH_BYTES = 50_000, 1_000_000

Progress = Callable[[int, int], None]
"""Called with files done and files in all."""


def scan_tree(
    root: Path, tree: SourceTree, rulebook: Rulebook, options: ScanOptions, progress: Progress | None = None
) -> TreeScan:
    """Read all of `tree.files` below `root`. A file that cannot be read, hangs or crashes its worker is skipped with the reason."""
    files: list[FileScan] = []
    skipped: list[SkippedFile] = []
    known = (*tree.files, *tree.headers)
    words = learn_macros(root, known)
    with closing(_outcomes(root, tree.files, known, rulebook, words, options)) as outcomes:
        for done, outcome in enumerate(outcomes, start=1):
            if isinstance(outcome, SkippedFile):
                skipped.append(outcome)
            else:
                files.append(outcome)
            if progress is not None:
                progress(done, len(tree.files))
    jobs = 1 if _is_small(tree.files) or not sys.executable else _jobs(options)
    across, cut_short = scan_across(root, known, files, rulebook, words, options, jobs)
    texts, not_read = scan_texts(root, tree.texts, rulebook)
    return TreeScan(
        files=tuple(sorted(_with_second_pass(files, across, cut_short), key=lambda file: file.path)),
        skipped=tuple(sorted([*skipped, *not_read])),
        texts=texts,
    )


def sources_of(root: Path, files: Sequence[SourceFile], words: MacroWords) -> Sources:
    """The C and C++ files of the tree as the engine asks for them."""
    return Sources(root, {file.path: file for file in files if file.language in C_FAMILY}, words)


def _outcomes(
    root: Path,
    files: Sequence[SourceFile],
    known: Sequence[SourceFile],
    rulebook: Rulebook,
    words: MacroWords,
    options: ScanOptions,
) -> Generator[FileScan | SkippedFile, None, None]:
    """Scan `files`; of `known` the engine may ask."""
    if _is_small(files) or not sys.executable:
        scanner = Scanner(rulebook, words, sources_of(root, known, words))
        return (scanner.scan_file(root, file) for file in files)
    return _from_workers(root, files, known, rulebook, words, options)


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


def _from_workers(
    root: Path,
    files: Sequence[SourceFile],
    known: Sequence[SourceFile],
    rulebook: Rulebook,
    words: MacroWords,
    options: ScanOptions,
) -> Generator[FileScan | SkippedFile, None, None]:
    jobs = _jobs(options)
    decoder = msgspec.msgpack.Decoder(_Outcome)
    work = run_batches(
        start_scanner,
        (root.absolute(), rulebook, words, tuple(known)),
        batches(files, jobs),
        jobs=jobs,
        seconds=options.file_seconds,
    )
    with closing(work):
        for file, result in work:
            if isinstance(result, Failure):
                yield SkippedFile(
                    path=file.path,
                    reason=result.reason,
                    detail=result.detail,
                    language=file.language,
                    size=file.size,
                )
                continue
            outcome = decoder.decode(result)
            if outcome.scan is not None:
                yield outcome.scan
            elif outcome.skipped is not None:
                yield outcome.skipped


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


def start_scanner(setup: tuple[Path, Rulebook, MacroWords, tuple[SourceFile, ...]]) -> Callable[[SourceFile], bytes]:
    """Make the function a worker runs on each file. Called in the worker, once."""
    root, rulebook, words, files = setup
    scanner = Scanner(rulebook, words, sources_of(root, files, words))
    encoder = msgspec.msgpack.Encoder()

    def scan(file: SourceFile) -> bytes:
        outcome = scanner.scan_file(root, file)
        if isinstance(outcome, SkippedFile):
            return encoder.encode(_Outcome(skipped=outcome))
        return encoder.encode(_Outcome(scan=outcome))

    return scan
