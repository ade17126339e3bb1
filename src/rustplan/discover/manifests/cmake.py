"""CMake list files: a small interpreter of the commands that declare targets, their sources and what they link."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from rustplan.discover.manifests import cmake_values as values
from rustplan.discover.manifests.cmake_syntax import Command, parse
from rustplan.discover.manifests.cmake_targets import COMMANDS, Targets
from rustplan.discover.manifests.cmake_values import Scope
from rustplan.discover.manifests.draft import Budget, Draft, NotUnderstood, Tree, folder_of

MAX_DEPTH = 24
_STEPS = 1_000_000
_STEPS_OF_CALL = 10
_LOOPS = ("foreach", "while")
_DEFINITIONS = ("function", "macro")
_KNOWN = COMMANDS | values.COMMANDS | {"add_subdirectory", "subdirs", "include"}


@dataclass(frozen=True, slots=True)
class _Routine:
    """A `function()` or `macro()` of the project: calls of it are followed, because many projects declare targets in one."""

    parameters: tuple[str, ...]
    body: tuple[Command, ...]
    is_macro: bool


@dataclass(slots=True)
class Reader:
    """One reading of all list files of a tree. `problems` maps a list file to what was wrong with it."""

    tree: Tree
    problems: dict[str, str] = field(default_factory=dict)
    _targets: Targets = field(init=False)
    _routines: dict[str, _Routine] = field(default_factory=dict)
    _done: set[str] = field(default_factory=set)
    _budget: Budget = field(default_factory=lambda: Budget(_STEPS))

    def __post_init__(self) -> None:
        self._targets = Targets(self.tree)

    def read(self, manifests: Iterable[str]) -> list[Draft]:
        """Return the targets of all list files: outermost first, each once, with the variables of the file that adds it."""
        for manifest in sorted(manifests, key=lambda path: (path.count("/"), path)):
            if manifest not in self._done:
                self._budget = Budget(_STEPS, self.tree.budget)
                self._run_file(manifest, Scope.top(self.tree, folder_of(manifest), manifest), 0)
        return self._targets.drafts()

    def _run_file(self, manifest: str, scope: Scope, depth: int) -> None:
        """Evaluate one list file; a problem ends this file only."""
        self._done.add(manifest)
        try:
            if depth > MAX_DEPTH:
                raise NotUnderstood("list files nested too deep")
            self._run(parse(self.tree.read(manifest)), scope, depth)
        except NotUnderstood as error:
            self.problems.setdefault(manifest, str(error))

    def _run(self, commands: tuple[Command, ...], scope: Scope, depth: int) -> None:
        """Evaluate commands in order; every arm of an `if()` is read, marked as conditional."""
        at = 0
        outer = len(scope.arms)
        while at < len(commands):
            command = commands[at]
            at += 1
            self._budget.spend()
            if command.name == "if":
                scope.arms.append(set())
            elif command.name == "endif":
                del scope.arms[max(outer, len(scope.arms) - 1) :]
            elif command.name in _LOOPS or command.name in _DEFINITIONS:
                end = _end(commands, at, command.name)
                self._block(command, commands[at:end], scope, depth)
                at = end + 1
            else:
                self._call(command, scope, depth)
        del scope.arms[outer:]

    def _block(self, command: Command, body: tuple[Command, ...], scope: Scope, depth: int) -> None:
        """Remember a routine, or run a loop for each of its items."""
        if depth > MAX_DEPTH:
            raise NotUnderstood("loops or calls nested too deep")
        if command.name in _DEFINITIONS:
            name, *parameters = values.expand_all(command.arguments, scope, self._budget) or [""]
            self._routines[name.lower()] = _Routine(tuple(parameters), body, command.name == "macro")
        elif command.name == "while":
            self._run(body, scope, depth + 1)
        else:
            name, items = values.loop_items(values.expand_all(command.arguments, scope, self._budget), scope)
            for item in items:
                scope.variables[name] = item
                self._run(body, scope, depth + 1)

    def _call(self, command: Command, scope: Scope, depth: int) -> None:
        """Evaluate one command: a routine of the project, a list file to go on with, a variable, or a target."""
        routine = self._routines.get(command.name)
        if routine is None and command.name not in _KNOWN:
            return
        arguments = values.expand_all(command.arguments, scope, self._budget)
        if routine is not None:
            self._call_routine(routine, arguments, scope, depth)
        elif command.name == "add_subdirectory" and arguments:
            self._subdirectory(arguments[0], scope, depth)
        elif command.name == "subdirs":
            for name in arguments:
                self._subdirectory(name, scope, depth)
        elif command.name == "include" and arguments:
            self._include(arguments[0], scope, depth)
        else:
            values.evaluate(command.name, arguments, scope, self.tree)
            self._targets.evaluate(command.name, arguments, scope)

    def _call_routine(self, routine: _Routine, arguments: list[str], scope: Scope, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise NotUnderstood("calls nested too deep")
        self._budget.spend(_STEPS_OF_CALL)
        bound = dict(zip(routine.parameters, arguments, strict=False))
        bound |= {f"ARGV{index}": argument for index, argument in enumerate(arguments)}
        bound |= {
            "ARGV": ";".join(arguments),
            "ARGN": ";".join(arguments[len(routine.parameters) :]),
            "ARGC": str(len(arguments)),
        }
        if routine.is_macro:
            scope.variables.update(bound)
            self._run(routine.body, scope, depth + 1)
        else:
            self._run(routine.body, replace(scope, variables={**scope.variables, **bound}, outer=scope), depth + 1)

    def _subdirectory(self, name: str, scope: Scope, depth: int) -> None:
        folder = values.folder(name, scope)
        manifest = f"{folder}/CMakeLists.txt" if folder else ""
        if folder is not None and manifest in self.tree.files and manifest not in self._done:
            self._run_file(manifest, scope.enter(folder, manifest), depth + 1)

    def _include(self, name: str, scope: Scope, depth: int) -> None:
        """Go on with an included file of the project, in the same scope."""
        candidates = [name] if name.endswith(".cmake") or "/" in name else []
        candidates += [
            f"{place}/{name}.cmake" for place in scope.variables.get("CMAKE_MODULE_PATH", "").split(";") if place
        ]
        for candidate in candidates:
            path = values.path(candidate, scope)
            if path is not None and path in self.tree.files and depth < MAX_DEPTH:
                try:
                    self._run(parse(self.tree.read(path)), scope, depth + 1)
                except NotUnderstood as error:
                    self.problems.setdefault(path, str(error))
                return


def _end(commands: tuple[Command, ...], at: int, name: str) -> int:
    """Return where the block that begins before `at` ends."""
    depth = 1
    for place in range(at, len(commands)):
        depth += (commands[place].name == name) - (commands[place].name == f"end{name}")
        if depth == 0:
            return place
    raise NotUnderstood(f"{name}() is not closed")
