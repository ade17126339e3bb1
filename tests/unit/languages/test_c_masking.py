import pytest

from language_facts import all_facts, functions, read
from rustplan.languages import support
from rustplan.model.facts import Parameter
from rustplan.model.source import DegradeReason, Language

C, CPP = Language.C, Language.CPP
BODY = "{\n  return 0;\n}\n"


def reasons(prepared):
    return {reason for reason, _ in prepared.degraded}


@pytest.mark.parametrize(
    ("head", "name", "returns"),
    [
        ("LIB_EXPORT int first(int a)", "first", "int"),
        ("LIB_EXPORT struct node *second(int a)", "second", "struct node *"),
        ("int LIB_CALL third(int a)", "third", "int"),
        ("DWORD WINAPI fourth(int a)", "fourth", "DWORD"),
        ("LIB_EXPORT result_t LIB_CALL fifth(int a)", "fifth", "result_t"),
        ("local int sixth(int a)", "sixth", "int"),
        ("local state_t *seventh(int a)", "seventh", "state_t *"),
        ("static LIB_INLINE const char *eighth(int a)", "eighth", "const char *"),
        ("int ninth(int a) MUST_CHECK", "ninth", "int"),
        ("result_t tenth(int a) FORMAT(printf, 1, 2) MUST_CHECK", "tenth", "result_t"),
        ('LIB_DEPRECATED(7.1, "why") int eleventh(int a)', "eleventh", "int"),
        ('result_t LIB_DEPRECATED(7.1, "why")\ntwelfth(int a)', "twelfth", "result_t"),
        ("int thirteenth OF((int a))", "thirteenth", "int"),
        ("LIB_FUNCTION(void, LIB_CALL\nfourteenth, (int a), LIB_NORETURN)", "fourteenth", "void"),
        ("static MAKE(int, fifteenth, (int a))", "fifteenth", "int"),
        ("IMPLEMENT(jlong, Buffer, sixteenth)(int a)", "sixteenth", "jlong"),
    ],
)
def test_a_macro_in_the_head_does_not_hide_the_function(head, name, returns):
    source = f"int before(void) {BODY}\n{head}\n{BODY}\nint after(void) {BODY}"
    prepared, facts = read(C, source)
    found = {one.name: one for one in facts.functions}
    assert set(found) == {"before", name, "after"}
    assert found[name].return_type == returns
    assert found[name].parameters == (Parameter("int", "a"),)
    assert facts.coverage.unread_bytes == 0
    assert len(prepared.text) == len(source)


def test_a_function_made_by_a_macro_says_so():
    found = functions(C, f"IMPLEMENT(jlong, Buffer, address)(ENV, jobject o)\n{BODY}")
    assert found["address"].annotations == ("IMPLEMENT(jlong, Buffer, address)",)


def test_a_masked_alias_of_static_keeps_the_function_hidden():
    found = functions(C, f"local int hidden(int a)\n{BODY}\nint LIB_CALL open_one(int a)\n{BODY}")
    assert not found["hidden"].is_exported
    assert found["open_one"].is_exported


def test_macros_are_learnt_from_the_file():
    source = f"#define api __declspec(dllexport)\n#define nothing\nint x;\napi int nothing f(int a) {BODY}"
    prepared, facts = read(C, source)
    assert [one.name for one in facts.functions] == ["f"]
    assert facts.coverage.unread_bytes == 0
    assert prepared.masked_bytes >= len("api") + len("nothing")


def test_code_that_parses_is_not_touched():
    source = f"BOOL f(FILE *a) {BODY}".encode()
    prepared = support(C).prepare(source)
    assert prepared.text == source
    assert prepared.masked_bytes == 0
    assert prepared.degraded == ()


@pytest.mark.parametrize("stars", ["*", "* *", "* LIB_CALL "])
def test_old_style_definitions(stars):
    source = f"""const char {stars}find(list, n, table)
    struct node *list;
    int n;
    unsigned table[][4];
{BODY}
local int plain(a) int a; {{ return a; }}
int after(void) {BODY}"""
    found = functions(C, source)
    assert set(found) == {"find", "plain", "after"}
    assert found["find"].parameters == (
        Parameter("struct node *", "list"),
        Parameter("int", "n"),
        Parameter("unsigned [][4]", "table"),
    )
    assert found["find"].return_type.replace(" ", "") == "constchar" + "*" * stars.count("*")
    assert not found["plain"].is_exported


def test_code_under_if_0_is_no_code():
    source = f"#if 0\nint dead(void) {BODY}\nit's not C\n#if 1\n#endif\n#else\nint live(void) {BODY}\n#endif\n"
    prepared, facts = read(C, source)
    assert [one.name for one in facts.functions] == ["live"]
    assert facts.sloc == 6
    assert facts.coverage.unread_bytes == 0
    assert prepared.degraded == ()


