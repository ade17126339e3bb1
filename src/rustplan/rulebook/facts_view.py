"""Facts as places: rules about includes, imports, functions and globals need no query of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from rustplan.rulebook.file_view import C_FAMILY, FileView
from rustplan.rulebook.java_nodes import declaration_at
from rustplan.rulebook.java_types import WRAPPERS, plain
from rustplan.rulebook.own_functions import told_functions
from rustplan.rulebook.place import Place, walk

CAPTURES: Mapping[str, tuple[str, ...]] = {
    "include": ("target", "form"),
    "import": ("name",),
    "function": ("name", "returns", "parameters", "traits"),
    "global": ("name", "type", "storage"),
    "declaration": ("name",),
    "own-call": ("callee", "traits"),
    "variable": ("finding", "name", "type"),
    "varargs-call": ("finding", "callee", "receiver"),
    "wrapped-result": ("finding", "value", "type"),
}


_MOST_WALKED = 4000
"""Nodes of one function that are looked at for what it returns."""


def places(kind: str, file: FileView) -> Iterator[Place]:
    """Yield one place for every fact of a kind."""
    yield from _READERS[kind](file)


def _includes(file: FileView) -> Iterator[Place]:
    for include in file.facts.includes:
        form = "system" if include.is_system else "computed" if include.is_computed else "local"
        yield Place(None, {"target": include.target, "form": form}, fact_line=include.line)


def _imports(file: FileView) -> Iterator[Place]:
    for name in file.facts.imports:
        yield Place(None, {"name": name.name}, fact_line=name.line)


def _functions(file: FileView) -> Iterator[Place]:
    for function in file.facts.functions:
        parameters = ", ".join(f"{one.type} {one.name}".strip() for one in function.parameters)
        traits = [
            word
            for word, holds in (
                ("exported", function.is_exported),
                ("variadic", function.is_variadic),
                ("template", function.is_template),
                ("c-linkage", function.is_c_linkage),
                ("virtual", function.is_virtual),
                ("native", function.is_native),
            )
            if holds
        ]
        captures = {"name": function.name, "returns": function.return_type, "parameters": parameters}
        yield Place(None, {**captures, "traits": " ".join(traits)}, fact_line=function.start_line)


def _globals(file: FileView) -> Iterator[Place]:
    for variable in file.facts.globals:
        words = (("static", variable.is_static), ("const", variable.is_const), ("extern", variable.is_extern))
        storage = " ".join(word for word, holds in words if holds)
        yield Place(None, {"name": variable.name, "type": variable.type, "storage": storage}, fact_line=variable.line)


def _own_calls(file: FileView) -> Iterator[Place]:
    """Calls of the file's own variadic functions and heap wrappers, from other functions."""
    told = told_functions(file)
    if not told:
        return
    for call in file.facts.calls:
        traits = told.get(call.callee)
        if traits is not None and (call.function < 0 or file.facts.functions[call.function].name != call.callee):
            yield Place(None, {"callee": call.callee, "traits": traits}, fact_line=call.line)


def _variables(file: FileView) -> Iterator[Place]:
    """Declarations of Java variables and fields whose type is a wrapper of a primitive, or a thread local."""
    if file.language in C_FAMILY or file.words.isdisjoint(_TELLING_WORDS):
        return
    for name, offset in file.java.declared_as(_TELLING_TYPES):
        node = declaration_at(offset, file)
        kind = None if node is None else node.child_by_field_name("type")
        if node is not None and kind is not None:
            written = plain("".join(file.text(kind).split()))
            yield Place(node, {"finding": node, "name": name, "type": written})


def _varargs_calls(file: FileView) -> Iterator[Place]:
    """Java calls by the name of a method of the file that is declared with `T...`."""
    if file.language in C_FAMILY:
        return
    for name in sorted({function.name for function in file.facts.functions if function.is_variadic}):
        for captures in file.calls_by_name.get(name, ()):
            yield Place(captures["finding"][0], {key: nodes[0] for key, nodes in captures.items()})


def _wrapped_results(file: FileView) -> Iterator[Place]:
    """What Java methods return that are declared to return a wrapper of a primitive, or a `Number`."""
    if file.language in C_FAMILY or file.words.isdisjoint(_TELLING_WORDS):
        return
    for function in file.facts.functions:
        node = None
        if function.return_type in WRAPPERS or function.return_type == "Number":
            node = file.functions_by_line.get(function.start_line)
        for statement in () if node is None else walk(node, _MOST_WALKED):
            value = statement.named_child(0) if statement.type == "return_statement" else None
            if value is not None:
                yield Place(statement, {"finding": statement, "value": value, "type": function.return_type})


def _declarations(file: FileView) -> Iterator[Place]:
    for one in file.facts.declarations:
        yield Place(None, {"name": one.name}, fact_line=one.line)


_READERS: Mapping[str, Callable[[FileView], Iterator[Place]]] = {
    "include": _includes,
    "import": _imports,
    "function": _functions,
    "global": _globals,
    "declaration": _declarations,
    "own-call": _own_calls,
    "variable": _variables,
    "varargs-call": _varargs_calls,
    "wrapped-result": _wrapped_results,
}
_TELLING_TYPES = frozenset((*WRAPPERS, "ThreadLocal", "InheritableThreadLocal"))
_TELLING_WORDS = frozenset(one.encode() for one in _TELLING_TYPES)
