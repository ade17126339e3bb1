"""What the signature of one function tells: values, pointers, callbacks, classes, objects of Java."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rustplan.model.boundary import Aspect, CrossingKind
from rustplan.model.facts import Function, FunctionKind, Parameter
from rustplan.model.source import Language
from rustplan.plan.signature import is_number, plain_type
from rustplan.plan.xray.types import HEADERS, SMART, Place, Shape, TypeIndex

Seen = Callable[[str, Place], bool]
"""Whether the other side of a crossing sees the body of a record, by its name and place."""

JNI_HEAD = 2
_LAYOUTS = (CrossingKind.STRUCT_BY_POINTER, CrossingKind.STRUCT_BY_VALUE)
_JNI_OBJECT = re.compile(r"\bj(?:object|class|throwable|objectArray)\b")
_JNI_BUFFER = re.compile(r"\bj(?:boolean|byte|char|short|int|long|float|double)?[aA]rray\b")
_JAVA_BUFFER = re.compile(
    r"^(?:boolean|byte|short|char|int|long|float|double)(?:\[\])+$|(?:Buffer|MemorySegment|ByteBuf)$"
)
_JAVA_PLAIN = re.compile(r"^(?:boolean|byte|short|char|int|long|float|double|void|)$")
_JAVA_TEXT = re.compile(r"^(?:java\.lang\.)?(?:String|CharSequence|StringBuilder)$")
_JAVA_CALLBACK = re.compile(r"(?:Callback|Listener|Handler|Consumer|Supplier|Function|Runnable|Observer)$")
_TAGGED = re.compile(r"\b(?:struct|union) \w")
_STD_VALUE = re.compile(r"\bstd::|<")
_FREELY_COPIED = re.compile(r"\bstd::(?:size_t|ptrdiff_t|u?int\d+_t|u?intptr_t|byte|nullptr_t|initializer_list)\b")


def signature_aspects(
    function: Function, language: Language, path: str, types: TypeIndex, seen: Seen
) -> Iterator[Aspect]:
    """Yield what is special in a function's signature; nothing for numbers alone."""
    if language is Language.JAVA:
        yield from _java(function)
    elif is_jni(function):
        yield from _jni(function)
    else:
        yield from _native(function, language, path, types, seen)


def is_jni(function: Function) -> bool:
    """True for a C or C++ function that speaks JNI."""
    return function.name.startswith("Java_") or any("JNIEnv" in parameter.type for parameter in function.parameters)


def _java(function: Function) -> Iterator[Aspect]:
    for text, where in _typed(function.parameters, function.return_type):
        if _JAVA_PLAIN.match(text):
            continue
        if _JAVA_TEXT.match(text):
            yield Aspect(CrossingKind.JAVA_STRING, f"{where}: {text}")
        elif _JAVA_BUFFER.search(text):
            yield Aspect(CrossingKind.BUFFER, f"{where}: {text}")
        else:
            yield Aspect(CrossingKind.JAVA_OBJECT, f"{where}: {text}")
            if _JAVA_CALLBACK.search(text):
                yield Aspect(CrossingKind.CALLBACK, f"{where}: {text}", is_inferred=True)


def _jni(function: Function) -> Iterator[Aspect]:
    """The first two parameters are the environment and the class or object itself."""
    for text, where in _typed(function.parameters[JNI_HEAD:], function.return_type):
        if "jstring" in text:
            yield Aspect(CrossingKind.JAVA_STRING, f"{where}: {text}")
        elif _JNI_OBJECT.search(text):
            yield Aspect(CrossingKind.JAVA_OBJECT, f"{where}: {text}")
        elif _JNI_BUFFER.search(text):
            yield Aspect(CrossingKind.BUFFER, f"{where}: {text}")


