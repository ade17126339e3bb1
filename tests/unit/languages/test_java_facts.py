from language_facts import facts, functions, read
from rustplan.model.facts import Declaration, FunctionKind, Import, Parameter
from rustplan.model.source import DegradeReason, Language

JAVA = Language.JAVA

SOURCE = """package org.demo.app;

import java.util.*;
import static java.lang.Math . max;
import java.util.List;

@Deprecated
public class Outer<T extends Foo> extends Base<T> implements First, ns.Second<T> {
  static int count = 0;
  private static final String NAME = "x";
  int field = start();
  static { count = 1; }
  { begin(); }
  public Outer(int a, final String... rest) throws IOException {
    super(a);
    this.task = new Task(1) { @Override public void run() { step(); } };
  }
  native int encode(long handle, byte[] data);
  @Override @SuppressWarnings("x") protected <U> Map<String, ? extends U> find(final Map<String, U> m, int[] a[]) {
    for (var x : m) { while (true) { if (x && y || z) break; } }
    Runnable r = () -> lambda(1, 2);
    r.run(); a.b.C.stat(); this.<T>typed(); items.forEach(Outer::visit);
    return switch (q) { case 1, 2 -> 5; case 3 -> 6; default -> null; };
  }
  abstract void todo();
  private Object two() { return new Object() { }; }
  enum Color implements Named { RED { int code() { return 1; } }, BLUE; Color() { } int code() { return 0; } }
  record Point(int x, int y) { Point { if (x < 0) throw new Bad(); } static int zero; }
  interface Shape extends A, B { int LIMIT = 1; default void draw() { } int area(); private void hide() { } }
  @interface Mark { int value() default 1; }
  class Inner { class Deep { void go() { class Local { void here() { } } new Outer.Inner(); } } }
}
class Second { void f() { } }
"""


def test_binary_names():
    assert set(functions(JAVA, SOURCE)) == {
        "org.demo.app.Outer.<clinit>",
        "org.demo.app.Outer.<init>",
        "org.demo.app.Outer$1.run",
        "org.demo.app.Outer.encode",
        "org.demo.app.Outer.find",
        "org.demo.app.Outer.two",
        "org.demo.app.Outer$Color$1.code",
        "org.demo.app.Outer$Color.<init>",
        "org.demo.app.Outer$Color.code",
        "org.demo.app.Outer$Point.<init>",
        "org.demo.app.Outer$Shape.draw",
        "org.demo.app.Outer$Shape.hide",
        "org.demo.app.Outer$Inner$Deep.go",
        "org.demo.app.Outer$Inner$Deep$1Local.here",
        "org.demo.app.Second.f",
    }


def test_anonymous_and_local_classes_are_numbered_in_their_class():
    source = """class A {
  Object a = new Object() { void first() { new Object() { void nested() { } }; } };
  void m() { new B() { void second() { } }; class L { void one() { } } }
  void n() { class L { void two() { } } class M { void three() { } } }
  class C { void o() { new B() { void inC() { } }; } }
}"""
    owners = {one.name: one.container for one in facts(JAVA, source).functions}
    assert owners["first"] == "A$1"
    assert owners["nested"] == "A$1$1"
    assert owners["second"] == "A$2"
    assert owners["one"] == "A$1L"
    assert owners["two"] == "A$2L"
    assert owners["three"] == "A$1M"
    assert owners["inC"] == "A$C$1"


