"""Which rule tells of which allocation in Java: each site is counted once, and none that reaches the heap is left out."""

from __future__ import annotations

from collections import defaultdict

import pytest

from rustplan.languages import support
from rustplan.model.finding import Finding
from rustplan.model.source import Language
from rustplan.rulebook import compile_rules, load_rules
from rustplan.syntax import Captures, QuerySet

RULES = compile_rules(load_rules(), Language.JAVA)
QUERIES = QuerySet(Language.JAVA, {**support(Language.JAVA).queries, **RULES.queries})

SITES = """
new Level(price, size);                        object-allocation
field = new Level(price, size);                object-allocation
list = Collections.unmodifiableList(list);     object-allocation
new ArrayList<Level>();                        object-allocation
List<Level> room = new ArrayList<>(64);        object-allocation
new byte[n];                                   array-allocation
send(new byte[256]);                           array-allocation
send(new byte[] {1, 2});                       array-allocation
send(new byte[1 << 20]);                       humongous-allocation
send(Long.valueOf(n));                         autoboxing
send(new Integer(n));                          autoboxing
Long whole = n * 2L;                           autoboxing
numbers.get(n);                                boxed-collection
byNumber.containsKey(n);                       boxed-collection
names.add(text);                               unsized-collection
byName.put(text, null);                        unsized-collection
new StringBuilder();                           unsized-collection
new ArrayList<>(names);                        defensive-copy
names.toArray(new String[0]);                  defensive-copy
send(Arrays.copyOf(bytes, n));                 defensive-copy
send(bytes.clone());                           defensive-copy
send(Side.values());                           defensive-copy
send("key-" + n);                              string-concatenation
text += n;                                     string-concatenation
send(builder.toString());                      string-concatenation
send(String.join(",", names));                 string-concatenation
log.debug("key-" + n);                         unguarded-log-arguments
send(String.format("%d", n));                  string-formatting
send(text.split("[,;]"));                      regex-per-call
send(text.split(","));                         regex-per-call
send(PATTERN.matcher(text));                   regex-per-call
send(Pattern.compile(text));                   regex-per-call
send(text.substring(n));                       substring-copy
send(text.toLowerCase());                      substring-copy
send(new String(bytes, n, n));                 charset-conversion
send(text.getBytes());                         charset-conversion
send(names.stream().map(this).toList());       stream-pipeline
run(() -> send(text));                         capturing-lambda
run(new Runnable() { });                       capturing-lambda
send(Arrays.asList(n, n));                     varargs-call
several(n, n, n);                              varargs-call
return names.iterator();                       iterator-allocation
send(Optional.of(text));                       holder-result
send(new Pair<>(text, n));                     holder-result
send(new LinkedList<>());                      node-based-queue
queue.offer(text);                             node-based-queue
send(new SimpleDateFormat(text));              date-and-number-conversion
send(Integer.toString(n));                     date-and-number-conversion
send(Double.parseDouble(text));                date-and-number-conversion
send(new BigDecimal(text));                    date-and-number-conversion
send(buffer.slice());                          buffer-view
send(ByteBuffer.allocateDirect(n));            direct-buffer-churn
send(new WeakReference<>(text));               weak-reference-churn
send(new SoftReference<>(text));               soft-reference-cache
mapper.writeValueAsString(text);               serializer-per-message
"""
TEMPLATE = """package a.b;
class Feed {
    private static final Pattern PATTERN = Pattern.compile("a+");
    private List<Integer> unused; private Map<Long, String> numbers; private Set<Long> seen; private Map<Long, Level> byNumber;
    private List<String> names; private Map<String, Level> byName; private ConcurrentLinkedQueue<String> queue; private ByteBuffer buffer;
    private StringBuilder builder; private Level field; private List<Level> list;
    Object on(long n, String text, byte[] bytes) throws Exception {
        %s
    }
    private void several(Object... values) { sink.accept(values); }
}
"""
CASES = [tuple(part.strip() for part in line.rsplit("  ", 1)) for line in SITES.strip().split("\n")]


def scan(code: str) -> tuple[Finding, ...]:
    prepared = support(Language.JAVA).prepare(code.encode())
    matches: dict[str, list[Captures]] = defaultdict(list)
    for name, captures in QUERIES.matches(prepared.tree.root_node):
        matches[name].append(captures)
    facts = support(Language.JAVA).extract(prepared, prepared.tree, matches)
    return RULES.find("Feed.java", prepared, prepared.tree, matches, facts)


@pytest.mark.parametrize(("statement", "owner"), CASES, ids=[statement for statement, _ in CASES])
def test_one_rule_counts_the_bytes_of_a_site(statement: str, owner: str) -> None:
    counted = [finding for finding in scan(TEMPLATE % statement) if finding.bytes and finding.line == 8]
    extra = {"array-allocation"} if "toArray" in statement else set()
    assert {finding.rule for finding in counted} - extra == {owner}
    assert [finding.function for finding in counted if finding.rule == owner] == ["a.b.Feed.on"]
    assert all(finding.places == 1 for finding in counted)


@pytest.mark.parametrize(
    "statement",
    [
        "Level l = new Level(n, n); return l.price + l.getSize();",
        "int[] two = new int[2]; two[0] = 1; return two[0];",
        "for (String name : names) send(name.length());",
        "run(() -> PATTERN);",
        "return Integer.valueOf(7);",
        'return "a" + "b";',
        "String plain = text; return plain;",
        "log.debug(text);",
        "return n + n;",
    ],
)
def test_what_stays_off_the_heap_is_not_told(statement: str) -> None:
    assert not [finding for finding in scan(TEMPLATE % statement) if finding.bytes and finding.line == 8]


def test_a_list_that_is_filled_here_is_counted_where_it_is_made() -> None:
    filled = "List<String> all = new ArrayList<>(); for (String name : names) all.add(name); return all;"
    (finding,) = [one for one in scan(TEMPLATE % filled) if one.bytes and one.line == 8]
    assert (finding.rule, finding.bytes) == ("unsized-collection", 944.0)


def test_an_exception_costs_next_to_nothing() -> None:
    assert sum(one.bytes for one in scan(TEMPLATE % 'throw new IOException("no " + text + n);')) < 1


def test_initial_values_of_fields_belong_to_the_constructor() -> None:
    code = "package a;\nclass Outer {\n  static class Inner {\n    private int[] room = new int[100];\n  }\n  private static int[] once = new int[100];\n}\n"
    findings = [one for one in scan(code) if one.rule == "array-allocation"]
    assert [(one.function, one.bytes) for one in findings] == [("a.Outer$Inner.<init>", 416.0)]


def test_chained_calls_are_places_of_their_own() -> None:
    (finding,) = [one for one in scan(TEMPLATE % "send(text.trim().toLowerCase());") if one.rule == "substring-copy"]
    assert (finding.bytes, finding.places) == (96.0, 1)


def test_nesting_and_length_end() -> None:
    deep = "(" * 3000 + "n" + ")" * 3000
    long = " + ".join(["text"] * 5000)
    many = "\n".join(f"List<Integer> a{n} = new ArrayList<>();" for n in range(2000))
    for statement in (f"send({deep} + text);", f"send({long});", many, "x.y(" * 400, "new A<" * 3000):
        assert isinstance(scan(TEMPLATE % statement), tuple)
