"""Calls into other files: a function is run again through the one definition of what it calls."""

from __future__ import annotations

from flow_code import models, prepared
from rustplan.flow.engine import FileProgram, FlowResult
from rustplan.flow.events import Event
from rustplan.flow.project import Project, run_across
from rustplan.model.source import Language

USE = "#include <stdlib.h>\nvoid drop(char *);\nchar f(void) {\n  char *p = calloc(1, 4);\n  char c;\n  if (!p)\n    return 0;\n  drop(p);\n  c = p[0];\n  return c;\n}\n"
DROP = "#include <stdlib.h>\nvoid drop(char *p) {\n  free(p);\n}\n"
KEEP = "#include <stdio.h>\nvoid drop(char *p) {\n  puts(p);\n}\n"


def program(path: str, code: str) -> FileProgram:
    text = prepared(code)
    return FileProgram(path, Language.C, text.text, text.tree)


def through(other: str, definers: dict[str, str]) -> FlowResult:
    main = program("src/use.c", USE)
    project = Project(main, {"src/drop.c": program("src/drop.c", other)}.get, definers, {})
    return run_across(project, [USE.index("char f")], models())


def kinds(events: list[Event]) -> list[tuple[str, int]]:
    return [(event.kind, USE.count("\n", 0, event.offset) + 1) for event in events if event.path == "src/use.c"]


def test_a_release_in_another_file_is_seen() -> None:
    result = through(DROP, {"drop": "src/drop.c"})
    assert kinds(result.events) == [("use-after-release", 9)]
    (event,) = result.events
    assert ("src/drop.c", DROP.index("free")) in [(path, offset) for path, offset, _ in event.chain]


def test_a_function_that_only_looks_does_not_release() -> None:
    assert ("use-after-release", 9) not in kinds(through(KEEP, {"drop": "src/drop.c"}).events)


def test_a_definition_that_is_not_the_only_one_says_nothing() -> None:
    assert kinds(through(DROP, {}).events) == []


def test_a_file_that_cannot_be_read_says_nothing() -> None:
    assert kinds(through(DROP, {"drop": "src/gone.c"}).events) == []


def test_only_the_functions_asked_for_are_run() -> None:
    project = Project(program("src/use.c", USE), {}.get, {}, {})
    assert run_across(project, [1], models()).steps == 0