def test_methods_are_described():
    found = functions(JAVA, SOURCE)
    find = found["org.demo.app.Outer.find"]
    assert find.return_type == "Map<String, ? extends U>"
    assert find.parameters == (Parameter("Map<String, U>", "m"), Parameter("int[][]", "a"))
    assert find.annotations == ("Override", "SuppressWarnings")
    assert (find.loop_depth, find.complexity) == (2, 1 + 2 + 1 + 2 + 2)
    assert (find.is_exported, find.is_template, find.is_virtual, find.kind) == (True, True, True, FunctionKind.METHOD)
    assert (find.start_line, find.end_line, find.sloc) == (19, 24, 6)
    native = found["org.demo.app.Outer.encode"]
    assert (native.is_native, native.has_body, native.is_exported) == (True, False, False)
    assert native.parameters == (Parameter("long", "handle"), Parameter("byte[]", "data"))
    start = next(one for one in facts(JAVA, SOURCE).functions if one.kind is FunctionKind.CONSTRUCTOR)
    assert start.parameters == (Parameter("int", "a"), Parameter("String...", "rest"))
    assert start.is_variadic
    assert found["org.demo.app.Outer.<clinit>"].kind is FunctionKind.INITIALIZER
    assert found["org.demo.app.Outer$Point.<init>"].parameters == (Parameter("int", "x"), Parameter("int", "y"))
    assert found["org.demo.app.Outer$Shape.draw"].is_exported
    assert not found["org.demo.app.Outer$Shape.hide"].is_exported
    assert not found["org.demo.app.Outer.two"].is_virtual


def test_calls():
    found = facts(JAVA, SOURCE)
    calls = {one.callee: one for one in found.calls}
    named = {one: index for index, one in enumerate(function.qualified_name for function in found.functions)}
    find = named["org.demo.app.Outer.find"]
    assert calls["start"].function == -1
    assert (calls["lambda"].function, calls["lambda"].arguments) == (find, 2)
    assert (calls["stat"].qualifier, calls["run"].qualifier, calls["typed"].qualifier) == ("a.b.C", "r", "this")
    assert calls["step"].function == named["org.demo.app.Outer$1.run"]
    assert (calls["Task"].qualifier, calls["Task"].arguments) == ("new", 1)
    assert (calls["<init>"].qualifier, calls["<init>"].arguments) == ("super", 1)
    assert calls["Outer.Inner"].qualifier == "new"
    assert found.address_taken == ("visit",)


def test_package_imports_types_fields_and_abstract_methods():
    found = facts(JAVA, SOURCE)
    assert found.package == "org.demo.app"
    assert found.imports == (
        Import("java.util", 3, is_wildcard=True),
        Import("java.lang.Math.max", 4, is_static=True),
        Import("java.util.List", 5),
    )
    types = {one.name: one for one in found.types}
    assert types["Outer"].supertypes == ("Base<T>", "First", "ns.Second<T>")
    assert (types["Outer"].line, types["Outer"].is_exported, types["Second"].is_exported) == (7, True, False)
    assert types["Outer$Shape"].supertypes == ("A", "B")
    assert {name: one.kind for name, one in types.items()} == {
        "Outer": "class",
        "Outer$Color": "enum",
        "Outer$Point": "record",
        "Outer$Shape": "interface",
        "Outer$Mark": "annotation",
        "Outer$Inner": "class",
        "Outer$Inner$Deep": "class",
        "Outer$Inner$Deep$1Local": "class",
        "Second": "class",
    }
    assert [(one.name, one.type, one.is_const) for one in found.globals] == [
        ("count", "int", False),
        ("NAME", "String", True),
        ("zero", "int", False),
        ("LIMIT", "int", True),
    ]
    assert found.declarations == (Declaration("todo", 25), Declaration("area", 29), Declaration("value", 30))


def test_a_class_without_package():
    assert set(functions(JAVA, "class A { class B { void f() { } } }")) == {"A$B.f"}


def test_text_blocks_and_comments_are_no_code():
    source = 'class A {\n  String s = """\n    if (a) { // no\n    \\""" x "\n    """; // yes\n  void f() { }\n}\n'
    prepared, found = read(JAVA, source)
    assert b"if" not in prepared.code
    assert prepared.comments == (source.index("// yes"),)
    assert found.functions[0].start_line == 6


def test_broken_code_is_reported_and_what_is_whole_is_found():
    source = "class A {\n  void f() { }\n  ### @@@ broken ( ( ;\n  void g() { }\n}\n"
    prepared, found = read(JAVA, source)
    assert {one.name for one in found.functions} == {"f", "g"}
    assert [reason for reason, _ in prepared.degraded] == [DegradeReason.PARSE_ERRORS]
    assert 0 < found.coverage.unread_bytes < len(source)
