"""Specifiers and declarators to types, records to their layouts, constant expressions to their values."""

from __future__ import annotations

from collections.abc import Iterator

from rustplan.flow import constants
from rustplan.flow.ctypes import (
    ARRAY,
    FUNCTION,
    INT,
    SIGNED,
    STRUCT,
    UNION,
    UNKNOWN,
    UNKNOWN_TYPE,
    CType,
    array_of,
    lay_out,
    named,
    pointer_to,
    reference_to,
    sized,
)
from rustplan.flow.declarations import ClassInfo, Declarations
from rustplan.syntax import Node

RECORDS = {"struct_specifier": STRUCT, "union_specifier": UNION, "class_specifier": STRUCT}

_MAX_DEPTH = 40
_MAX_GROUPS = 200
_NAMES = frozenset(
    (
        "identifier",
        "field_identifier",
        "type_identifier",
        "qualified_identifier",
        "destructor_name",
        "operator_name",
    )
)
_TRANSPARENT = frozenset(
    (
        "parenthesized_declarator",
        "abstract_parenthesized_declarator",
        "attributed_declarator",
        "init_declarator",
    )
)


class Types:
    """Turns specifiers and declarators of one text into types."""

    def __init__(self, source: bytes, declarations: Declarations) -> None:
        self.source = source
        self.declarations = declarations

    def text(self, node: Node) -> str:
        """The text of a node, white space folded."""
        return " ".join(self.source[node.start_byte : node.end_byte].decode("utf-8", "replace").split())

    # ---- specifiers ----

    def of_specifier(self, node: Node | None, depth: int = 0) -> CType:
        """The type that a specifier names; a record or enumeration that it defines is taken down."""
        if node is None or depth > _MAX_DEPTH:
            return UNKNOWN_TYPE
        kind = node.type
        if kind == "primitive_type":
            return named(self.text(node)) or UNKNOWN_TYPE
        if kind == "sized_type_specifier":
            return sized(self.text(node).split())
        if kind == "type_identifier":
            return self.by_name(self.text(node))
        if kind in RECORDS:
            return self._record(node, RECORDS[kind], depth)
        if kind == "enum_specifier":
            self._enumerators(node)
            return SIGNED
        if kind in ("qualified_identifier", "template_type", "dependent_type"):
            text = self.text(node)
            if "<" in text:
                return CType(UNKNOWN, name=text)
            return self.by_name(text.removeprefix("std::").rsplit("::", 1)[-1])
        return CType(UNKNOWN, name=self.text(node)[:60])

    def by_name(self, name: str) -> CType:
        """A typedef, a class, or a type that is known by name only."""
        found = self.declarations.typedef(name)
        if found is None:
            found = self.declarations.record(name)
        return CType(UNKNOWN, name=name) if found is None else found

    def of_descriptor(self, node: Node | None) -> CType:
        """The type of a `type_descriptor`: casts, `sizeof`, template arguments."""
        if node is None:
            return UNKNOWN_TYPE
        if node.type != "type_descriptor":
            return self.of_specifier(node)
        base = self.of_specifier(node.child_by_field_name("type"))
        declarator = node.child_by_field_name("declarator")
        return base if declarator is None else self.declared(declarator, base)[1]

    def _enumerators(self, node: Node) -> None:
        body = node.child_by_field_name("body")
        if body is None:
            return
        following: int | None = 0
        for child in body.named_children:
            if child.type != "enumerator":
                continue
            name, value = child.child_by_field_name("name"), child.child_by_field_name("value")
            if value is not None:
                following = self.constant(value)
            if name is not None and following is not None:
                self.declarations.enumerators[self.text(name)] = following
                following += 1

    # ---- records ----

    def _record(self, node: Node, kind: int, depth: int) -> CType:
        name_node, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        name = self.text(name_node) if name_node is not None else ""
        own = self.declarations.records
        if body is None:
            found = self.declarations.record(name)
            if found is None:
                found = own[name] = CType(kind, name=name)
            return found
        made = own.get(name) if name else None
        if made is None or made.members is not None:
            made = CType(kind, name=name)
            if name:
                own[name] = made
        if name and node.type != "union_specifier":
            self._class(node, name, body)
        lay_out(made, self._members(body, depth))
        if made.members is None:
            made.members = {member: (None, type_) for member, type_ in self._members(body, depth)}
        info = self.declarations.classes.get(name)
        if info is not None and (info.bases or info.virtual):
            made.members = {member: (None, type_) for member, (_, type_) in made.members.items()}
            made.size = None
        return made

    def _members(self, body: Node, depth: int) -> list[tuple[str, CType]]:
        found: list[tuple[str, CType]] = []
        for child in _flat(body):
            if child.type != "field_declaration":
                continue
            base = self.of_specifier(child.child_by_field_name("type"), depth + 1)
            declarators = child.children_by_field_name("declarator")
            if any(part.type == "storage_class_specifier" and part.text == b"static" for part in child.children):
                continue
            if not declarators and child.child_by_field_name("type") is not None and base.is_record:
                found.append(("", base))
            for declarator in declarators:
                name, type_ = self.declared(declarator, base)
                if name and type_.kind != FUNCTION:
                    found.append((name, type_))
        return found

    def _class(self, node: Node, name: str, body: Node) -> None:
        """Take down the bases and methods of a class."""
        virtual: set[str] = set()
        methods: set[str] = set()
        initialises = False
        for child in _flat(body):
            if child.type not in ("field_declaration", "function_definition", "declaration"):
                continue
            initialises = initialises or child.child_by_field_name("default_value") is not None
            function = _function_declarator(child.child_by_field_name("declarator"))
            if function is None:
                continue
            inner = function.child_by_field_name("declarator")
            method = self.text(inner) if inner is not None else ""
            methods.add(method)
            if self._is_virtual(child, function):
                virtual.add(method)
        bases = self._bases(node)
        initialises = initialises or name.split("<")[0] in methods
        if bases or methods or initialises or node.type == "class_specifier":
            has_destructor = any(method.startswith("~") for method in methods)
            self.declarations.classes[name] = ClassInfo(
                name, bases, frozenset(virtual), frozenset(methods), has_destructor, initialises
            )

    def _bases(self, node: Node) -> tuple[str, ...]:
        """The plain names of the bases of a class."""
        return tuple(
            self.text(part).rsplit("::", 1)[-1].split("<")[0]
            for child in node.children
            if child.type == "base_class_clause"
            for part in child.named_children
            if part.type in ("type_identifier", "qualified_identifier", "template_type")
        )

    def _is_virtual(self, method: Node, function: Node) -> bool:
        if any(part.type == "virtual" or part.text == b"virtual" for part in method.children[:4]):
            return True
        return b"override" in self.source[function.end_byte - 12 : method.end_byte]

    # ---- declarators ----

    def declared(self, declarator: Node | None, base: CType) -> tuple[str, CType]:
        """The name and the type that a declarator makes of a base type; a function's type is FUNCTION with its result as target."""
        node, type_ = declarator, base
        for _ in range(_MAX_DEPTH):
            if node is None:
                return "", type_
            kind = node.type
            if kind in _NAMES:
                return self.text(node), type_
            if kind in ("reference_declarator", "abstract_reference_declarator"):
                type_ = reference_to(type_)
                node = node.named_child(node.named_child_count - 1) if node.named_child_count else None
                continue
            if kind in ("pointer_declarator", "abstract_pointer_declarator"):
                type_ = pointer_to(type_)
            elif kind in ("array_declarator", "abstract_array_declarator"):
                type_ = self._array(node, type_)
            elif kind in ("function_declarator", "abstract_function_declarator"):
                type_ = CType(FUNCTION, target=type_)
            node = _inner_declarator(node)
        return "", type_

    def _array(self, node: Node, element: CType) -> CType:
        """`a[2][3]`: the outer declarator holds the inner extent, so extents are taken from the outside in."""
        size = node.child_by_field_name("size")
        count = self.constant(size) if size is not None else None
        made = array_of(element, count if count is not None and count >= 0 else None)
        made.is_flexible = size is None
        return made

    # ---- constant expressions ----

    def constant(self, node: Node | None, depth: int = 0) -> int | None:
        """The value of a constant integer expression; None when it is none, or not known."""
        if node is None or depth > _MAX_DEPTH:
            return None
        kind = node.type
        if kind == "number_literal":
            return constants.literal(self.source[node.start_byte : node.end_byte])
        if kind == "char_literal":
            return constants.character(self.text(node))
        if kind in ("identifier", "true", "false", "null"):
            return self.declarations.constant(self.text(node))
        if kind == "sizeof_expression":
            type_node = node.child_by_field_name("type")
            return self.of_descriptor(type_node).size if type_node is not None else None
        if kind == "parenthesized_expression" and node.named_child_count:
            return self.constant(node.named_child(0), depth + 1)
        if kind == "cast_expression":
            return self._converted(node, depth)
        if kind in ("unary_expression", "binary_expression"):
            return self._computed(node, depth)
        return None

    def _converted(self, node: Node, depth: int) -> int | None:
        """A cast; only one of a negative number to an unsigned type changes the value."""
        value = self.constant(node.child_by_field_name("value"), depth + 1)
        if value is None or value >= 0:
            return value
        type_ = self.of_descriptor(node.child_by_field_name("type"))
        return value % (1 << type_.bits) if type_.kind == INT and not type_.signed else value

    def _computed(self, node: Node, depth: int) -> int | None:
        operator = node.child_by_field_name("operator")
        sign = operator.type if operator is not None else ""
        if node.type == "unary_expression":
            value = self.constant(node.child_by_field_name("argument"), depth + 1)
            return None if value is None else {"-": -value, "+": value, "~": ~value, "!": int(not value)}.get(sign)
        left = self.constant(node.child_by_field_name("left"), depth + 1)
        right = self.constant(node.child_by_field_name("right"), depth + 1)
        return None if left is None or right is None else _folded(sign, left, right)


