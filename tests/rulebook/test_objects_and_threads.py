"""Rules on moved objects, views, iterators, locks and threads: evidence, neighbouring cases, hostile input."""

from __future__ import annotations

from functools import cache

import pytest

from rustplan.model.finding import Confidence, Finding
from rustplan.model.source import Language, Role
from rustplan.rulebook import load_rules
from rustplan.rulebook.rule import bind
from rustplan.scan.file import Scanner

OURS = (
    "dangling-view",
    "escaping-reference-capture",
    "iterator-invalidation",
    "missing-copy-control",
    "non-virtual-destructor",
    "raw-memory-on-object",
    "smart-pointer-misuse",
    "thread-argument-lifetime",
    "unbalanced-lock",
    "unlocked-shared-write",
    "unsafe-signal-handler",
    "use-after-move",
)
RULES = {rule.id: rule for rule in load_rules().rules if rule.id in OURS}


@cache
def scanner(*rules: str) -> Scanner:
    return Scanner(bind(tuple(RULES[rule] for rule in rules)))


def find(rule: str, code: str, language: Language = Language.CPP, path: str = "src/x.cc") -> tuple[Finding, ...]:
    return scanner(rule).scan_bytes(path, Role.SOURCE, language, code.encode()).findings


def lines(rule: str, code: str, language: Language = Language.CPP) -> list[int]:
    return [finding.line for finding in find(rule, code, language)]


def test_a_lock_left_held_tells_where_it_was_taken() -> None:
    code = "int f(struct s *p) {\n  pthread_mutex_lock(&p->m);\n  if (p->n)\n    return 1;\n  pthread_mutex_unlock(&p->m);\n  return 0;\n}\n"
    (finding,) = find("unbalanced-lock", code, Language.C)
    assert (finding.line, finding.cwe, finding.confidence) == (4, 667, Confidence.MEDIUM)
    assert [(one.line, one.message) for one in finding.related] == [(2, "p->m is taken here")]


def test_a_moved_variable_tells_where_it_was_moved_from() -> None:
    code = "int f(std::string s) {\n  keep(std::move(s));\n  return s.size();\n}\n"
    (finding,) = find("use-after-move", code)
    assert [(one.line, one.message) for one in finding.related] == [(2, "s is moved from here")]


def test_a_kept_iterator_tells_where_it_was_taken_and_what_changed() -> None:
    code = "int f(std::vector<int> &v) {\n  auto it = v.begin();\n  v.push_back(1);\n  return *it;\n}\n"
    (finding,) = find("iterator-invalidation", code)
    assert [one.line for one in finding.related] == [2, 3]
    assert finding.line == 4


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ("lock(&p->m); while (more(p)) { if (bad(p)) return; } unlock(&p->m);", True),
        ("lock(&p->m); while (more(p)) { if (bad(p)) break; } unlock(&p->m);", False),
        ("lock(&p->m); switch (p->n) { case 1: return; default: break; } unlock(&p->m);", True),
        ("lock(&p->m); if (bad(p)) abort(); unlock(&p->m);", False),
        ("lock(&p->m); if (bad(p)) { release_all(p); return; } unlock(&p->m);", False),
        ("lock(&p->m); p = p->next; unlock(&p->m); if (bad(p)) return; unlock(&p->m);", True),
        ("lock(&p->m); for (;;) { if (bad(p)) goto out; step(p); } out: unlock(&p->m);", False),
        ("if (p->mt) lock(&p->m); step(p); if (p->mt) unlock(&p->m);", False),
        ("lock(&p->m); lock(&p->next->m); unlock(&p->next->m); unlock(&p->m);", False),
        ("lock(&p->m); pthread_cond_wait(&p->c, &p->m); if (bad(p)) return; unlock(&p->m);", True),
    ],
)
def test_locks_on_the_paths_of_a_function(body: str, at: bool) -> None:
    text = (
        body.replace("unlock(", "pthread_mutex_UN(").replace("lock(", "pthread_mutex_lock(").replace("_UN(", "_unlock(")
    )
    assert bool(lines("unbalanced-lock", f"void f(struct s *p) {{ {text} }}", Language.C)) is at


def test_a_local_mutex_must_be_given_back_whatever_the_function_is_called() -> None:
    code = (
        "void lock_once(void) {\n  pthread_mutex_t m;\n  pthread_mutex_init(&m, NULL);\n  pthread_mutex_lock(&m);\n}\n"
    )
    assert lines("unbalanced-lock", code, Language.C) == [4]
    assert (
        lines("unbalanced-lock", code.replace("  pthread_mutex_t m;", "  static pthread_mutex_t m;"), Language.C) == []
    )


