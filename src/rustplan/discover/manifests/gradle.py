"""Gradle: modules from `include(...)` of the settings, edges from `project(":x")`, `projects.x` and version catalogs in build files. Scripts are read as text, never run."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rustplan.discover.manifests.draft import Draft, NotUnderstood, Tree, folder_of, join
from rustplan.discover.manifests.gradle_catalog import Catalogs, project_accessors, stands_for
from rustplan.discover.manifests.layouts import Layouts
from rustplan.model.source import TargetKind

SYSTEM, CONFIDENCE = "gradle", 0.85
_MAX_MODULES = 5000
_COMMENT = re.compile(r"(?s)/\*.*?(?:\*/|\Z)|(?m:(?<!:)//[^\n]*$)")
_INCLUDE = re.compile(r"""\binclude(?![\w.])[\s(]{0,200}((?:["'][^"'\n]{1,300}["'][\s,]{0,200})+)""")
_QUOTED = re.compile(r"""["']([^"'\n]{1,300})["']""")
_MOVED = re.compile(
    r"""project\(\s*["'](:[^"'\n]{1,300})["']\s*\)\.projectDir\s*=\s*(?:new\s+)?[Ff]ile\((?:\s*\w+\s*,)?\s*["']([^"'\n]{1,300})["']"""
)
_PROJECT = re.compile(r"""\bproject\s*\(\s*(?:path\s*[:=]\s*)?["']:?([^"'\n]{1,300})["']""")
_OUTSIDE = re.compile(
    r"""(?m)(?:^|[{;])[ \t]*(?:api|implementation|compileOnly|runtimeOnly|compile|testImplementation)\b[\s(]*["']([\w.-]+):([\w.-]+)(?::[^"'\n]*)?["']"""
)
_ACCESSOR = re.compile(r"\b([A-Za-z_]\w{0,60})((?:\.[A-Za-z_]\w{0,100}){1,20})\b")
_BUILD_FILES = ("build.gradle", "build.gradle.kts")


def read(tree: Tree, manifest: str, layouts: Layouts, catalogs: Mapping[str, Catalogs]) -> list[Draft]:
    """Return the modules of one `settings.gradle[.kts]`. Raises NotUnderstood."""
    top = folder_of(manifest)
    text = _COMMENT.sub("", tree.read(manifest))
    moved = {match.group(1).lstrip(":"): match.group(2) for match in _MOVED.finditer(text)}
    names = [name.strip(":") for group in _INCLUDE.finditer(text) for name in _QUOTED.findall(group.group(1))]
    if len(names) > _MAX_MODULES:
        raise NotUnderstood(f"more than {_MAX_MODULES} modules")
    known = {**catalogs.get(top, {}), "projects": project_accessors(names)}
    drafts = [_draft(tree, top, "", manifest, "", layouts, known)] if layouts.source_folders(top) or not names else []
    for name in dict.fromkeys(names):
        folder = join(top, moved.get(name, name.replace(":", "/")))
        if folder is not None:
            drafts.append(_draft(tree, folder, name, manifest, name, layouts, known))
    return drafts


def read_single(tree: Tree, manifest: str, layouts: Layouts, catalogs: Mapping[str, Catalogs]) -> list[Draft]:
    """Return the module of a `build.gradle[.kts]` that no settings file includes. Raises NotUnderstood."""
    folder = folder_of(manifest)
    if not layouts.source_folders(folder):
        return []
    return [_draft(tree, folder, "", manifest, folder, layouts, catalogs.get(folder, {}))]


def _draft(
    tree: Tree, folder: str, name: str, manifest: str, alias: str, layouts: Layouts, catalogs: Catalogs
) -> Draft:
    """Write down one module with what its build file needs."""
    prefix = f"{folder}/" if folder else ""
    build = next((prefix + file for file in _BUILD_FILES if prefix + file in tree.files), None)
    plain = name or folder.rpartition("/")[2] or "root"
    draft = Draft(plain, TargetKind.MODULE, SYSTEM, build or manifest, CONFIDENCE, aliases=[alias] if alias else [])
    draft.sources = layouts.source_folders(folder)
    if build is not None:
        text = _COMMENT.sub("", tree.read(build))
        draft.uses.extend(match.group(1).strip(":") for match in _PROJECT.finditer(text))
        draft.uses.extend(match.group(2) for match in _OUTSIDE.finditer(text))
        for match in _ACCESSOR.finditer(text):
            draft.uses.extend(stands_for(match.group(1), match.group(2)[1:], catalogs))
    return draft