def _native(function: Function, language: Language, path: str, types: TypeIndex, seen: Seen) -> Iterator[Aspect]:
    if function.is_template:
        yield Aspect(CrossingKind.TEMPLATE, "a template")
    if function.is_virtual:
        yield Aspect(CrossingKind.VIRTUAL, f"a virtual member of {function.container}")
    if function.kind is not FunctionKind.FUNCTION or _is_member(function, types):
        yield Aspect(CrossingKind.METHOD, f"a member of {function.container}")
    if function.is_variadic or any("va_list" in parameter.type for parameter in function.parameters):
        yield Aspect(CrossingKind.VARIADIC, "`...`" if function.is_variadic else "va_list")
    if path.endswith(HEADERS) and not function.is_template:
        yield Aspect(CrossingKind.INLINE, "its body is in a header")
    for text, where in _typed(function.parameters, function.return_type):
        found = _of_type(text, where, language, path, types, seen)
        if found is not None:
            yield found
            if found.kind in _LAYOUTS and types.calls_back(types.shape(text).name):
                yield Aspect(CrossingKind.CALLBACK, f"{found.detail} holds function pointers", found.path, found.line)


def _is_member(function: Function, types: TypeIndex) -> bool:
    return bool(function.container) and types.is_known(function.container.rpartition("::")[2])


def _typed(parameters: tuple[Parameter, ...], result: str) -> Iterator[tuple[str, str]]:
    """Each type with the words that say where it stands."""
    for number, parameter in enumerate(parameters, 1):
        yield parameter.type, parameter.name or f"parameter {number}"
    yield plain_type(result), "result"


def _of_type(text: str, where: str, language: Language, path: str, types: TypeIndex, seen: Seen) -> Aspect | None:
    shape = types.shape(text)
    if shape.is_function:
        return Aspect(CrossingKind.CALLBACK, f"{where}: {shape.alias or text}", is_inferred=shape.is_guess)
    is_by_value = not shape.pointers
    if language is Language.CPP and is_by_value and (SMART.search(text) or _is_std_value(text)):
        return Aspect(CrossingKind.CLASS_VALUE, f"{where}: {text}")
    if types.is_plain(shape):
        return _of_plain(text, where, shape)
    return _of_record(where, language, path, shape, types, seen)


def _is_std_value(text: str) -> bool:
    return bool(_STD_VALUE.search(text)) and not _FREELY_COPIED.search(text)


def _of_plain(text: str, where: str, shape: Shape) -> Aspect | None:
    """Numbers, `void`, and names that were declared nowhere in the tree."""
    if not shape.pointers:
        is_struct = _TAGGED.search(text) is not None
        return (
            Aspect(CrossingKind.STRUCT_BY_VALUE, f"{where}: {text}, not declared in this tree") if is_struct else None
        )
    if is_number(shape.name) and shape.name != "void":
        return Aspect(CrossingKind.BUFFER, f"{where}: {text}")
    if shape.name == "void" or shape.is_alias:
        return Aspect(CrossingKind.BUFFER, f"{where}: {text}", is_inferred=True)
    if "std::" in text:
        return Aspect(CrossingKind.OPAQUE_POINTER, f"{where}: {text}")
    return Aspect(CrossingKind.OPAQUE_POINTER, f"{where}: {shape.name}, not declared in this tree", is_inferred=True)


def _of_record(where: str, language: Language, path: str, shape: Shape, types: TypeIndex, seen: Seen) -> Aspect | None:
    places = types.places(shape.name, path)
    if not places:
        if not shape.pointers:
            return None
        return Aspect(CrossingKind.OPAQUE_POINTER, f"{where}: {shape.name}, no body in this tree", is_inferred=True)
    place = places[0]
    if place.kind == "enum":
        return Aspect(CrossingKind.BUFFER, f"{where}: {shape.name}") if shape.pointers else None
    is_unsure = len(places) > 1
    name = shape.alias or shape.name
    if not shape.pointers:
        kind = CrossingKind.STRUCT_BY_VALUE if language is Language.C else CrossingKind.CLASS_VALUE
        return Aspect(kind, f"{where}: {name}", place.path, place.line, is_unsure or language is Language.CPP)
    if seen(shape.name, place):
        return Aspect(CrossingKind.STRUCT_BY_POINTER, f"{where}: {name}", place.path, place.line, is_unsure)
    return Aspect(CrossingKind.OPAQUE_POINTER, f"{where}: {name}", place.path, place.line, is_unsure)
