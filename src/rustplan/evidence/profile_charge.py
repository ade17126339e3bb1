"""Charges samples to functions of the tree: each to the first frame, from the top of its stack, that lies in the tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from rustplan.evidence.profile_frames import is_hidden, java_frame, native_name
from rustplan.evidence.profile_input import clean_name
from rustplan.evidence.profile_tree import Place, TreeIndex
from rustplan.model.profile import Amount, MeasuredMethod

MOST_DETAILS = 200_000
"""Distinct names kept of one profile (methods, types, library methods, lines); what comes after them is summed as one."""

MOST_REMEMBERED = 100_000
"""Frames whose resolution is kept; then the memory starts afresh."""

LONGEST_REMEMBERED = 400
"""Characters of a frame that is remembered."""

MOST_AMOUNTS = 5
MOST_UNMAPPED = 20
OTHER = "(other)"
NO_STACK = "(no stack)"
_RUNTIME = ("java.", "javax.", "jdk.", "sun.", "com.sun.", "scala.", "kotlin.", "groovy.")
_THREADS = (
    (
        "(garbage collector threads)",
        ("WorkerThread::run", "GCTaskThread::run", "GangWorker::", "ConcurrentGCThread::run"),
    ),
    (
        "(garbage collector threads)",
        ("ConcurrentMarkSweepThread::", "AbstractGangWorker::", "ConcurrentG1RefineThread::"),
    ),
    ("(just-in-time compiler threads)", ("CompileBroker::compiler_thread_loop",)),
    ("(virtual machine thread)", ("VMThread::run",)),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """A resolved frame. `place` is None outside the tree; `line` is 0 when the profile has none; hidden frames count for nobody."""

    name: str
    place: Place | None
    line: int = 0
    is_hidden: bool = False


class Frames:
    """Resolves frames against a tree and remembers what it found."""

    def __init__(self, index: TreeIndex) -> None:
        self._index = index
        self._known: dict[object, Frame] = {}

    def text(self, text: str) -> Frame:
        """A frame as tools print it: Java or native."""
        frame = self._known.get(text)
        if frame is not None:
            return frame
        frame = self._from_text(text)
        return frame if len(text) > LONGEST_REMEMBERED else self._remember(text, frame)

    def java(self, owner: str, method: str, line: int) -> Frame:
        """A frame of a virtual machine's own recording."""
        key = (owner, method, line)
        frame = self._known.get(key)
        if frame is not None:
            return frame
        frame = self._from_java(owner, method, line)
        return frame if len(owner) + len(method) > LONGEST_REMEMBERED else self._remember(key, frame)

    def _remember(self, key: object, frame: Frame) -> Frame:
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[key] = frame
        return frame

    def _from_text(self, text: str) -> Frame:
        java = java_frame(text)
        if java is not None and (frame := self._from_java(*java)).place is not None:
            return frame
        name = native_name(text)
        place = self._index.native(name)
        if place is not None:
            return Frame(place.name, place)
        return self._from_java(*java) if java is not None else Frame(clean_name(name), None)

    def _from_java(self, owner: str, method: str, line: int) -> Frame:
        place = None if is_hidden(owner) and not self._index.declares(owner) else self._index.java(owner, method, line)
        if place is not None:
            return Frame(place.name, place, line)
        return Frame(clean_name(f"{owner}.{method}"), None, line, is_hidden=is_hidden(owner))


@dataclass(slots=True)
class _Charged:
    place: Place
    value: float = 0
    types: dict[str, float] = field(default_factory=dict)
    through: dict[str, float] = field(default_factory=dict)
    lines: dict[int, float] = field(default_factory=dict)


class Charges:
    """What was charged so far. `events`, `total` and `mapped` count samples and their values."""

    def __init__(self) -> None:
        self.events = 0
        self.total: float = 0
        self.mapped: float = 0
        self._methods: dict[str, _Charged] = {}
        self._unmapped: dict[str, float] = defaultdict(float)
        self._room = MOST_DETAILS
        self._has_overflow = False

    def add(self, stack: Iterable[Frame], value: float, type_name: str = "") -> bool:
        """Charge one sample; the stack comes from the top. True when it landed in the tree."""
        self.events += 1
        self.total += value
        above = ""
        passed: list[Frame] = []
        for frame in stack:
            if frame.place is not None:
                return self._charge(frame, frame.place, value, type_name, above)
            if not frame.is_hidden:
                above = frame.name
                passed.append(frame)
        self._bump(self._unmapped, _blamed(passed), value)
        return False

    def _charge(self, frame: Frame, place: Place, value: float, type_name: str, above: str) -> bool:
        charged = self._methods.get(place.name)
        if charged is None:
            if self._room <= 0:
                self._bump(self._unmapped, OTHER, value)
                return False
            self._room -= 1
            charged = self._methods[place.name] = _Charged(place)
        self.mapped += value
        charged.value += value
        if type_name:
            self._bump(charged.types, type_name, value)
        if above:
            self._bump(charged.through, above, value)
        if frame.line and (frame.line in charged.lines or self._room > 0):
            self._room -= frame.line not in charged.lines
            charged.lines[frame.line] = charged.lines.get(frame.line, 0) + value
        return True

    def _bump(self, table: dict[str, float], name: str, value: float) -> None:
        if name not in table and (name := clean_name(name)) not in table:
            if self._room <= 0:
                self._has_overflow = True
                name = OTHER
            self._room -= 1
        table[name] = table.get(name, 0) + value

    def methods(self) -> tuple[MeasuredMethod, ...]:
        """What was charged, largest first, then by name."""
        found = (
            MeasuredMethod(
                name=one.place.name,
                path=one.place.path,
                line=_most(one.lines) or one.place.line,
                value=float(one.value),
                types=largest(one.types),
                through=largest(one.through),
            )
            for one in self._methods.values()
        )
        return tuple(sorted(found, key=lambda one: (-one.value, one.name)))

    def unmapped(self) -> tuple[Amount, ...]:
        """The largest names outside the tree."""
        return largest(self._unmapped, MOST_UNMAPPED)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was summed because there was too much of it."""
        told = f"more than {MOST_DETAILS} distinct names: the rest is summed as {OTHER}"
        return (told,) if self._has_overflow else ()


def largest(table: dict[str, float], most: int = MOST_AMOUNTS) -> tuple[Amount, ...]:
    """The largest entries, then by name."""
    ordered = sorted(table.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Amount(name, float(value)) for name, value in ordered[:most])


def _most(lines: dict[int, float]) -> int:
    return min(lines, key=lambda line: (-lines[line], line), default=0)


def _blamed(frames: list[Frame]) -> str:
    """The name for a stack outside the tree: the kind of thread, else the first frame that is no runtime library's, else the top."""
    if not frames:
        return NO_STACK
    for label, marks in _THREADS:
        if any(frame.name.startswith(marks) for frame in frames):
            return label
    own = (frame.name for frame in frames if "." in frame.name and not frame.name.startswith(_RUNTIME))
    return next(own, frames[0].name)
