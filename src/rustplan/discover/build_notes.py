"""What build, packaging and CI files name besides targets: libraries, machines and compilers, read by their lines. Nothing is run."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence

import msgspec

from rustplan.discover.build_words import machines_of, packages_of, patterns_in
from rustplan.discover.files import read_optional
from rustplan.discover.memory import Memory
from rustplan.discover.roles import Folders, role_of_place
from rustplan.discover.walked import Walked
from rustplan.model.build_notes import BuildMention, BuildNotes, MentionKind
from rustplan.model.paths import model_path, raw_bytes
from rustplan.model.source import Role

MOST_FILES = 2000
MOST_BYTES = 400_000
MOST_MENTIONS = 5000
MOST_LINE = 2000

_NAMED = re.compile(
    r"(?:^|/)(?:CMakeLists\.txt|CMakePresets\.json|[^/]{1,80}\.cmake|(?:GNU)?[Mm]akefile[^/]{0,40}|[^/]{1,80}\.(?:mk|mak|am|pc\.in|gn|gni|bzl|cross)"
    r"|configure\.(?:ac|in)|[^/]{1,80}\.m4|meson\.build|BUILD(?:\.bazel)?|WORKSPACE|MODULE\.bazel|SConstruct|wscript|Kconfig[^/]{0,40}"
    r"|pom\.xml|[^/]{1,80}\.gradle(?:\.kts)?|libs\.versions\.toml|build\.xml|Dockerfile[^/]{0,40}|Android\.(?:mk|bp)|conanfile\.(?:txt|py)|vcpkg\.json"
    r"|platformio\.ini|sdkconfig(?:\.defaults)?|[^/]{1,80}\.(?:ewp|uvprojx|cproject)|Jenkinsfile|\.travis\.yml)$"
    r"|(?:^|/)\.github/workflows/[^/]{1,80}\.ya?ml$|(?:^|/)\.gitlab-ci[^/]{0,40}\.ya?ml$|(?:^|/)\.?(?:circleci|cirrus|azure-pipelines|appveyor)[^/]{0,40}\.ya?ml$"
    r"|(?:^|/)\.circleci/config\.yml$|(?:^|/)debian/(?:control|rules)$|(?:^|/)(?:toolchains?|cross)/[^/]{1,80}\.(?:ini|txt|toml|json)$"
)
_CI = re.compile(r"\.ya?ml$|(?:^|/)(?:Dockerfile[^/]{0,40}|Jenkinsfile)$")
_COMMENT = re.compile(r"^\s{0,80}(?:#(?!\s{0,4}define)|dnl\b|//|<!--|\*)")
_FLAG = re.compile(r"(?<![\w-])(-Werror=format(?:-security)?|-fstrict-flex-arrays(?:=\d)?)(?![\w-])|(-z,nodlopen)\b")
_PATCHED = ".pc/"
"""What a package's patches replaced: the same files once more."""
_NOT_READ = (Role.VENDORED, Role.BUILD_OUTPUT)
_ASIDE = (Role.TEST, Role.EXAMPLE)
_File = tuple[str, bool]
"""Raw path, and whether the file is one of tests and examples."""


class _Mentions(msgspec.Struct, frozen=True, array_like=True):
    """All that the build files of a tree name, as a memory keeps it."""

    sorted: tuple[BuildMention, ...]


def read_build_notes(walked: Walked, folders: Folders, memory: Memory | None = None) -> BuildNotes:
    """Return what the build files of the tree name, sorted by path and line; those of vendored code say nothing of this build.

    `memory` knows what the same files named before.
    """
    named = sorted(
        (path for path in walked.files if not path.startswith(_PATCHED) and _NAMED.search(path)),
        key=lambda path: (path.count("/"), path),
    )
    chosen = [(path, role) for path in named if (role := role_of_place(path, folders)) not in _NOT_READ]
    files = [(path, role in _ASIDE) for path, role in chosen[:MOST_FILES]]
    rust = sorted(
        path for path in walked.files if path.endswith(".rs") and role_of_place(path, folders) not in _NOT_READ
    )
    return BuildNotes(
        mentions=_mentions(walked.root, files) if memory is None else _remembered(walked.root, files, memory),
        rust_files=len(rust),
        rust_example=model_path(rust[0]) if rust else "",
        files=min(len(chosen), MOST_FILES),
        left_out=max(0, len(chosen) - MOST_FILES),
    )


def _remembered(root: bytes, files: Sequence[_File], memory: Memory) -> tuple[BuildMention, ...]:
    """What the files name, from the memory when the same files were read before."""
    key = _fingerprint(root, files)
    known = memory.value(_Mentions, "build notes", key)
    if known is None:
        known = _Mentions(_mentions(root, files))
        if _fingerprint(root, files) == key:  # else one changed while it was read
            memory.keep_value(known, "build notes", key)
    return known.sorted


def _fingerprint(root: bytes, files: Sequence[_File]) -> bytes:
    digest = hashlib.sha256()
    for path, is_aside in files:
        data = _bytes_of(root, path)
        told = "absent" if data is None else hashlib.sha256(data).hexdigest()
        digest.update(f"{len(raw_bytes(path))} {is_aside} {told} ".encode() + raw_bytes(path))
    return digest.digest()


def _bytes_of(root: bytes, path: str) -> bytes | None:
    return read_optional(root + b"/" + raw_bytes(path), MOST_BYTES)


def _mentions(root: bytes, files: Sequence[_File]) -> tuple[BuildMention, ...]:
    found: set[BuildMention] = set()
    for path, is_aside in files:
        data = _bytes_of(root, path) if len(found) < MOST_MENTIONS else None
        if data is not None:
            found.update(mentions_of(model_path(path), data.decode("utf-8", "replace"), is_aside=is_aside))
    return tuple(sorted(found, key=lambda one: (one.path, one.line, one.kind.value, one.name))[:MOST_MENTIONS])


def mentions_of(path: str, text: str, *, is_aside: bool = False) -> Iterator[BuildMention]:
    """Return what one file names. Lines of comments and what stands after 2,000 characters are not read."""
    is_test = is_aside or _CI.search(path) is not None
    for kind, name, number in packages_of(path, text):
        yield BuildMention(kind, name, path, number, is_test)
    patterns, has_flag = patterns_in(text), _FLAG.search(text) is not None
    if not patterns and not has_flag and not path.endswith((".ewp", ".uvprojx")):
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if not line or _COMMENT.match(line):
            continue
        short = line[:MOST_LINE]
        for name in machines_of(path, short, patterns):
            yield BuildMention(MentionKind.MACHINE, name, path, number, is_test)
        for match in _FLAG.finditer(short) if has_flag else ():
            yield BuildMention(MentionKind.FLAG, match.group(1) or match.group(2), path, number, is_test)
