"""Words of C and C++ that are no macros, by what they may stand for in a declaration."""

STORAGE = frozenset(
    {
        b"static",
        b"extern",
        b"inline",
        b"__inline",
        b"__inline__",
        b"__forceinline",
        b"const",
        b"volatile",
        b"register",
        b"typedef",
    }
    | {
        b"virtual",
        b"explicit",
        b"friend",
        b"constexpr",
        b"consteval",
        b"constinit",
        b"mutable",
        b"restrict",
        b"__restrict",
        b"_Noreturn",
    }
    | {
        b"thread_local",
        b"_Thread_local",
        b"__thread",
        b"__extension__",
        b"__cdecl",
        b"__stdcall",
        b"__fastcall",
        b"__vectorcall",
    }
    | {b"__attribute__", b"__declspec"}
)
PRIMITIVES = frozenset(
    {
        b"void",
        b"char",
        b"short",
        b"int",
        b"long",
        b"float",
        b"double",
        b"signed",
        b"unsigned",
        b"bool",
        b"_Bool",
        b"auto",
        b"wchar_t",
    }
    | {b"size_t", b"ssize_t", b"ptrdiff_t", b"int8_t", b"int16_t", b"int32_t", b"int64_t"}
    | {b"uint8_t", b"uint16_t", b"uint32_t", b"uint64_t"}
)
TAGS = frozenset({b"struct", b"union", b"enum", b"class"})
STATEMENTS = frozenset(
    {
        b"template",
        b"using",
        b"operator",
        b"return",
        b"if",
        b"else",
        b"for",
        b"while",
        b"switch",
        b"case",
        b"goto",
        b"namespace",
    }
)
"""A head with one of these is no plain declaration and is left alone."""

ACCESS = frozenset({b"public", b"private", b"protected", b"signals", b"slots", b"default"})
ATTRIBUTES = frozenset(
    {b"__attribute__", b"__declspec", b"throw", b"noexcept", b"__asm__", b"asm", b"decltype", b"alignas"}
)
BEFORE_A_TYPE = frozenset(
    STORAGE
    | PRIMITIVES
    | TAGS
    | STATEMENTS
    | {
        b"do",
        b"sizeof",
        b"new",
        b"delete",
        b"typename",
        b"default",
        b"throw",
        b"and",
        b"or",
        b"not",
        b"catch",
        b"alignof",
        b"final",
    }
    | {b"_Atomic", b"_Complex", b"__volatile__", b"__const", b"__signed__", b"__restrict__", b"requires", b"concept"}
    | {b"co_return", b"co_yield"}
)
"""Words that may stand directly in front of `char` and its like."""

CONVENTIONS = frozenset(
    {b"_cdecl", b"_stdcall", b"_fastcall", b"__pascal", b"__export", b"WINAPI", b"APIENTRY", b"CALLBACK", b"PASCAL"}
    | {b"__forceinline", b"__inline", b"__inline__", b"_inline", b"__far", b"__near", b"__thiscall", b"__vectorcall"}
)
"""Calling conventions and their like that compilers know."""

QUALIFIERS = frozenset(
    {b"const", b"volatile", b"restrict", b"__const", b"__volatile__", b"__restrict", b"__restrict__", b"_Atomic"}
)
NEVER_MACROS = frozenset(
    BEFORE_A_TYPE | ATTRIBUTES | ACCESS | {b"while", b"defined", b"true", b"false", b"NULL", b"this"}
)
"""Words that are never learnt as macros, whatever a file defines them to be."""
