"""Java's own module declarations: `module-info.java` names a module and what it requires."""

from __future__ import annotations

import re

from rustplan.discover.manifests.draft import Draft, NotUnderstood, Tree, folder_of
from rustplan.model.source import TargetKind

SYSTEM, CONFIDENCE = "java-module", 0.7
_COMMENT = re.compile(r"(?s)/\*.*?(?:\*/|\Z)|//[^\n]*")
_MODULE = re.compile(r"\bmodule\s+([\w.]{1,300})\s*\{")
_REQUIRES = re.compile(r"\brequires\s+(?:(?:transitive|static)\s+){0,2}([\w.]{1,300})\s*;")


def read(tree: Tree, manifest: str) -> list[Draft]:
    """Return the module that one `module-info.java` declares. Raises NotUnderstood."""
    text = _COMMENT.sub(" ", tree.read(manifest))
    match = _MODULE.search(text)
    if match is None:
        raise NotUnderstood("it declares no module")
    folder = folder_of(manifest)
    draft = Draft(match.group(1), TargetKind.MODULE, SYSTEM, manifest, CONFIDENCE)
    draft.sources = [f"{folder}/"] if folder else []
    draft.uses = _REQUIRES.findall(text)
    return [draft]
