"""Statements: blocks, branches, loops, jumps, the arms of `#if`."""

from __future__ import annotations

from collections.abc import Callable

from rustplan.flow import ir
from rustplan.flow.counting import may_leave, note_counter
from rustplan.flow.ctypes import SIGNED, UNKNOWN, UNKNOWN_TYPE
from rustplan.flow.ir import Expr, Loop, Stmt
from rustplan.flow.lower_declarations import DeclarationLowering
from rustplan.flow.lower_expressions import EXPRESSIONS
from rustplan.syntax import Node


class StatementLowering(DeclarationLowering):
    """Lowers statements."""

    def _statement(self, node: Node) -> Stmt:
        handler = _STATEMENTS.get(node.type)
        if handler is not None:
            return handler(self, node)
        if node.type in EXPRESSIONS:
            return (ir.EVAL, self.at(node), self.expression(node))
        return (ir.NOTHING, node.start_byte)

    def _statements(self, nodes: list[Node]) -> list[Stmt]:
        return [self._statement(child) for child in nodes if child.type != "comment"]

    def _block(self, node: Node) -> Stmt:
        self._scopes.append({})
        statements = tuple(self._statements(node.named_children))
        ended = tuple(self._scopes.pop().values())
        return (ir.BLOCK, self.at(node), statements, ended)

    def _inner_statements(self, node: Node) -> Stmt:
        return (ir.BLOCK, self.at(node), tuple(self._statements(node.named_children)), ())

    def _expression_statement(self, node: Node) -> Stmt:
        inner = [child for child in node.named_children if child.type != "comment"]
        if not inner:
            return (ir.NOTHING, node.start_byte)
        if inner[0].type == "call_expression":
            unfolded = self._statement_macro(inner[0])
            if unfolded is not None:
                return unfolded
        return (ir.EVAL, self.at(node), self.expression(inner[0]))

    # ---- branches ----

    def _if(self, node: Node) -> Stmt:
        self._scopes.append({})
        first, condition = self._condition(node.child_by_field_name("condition"))
        consequence = node.child_by_field_name("consequence")
        then = self._statement(consequence) if consequence is not None else (ir.NOTHING, node.start_byte)
        alternative = node.child_by_field_name("alternative")
        other = None
        if alternative is not None:
            if alternative.type == "else_clause":
                parts = [child for child in alternative.named_children if child.type != "comment"]
                other = self._statement(parts[0]) if parts else None
            else:
                other = self._statement(alternative)
        self._scopes.pop()
        made = (ir.IF, self.at(node), condition, then, other)
        return made if first is None else (ir.BLOCK, self.at(node), (first, made), ())

    def _condition(self, node: Node | None) -> tuple[Stmt | None, Expr]:
        """A condition, and what it declares before (C++)."""
        if node is None:
            return None, (ir.CONST, SIGNED, 0, 1)
        if node.type == "condition_clause":
            first = node.child_by_field_name("initializer")
            value = node.child_by_field_name("value")
            statement = self._statement(first) if first is not None else None
            if value is not None and value.type == "declaration":
                declared = self._declaration_condition(value)
                return (statement or declared[0]), declared[1]
            return statement, self.expression(value)
        return None, self.expression(node)

    def _switch(self, node: Node) -> Stmt:
        first, value = self._condition(node.child_by_field_name("condition"))
        body = node.child_by_field_name("body")
        cases: list[tuple[tuple[int, ...] | None, tuple[Stmt, ...]]] = []
        self._scopes.append({})
        for child in self._case_nodes(body):
            value_node = child.child_by_field_name("value")
            is_default = value_node is None
            number = None if is_default else self.types.constant(value_node)
            inner = [
                part
                for part in child.named_children
                if part.type != "comment" and (value_node is None or part.id != value_node.id)
            ]
            labels: tuple[int, ...] | None = None if is_default else (() if number is None else (number,))
            cases.append((labels, tuple(self._statements(inner))))
        self._scopes.pop()
        made = (ir.SWITCH, self.at(node), value, tuple(cases))
        return made if first is None else (ir.BLOCK, self.at(node), (first, made), ())

    def _case_nodes(self, body: Node | None) -> list[Node]:
        found: list[Node] = []
        pending = [body] if body is not None else []
        for _ in range(40):
            if not pending:
                break
            for child in pending.pop().named_children:
                if child.type == "case_statement":
                    found.append(child)
                elif child.type.startswith("preproc_") and child.type not in ("preproc_def", "preproc_call"):
                    pending.append(child)
                elif child.type == "declaration":
                    self._declaration(child)
        return sorted(found, key=lambda case: case.start_byte)

    def _conditional_arms(self, node: Node) -> Stmt:
        """`#if` inside a function is a branch that depends on how the program is built."""
        arms: list[Stmt] = []
        current: Node | None = node
        keys: list[str] = []
        for _ in range(40):
            if current is None:
                break
            skipped = {
                part.id
                for name in ("condition", "name", "alternative")
                if (part := current.child_by_field_name(name)) is not None
            }
            inner = [child for child in current.named_children if child.id not in skipped]
            arms.append((ir.BLOCK, self.at(current), tuple(self._statements(inner)), ()))
            test = current.child_by_field_name("condition") or current.child_by_field_name("name")
            is_negative = bool(current.children) and current.children[0].type == "#ifndef"
            keys.append(("!" if is_negative else "") + (self.types.text(test) if test is not None else ""))
            alternative = current.child_by_field_name("alternative")
            if alternative is None and current.type != "preproc_else":
                arms.append((ir.NOTHING, self.at(current)))
            current = alternative
        return (ir.EITHER, self.at(node), tuple(arms), keys[0])

    def _compiled_under(self, node: Node) -> dict[str, bool]:
        """The `#if` lines around a function, and whether they hold where it is compiled."""
        found: dict[str, bool] = {}
        inner, outer = node, node.parent
        for _ in range(20):
            if outer is None:
                break
            if outer.type in ("preproc_if", "preproc_ifdef"):
                alternative = outer.child_by_field_name("alternative")
                is_other = alternative is not None and alternative.id == inner.id
                test = outer.child_by_field_name("condition") or outer.child_by_field_name("name")
                if test is not None and (not is_other or inner.type == "preproc_else"):
                    is_negative = bool(outer.children) and outer.children[0].type == "#ifndef"
                    found.setdefault("#" + self.types.text(test), is_other == is_negative)
            inner, outer = outer, outer.parent
        return found

    # ---- loops ----

    def _loop_of(
        self,
        node: Node,
        init: Stmt | None,
        condition: Node | None,
        step: Node | None,
        body: Node | None,
        *,
        is_late: bool = False,
    ) -> Stmt:
        self._assigned.append(set())
        self._stores.append(False)
        first, test = (None, None) if condition is None else self._condition(condition)
        stepped = self.expression(step) if step is not None else None
        lowered = self._statement(body) if body is not None else (ir.NOTHING, node.start_byte)
        if first is not None:
            lowered = (ir.BLOCK, node.start_byte, (first, lowered), ())
            test = None
        loop = Loop(self.at(node), init, test, stepped, lowered, is_late=is_late)
        self._note_changes(loop)
        if not is_late:
            note_counter(loop)
        return (ir.LOOP, self.at(node), loop)

    def _note_changes(self, loop: Loop) -> None:
        """What the loop that ends here assigns, and whether it may be left early."""
        loop.assigned = frozenset(self._assigned.pop())
        loop.stores = self._stores.pop()
        loop.exits_early = may_leave(loop.body)

    def _for(self, node: Node) -> Stmt:
        self._scopes.append({})
        first = node.child_by_field_name("initializer")
        init = self._statement(first) if first is not None else None
        made = self._loop_of(
            node,
            init,
            node.child_by_field_name("condition"),
            node.child_by_field_name("update"),
            node.child_by_field_name("body"),
        )
        self._scopes.pop()
        return made

    def _while(self, node: Node) -> Stmt:
        self._scopes.append({})
        made = self._loop_of(node, None, node.child_by_field_name("condition"), None, node.child_by_field_name("body"))
        self._scopes.pop()
        return made

    def _do(self, node: Node) -> Stmt:
        return self._loop_of(
            node, None, node.child_by_field_name("condition"), None, node.child_by_field_name("body"), is_late=True
        )

    def _range_for(self, node: Node) -> Stmt:
        self._scopes.append({})
        at = self.at(node)
        base = self.types.of_specifier(node.child_by_field_name("type"))
        name, type_ = self.types.declared(node.child_by_field_name("declarator"), base)
        over = self.expression(node.child_by_field_name("right"))
        self._assigned.append(set())
        self._stores.append(False)
        var = self._declare(name or "?", type_ if type_.kind != UNKNOWN else UNKNOWN_TYPE, ir.LOCAL, at)
        body = node.child_by_field_name("body")
        lowered = self._statement(body) if body is not None else (ir.NOTHING, node.start_byte)
        declared = (ir.DECLARE, at, var, (ir.OPAQUE, var.type, at, ()))
        round_ = (ir.BLOCK, node.start_byte, (declared, lowered), ())
        loop = Loop(at, None, (ir.OPAQUE, SIGNED, at, ()), None, round_, is_late=False)
        self._note_changes(loop)
        self._scopes.pop()
        return (ir.BLOCK, at, ((ir.EVAL, at, over), (ir.LOOP, at, loop)), ())

    # ---- jumps ----

    def _return(self, node: Node) -> Stmt:
        inner = [child for child in node.named_children if child.type != "comment"]
        return (ir.RETURN, self.at(node), self.expression(inner[0]) if inner else None)

    def _jump(self, node: Node) -> Stmt:
        if node.type == "break_statement":
            return (ir.BREAK, self.at(node))
        if node.type == "continue_statement":
            return (ir.CONTINUE, self.at(node))
        label = node.child_by_field_name("label")
        return (ir.GOTO, self.at(node), self.types.text(label) if label is not None else "")

    def _labeled(self, node: Node) -> Stmt:
        label = node.child_by_field_name("label")
        name = self.types.text(label) if label is not None else ""
        rest = [
            child
            for child in node.named_children
            if child.type != "comment" and (label is None or child.id != label.id)
        ]
        return (ir.BLOCK, self.at(node), ((ir.LABEL, self.at(node), name), *self._statements(rest)), ())

    def _try(self, node: Node) -> Stmt:
        body = node.child_by_field_name("body")
        lowered = self._statement(body) if body is not None else (ir.NOTHING, node.start_byte)
        handlers = []
        for child in node.named_children:
            if child.type == "catch_clause":
                inner = child.child_by_field_name("body")
                self._scopes.append({})
                parameters = child.child_by_field_name("parameters")
                for parameter in parameters.named_children if parameters is not None else ():
                    base = self.types.of_specifier(parameter.child_by_field_name("type"))
                    name, type_ = self.types.declared(parameter.child_by_field_name("declarator"), base)
                    if name:
                        self._declare(name, type_, ir.PARAMETER, self.at(parameter))
                handlers.append(self._statement(inner) if inner is not None else (ir.NOTHING, child.start_byte))
                self._scopes.pop()
        return (ir.TRY, self.at(node), lowered, tuple(handlers))

    def _throw(self, node: Node) -> Stmt:
        return (ir.THROW, self.at(node), self.expression(node.named_children[0]) if node.named_child_count else None)


