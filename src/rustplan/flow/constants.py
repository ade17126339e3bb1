"""Integer constants: literals, object-like macros that are arithmetic, and the limits that every C library defines."""

from __future__ import annotations

import ast
import operator
import re
import warnings
from collections.abc import Callable, Mapping

_KNOWN: dict[str, int] = {
    "NULL": 0,
    "nullptr": 0,
    "TRUE": 1,
    "FALSE": 0,
    "true": 1,
    "false": 0,
    "EOF": -1,
    "WEOF": -1,
    "CHAR_BIT": 8,
    "SCHAR_MIN": -128,
    "SCHAR_MAX": 127,
    "CHAR_MIN": -128,
    "CHAR_MAX": 127,
    "UCHAR_MAX": 255,
    "SHRT_MIN": -(1 << 15),
    "SHRT_MAX": (1 << 15) - 1,
    "USHRT_MAX": (1 << 16) - 1,
    "INT_MIN": -(1 << 31),
    "INT_MAX": (1 << 31) - 1,
    "UINT_MAX": (1 << 32) - 1,
    "LONG_MIN": -(1 << 63),
    "LONG_MAX": (1 << 63) - 1,
    "ULONG_MAX": (1 << 64) - 1,
    "LLONG_MIN": -(1 << 63),
    "LLONG_MAX": (1 << 63) - 1,
    "ULLONG_MAX": (1 << 64) - 1,
    "SSIZE_MAX": (1 << 63) - 1,
    "SIZE_MAX": (1 << 64) - 1,
    "RAND_MAX": (1 << 31) - 1,
    "BUFSIZ": 8192,
    "PATH_MAX": 4096,
    "MAXPATHLEN": 4096,
    "MAX_PATH": 260,
    "NAME_MAX": 255,
    "STDIN_FILENO": 0,
    "STDOUT_FILENO": 1,
    "STDERR_FILENO": 2,
    "SEEK_SET": 0,
    "SEEK_CUR": 1,
    "SEEK_END": 2,
    "EXIT_SUCCESS": 0,
    "EXIT_FAILURE": 1,
    "INVALID_SOCKET": -1,
    "SOCKET_ERROR": -1,
} | {
    f"{sign}INT{bits}_{end}": value
    for bits in (8, 16, 32, 64)
    for sign, end, value in (
        ("", "MIN", -(1 << (bits - 1))),
        ("", "MAX", (1 << (bits - 1)) - 1),
        ("U", "MAX", (1 << bits) - 1),
    )
}
EXTREMES = frozenset(name for name in _KNOWN if name.endswith(("_MIN", "_MAX")))
"""Names of the ends of types."""

_LITERAL = re.compile(rb"(0[xX][0-9a-fA-F']+|0[bB][01']+|[0-9][0-9']*)([uUlLzZ]{0,4}|[iI]64|[uU][iI]64)$")
_ARITHMETIC = re.compile(rb"[\w\s()+\-*/%<>|&^~]{1,200}$")
_SUFFIX = re.compile(rb"\b((?:0[xX][0-9a-fA-F]+|[0-9]+))[uUlL]{1,4}\b")
_CAST = re.compile(
    rb"\(\s*(?:unsigned|signed|int|long|char|short|size_t|ssize_t|u?int(?:8|16|32|64)_t)(?:\s+(?:int|long|char))*\s*\)"
)
_UNSIGNED = re.compile(rb"\b(?:unsigned|size_t|u_?int\w{0,8}|[0-9][0-9a-fA-FxX]{0,20}[lL]{0,2}[uU])")
"""What makes arithmetic unsigned: a negative result is none then."""
_OLD_OCTAL = re.compile(r"\b0([0-7]+)\b")
_MOST_BITS = 128
_OPERATORS: dict[type[ast.operator] | type[ast.unaryop], Callable[..., int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.BitXor: operator.xor,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
}
_ESCAPES = {"n": 10, "t": 9, "r": 13, "0": 0, "\\": 92, "'": 39, '"': 34, "a": 7, "b": 8, "f": 12, "v": 11, "e": 27}


def known(name: str) -> int | None:
    """The value of a name that the C library or the language defines."""
    return _KNOWN.get(name)


def literal(text: bytes) -> int | None:
    """The value of an integer literal; None for anything else."""
    if text[:1] == b"-":  # in an enumerator the sign is part of the literal
        value = literal(text[1:].lstrip()) if text[1:2] != b"-" else None
        return None if value is None else -value
    match = _LITERAL.match(text)
    if match is None:
        return None
    digits = match.group(1).replace(b"'", b"")
    base = (
        16
        if digits[:2] in (b"0x", b"0X")
        else 2
        if digits[:2] in (b"0b", b"0B")
        else 8
        if digits[:1] == b"0" and len(digits) > 1
        else 10
    )
    try:
        return int(digits, base) if len(digits) < 40 else None
    except ValueError:
        return None


def character(text: str) -> int | None:
    """The value of a character literal with its quotes; None for several characters."""
    body = text[text.find("'") + 1 : -1]
    if len(body) == 1:
        return ord(body) if ord(body) < 128 else None
    if len(body) >= 2 and body[0] == "\\":
        if body[1] in "xX":
            try:
                return int(body[2:6], 16)
            except ValueError:
                return None
        if body[1] in "01234567":
            return int("".join(c for c in body[1:4] if c in "01234567"), 8)
        return _ESCAPES.get(body[1]) if len(body) == 2 else None
    return None


def of_macro(text: bytes, macros: Mapping[str, bytes], depth: int = 0) -> int | None:
    """The value of a macro's replacement text when that is integer arithmetic on literals and on other such macros."""
    text = text.strip()
    value = literal(text)
    if value is not None or depth > 6:
        return value
    if text[:1] == b"'" and len(text) < 8:
        return character(text.decode("ascii", "replace"))
    if not _ARITHMETIC.match(text):
        return None
    plain = _OLD_OCTAL.sub(r"0o\1", _SUFFIX.sub(rb"\1", _CAST.sub(b"", text)).decode("ascii", "replace"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python would say of a stranger's text is for nobody
            tree = ast.parse(plain.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    try:
        value = _evaluated(tree.body, macros, depth, 0)
    except (_NoConstant, RecursionError):
        return None
    return None if value < 0 and _UNSIGNED.search(text) else value


class _NoConstant(Exception):
    pass


def _evaluated(node: ast.AST, macros: Mapping[str, bytes], depth: int, level: int) -> int:
    if level > 40:
        raise _NoConstant
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if isinstance(node, ast.Name):
        text = macros.get(node.id)
        value = of_macro(text, macros, depth + 1) if text is not None else known(node.id)
        if value is None:
            raise _NoConstant
        return value
    if isinstance(node, ast.UnaryOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_evaluated(node.operand, macros, depth, level + 1))
    if isinstance(node, ast.BinOp):
        left = _evaluated(node.left, macros, depth, level + 1)
        right = _evaluated(node.right, macros, depth, level + 1)
        if isinstance(node.op, (ast.Div, ast.Mod)):
            if right == 0 or left < 0 or right < 0:
                raise _NoConstant
            return left // right if isinstance(node.op, ast.Div) else left % right
        if isinstance(node.op, (ast.LShift, ast.RShift)) and not 0 <= right < 64:
            raise _NoConstant
        if type(node.op) in _OPERATORS:
            value = _OPERATORS[type(node.op)](left, right)
            if value.bit_length() <= _MOST_BITS:
                return value
    raise _NoConstant
