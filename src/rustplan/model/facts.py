"""What one source file says, as compact values: no tree, node or source text survives the file they came from."""

from __future__ import annotations

from enum import Enum

import msgspec

from rustplan.model.source import Language


class FunctionKind(str, Enum):
    """What sort of function."""

    FUNCTION = "function"
    METHOD = "method"
    CONSTRUCTOR = "constructor"
    DESTRUCTOR = "destructor"
    INITIALIZER = "initializer"


class Parameter(msgspec.Struct, frozen=True, array_like=True):
    """One parameter: its type as written (white space folded, name removed), its name (may be empty)."""

    type: str
    name: str = ""


class Function(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A function with a body (or a Java `native` method, `has_body=False`).

    `name` is the plain name; `qualified_name` is `ns::Class::name` in C++, `pkg.Outer$Inner.name` in Java (constructors `<init>`,
    static blocks `<clinit>`), and equals `name` in C. `container` is the class part of it. Lines are those of the whole definition.
    `sloc` are its code lines without blanks and comments; `complexity` is McCabe's (1 + decisions); `loop_depth` is the deepest loop nest.
    `is_exported`: visible outside its file (C/C++: not `static`, not in an anonymous namespace; Java: public or protected).
    """

    name: str
    qualified_name: str
    start_line: int
    end_line: int
    sloc: int
    complexity: int
    loop_depth: int
    parameters: tuple[Parameter, ...] = ()
    return_type: str = ""
    container: str = ""
    kind: FunctionKind = FunctionKind.FUNCTION
    is_exported: bool = True
    is_variadic: bool = False
    is_template: bool = False
    is_c_linkage: bool = False
    is_virtual: bool = False
    is_native: bool = False
    has_body: bool = True
    annotations: tuple[str, ...] = ()


class Declaration(msgspec.Struct, frozen=True, array_like=True):
    """A function declared but not defined here (a prototype), by plain name, with its line."""

    name: str
    line: int


class Call(msgspec.Struct, frozen=True, array_like=True):
    """A call by name. `function` is the index of the calling function in `FileFacts.functions`, -1 at file level.

    `callee` is the last identifier; `qualifier` what stands before it (`ns::Class`, `::ns` from the outermost scope, a receiver expression's simple text, `new` for a
    constructor call). `loop_depth` is that of the call inside its function.
    """

    callee: str
    line: int
    function: int = -1
    arguments: int = 0
    qualifier: str = ""
    loop_depth: int = 0


class Include(msgspec.Struct, frozen=True, array_like=True):
    """`#include`: the text between the delimiters (or the macro's name), and which form it had."""

    target: str
    line: int
    is_system: bool = False
    is_computed: bool = False


class Import(msgspec.Struct, frozen=True, array_like=True):
    """A Java import; `name` without the trailing `.*`."""

    name: str
    line: int
    is_static: bool = False
    is_wildcard: bool = False


class TypeDeclaration(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A named struct, union, enum, class, interface, record or typedef. `supertypes` as written."""

    name: str
    kind: str
    line: int
    supertypes: tuple[str, ...] = ()
    is_exported: bool = True


class GlobalVariable(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A variable at file (C, C++: also namespace or static member; Java: static field) level."""

    name: str
    type: str
    line: int
    is_static: bool = False
    is_const: bool = False
    is_extern: bool = False


class Macro(msgspec.Struct, frozen=True, array_like=True):
    """A `#define`: its name, line, and whether it takes arguments.

    `alias` is the one identifier it stands for, or with arguments the one function that it calls, if that is all of it.
    """

    name: str
    line: int
    is_function_like: bool = False
    alias: str = ""


class Measures(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """Counts of words on the text without comments and literals: the static inputs of the file ranking.

    `length_words`: identifiers that speak of lengths, sizes, counts, indexes; `raw_memory`: indexing, dereferences, pointer
    arithmetic, pointer casts, memory and string calls; `conditions`: branches; `parser_calls`: calls named like parsers and readers.
    """

    length_words: int = 0
    raw_memory: int = 0
    conditions: int = 0
    parser_calls: int = 0


class ParseCoverage(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """How much of a file the parser understood, in bytes of the file.

    `function_bytes` lie in function definitions; `unread_bytes` are unknown code, of which `error_bytes` lie under parse errors and
    the rest in arms of conditionals that nothing read. `masked_bytes` were blanked before the parse; `dead_bytes` are the bodies of
    `#if 0`, left unread by choice: they are no code.
    """

    total_bytes: int
    function_bytes: int
    unread_bytes: int
    masked_bytes: int = 0
    error_bytes: int = 0
    dead_bytes: int = 0

    @property
    def share_read(self) -> float:
        """Share of the bytes that were understood, 0-1; an empty file counts as read."""
        return 1.0 if self.total_bytes == 0 else 1.0 - self.unread_bytes / self.total_bytes


class FileFacts(msgspec.Struct, frozen=True, kw_only=True):
    """All facts of one file. `lines` counts all lines, `sloc` those with code. `package` is Java's."""

    language: Language
    lines: int
    sloc: int
    coverage: ParseCoverage
    measures: Measures = Measures()
    package: str = ""
    functions: tuple[Function, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    calls: tuple[Call, ...] = ()
    includes: tuple[Include, ...] = ()
    imports: tuple[Import, ...] = ()
    types: tuple[TypeDeclaration, ...] = ()
    globals: tuple[GlobalVariable, ...] = ()
    macros: tuple[Macro, ...] = ()
    address_taken: tuple[str, ...] = ()
