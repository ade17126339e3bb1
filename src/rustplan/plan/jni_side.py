"""The Java declaration behind a native function: it tells what the C side hides, which is often a plain `jobject`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rustplan.model.facts import Function

_LETTERS = {
    "Z": "boolean",
    "B": "byte",
    "C": "char",
    "S": "short",
    "I": "int",
    "J": "long",
    "F": "float",
    "D": "double",
}
_PART = re.compile(r"(?P<arrays>(?:_3)*)(?:L(?P<name>(?:[A-Za-z0-9]|_(?!2)|_1)+?)_2|(?P<letter>[ZBCSIJFD]))")


def declared_in_java(symbol: str, functions: Iterable[Function]) -> Function | None:
    """Return the native method of a Java file that a JNI symbol, or a qualified Java name, stands for; None when it is not clear."""
    natives = [function for function in functions if function.is_native]
    exact = [function for function in natives if function.qualified_name == symbol]
    if len(exact) == 1:
        return exact[0]
    head, _, signature = symbol.partition("__")
    method = (
        head.replace("_1", "\0").rpartition("_")[2].replace("\0", "_")
        if head.startswith("Java_")
        else symbol.rpartition(".")[2]
    )
    named = [function for function in natives if function.name == method]
    if len(named) > 1 and signature:
        wanted = _types_of(signature)
        named = [function for function in named if [_simple(one.type) for one in function.parameters] == wanted]
    return named[0] if len(named) == 1 else None


def implements(symbol: str, functions: Iterable[Function]) -> Function | None:
    """Return the native function of a file that implements a Java method, by its class and name; None when several may."""
    owner, _, method = symbol.rpartition(".")
    known = list(functions)
    for name in (f"_{owner.rpartition('.')[2]}_{method}", f"_{method}"):
        found = [one for one in known if one.name == method or one.name.endswith(name)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _types_of(signature: str) -> list[str]:
    """Simple names of the types in the mangled signature of an overloaded native method."""
    return [
        (_LETTERS[match["letter"]] if match["letter"] else match["name"].rpartition("_")[2])
        + "[]" * (len(match["arrays"]) // 2)
        for match in _PART.finditer(signature)
    ]


def _simple(text: str) -> str:
    return re.sub(r"<.*>", "", text).rpartition(".")[2].strip()
