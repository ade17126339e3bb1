"""Turns the frames that tools print into names: classes and methods of Java, qualified names of C and C++."""

from __future__ import annotations

import re
from typing import NamedTuple

LONGEST_SYMBOL = 4_000
"""Characters of a frame that are looked at; a longer one is no Java frame."""

_LAMBDA = re.compile(r"lambda\$(.+)\$\d+")
_ACCESS = re.compile(r"access\$\d+|\$deserializeLambda\$")
_HASH = re.compile(r"\$[0-9a-f]{1,16}$")
_TAG = re.compile(r"_\[[jik01p]\]$")
_LINE = re.compile(r":(\d{1,7})$")
_OFFSET = re.compile(r"\+0x[0-9a-f]+$")
_VERSION = re.compile(r"@@?[\w.]+$")
_CLONE = re.compile(
    r"(?: \[clone [^\[\]]{1,80}\]){1,8}$|(?:\.(?:isra|constprop|part|cold|lto_priv|llvm|localalias)(?:\.\d{1,20}){0,3}){1,6}$"
)
_MANGLED = re.compile(r"_Z(?:N[KVrO]{0,3}|L)?(?=\d)")
_DECLTYPE = re.compile(r"^decltype ?\([^()]{0,500}\) ")
_LENGTH = re.compile(r"\d{1,4}")
_DESCRIPTOR = re.compile(r"(\[*)(?:L([^;]*);|([BCDFIJSZV]))")
_PRIMITIVES = {
    "B": "byte",
    "C": "char",
    "D": "double",
    "F": "float",
    "I": "int",
    "J": "long",
    "S": "short",
    "Z": "boolean",
    "V": "void",
}
_OPERATOR = re.compile(
    r"(?<!\w)operator(?: ?\(\)| ?\[\]| (?:new|delete)(?:\[\])?| [A-Za-z_][\w:]{0,200}[ *&]{0,4}(?=\()| ?(?:<=>|<<=?|>>=?|->\*?|[-+*/%^&|!=<>~,]{1,2}))"
)
_HELD = re.compile("\x01([0-9]{1,5})\x01")


class JavaName(NamedTuple):
    """A binary class name with dots between packages, a method, and the line (0 when the frame has none)."""

    owner: str
    method: str
    line: int = 0


def java_frame(text: str) -> JavaName | None:
    """Read `pkg/Outer$Inner.method`, with dots or slashes, a signature, a line or a compiler's tag; None for what is no Java frame."""
    if len(text) > LONGEST_SYMBOL:
        return None
    name = _TAG.sub("", text)
    line = 0
    if found := _LINE.search(name):
        name, line = name[: found.start()], int(found.group(1))
    if "(" in name:
        name = name.partition("(")[0].rpartition(" ")[2]
    if "::" in name:
        owner, _, method = name.rpartition("::")
        if not owner.startswith("L") or not owner.endswith(";"):
            return None
        owner = owner[1:-1]
    else:
        owner, dot, method = name.rpartition(".")
        if not dot:
            return None
    if not owner or not method or method[0].isdigit() or " " in name or name.startswith("/"):
        return None
    return JavaName(owner.replace("/", "."), method, line)


def is_hidden(owner: str) -> bool:
    """True for classes that the virtual machine makes: lambdas' objects, method handles' forms, string templates, proxies."""
    return "$$" in owner or "LambdaForm" in owner or owner.startswith(("java.lang.invoke.", "$Proxy"))


def source_methods(method: str) -> tuple[str, ...]:
    """The methods of the source that a compiled method may stand for, likeliest first; none for a bridge to private members."""
    if _ACCESS.fullmatch(method):
        return ()
    found = _LAMBDA.fullmatch(method)
    if found is None:
        return (method,)
    inner = found.group(1)
    name = {"new": "<init>", "static": "<clinit>"}.get(inner, inner)
    shorter = _HASH.sub("", name)
    return (name,) if shorter == name else (name, shorter)


def type_name(text: str) -> str:
    """A class as the source writes it: `[B` is byte[], `java/util/Map$Entry` is java.util.Map$Entry."""
    if text.startswith("[") and (found := _DESCRIPTOR.fullmatch(text)):
        brackets, owner, primitive = found.groups()
        return (owner or _PRIMITIVES[primitive]).replace("/", ".") + "[]" * len(brackets)
    return text.replace("/", ".")


def native_name(symbol: str) -> str:
    """The qualified name in a C or C++ symbol: no return type, parameters, template arguments, clone suffixes or offsets.

    What a function holds (a lambda, a local class) goes under the function; unnamed namespaces are left out.
    """
    name = _plain(symbol[:LONGEST_SYMBOL].strip())
    if found := _MANGLED.match(name):
        return _demangled(name, found.end())
    if "(" not in name and "<" not in name and " " not in name:
        return name
    operators: list[str] = []

    def hold(match: re.Match[str]) -> str:
        operators.append(_operator(match.group()))
        return f"\x01{len(operators) - 1}\x01"

    name = _OPERATOR.sub(hold, _DECLTYPE.sub("", name.replace("(anonymous namespace)::", "")).replace("\x01", ""))
    name = _without_template_arguments(name).partition("(")[0].partition("::{lambda")[0]
    name = name.strip().rpartition(" ")[2].lstrip("*&").removeprefix("::")
    return _HELD.sub(lambda match: operators[int(match.group(1))], name)


def _plain(name: str) -> str:
    for pattern in (_TAG, _OFFSET, _VERSION, _CLONE, _CLONE):
        name = pattern.sub("", name)
    return name


def _operator(text: str) -> str:
    """An operator's name as the source writes it: a space before words only."""
    tail = text.removeprefix("operator")
    return text.strip() if tail.strip()[:1].isalpha() else "operator" + tail.replace(" ", "")


def _without_template_arguments(name: str) -> str:
    if "<" not in name:
        return name
    kept: list[str] = []
    depth = 0
    for character in name:
        if character == "<":
            depth += 1
        elif character == ">":
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(character)
    return "".join(kept)


def _demangled(name: str, at: int) -> str:
    """The qualified name in an Itanium symbol of plain names, constructors and destructors; any other symbol as it is."""
    parts: list[str] = []
    is_nested = name.startswith("_ZN")
    while found := _LENGTH.match(name, at):
        start, at = found.end(), found.end() + int(found.group())
        if at == start or at > len(name):
            return name
        if not name.startswith("_GLOBAL__N", start):
            parts.append(name[start:at])
        if not is_nested:
            break
    if parts and name[at : at + 1] in ("C", "D") and name[at + 1 : at + 2].isdigit():
        parts.append(("~" if name[at] == "D" else "") + parts[-1])
        at += 2
    is_whole = bool(parts) and (not is_nested or name[at : at + 1] == "E")
    return "::".join(parts) if is_whole else name
