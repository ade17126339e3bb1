"""Kbuild: `obj-y`, `obj-$(CONFIG_X)` and composite objects such as `foo-y := a.o b.o`."""

from __future__ import annotations

import re

from rustplan.discover.manifests.automake import load_variables
from rustplan.discover.manifests.draft import Draft, Tree, folder_of
from rustplan.discover.manifests.make_syntax import Variables
from rustplan.model.source import TargetKind

SYSTEM, CONFIDENCE = "kbuild", 0.7
_OBJECTS = re.compile(r"^(?:obj|lib)-(?P<how>y|m|objs|\$[({]\w+[)}])$")
IS_KBUILD = re.compile(r"(?m)^[ ]*obj-(?:y|m|\$[({]CONFIG_)")


def read(tree: Tree, manifest: str) -> list[Draft]:
    """Return the composite objects of one directory, and one target for all its simple objects. Raises NotUnderstood."""
    folder = folder_of(manifest)
    variables = load_variables(tree, manifest)
    simple = Draft(folder.rpartition("/")[2] or "built-in", TargetKind.LIBRARY, SYSTEM, manifest, CONFIDENCE)
    drafts: list[Draft] = []
    for variable in variables.names():
        match = _OBJECTS.match(variable)
        if match is None:
            continue
        for word in variables.words(variable):
            if not word.endswith(".o"):
                continue
            parts = _parts(variables, word[:-2])
            if parts:
                sources = _sources(tree, folder, parts)
                drafts.append(Draft(word[:-2], TargetKind.LIBRARY, SYSTEM, manifest, CONFIDENCE, sources=sources))
                drafts[-1].is_conditional = match.group("how") != "y"
            else:
                simple.sources.extend(_sources(tree, folder, [word]))
    return [draft for draft in [*drafts, simple] if draft.sources]


def _parts(variables: Variables, stem: str) -> list[str]:
    """Return the objects that make up a composite object, whatever the configuration."""
    names = [name for name in variables.names() if re.fullmatch(re.escape(stem) + r"-(?:y|objs|m|\$[({]\w+[)}])", name)]
    return [word for name in names for word in variables.words(name) if word.endswith(".o")]


def _sources(tree: Tree, folder: str, objects: list[str]) -> list[str]:
    found = (tree.source(folder, word[:-2] + ".c") for word in objects)
    return [path for path in found if path is not None]
