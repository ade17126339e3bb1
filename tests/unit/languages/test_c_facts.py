from language_facts import facts, functions, read
from rustplan.model.facts import Declaration, FunctionKind, Include, Macro, Parameter
from rustplan.model.source import Language

C = Language.C


def test_a_function_is_described_as_written():
    source = """
/* before */
static const char *find(const struct node *list, unsigned  long n, int (*match)(int a), char name[16], ...)
{
  int i; // loops

  for (i = 0; i < n; i++) {
    while (list && list->next) {
      if (match(i) || i > 3)
        return list->name;
    }
  }
  switch (n) { case 1: case 2: break; default: break; }
  return n ? name : 0;
}
"""
    one = functions(C, source)["find"]
    assert (one.start_line, one.end_line, one.sloc) == (3, 15, 12)
    assert one.complexity == 1 + 2 + 1 + 1 + 1 + 2 + 1
    assert one.loop_depth == 2
    assert one.return_type == "const char *"
    assert one.parameters == (
        Parameter("const struct node *", "list"),
        Parameter("unsigned long", "n"),
        Parameter("int (* )(int a)", "match"),
        Parameter("char [16]", "name"),
    )
    assert (one.is_variadic, one.is_exported, one.kind, one.has_body) == (True, False, FunctionKind.FUNCTION, True)


def test_no_parameters_and_nameless_parameters():
    found = functions(C, "int f(void) { return 0; }\nint g(int, char *) { return 0; }\nint h() { return 0; }")
    assert found["f"].parameters == ()
    assert found["g"].parameters == (Parameter("int"), Parameter("char *"))
    assert found["h"].parameters == ()
    assert found["f"].is_exported


def test_functions_that_return_function_pointers():
    found = functions(C, "int (*pick(int which))(char) { return 0; }\nint (plain)(int a) { return a; }")
    assert found["pick"].parameters == (Parameter("int", "which"),)
    assert found["plain"].parameters == (Parameter("int", "a"),)


def test_calls_know_their_function_loop_and_arguments():
    source = """int table = setup();
void f(struct ops *o) {
  open_it("a,b", /* two */ 2);
  for (;;) { do { o->read(1, (2, 3)); } while (more()); }
  o->inner.close();
}
"""
    calls = {one.callee: one for one in facts(C, source).calls}
    assert calls["setup"].function == -1
    assert (calls["open_it"].function, calls["open_it"].arguments, calls["open_it"].line) == (0, 2, 3)
    assert (calls["read"].qualifier, calls["read"].arguments, calls["read"].loop_depth) == ("o", 2, 2)
    assert calls["close"].qualifier == "o->inner"
    assert calls["more"].loop_depth == 2


def test_includes_and_macros_wherever_they_stand():
    source = """#include <stdio.h>
#  include "local dir/x.h" // why
#include MBEDTLS_CONFIG
#define LIMIT 3
#define CHECK(x) \\
  do { if (x) fail(); } while (0)
int f(void) {
#ifdef A
#include "inner.def"
#endif
}
/* #include "not.h" */
"""
    found = facts(C, source)
    assert found.includes == (
        Include("stdio.h", 1, is_system=True),
        Include("local dir/x.h", 2),
        Include("MBEDTLS_CONFIG", 3, is_computed=True),
        Include("inner.def", 9),
    )
    assert found.macros == (Macro("LIMIT", 4), Macro("CHECK", 5, is_function_like=True))


def test_globals_prototypes_and_types():
    source = """
static int counter = 3, *cursor;
extern char **environ;
const char *const names[] = { "a" };
int (*hook)(void) = 0;
static const unsigned char table[2][3] = {{0}};
int declared(int a);
static struct point *made(void);
struct point { int x; };
typedef struct { int y; } pair_t, *pair_p;
typedef int (*callback)(int);
enum color { RED };
void f(void) { int local_value = 1; static int kept; }
"""
    found = facts(C, source)
    globals_ = {one.name: one for one in found.globals}
    assert set(globals_) == {"counter", "cursor", "environ", "names", "hook", "table"}
    assert (globals_["counter"].type, globals_["counter"].is_static, globals_["counter"].line) == ("int", True, 2)
    assert globals_["cursor"].type == "int *"
    assert (globals_["environ"].type, globals_["environ"].is_extern) == ("char **", True)
    assert globals_["names"].is_const
    assert globals_["table"].is_const
    assert not globals_["hook"].is_const
    assert found.declarations == (Declaration("declared", 7), Declaration("made", 8))
    assert [(one.name, one.kind) for one in found.types] == [
        ("point", "struct"),
        ("pair_t", "typedef"),
        ("pair_p", "typedef"),
        ("callback", "typedef"),
        ("color", "enum"),
    ]


def test_functions_used_as_values():
    source = """
static int handler(int a) { return a; }
int outside(int a);
struct ops table = { .read = handler, .write = elsewhere };
void f(int size) { int n = size; on(SIGNAL, &outside); qsort(n, size, callback_fn); handler(n); g(other->field, 3); }
"""
    assert facts(C, source).address_taken == ("handler", "outside", "callback_fn", "elsewhere")


def test_lines_and_sloc_of_a_file():
    found = facts(C, '// comment\n\nint a;\n/* x\n y */ int b;\n"s";\n')
    assert (found.lines, found.sloc) == (6, 3)
    assert facts(C, b"").lines == 0
    assert facts(C, b"").coverage.share_read == 1.0


def test_coverage_counts_functions_and_errors():
    source = "int f(void) { return 1; }\n)]} @@ ;\nint g(void) { return 2; }\n"
    found = facts(C, source)
    assert {one.name for one in found.functions} == {"f", "g"}
    assert found.coverage.total_bytes == len(source)
    assert 0 < found.coverage.unread_bytes < 20
    assert found.coverage.function_bytes >= 2 * len("int f(void) { return 1; }")


def test_a_keyword_is_never_a_function():
    source = """
int broken(int a)
{
  if (a) {
#ifdef X
  }
  else if (a > 2) {
  }
  while (a) { a--; }
}}}
if (a) { b(); }
for (;;) { c(); }
switch (a) { }
"""
    prepared, found = read(C, source)
    assert not {"if", "for", "while", "switch", "else", "return", "sizeof"} & {one.name for one in found.functions}
    assert not {"if", "for", "while", "switch", "return", "sizeof"} & {one.callee for one in found.calls}
    assert prepared.degraded


def test_words_of_cpp_are_names_in_c():
    assert set(functions(C, "int try(int new) { return new; }\nint class(void) { return 0; }")) == {"try", "class"}


def test_jni_functions_are_plain_functions():
    source = """JNIEXPORT jint JNICALL Java_org_demo_Codec_encode(JNIEnv *env, jclass cls, jbyteArray data)
{
  return (*env)->GetArrayLength(env, data);
}
"""
    found = functions(C, source)
    assert found["Java_org_demo_Codec_encode"].return_type == "jint"
    assert len(found["Java_org_demo_Codec_encode"].parameters) == 3


def test_a_macro_that_only_calls_one_function_names_it():
    found = facts(
        Language.C,
        "#define start(s) \\\n  start_((s), 1)\n#define two(a) f(a) + g(a)\n#define run(f, x) f(x)\n#define again(x) again(x, 0)\n",
    )
    assert [(macro.name, macro.alias) for macro in found.macros] == [
        ("start", "start_"),
        ("two", ""),
        ("run", ""),
        ("again", ""),
    ]
