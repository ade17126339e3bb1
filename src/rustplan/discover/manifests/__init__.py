"""Build files: which targets a repository declares. Nothing is run; what is not understood is listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from rustplan.discover.manifests import (
    automake,
    bazel,
    cmake,
    cmake_api,
    compile_commands,
    gradle,
    gradle_catalog,
    java_module,
    kbuild,
    makefile,
    maven,
    meson,
    meson_info,
)
from rustplan.discover.manifests.draft import Draft, NotUnderstood, Tree, folder_of
from rustplan.discover.manifests.gradle_catalog import Accessors
from rustplan.discover.manifests.layouts import Layouts

_MAKEFILES = ("Makefile", "makefile", "GNUmakefile", "Makefile.in")
_SETTINGS = ("settings.gradle", "settings.gradle.kts")
_BUILDS = ("build.gradle", "build.gradle.kts")
_DATABASE = "compile_commands.json"
_TARGETS = "meson-info/intro-targets.json"
_CATALOGS = "*.versions.toml"
_REPLY = ".cmake/api/v1/reply"
_NAMES = frozenset(
    {
        "CMakeLists.txt",
        "meson.build",
        "Makefile.am",
        "Kbuild",
        "pom.xml",
        "BUILD",
        "BUILD.bazel",
        "module-info.java",
        _DATABASE,
    }
    | {"intro-targets.json", *_MAKEFILES, *_SETTINGS, *_BUILDS}
)


@dataclass(slots=True)
class Declared:
    """What the build files of a tree say. Paths are raw; `problems` maps a build file to why it was not understood."""

    drafts: list[Draft] = field(default_factory=list)
    manifests: list[str] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)


def read_manifests(tree: Tree, left_out: Callable[[str], bool]) -> Declared:
    """Read every build file of the tree but those for which `left_out` holds (build output), and those of ignored build directories."""
    by_name: dict[str, list[str]] = {name: [] for name in (*_NAMES, _CATALOGS)}
    replies: list[str] = []
    for path in sorted(tree.files):
        name = path.rpartition("/")[2]
        if name in _NAMES and (name == _DATABASE or not left_out(path)):
            by_name[name].append(path)
        elif gradle_catalog.is_catalog(path) and not left_out(path):
            by_name[_CATALOGS].append(path)
        elif name.startswith("codemodel-v2") and name.endswith(".json") and f"{_REPLY}/" in path:
            replies.append(path)
    by_name[_DATABASE] += tree.hidden(_DATABASE)
    by_name["intro-targets.json"] += tree.hidden(_TARGETS)
    replies += tree.hidden_in(_REPLY, "codemodel-v2")
    declared = Declared()
    _read_computed(tree, by_name, replies, declared)
    _read_written(tree, by_name, declared)
    _read_java(tree, by_name, declared)
    declared.manifests.sort()
    return declared


def _read_computed(tree: Tree, by_name: dict[str, list[str]], replies: list[str], declared: Declared) -> None:
    """Read what a build system computed and left in a build directory."""
    _read_each(replies, lambda path: cmake_api.read(tree, path), declared)
    targets = [path for path in by_name["intro-targets.json"] if path.endswith(_TARGETS)]
    _read_each(targets, lambda path: meson_info.read(tree, path), declared)
    _read_each(by_name[_DATABASE], lambda path: compile_commands.read(tree, path), declared)


def _read_written(tree: Tree, by_name: dict[str, list[str]], declared: Declared) -> None:
    """Read what people write for C and C++ builds."""
    for reader, name in ((cmake.Reader(tree), "CMakeLists.txt"), (meson.Reader(tree), "meson.build")):
        declared.drafts.extend(reader.read(by_name[name]))
        declared.manifests.extend(by_name[name])
        declared.problems.update(reader.problems)
    _read_each(by_name["Makefile.am"], lambda path: automake.read(tree, path), declared)
    _read_each(by_name["Kbuild"], lambda path: kbuild.read(tree, path), declared)
    automatic = {folder_of(path) for path in by_name["Makefile.am"]}
    plain = [path for name in _MAKEFILES for path in by_name[name] if folder_of(path) not in automatic]
    _read_each(plain, lambda path: _read_makefile(tree, path), declared)
    builds = [*by_name["BUILD"], *by_name["BUILD.bazel"]]
    _read_each(builds, lambda path: bazel.read(tree, path), declared)


def _read_java(tree: Tree, by_name: dict[str, list[str]], declared: Declared) -> None:
    """Read Java builds."""
    layouts = Layouts(tree)
    _read_each(by_name["pom.xml"], lambda path: maven.read(tree, path, layouts), declared)
    settings = [path for name in _SETTINGS for path in by_name[name]]
    catalogs = _read_catalogs(tree, by_name[_CATALOGS], declared)
    _read_each(settings, lambda path: gradle.read(tree, path, layouts, catalogs), declared)
    included = {draft.manifest for draft in declared.drafts}
    single = [path for name in _BUILDS for path in by_name[name] if path not in included]
    _read_each(single, lambda path: gradle.read_single(tree, path, layouts, catalogs), declared)
    _read_each(by_name["module-info.java"], lambda path: java_module.read(tree, path), declared)


def _read_catalogs(tree: Tree, paths: Iterable[str], declared: Declared) -> dict[str, dict[str, Accessors]]:
    """Return the version catalogs by the folder of their build and their name."""
    found: dict[str, dict[str, Accessors]] = {}
    for path in paths:
        declared.manifests.append(path)
        try:
            accessors = gradle_catalog.read(tree, path)
        except NotUnderstood as error:
            declared.problems[path] = str(error)
            continue
        folder, name = gradle_catalog.place_of(path)
        found.setdefault(folder, {})[name] = accessors
    return found


def _read_makefile(tree: Tree, path: str) -> list[Draft]:
    """Read a makefile as Kbuild when it speaks like one."""
    return kbuild.read(tree, path) if kbuild.IS_KBUILD.search(tree.read(path)) else makefile.read(tree, path)


def _read_each(paths: Iterable[str], read: Callable[[str], list[Draft]], declared: Declared) -> None:
    """Read build files one by one; what is wrong with one is noted and ends only that one."""
    for path in paths:
        declared.manifests.append(path)
        try:
            declared.drafts.extend(read(path))
        except NotUnderstood as error:
            declared.problems[path] = str(error)
