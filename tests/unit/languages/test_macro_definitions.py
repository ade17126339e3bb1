import pytest

from language_facts import all_facts, read
from rustplan.model.facts import Parameter
from rustplan.model.source import Language

C, CPP = Language.C, Language.CPP


def test_system_calls_have_names_and_typed_parameters():
    source = """#include <linux/syscalls.h>

SYSCALL_DEFINE3(transfer, unsigned int, fd, const char __user *, from, size_t, count)
{
	if (count > LIMIT)
		return -EINVAL;
	return do_transfer(fd, from, count);
}

COMPAT_SYSCALL_DEFINE2(settle, struct old_time __user *, when, int, flags)
{
	return do_settle(when, flags);
}
"""
    prepared, facts = read(C, source)
    transfer, settle = facts.functions
    assert (transfer.name, transfer.start_line, transfer.end_line, transfer.return_type) == ("transfer", 3, 8, "")
    assert transfer.parameters == (
        Parameter("unsigned int", "fd"),
        Parameter("const char *", "from"),
        Parameter("size_t", "count"),
    )
    assert transfer.annotations == (
        "SYSCALL_DEFINE3(transfer, unsigned int, fd, const char __user *, from, size_t, count)",
    )
    assert settle.parameters == (Parameter("struct old_time *", "when"), Parameter("int", "flags"))
    assert [(one.callee, one.line, one.function) for one in facts.calls] == [
        ("do_transfer", 7, 0),
        ("do_settle", 12, 1),
    ]
    assert facts.coverage.unread_bytes == 0
    assert len(prepared.text) == len(source)
    assert prepared.original == source.encode()


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("SYSCALL_DEFINE0(pause)", "pause"),
        ("static DECLARE_CHECK(link_up)", "link_up"),
        ('DEFINE_HANDLER(on_key, 3, "key")', "on_key"),
        ("BPF_CALL_2(read_one, struct ring *, ring, u64, flags)", "read_one"),
        ('TASK_BODY("first", 1)', "TASK_BODY"),
    ],
)
def test_definitions_by_macro(head, name):
    source = f"int before(void)\n{{ return f(); }}\n\n{head}\n{{\n\tif (a)\n\t\tb();\n}}\nint after(char __user *p)\n{{ return 1; }}\n"
    _, facts = read(C, source)
    assert [one.name for one in facts.functions] == ["before", name, "after"]
    assert facts.functions[1].complexity == 2
    assert facts.coverage.unread_bytes == 0


def test_attributes_after_parameters_and_inside_them():
    source = """struct rq *task_lock(struct task *p, struct flags *rf)
	__acquires(p->lock)
	__acquires(rq->lock)
{
	return lock_of(p, rf);
}
static int copy_in(struct state __rcu *s, const void __user *from, long n)
{
	return fetch(s, from, n);
}
EXPORT_SYMBOL(task_lock)
EXPORT_SYMBOL_GPL(copy_in);
int last(void) { return 0; }
"""
    _, facts = read(C, source)
    assert [one.name for one in facts.functions] == ["task_lock", "copy_in", "last"]
    assert facts.functions[1].parameters[1] == Parameter("const void *", "from")
    assert facts.coverage.unread_bytes == 0


def test_a_loop_by_macro_without_braces_does_not_swallow_what_follows():
    source = """static unsigned long all_switches(void)
{
	unsigned long sum = 0;
	int i;

	for_each_possible_cpu(i)
		sum += cpu_rq(i)->switches;

	return sum;
}

unsigned int waiting(int cpu)
{
	return atomic_read(&cpu_rq(cpu)->waiting);
}
"""
    _, facts = read(C, source)
    assert [(one.name, one.end_line, one.loop_depth) for one in facts.functions] == [
        ("all_switches", 10, 1),
        ("waiting", 15, 0),
    ]
    assert facts.coverage.unread_bytes == 0


