"""What moves together with a candidate, and what it needs from outside."""

from seam_cases import cluster

PIPE = """
package p;
class Pipe {
    private long total; private static int seen; private final java.util.Map<String, Long> counts = new java.util.HashMap<>();
    private static final ThreadLocal<byte[]> SCRATCH = null;
    void handle(Event event, long[] out) {
        for (int i = 0; i < out.length; i++) { out[i] = mix(event.value(), i); }
        total += out[0]; log.debug("done");
    }
    private long mix(long a, int b) { return shared(a) + b; }
    long shared(long a) { return a * 31; }
    void other() { shared(2); }
    void locked() { synchronized (this) { seen++; } counts.put("a", 1L); SCRATCH.get(); }
    int walk(Node node) { return node == null ? 0 : walk(node.next) + 1; }
    int sum(int[] a) { return sum(a, 0); }
    int sum(int[] a, int from) { return a[from]; }
    int failing(Event event) { if (event == null) { throw new IllegalStateException(event.text()); } return 1; }
}
"""
EVENT = "package p; public class Event { long value; public long value() { return value; } public String text() { return null; } }"


def names(found):
    return [(one.name, one.depth, one.is_logging) for one in found.upcalls]


def test_only_what_nobody_else_calls_moves_along():
    found = cluster("p.Pipe.handle", PIPE, EVENT)
    assert [one.name for one in found.members] == ["p.Event.value", "p.Pipe.mix"]
    assert names(found) == [("p.Pipe.shared", 1, False), ("log.debug", 0, True)]


def test_a_method_that_others_call_is_called_back():
    user = "package p; class User { long use(Event e) { return e.value(); } }"
    found = cluster("p.Pipe.handle", PIPE, EVENT, user)
    assert [one.name for one in found.members] == ["p.Pipe.mix"]
    assert ("p.Event.value", 1, False) in names(found)


def test_a_call_through_an_unknown_receiver_may_mean_a_public_method():
    user = "package p; class User { long use(java.util.List<?> l) { return l.get(0).toString().value(); } }"
    found = cluster("p.Pipe.handle", PIPE, EVENT, user)
    assert [one.name for one in found.members] == ["p.Pipe.mix"]


def test_fields_and_hazards():
    assert cluster("p.Pipe.handle", PIPE, EVENT).fields == ("Pipe.total",)
    locked = cluster("p.Pipe.locked", PIPE, EVENT)
    assert locked.fields == ("Pipe.counts",)
    assert locked.hazards == ("locks", "static mutable state", "thread locals")


def test_recursion_is_not_an_overload():
    assert cluster("p.Pipe.walk", PIPE, EVENT).is_recursive
    found = cluster("p.Pipe.sum", PIPE, EVENT)
    assert not found.is_recursive
    assert [len(one.function.parameters) for one in found.everything] == [1, 2]


def test_what_is_on_the_way_to_an_exception_is_no_call_back():
    assert cluster("p.Pipe.failing", PIPE, EVENT).upcalls == ()


def test_interfaces_and_third_parties_are_outside():
    source = """
    package p; import org.lib.Codec; import java.util.List;
    class A { private Sink sink; private Codec codec;
      void run(List<String> items) { for (String s : items) { sink.take(s); } codec.encode(items); items.size(); } }
    """
    found = cluster("p.A.run", source, "package p; interface Sink { void take(String s); }")
    assert names(found) == [("Sink.take", 1, False), ("Codec.encode", 0, False)]


def test_mutual_recursion_ends():
    source = "package p; class A { int a(int n) { return b(n); } private int b(int n) { return a(n - 1); } }"
    found = cluster("p.A.a", source)
    assert found.is_recursive
    assert [one.name for one in found.members] == ["p.A.b"]


def test_reflection_and_class_loading():
    source = """
    package p; import java.lang.reflect.Method;
    class A { Object a(Method m, Object o) throws Exception { Class.forName("x"); return m.invoke(o); } }
    """
    assert cluster("p.A.a", source).hazards == ("class loading", "reflection")


def test_super_is_not_the_method_itself():
    source = "package p; class A extends B { int size(int n) { return super.size(n); } }"
    found = cluster("p.A.size", source, "package p; class B { int size(int n) { return n; } }")
    assert not found.is_recursive
    assert [one.name for one in found.members] == ["p.B.size"]


def test_a_long_chain_is_bounded():
    body = "".join(f"private int m{n}(int x) {{ return m{n + 1}(x); }}" for n in range(200))
    found = cluster("p.A.m0", f"package p; class A {{ {body} private int m200(int x) {{ return x; }} }}")
    assert len(found.members) <= 60