def decayed(type_: CType) -> CType:
    """An array as the pointer that it becomes in an expression."""
    return pointer_to(type_.target) if type_.kind == ARRAY and type_.target is not None else type_


def _folded(operator: str, left: int, right: int) -> int | None:
    if operator in ("/", "%"):
        if right <= 0 or left < 0:
            return None
        return left // right if operator == "/" else left % right
    if operator in ("<<", ">>"):
        if not 0 <= right < 64 or abs(left) >= 1 << 64:
            return None
        return left << right if operator == "<<" else left >> right
    found = {
        "+": left + right,
        "-": left - right,
        "*": left * right if abs(left) < 1 << 64 and abs(right) < 1 << 64 else None,
        "|": left | right,
        "&": left & right,
        "^": left ^ right,
        "<": int(left < right),
        ">": int(left > right),
        "<=": int(left <= right),
        ">=": int(left >= right),
        "==": int(left == right),
        "!=": int(left != right),
    }
    return found.get(operator)


def _function_declarator(node: Node | None) -> Node | None:
    for _ in range(_MAX_DEPTH):
        if node is None or node.type == "function_declarator":
            return node
        node = _inner_declarator(node)
    return None


def _inner_declarator(node: Node) -> Node | None:
    inner = node.child_by_field_name("declarator")
    if inner is None and node.type in _TRANSPARENT:
        for child in node.named_children:
            if "declarator" in child.type or child.type in ("identifier", "field_identifier", "type_identifier"):
                return child
    return inner


def _flat(body: Node) -> Iterator[Node]:
    """The members of a record, those between preprocessor lines and in templates too."""
    pending = [body]
    for _ in range(_MAX_GROUPS):
        if not pending:
            return
        node = pending.pop()
        for child in node.named_children:
            if child.type.startswith("preproc_") or child.type == "template_declaration":
                pending.append(child)
            else:
                yield child
