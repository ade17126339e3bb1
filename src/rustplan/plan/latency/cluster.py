"""What would move together: a candidate and the methods that only it reaches, with everything they call outside and change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rustplan.model.facts import Call
from rustplan.plan.latency.calls import CONSTRUCTOR, Method, Methods, Reach

_REFLECTIVE = frozenset({"Method", "Constructor", "Field", "MethodHandle", "Proxy", "VarHandle", "InvocationHandler"})
_REFLECTING = frozenset({"invoke", "invokeExact", "newInstance", "newProxyInstance", "get", "set"})
_LOADING = frozenset({"forName", "loadClass", "defineClass"})
_LOADERS = frozenset({"ServiceLoader", "URLClassLoader"})
_LOCKING = frozenset({"lock", "tryLock", "lockInterruptibly"})
_LOCKS = frozenset(
    {
        "Lock",
        "ReentrantLock",
        "ReadWriteLock",
        "ReentrantReadWriteLock",
        "StampedLock",
        "Semaphore",
        "ReadLock",
        "WriteLock",
    }
)
_THREAD_LOCALS = frozenset({"ThreadLocal", "InheritableThreadLocal", "FastThreadLocal"})
_CHANGING = frozenset(
    {
        *(
            "add",
            "addAll",
            "addFirst",
            "addLast",
            "append",
            "clear",
            "compute",
            "computeIfAbsent",
            "computeIfPresent",
            "compareAndSet",
        ),
        *(
            "decrementAndGet",
            "getAndAdd",
            "getAndIncrement",
            "getAndSet",
            "increment",
            "incrementAndGet",
            "insert",
            "merge",
            "offer",
        ),
        *(
            "poll",
            "pop",
            "push",
            "put",
            "putAll",
            "putIfAbsent",
            "remove",
            "removeAll",
            "removeIf",
            "replace",
            "replaceAll",
            "retainAll",
        ),
        *("reverse", "set", "setLength", "sort", "lazySet", "accumulate"),
    }
)
"""Methods of the platform's collections, builders and atomic numbers that change what they are called on."""
_STREAMS = ("InputStream", "OutputStream", "Reader", "Writer", "Channel", "Socket", "RandomAccessFile", "Files")


@dataclass(frozen=True, slots=True)
class Upcall:
    """A call from the cluster to code that stays in Java; `depth` are the loops around it, counted from the root."""

    name: str
    path: str
    line: int
    depth: int
    is_logging: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """The root, the methods that only it reaches with the loops around their calls, and what they need."""

    root: Method
    members: tuple[Method, ...]
    depths: Mapping[str, int]
    upcalls: tuple[Upcall, ...]
    fields: tuple[str, ...]
    """Instance fields that it writes, as `Class.field`."""
    hazards: tuple[str, ...]
    """What ties it to the virtual machine: words, each once."""
    does_io: bool
    is_recursive: bool
    looped_from: str
    """A caller that calls the root inside a loop; "" when none was found."""

    @property
    def everything(self) -> tuple[Method, ...]:
        """The root and its members."""
        return (self.root, *self.members)


def find_cluster(methods: Methods, root: Method, callers: Callers, most: int) -> Cluster:
    """Return the cluster around a root with at most that many members."""
    depths = _exclusive(methods, root, callers, most)
    members = [one for name in sorted(depths) if name != root.name for one in methods.overloads(name)]
    members += _other_overloads(root, methods)
    upcalls: list[Upcall] = []
    hazards: set[str] = set()
    fields: set[str] = set()
    does_io = is_recursive = False
    for method in (root, *members):
        base = depths[method.name]
        hazards.update(_own_hazards(method))
        changed = {methods.field_behind(call, method) for call in method.calls if call.callee in _CHANGING}
        fields.update(f"{_class(method)}.{name}" for name, is_static in changed if name and not is_static)
        fields.update(f"{_class(method)}.{name}" for name in _written(method))
        if any(name and is_static for name, is_static in changed):
            hazards.add("static mutable state")
        for call in method.calls:
            target = methods.target(call, method)
            if target.reach is Reach.METHOD and target.name in depths:
                is_recursive |= _calls_itself(call, target.name, method, methods, depths)
                continue
            hazards.update(_hazards(call.callee, target.receiver_type))
            does_io |= target.reach is Reach.PLATFORM and target.receiver_type.endswith(_STREAMS)
            if target.reach in (Reach.METHOD, Reach.OUTSIDE, Reach.LOGGING):
                depth = base + call.loop_depth
                upcalls.append(Upcall(target.name, method.path, call.line, depth, target.reach is Reach.LOGGING))
    return Cluster(
        root=root,
        members=tuple(members),
        depths=depths,
        upcalls=tuple(sorted(upcalls, key=lambda one: (-one.depth, one.is_logging, one.path, one.line, one.name))),
        fields=tuple(sorted(fields)),
        hazards=tuple(sorted(hazards)),
        does_io=does_io,
        is_recursive=is_recursive,
        looped_from=callers.looped.get(root.name, ""),
    )


