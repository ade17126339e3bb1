"""Compilation databases: which object of which target each file becomes, and where its includes are looked for."""

from __future__ import annotations

import posixpath
import re
from collections import Counter

import msgspec

from rustplan.discover.manifests.draft import MAX_DATABASE, Draft, NotUnderstood, Tree
from rustplan.model.source import TargetKind

SYSTEM, CONFIDENCE = "compile-commands", 0.9
_TARGET = re.compile(r"(?:^|/)(?:CMakeFiles/(?P<cmake>[^/\s]+)\.dir/|(?P<meson>[^/\s]+)\.p/|_objs/(?P<bazel>[^/\s]+)/)")
_OUTPUT = re.compile(r"""(?:^|\s)-o\s*["']?([^\s"']+)""")
_INCLUDE = re.compile(r"""(?:^|\s)-(?:I|iquote|isystem)\s*["']?([^\s"']+)""")
_LIBRARY_NAME = re.compile(r"^(?P<name>.+?)(?:\.so(?:\.\d+)*|\.a|@exe|@sha|@sta|\.exe)$")
_MAX_PROBES = 200


class _Entry(msgspec.Struct):
    directory: str = ""
    file: str = ""
    command: str = ""
    arguments: list[str] = []
    output: str = ""


def read(tree: Tree, manifest: str) -> list[Draft]:
    """Return the targets of one `compile_commands.json`. Raises NotUnderstood."""
    try:
        entries = msgspec.json.decode(tree.read_bytes(manifest, MAX_DATABASE), type=list[_Entry])
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise NotUnderstood(f"not a compilation database: {str(error)[:120]}") from None
    places = Places(tree, [posixpath.join(entry.directory, entry.file) for entry in entries])
    drafts: dict[str, Draft] = {}
    for entry in entries:
        _add(entry, places, tree, manifest, drafts)
    return list(drafts.values())


def _add(entry: _Entry, places: Places, tree: Tree, manifest: str, drafts: dict[str, Draft]) -> None:
    """Add one compilation to the target that its object belongs to."""
    command = entry.command or " ".join(entry.arguments)
    output = entry.output or next(iter(_OUTPUT.findall(command)), "")
    match = _TARGET.search(output)
    source = places.find(posixpath.join(entry.directory, entry.file))
    if match is None or source is None or source not in tree.files:
        return
    raw = match.group(match.lastgroup or 0)
    shaped = _LIBRARY_NAME.match(raw)
    name = (shaped.group("name") if shaped else raw).partition("@@")[2] or (shaped.group("name") if shaped else raw)
    kind = TargetKind.LIBRARY if shaped and re.search(r"\.(?:so|a)\b", raw) else TargetKind.EXECUTABLE
    draft = drafts.setdefault(name, Draft(name, kind, SYSTEM, manifest, CONFIDENCE))
    draft.sources.append(source)
    for include in _INCLUDE.findall(command):
        place = places.find(posixpath.join(entry.directory, include))
        if place is not None and place in tree.folders:
            draft.include_directories.append(place or ".")


class Places:
    """Maps absolute paths of the machine that ran the build to this tree: by the scanned root, else by the prefix most files agree on."""

    def __init__(self, tree: Tree, samples: list[str]) -> None:
        root = tree.root.decode("utf-8", "surrogateescape").rstrip("/")
        self._prefix = root
        inside = [path for path in samples if path.startswith(root + "/")]
        if not inside:
            votes = Counter(
                prefix for path in samples[:_MAX_PROBES] for prefix in _prefixes(tree, posixpath.normpath(path))
            )
            self._prefix = min(votes, key=lambda prefix: (-votes[prefix], len(prefix), prefix)) if votes else root

    def find(self, path: str) -> str | None:
        """Return the repository path, or None when the path lies elsewhere; the root is empty."""
        normal = posixpath.normpath(path)
        if normal == self._prefix:
            return ""
        return normal[len(self._prefix) + 1 :] if normal.startswith(self._prefix + "/") else None


def _prefixes(tree: Tree, path: str) -> list[str]:
    """Return every prefix whose removal gives a walked file."""
    parts = path.split("/")[:100]
    return ["/".join(parts[:cut]) for cut in range(1, len(parts)) if "/".join(parts[cut:]) in tree.files]
