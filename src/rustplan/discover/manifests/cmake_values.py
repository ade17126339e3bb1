"""CMake's variables: lists as text with semicolons, expansion, and the commands that only compute values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from rustplan.discover.manifests.automake import load_variables
from rustplan.discover.manifests.cmake_syntax import Argument
from rustplan.discover.manifests.draft import Budget, NotUnderstood, Tree, from_root, resolve

_REFERENCE = re.compile(r"\$(ENV)?(?:CACHE)?\{([^${}]*)\}")
_MAX_ROUNDS = 8
_MAX_VALUE = 1_000_000
_BINARY = "//.build-folder"
_SOURCE_SUFFIXES = ("*.c", "*.cc", "*.cpp", "*.cxx", "*.C")


@dataclass(slots=True)
class Scope:
    """Variables of one directory or function call. `arms` has, for each `if()` around, the names set in it; `outer` is the caller's scope.

    `fallback` holds the variables of a `Makefile.inc` beside the list file: projects with two build systems share their source lists so.
    """

    folder: str
    manifest: str
    variables: dict[str, str]
    arms: list[set[str]] = field(default_factory=list)
    include_directories: list[str] = field(default_factory=list)
    fallback: Mapping[str, str] = field(default_factory=dict)
    outer: Scope | None = None
    tree: Tree | None = None

    @classmethod
    def top(cls, tree: Tree, folder: str, manifest: str) -> Scope:
        """Return the scope of a list file that no other one adds."""
        place = from_root(folder)
        names = ("CMAKE_SOURCE_DIR", "PROJECT_SOURCE_DIR", "CMAKE_HOME_DIRECTORY")
        variables = {**dict.fromkeys(names, place), "CMAKE_BINARY_DIR": _BINARY, "PROJECT_BINARY_DIR": _BINARY}
        return cls(folder, manifest, variables, tree=tree).enter(folder, manifest)

    def enter(self, folder: str, manifest: str) -> Scope:
        """Return the scope of a subdirectory: it inherits copies."""
        place = from_root(folder)
        own = {
            "CMAKE_CURRENT_SOURCE_DIR": place,
            "CMAKE_CURRENT_LIST_DIR": place,
            "CMAKE_CURRENT_BINARY_DIR": f"{_BINARY}/{folder}",
        }
        return replace(
            self,
            folder=folder,
            manifest=manifest,
            variables={**self.variables, **own},
            include_directories=list(self.include_directories),
            fallback=_shared_lists(self.tree, folder),
            outer=self,
        )

    @property
    def is_conditional(self) -> bool:
        """True inside an `if()`."""
        return bool(self.arms)

    def assign(self, name: str, items: Iterable[str], *, joins: bool = False) -> None:
        """Set a variable. Inside an `if()` a list of files joins what another arm may have set; of other values the first arm's stays."""
        text = ";".join(items)
        old = self.variables.get(name, "")
        if joins:
            text = f"{old};{text}" if old else text
        elif self.arms and old and _extends(text, old):
            pass
        elif self.arms and old and any(mark in old + text for mark in "./;"):
            text = ";".join(dict.fromkeys([*old.split(";"), *text.split(";")]))
        elif self.arms and name in self.arms[-1]:
            return
        if self.arms:
            self.arms[-1].add(name)
        if len(text) > _MAX_VALUE:
            raise NotUnderstood(f"the variable {name[:40]} grows without end")
        self.variables[name] = text


def _extends(text: str, old: str) -> bool:
    """Tell whether a new value is the old one with more before or behind it, as in `set(X "${X} more")`."""
    return text == old or text.startswith((f"{old};", f"{old} ")) or text.endswith((f";{old}", f" {old}"))