@pytest.mark.parametrize(
    ("body", "is_used"),
    [
        ("keep(std::move(s)); s = next(); print(s.size());", False),
        ("keep(std::move(s)); s.clear(); print(s.size());", False),
        ("keep(std::move(s)); refill(&s); print(s.size());", False),
        ("keep(std::move(s)); refill(s); print(s.size());", False),
        ("keep(std::move(s)); EXPECT_EQ(s.size(), 0);", False),
        ("keep(std::move(s)); print(sizeof(s));", False),
        ("keep(std::move(s)); std::cout << s;", True),
        ("keep(std::move(s)); auto copy = s;", True),
        ("keep(std::move(s)); for (char c : s) print(c);", True),
        ("if (a) keep(std::move(s)); else print(s.size());", False),
        ("if (a) keep(std::move(s)); if (!a) print(s.size());", False),
        ("while (more()) keep(std::move(s));", True),
        ("while (more()) { keep(std::move(s)); break; }", False),
        ("while (more()) { std::string s = next(); keep(std::move(s)); }", False),
        ("s = trimmed(std::move(s)); print(s.size());", False),
        ("auto &&same = std::move(s); print(s.size());", False),
        ("a ? keep(std::move(s)) : drop(); print(s.size());", False),
    ],
)
def test_uses_after_a_move(body: str, is_used: bool) -> None:
    assert bool(lines("use-after-move", f"void f(std::string s, int a) {{ {body} }}")) is is_used


@pytest.mark.parametrize(
    ("declared", "body", "is_bad"),
    [
        ("std::vector<int> &v", "for (int x : v) if (x) v.clear();", True),
        ("std::vector<int> &v", "for (int x : v) if (x) { v.clear(); return; }", False),
        ("std::set<int> &v", "for (int x : v) v.erase(x);", True),
        ("std::set<int> &v", "for (int x : v) v.insert(x + 1);", False),
        ("std::list<int> &v", "for (int x : v) v.push_back(x);", False),
        ("std::unordered_map<int, int> &v", "for (auto &x : v) v.emplace(x.second, 1);", True),
        ("Bag &v", "for (int x : v) v.push_back(x);", False),
        ("std::vector<int> &v", "auto it = v.begin(); it = v.insert(it, 1); use(*it);", False),
        ("std::vector<int> &v", "int x = v.back(); v.pop_back(); use(x);", False),
        ("std::vector<int> &v", "int &x = v.back(); v.pop_back(); use(x);", True),
        ("std::deque<int> &v", "int &x = v.back(); v.push_back(1); use(x);", False),
        ("std::deque<int> &v", "auto it = v.begin(); v.push_back(1); use(*it);", True),
        ("std::map<int, int> &v", "auto it = v.find(1); v.erase(2); use(it->second);", False),
        ("std::map<int, int> &v", "auto it = v.find(1); v.erase(it); use(it->second);", True),
        ("std::string &v", "size_t at = v.find('='); v.append(1, ';'); use(at);", False),
        ("std::vector<Node *> &v", "Node *x = *v.begin(); v.erase(v.begin()); use(x);", False),
    ],
)
def test_containers_that_change_under_what_is_kept(declared: str, body: str, is_bad: bool) -> None:
    assert bool(lines("iterator-invalidation", f"void f({declared}) {{ {body} }}")) is is_bad


def test_lambdas_that_a_local_pool_runs_do_not_escape() -> None:
    code = "void f() {{\n  int n = 0;\n  {} pool(4);\n  pool.Schedule([&] {{ n++; }});\n}}\n"
    assert lines("escaping-reference-capture", code.format("ThreadPool")) == []
    assert lines("escaping-reference-capture", code.format("ThreadPool &")) == [4]


@pytest.mark.parametrize("rule", OURS)
@pytest.mark.parametrize(
    "code",
    [
        "",
        "void f(",
        "class A { virtual",
        "void f() { std::move( }",
        "void f() { std::move(); pthread_mutex_lock(); signal(1); pthread_create(); memset(); malloc(); }",
        "void f() { m.lock(); " + "if (a) {" * 300 + "m.unlock();" + "}" * 300 + "}",
        "void f(std::string s) { " + "g(" * 400 + "std::move(s)" + ")" * 400 + "; s.size(); }",
        "struct A : B<C<D>> { ~A(); " + "int *p; " * 900 + "}; struct A {}; A::~A() { delete p; }",
        "class A : A { virtual void f(); }; class B : C { }; class C : B { virtual int g(); }; void h(A *a, C *c) { delete a; delete c; }",
        "void f() { for (auto [a, b] : m) for (;;) m.erase(a); auto *p = &v[0]; auto &r = v[v[v[0]]]; }",
        "auto x = [&] { return [&] { return [=, this, &y, z = std::move(z)] {}; }; };",
        "std::thread t; int g; void w() { g++; } void f() { std::thread(w).detach(); std::thread a(w), b{w}; }",
    ],
)
def test_odd_code_is_survived(rule: str, code: str) -> None:
    for language in RULES[rule].languages:
        assert find(rule, code, language) == find(rule, code, language)