class Callers:
    """Who calls methods of certain plain names: resolved where the receiver's type is known, else only that somebody does."""

    def __init__(self, methods: Methods, names: Iterable[str]) -> None:
        wanted = frozenset(names)
        self.of: dict[str, set[str]] = defaultdict(set)
        self.looped: dict[str, str] = {}
        self.loose: set[str] = set()
        """Plain names called on receivers of unknown or of an interface's type."""
        for method in methods.every():
            for call in method.calls:
                name = CONSTRUCTOR if call.qualifier == "new" else call.callee
                if name in wanted:
                    self._note(methods, method, name, methods.target(call, method).name, is_looped=call.loop_depth > 0)

    def _note(self, methods: Methods, method: Method, plain: str, target: str, *, is_looped: bool) -> None:
        if not methods.overloads(target):
            self.loose.add(plain)
            return
        self.of[target].add(method.name)
        if is_looped:
            self.looped[target] = min(self.looped.get(target, method.name), method.name)


def reachable(methods: Methods, root: Method, most: int) -> dict[str, int]:
    """Return the methods that a root reaches, nearest first, with the loops around the deepest call to each."""
    depths = {root.name: 0}
    level = [root.name]
    while level and len(depths) <= most:
        found: dict[str, int] = {}
        for name in level:
            for method in methods.overloads(name) if name != root.name else (root,):
                for call in method.calls:
                    target = methods.target(call, method)
                    if target.reach is Reach.METHOD and target.name not in depths:
                        found[target.name] = max(found.get(target.name, 0), depths[name] + call.loop_depth)
        level = sorted(found)[: max(0, most + 1 - len(depths))]
        depths.update({name: found[name] for name in level})
    return depths


def _exclusive(methods: Methods, root: Method, callers: Callers, most: int) -> dict[str, int]:
    """Of what the root reaches, keep what nothing else calls: drop what has a caller elsewhere until nothing more falls out."""
    depths = reachable(methods, root, most)
    kept = {name for name in depths if name == root.name or not _may_be_called(name, methods, callers)}
    while True:
        dropped = {name for name in kept if name != root.name and not callers.of[name] <= kept}
        if not dropped:
            break
        kept -= dropped
    return {name: depth for name, depth in depths.items() if name in kept}


def _may_be_called(name: str, methods: Methods, callers: Callers) -> bool:
    """True when a call through an unknown receiver may mean a method that is not private."""
    plain = name.rpartition(".")[2]
    is_open = any(one.function.is_exported or one.function.is_virtual for one in methods.overloads(name))
    return is_open and plain in callers.loose


def _other_overloads(root: Method, methods: Methods) -> list[Method]:
    """Overloads that a method hands its work to: they move along."""
    plain = root.name.rpartition(".")[2]
    numbers = {
        call.arguments for call in root.calls if call.callee == plain and methods.target(call, root).name == root.name
    }
    return [one for one in methods.overloads(root.name) if one is not root and len(one.function.parameters) in numbers]


def _calls_itself(call: Call, name: str, method: Method, methods: Methods, depths: Mapping[str, int]) -> bool:
    """True when a call leads back to its method. A call of the same name means another overload where one has its parameter count."""
    if name != method.name:
        return _is_back(name, method, methods, depths)
    fitting = [one for one in methods.overloads(name) if len(one.function.parameters) == call.arguments]
    return fitting == [method]


def _is_back(name: str, method: Method, methods: Methods, depths: Mapping[str, int]) -> bool:
    """True when a callee in the cluster reaches the caller again."""
    seen, level = {name}, [name]
    while level:
        if method.name in level:
            return True
        level = sorted(_called(level, methods, depths) - seen)
        seen.update(level)
    return False


def _called(names: Sequence[str], methods: Methods, depths: Mapping[str, int]) -> set[str]:
    return {
        target.name
        for name in names
        for method in methods.overloads(name)
        for target in (methods.target(call, method) for call in method.calls)
        if target.reach is Reach.METHOD and target.name in depths
    }


def _own_hazards(method: Method) -> set[str]:
    found = set()
    if method.state.is_locked:
        found.add("locks")
    if method.state.statics_written:
        found.add("static mutable state")
    return found


def _hazards(callee: str, receiver: str) -> set[str]:
    found = set()
    if receiver in _LOCKS and callee in _LOCKING:
        found.add("locks")
    if receiver in _THREAD_LOCALS:
        found.add("thread locals")
    if receiver in _REFLECTIVE and callee in _REFLECTING:
        found.add("reflection")
    if (receiver in ("Class", "ClassLoader") and callee in _LOADING) or receiver in _LOADERS:
        found.add("class loading")
    return found


def _written(method: Method) -> Sequence[str]:
    """Fields that it writes; what a constructor writes belongs to the new object."""
    return () if method.function.name == CONSTRUCTOR else method.state.fields_written


def _class(method: Method) -> str:
    return method.function.container.rpartition(".")[2]
