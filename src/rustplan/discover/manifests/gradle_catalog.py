"""Gradle's version catalogs: which library `libs.some.name` in a build file stands for. Read entry by entry, as far as catalogs use TOML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from rustplan.discover.manifests.draft import NotUnderstood, Tree

Accessors = Mapping[str, tuple[str, ...]]
"""Accessor, such as `some.name` -> artifact names, several for a bundle."""

Catalogs = Mapping[str, Accessors]
"""Name of a catalog, such as `libs` -> its accessors."""

_FOLDER, _ENDING = "gradle", ".versions.toml"
_MAX_BYTES, _MAX_ENTRIES, _MAX_LINES_OF_ONE = 512 * 1024, 5_000, 500
_SECTION = re.compile(r"^\[([\w.-]{1,60})\]\s*(?:#.*)?$")
_ENTRY = re.compile(r"""^["']?([\w.-]{1,200})["']?\s*=\s*(.*)$""")
_MODULE = re.compile(r"""\bmodule\s*=\s*["']([^"'\n]{1,300})["']""")
_NAME = re.compile(r"""\bname\s*=\s*["']([^"'\n]{1,300})["']""")
_QUOTED = re.compile(r"""["']([^"'\n]{1,300})["']""")
_SEPARATORS = re.compile(r"[-_.]")
_WORD_START = re.compile(r"[-_.]+(\w)")


def is_catalog(path: str) -> bool:
    """True for `gradle/libs.versions.toml` in any folder."""
    folder, _, name = path.rpartition("/")
    return name.endswith(_ENDING) and (folder == _FOLDER or folder.endswith(f"/{_FOLDER}"))


def place_of(path: str) -> tuple[str, str]:
    """Return the folder of the build that a catalog belongs to, and the catalog's name: `libs`."""
    folder, _, name = path.rpartition("/")
    return folder[: -len(_FOLDER)].rstrip("/"), name[: -len(_ENDING)]


def read(tree: Tree, path: str) -> Accessors:
    """Return accessor -> artifact names of one catalog. Raises NotUnderstood."""
    known: dict[str, str] = {}
    bundles: dict[str, list[str]] = {}
    for section, alias, value in _entries(tree.read(path, _MAX_BYTES)):
        if section == "libraries":
            known[alias] = _artifact(value)
        elif section == "bundles":
            bundles[alias] = _QUOTED.findall(value)
        if len(known) + len(bundles) > _MAX_ENTRIES:
            raise NotUnderstood(f"more than {_MAX_ENTRIES} entries")
    accessors: dict[str, tuple[str, ...]] = {_dotted(alias): (name,) for alias, name in known.items() if name}
    for alias, members in bundles.items():
        names = (known.get(member, "") for member in members)
        accessors[f"bundles.{_dotted(alias)}"] = tuple(name for name in names if name)
    return accessors


def project_accessors(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """`net.httpClient` for the project `net:http-client`, as `projects.net.httpClient` spells it."""
    return {_camel(name).replace(":", "."): (name,) for name in names}


def stands_for(catalog: str, accessor: str, catalogs: Catalogs) -> tuple[str, ...]:
    """What an accessor stands for; what follows it, such as `.get`, is left off. Nothing when it is unknown."""
    known = catalogs.get(catalog)
    while known and accessor:
        if accessor in known:
            return known[accessor]
        accessor = accessor.rpartition(".")[0]
    return ()


def _entries(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield section, key and value as written; a list may go over several lines."""
    section, lines = "", iter(text.split("\n"))
    for line in lines:
        line = line.strip()
        heading = _SECTION.match(line)
        if heading:
            section = heading.group(1)
            continue
        entry = _ENTRY.match(line)
        if entry is None:
            continue
        pieces = [entry.group(2)]
        if pieces[0].startswith("[") and "]" not in pieces[0]:
            for _, more in zip(range(_MAX_LINES_OF_ONE), lines, strict=False):
                pieces.append(more.partition("#")[0].strip())
                if "]" in more:
                    break
        yield section, entry.group(1), " ".join(pieces)


def _artifact(value: str) -> str:
    """`guava` from `"com.google.guava:guava:32"`, from `{ module = "g:a" }` and from `{ group = "g", name = "a" }`; "" when it is none."""
    name = _NAME.search(value) if value.startswith("{") else None
    if name is not None:
        return name.group(1)
    found = (_MODULE if value.startswith("{") else _QUOTED).search(value)
    parts = found.group(1).split(":") if found else []
    return parts[1] if len(parts) > 1 else ""


def _dotted(alias: str) -> str:
    return _SEPARATORS.sub(".", alias)


def _camel(name: str) -> str:
    return _WORD_START.sub(lambda match: match.group(1).upper(), name)
