"""Standard containers of C++: one element stands for all."""

from __future__ import annotations

from rustplan.flow.arguments import Outcomes
from rustplan.flow.ctypes import ARRAY, SIZE, CType
from rustplan.flow.ir import Expr
from rustplan.flow.library import Library
from rustplan.flow.memory import State
from rustplan.flow.values import Ptr

_CONTAINERS = frozenset(
    ("vector", "list", "map", "deque", "set", "unordered_map", "array", "stack", "queue", "multimap")
)
_PUTS = frozenset(("push_back", "push_front", "insert", "emplace_back", "push", "assign"))
_GETS = frozenset(("back", "front", "at", "top", "begin", "end", "find", "data"))
_SIZES = frozenset(("size", "length", "count", "empty", "capacity"))


class Containers(Library):
    """Runs the methods of containers."""

    def container_method(self, e: Expr, name: str, receiver: Expr, st: State) -> Outcomes | None:
        """A method of a standard container; None for other receivers."""
        type_: CType = receiver[1]
        if type_.target is not None and not type_.is_record and type_.kind != ARRAY:
            type_ = type_.target
        if not _is_container(type_):
            return None
        place = self.place(receiver, st)
        arguments = [self.evaluate(each, st) for each in e[5]]
        if not isinstance(place, Ptr) or place.object not in st.objects:
            return [(st, None)]
        if name in _PUTS and arguments:
            object_ = st.change(place.object)
            value = arguments[-1]
            if value is not None:
                object_.cells["element"] = (8, value)
            return [(st, None)]
        cell = st.objects[place.object].cells.get("element") if name in _GETS else None
        if cell is not None:
            return [(st, cell[1])]
        return [(st, self.fresh(SIZE if name in _SIZES else e[1], st, name, e[2]))]


def _is_container(type_: CType) -> bool:
    name = type_.name.removeprefix("std::").split("<")[0]
    return name in _CONTAINERS and "<" in type_.name
