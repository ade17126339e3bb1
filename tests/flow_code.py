"""Short texts through the flow engine: what it declares, how it is lowered, what was seen."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from functools import cache

from rustplan.flow.declarations import Declarations
from rustplan.flow.engine import FileProgram, FlowResult, run_file
from rustplan.flow.file_level import read_declarations
from rustplan.flow.headers import Headers
from rustplan.flow.ir import Routine
from rustplan.flow.models import Models
from rustplan.languages import support
from rustplan.languages.base import Prepared
from rustplan.model.source import Language
from rustplan.rulebook.load import load_models


@cache
def models() -> Models:
    return Models(load_models())


def prepared(code: str, language: Language = Language.C) -> Prepared:
    return support(language).prepare(code.encode())


def declared(code: str, language: Language = Language.C) -> Declarations:
    text = prepared(code, language)
    return read_declarations(text.tree.root_node, text.text)


def lowered(code: str, name: str = "f", language: Language = Language.C) -> Routine:
    """The compact form of the function of that name."""
    text = prepared(code, language)
    program = FileProgram("src/x.c", language, text.text, text.tree)
    (node,) = [node for _, found, node in program.nodes if found == name]
    routine = program.routine_of(node)
    assert routine is not None
    return routine


def headers(texts: Mapping[str, str]) -> Headers:
    """The headers of a tree that holds these texts."""

    def parsed(path: str):
        text = prepared(texts[path])
        return text.text, text.tree.root_node

    return Headers(sorted(texts), parsed)


def run(code: str, language: Language = Language.C, texts: Mapping[str, str] | None = None) -> FlowResult:
    """Every function of `code`, as the file src/x.c or src/x.cc of a tree with these headers."""
    path = posixpath.join("src", "x.c" if language is Language.C else "x.cc")
    text = prepared(code, language)
    included = headers(texts).of(path, text.text) if texts else None
    return run_file(path, language, text.text, text.tree, models(), included)


def seen(code: str, language: Language = Language.C, texts: Mapping[str, str] | None = None) -> list[tuple[str, int]]:
    """(kind, line) of every event, in the order of the lines."""
    data = code.encode()
    events = run(code, language, texts).events
    return sorted({(event.kind, data.count(b"\n", 0, event.offset) + 1) for event in events}, key=lambda one: one[::-1])