def expand_all(arguments: Iterable[Argument], scope: Scope, budget: Budget) -> list[str]:
    """Return the expanded arguments of a command; an unquoted one splits at semicolons."""
    found: list[str] = []
    for argument in arguments:
        text = argument.text if argument.is_literal else _expand(argument.text, scope, budget)
        if argument.is_quoted:
            found.append(text)
        else:
            found.extend(item for item in text.split(";") if item)
    budget.spend(len(found) // 100)
    return found


def _expand(text: str, scope: Scope, budget: Budget) -> str:
    """Replace `${NAME}`, innermost first; what is not known is empty."""
    if "{" not in text and "\\" not in text:
        return text
    for _ in range(_MAX_ROUNDS):
        changed = _REFERENCE.sub(lambda match: "" if match.group(1) else _lookup(match.group(2), scope), text)
        if changed == text:
            break
        budget.spend(1 + len(changed) // 1000)
        if len(changed) > _MAX_VALUE:
            raise NotUnderstood("an argument grows without end")
        text = changed
    return text.replace('\\"', '"').replace("\\ ", " ") if "\\" in text else text


def _lookup(name: str, scope: Scope) -> str:
    value = scope.variables.get(name)
    return scope.fallback.get(name, "") if value is None else value


COMMANDS = frozenset(
    [
        "set",
        "project",
        "list",
        "file",
        "aux_source_directory",
        "get_filename_component",
        "string",
        "cmake_parse_arguments",
    ]
)


def evaluate(name: str, arguments: list[str], scope: Scope, tree: Tree) -> None:
    """Evaluate a command that computes a value; any other one is none of our business."""
    if not arguments:
        return
    if name == "set":
        _set(arguments, scope)
    elif name == "project":
        scope.variables["PROJECT_NAME"] = arguments[0]
        scope.variables.setdefault("CMAKE_PROJECT_NAME", arguments[0])
        scope.variables["PROJECT_SOURCE_DIR"] = scope.variables[f"{arguments[0]}_SOURCE_DIR"] = from_root(scope.folder)
    elif name == "list":
        _list(arguments, scope)
    elif name == "file" and len(arguments) > 2 and arguments[0] in ("GLOB", "GLOB_RECURSE"):
        _glob(arguments, scope, tree)
    elif name == "aux_source_directory" and len(arguments) == 2:
        found = [path for suffix in _SOURCE_SUFFIXES for path in tree.glob(scope.folder, f"{arguments[0]}/{suffix}")]
        scope.assign(arguments[1], map(from_root, found), joins=True)
    elif name == "get_filename_component" and len(arguments) >= 3:
        scope.variables[arguments[0]] = _component(arguments[1], arguments[2])
    elif name == "string" and len(arguments) >= 5 and arguments[0] == "REPLACE" and arguments[1]:
        scope.variables[arguments[3]] = "".join(arguments[4:]).replace(arguments[1], arguments[2])[:_MAX_VALUE]
    elif name == "string" and len(arguments) == 3 and arguments[0] in ("TOLOWER", "TOUPPER"):
        scope.variables[arguments[2]] = arguments[1].lower() if arguments[0] == "TOLOWER" else arguments[1].upper()
    elif name == "cmake_parse_arguments":
        _parse_arguments(arguments, scope)


def loop_items(arguments: list[str], scope: Scope) -> tuple[str, list[str]]:
    """Return the variable and the items of a `foreach()`."""
    if not arguments:
        return "", []
    name, *rest = arguments
    if rest[:1] == ["RANGE"]:
        return name, ["0"]
    if rest[:1] != ["IN"]:
        return name, rest
    items: list[str] = []
    mode = "ITEMS"
    for word in rest[1:]:
        if word in ("LISTS", "ITEMS", "ZIP_LISTS"):
            mode = word
        else:
            items.extend([word] if mode == "ITEMS" else [item for item in _lookup(word, scope).split(";") if item])
    return name, items


def path(name: str, scope: Scope) -> str | None:
    """Return the repository path that an argument means, or None when it leaves the root."""
    return resolve(scope.folder, name)


def folder(name: str, scope: Scope) -> str | None:
    """Return the repository directory that an argument means, or None."""
    return path(name, scope)


def _set(arguments: list[str], scope: Scope) -> None:
    name, *items = arguments
    if "CACHE" in items:
        items = items[: items.index("CACHE")]
    if items[-1:] == ["PARENT_SCOPE"]:
        if scope.outer is not None:
            scope.outer.assign(name, items[:-1])
        return
    scope.assign(name, items)


def _list(arguments: list[str], scope: Scope) -> None:
    if len(arguments) < 2:
        return
    how, name, *items = arguments
    old = [item for item in _lookup(name, scope).split(";") if item]
    if how == "APPEND":
        scope.variables[name] = ";".join(old)
        scope.assign(name, items, joins=True)
    elif how == "PREPEND":
        scope.variables[name] = ";".join([*items, *old])
    elif how == "REMOVE_ITEM" and not scope.is_conditional:
        scope.variables[name] = ";".join(item for item in old if item not in items)
    elif how == "TRANSFORM" and len(items) >= 2 and items[0] == "PREPEND":
        scope.variables[name] = ";".join(items[1] + item for item in old)


def _glob(arguments: list[str], scope: Scope, tree: Tree) -> None:
    """Expand `file(GLOB)` against the walked files."""
    how, name, *patterns = arguments
    if "RELATIVE" in patterns:
        del patterns[patterns.index("RELATIVE") : patterns.index("RELATIVE") + 2]
    found: list[str] = []
    for pattern in patterns:
        if pattern not in ("CONFIGURE_DEPENDS", "FOLLOW_SYMLINKS", "LIST_DIRECTORIES", "true", "false"):
            found.extend(tree.glob(scope.folder, pattern, is_recursive=how == "GLOB_RECURSE"))
    scope.assign(name, map(from_root, dict.fromkeys(found)))


def _component(text: str, how: str) -> str:
    """Return the part of a file name that `get_filename_component` asks for."""
    head, slash, name = text.rpartition("/")
    if how in ("DIRECTORY", "PATH"):
        return head if slash else ""
    if how == "NAME_WE":
        return name.partition(".")[0]
    if how == "NAME_WLE":
        return name.rpartition(".")[0] or name
    return text if how in ("ABSOLUTE", "REALPATH") else name


def _parse_arguments(arguments: list[str], scope: Scope) -> None:
    """Split the arguments of a routine by its keywords, as `cmake_parse_arguments` does."""
    if arguments[0] == "PARSE_ARGV" and len(arguments) >= 6:
        count = int(arguments[1]) if arguments[1].isdigit() else 0
        prefix, options, single, many = arguments[2:6]
        rest = _lookup("ARGV", scope).split(";")[count:]
    elif len(arguments) >= 4:
        prefix, options, single, many = arguments[:4]
        rest = arguments[4:]
    else:
        return
    flags, keywords = set(options.split(";")), {*single.split(";"), *many.split(";")} - {""}
    for keyword in keywords:
        scope.variables[f"{prefix}_{keyword}"] = ""
    current = ""
    for word in rest:
        if word in keywords:
            current = word
        elif word in flags:
            scope.variables[f"{prefix}_{word}"] = "TRUE"
        elif current:
            old = scope.variables[f"{prefix}_{current}"]
            scope.variables[f"{prefix}_{current}"] = f"{old};{word}" if old else word


def _shared_lists(tree: Tree | None, folder: str) -> Mapping[str, str]:
    """Return the lists of a `Makefile.inc` in the directory."""
    manifest = f"{folder}/Makefile.inc" if folder else "Makefile.inc"
    if tree is None or manifest not in tree.files:
        return {}
    try:
        variables = load_variables(tree, manifest)
        return {name: ";".join(variables.words(name)) for name in variables.names()}
    except NotUnderstood:
        return {}
