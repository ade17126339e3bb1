"""What the call graph is told of a Java file: contexts, receivers, classes, variables."""

from __future__ import annotations

import pytest

from rustplan.languages import support
from rustplan.model.facts import JavaContext
from rustplan.model.source import Language
from rustplan.syntax import QuerySet


def facts(source):
    java = support(Language.JAVA)
    prepared = java.prepare(source.encode())
    matches = {}
    for name, captures in QuerySet(Language.JAVA, java.queries).matches(prepared.tree.root_node):
        matches.setdefault(name, []).append(captures)
    return java.extract(prepared, prepared.tree, matches)


def context_of(body):
    """The context of the call of `hit` in a method."""
    found = facts("class A { void f() { " + body + " } }")
    index = next(index for index, call in enumerate(found.calls) if call.callee == "hit")
    return found.java.contexts[found.java.calls[index].context]


@pytest.mark.parametrize(
    ("body", "context"),
    [
        ("hit();", JavaContext()),
        ("while (hit()) x();", JavaContext(loops=1)),
        ("for (int i = hit(); ; ) x();", JavaContext()),
        ("for (Object o : hit()) x();", JavaContext()),
        ("for (;;) for (;;) hit();", JavaContext(loops=2)),
        ("if (hit()) x();", JavaContext()),
        ("if (a) hit();", JavaContext(branches=1)),
        ("if (a) x(); else if (b) hit();", JavaContext(branches=1)),
        ("if (a == null) hit();", JavaContext(rare=1)),
        ("if (a != null) hit();", JavaContext()),
        ("if (n == buf.length) hit();", JavaContext(rare=1)),
        ("int x = a ? hit() : 0;", JavaContext(branches=1)),
        ("switch (a) { case 1: hit(); }", JavaContext(arms=1)),
        ("int x = switch (a) { case 1 -> hit(); default -> 0; };", JavaContext(arms=1)),
        ("throw new E(hit());", JavaContext(is_cold=True)),
        ("try { x(); } catch (E e) { hit(); }", JavaContext(is_cold=True)),
        ("if (a) { hit(); throw new E(); }", JavaContext(is_cold=True)),
        ("_reportError(hit());", JavaContext(is_cold=True)),
        ("if (DEBUG_READS) hit();", JavaContext(is_cold=True)),
    ],
)
def test_contexts(body, context):
    assert context_of(body) == context


@pytest.mark.parametrize(
    ("receiver", "form"),
    [
        ("x", "x"),
        ("this.a.b", "this.a.b"),
        ("g().h()", "#1"),
        ("new T<U>(1)", "new T<U>"),
        ("((T) x)", "(T)"),
        ('"text"', "(String)"),
        ("g().field[0]", "#1.field[]"),
        ("(c ? x : y)", "x"),
        ("(a + b)", "?"),
    ],
)
def test_receivers_have_short_forms(receiver, form):
    found = facts("class A { void f() { " + receiver + ".hit(); } }")
    index = next(index for index, call in enumerate(found.calls) if call.callee == "hit")
    shown = found.java.calls[index].receiver
    if form.startswith("#"):
        inner = {"g().h()": "h", "g().field[0]": "g"}[receiver]
        assert found.calls[int(shown[1:].partition(".")[0])].callee == inner
        assert shown.partition(".")[2] == form.partition(".")[2]
    else:
        assert shown == form


def test_classes_variables_and_initialisers():
    found = facts(
        "class A<T extends B> extends C implements D {\n"
        "  static E e = make();\n  E other = build();\n"
        "  void f(G g) { var v = g.get(); try (H h = open()) { } Runnable r = new Runnable() { public void run() { } }; }\n"
        '  Object load() { return Class.forName("a.b.Plug"); }\n'
        "  void fail() { throw new IllegalStateException(); }\n  void loop() { while (!stopped) step(); }\n}\n"
        "enum Op { ADD { } }\n"
    ).java
    classes = {one.name: one for one in found.classes}
    assert (classes["A"].supertypes, classes["A"].parameters) == (("C", "D"), ("T extends B",))
    assert (classes["A$1"].supertypes, classes["A$1"].function) == (("Runnable",), 0)
    assert classes["Op$1"].supertypes == ("Op",)
    variables = {one.name: one for one in found.variables}
    assert (variables["v"].type, variables["h"].type) == ("var", "H")
    assert variables["v"].value.startswith("#")
    assert [(one.owner, one.is_static) for one in found.calls[:2]] == [("A", True), ("A", False)]
    assert [name for _, name in found.classes_quoted] == ["a.b.Plug"]
    assert len(found.always_throws) == len(found.endless) == 1


def test_lines_know_their_context():
    found = facts("class A {\n void f() {\n  a();\n  for (;;) {\n   b();\n  }\n  if (x) c();\n  d();\n }\n}\n").java

    def at(line):
        return [found.contexts[context] for start, context in found.regions if start <= line][-1:] or [JavaContext()]

    assert at(3) == [JavaContext()]
    assert at(5) == [JavaContext(loops=1)]
    assert at(7) == [JavaContext(branches=1)]
    assert at(8) == [JavaContext()]
