"""Where the modules of Java builds keep their sources: `src/<set>/<language>/`, or what the build file says."""

from __future__ import annotations

from rustplan.discover.manifests.draft import Tree, folder_of
from rustplan.discover.suffixes import is_candidate

_LANGUAGES = frozenset(
    ["java", "kotlin", "scala", "groovy", "c", "cpp", "native", "jni", "java9", "java11", "java17", "java21"]
)


class Layouts:
    """The directories of a tree that hold source text, looked up by module."""

    def __init__(self, tree: Tree) -> None:
        self._holding = _with_parents({folder_of(path) for path in tree.files if is_candidate(path)})
        self._by_module: dict[str, list[str]] = {}
        for folder in sorted(self._holding):
            head, _, language = folder.rpartition("/")
            module, found, _ = f"/{head}".rpartition("/src/")
            if found and language in _LANGUAGES and head.count("/") == (module.count("/") + 1 if module else 1):
                self._by_module.setdefault(module.lstrip("/"), []).append(f"{folder}/")

    def holds_sources(self, folder: str) -> bool:
        """Tell whether a directory holds source text at any depth."""
        return folder in self._holding

    def source_folders(self, module: str) -> list[str]:
        """Return the source directories of a module, each ending in `/`: `src/` itself when it has no source sets."""
        found = self._by_module.get(module)
        if found:
            return list(found)
        plain = f"{module}/src" if module else "src"
        return [f"{plain}/"] if plain in self._holding else []


def _with_parents(folders: set[str]) -> frozenset[str]:
    found: set[str] = set()
    for folder in folders:
        while folder and folder not in found:
            found.add(folder)
            folder = folder_of(folder)
    return frozenset(found)
