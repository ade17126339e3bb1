"""The Java call graph: receiver types, class hierarchy with rapid-type pruning, initialisers, stand-ins for outside types."""

from __future__ import annotations

import pytest
from java_world import heat_of

MAIN = "package p; public class Main { public static void main(String[] a) { while (true) { %s } } %s }"


def reached(*sources):
    heat = heat_of(*sources)
    return {heat.graph.hierarchy.nodes[index].name for index in heat.graph.sites}


@pytest.mark.parametrize(
    ("body", "members"),
    [
        ("T t = make(); t.hit();", "static T make() { return new T(); }"),
        ("var t = new T(); t.hit();", ""),
        ("new T().hit();", ""),
        ("((T) any()).hit();", "static Object any() { return new T(); }"),
        ("if (any() instanceof T t) t.hit();", "static Object any() { return new T(); }"),
        ("try (T t = new T()) { t.hit(); }", ""),
        ("for (T t : all()) t.hit();", "static java.util.List<T> all() { new T(); return null; }"),
        ("map().get(1).hit();", "static java.util.Map<Integer, T> map() { new T(); return null; }"),
        ("field.inner.hit();", "static Main field = new Main(); T inner = new T();"),
        ("array()[0].hit();", "static T[] array() { new T(); return null; }"),
        ("new T(); list.forEach(T::hit);", "static java.util.List<T> list;"),
        ("box().value().hit();", "static Box<T> box() { new T(); return new Box<T>(); }"),
    ],
)
def test_receivers_are_resolved(body, members):
    other = "package p; class T implements AutoCloseable { void hit() {} public void close() {} } class Box<V> { V v; V value() { return v; } }"
    near = "package p; class U { void hit() {} }"
    found = reached(MAIN % (body, members), other, near)
    assert "p.T.hit" in found
    assert "p.U.hit" not in found


def test_only_created_classes_answer_a_call():
    shapes = "package p; interface Shape { void draw(); } class Round implements Shape { public void draw() {} } class Flat implements Shape { public void draw() {} }"
    found = reached(MAIN % ("Shape s = new Round(); s.draw();", ""), shapes)
    assert "p.Round.draw" in found
    assert "p.Flat.draw" not in found


def test_a_constant_runs_the_static_initialiser_of_its_class():
    other = "package p; class K { static final K ONE = new K(); static { boot(); } static void boot() {} void go() {} }"
    found = reached(MAIN % ("K.ONE.go();", ""), other)
    assert {"p.K.<clinit>", "p.K.boot", "p.K.go"} <= found


def test_bodies_of_enum_constants_live_with_the_enum():
    other = "package p; enum Op { ADD { int of(int a) { return one(a); } }; abstract int of(int a); static int one(int a) { return a; } }"
    assert {"p.Op$1.of", "p.Op.one"} <= reached(MAIN % ("Op.ADD.of(1);", ""), other)


def test_what_implements_an_outside_type_is_created_when_the_type_is_called():
    other = "package p; class MyConnection implements java.sql.Connection { MyConnection() { setUp(); } void setUp() {} public void commit() {} }"
    found = reached(
        MAIN % ("java.sql.Connection c = open(); c.commit();", "static java.sql.Connection open() { return null; }"),
        other,
    )
    assert {"p.MyConnection.commit", "p.MyConnection.setUp"} <= found


def test_a_class_named_in_a_string_may_be_created_by_reflection():
    other = "package p; interface Plugin { void go(); }"
    impl = "package p.impl; public class Real implements p.Plugin { public void go() {} }"
    body = 'Plugin q = (Plugin) Class.forName("p.impl.Real").newInstance(); q.go();'
    assert "p.impl.Real.go" in reached(MAIN % (body, ""), other, impl)


def test_overloads_are_told_apart_by_the_number_of_arguments_up_the_hierarchy():
    other = "package p; class Base { void parse(String s, int n) { deep(); } void deep() {} } class Sub extends Base { void parse(String s) { parse(s, 1); } }"
    assert "p.Base.deep" in reached(MAIN % ('new Sub().parse("");', ""), other)


def test_inner_classes_find_types_that_their_outer_class_inherits():
    other = "package p; class Base { interface Step { void run2(); } Step s; void go() { s.run2(); } } class Sub extends Base { class My implements Step { public void run2() {} } Sub() { s = new My(); } }"
    assert "p.Sub$My.run2" in reached(MAIN % ("new Sub().go();", ""), other)


def test_hostile_hierarchies_end():
    loops = "package p; class A extends B { void f() { f(); } } class B extends A { void f() {} } class C extends C {}"
    chain = "package p; class D { D d() { return this; } void g() { d()" + ".d()" * 150 + "; } }"
    assert "p.D.g" in reached(MAIN % ("new A().f(); new D().g();", ""), loops, chain)
