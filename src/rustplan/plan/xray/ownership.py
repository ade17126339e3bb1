"""Who frees what crosses: a function that makes something, and its counterpart that ends it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from rustplan.model.boundary import Aspect, CrossingKind
from rustplan.model.facts import Function
from rustplan.model.scan import FileScan
from rustplan.plan.signature import is_number, own_name, plain_type

_MAKES = "new|create|alloc|calloc|malloc|zalloc|realloc|strdup|dup|clone|open|dopen|fdopen|init"
_ENDS = "free|destroy|delete|close|end|release|unref|dispose|cleanup|finalize|fini|term"
_KEEPS = "ref|retain|addref"
_ALL = f"{_MAKES}|{_ENDS}|{_KEEPS}"
_CAMEL = "|".join(word.capitalize() for word in _ALL.split("|")) + "|AddRef|StrDup"
_AFTER = r"(?=\d{0,2}_{0,2}(?:$|_|[A-Z]|\d))"
_WORD = re.compile(rf"(?:(?:^|(?<=_))(?P<verb>{_ALL})|(?:^|_|(?<=[a-z0-9]))(?P<camel>{_CAMEL})){_AFTER}")
_GLUED = re.compile(r"^[a-z]{1,6}?(?P<verb>d?open|close|alloc|free)(?=$|_|\d)")
"""`gzopen`, `zfree`: a short prefix without anything between."""
_MAKE, _END, _KEEP = (re.compile(rf"(?:{words})") for words in (_MAKES, _ENDS, _KEEPS))
_BYTES = re.compile(r"(?:unsigned )?(?:char|void) ?\*")
_FILLED = re.compile(r"(?:unsigned )?(?:char|void) ?\* ?\*")
_HANDLE = re.compile(r"(?:ptr|handle|ref|p)$", re.IGNORECASE)


class Owners:
    """Functions of one component that end something, by stem and by the type they take."""

    def __init__(self, files: Iterable[FileScan]) -> None:
        self._by_stem: dict[str, list[tuple[str, Function]]] = defaultdict(list)
        self._by_type: dict[str, list[tuple[str, Function]]] = defaultdict(list)
        for file in files:
            for function in file.facts.functions:
                verb, stem = verb_of(function.name)
                if function.has_body and function.parameters and _END.fullmatch(verb):
                    self._by_stem[stem].append((file.path, function))
                    self._by_type[own_name(function.parameters[0].type)].append((file.path, function))

    def aspect(self, function: Function) -> Aspect | None:
        """Return what the names and types of a function say about who frees; None when they say nothing."""
        verb, stem = verb_of(function.name)
        if not _carries_memory(function):
            return None
        if _END.fullmatch(verb):
            return Aspect(CrossingKind.OWNERSHIP, f"ends what {_first(function)} points at")
        if _KEEP.fullmatch(verb):
            return Aspect(CrossingKind.OWNERSHIP, f"keeps what {_first(function)} points at alive")
        made = _made(function)
        if _MAKE.fullmatch(verb):
            ending = self._ending(stem, made, function)
            if ending is not None:
                path, other = ending
                is_by_type = verb_of(other.name)[1] != stem
                words = f"made here, ended by {other.name}"
                return Aspect(CrossingKind.OWNERSHIP, words, path, other.start_line, is_by_type)
            if made:
                return Aspect(
                    CrossingKind.OWNERSHIP, "made here; no counterpart that ends it was found", is_inferred=True
                )
        return None

    def _ending(self, stem: str, made: str, function: Function) -> tuple[str, Function] | None:
        """The counterpart: the same stem first, then a function of the component that ends the type."""
        for found in (self._by_stem.get(stem), self._by_type.get(made) if made else None):
            fitting = sorted(
                ((path, other) for path, other in found or () if other.name != function.name),
                key=lambda item: (item[0], item[1].start_line),
            )
            if fitting and (stem or made):
                return fitting[0]
        return None


def handle_aspect(native: Function) -> Aspect | None:
    """Return what the name of a native method of Java says about a handle, which is a `long`; None when it says nothing."""
    verb, _ = verb_of(native.name)
    takes = any(parameter.type == "long" for parameter in native.parameters)
    if _END.fullmatch(verb) and takes:
        return Aspect(CrossingKind.OWNERSHIP, "ends what a handle stands for", is_inferred=True)
    if _MAKE.fullmatch(verb) and native.return_type == "long":
        return Aspect(CrossingKind.OWNERSHIP, "makes what its handle stands for", is_inferred=True)
    return None


def verb_of(name: str) -> tuple[str, str]:
    """Return the last word of making, ending or keeping in a name, and the name without it: `png_create_x` gives `create`, `png_x`."""
    matches = list(_WORD.finditer(name)) or list(_GLUED.finditer(name))
    if not matches:
        return "", name
    last = matches[-1]
    words = last.groupdict()
    verb = words.get("verb") or words.get("camel") or ""
    rest = name[: last.start()] + name[last.start() :].replace(verb, "", 1)
    return verb.lower(), re.sub(r"_{2,}|\d+", "_", rest).strip("_").lower()


def _carries_memory(function: Function) -> bool:
    texts = [parameter.type for parameter in function.parameters] + [function.return_type]
    return any("*" in text or _HANDLE.search(own_name(text)) for text in texts)


def _made(function: Function) -> str:
    """The record that the function hands out: returned, or filled through a pointer to a pointer; "" for none."""
    filled = [p.type for p in function.parameters if p.type.count("*") > 1 and not p.type.startswith("const")]
    for text in (plain_type(function.return_type), *filled):
        name = own_name(text)
        if ("*" in text or _HANDLE.search(name)) and not is_number(name) and not text.startswith("const"):
            return name
    return ""


def _handed_out(function: Function) -> Aspect | None:
    """Plain memory that a function returns, or puts where a pointer to a pointer says: whose it is then, only its documentation tells."""
    texts = {parameter.type for parameter in function.parameters}
    result = plain_type(function.return_type)
    if _BYTES.fullmatch(result) and result not in texts:
        return Aspect(CrossingKind.OWNERSHIP, "returns memory; who frees it is not said", is_inferred=True)
    for parameter in function.parameters:
        if _FILLED.fullmatch(parameter.type) and parameter.name not in ("argv", "envp"):
            return Aspect(
                CrossingKind.OWNERSHIP,
                f"{parameter.name or 'a parameter'} may be filled with memory; who frees it is not said",
                is_inferred=True,
            )
    return None


def _first(function: Function) -> str:
    pointers = [p for p in function.parameters if "*" in p.type or _HANDLE.search(own_name(p.type))]
    return pointers[0].name if pointers and pointers[0].name else "its parameter"
