"""One file through the engine: which functions are worth running, running them, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rustplan.flow.ctypes import CHAR, INT, POINTER, pointer_to
from rustplan.flow.declarations import Declarations, Included
from rustplan.flow.events import Event
from rustplan.flow.file_level import FILE_LEVEL, read_declarations
from rustplan.flow.ir import Routine, Var
from rustplan.flow.lower import Lowerer, TooLarge
from rustplan.flow.memory import ANY, INPUT, OUTER, SURE, State
from rustplan.flow.models import Models
from rustplan.flow.run import NEVER, STEPS_A_FUNCTION, Frame, OutOfBudget, Program
from rustplan.flow.statements import Statements
from rustplan.flow.values import ENDS, EXACT, HI, LONGEST, TAINT, Num, Ptr, Source
from rustplan.model.source import Language
from rustplan.syntax import Node, Tree

STEPS_A_FILE = 400_000
MOST_STEPS_ACROSS = 300
"""Functions that took more steps alone are not run again through other files."""
_MAX_FUNCTIONS = 20_000
_MOST_ARGUMENTS = 1 << 20
_GROUPS = FILE_LEVEL | {"class_specifier", "struct_specifier", "field_declaration_list", "declaration"}


@dataclass(slots=True)
class FlowResult:
    """What the engine saw in one file. `degraded` names functions that were not run to their end, with the reason."""

    events: list[Event] = field(default_factory=list)
    degraded: list[tuple[str, str]] = field(default_factory=list)
    effects: dict[str, int] = field(default_factory=dict)
    """Name of a function that others can call (`f`, `Class::f`) -> what a caller would want to know of it: RETURNS, CHANGES, NEVER."""
    foreign: dict[int, dict[str, bool]] = field(default_factory=dict)
    """Byte offset of a function -> the functions it calls that this file does not define; True when they get something of interest."""
    steps: int = 0
    failure: str = ""
    """Why nothing was run at all."""


class FileProgram:
    """The functions of one file, made ready when they are first needed; others come from `elsewhere`."""

    def __init__(
        self, path: str, language: Language, source: bytes, tree: Tree, included: Included | None = None
    ) -> None:
        self.path = path
        self.source = source
        self.declarations = read_declarations(tree.root_node, source, included)
        self.nodes: list[tuple[str, str, Node]] = list(_definitions(tree.root_node, source))
        self._by_name: dict[str, list[Node]] = {}
        self._methods: dict[tuple[str, str], Node] = {}
        for container, name, node in self.nodes:
            if container:
                self._methods.setdefault((container, name), node)
            self._by_name.setdefault(name, []).append(node)
        self._routines: dict[int, Routine | None] = {}
        self._records_at_first = frozenset(self.declarations.used_as_records)
        self._records_of: dict[int, set[str]] = {}
        self.problems: dict[str, str] = {}
        self.lowerer = Lowerer(source, self.declarations, language, path)
        self.lowerer.functions = frozenset(self._by_name)
        self.lowerer.constant_globals = _never_written(self.declarations, source)

    def routine_of(self, node: Node) -> Routine | None:
        """The compact form of one definition; None when it cannot be made."""
        key = node.start_byte
        known = self.declarations.used_as_records
        if key not in self._routines:
            self._routines[key] = None
            self._records_of[key] = self.declarations.used_as_records = set()
            try:
                self._routines[key] = self.lowerer.routine(node)
            except (TooLarge, RecursionError):
                self.problems[str(node.start_byte)] = "too large"
            self.declarations.used_as_records = known
        known |= self._records_of[key]
        return self._routines[key]

    def forget_runs(self) -> None:
        """Forget what asking for the functions and running them showed; their compact forms stay."""
        self.declarations.used_as_records = set(self._records_at_first)
        for routine in self._routines.values():
            if routine is not None:
                routine.cost, routine.effects, routine.reaches, routine.never = 0, 0, None, None

    def has(self, name: str) -> bool:
        """True when this file defines functions of that name."""
        return name in self._by_name

    def is_near(self, name: str, caller: Routine) -> bool:
        """True when this file defines functions of that name."""
        del caller  # in one file every caller means the same
        return name in self._by_name

    def own_global(self, name: str) -> Var | None:
        """The variable of that name at the file level of this file."""
        return self.lowerer.file_variable(name) if name in self.declarations.globals else None

    def routine(self, name: str, caller: Routine, *, most_bytes: int = 1 << 30) -> Routine | None:
        """The one function of that name in this file."""
        del caller
        nodes = self._by_name.get(name)
        if nodes is not None and nodes[0].end_byte - nodes[0].start_byte > most_bytes:
            return None
        return self.routine_of(nodes[0]) if nodes is not None and len(nodes) == 1 else None

    def method(self, class_name: str, name: str) -> Routine | None:
        """A method of a class or of the nearest of its bases that has it."""
        wanted = name if name != class_name else class_name
        is_destructor = name.startswith("~")
        is_constructor = name == class_name
        for _ in range(5):
            node = self._methods.get((class_name, wanted))
            if node is not None:
                return self.routine_of(node)
            info = self.declarations.class_of(class_name)
            if info is None or not info.bases or is_constructor:
                return None
            class_name = info.bases[0]
            if is_destructor:
                wanted = "~" + class_name
        return None

    def is_defined(self, name: str) -> bool:
        """True when this file, or a header of the tree, defines a function or macro of that name."""
        return name in self._by_name or self.declarations.function_macro(name) is not None


def run_file(
    path: str, language: Language, source: bytes, tree: Tree, models: Models, included: Included | None = None
) -> FlowResult:
    """Run every function of one file that holds anything that could become evidence."""
    result = FlowResult()
    program = FileProgram(path, language, source, tree, included)
    for _container, name, node in program.nodes[:_MAX_FUNCTIONS]:
        if result.steps > STEPS_A_FILE:
            result.degraded.append((name, "the file used up its steps"))
            break
        if not is_worth_running(source, node):
            continue
        routine = program.routine_of(node)
        if routine is None:
            if str(node.start_byte) in program.problems:
                result.degraded.append((name, "the function is too large"))
            continue
        run_routine(program, routine, models, result)
    result.events = unique_events(result.events)
    return result


def run_routine(
    program: Program, routine: Routine, models: Models, result: FlowResult, *, limit: int = STEPS_A_FUNCTION
) -> None:
    """Run one function from its beginning, with nothing known of its parameters."""
    run = Statements(program, models, routine.path)
    run.limit = limit
    st = State()
    st.facts.update(routine.conditions)
    run.frames.append(Frame(routine, 0, routine.offset))
    _bind_parameters(run, routine, st)
    try:
        run.leave_all(run.run_body(routine, st), routine.end)
    except OutOfBudget:
        run.limit_reached = True
        result.degraded.append((routine.qualified, "the function used up its steps"))
    except RecursionError:
        run.limit_reached = True
        result.degraded.append((routine.qualified, "the function is nested too deeply"))
    if not run.returned and not run.limit_reached:
        run.effects |= NEVER
    routine.cost, routine.effects = run.steps, run.effects
    result.steps += run.steps
    result.events += run.events.values()
    if run.foreign and run.steps <= MOST_STEPS_ACROSS:
        result.foreign[routine.offset] = run.foreign
    if run.effects:
        name = f"{routine.container}::{routine.name}" if routine.container else routine.name
        result.effects[name] = run.effects


def _bind_parameters(run: Statements, routine: Routine, st: State) -> None:
    """Parameters are unknown; the arguments of `main` are input."""
    if routine.name not in ("main", "wmain") or len(routine.parameters) < 2:
        return
    count, vector = routine.parameters[:2]
    source: Source = (routine.offset, "arguments of the program", routine.path)
    if count.type.kind == INT and not count.in_memory:
        st.env[count] = Num(0, _MOST_ARGUMENTS, HI | TAINT | EXACT, run.symbol(), source=source)
    if vector.type.kind == POINTER:
        number = run.new_object(
            st, OUTER, name=vector.name, type_=pointer_to(CHAR), size=None, content=ANY, at=routine.offset
        )
        st.objects[number].null = SURE
        text = run.new_object(
            st, OUTER, name="an argument of the program", type_=CHAR, size=None, content=INPUT, at=routine.offset
        )
        st.objects[text].source = source
        st.objects[text].terminated = True
        st.objects[text].length = Num(0, LONGEST, ENDS | TAINT | EXACT, run.symbol(), source=source)
        for index in range(1, 16):
            st.objects[number].cells[index * 8] = (8, Ptr(text, is_open=True))
        st.objects[number].cells["element"] = (8, Ptr(text, is_open=True))
        st.env[vector] = Ptr(number)


_ACTS = re.compile(rb"[(\[*/%<>=+!?^|~-]")


def is_worth_running(source: bytes, node: Node) -> bool:
    """False for a body of one statement that reads a name or a member and does nothing else: nothing in it could become evidence."""
    declarator = node.child_by_field_name("declarator")
    if declarator is None:
        return True
    text = source[declarator.end_byte : node.end_byte].replace(b"->", b".")
    return text.count(b";") > 1 or _ACTS.search(text) is not None


def unique_events(events: Iterable[Event]) -> list[Event]:
    """The surest event of each kind at each place, in the order of the file."""
    best: dict[tuple[str, str, int, str, str], Event] = {}
    for event in events:
        key = (event.kind, event.path, event.offset, event.captures.get("side", ""), event.captures.get("cause", ""))
        earlier = best.get(key)
        if earlier is None or (event.doubt, len(event.chain)) < (earlier.doubt, len(earlier.chain)):
            best[key] = event
    return sorted(best.values(), key=lambda event: (event.path, event.offset, event.kind, event.subject))


def _definitions(root: Node, source: bytes) -> Iterator[tuple[str, str, Node]]:
    """Every function definition with the class around it: (class or "", plain name, node)."""
    pending: list[tuple[Node, str]] = [(root, "")]
    while pending:
        node, container = pending.pop()
        inner: list[tuple[Node, str]] = []
        for child in node.named_children:
            kind = child.type
            if kind == "function_definition":
                qualified = _name_of(child, source)
                if qualified:
                    parts = qualified.split("::")
                    outer = parts[-2].split("<")[0] if len(parts) > 1 else container
                    yield outer, parts[-1], child
            elif kind in _GROUPS:
                name = container
                if kind in ("class_specifier", "struct_specifier"):
                    name_node = child.child_by_field_name("name")
                    name = (
                        source[name_node.start_byte : name_node.end_byte].decode("utf-8", "replace").split("<")[0]
                        if name_node is not None
                        else ""
                    )
                inner.append((child, name))
        pending += reversed(inner)


def _name_of(node: Node, source: bytes) -> str:
    inner = node.child_by_field_name("declarator")
    for _ in range(20):
        if inner is None:
            return ""
        if inner.type in ("identifier", "field_identifier", "qualified_identifier", "destructor_name", "operator_name"):
            return source[inner.start_byte : inner.end_byte].decode("utf-8", "replace").replace(" ", "")
        following = inner.child_by_field_name("declarator")
        if following is None and inner.named_child_count:
            following = (
                inner.named_child(inner.named_child_count - 1)
                if inner.type in ("parenthesized_declarator", "reference_declarator")
                else None
            )
        inner = following
    return ""


def _never_written(declarations: Declarations, source: bytes) -> frozenset[str]:
    """File-level variables that nothing outside can write and nothing here writes."""
    names = [
        each.name
        for each in declarations.globals.values()
        if each.is_static and not each.is_const and each.value is not None
    ]
    if not names:
        return frozenset()
    choice = b"|".join(re.escape(name.encode()) for name in sorted(names)[:500])
    writes = re.compile(
        rb"(?<![\w.>])("
        + choice
        + rb")\b\s{0,4}(?:\[[^\]\n]{0,60}\]\s{0,4}){0,2}(?:(?:[-+*/|&^%]|<<|>>)?=(?!=)|\+\+|--)|(?:\+\+|--|&)\s{0,4}("
        + choice
        + rb")\b"
    )
    counted: dict[bytes, int] = {}
    for match in writes.finditer(source):
        name = match.group(1) or match.group(2)
        counted[name] = counted.get(name, 0) + 1
    return frozenset(name for name in names if counted.get(name.encode(), 0) <= 1)
