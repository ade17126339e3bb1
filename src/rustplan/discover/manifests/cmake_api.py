"""CMake File API replies in a build directory: targets as CMake itself computed them."""

from __future__ import annotations

from typing import Any

import msgspec

from rustplan.discover.manifests.compile_commands import Places
from rustplan.discover.manifests.draft import MAX_DATABASE, Draft, NotUnderstood, Tree, folder_of
from rustplan.model.source import TargetKind

SYSTEM, CONFIDENCE = "cmake-file-api", 0.95
_KINDS = {
    **dict.fromkeys(
        ("STATIC_LIBRARY", "SHARED_LIBRARY", "OBJECT_LIBRARY", "MODULE_LIBRARY", "INTERFACE_LIBRARY"),
        TargetKind.LIBRARY,
    ),
    "EXECUTABLE": TargetKind.EXECUTABLE,
}


class _Path(msgspec.Struct):
    path: str
    isGenerated: bool = False


class _Id(msgspec.Struct):
    id: str


class _CompileGroup(msgspec.Struct):
    includes: list[_Path] = []


class _Target(msgspec.Struct):
    name: str
    type: str
    sources: list[_Path] = []
    dependencies: list[_Id] = []
    compileGroups: list[_CompileGroup] = []


class _TargetRef(msgspec.Struct):
    jsonFile: str


class _Configuration(msgspec.Struct):
    targets: list[_TargetRef] = []


class _CodeModel(msgspec.Struct):
    configurations: list[_Configuration] = []
    paths: dict[str, str] = {}


def read(tree: Tree, manifest: str) -> list[Draft]:
    """Return the targets that one `codemodel-v2-*.json` lists. Raises NotUnderstood."""
    model = _decode(tree, manifest, _CodeModel)
    targets = [
        _decode(tree, f"{folder_of(manifest)}/{reference.jsonFile.rpartition('/')[2]}", _Target)
        for configuration in model.configurations[:1]
        for reference in configuration.targets
    ]
    top = model.paths.get("source", "")
    places = Places(tree, [_absolute(top, source.path) for target in targets for source in target.sources])
    return [_draft(tree, manifest, target, places, top) for target in targets if target.type in _KINDS]


def _draft(tree: Tree, manifest: str, target: _Target, places: Places, top: str) -> Draft:
    draft = Draft(target.name, _KINDS[target.type], SYSTEM, manifest, CONFIDENCE)
    for source in target.sources:
        path = places.find(_absolute(top, source.path))
        if path is not None and path in tree.files and not source.isGenerated:
            draft.sources.append(path)
    draft.uses = [dependency.id.partition("::@")[0] for dependency in target.dependencies]
    for group in target.compileGroups:
        for include in group.includes:
            place = places.find(_absolute(top, include.path))
            if place is not None and place in tree.folders:
                draft.include_directories.append(place or ".")
    return draft


def _absolute(top: str, path: str) -> str:
    return path if path.startswith("/") else f"{top}/{path}"


def _decode(tree: Tree, path: str, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(tree.read_bytes(path, MAX_DATABASE), type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise NotUnderstood(f"not a CMake File API reply: {str(error)[:120]}") from None
