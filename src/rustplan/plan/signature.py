"""Reads the shape of a crossing from a signature: data shape decides what a boundary costs, not the number of calls."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rustplan.model.code_graph import Definition
from rustplan.model.facts import FunctionKind
from rustplan.model.source import Language

NUMBER = re.compile(
    r"void|bool|_Bool|char|short|int|long|float|double|signed|unsigned|s?size_t|ptrdiff_t|u?intptr_t|wchar_t|off_t|time_t|byte|boolean|auto"
    r"|u?_?int\d+(_t)?|[us]\d+|float\d+(_t)?|uint|ulong|uchar|ushort"
)
QUALIFIERS = re.compile(
    r"\b(const|volatile|restrict|__restrict|static|inline|extern|register|struct|union|enum|class|final|mutable|constexpr)\b"
)
CALLBACK_NAME = re.compile(r"(_cb|_fn|_func|_proc|_hook|callback|handler|Callback|Handler|Listener|Fn)$")
POINTER_NAME = re.compile(r"(ptr|handle|ref)$", re.IGNORECASE)
OWNERSHIP_NAME = re.compile(
    r"(^|_|[a-z](?=[A-Z]))(new|create|alloc|calloc|malloc|realloc|strdup|dup|clone|open|free|destroy|delete|close|release|unref|ref|"
    r"dispose|cleanup|New|Create|Alloc|Clone|Open|Free|Destroy|Delete|Close|Release)(?=_|\d|[A-Z]|$)"
)
SMART_POINTER = re.compile(r"\b(unique_ptr|shared_ptr|weak_ptr|scoped_refptr|intrusive_ptr)\b")
_MACRO_AROUND = re.compile(r"(?:extern )?[A-Z][A-Z0-9_]{2,} ?\(([^()]*)\)")
JNI_PLAIN = re.compile(r"^(boolean|byte|short|char|int|long|float|double|void)(\[\])?$|(ByteBuffer|MemorySegment)$")
JNI_NATIVE_OBJECT = re.compile(r"^j(object|string|class|throwable|objectArray)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTypes:
    """Names that the repository declares: classes and structs (passed by value they are copied), and typedefs."""

    records: frozenset[str]
    aliases: frozenset[str]


def shape_of(definition: Definition, known: KnownTypes) -> str:
    """Return the costliest shape that the signature contains."""
    if definition.language is Language.JAVA:
        return _java_shape(definition)
    if definition.name.startswith("Java_") or any("JNIEnv" in parameter.type for parameter in definition.parameters):
        objects = [p for p in definition.parameters[2:] if JNI_NATIVE_OBJECT.search(p.type)]
        return "jni-object" if objects or JNI_NATIVE_OBJECT.search(definition.return_type) else "jni-primitive"
    if definition.is_template or definition.is_virtual:
        return "template-or-virtual"
    if definition.is_variadic or any("va_list" in parameter.type for parameter in definition.parameters):
        return "variadic"
    return _native_shape(definition, known)


def signature_text(definition: Definition) -> str:
    """Return the signature on one line, as a reader would write it."""
    parameters = ", ".join(f"{parameter.type} {parameter.name}".strip() for parameter in definition.parameters)
    dots = ", ..." if definition.is_variadic else ""
    return f"{definition.return_type} {definition.qualified_name}({parameters}{dots})".strip()


def _native_shape(definition: Definition, known: KnownTypes) -> str:
    """Order of tests = order of cost, dearest first."""
    types = [parameter.type for parameter in definition.parameters] + [definition.return_type]
    if definition.language is Language.CPP and any(_is_class_value(text, known) for text in types):
        return "class-value"
    if any(_is_callback(text) for text in types):
        return "callback"
    if _moves_ownership(definition, types):
        return "ownership"
    if _is_method(definition) or any(_is_struct_pointer(text, known) for text in types):
        return "struct-pointer"
    if any("*" in text or "[" in text or "&" in text for text in types):
        return "pointer-length"
    return "scalars"


def _is_method(definition: Definition) -> bool:
    """True when a hidden `this` crosses too."""
    return definition.kind is not FunctionKind.FUNCTION and definition.language is Language.CPP


def _is_class_value(text: str, known: KnownTypes) -> bool:
    """A class or template instance passed by value, or a smart pointer: not freely movable across the boundary."""
    if SMART_POINTER.search(text):
        return True
    if "*" in text or "&" in text:
        return False
    return "<" in text or "std::" in text or _base(text) in known.records


def _is_callback(text: str) -> bool:
    return "(*" in text or "(^" in text or "std::function" in text or bool(CALLBACK_NAME.search(_base(text)))


def _moves_ownership(definition: Definition, types: Sequence[str]) -> bool:
    """A pointer in a function named for making or ending something, or a pointer to a pointer that is filled."""
    if any(text.count("*") > 1 and not text.startswith("const") for text in types[:-1]):
        return True
    has_pointer = any("*" in text or POINTER_NAME.search(_base(text)) for text in types)
    return has_pointer and bool(OWNERSHIP_NAME.search(definition.name))


def _is_struct_pointer(text: str, known: KnownTypes) -> bool:
    """A pointer or reference to something that is not a number, or a typedef that hides such a pointer."""
    base = _base(text)
    if "*" in text or "&" in text or "[" in text:
        return base == "void" or not _is_number(base)
    if base in known.records:
        return True
    hides_pointer = base.endswith("p") and (base[:-1] in known.aliases or base[:-1] in known.records)
    return hides_pointer or bool(POINTER_NAME.search(base) and not NUMBER.fullmatch(base))


def _is_number(base: str) -> bool:
    return all(NUMBER.fullmatch(word) for word in base.split()) if base else True


def _base(text: str) -> str:
    """Return the type's own name: `const struct foo *` -> `foo`, `unsigned char *` -> `unsigned char`."""
    plain = QUALIFIERS.sub(" ", text.partition("<")[0])
    plain = re.sub(r"[*&\[\]()^]|\d+(?=\])", " ", plain)
    words = plain.split()
    if len(words) > 1 and not all(_is_number(word) for word in words):
        words = [word for word in words if not _is_number(word)][-1:]
    return " ".join(words).rpartition("::")[2]


def plain_type(text: str) -> str:
    """Return a type without the macro that is written around it: `API(char *)` is `char *`."""
    around = _MACRO_AROUND.fullmatch(text)
    return around.group(1).strip() if around else text


def own_name(text: str) -> str:
    """Return the name of a type without qualifiers, pointers and namespaces."""
    return _base(text)


def is_number(name: str) -> bool:
    """True for the names of numbers and `void`."""
    return _is_number(name)


def _java_shape(definition: Definition) -> str:
    types = [parameter.type for parameter in definition.parameters] + [definition.return_type or "void"]
    return "jni-primitive" if all(JNI_PLAIN.search(text) for text in types) else "jni-object"


def known_types(declared: Mapping[str, set[str]]) -> KnownTypes:
    """Sort declared type names by what passing them by value means."""
    records = declared.get("struct", set()) | declared.get("class", set()) | declared.get("union", set())
    aliases = declared.get("typedef", set())
    return KnownTypes(records=frozenset(records), aliases=frozenset(aliases | records))
