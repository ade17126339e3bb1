"""All classes of the Java files: what a written type means where it stands, what inherits from what, and the methods and fields of each.

A class of the repository goes by its binary name; one from outside by `~` and its simple name: such a type has no code here, but
classes of the repository may implement it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rustplan.model.facts import FunctionKind, JavaCall
from rustplan.model.scan import FileScan
from rustplan.score.java.nodes import OUTSIDE, ClassInfo, Node, Type
from rustplan.score.java.written import take_apart, variable_of

_MOST_ANCESTORS = 200


class Hierarchy:
    """Classes by name, nodes by index."""

    def __init__(self, files: Sequence[FileScan]) -> None:
        self.files = files
        self.classes: dict[str, ClassInfo] = {}
        self.nodes: list[Node] = []
        self.by_function: dict[tuple[int, int], int] = {}
        self.starts: dict[str, int] = {}
        """Class -> node of its instance initialisers."""
        self.static_starts: dict[str, int] = {}
        self.children: dict[str, list[str]] = defaultdict(list)
        self.by_name: dict[str, list[int]] = defaultdict(list)
        self._own: list[dict[str, str]] = []
        self._imports: list[tuple[dict[str, str], list[str]]] = []
        self._known: list[dict[str, str]] = []
        self._ancestors: dict[str, tuple[str, ...]] = {}
        self._found: dict[tuple[str, str, int], tuple[int, ...]] = {}
        self._types: list[dict[str, Type | None]] = []
        for index, file in enumerate(files):
            self._read_classes(index, file)
        self._is_settled = False
        for info in sorted(self.classes.values(), key=lambda one: one.name.count("$")):
            self._settle(info)
        self._is_settled = True
        for known_names in self._known:
            known_names.clear()
        for index, file in enumerate(files):
            self._read_functions(index, file)
            self._read_fields(index, file)
            self._read_calls(index, file)

    def _read_classes(self, index: int, file: FileScan) -> None:
        facts = file.facts
        prefix = f"{facts.package}." if facts.package else ""
        own: dict[str, str] = {}
        for one in facts.java.classes:
            name = prefix + one.name
            outer = name.rpartition("$")[0]
            plain = one.name.rpartition("$")[2].lstrip("0123456789")
            if plain:
                own.setdefault(plain, name)
            self.classes.setdefault(
                name,
                ClassInfo(
                    name=name,
                    file=index,
                    kind=one.kind,
                    written_supertypes=one.supertypes,
                    outer=outer,
                    is_abstract=one.is_abstract,
                    function=one.function,
                    parameters=dict(variable_of(parameter) for parameter in one.parameters),
                    is_anonymous=not plain,
                ),
            )
        self._own.append(own)
        single = {
            name.name.rpartition(".")[2]: name.name
            for name in facts.imports
            if not name.is_static and not name.is_wildcard
        }
        self._imports.append((single, [name.name for name in facts.imports if name.is_wildcard]))
        self._known.append({})
        self._types.append({})

    def _settle(self, info: ClassInfo) -> None:
        for written in info.written_supertypes:
            above = self.resolve(info.file, take_apart(written).base, info.outer)
            if above != info.name and above not in info.supertypes:
                info.supertypes.append(above)
                self.children[above].append(info.name)

    def _read_functions(self, index: int, file: FileScan) -> None:
        for number, function in enumerate(file.facts.functions):
            node = Node(
                name=function.qualified_name,
                class_name=function.container,
                plain_name=function.name,
                file=index,
                function=number,
                line=function.start_line,
                arity=len(function.parameters),
                is_variadic=function.is_variadic,
                declared=function,
            )
            self.by_function[index, number] = len(self.nodes)
            info = self.classes.get(function.container)
            if info is not None:
                if function.kind is not FunctionKind.INITIALIZER:
                    info.methods[function.name].append(len(self.nodes))
                    if function.kind is FunctionKind.METHOD:
                        self.by_name[function.name].append(len(self.nodes))
                elif function.name == "<clinit>":
                    info.methods["<clinit>"].append(len(self.nodes))
                else:
                    info.methods["{}"].append(len(self.nodes))
            self.nodes.append(node)
        for info in self._of_file(index, file):
            self.starts[info.name] = self._start(info, "<init>")
            self.static_starts[info.name] = self._start(info, "<clinit>")

    def _of_file(self, index: int, file: FileScan) -> Iterator[ClassInfo]:
        prefix = f"{file.facts.package}." if file.facts.package else ""
        for one in file.facts.java.classes:
            info = self.classes[prefix + one.name]
            if info.file == index:
                yield info

    def _start(self, info: ClassInfo, plain: str) -> int:
        self.nodes.append(
            Node(
                name=f"{info.name}.{plain}",
                class_name=info.name,
                plain_name=plain,
                file=info.file,
                function=-1,
                line=0,
                arity=0,
                is_variadic=False,
            )
        )
        return len(self.nodes) - 1

    def _read_fields(self, index: int, file: FileScan) -> None:
        prefix = f"{file.facts.package}." if file.facts.package else ""
        for one in file.facts.java.fields:
            info = self.classes.get(prefix + one.owner)
            if info is not None and info.file == index:
                info.fields.setdefault(one.name, one.type)
                info.instance_fields += not one.is_static

    def _read_calls(self, index: int, file: FileScan) -> None:
        facts = file.facts
        prefix = f"{facts.package}." if facts.package else ""
        for number, (call, more) in enumerate(zip(facts.calls, facts.java.calls, strict=False)):
            node = self._holder(index, call.function, more, prefix)
            if node is not None:
                node.calls.append(number)
                if call.callee == "<init>":
                    node.has_explicit = True
        for more in facts.java.more_calls:
            node = self._holder(index, more.function, more, prefix)
            if node is not None:
                node.more_calls.append(more)
        for function in facts.java.always_throws:
            self.nodes[self.by_function[index, function]].always_throws = True
        for function in facts.java.endless:
            self.nodes[self.by_function[index, function]].is_endless = True
        for function, name in facts.java.classes_named:
            if function >= 0:
                self.nodes[self.by_function[index, function]].named.append(name)
        for function, name in facts.java.classes_quoted:
            self._quote(index, function, name)
        for one in facts.java.classes:
            if one.function >= 0:
                self.nodes[self.by_function[index, one.function]].classes.append(prefix + one.name)

    def _quote(self, index: int, function: int, name: str) -> None:
        """A class named in a string may be created by whoever reads it: the function, or any class of the file."""
        if name.replace("/", ".") not in self.classes:
            return
        if function >= 0:
            self.nodes[self.by_function[index, function]].quoted.append(name)
            return
        for info in self._of_file(index, self.files[index]):
            self.nodes[self.static_starts[info.name]].quoted.append(name)

    def _holder(self, index: int, function: int, more: JavaCall, prefix: str) -> Node | None:
        if function >= 0:
            return self.nodes[self.by_function[index, function]]
        starts = self.static_starts if more.is_static else self.starts
        place = starts.get(prefix + more.owner)
        return None if place is None else self.nodes[place]

    def resolve(self, file: int, written: str, inside: str = "") -> str:
        """Return the class that a name without type arguments means in a file; `inside` is the class around the place."""
        known = self._known[file]
        key = f"{inside} {written}" if inside else written
        found = known.get(key)
        if found is None:
            found = known[key] = self._resolve(file, written, inside)
        return found

    def _resolve(self, file: int, written: str, inside: str) -> str:
        head, _, rest = written.partition(".")
        found = self._head(file, head, inside)
        if found is not None:
            for part in rest.split(".") if rest else ():
                inner = f"{found}${part}"
                if inner not in self.classes:
                    break
                found = inner
            return found
        if rest:
            whole = self._named(written)
            if whole is not None:
                return whole
        return OUTSIDE + written.rpartition(".")[2]

    def _head(self, file: int, head: str, inside: str) -> str | None:
        around = inside
        for _ in range(_MOST_ANCESTORS):
            if not around:
                break
            if (nested := f"{around}${head}") in self.classes:
                return nested
            for above in self.ancestors(around):
                if (nested := f"{above}${head}") in self.classes:
                    return nested
            around = around.rpartition("$")[0]
        own = self._own[file].get(head)
        if own is not None:
            return own
        single, wildcards = self._imports[file]
        if head in single:
            return self._named(single[head])
        package = self.files[file].facts.package
        for candidate in (f"{package}.{head}" if package else head, *(f"{name}.{head}" for name in wildcards)):
            if candidate in self.classes:
                return candidate
        return next((found for name in wildcards if (found := self._named(f"{name}.{head}")) is not None), None)

    def _named(self, dotted: str) -> str | None:
        """The class that a name with its package means: `a.b.C.D` may be `a.b.C$D`."""
        parts = dotted.split(".")
        for end in range(len(parts), 0, -1):
            name = "$".join([".".join(parts[:end]), *parts[end:]])
            if name in self.classes:
                return name
        return None

    def ancestors(self, name: str) -> tuple[str, ...]:
        """A class and all it inherits from, nearest first, classes from outside included."""
        known = self._ancestors.get(name)
        if known is None:
            seen = {name: None}
            level = [name]
            while level and len(seen) < _MOST_ANCESTORS:
                level = [
                    above
                    for each in level
                    if each in self.classes
                    for above in self.classes[each].supertypes
                    if above not in seen
                ]
                seen.update(dict.fromkeys(level))
            known = tuple(seen)
            if self._is_settled:
                self._ancestors[name] = known
        return known

    def type_of(self, file: int, written: str, inside: str) -> Type | None:
        """Resolve a written type; None for a type variable without a bound and for `var`."""
        cache = self._types[file]
        key = f"{inside} {written}"
        if key not in cache:
            cache[key] = self._type_of(file, written, inside)
        return cache[key]

    def _type_of(self, file: int, written: str, inside: str) -> Type | None:
        parts = take_apart(written)
        if not parts.base or parts.base == "var":
            return None
        bound = self._bound(parts.base, inside)
        if bound is not None:
            return self._type_of(file, bound, "") if bound else None
        name = self.resolve(file, parts.base, inside)
        if len(parts.base) == 1 and name.startswith(OUTSIDE):
            return None
        return Type(name, parts.arguments, parts.dimensions, file)

    def _bound(self, name: str, inside: str) -> str | None:
        around = inside
        while around:
            info = self.classes.get(around)
            if info is not None and name in info.parameters:
                return info.parameters[name]
            around = around.rpartition("$")[0]
        return None

    def field_type(self, class_name: str, name: str) -> Type | None:
        """The type of a field of a class, of what it inherits from, or of the classes around it."""
        around = class_name
        for _ in range(_MOST_ANCESTORS):
            if not around:
                break
            for above in self.ancestors(around):
                info = self.classes.get(above)
                if info is not None and name in info.fields:
                    return self.type_of(info.file, info.fields[name], info.name)
            around = around.rpartition("$")[0]
        return None

    def find(self, class_name: str, name: str, arity: int) -> tuple[int, ...]:
        """The methods that a call of `name` with so many arguments means on an object of exactly this class; any number for -1."""
        key = (class_name, name, arity)
        known = self._found.get(key)
        if known is None:
            known = self._found[key] = self._find(class_name, name, arity)
        return known

    def _find(self, class_name: str, name: str, arity: int) -> tuple[int, ...]:
        exact: dict[tuple[str, ...], int] = {}
        loose: tuple[int, ...] = ()
        for above in self.ancestors(class_name):
            info = self.classes.get(above)
            overloads = info.methods.get(name) if info is not None else None
            for index in overloads or ():
                if arity < 0 or self.nodes[index].arity == arity:
                    exact.setdefault(self._signature(index), index)
            if overloads and not loose:
                loose = tuple(index for index in overloads if self._takes(index, arity))
        return tuple(exact.values()) or loose

    def _signature(self, index: int) -> tuple[str, ...]:
        """Parameter types without packages and arguments: equal ones override each other."""
        declared = self.nodes[index].declared
        parameters = declared.parameters if declared is not None else ()
        return tuple(take_apart(one.type).base.rpartition(".")[2] for one in parameters)

    def _takes(self, index: int, arity: int) -> bool:
        node = self.nodes[index]
        return node.is_variadic and arity >= node.arity - 1

    def own(self, class_name: str, name: str, arity: int) -> tuple[int, ...]:
        """Methods or constructors of the class itself; any of the name when none takes so many arguments."""
        info = self.classes.get(class_name)
        overloads = info.methods.get(name, []) if info is not None else []
        exact = tuple(index for index in overloads if arity < 0 or self.nodes[index].arity == arity)
        return exact or tuple(index for index in overloads if self._takes(index, arity)) or tuple(overloads)

    def subclasses(self, name: str) -> Iterable[str]:
        """A class and all that inherit from it, in a stable order."""
        seen = {name: None}
        level = [name]
        while level:
            level = [below for each in level for below in self.children.get(each, ()) if below not in seen]
            seen.update(dict.fromkeys(level))
        return seen
