"""The files of a tree with what the grouping needs to know, and the smallest sets that are never split."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from posixpath import basename, dirname, splitext

import msgspec

from rustplan.model.facts import FileFacts
from rustplan.model.scan import TreeScan
from rustplan.model.source import Language, Role, SourceFile, SourceTree

_HEADER_SUFFIXES = frozenset({".h", ".hh", ".hpp", ".hxx", ".h++", ".inc", ".inl", ".ipp", ".tpp"})
_HELPER_ENDINGS = ("_internal", "-internal", "_private", "_priv", "_impl", "-inl", "_inl", "_int", "_local")
_NEUTRAL_FOLDERS = frozenset({"include", "inc", "src", "lib", "source", "sources", "public"})


class Atom(msgspec.Struct, frozen=True, kw_only=True):
    """Files that stay together whatever happens: `x.c` and `x.h`, or one Java file. `directory` is that of the code."""

    files: tuple[str, ...]
    directory: str
    stem: str
    sloc: int
    language: Language
    is_declarations: bool = False

    @property
    def is_java(self) -> bool:
        """Java and native code are never merged into one group."""
        return self.language is Language.JAVA


class Inventory(msgspec.Struct, frozen=True, kw_only=True):
    """All files by path; `facts` only of those that were read."""

    files: Mapping[str, SourceFile]
    facts: Mapping[str, FileFacts]
    raw: Mapping[str, int] = msgspec.field(default_factory=dict)
    """Code lines by path that the memory-safety track counts."""

    def role(self, path: str) -> Role | None:
        """The role of a file of the tree; None for a path outside of it."""
        file = self.files.get(path)
        return file.role if file else None

    def sloc(self, path: str) -> int:
        """Code lines; 0 for a file that was not read."""
        facts = self.facts.get(path)
        return facts.sloc if facts else 0

    def paths_of(self, *roles: Role) -> tuple[str, ...]:
        """Paths of the given roles, sorted."""
        return tuple(path for path, file in self.files.items() if file.role in roles)

    def package_root(self, path: str) -> str:
        """The directory a Java file's package starts from, e.g. `a/src/main/java`; its own directory when the two disagree."""
        package = self.facts[path].package.replace(".", "/") if path in self.facts else ""
        folder = dirname(path)
        if not package:
            return folder
        if folder == package:
            return ""
        return folder[: -len(package) - 1] if folder.endswith("/" + package) else folder

    def atoms(self, paths: Iterable[str]) -> tuple[Atom, ...]:
        """Join twins among `paths`: same directory and stem, or a header in a folder of headers and the one file that implements it."""
        twins = _twins(tuple(sorted(paths)), self.files)
        return tuple(self._atom(files) for files in twins)

    def _atom(self, files: tuple[str, ...]) -> Atom:
        codes = [path for path in files if not is_header(path)]
        lead = max(codes or files, key=lambda path: (self.sloc(path), path))
        sloc = sum(self.sloc(path) for path in files)
        return Atom(
            files=files,
            directory=dirname(lead),
            stem=splitext(basename(lead))[0],
            sloc=sloc,
            language=self.files[lead].language,
            is_declarations=not codes and self._function_sloc(files) * 3 < sloc + 1,
        )

    def _function_sloc(self, files: tuple[str, ...]) -> int:
        return sum(function.sloc for path in files if path in self.facts for function in self.facts[path].functions)


def take_inventory(tree: SourceTree, scan: TreeScan) -> Inventory:
    """Index the tree's files by path, sorted, with the facts of those that were read."""
    return Inventory(
        files={file.path: file for file in sorted(tree.files, key=lambda file: file.path)},
        facts={file.path: file.facts for file in scan.files},
        raw={file.path: file.raw_sloc for file in scan.files},
    )


def is_header(path: str) -> bool:
    """True for C and C++ headers and included fragments, by suffix."""
    return splitext(path)[1].lower() in _HEADER_SUFFIXES


def without_loose_headers(atoms: tuple[Atom, ...]) -> tuple[Atom, ...]:
    """Leave out headers that only declare and lie apart from code, as in `include/`: they follow the code that they declare."""
    code_folders = {atom.directory for atom in atoms if not atom.is_declarations}
    return tuple(atom for atom in atoms if not atom.is_declarations or atom.directory in code_folders)


def _twins(paths: tuple[str, ...], files: Mapping[str, SourceFile]) -> list[tuple[str, ...]]:
    together: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in paths:
        stem = basename(path) if files[path].language is Language.JAVA else splitext(basename(path))[0]
        together[dirname(path), stem].append(path)
    with_code = {key for key, members in together.items() if any(not is_header(path) for path in members)}
    code_folders = {folder for folder, _ in with_code}
    folders_by_stem: dict[str, list[str]] = defaultdict(list)
    for folder, stem in sorted(with_code):
        folders_by_stem[stem].append(folder)
    for key in sorted(set(together) - with_code):
        twin = _code_twin(key, with_code, code_folders, folders_by_stem)
        if twin:
            together[twin] += together.pop(key)
    return sorted(tuple(sorted(members)) for members in together.values())


def _code_twin(
    key: tuple[str, str],
    with_code: set[tuple[str, str]],
    code_folders: set[str],
    folders_by_stem: Mapping[str, list[str]],
) -> tuple[str, str] | None:
    folder, stem = key
    for ending in _HELPER_ENDINGS:
        if stem.endswith(ending) and (folder, stem[: -len(ending)]) in with_code:
            return folder, stem[: -len(ending)]
    if folder in code_folders:
        return None
    candidates = folders_by_stem.get(stem, [])
    ranked = sorted(((_shared_segments(folder, other), other) for other in candidates), reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return ranked[0][1], stem


def _shared_segments(one: str, other: str) -> int:
    return len((set(one.split("/")) & set(other.split("/"))) - _NEUTRAL_FOLDERS - {""})
