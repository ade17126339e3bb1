"""Files that somebody has already spoken for: the configuration, and the authors of vendored code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from posixpath import basename, dirname, splitext

from rustplan.components.files import Inventory
from rustplan.components.groups import Group
from rustplan.ignore_lines import option_patterns
from rustplan.model.component import Provenance
from rustplan.model.source import Language, Role
from rustplan.path_regex import PATH_REGEX, PathRegex

_VENDOR_FOLDERS = frozenset(
    {"third_party", "third-party", "thirdparty", "3rdparty", "3rd_party", "3rd-party", "vendor", "vendored", "vendors"}
    | {"external", "externals", "extern", "deps", "dependencies", "contrib", "submodules", "subprojects", "bundled"}
)


def claim_configured(inventory: Inventory, components: Mapping[str, tuple[str, ...]]) -> tuple[Group, ...]:
    """One group per configured name, of every file its globs and expressions match; the first name that matches a file keeps it."""
    free = [path for path, file in inventory.files.items() if file.role is not Role.BUILD_OUTPUT]
    groups = []
    for name, globs in components.items():
        covers = _matcher(name, globs)
        files = tuple(path for path in free if covers(path))
        taken = set(files)
        free = [path for path in free if path not in taken]
        if files:
            because = f"rustplan.yml, components.{name}: {', '.join(globs)}"
            provenance = Provenance(source="config", because=because, confidence=1.0)
            groups.append(_fixed(name, files, inventory, provenance))
    return tuple(groups)


def _matcher(name: str, texts: tuple[str, ...]) -> Callable[[str], bool]:
    """Globs, and `regex:` with an expression that is searched for in the path."""
    patterns = option_patterns((text for text in texts if not text.startswith(PATH_REGEX)), f"components.{name}")
    expressions = [PathRegex(text.removeprefix(PATH_REGEX).strip()) for text in texts if text.startswith(PATH_REGEX)]
    return lambda path: patterns.covers(path) or any(expression.found_in(path) for expression in expressions)


def claim_vendored(inventory: Inventory, claimed: Collection[str]) -> tuple[Group, ...]:
    """One group per vendored library: it may be replaced as a whole, so it never mixes with the project's own code."""
    libraries: dict[str, list[str]] = defaultdict(list)
    mixed = {dirname(path) for path, file in inventory.files.items() if file.role is not Role.VENDORED}
    for path in inventory.paths_of(Role.VENDORED):
        if path not in claimed:
            libraries[_library(path, mixed)].append(path)
    return tuple(
        _fixed(library, tuple(files), inventory, _vendored_because(files[0], library, inventory))
        for library, files in sorted(libraries.items())
    )


def _library(path: str, mixed_folders: Collection[str]) -> str:
    segments = path.split("/")
    for index, segment in enumerate(segments[:-1]):
        if segment.lower() in _VENDOR_FOLDERS:
            return "/".join(segments[: index + 2]) if index + 2 < len(segments) else _lone_file(path)
    folder = dirname(path)
    return folder if folder and folder not in mixed_folders else _lone_file(path)


def _lone_file(path: str) -> str:
    return f"{dirname(path)}/{splitext(basename(path))[0]}".lstrip("/")


def _vendored_because(path: str, library: str, inventory: Inventory) -> Provenance:
    reason = inventory.files[path].role_because or "third-party code kept in the repository"
    return Provenance(source="vendored", because=f"{library}: {reason}", confidence=0.8)


def _fixed(name: str, files: tuple[str, ...], inventory: Inventory, provenance: Provenance) -> Group:
    sources = [path for path in files if inventory.role(path) is Role.SOURCE]
    languages = {inventory.files[path].language for path in files}
    return Group(
        path=name,
        files=files,
        sloc=sum(inventory.sloc(path) for path in sources),
        provenance=provenance,
        is_java=languages == {Language.JAVA},
        is_fixed=True,
    )
