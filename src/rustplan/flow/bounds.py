"""Whether an access is allowed: what it leads to lives, and the access stays inside."""

from __future__ import annotations

from rustplan.flow import ir
from rustplan.flow.ctypes import FLOAT, INT, POINTER, STRUCT, CType
from rustplan.flow.ir import Expr
from rustplan.flow.memory import ABSENT, MAY_FAIL, OUTER, RELEASED, STACK, STATIC, SURE, UNTESTED, USED, Object, State
from rustplan.flow.run import Run
from rustplan.flow.values import HI, LO, Num, Ptr, add, surely_exceeds


class Bounds(Run):
    """Looks at accesses before they happen."""

    def check(self, place: Ptr, size: Num, st: State, e: Expr, *, write: bool, by: str = "", callee: str = "") -> bool:
        """Report an access to a released or absent object, or outside of it. False when what is there cannot be known any more."""
        object_ = st.objects.get(place.object)
        if object_ is None:
            return False
        if not self.alive(place, object_, st, e, callee):
            return False
        if object_.kind == OUTER and object_.size is None:
            return True
        if place.path:
            return True
        return self._bounds(place, size, object_, st, e, write=write, by=by, callee=callee)

    def alive(self, place: Ptr, object_: Object, st: State, e: Expr, callee: str = "") -> bool:
        """Report the use of a released object or of a null pointer."""
        if object_.state == RELEASED:
            name = self._pointer_name(e)
            self.report(
                "use-after-release",
                e[2],
                st,
                object_.name or name,
                {
                    "object": object_.name or name,
                    "pointer": name,
                    "use": callee or "access",
                    "family": object_.family or object_.kind,
                },
                self.object_steps(object_, released=True),
                1 if callee and self.models.get(callee) is None else 0,
            )
            st.change(place.object).state = 1
            return False
        if object_.state == ABSENT:
            name = self._pointer_name(e)
            if st.facts.get("\0called"):  # what was called after the test may not have come back
                return False
            chain = (
                ((object_.path, object_.line_of_null, "found to be null here"),) if object_.line_of_null >= 0 else ()
            )
            self.report("null-dereference", e[2], st, name, {"pointer": name, "why": "tested"}, chain)
            forgiven = st.change(place.object)
            forgiven.state, forgiven.null = 1, SURE
            return False
        if object_.null == MAY_FAIL:
            name = self._pointer_name(e)
            self.report(
                "unchecked-allocation",
                e[2],
                st,
                object_.name or name,
                {
                    "object": object_.name or name,
                    "pointer": name,
                    "made_by": object_.source[1] if object_.source else object_.family,
                    "use": callee or "access",
                },
                self.object_steps(object_),
            )
            st.change(place.object).null = SURE
        elif object_.null == UNTESTED and object_.frame == self.frames[-1].number:
            changed = st.change(place.object)
            changed.null = USED
            changed.line_of_null = e[2]
        return True

    def _pointer_name(self, e: Expr) -> str:
        if e[0] == ir.DEREF:
            return self.describe(e[3])
        if e[0] in (ir.INDEX, ir.MEMBER):
            base = e[3]
            while base[0] == ir.MEMBER and base[3][0] != ir.DEREF:
                base = base[3]
            if base[0] == ir.DEREF:
                return self.describe(base[3])
            return self.describe(base)
        return self.describe(e)

    def confused(self, place: Ptr, type_: CType, object_: Object, st: State, e: Expr) -> None:
        """An object made as one type is used as another that does not fit."""
        made_as = object_.type.text if object_.type is not None else "?"
        as_type = "a record" if place.path else type_.name or type_.text
        name = object_.name or "the block"
        captures = {
            "object": name,
            "made_as": made_as,
            "read_as": as_type,
            "size": "" if object_.size is None else str(object_.size.lo),
        }
        self.report("type-confusion", e[2], st, name, captures, self.object_steps(object_))

    def _bounds(
        self, place: Ptr, size: Num, object_: Object, st: State, e: Expr, *, write: bool, by: str, callee: str
    ) -> bool:
        offset = place.offset
        if offset.lo < 0 and offset.bits & LO and object_.kind != OUTER:
            self._outside("before", offset, offset, object_, st, e, write=write, by=by, callee=callee)
            return False
        limit = object_.size
        if limit is None or (size.lo == size.hi == 0):
            return True
        end = size if offset.lo == 0 and offset.hi == 0 else add(offset, size)
        if surely_exceeds(end, limit):
            if self._is_trailing(object_, place):
                return True
            scalar = (
                object_.type is not None
                and object_.type.kind in (INT, FLOAT, POINTER)
                and limit.is_constant
                and limit.lo == object_.type.size
            )
            if (
                not by
                and scalar
                and offset.lo == offset.hi
                and offset.lo >= 0
                and size.is_constant
                and (offset.lo == 0 or e[0] == ir.MEMBER)
                and e[0] != ir.INDEX
            ):
                self.confused(place, e[1], object_, st, e)
                return False
            self._outside("after", end, offset, object_, st, e, write=write, by=by, callee=callee)
            return False
        if offset.hi < 0 and offset.bits & HI:
            self._outside("before", offset, offset, object_, st, e, write=write, by=by, callee=callee)
            return False
        return True

    @staticmethod
    def _is_trailing(object_: Object, place: Ptr) -> bool:
        """A flexible array at the end of a struct is allocated larger than its type: nothing can be said when only the type is known."""
        del place
        return (
            object_.kind in (STATIC, STACK)
            and object_.type is not None
            and object_.type.kind == STRUCT
            and object_.size is None
        )

    def _outside(
        self,
        side: str,
        end: Num,
        offset: Num,
        object_: Object,
        st: State,
        e: Expr,
        *,
        write: bool,
        by: str,
        callee: str,
    ) -> None:
        is_input = end.is_tainted or offset.is_tainted
        cause = "input" if is_input else "constant" if end.lo == end.hi else "loop"
        name = object_.name or "the block"
        if not by:
            by = "index" if e[0] == ir.INDEX else "pointer"
        size = "" if object_.size is None else str(object_.size.lo) if object_.size.is_constant else "its size"
        reach = (
            str(offset.lo)
            if side == "before"
            else str(end.hi)
            if end.bits & HI and end.hi < 1 << 40
            else "any value"
            if is_input
            else "one past its size"
        )
        self.report(
            "out-of-bounds",
            e[2],
            st,
            name,
            {
                "access": "write" if write else "read",
                "side": side,
                "by": by,
                "cause": cause,
                "memory": object_.kind,
                "object": name,
                "size": size,
                "reach": reach,
                "callee": callee,
            },
            (*self.object_steps(object_), *self.source_steps(end, offset)),
        )
