"""Types of names and expressions, as the declarations of one Java file tell them."""

from __future__ import annotations

from collections import defaultdict

import pytest

from rustplan.languages import support
from rustplan.model.source import Language
from rustplan.rulebook.file_view import FileView, shared_queries
from rustplan.rulebook.java_types import arguments, plain
from rustplan.rulebook.place import walk
from rustplan.syntax import Captures, Node, QuerySet

QUERIES = QuerySet(Language.JAVA, {**support(Language.JAVA).queries, **shared_queries(Language.JAVA, ())})
CODE = """package a;
class Feed {
    private final Map<Long, List<String>> byId = new HashMap<>();
    static final int ROOM = 4 * 1024;
    byte[] raw; int left, right;
    // String raw; Level comment,
    String name(long id, String... rest) {
        var text = "a";
        var made = new StringBuilder(3);
        for (Level level : levels) { mark(%s); }
        try (Reader in = open(); Writer out = null) { }
        catch (IOException | Bad broken) { }
        if (o instanceof Tick tick) { }
        Level raw = null;
        mark2(raw);
        return null;
    }
    long count() { return 0; }
    void other(Level id) { mark(%s); }
}
"""


def view(expression: str, other: str = "1") -> tuple[FileView, list[Node]]:
    prepared = support(Language.JAVA).prepare((CODE % (expression, other)).encode())
    matches: dict[str, list[Captures]] = defaultdict(list)
    for name, captures in QUERIES.matches(prepared.tree.root_node):
        matches[name].append(captures)
    facts = support(Language.JAVA).extract(prepared, prepared.tree, matches)
    file = FileView("A.java", Language.JAVA, prepared.text, facts, matches, code=prepared.code)
    calls = [one for one in walk(prepared.tree.root_node) if one.type == "method_invocation"]
    listed = [call.child_by_field_name("arguments") for call in calls if file.text(call).startswith("mark(")]
    return file, [one for one in listed if one is not None]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("id", "long"),
        ("rest", "String[]"),
        ("rest[0]", "String"),
        ("rest.length", "int"),
        ("text", "String"),
        ("made", "StringBuilder"),
        ("level", "Level"),
        ("byId", "Map<Long,List<String>>"),
        ("this.byId", "Map<Long,List<String>>"),
        ("raw", "byte[]"),
        ("right", "int"),
        ("ROOM", "int"),
        ("id + 1", "long"),
        ("left + right", "int"),
        ("left / 2.0", "double"),
        ("id > 3", "boolean"),
        ("text + id", "String"),
        ("(short) id", "short"),
        ("new byte[3][4]", "byte[][]"),
        ("count()", "long"),
        ("text.trim().length()", "int"),
        ("Integer.valueOf(3)", "Integer"),
        ("id > 0 ? text : null", "String"),
        ("-left", "int"),
        ("3L", "long"),
        ("'a'", "char"),
        ("unknown", None),
        ("level.price", None),
        ("comment", None),
    ],
)
def test_the_type_of_an_expression(expression: str, expected: str | None) -> None:
    file, marks = view(expression)
    assert file.java.of(marks[0].named_child(0)) == expected


def test_a_name_means_what_its_own_function_declares() -> None:
    file, marks = view("id", "id")
    assert [file.java.of(one.named_child(0)) for one in marks] == ["long", "Level"]


def test_a_comment_declares_nothing() -> None:
    file, marks = view("raw")
    assert file.java.of(marks[0].named_child(0)) == "byte[]"


@pytest.mark.parametrize(
    ("written", "short", "parts"),
    [
        ("java.util.Map<Long,List<A,B>>", "Map", ("Long", "List<A,B>")),
        ("Map.Entry<K,V>[]", "Entry[]", ("K", "V")),
        ("byte[][]", "byte[][]", ()),
        ("String", "String", ()),
    ],
)
def test_parts_of_a_type(written: str, short: str, parts: tuple[str, ...]) -> None:
    assert (plain(written), arguments(written)) == (short, parts)
