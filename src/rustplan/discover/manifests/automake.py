"""Automake: `Makefile.am` with its libraries, programs and their `_SOURCES`, and the files it includes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rustplan.discover.manifests.draft import Budget, Draft, NotUnderstood, Tree, folder_of, from_root, resolve
from rustplan.discover.manifests.make_syntax import Assignment, Inclusion, Variables, statements
from rustplan.model.source import TargetKind

SYSTEM, CONFIDENCE = "automake", 0.7
_STEPS = 300_000
_MAX_INCLUDES = 50
_PRIMARY = re.compile(r"^(?:nodist_|dist_|nobase_)*(?P<where>\w+?)_(?P<what>LTLIBRARIES|LIBRARIES|PROGRAMS)$")


def read(tree: Tree, manifest: str) -> list[Draft]:
    """Return the targets of one `Makefile.am`. Raises NotUnderstood."""
    folder = folder_of(manifest)
    variables = load_variables(tree, manifest)
    drafts: list[Draft] = []
    tests = {word for name in ("TESTS", "check_PROGRAMS") for word in variables.words(name)}
    for variable in variables.names():
        match = _PRIMARY.match(variable)
        if match is None or match.group("where") == "EXTRA":
            continue
        for name in variables.words(variable):
            if _plain(name):
                kind = _kind(match.group("what"), match.group("where"), name, tests)
                is_conditional = variable in variables.conditional
                drafts.append(_draft(tree, folder, manifest, variables, name, kind, is_conditional))
    return drafts


def load_variables(tree: Tree, manifest: str) -> Variables:
    """Return the variables of a makefile and of what it includes. Raises NotUnderstood."""
    folder = folder_of(manifest)
    variables = Variables(Budget(_STEPS, tree.budget), lambda pattern: tree.glob(folder, pattern))
    top = next((place for place in _upwards(folder) if _is_top(tree, place)), "")
    for name, place in (("srcdir", folder), ("builddir", folder), ("top_srcdir", top), ("top_builddir", top)):
        variables.set(name, from_root(place))
    _load(tree, manifest, folder, variables, seen=set())
    return variables


def _load(tree: Tree, manifest: str, folder: str, variables: Variables, seen: set[str]) -> None:
    """Take over the assignments of a file; includes are read in place, each once."""
    if len(seen) >= _MAX_INCLUDES:
        raise NotUnderstood(f"it includes more than {_MAX_INCLUDES} files")
    seen.add(manifest)
    for statement in statements(tree.read(manifest)):
        if isinstance(statement, Assignment):
            variables.assign(statement)
        elif isinstance(statement, Inclusion):
            path = resolve(folder, variables.expand(statement.path).strip())
            if path is not None and path in tree.files and path not in seen:
                _load(tree, path, folder, variables, seen)


def _kind(what: str, where: str, name: str, tests: set[str]) -> TargetKind:
    if where == "check" or name in tests:
        return TargetKind.TEST
    return TargetKind.EXECUTABLE if what == "PROGRAMS" else TargetKind.LIBRARY


def _draft(
    tree: Tree, folder: str, manifest: str, variables: Variables, name: str, kind: TargetKind, is_conditional: bool
) -> Draft:
    """Write down one target with what its canonical variables say."""
    canonical = re.sub(r"[^\w@]", "_", name)
    plain = _plain(name)
    draft = Draft(plain, kind, SYSTEM, manifest, CONFIDENCE, is_conditional=is_conditional, aliases=[name])
    names = [word for prefix in ("", "nodist_") for word in variables.words(f"{prefix}{canonical}_SOURCES")]
    found = [tree.source(folder, word) for word in names or [f"{plain}.c", f"{plain}.cc", f"{plain}.cpp"]]
    draft.sources = [path for path in found if path is not None]
    needs = variables.words(f"{canonical}_LDADD") or (
        variables.words("LDADD") if kind is not TargetKind.LIBRARY else []
    )
    draft.uses = _libraries([*needs, *variables.words(f"{canonical}_LIBADD")])
    flags = [word for name in ("AM_CPPFLAGS", "INCLUDES", f"{canonical}_CPPFLAGS") for word in variables.words(name)]
    places = (tree.directory(folder, flag[2:]) for flag in flags if flag.startswith("-I"))
    draft.include_directories = [place for place in places if place is not None]
    return draft


def _libraries(words: Iterable[str]) -> list[str]:
    """Return library names from `path/libx.la`, `libx.a` and `-lx`."""
    names = []
    for word in words:
        if word.startswith("-l"):
            names.append(word[2:])
        elif word.endswith((".la", ".a", ".lo")):
            names.append(_plain(word.rpartition("/")[2]))
    return names


def _plain(name: str) -> str:
    """Return a target's name without directory, library suffix and what configure fills in."""
    return re.sub(r"@\w+@|\.(?:la|a|so)$", "", name.rpartition("/")[2])


def _is_top(tree: Tree, folder: str) -> bool:
    prefix = f"{folder}/" if folder else ""
    return f"{prefix}configure.ac" in tree.files or f"{prefix}configure.in" in tree.files


def _upwards(folder: str) -> Iterable[str]:
    yield folder
    while folder:
        folder = folder_of(folder)
        yield folder
