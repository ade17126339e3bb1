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
    """A named struct, union, enum, class, interface, record or typedef. `supertypes` as written.

    `target` is what a C or C++ typedef stands for: `struct foo *`, `int (*)(void *)`, `struct {}` for a body without a name; cut at 120
    characters. `members` are names of the types of a C or C++ record's members, at most 32; `(*)` is a pointer to a function.
    """

    name: str
    kind: str
    line: int
    supertypes: tuple[str, ...] = ()
    is_exported: bool = True
    target: str = ""
    members: tuple[str, ...] = ()


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


class ErrnoUse(msgspec.Struct, frozen=True, array_like=True):
    """A place in C or C++ that reads `errno`, or writes it; setting it to 0 is a reset and no report."""

    line: int
    is_write: bool = False
    is_reset: bool = False


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


class JavaClassFact(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A class body of a Java file, anonymous ones too. `name` is the binary name without the package.

    `supertypes` are as written: for the body of an enum constant its enum, for an anonymous class what it extends or implements.
    `function` is the function that holds an anonymous or local class, -1 for the others. `parameters` are its type variables, as
    written with their bounds.
    """

    name: str
    kind: str
    supertypes: tuple[str, ...] = ()
    function: int = -1
    is_abstract: bool = False
    parameters: tuple[str, ...] = ()


class JavaVariable(msgspec.Struct, frozen=True, array_like=True):
    """A local variable, resource, pattern variable, exception or typed lambda parameter of a function, with its type as written.

    Where the type is `var`, `value` is the expression it is inferred from, in the form of `JavaCall.receiver`.
    """

    function: int
    name: str
    type: str
    value: str = ""


class JavaField(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A field of a class (binary name without the package) with its type as written, and the lines of its declaration."""

    owner: str
    name: str
    type: str
    line: int
    end_line: int
    is_static: bool = False


class JavaContext(msgspec.Struct, frozen=True, array_like=True):
    """What stands around a place inside its function: loops, conditional branches, switch arms; cold: in a throw, a catch, an assert.

    `rare` counts branches that are seldom taken: what runs when a reference is null or a buffer is full. A branch that is nearly always
    taken counts nowhere.
    """

    loops: int = 0
    branches: int = 0
    arms: int = 0
    is_cold: bool = False
    rare: int = 0


class JavaCall(msgspec.Struct, frozen=True, array_like=True):
    """What the call graph asks of a call besides its `Call`.

    `context` is an index into `JavaFacts.contexts`. `receiver` is a short form of the expression before the name: `x`, `this.a.b`, `Type`,
    `#7` (the result of call 7 of the file), `new T`, `(T)` (a cast or a literal), each perhaps with `.field` or `[]` behind it; "?" for
    what has no such form, "" where there is no receiver. Outside functions, `owner` is the class whose initialiser makes the call, and
    `is_static` says which of the two. `shape` is "" for a call as written; `::` for a method reference, `each` for the
    iterator of a loop, which have no `Call`: `callee`, `line` and `function` are then their own.
    """

    context: int = 0
    receiver: str = ""
    owner: str = ""
    is_static: bool = False
    shape: str = ""
    callee: str = ""
    line: int = 0
    function: int = -1


class JavaFacts(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What the call graph and the estimate of frequency ask of a Java file.

    `calls` stand in the order of `FileFacts.calls`; `more_calls` have no `Call`. `regions` are places where the context changes, as
    (line, index into `contexts`): what is written on a line runs in the last context that begins on it, else in the last one before.
    `classes_named` are (function, simple class name before a dot), `classes_quoted` (function, full class name in a string). `always_throws` are functions that end in a throw and never return;
    `endless` are functions with a loop that has no end of its own.
    """

    classes: tuple[JavaClassFact, ...] = ()
    variables: tuple[JavaVariable, ...] = ()
    fields: tuple[JavaField, ...] = ()
    contexts: tuple[JavaContext, ...] = (JavaContext(),)
    calls: tuple[JavaCall, ...] = ()
    more_calls: tuple[JavaCall, ...] = ()
    regions: tuple[tuple[int, int], ...] = ()
    classes_named: tuple[tuple[int, str], ...] = ()
    classes_quoted: tuple[tuple[int, str], ...] = ()
    always_throws: tuple[int, ...] = ()
    endless: tuple[int, ...] = ()


class MethodState(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What the Java function at index `function` changes and does: instance fields and static fields of its file that it assigns (or elements
    of them), its statements by the loops around them (none, one, two, three or more), and whether it is or holds a `synchronized`."""

    function: int
    fields_written: tuple[str, ...] = ()
    statics_written: tuple[str, ...] = ()
    statements: tuple[int, ...] = ()
    is_locked: bool = False


class NativeLinkKind(str, Enum):
    """How a file names a way between Java and native code."""

    TABLE = "table"
    """C: `name` is a native method that the function `target` implements."""
    TABLE_OF_CLASS = "table-of-class"
    """C: `name` is a native method of the class `target`; a macro names the function."""
    CLASS = "class"
    """C: a class whose methods the tables of the file may register."""
    SYMBOL = "symbol"
    """Java: a function that is looked up by name in a native library."""
    BOUND = "bound"
    """Java: a method of the interface `target`, which is bound to a native library."""
    DIRECT = "direct"
    """Java: the native methods of the file are bound to functions of their names."""
    LIBRARY = "library"
    """Java: a native library that is loaded."""


class NativeLink(msgspec.Struct, frozen=True, array_like=True):
    """One way between Java and native code, as its kind says, with its line."""

    kind: NativeLinkKind
    name: str
    line: int
    target: str = ""


class FileFacts(msgspec.Struct, frozen=True, kw_only=True):
    """All facts of one file. `lines` counts all lines, `sloc` those with code. `package` is Java's, and so is what `java` holds."""

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
    java: JavaFacts = JavaFacts()
    states: tuple[MethodState, ...] = ()
    native_links: tuple[NativeLink, ...] = ()
    errno_uses: tuple[ErrnoUse, ...] = ()