_STATEMENTS: dict[str, Callable[[StatementLowering, Node], Stmt]] = {
    "compound_statement": StatementLowering._block,
    "expression_statement": StatementLowering._expression_statement,
    "declaration": StatementLowering._declaration,
    "if_statement": StatementLowering._if,
    "for_statement": StatementLowering._for,
    "while_statement": StatementLowering._while,
    "do_statement": StatementLowering._do,
    "for_range_loop": StatementLowering._range_for,
    "switch_statement": StatementLowering._switch,
    "return_statement": StatementLowering._return,
    "break_statement": StatementLowering._jump,
    "continue_statement": StatementLowering._jump,
    "goto_statement": StatementLowering._jump,
    "labeled_statement": StatementLowering._labeled,
    "preproc_if": StatementLowering._conditional_arms,
    "preproc_ifdef": StatementLowering._conditional_arms,
    "try_statement": StatementLowering._try,
    "throw_statement": StatementLowering._throw,
    "type_definition": StatementLowering._local_type,
    "struct_specifier": StatementLowering._local_type,
    "union_specifier": StatementLowering._local_type,
    "class_specifier": StatementLowering._local_type,
    "enum_specifier": StatementLowering._local_type,
    "ERROR": StatementLowering._inner_statements,
    "attributed_statement": StatementLowering._inner_statements,
    "linkage_specification": StatementLowering._inner_statements,
    "case_statement": StatementLowering._inner_statements,
}
