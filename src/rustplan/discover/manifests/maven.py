"""Maven: each `pom.xml` is a module; its artifactId names it, `dependencies` are its edges."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from rustplan.discover.manifests.draft import Draft, NotUnderstood, Tree, folder_of, join
from rustplan.discover.manifests.layouts import Layouts
from rustplan.model.source import TargetKind

SYSTEM, CONFIDENCE = "maven", 0.85
_PROPERTY = re.compile(r"\$\{([\w.-]{1,100})\}")
_MAX_DEPENDENCIES = 2000


def read(tree: Tree, manifest: str, layouts: Layouts) -> list[Draft]:
    """Return the module of one `pom.xml`. Raises NotUnderstood."""
    project = _parse(tree.read_bytes(manifest))
    if _local(project.tag) != "project":
        raise NotUnderstood("its root element is not <project>")
    folder = folder_of(manifest)
    properties = _properties(project)
    name = _resolve(_text(project, "artifactId"), properties)
    if not name:
        raise NotUnderstood("it has no artifactId")
    draft = Draft(name, TargetKind.MODULE, SYSTEM, manifest, CONFIDENCE)
    draft.sources = _sources(project, folder, properties, layouts)
    for dependency in _dependencies(project)[:_MAX_DEPENDENCIES]:
        draft.uses.append(_resolve(_text(dependency, "artifactId"), properties))
    return [draft]


def _parse(data: bytes) -> Element:
    try:
        element: Element = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise NotUnderstood(f"not acceptable XML: {type(error).__name__}") from None
    return element


def _sources(project: Element, folder: str, properties: Mapping[str, str], layouts: Layouts) -> list[str]:
    """Return the source directories: the usual ones, `<sourceDirectory>`, and what build-helper adds."""
    found = layouts.source_folders(folder)
    build = _child(project, "build")
    if build is not None:
        names = [_text(build, "sourceDirectory"), _text(build, "testSourceDirectory")]
        names += [element.text or "" for element in build.iter() if _local(element.tag) == "source"]
        for name in names:
            path = join(folder, _resolve(name.strip(), properties))
            if path and layouts.holds_sources(path):
                found.append(f"{path}/")
    return list(dict.fromkeys(found))


def _dependencies(project: Element) -> list[Element]:
    """Return the direct dependencies, those of profiles included; managed versions are not edges."""
    places = [project]
    profiles = _child(project, "profiles")
    if profiles is not None:
        places.extend(child for child in profiles if _local(child.tag) == "profile")
    lists = (_child(place, "dependencies") for place in places)
    return [item for found in lists if found is not None for item in found if _local(item.tag) == "dependency"]


def _properties(project: Element) -> dict[str, str]:
    """Return the properties that names are written with."""
    found = {"project.basedir": ".", "basedir": "."}
    parent = _child(project, "parent")
    for key in ("groupId", "artifactId", "version"):
        found[f"project.parent.{key}"] = _text(parent, key) if parent is not None else ""
        found[f"project.{key}"] = _text(project, key) or found[f"project.parent.{key}"]
    own = _child(project, "properties")
    for element in own if own is not None else ():
        found[_local(element.tag)] = (element.text or "").strip()
    return found


def _resolve(text: str, properties: Mapping[str, str]) -> str:
    """Replace `${property}`, twice at most; what is not known stays as written."""
    for _ in range(2):
        text = _PROPERTY.sub(lambda match: properties.get(match.group(1), match.group())[:200], text)[:1000]
    return text


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if _local(child.tag) == name), None)


def _text(element: Element, name: str) -> str:
    child = _child(element, name)
    return (child.text or "").strip() if child is not None else ""


def _local(tag: object) -> str:
    """Return a tag without its namespace; comments and instructions have none."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
