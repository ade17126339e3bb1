"""Counts commits into files, newest first: renames followed, mass changes and merges left out, memory bounded by the files asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from rustplan.catalog.history import HistoryRules
from rustplan.evidence.history.messages import Claim, claim, is_routine, known_memory_fix, printable
from rustplan.evidence.history.pairs import Pairs
from rustplan.evidence.history.stream import RawCommit, Touched
from rustplan.model.history import FixCommit, FixKind, FixLevel, MarkedCommit

MOST_EXAMPLES = 5
_MOST_FORMER_PATHS = 5
_DAY = 86_400
_MOST_DAYS = 36_525
_LEVELS = (FixLevel.FIX, FixLevel.SECURITY, FixLevel.MEMORY)


@dataclass(slots=True)
class FileTally:
    """What was counted for one file. Sums by level hold fixes of that level or a higher one."""

    commits: int = 0
    recent: int = 0
    added: int = 0
    removed: int = 0
    commits_decayed: float = 0.0
    churn_decayed: float = 0.0
    first: int | None = None
    last: int | None = None
    authors: set[int] = field(default_factory=set)
    fixes: list[int] = field(default_factory=lambda: [0, 0, 0])
    fixes_decayed: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    kinds: dict[FixKind, list[float]] = field(default_factory=dict)
    examples: list[list[FixCommit]] = field(default_factory=lambda: [[], [], []])
    former: list[bytes] = field(default_factory=list)
    sweeping: int = 0
    unknown_lines: int = 0


@dataclass(slots=True)
class _Weights:
    """What a commit of one age counts in each decayed sum."""

    commits: float
    churn: float
    levels: tuple[float, float, float]


class Tally:
    """Takes commits newest first; afterwards its attributes hold the counts.

    `wanted` are the files to count for, by raw path at the newest commit; `skipped` commits to treat as mass changes, `cut` those whose
    parents are missing, `marks` those whose files are wanted by name, `memory_commits` those known to mend memory errors. `newest` is the
    time in seconds since 1970 that ages count from, None for that of the first commit.
    """

    def __init__(
        self,
        wanted: Mapping[bytes, int],
        rules: HistoryRules,
        *,
        skipped: Collection[str] = (),
        cut: Collection[str] = (),
        marks: Collection[str] = (),
        memory_commits: Collection[str] = (),
        newest: int | None = None,
    ) -> None:
        self.files = [FileTally() for _ in wanted]
        self.pairs = Pairs(len(self.files))
        self.newest = newest
        self.seen = self.counted = self.merges = self.sweeping = self.cut = self.wide_fixes = self.undated = 0
        self.oldest_days = 0
        self.edge_days: int | None = None
        self.last_had_parents = False
        self.marked: list[MarkedCommit] = []
        self._current = dict(wanted)
        self._names = {index: path for path, index in wanted.items()}
        self._suffixes = frozenset(_suffix(path) for path in wanted)
        self._rules, self._limits = rules, rules.limits
        self._skipped, self._cut, self._marks = frozenset(skipped), frozenset(cut), frozenset(marks)
        self._memory_commits = frozenset(memory_commits)
        self._authors: dict[bytes, int] = {}

    @property
    def authors(self) -> int:
        """How many people wrote the commits that were counted."""
        return len(self._authors)

    def add(self, commit: RawCommit) -> None:
        """Count one commit."""
        age = self._age(commit.time)
        self.seen += 1
        self.oldest_days = max(self.oldest_days, age)
        self.last_had_parents = commit.parents > 0
        if commit.parents > 1:
            self.merges += 1
            self._mark(commit, age, [])
            return
        if commit.name in self._cut:
            self.cut += 1
            self.edge_days = age if self.edge_days is None else min(self.edge_days, age)
            return
        found = [(index, file) for file in commit.files if (index := self._current.get(file.path)) is not None]
        if self._is_sweeping(commit):
            self.sweeping += 1
            self._add_sweeping(found, age)
        else:
            self.counted += 1
            self._add_changes(commit, found, age)
        self._mark(commit, age, found)
        self._follow(commit.files)

    def name(self, index: int) -> bytes:
        """The raw path of a file at the newest commit."""
        return self._names[index]

    def _age(self, time: int | None) -> int:
        """Whole days before the newest commit; a time that git does not tell, or a later one, counts as the newest."""
        if time is None:
            self.undated += 1
            return 0
        if self.newest is None:
            self.newest = time
        return min(max(0, self.newest - time) // _DAY, _MOST_DAYS)

    def _is_sweeping(self, commit: RawCommit) -> bool:
        if commit.file_count > self._limits.sweeping_files or commit.name in self._skipped:
            return True
        is_many = commit.file_count > self._limits.sweeping_files_when_routine
        return is_many and is_routine(_text(commit.subject))

    def _add_sweeping(self, found: list[tuple[int, Touched]], age: int) -> None:
        for index, _ in found:
            tally = self.files[index]
            tally.sweeping += 1
            tally.first = age if tally.first is None else max(tally.first, age)

    def _add_changes(self, commit: RawCommit, found: list[tuple[int, Touched]], age: int) -> None:
        author = self._authors.setdefault(commit.author, len(self._authors))
        if not found:
            return
        weights = self._weights(age)
        for index, file in found:
            _count_change(self.files[index], file, age, author, weights, is_recent=age <= self._rules.decay.recent_days)
        told = claim(_text(commit.subject), _text(commit.body))
        if commit.name in self._memory_commits:
            told = known_memory_fix(told)
        if told is not None:
            self._add_fix(commit, told, found, age, weights)
        if commit.file_count <= self._limits.pair_files:
            self.pairs.add(sorted({index for index, _ in found}))

    def _add_fix(
        self, commit: RawCommit, told: Claim, found: list[tuple[int, Touched]], age: int, weights: _Weights
    ) -> None:
        sources = sum(_suffix(file.path) in self._suffixes for file in commit.files)
        if sources > self._limits.fix_source_files:
            self.wide_fixes += 1
            return
        example = FixCommit(
            commit=commit.name,
            age_days=age,
            level=told.level,
            subject=printable(_text(commit.subject)),
            matched=told.matched,
            kinds=told.kinds,
            ids=told.ids,
        )
        for index in sorted({index for index, _ in found}):
            _count_fix(self.files[index], told, example, weights)

    def _weights(self, age: int) -> _Weights:
        half = self._rules.decay.half_life_days
        level = (2 ** (-age / half["fixes"]), 2 ** (-age / half["security"]), 2 ** (-age / half["memory"]))
        return _Weights(2 ** (-age / half["commits"]), 2 ** (-age / half["churn"]), level)

    def _mark(self, commit: RawCommit, age: int, found: list[tuple[int, Touched]]) -> None:
        if commit.name in self._marks:
            paths = sorted({self._names[index].decode("utf-8", "surrogateescape") for index, _ in found})
            is_merge = commit.parents > 1
            self.marked.append(MarkedCommit(commit=commit.name, age_days=age, paths=tuple(paths), is_merge=is_merge))

    def _follow(self, files: list[Touched]) -> None:
        """From here on, which is back in time, a renamed file goes by its former name."""
        renames = [(file.before, self._current.get(file.path)) for file in files if file.before is not None]
        for before, index in renames:
            if index is None:
                self._current.pop(before, None)
                continue
            former = self.files[index].former
            if len(former) < _MOST_FORMER_PATHS and before != self._names[index] and before not in former:
                former.append(before)
            self._current[before] = index


def _count_change(
    tally: FileTally, file: Touched, age: int, author: int, weights: _Weights, *, is_recent: bool
) -> None:
    tally.commits += 1
    tally.recent += is_recent
    tally.commits_decayed += weights.commits
    tally.first = age if tally.first is None else max(tally.first, age)
    tally.last = age if tally.last is None else min(tally.last, age)
    tally.authors.add(author)
    if file.added is None or file.removed is None:
        tally.unknown_lines += 1
        return
    tally.added += file.added
    tally.removed += file.removed
    tally.churn_decayed += weights.churn * (file.added + file.removed)


def _count_fix(tally: FileTally, told: Claim, example: FixCommit, weights: _Weights) -> None:
    for level in range(told.rank + 1):
        tally.fixes[level] += 1
        tally.fixes_decayed[level] += weights.levels[level]
    for kind in told.kinds:
        count = tally.kinds.setdefault(kind, [0, 0.0])
        count[0] += 1
        count[1] += weights.levels[-1]
    if len(tally.examples[told.rank]) < MOST_EXAMPLES:
        tally.examples[told.rank].append(example)


def _suffix(path: bytes) -> bytes:
    return path.rpartition(b"/")[2].rpartition(b".")[2].lower()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
