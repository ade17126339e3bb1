"""Which methods the calls of the Java files may run: class hierarchy analysis, pruned by which classes the reached code creates.

A worklist grows three sets together: reached methods, created classes, and dispatches (a class and a method asked of it). A dispatch runs
the method that each created class below has for it. Outside classes are stand-ins: what implements one and has code here counts as
created when the stand-in is called, because libraries create and call it. Static initialisers run with the first mention of a class.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from rustplan.catalog import EntryPoints
from rustplan.score.java.expressions import Expressions
from rustplan.score.java.hierarchy import Hierarchy
from rustplan.score.java.nodes import OPAQUE, OUTSIDE, Node

_Key = tuple[str, str, int]
ANY = ""
"""Stands for a receiver of unknown type."""


@dataclass(slots=True)
class Site:
    """One call in a reached method: its targets, or the dispatch that has them, its line and its context (an index of its file)."""

    line: int
    context: int
    fixed: tuple[int, ...] = ()
    key: _Key | None = None
    factor: float = 1.0


@dataclass(slots=True)
class Dispatch:
    """The methods that a call of one name on one class may run."""

    targets: dict[int, None] = field(default_factory=dict)
    is_outside: bool = False


class CallGraph:
    """Reached nodes with their sites."""

    def __init__(self, hierarchy: Hierarchy, roots: Iterable[int], table: EntryPoints) -> None:
        self.hierarchy = hierarchy
        self.sites: dict[int, list[Site]] = {}
        self.created: dict[str, None] = {}
        self.begun: set[str] = set()
        """Classes whose static initialiser runs."""
        self._table = table
        self._expressions = Expressions(hierarchy)
        self._dispatches: dict[_Key, Dispatch] = {}
        self._asked: dict[str, list[_Key]] = defaultdict(list)
        self._asked_by_name: dict[str, list[_Key]] = defaultdict(list)
        self._work: list[int] = []
        for root in roots:
            self.reach(root)
            self._create_for_root(root)
        self._run()
        self._answer_unanswered()

    def targets(self, site: Site) -> Sequence[int]:
        """The nodes that a site may run."""
        return site.fixed if site.key is None else tuple(self._dispatches[site.key].targets)

    def reach(self, index: int) -> None:
        """Mark a node as run by something."""
        if index not in self.sites:
            self.sites[index] = []
            self._work.append(index)

    def _create_for_root(self, index: int) -> None:
        node = self.hierarchy.nodes[index]
        info = self.hierarchy.classes.get(node.class_name)
        self._begin(node.class_name)
        if info is not None and not info.is_abstract:
            self._create(node.class_name)

    def _run(self) -> None:
        while self._work:
            index = self._work.pop()
            node = self.hierarchy.nodes[index]
            self.sites[index] = list(self._sites_of(node))

    def _answer_unanswered(self) -> None:
        """Give dispatches that no created class answers whatever the hierarchy has for them; repeat while that reaches more."""
        for _ in range(self._table.circle_passes):
            empty = [key for key, dispatch in self._dispatches.items() if not dispatch.targets and key[0] != ANY]
            for key in empty:
                for below in self.hierarchy.subclasses(key[0]):
                    if len(self._dispatches[key].targets) > self._table.most_targets:
                        break
                    for target in self.hierarchy.find(below, key[1], key[2]):
                        self._dispatches[key].targets[target] = None
                        self.reach(target)
            self._run()
            if not empty:
                break

    def _sites_of(self, node: Node) -> Iterator[Site]:
        hierarchy = self.hierarchy
        facts = hierarchy.files[node.file].facts
        self._begin(node.class_name)
        for name in node.named:
            self._begin(hierarchy.resolve(node.file, name, node.class_name))
        for name in node.quoted:
            self._create_by_name(name)
        if node.function < 0:
            yield from self._initialiser(node)
        elif node.plain_name == "<init>" and not node.has_explicit:
            yield from self._implicit_super(node)
        for name in node.classes:
            yield from self._anonymous(node, name)
        for number in node.calls:
            call, more = facts.calls[number], facts.java.calls[number]
            if call.qualifier == "new":
                yield from self._creation(node, call.callee, call.arguments, call.line, more.context)
            elif call.callee == "<init>":
                yield from self._explicit(node, call.qualifier, call.arguments, call.line, more.context)
            else:
                form = more.receiver
                yield from self._call(node, form, call.callee, call.arguments, call.line, more.context)
        for more in node.more_calls:
            if more.shape == "::" and more.callee == "<init>":
                yield from self._creation(node, more.receiver, -1, more.line, more.context)
            elif more.shape == "::":
                yield from self._call(node, more.receiver, more.callee, -1, more.line, more.context)
            else:
                yield from self._iteration(node, more.receiver, more.line, more.context)

    def _initialiser(self, node: Node) -> Iterator[Site]:
        """What runs around the fields of a class: blocks, the superclass, and for an enum its constants."""
        info = self.hierarchy.classes[node.class_name]
        if node.plain_name == "<clinit>":
            blocks = tuple(info.methods.get("<clinit>", ()))
            if info.kind == "enum":
                self._create(info.name)
                for below in self.hierarchy.children.get(info.name, ()):
                    self._create(below)
                blocks = (*blocks, *info.methods.get("<init>", ()), self.hierarchy.starts[info.name])
            yield from self._fixed(blocks, node)
            return
        yield from self._fixed(tuple(info.methods.get("{}", ())), node)
        for above in info.supertypes:
            if above in self.hierarchy.classes and self.hierarchy.classes[above].kind != "interface":
                more = self.hierarchy.own(above, "<init>", 0) if not info.methods.get("<init>") else ()
                yield from self._fixed((self.hierarchy.starts[above], *more), node)

    def _fixed(self, targets: tuple[int, ...], node: Node) -> Iterator[Site]:
        for target in targets:
            self.reach(target)
            yield Site(node.line, 0, (target,))

    def _implicit_super(self, node: Node) -> Iterator[Site]:
        info = self.hierarchy.classes.get(node.class_name)
        for above in info.supertypes if info is not None else ():
            if above in self.hierarchy.classes:
                found = self.hierarchy.own(above, "<init>", 0)
                for target in found:
                    self.reach(target)
                if found:
                    yield Site(node.line, 0, found)

    def _anonymous(self, node: Node, name: str) -> Iterator[Site]:
        """The body of an anonymous class is created where it stands; a local class waits for its `new`."""
        info = self.hierarchy.classes[name]
        if info.is_anonymous:
            self._create(name)
            start = self.hierarchy.starts[name]
            self.reach(start)
            yield Site(node.line, 0, (start,))

    def _creation(self, node: Node, written: str, arity: int, line: int, context: int) -> Iterator[Site]:
        name = self.hierarchy.resolve(node.file, written.partition("<")[0].partition("[")[0], node.class_name)
        info = self.hierarchy.classes.get(name)
        if info is None:
            return
        self._begin(name)
        if not info.is_abstract:
            self._create(name)
        start = self.hierarchy.starts[name]
        self.reach(start)
        yield Site(line, context, (start,))
        constructors = self.hierarchy.own(name, "<init>", arity)
        for target in constructors:
            self.reach(target)
        if constructors:
            yield Site(line, context, constructors)
        yield from self._callbacks(name, line, context)

    def _callbacks(self, name: str, line: int, context: int) -> Iterator[Site]:
        """Methods that a library calls on an object it was given, as the table says by name."""
        if not any(above.startswith(OUTSIDE) for above in self.hierarchy.ancestors(name)):
            return
        info = self.hierarchy.classes[name]
        for plain in self._table.callbacks:
            for target in info.methods.get(plain, ()):
                self.reach(target)
                yield Site(line, context, (target,), None, self._table.callback_factor)

    def _explicit(self, node: Node, qualifier: str, arity: int, line: int, context: int) -> Iterator[Site]:
        """`this(...)` and `super(...)`."""
        info = self.hierarchy.classes.get(node.class_name)
        if info is None:
            return
        names = [info.name] if qualifier.endswith("this") else info.supertypes
        for name in names:
            found = self.hierarchy.own(name, "<init>", arity)
            for target in found:
                self.reach(target)
            if found:
                yield Site(line, context, found)

    def _iteration(self, node: Node, form: str, line: int, context: int) -> Iterator[Site]:
        """A loop over an object of the repository: its iterator's methods run; an array or a library's collection has none here."""
        for one in self._expressions.receiver(node, form) or ():
            if one.dimensions == 0 and not one.name.startswith(OUTSIDE):
                yield from self._dispatch(one.name, "iterator", 0, line, context)

    def _call(self, node: Node, form: str, callee: str, arity: int, line: int, context: int) -> Iterator[Site]:
        if form == "":
            yield from self._own_call(node, callee, arity, line, context)
            return
        if form == "super" or form.endswith(".super"):
            info = self.hierarchy.classes.get(node.class_name)
            for above in info.supertypes if info is not None else ():
                found = self.hierarchy.find(above, callee, arity)
                if found:
                    yield self._to(found, line, context)
                    return
            return
        types = self._expressions.receiver(node, form)
        if types is None:
            yield from self._dispatch(ANY, callee, arity, line, context)
            return
        for name in dict.fromkeys(one.name for one in types if one.dimensions == 0):
            if name != OPAQUE:
                yield from self._dispatch(name, callee, arity, line, context)

    def _own_call(self, node: Node, callee: str, arity: int, line: int, context: int) -> Iterator[Site]:
        """A call without a receiver: of the class, what it inherits, the classes around it, or a static import."""
        around = node.class_name
        while around:
            if self.hierarchy.find(around, callee, arity):
                yield from self._dispatch(around, callee, arity, line, context)
                return
            around = around.rpartition("$")[0]
        for name in self.hierarchy.files[node.file].facts.imports:
            if name.is_static and (name.is_wildcard or name.name.rpartition(".")[2] == callee):
                dotted = name.name if name.is_wildcard else name.name.rpartition(".")[0]
                found = self.hierarchy.find(self.hierarchy.resolve(node.file, dotted), callee, arity)
                if found:
                    yield self._to(found, line, context)
                    return
        if node.class_name in self.hierarchy.classes:
            yield from self._dispatch(node.class_name, callee, arity, line, context)

    def _to(self, targets: tuple[int, ...], line: int, context: int) -> Site:
        for target in targets:
            self.reach(target)
            self._begin(self.hierarchy.nodes[target].class_name)
        return Site(line, context, targets)

    def _dispatch(self, name: str, callee: str, arity: int, line: int, context: int) -> Iterator[Site]:
        """A call on an object of the class `name` or below; a static, private or final method has one answer."""
        found = self.hierarchy.find(name, callee, arity) if name and not name.startswith(OUTSIDE) else ()
        if found and not any(self._is_virtual(index) for index in found):
            yield self._to(found, line, context)
            return
        key = (name, callee, arity)
        if key not in self._dispatches:
            self._open(key)
        yield Site(line, context, (), key)

    def _is_virtual(self, index: int) -> bool:
        declared = self.hierarchy.nodes[index].declared
        return declared is not None and declared.is_virtual

    def _open(self, key: _Key) -> None:
        name, callee, arity = key
        dispatch = self._dispatches[key] = Dispatch(is_outside=name.startswith(OUTSIDE))
        if name == ANY:
            self._asked_by_name[callee].append(key)
            self._open_any(dispatch, callee, arity)
            return
        self._asked[name].append(key)
        below = self.hierarchy.subclasses(name)
        if dispatch.is_outside:
            self._create_implementers([one for one in below if one in self.hierarchy.classes], callee, arity)
        for one in below:
            if one in self.created:
                self._answer(dispatch, one, callee, arity)

    def _create_implementers(self, names: Sequence[str], callee: str, arity: int) -> None:
        """Libraries create what implements their types, by configuration or reflection."""
        able = [name for name in names if self.hierarchy.find(name, callee, arity)]
        if len(able) > self._table.most_targets:
            return
        for name in able:
            self._create_by_name(name)

    def _create_by_name(self, name: str) -> None:
        """Create a class with all its constructors: which one a library takes is not known."""
        info = self.hierarchy.classes[name]
        if info.is_abstract or info.is_anonymous or name in self.created:
            return
        self._create(name)
        self.reach(self.hierarchy.starts[name])
        for target in info.methods.get("<init>", ()):
            self.reach(target)

    def _open_any(self, dispatch: Dispatch, callee: str, arity: int) -> None:
        nodes = self.hierarchy.nodes
        able = [index for index in self.hierarchy.by_name.get(callee, ()) if arity < 0 or nodes[index].arity == arity]
        if len(able) > self._table.most_targets:
            return
        for index in able:
            if nodes[index].class_name in self.created or not self._is_virtual(index):
                dispatch.targets[index] = None
                self.reach(index)

    def _answer(self, dispatch: Dispatch, class_name: str, callee: str, arity: int) -> None:
        for target in self.hierarchy.find(class_name, callee, arity):
            if target not in dispatch.targets:
                dispatch.targets[target] = None
                self.reach(target)

    def _create(self, name: str) -> None:
        if name in self.created:
            return
        self.created[name] = None
        self._begin(name)
        for above in self.hierarchy.ancestors(name):
            for key in self._asked.get(above, ()):
                self._answer(self._dispatches[key], name, key[1], key[2])
        info = self.hierarchy.classes[name]
        for plain, overloads in info.methods.items():
            for key in self._asked_by_name.get(plain, ()):
                dispatch = self._dispatches[key]
                for index in overloads:
                    if (key[2] < 0 or self.hierarchy.nodes[index].arity == key[2]) and len(
                        dispatch.targets
                    ) <= self._table.most_targets:
                        dispatch.targets[index] = None
                        self.reach(index)

    def _begin(self, name: str) -> None:
        """Run the static initialiser of a class and of those it inherits from."""
        if name in self.begun or name not in self.hierarchy.classes:
            return
        for above in self.hierarchy.ancestors(name):
            if above in self.hierarchy.classes and above not in self.begun:
                self.begun.add(above)
                self.reach(self.hierarchy.static_starts[above])
