"""What the version history says of files: how often, how much and by how many they change, and which commits mended memory errors.

Ages are whole days before the newest commit that was read, never before today. "Decayed" sums count a commit of age `a` as
2 ** (-a / half-life); the half-lives stand in the History. No name and no address of a person is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

import msgspec


class FixLevel(str, Enum):
    """How much a commit message claims, each including the one before."""

    FIX = "fix"
    SECURITY = "security"
    MEMORY = "memory"


class FixKind(str, Enum):
    """What kind of memory error a message speaks of."""

    BOUNDS = "bounds"
    """Reads and writes outside an object: spatial."""
    LIFETIME = "lifetime"
    """Use after free, double free, dangling pointers: temporal."""
    UNINITIALISED = "uninitialised"
    TYPE = "type"
    CORRUPTION = "corruption"
    """Memory errors that the message does not tell apart."""


class HistoryOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How far to read. More commits than `max_commits` leave the oldest out, which is stated; `seconds` bounds git as a whole.

    `silent_seconds` bounds the wait for its next output. Running out of time gives no history rather than one that depends on the clock.
    """

    max_commits: int = 200_000
    seconds: float = 900.0
    silent_seconds: float = 120.0


class FixCommit(msgspec.Struct, frozen=True, kw_only=True):
    """A commit whose message tells a fix. `subject` is one printable line; `matched` are the words that told, `ids` CVE and GHSA names."""

    commit: str
    age_days: int
    level: FixLevel
    subject: str
    matched: str
    kinds: tuple[FixKind, ...] = ()
    ids: tuple[str, ...] = ()


class FixTally(msgspec.Struct, frozen=True, kw_only=True):
    """Memory-safety fixes of one kind in a file; a commit may count for several kinds."""

    kind: FixKind
    count: int
    decayed: float


class Partner(msgspec.Struct, frozen=True, kw_only=True):
    """A file that changed in the same commits. `degree` is `shared` commits over the mean of both files' commits that could be shared."""

    path: str
    shared: int
    degree: float


class FileHistory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One file, followed through its renames; sweeping commits and merges are left out of everything but `sweeping`
    and, for sweeping ones, `first_days`.

    `added` and `removed` are lines. `first_days` and `last_days` are None when no commit that was read touches the file.
    `fixes` includes `security_fixes`, which includes `memory_fixes`. `examples` are the most telling fixes, at most five.
    """

    path: str
    commits: int = 0
    recent_commits: int = 0
    added: int = 0
    removed: int = 0
    commits_decayed: float = 0.0
    churn_decayed: float = 0.0
    first_days: int | None = None
    last_days: int | None = None
    authors: int = 0
    fixes: int = 0
    fixes_decayed: float = 0.0
    security_fixes: int = 0
    security_decayed: float = 0.0
    memory_fixes: int = 0
    memory_decayed: float = 0.0
    kinds: tuple[FixTally, ...] = ()
    examples: tuple[FixCommit, ...] = ()
    partners: tuple[Partner, ...] = ()
    former_paths: tuple[str, ...] = ()
    sweeping: int = 0
    unknown_lines: int = 0
    """Commits whose number of lines git does not tell (binary or too large)."""


class MarkedCommit(msgspec.Struct, frozen=True, kw_only=True):
    """A commit that was asked for and is in the history, with the asked-for files it touches, under their names of today."""

    commit: str
    age_days: int
    paths: tuple[str, ...]
    is_merge: bool = False


class History(msgspec.Struct, frozen=True, kw_only=True):
    """What one read of the history says. `newest` is the date (YYYY-MM-DD, UTC) of the commit all ages are counted from.

    `commits` were counted; `merges`, `sweeping` (mass changes) and `cut` (at the edge of a shallow clone) were left out.
    `reaches_days` is the age of the oldest commit read. A path in `unknown` has no history here: that is unknown, not zero.
    """

    commit: str
    newest: str
    commits: int
    merges: int
    sweeping: int
    authors: int
    reaches_days: int
    is_complete: bool
    files: tuple[FileHistory, ...]
    unknown: tuple[str, ...] = ()
    has_lines: bool = True
    cut: int = 0
    recent_days: int
    half_life_days: dict[str, float]
    """Half-life in days of each decayed sum: commits, churn, fixes, security, memory."""
    notes: tuple[str, ...] = ()
    marked: tuple[MarkedCommit, ...] = ()

    def by_path(self) -> Mapping[str, FileHistory]:
        """Return the files by path; build it once."""
        return {file.path: file for file in self.files}


class FixedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A commit that a vulnerability record names as a fix, and the files it leads to; without files, `because` says why."""

    commit: str
    paths: tuple[str, ...] = ()
    because: str = ""


class Vulnerability(msgspec.Struct, frozen=True, kw_only=True):
    """One record of a known vulnerability. `is_memory_safety` is None when neither its CWEs nor its words tell.

    `severity` is the record's own word, lower case, or ""; `vectors` are CVSS vectors as written. `affected` are version names,
    the first fifty of `affected_count`. `paths` are all files its fixes lead to; when there are none, each fix says why, or there is none.
    """

    id: str
    origin: str
    aliases: tuple[str, ...] = ()
    summary: str = ""
    severity: str = ""
    vectors: tuple[str, ...] = ()
    cwes: tuple[int, ...] = ()
    is_memory_safety: bool | None = None
    affected: tuple[str, ...] = ()
    affected_count: int = 0
    fixes: tuple[FixedIn, ...] = ()
    paths: tuple[str, ...] = ()


class SkippedRecord(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A record or file of records that was not used, and why."""

    origin: str
    because: str


class Vulnerabilities(msgspec.Struct, frozen=True, kw_only=True):
    """All records that were given. `mapped` lead to at least one file; `notes` say what was left out."""

    records: tuple[Vulnerability, ...]
    skipped: tuple[SkippedRecord, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def mapped(self) -> int:
        """How many records lead to a file."""
        return sum(bool(record.paths) for record in self.records)