def test_a_conditional_that_splits_a_statement_keeps_its_first_arm():
    source = f"""int f(int a)
{{
  if(a &&
#ifdef WIDE
     wide(a)) {{
#else
     narrow(a)) {{
#endif
    g();
  }}
  return 0;
}}
int after(void) {BODY}"""
    prepared, facts = read(C, source)
    assert [one.name for one in facts.functions] == ["f", "after"]
    assert {one.callee for one in facts.calls} == {"wide", "g"}
    assert DegradeReason.CONDITIONAL_ARM_NOT_READ not in reasons(prepared)
    assert facts.coverage.unread_bytes == 0
    (other,) = prepared.others
    assert [source[slice(*span)].strip() for span in other.reads] == ["narrow(a)) {"]


def test_two_heads_for_one_body():
    source = f"int ok;\n#ifdef WIDE\nint wide_main(int a)\n#else\nint main(void)\n#endif\n{BODY}int after(void) {BODY}"
    prepared, facts = read(C, source)
    assert [one.name for one in facts.functions] == ["wide_main", "after"]
    assert reasons(prepared) == set()
    assert [one.name for one in all_facts(C, source).functions] == ["wide_main", "main", "after"]


def test_arms_are_chosen_alike_for_the_same_condition():
    source = f"""int f(int a)
{{
#ifndef SMALL
  if(a) {{
#endif
    g();
#ifdef SMALL
  }}}}
#else
  }}
#endif
  return 0;
}}
int after(void) {BODY}"""
    _, facts = read(C, source)
    assert [one.name for one in facts.functions] == ["f", "after"]


def test_both_arms_of_whole_statements_are_read():
    source = "void f(void) {\n#ifdef A\n  a();\n#else\n  b();\n#endif\n}\n"
    prepared, facts = read(C, source)
    assert {one.callee for one in facts.calls} == {"a", "b"}
    assert prepared.degraded == ()


def test_all_elements_of_a_list_are_kept():
    source = (
        f"int t[] = {{ one(1),\n#ifdef A\n two(2),\n#else\n three(3),\n#endif\n four(4) }};\nLIB int f(void) {BODY}"
    )
    prepared, facts = read(C, source)
    assert {one.callee for one in facts.calls} == {"one", "two", "three", "four"}
    assert DegradeReason.CONDITIONAL_ARM_NOT_READ not in reasons(prepared)


def test_code_for_cpp_in_a_c_header_is_no_c():
    source = '#ifdef __cplusplus\nextern "C" {\n#endif\nLIB_EXPORT int f(int a);\n#ifdef __cplusplus\n}\ntemplate <class T> T g(T a);\n#endif\n'
    prepared, facts = read(C, source)
    assert [one.name for one in facts.declarations] == ["f"]
    assert facts.coverage.unread_bytes == 0
    assert prepared.unread == ()


def test_macro_calls_without_semicolon():
    source = f"void f(int a, int b)\n{{\n  UNUSED(a)\n  UNUSED(b)\n  g();\n}}\nLIB int after(void) {BODY}"
    _, facts = read(C, source)
    assert [one.name for one in facts.functions] == ["f", "after"]
    assert facts.coverage.unread_bytes == 0


def test_one_odd_construct_does_not_hide_the_file():
    rows = "\n".join(f"  {{ ENTRY(name{index}, (Lx/y;)J, Klass) }}," for index in range(40))
    many = "\n".join(
        f"CALL(int, K, f{index})(int a) {{\n  TYPE_OF(X) *c = J2P(a, thing_t *);\n  return g(a);\n}}"
        for index in range(60)
    )
    source = f"{many}\nstatic const method table[] = {{\n{rows}\n}};\nint after(void) {BODY}"
    prepared, facts = read(C, source)
    assert {f"f{index}" for index in range(60)} | {"after"} == {one.name for one in facts.functions}
    assert facts.coverage.share_read > 0.6
    assert DegradeReason.PARSE_ERRORS in reasons(prepared)


def test_attributes_of_cpp_classes_methods_and_members():
    source = """namespace db {
class DB_EXPORT Table : public Base {
 public:
  bool Insert(const std::string& name) LOCKS_EXCLUDED(mu_) { return true; }
  NO_RETURN ~Table() { abort(); }
 private:
  std::set<std::string> files_ GUARDED_BY(mu_);
};
Env* Env::Default() { return 0; }
}
DEFINE_FLAG(int, size, 1 << 10, "text");
"""
    _, facts = read(CPP, source)
    assert [one.qualified_name for one in facts.functions] == [
        "db::Table::Insert",
        "db::Table::~Table",
        "db::Env::Default",
    ]
    assert [(one.name, one.supertypes) for one in facts.types] == [("Table", ("Base",))]
    assert facts.functions[2].return_type == "Env*"
    assert facts.coverage.unread_bytes == 0
