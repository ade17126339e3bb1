"""The second pass: functions that hand something of interest to a function of another file are run again, through that function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from rustplan.flow.declarations import Declarations
from rustplan.flow.engine import FileProgram, FlowResult, run_routine, unique_events
from rustplan.flow.ir import Routine, Var
from rustplan.flow.models import Models

STEPS_A_TASK = 8_000
STEPS_A_FUNCTION = 600
MOST_BYTES = 4_000
"""Bytes of a function that calls from other files are followed into."""
MOST_FILES = 40
"""Files that the calls of one file are followed into."""

Load = Callable[[str], "FileProgram | None"]


class Project:
    """The program around one file: its own functions first, then the one definition of a name anywhere in the tree.

    `definers` maps the name of a function (`f`, `Class::f`) to the one file that defines it, `variables` that of a global variable.
    """

    def __init__(
        self, main: FileProgram, load: Load, definers: Mapping[str, str], variables: Mapping[str, str]
    ) -> None:
        self.main = main
        self.declarations: Declarations = main.declarations
        self._load = load
        self._definers = definers
        self._variables = variables
        self._programs: dict[str, FileProgram | None] = {main.path: main}
        main.lowerer.elsewhere = self.variable

    def program(self, path: str) -> FileProgram | None:
        """The program of another file; None when it cannot be read, or when enough were."""
        if path not in self._programs:
            if len(self._programs) > MOST_FILES:
                return None
            found = self._programs[path] = self._load(path)
            if found is not None:
                found.lowerer.elsewhere = self.variable
        return self._programs[path]

    def variable(self, name: str, asking: str) -> Var | None:
        """The variable at file level that the tree defines once, when that is in another file."""
        path = self._variables.get(name)
        if path is None or path == asking:
            return None
        program = self._programs.get(path) or self._load(path)
        if program is None:
            return None
        program.lowerer.elsewhere = self.variable  # its initialisers may name variables of other files in turn
        return program.own_global(name)

    def routine(self, name: str, caller: Routine) -> Routine | None:
        """The function that `caller` means: of its own file, else the one definition of the tree."""
        own = self.program(caller.path)
        if own is not None and own.has(name):
            return own.routine(name, caller)
        path = self._definers.get(name)
        program = self.program(path) if path is not None and path != caller.path else None
        return None if program is None else program.routine(name, caller, most_bytes=MOST_BYTES)

    def is_near(self, name: str, caller: Routine) -> bool:
        """True when the file of `caller` defines functions of that name."""
        own = self.program(caller.path)
        return own is not None and own.has(name)

    def method(self, class_name: str, name: str) -> Routine | None:
        """A method of a class or of the nearest of its bases that has it, wherever it is defined."""
        found = self.main.method(class_name, name)
        if found is not None:
            return found
        wanted, current = name, class_name
        for _ in range(5):
            path = self._definers.get(f"{current}::{wanted}")
            program = self.program(path) if path is not None else None
            if program is not None:
                return program.method(current, wanted)
            info = self.declarations.class_of(current)
            if info is None or not info.bases or name == class_name:
                return None
            current = info.bases[0]
            if name.startswith("~"):
                wanted = "~" + current
        return None

    def is_defined(self, name: str) -> bool:
        """True when the tree defines a function of that name, or a header a macro."""
        return name in self._definers or self.main.is_defined(name)


def run_across(project: Project, offsets: Iterable[int], models: Models) -> FlowResult:
    """Run the functions of the main file that begin at these offsets, through calls into other files."""
    result = FlowResult()
    wanted = set(offsets)
    for _container, name, node in project.main.nodes:
        if node.start_byte not in wanted:
            continue
        if result.steps > STEPS_A_TASK:
            result.degraded.append((name, "calls into other files were not followed: the file used up its steps"))
            continue
        routine = project.main.routine_of(node)
        if routine is not None:
            run_routine(project, routine, models, result, limit=STEPS_A_FUNCTION)
    result.events = unique_events(result.events)
    return result
