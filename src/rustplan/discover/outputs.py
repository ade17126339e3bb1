"""Which directories are build output. A name alone says nothing: many projects keep hand-written code in `build/`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_ALWAYS = re.compile(r"(?:^|/)(cmake-build-[\w.-]+|CMakeFiles|\.libs|\.gradle|bazel-out)(?:/|$)")
_SIGNS = {
    "CMakeCache.txt": "a CMake cache",
    "CMakeFiles": "CMake's own files",
    "cmake_install.cmake": "CMake's own files",
    "build.ninja": "a ninja file",
    ".ninja_log": "a ninja log",
    "meson-info": "Meson's own files",
    "meson-private": "Meson's own files",
    "compile_commands.json": "a compilation database",
    "args.gn": "GN's own files",
    "config.status": "a configured tree",
    "classes": "compiled classes",
    "maven-status": "Maven's own files",
    "maven-archiver": "Maven's own files",
    "surefire-reports": "test reports",
    "generated-sources": "generated sources",
    "CACHEDIR.TAG": "a cache tag",
    ".rustc_info.json": "cargo's own files",
}
_OBJECTS = (".o", ".obj", ".class", ".lo", ".jar", ".so", ".a", ".dll", ".pdb")


def find_outputs(
    listings: Mapping[str, frozenset[str]], tracked: Iterable[str], files: Iterable[str]
) -> dict[str, str]:
    """Return the directories that hold build output and the sign that says so; one with files in git is never build output."""
    kept = set(tracked)
    found: dict[str, str] = {}
    for folder, names in listings.items():
        sign = _sign(names)
        if sign and folder not in kept:
            found[folder] = f"holds {sign}"
    for path in files:
        match = _ALWAYS.search(path.rpartition("/")[0])
        if match:
            found.setdefault(path[: match.end(1)], f"is called {match.group(1)}")
    return found


def _sign(names: frozenset[str]) -> str:
    """Return what in a directory listing only a build leaves behind."""
    for name, sign in _SIGNS.items():
        if name in names:
            return f"{sign} ({name})"
    objects = sorted(name for name in names if name.endswith(_OBJECTS))
    return f"compiled files ({objects[0]})" if objects else ""
