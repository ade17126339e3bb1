"""What earlier scans learnt, by everything that it was learnt from: the same answer as reading again, sooner.

Every key is a fingerprint of all that an answer depends on: bytes, path, language, reached headers, macros of the tree, rules, depth and
the program itself. So nothing is ever out of date; what no longer fits is simply not asked for, and thrown away in time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import msgspec

from rustplan.model.finding import Finding
from rustplan.model.options import ScanOptions
from rustplan.model.scan import FileScan
from rustplan.model.source import SkippedFile, SourceFile
from rustplan.rulebook import Rulebook
from rustplan.scan.across import Outcome, Setup, Task
from rustplan.scan.identity import Identities, fingerprint, identify
from rustplan.scan.stamp import stamp
from rustplan.scan.store import MOST_BYTES, Store
from rustplan.scan.texts import Texts, find_in_texts
from rustplan.scan.trace import Kept, Seen

Value = TypeVar("Value")

BUG = "a bug in rustplan"
"""Part of what is said of a file that provoked an error of ours: it may have been the machine's, so nothing of it is kept."""


class Cache:
    """Answers of earlier scans in one folder. Nothing about it can make a scan fail or change a result; `notices` say what went wrong.

    Close it, or use it in a `with` block: what the last files told is written then.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._store = Store(folder, most_bytes)
        self.hits = 0
        self.misses = 0

    @property
    def notices(self) -> tuple[str, ...]:
        """What a person should know about the cache of this run."""
        return tuple(self._store.notices)

    def __enter__(self) -> Cache:
        """Use it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Keep what was learnt, also of a scan that was broken off."""
        self.close()

    def close(self) -> None:
        """Write what is left and let go of the file."""
        self._store.close()

    def identify(self, root: Path, files: Sequence[SourceFile], options: ScanOptions) -> Identities:
        """Read and fingerprint the files of a tree."""
        return identify(root, files, self._store, stamp(), follows_headers=options.depth == "full")

    def value(self, kind: type[Value], name: str, *parts: bytes | str) -> Value | None:
        """The value that was kept under a name and what it depends on; None when there is none."""
        data = self._store.get_one(fingerprint(name, stamp(), *parts))
        return None if data is None else _decoded(data, kind)

    def keep_value(self, value: object, name: str, *parts: bytes | str) -> None:
        """Keep a value under a name and everything that it depends on. Text that is no UTF-8 (names of files) cannot be kept."""
        with suppress(UnicodeEncodeError):
            self._store.put(fingerprint(name, stamp(), *parts), msgspec.msgpack.encode(value))

    def of_tree(self, identities: Identities, rulebook: Rulebook, options: ScanOptions) -> TreeCache:
        """The part of the cache that fits one tree, one rulebook and one depth."""
        return TreeCache(self, self._store, identities, rulebook, options)


class _TextFindings(msgspec.Struct, frozen=True, array_like=True):
    findings: tuple[Finding, ...]


class TreeCache:
    """Scans of the files of one tree, and what came of following their calls."""

    def __init__(
        self, cache: Cache, store: Store, identities: Identities, rulebook: Rulebook, options: ScanOptions
    ) -> None:
        self._cache = cache
        self._store = store
        self._identities = identities
        self.is_whole = True
        """False once something could not be kept: what is made of it all must not be kept either."""
        self._rulebook = rulebook
        self._rules = rulebook.digest + options.depth

    @property
    def hashes(self) -> Mapping[str, bytes]:
        """The SHA-256 of the files, by path."""
        return self._identities.hashes

    def scans(self, files: Iterable[SourceFile]) -> dict[str, FileScan]:
        """The scans that are known, by path."""
        wanted = list(files)
        keys = {file.path: key for file in wanted if (key := self._key_of_scan(file.path)) is not None}
        answers = self._store.get(keys.values())
        found: dict[str, FileScan] = {}
        for file in wanted:
            data = answers.get(keys.get(file.path, b""))
            scan = None if data is None else _decoded(data, FileScan)
            if scan is not None and scan.path == file.path:
                found[file.path] = scan if scan.role is file.role else msgspec.structs.replace(scan, role=file.role)
        self._cache.hits += len(found)
        self._cache.misses += len(wanted) - len(found)
        return found

    def keep_scan(self, scan: FileScan | SkippedFile, *, is_stale: bool) -> None:
        """Keep the scan of a file, when it was made from the bytes that were fingerprinted and nothing went wrong."""
        if is_stale or isinstance(scan, SkippedFile) or any(BUG in each.detail for each in scan.degraded):
            self.is_whole = False
            return
        key = self._key_of_scan(scan.path)
        if key is None or bytes.fromhex(scan.sha256) != self.hashes.get(scan.path):
            self.is_whole = False
            return
        self._store.put(key, msgspec.msgpack.encode(scan))

    def recall(self, tasks: Sequence[Task], setup: Setup) -> dict[Task, Outcome]:
        """What came of tasks of the second pass whose surroundings are still the same."""
        keys = {task: key for task in tasks if (key := self._key_of_task(task)) is not None}
        answers = self._store.get(keys.values())
        found: dict[Task, Outcome] = {}
        for task, key in keys.items():
            kept = _decoded(answers[key], Kept) if key in answers else None
            if kept is not None and kept.holds(self._identities.unit, setup.definers, setup.variables):
                outcome = _decoded(kept.result, Outcome)
                if outcome is not None:
                    found[task] = outcome
        return found

    def keep(self, task: Task, outcome: Outcome) -> None:
        """Keep what came of a task, with the fingerprints of all that it looked at."""
        key = self._key_of_task(task)
        seen = Seen() if outcome.seen is None else outcome.seen
        units = [self._identities.unit(path) for path in seen.files]
        known = tuple(unit for unit in units if unit is not None)
        if key is None or outcome.seen is None or BUG in outcome.unfollowed or len(known) != len(units):
            self.is_whole = False
        else:
            result = msgspec.msgpack.encode(msgspec.structs.replace(outcome, seen=None))
            self._store.put(key, msgspec.msgpack.encode(Kept(seen, known, result)))

    def of_texts(self, texts: Texts) -> tuple[Finding, ...]:
        """The findings in build, packaging and CI files, looked for when they are not known."""
        parts = [part for path, (role, data) in texts.items() for part in (path, role.value, data)]
        found = self._cache.value(_TextFindings, "texts", self._rulebook.digest, *parts)
        if found is None:
            found = _TextFindings(find_in_texts(texts, self._rulebook))
            self._cache.keep_value(found, "texts", self._rulebook.digest, *parts)
        return found.findings

    def _key_of_scan(self, path: str) -> bytes | None:
        unit = self._identities.unit(path)
        return None if unit is None else fingerprint("scan", stamp(), self._rules, unit)

    def _key_of_task(self, task: Task) -> bytes | None:
        unit = self._identities.unit(task.path)
        offsets = ",".join(map(str, task.offsets))
        return None if unit is None else fingerprint("across", stamp(), self._rules, unit, offsets)


def _decoded(data: bytes, kind: type[Value]) -> Value | None:
    """The value; None when it is of another shape, which a checksum cannot tell."""
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
