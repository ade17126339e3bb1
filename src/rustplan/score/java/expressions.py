"""The types of receivers: from the short forms of expressions to classes."""

from __future__ import annotations

import re
from collections import defaultdict

from rustplan.score.java.hierarchy import Hierarchy
from rustplan.score.java.nodes import OPAQUE, OUTSIDE, Node, Type

_SUFFIX = re.compile(r"\.([\w$]+)|\[\]")
_DEEPEST = 40
_FIRST_ARGUMENT = frozenset({"getKey", "key", "nextKey", "firstKey", "lastKey", "keySet", "keys"})
_SAME = frozenset(
    {
        *(
            "iterator",
            "listIterator",
            "stream",
            "parallelStream",
            "values",
            "entrySet",
            "elements",
            "subList",
            "filter",
        ),
        *("sorted", "distinct", "limit", "skip", "peek", "keySet", "keys", "descendingIterator", "headMap", "tailMap"),
    }
)
_SELF = frozenset({"append", "insert", "reverse", "newInstance", "getInstance", "instance", "clone", "delete"})
_TEXT = frozenset(
    {
        *("toString", "substring", "trim", "toLowerCase", "toUpperCase", "replace", "replaceAll", "concat", "intern"),
        *("format", "getName", "getMessage", "valueOf", "group", "strip", "readLine", "getSimpleName"),
    }
)
_MADE = re.compile(r"(?:new|get|create|open|build)([A-Z]\w+)")


