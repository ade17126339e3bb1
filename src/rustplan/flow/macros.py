"""Macros: those whose text is one expression or one block are unfolded, with their arguments put in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from rustplan.flow.declarations import Macro
from rustplan.flow.ir import Expr, Stmt
from rustplan.flow.lower_names import Names
from rustplan.flow.type_reading import Types
from rustplan.syntax import Node, parse

_MAX_MACRO_DEPTH = 4
_ONE_CALL = re.compile(rb"\s*([A-Za-z_]\w{0,80})\s*\(([\w\s,]{0,200})\)\s*$")


class Macros(Names):
    """Unfolds macros."""

    def _block(self, node: Node) -> Stmt:
        """The compact form of a block."""
        raise NotImplementedError

    def _unfolded(self, name: str, text: bytes, arguments: dict[str, Expr], at: int) -> Expr | None:
        """A macro whose text is one expression, with its arguments put in; None when it is something else."""
        if len(self._arguments) >= _MAX_MACRO_DEPTH or not text or b"#" in text:
            return None
        found = self._parsed_as_expression(name, text)
        if found is None:
            return None
        with self._inside(found[0], arguments, at):
            return self.expression(found[1])

    def _statement_macro(self, node: Node) -> Stmt | None:
        """`FREE(p);` where the macro is `do { ... } while (0)` or a block."""
        function = node.child_by_field_name("function")
        listed = node.child_by_field_name("arguments")
        if function is None or listed is None or function.type != "identifier":
            return None
        name = self.types.text(function)
        macro = None if name in self.functions else self.declarations.function_macro(name)
        if len(self._arguments) >= _MAX_MACRO_DEPTH or macro is None or not _is_statement(macro):
            return None
        given = [child for child in listed.named_children if child.type != "comment"]
        if len(given) != len(macro.parameters) or macro.parameters[-1:] == ("...",):
            return None
        found = self._parsed_as_block(name, macro.text)
        if found is None:
            return None
        arguments = dict(zip(macro.parameters, [self.expression(child) for child in given], strict=True))
        with self._inside(found[0], arguments, self.at(node)):
            return self._block(found[1])

    @contextmanager
    def _inside(self, source: bytes, arguments: dict[str, Expr], at: int) -> Iterator[None]:
        """The text of a macro is at hand, not that of the file; findings in it show the place where it is used."""
        kept = self.source, self.types, self._fixed
        self.source, self.types, self._fixed = source, Types(source, self.declarations), at
        self._arguments.append(arguments)
        try:
            yield
        finally:
            self._arguments.pop()
            self.source, self.types, self._fixed = kept

    def _parsed_as_expression(self, name: str, text: bytes) -> tuple[bytes, Node] | None:
        key = (name, hash(text))
        if key not in self._parsed:
            source = b"void f(void){x=" + text.rstrip(b"; \t") + b";}"
            value = _assigned_value(parse(self.language, source).root_node)
            self._parsed[key] = (source, value) if value is not None else None
        return self._parsed[key]

    def _parsed_as_block(self, name: str, text: bytes) -> tuple[bytes, Node] | None:
        key = ("{" + name, hash(text))
        if key not in self._parsed:
            source = b"void f(void){" + text + b";}"
            body = _only_body(parse(self.language, source).root_node)
            self._parsed[key] = (source, body) if body is not None else None
        return self._parsed[key]


def _only_body(root: Node) -> Node | None:
    """The body of the function that is the whole text."""
    if root.has_error or root.named_child_count != 1:
        return None
    return root.named_children[0].child_by_field_name("body")


def _assigned_value(root: Node) -> Node | None:
    """What the one statement of the one function assigns."""
    body = _only_body(root)
    if body is None or body.named_child_count != 1:
        return None
    statement = body.named_children[0]
    value = statement.named_children[0] if statement.named_child_count else None
    return value.child_by_field_name("right") if value is not None and value.type == "assignment_expression" else None


def _is_statement(macro: Macro) -> bool:
    """True for a macro that stands for statements, not for a value."""
    return b"#" not in macro.text and (macro.text.startswith((b"do", b"{", b"if")) or b";" in macro.text)


def uses_parameters(macro: Macro) -> bool:
    """True when the text of a macro names one of its parameters, or calls something."""
    words = set(re.findall(rb"[A-Za-z_]\w*", macro.text[:2000]))
    return b"(" in macro.text.strip(b"()") or any(parameter.encode() in words for parameter in macro.parameters)


def called_alone(macro: Macro) -> str:
    """The function of a macro that does nothing but hand all its arguments on: `#define GET(...) get(__VA_ARGS__)`."""
    match = _ONE_CALL.match(macro.text)
    if match is None:
        return ""
    handed = [part.strip() for part in match.group(2).decode("ascii", "replace").split(",")]
    wanted = ["__VA_ARGS__" if part == "..." else part for part in macro.parameters]
    return match.group(1).decode() if handed == wanted else ""
