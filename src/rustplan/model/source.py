"""What lies in the repository: files with their language and role, build targets, and what was not read."""

from __future__ import annotations

from enum import Enum

import msgspec

from rustplan.model.build_notes import BuildNotes
from rustplan.model.java_level import JavaLevel


class Language(str, Enum):
    """A language rustplan reads."""

    C = "c"
    CPP = "cpp"
    JAVA = "java"

    @property
    def label(self) -> str:
        """The name people write: C, C++ or Java."""
        return {"c": "C", "cpp": "C++", "java": "Java"}[self.value]

    @property
    def is_memory_unsafe(self) -> bool:
        """True for C and C++; Java is on the agencies' memory-safe lists."""
        return self is not Language.JAVA


class Role(str, Enum):
    """What a file is for. Only `source` enters scores, sizes and effort; the others are counted and listed apart."""

    SOURCE = "source"
    TEST = "test"
    EXAMPLE = "example"
    VENDORED = "vendored"
    GENERATED = "generated"
    BUILD_OUTPUT = "build-output"


class SkipReason(str, Enum):
    """Why a file was not read at all."""

    TOO_LARGE = "too-large"
    BINARY = "binary"
    SYMLINK_OUTSIDE_ROOT = "symlink-outside-root"
    SYMLINK_LOOP = "symlink-loop"
    SYMLINK_BROKEN = "symlink-broken"
    UNREADABLE = "unreadable"
    NOT_A_REGULAR_FILE = "not-a-regular-file"
    TOO_DEEP = "too-deep"
    TIMED_OUT = "timed-out"
    CRASHED = "crashed"
    SUBMODULE_MISSING = "submodule-missing"


class DegradeReason(str, Enum):
    """Why a file was read only in part."""

    NOT_UTF8 = "not-utf8"
    PARSE_ERRORS = "parse-errors"
    NESTED_TOO_DEEP = "nested-too-deep"
    CONDITIONAL_ARM_NOT_READ = "conditional-arm-not-read"
    FINDINGS_CAPPED = "findings-capped"
    ANALYSIS_CUT_SHORT = "analysis-cut-short"
    MANIFEST_NOT_UNDERSTOOD = "manifest-not-understood"


class SkippedFile(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A file (or directory) that was not read, with the reason; `detail` holds the figure or the system's words."""

    path: str
    reason: SkipReason
    detail: str = ""
    language: Language | None = None
    size: int = 0


class DegradedFile(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A file that was read in part, with the reason."""

    path: str
    reason: DegradeReason
    detail: str = ""


class IgnoredPath(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A path left out on purpose; a directory stands for all below it. `pattern` and `origin` name the line that did it."""

    path: str
    pattern: str
    origin: str


class SourceFile(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A file to scan. `role_because` and `language_because` say how they were decided. `size` is in bytes."""

    path: str
    language: Language
    role: Role
    size: int
    role_because: str = ""
    language_because: str = ""


class TextFile(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A build, packaging or CI file that rules look into. `role` is that of its place."""

    path: str
    role: Role = Role.SOURCE


class OtherLanguage(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Code lines of role source in a memory-safe language that is counted and not read: `files` of them, `unread` without a count."""

    name: str
    files: int
    sloc: int
    unread: int = 0


class TargetKind(str, Enum):
    """What a build target makes."""

    LIBRARY = "library"
    EXECUTABLE = "executable"
    TEST = "test"
    MODULE = "module"


class BuildTarget(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One target as a build file declares it. Nothing was run to learn it.

    `sources` are repository paths (for Maven and Gradle modules: the directories that hold the sources, ending in `/`);
    `dependencies` are names of other targets of the repository as written; `external` the names that no target here carries.
    `confidence` is 0-1 by the kind of build file. `is_conditional` marks a target behind an `if()` or generator expression.
    """

    name: str
    kind: TargetKind
    system: str
    manifest: str
    sources: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    external: tuple[str, ...] = ()
    include_directories: tuple[str, ...] = ()
    confidence: float = 0.5
    is_conditional: bool = False


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """What the scanned tree is called and which commit it is at. `commit` and `date` are None when unknown, with the reason.

    `java_level` is the release of Java that it is for; None in a tree without Java of its own.
    """

    name: str
    commit: str | None = None
    commit_because: str = ""
    date: str | None = None
    java_level: JavaLevel | None = None


class SourceTree(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the walk found, sorted by path. `texts` are the files besides source text that rules look into.

    `headers` are what `files` include when only some files of a tree are read: their macros and declarations count, they are not scanned.
    `other_languages` is None when only some paths were asked for.
    """

    project: Project
    files: tuple[SourceFile, ...] = ()
    headers: tuple[SourceFile, ...] = ()
    texts: tuple[TextFile, ...] = ()
    targets: tuple[BuildTarget, ...] = ()
    manifests: tuple[str, ...] = ()
    skipped: tuple[SkippedFile, ...] = ()
    degraded: tuple[DegradedFile, ...] = ()
    ignored: tuple[IgnoredPath, ...] = ()
    other_files: int = 0
    build_notes: BuildNotes = BuildNotes()
    other_languages: tuple[OtherLanguage, ...] | None = None

    @property
    def java_level(self) -> JavaLevel | None:
        """The release of Java that the tree is for; None in a tree without Java of its own."""
        return self.project.java_level
