"""Meson's introspection files in a build directory: targets as Meson itself computed them."""

from __future__ import annotations

import msgspec

from rustplan.discover.manifests.compile_commands import Places
from rustplan.discover.manifests.draft import MAX_DATABASE, Draft, NotUnderstood, Tree
from rustplan.model.source import TargetKind

SYSTEM, CONFIDENCE = "meson-info", 0.95
_KINDS = {
    **dict.fromkeys(("static library", "shared library", "shared module"), TargetKind.LIBRARY),
    "executable": TargetKind.EXECUTABLE,
    "jar": TargetKind.MODULE,
}


class _Sources(msgspec.Struct):
    sources: list[str] = []
    parameters: list[str] = []


class _Target(msgspec.Struct):
    name: str
    type: str
    id: str = ""
    target_sources: list[_Sources] = []
    depends: list[str] = []


def read(tree: Tree, manifest: str) -> list[Draft]:
    """Return the targets of one `intro-targets.json`. Raises NotUnderstood."""
    try:
        targets = msgspec.json.decode(tree.read_bytes(manifest, MAX_DATABASE), type=list[_Target])
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise NotUnderstood(f"not Meson's list of targets: {str(error)[:120]}") from None
    places = Places(tree, [path for target in targets for group in target.target_sources for path in group.sources])
    return [_draft(tree, manifest, target, places) for target in targets if target.type in _KINDS]


def _draft(tree: Tree, manifest: str, target: _Target, places: Places) -> Draft:
    draft = Draft(target.name, _KINDS[target.type], SYSTEM, manifest, CONFIDENCE, aliases=[target.id])
    draft.uses = list(target.depends)
    for group in target.target_sources:
        found = (places.find(path) for path in group.sources)
        draft.sources.extend(path for path in found if path is not None and path in tree.files)
        flags = (flag[2:] for flag in group.parameters if flag.startswith("-I/"))
        folders = (places.find(flag) for flag in flags)
        draft.include_directories.extend(
            place or "." for place in folders if place is not None and place in tree.folders
        )
    return draft