def test_directives_in_the_middle_of_a_definition():
    source = """static int
advance(struct stream *s, unsigned n)
#  define TOO_FAR (-1)
{
   if (s->used + n > s->size) return TOO_FAR;
   return 0;
}
int after(void) { return 1; }
"""
    _, facts = read(C, source)
    assert [one.name for one in facts.functions] == ["advance", "after"]
    assert [one.name for one in facts.macros] == ["TOO_FAR"]


@pytest.mark.parametrize(
    "source",
    [
        "if (a) { b(); }\nwhile (c) { d(); }\nint f(void) { return 1; }\n",
        "int f(void) {\n#if defined(A) {\n}\n#endif\n}}\nswitch (x) { case 1: g(); }\n",
        "FOO int f(void) {\n  if(a) {\n}\nfor (;;) { h(); }\nLIB sizeof(x) { }\nreturn (y) { }\n",
    ],
)
@pytest.mark.parametrize("language", [C, CPP])
def test_no_function_is_named_like_a_keyword(language, source):
    names = {one.name for one in all_facts(language, source).functions}
    assert names <= {"f"}


def test_functions_that_only_the_other_arm_has():
    source = """#ifdef UNICODE_MAIN
int wide_main(int argc, wchar_t **argv) {
  wide_setup(argc);
#else
static int check(const char *name) {
  return probe(name);
}
int plain_main(int argc, char **argv) {
  check(argv[0]);
  setup(argc);
#endif
  return run(argc);
}
int after(void) { return last(); }
"""
    prepared, first = read(C, source)
    assert [one.name for one in first.functions] == ["wide_main", "after"]
    assert prepared.degraded == ()
    facts = all_facts(C, source)
    assert [one.name for one in facts.functions] == ["wide_main", "check", "plain_main", "after"]
    calls = {(one.callee, facts.functions[one.function].name) for one in facts.calls}
    assert {
        ("wide_setup", "wide_main"),
        ("run", "wide_main"),
        ("probe", "check"),
        ("check", "plain_main"),
        ("setup", "plain_main"),
        ("last", "after"),
    } <= calls
    assert facts.coverage.unread_bytes == 0


def test_calls_of_another_arm_belong_to_the_function_they_stand_in():
    source = """int f(int a)
{
  if(a &&
#if defined(ONE)
     one(a)) {
#elif defined(TWO)
     two(a)) {
#else
     three(a)) {
#endif
    g();
  }
  return 0;
}
"""
    facts = all_facts(C, source)
    assert [one.name for one in facts.functions] == ["f"]
    assert sorted((one.callee, one.line, one.function) for one in facts.calls) == [
        ("g", 11, 0),
        ("one", 5, 0),
        ("three", 9, 0),
        ("two", 7, 0),
    ]
    assert facts.coverage.unread_bytes == 0


def test_dead_code_is_counted_and_no_risk():
    source = "#if 0\nint dead(char *p) { return gets(p) != 0; }\n#endif\nint live(void) { return 1; }\n"
    _, facts = read(C, source)
    assert facts.coverage.dead_bytes == len("int dead(char *p) { return gets(p) != 0; }\n")
    assert (facts.coverage.unread_bytes, facts.coverage.error_bytes) == (0, 0)
    assert facts.calls == ()


def test_the_other_arms_of_a_condition_that_always_holds_are_dead():
    source = """#if 1
int used(void) { return 1; }
#elif defined(OLD)
int old(char *p) { return gets(p) != 0; }
#else
int older(void) { return 2; }
#endif
#ifdef NEW
int new_one(void) { return 3; }
#else
int old_one(void) { return 4; }
#endif
"""
    _, facts = read(C, source)
    assert [one.name for one in facts.functions] == ["used", "new_one", "old_one"]
    assert facts.coverage.dead_bytes == source.index("#endif") - source.index("int old(")


def test_unparsed_code_lowers_coverage_only():
    _, facts = read(C, "int f(void) { return 1; }\n@ $ ` strcpy(a b c d $ @ e\n")
    assert facts.coverage.error_bytes > 0
    assert facts.coverage.share_read < 1
    assert facts.calls == ()
