"""Facts as places: rules about includes, imports, functions and globals need no query of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from rustplan.rulebook.file_view import FileView
from rustplan.rulebook.own_functions import told_functions
from rustplan.rulebook.place import Place

CAPTURES: Mapping[str, tuple[str, ...]] = {
    "include": ("target", "form"),
    "import": ("name",),
    "function": ("name", "returns", "parameters", "traits"),
    "global": ("name", "type", "storage"),
    "declaration": ("name",),
    "own-call": ("callee", "traits"),
}


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
}