class Expressions:
    """Resolves receivers of one hierarchy; results of calls are kept for each file."""

    def __init__(self, hierarchy: Hierarchy) -> None:
        self._hierarchy = hierarchy
        self._locals: dict[int, dict[tuple[int, str], list[tuple[str, str]]]] = {}
        self._results: dict[tuple[int, int], Type | None] = {}
        self._open: set[tuple[int, int]] = set()

    def receiver(self, node: Node, form: str, depth: int = 0) -> list[Type] | None:
        """The possible types of a receiver; None when nothing is known. A namesake variable in the same method adds its type."""
        if not form or form == "?" or depth > _DEEPEST:
            return None
        head, suffixes = _split(form)
        types = self._head(node, head, depth)
        rest = list(_SUFFIX.finditer(suffixes))
        if types is None and head and rest and head[0] not in "#(" and not head.startswith("new "):
            types, rest = self._qualified(node, head, rest)
        for suffix in rest:
            if types is None:
                return None
            types = self._element(types) if suffix.group(1) is None else self._field(types, suffix.group(1))
        return types

    def _head(self, node: Node, head: str, depth: int) -> list[Type] | None:
        if head in ("this", "super", ""):
            return [Type(node.class_name, file=node.file)]
        if head.startswith("#"):
            found = self._result(node, int(head[1:]), depth)
            return None if found is None else [found]
        if head.startswith("new "):
            return _listed(self._hierarchy.type_of(node.file, head[4:], node.class_name))
        if head.startswith("("):
            return _listed(self._hierarchy.type_of(node.file, head[1:-1], node.class_name))
        return self._variable(node, head, depth)

    def _variable(self, node: Node, name: str, depth: int) -> list[Type] | None:
        around: Node | None = node
        while around is not None:
            declared = self._declared(around, name, depth)
            if declared is not None:
                return declared
            around = self._function_around(around)
        found = self._hierarchy.field_type(node.class_name, name)
        if found is not None:
            return [found]
        if name[:1].isupper():
            return [Type(self._hierarchy.resolve(node.file, name, node.class_name), file=node.file)]
        return None

    def _function_around(self, node: Node) -> Node | None:
        """The function whose locals an anonymous or local class can see."""
        info = self._hierarchy.classes.get(node.class_name)
        if info is None or info.function < 0:
            return None
        return self._hierarchy.nodes[self._hierarchy.by_function[info.file, info.function]]

    def _declared(self, node: Node, name: str, depth: int) -> list[Type] | None:
        """Types of the local variables and parameters of that name; an empty list stands for a type variable or an unknown `var`."""
        found: list[Type] = []
        is_there = False
        for written, value in self._locals_of(node.file).get((node.function, name), ()):
            is_there = True
            if written == "var":
                found += self.receiver(node, value, depth + 1) or []
            else:
                found += _listed(self._hierarchy.type_of(node.file, written, node.class_name)) or []
        if not is_there and node.declared is not None:
            for parameter in node.declared.parameters:
                if parameter.name == name:
                    is_there = True
                    found += _listed(self._hierarchy.type_of(node.file, parameter.type, node.class_name)) or []
        return found if is_there else None

    def _locals_of(self, file: int) -> dict[tuple[int, str], list[tuple[str, str]]]:
        known = self._locals.get(file)
        if known is None:
            known = defaultdict(list)
            for one in self._hierarchy.files[file].facts.java.variables:
                entry = (one.type, one.value)
                if entry not in known[one.function, one.name]:
                    known[one.function, one.name].append(entry)
            self._locals[file] = known
        return known

    def _qualified(
        self, node: Node, head: str, rest: list[re.Match[str]]
    ) -> tuple[list[Type] | None, list[re.Match[str]]]:
        """A class written with its package: `a.b.C.field`."""
        words = [head]
        for index, suffix in enumerate(rest):
            if suffix.group(1) is None:
                break
            words.append(suffix.group(1))
            if suffix.group(1)[:1].isupper():
                name = self._hierarchy.resolve(node.file, ".".join(words), node.class_name)
                return [Type(name, file=node.file)], rest[index + 1 :]
        return None, rest

    def _field(self, types: list[Type], name: str) -> list[Type] | None:
        found = []
        for one in types:
            if name == "this":
                found.append(one)
                continue
            if name == "length" and one.dimensions:
                return [Type(OPAQUE)]
            known = self._hierarchy.field_type(one.name, name)
            nested = f"{one.name}${name}"
            if known is not None:
                found.append(known)
            elif nested in self._hierarchy.classes:
                found.append(Type(nested, file=one.file))
            elif one.name.startswith(OUTSIDE):
                found.append(Type(OPAQUE))
        return found or None

    def _element(self, types: list[Type]) -> list[Type] | None:
        """What an array or a collection of these types holds."""
        found: list[Type] = []
        for one in types:
            if one.dimensions:
                found.append(Type(one.name, one.arguments, one.dimensions - 1, one.file))
            elif one.arguments:
                found += _listed(self._hierarchy.type_of(one.file, one.arguments[-1], "")) or []
        return found or None

    def _result(self, node: Node, number: int, depth: int) -> Type | None:
        key = (node.file, number)
        if key in self._results:
            return self._results[key]
        if key in self._open or depth > _DEEPEST:
            return None
        self._open.add(key)
        found = self._result_of(node, number, depth + 1)
        self._open.discard(key)
        self._results[key] = found
        return found

    def _result_of(self, node: Node, number: int, depth: int) -> Type | None:
        facts = self._hierarchy.files[node.file].facts
        call, more = facts.calls[number], facts.java.calls[number]
        types = (
            [Type(node.class_name, file=node.file)] if not more.receiver else self.receiver(node, more.receiver, depth)
        )
        for one in types or ():
            if one.name.startswith(OUTSIDE):
                declared = self._declared_result(one, call.callee, call.arguments) if one.dimensions == 0 else None
                return declared or self._from_outside(one, call.callee)
            around = one.name
            while around:
                found = self._hierarchy.find(around, call.callee, call.arguments)
                if found:
                    return self._returned(self._hierarchy.nodes[found[0]], one)
                around = around.rpartition("$")[0] if not more.receiver else ""
            declared = self._declared_result(one, call.callee, call.arguments)
            if declared is not None:
                return declared
            if any(above.startswith(OUTSIDE) for above in self._hierarchy.ancestors(one.name)):
                return self._from_outside(one, call.callee)
        return None

    def _declared_result(self, receiver: Type, callee: str, arity: int) -> Type | None:
        """The result of an abstract method or of an outside one, from any class below that has it."""
        if receiver.name == OPAQUE:
            return None
        for below in self._hierarchy.subclasses(receiver.name):
            found = self._hierarchy.own(below, callee, arity) if below != receiver.name else ()
            if found:
                return self._returned(self._hierarchy.nodes[found[0]], receiver)
        return None

    def _returned(self, method: Node, receiver: Type) -> Type | None:
        if method.declared is None:
            return None
        written = method.declared.return_type
        found = self._hierarchy.type_of(method.file, written, method.class_name)
        info = self._hierarchy.classes.get(method.class_name)
        if info is not None and written in info.parameters:
            return self._argument(receiver, info.name, list(info.parameters).index(written)) or found
        return found

    def _argument(self, receiver: Type, declaring: str, index: int) -> Type | None:
        """What the receiver's class, or one between it and the declaring class, says for a type variable."""
        if receiver.name == declaring:
            arguments, file, inside = receiver.arguments, receiver.file, ""
            return self._hierarchy.type_of(file, arguments[index], inside) if index < len(arguments) else None
        from rustplan.score.java.written import take_apart

        for above in self._hierarchy.ancestors(receiver.name):
            info = self._hierarchy.classes.get(above)
            for written in info.written_supertypes if info is not None else ():
                parts = take_apart(written)
                if (
                    info is not None
                    and index < len(parts.arguments)
                    and self._hierarchy.resolve(info.file, parts.base, info.outer) == declaring
                ):
                    return self._hierarchy.type_of(info.file, parts.arguments[index], info.name)
        return None

    def _from_outside(self, receiver: Type, callee: str) -> Type | None:
        """The result of a library method, by what its name and the type arguments say."""
        if callee in _TEXT:
            return Type("~String")
        if receiver.dimensions:
            return Type(OPAQUE)
        if callee in _SELF:
            return receiver
        if receiver.arguments:
            if callee in _SAME:
                one = callee in ("keySet", "keys")
                return Type("~Iterable", receiver.arguments[:1] if one else receiver.arguments, 0, receiver.file)
            written = receiver.arguments[0 if callee in _FIRST_ARGUMENT else -1]
            return self._hierarchy.type_of(receiver.file, written, "")
        made = _MADE.fullmatch(callee)
        is_known = made is not None and self._hierarchy.children.get(OUTSIDE + made.group(1))
        return Type(OUTSIDE + made.group(1)) if made is not None and is_known else Type(OPAQUE)


def _split(form: str) -> tuple[str, str]:
    """The head of a form and what stands behind it."""
    if form.startswith("("):
        end = form.rfind(")") + 1
        return form[:end], form[end:]
    if form.startswith("new "):
        end = form.rfind(">") + 1 or len(form)
        return form[:end], form[end:]
    for index, letter in enumerate(form):
        if letter in ".[":
            return form[:index], form[index:]
    return form, ""


def _listed(one: Type | None) -> list[Type] | None:
    return None if one is None else [one]
