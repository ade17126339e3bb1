"""What the local declarations of one C or C++ function say about its names; built when a rule asks, not for every file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rustplan.syntax import Node

POINTER, ARRAY, REFERENCE, FUNCTION = "pointer", "array", "reference", "function"

_MAX_DECLARATOR_DEPTH = 64
_SCOPES = frozenset(
    {
        "compound_statement",
        "if_statement",
        "else_clause",
        "for_statement",
        "for_range_loop",
        "while_statement",
        "do_statement",
        "switch_statement",
        "case_statement",
        "labeled_statement",
        "try_statement",
        "catch_clause",
        "attributed_statement",
        "init_statement",
        "condition_clause",
        "preproc_if",
        "preproc_ifdef",
        "preproc_else",
        "preproc_elif",
        "preproc_elifdef",
        "linkage_specification",
        "ERROR",
    }
)
_DECLARATIONS = frozenset(("declaration", "parameter_declaration", "optional_parameter_declaration"))
_WRAPPERS = frozenset(
    (
        "init_declarator",
        "parenthesized_declarator",
        "attributed_declarator",
        "reference_declarator",
        "variadic_declarator",
    )
)
_LAYER_OF = {
    "pointer_declarator": POINTER,
    "array_declarator": ARRAY,
    "reference_declarator": REFERENCE,
    "function_declarator": FUNCTION,
}
_BASES = {b"0x": 16, b"0X": 16, b"0b": 2, b"0B": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalType:
    """The declared type of one local name or parameter.

    `type` is the base as written, white space folded, without storage words (`const char`, `struct foo`, `std::vector<int>`); typedefs are
    not resolved. `layers` are read from the name outwards: `char *a[4]` has ("array", "pointer"), `char (*a)[4]` ("pointer", "array").
    `array` holds the extents as written (empty text for `[]`), `extents` the same as numbers where they are literals. `declared_at` is
    the byte offset of the name.
    """

    name: str
    type: str
    layers: tuple[str, ...] = ()
    array: tuple[str, ...] = ()
    extents: tuple[int | None, ...] = ()
    is_parameter: bool = False
    is_static: bool = False
    is_const: bool = False
    has_initializer: bool = False
    declared_at: int = 0

    @property
    def pointer_depth(self) -> int:
        """How many `*` stand around the name."""
        return self.layers.count(POINTER)

    @property
    def is_array(self) -> bool:
        """True when the name owns storage of an array: `sizeof name` is its size. An array parameter is a pointer."""
        return self.layers[:1] == (ARRAY,) and not self.is_parameter

    @property
    def is_pointer(self) -> bool:
        """True when the name itself is a pointer, an array parameter included."""
        return self.layers[:1] == (POINTER,) or (self.is_parameter and self.layers[:1] == (ARRAY,))

    @property
    def is_reference(self) -> bool:
        """True when the name is a C++ reference."""
        return self.layers[:1] == (REFERENCE,)

    @property
    def is_function_pointer(self) -> bool:
        """True for `int (*name)(...)`."""
        return self.layers[:2] == (POINTER, FUNCTION)


LocalTypes = Mapping[str, LocalType]
"""Name -> type, parameters and locals of one function. Shadowed names whose declarations differ are left out: unknown is no evidence."""


def local_types(function_node: Node, source: bytes) -> LocalTypes:
    """Collect the parameters and local variables of a C or C++ `function_definition`.

    `source` is the text the tree was parsed from (`prepared.text`). Names of nested lambdas and local classes are not included, nor
    are structured bindings.
    """
    found: dict[str, LocalType] = {}
    clashing: set[str] = set()
    for local in _declared(function_node, source):
        earlier = found.setdefault(local.name, local)
        if earlier is not local and (earlier.type, earlier.layers, earlier.array) != (
            local.type,
            local.layers,
            local.array,
        ):
            clashing.add(local.name)
    return {name: local for name, local in found.items() if name not in clashing}


def _declared(function: Node, source: bytes) -> Iterator[LocalType]:
    kinds = _knr_kinds(function)
    for parameter in _parameter_nodes(function):
        if parameter.type == "identifier":
            name = _text(parameter, source)
            if name not in kinds:
                yield LocalType(name=name, type="int", is_parameter=True, declared_at=parameter.start_byte)
        elif parameter.type in _DECLARATIONS:
            yield from _of_declaration(parameter, source, is_parameter=True)
    for child in function.named_children:
        if child.type == "declaration":
            yield from _of_declaration(child, source, is_parameter=True)
    body = function.child_by_field_name("body")
    pending = [body] if body is not None else []
    while pending:
        scope = pending.pop()
        inner = []
        for child in scope.named_children:
            kind = child.type
            if kind in _DECLARATIONS:
                yield from _of_declaration(child, source, is_parameter=False)
            elif kind in _SCOPES or kind == "parameter_list":
                inner.append(child)
        if scope.type == "for_range_loop":
            yield from _of_declaration(scope, source, is_parameter=False)
        pending += reversed(inner)


def _knr_kinds(function: Node) -> frozenset[str]:
    """Names declared between `)` and `{` in the old style; the identifier list only repeats them."""
    names = set()
    for declaration in function.named_children:
        if declaration.type == "declaration":
            for declarator in declaration.children_by_field_name("declarator"):
                name = _unwrap(declarator)[0]
                if name is not None and name.text is not None:
                    names.add(name.text.decode("utf-8", "replace"))
    return frozenset(names)


def _parameter_nodes(function: Node) -> list[Node]:
    """The parameters of the function itself: those of the innermost function declarator around its name."""
    node = function.child_by_field_name("declarator")
    innermost = None
    for _ in range(_MAX_DECLARATOR_DEPTH):
        if node is None:
            break
        if node.type == "function_declarator":
            innermost = node
        node = _inner(node)
    parameters = innermost.child_by_field_name("parameters") if innermost is not None else None
    return parameters.named_children if parameters is not None else []


def _of_declaration(declaration: Node, source: bytes, *, is_parameter: bool) -> Iterator[LocalType]:
    base = declaration.child_by_field_name("type")
    if base is None:
        return
    words = [_text(child, source) for child in declaration.named_children if child.type in _QUALIFIERS]
    is_const = "const" in words or "constexpr" in words
    type_words = [word for word in words if word in ("const", "volatile")]
    type_text = " ".join([*type_words, _base_text(base, source)])
    for declarator in declaration.children_by_field_name("declarator"):
        name, layers, sizes = _unwrap(declarator)
        if name is None or layers[:1] == (FUNCTION,):
            continue
        yield LocalType(
            name=_text(name, source),
            type=type_text,
            layers=layers,
            array=tuple(_text(size, source) if size is not None else "" for size in sizes),
            extents=tuple(_literal(size, source) for size in sizes),
            is_parameter=is_parameter,
            is_static="static" in words or "thread_local" in words,
            is_const=is_const,
            has_initializer=declarator.type == "init_declarator"
            or declaration.child_by_field_name("value") is not None,
            declared_at=name.start_byte,
        )


_QUALIFIERS = frozenset(("type_qualifier", "storage_class_specifier"))


def _base_text(base: Node, source: bytes) -> str:
    """`struct foo` for a struct that is defined on the spot, the text itself otherwise."""
    body = base.child_by_field_name("body")
    end = body.start_byte if body is not None else base.end_byte
    return " ".join(source[base.start_byte : end].decode("utf-8", "replace").split())


def _unwrap(declarator: Node) -> tuple[Node | None, tuple[str, ...], tuple[Node | None, ...]]:
    """The name inside a declarator, its layers from the name outwards, and the array sizes in the order they are written."""
    layers: list[str] = []
    sizes: list[Node | None] = []
    node: Node | None = declarator
    for _ in range(_MAX_DECLARATOR_DEPTH):
        if node is None:
            break
        kind = node.type
        if kind in ("identifier", "field_identifier"):
            return node, tuple(reversed(layers)), tuple(reversed(sizes))
        if kind in _LAYER_OF:
            layers.append(_LAYER_OF[kind])
        if kind == "array_declarator":
            sizes.append(node.child_by_field_name("size"))
        node = _inner(node)
    return None, (), ()


def _inner(node: Node) -> Node | None:
    inner = node.child_by_field_name("declarator")
    if inner is None and node.type in _WRAPPERS and node.named_child_count:
        return node.named_child(node.named_child_count - 1)
    return inner


def _literal(size: Node | None, source: bytes) -> int | None:
    if size is None or size.type != "number_literal":
        return None
    digits = source[size.start_byte : size.end_byte].replace(b"'", b"").rstrip(b"uUlLzZ")
    base = _BASES.get(digits[:2], 8 if digits[:1] == b"0" and len(digits) > 1 else 10)
    try:
        return int(digits, base)
    except ValueError:
        return None


def _text(node: Node, source: bytes) -> str:
    return " ".join(source[node.start_byte : node.end_byte].decode("utf-8", "replace").split())
