from language_facts import facts, functions, read
from rustplan.model.facts import Declaration, FunctionKind, Parameter
from rustplan.model.source import Language

CPP = Language.CPP


def test_names_carry_namespaces_and_classes():
    source = """
namespace outer { namespace inner {
class Table {
 public:
  explicit Table(int n) : n_(n) {}
  ~Table() { close(); }
  bool empty() const { return n_ == 0; }
  class Row { int width() { return 1; } };
 private:
  int n_;
};
int helper(int a) { return a; }
}}
namespace a::b { void deep() {} }
"""
    found = functions(CPP, source)
    assert set(found) == {
        "outer::inner::Table::Table",
        "outer::inner::Table::~Table",
        "outer::inner::Table::empty",
        "outer::inner::Table::Row::width",
        "outer::inner::helper",
        "a::b::deep",
    }
    kinds = {name.rpartition("::")[2]: one.kind for name, one in found.items()}
    assert kinds["Table"] is FunctionKind.CONSTRUCTOR
    assert kinds["~Table"] is FunctionKind.DESTRUCTOR
    assert kinds["empty"] is FunctionKind.METHOD
    assert kinds["helper"] is FunctionKind.FUNCTION
    assert found["outer::inner::Table::Row::width"].container == "outer::inner::Table::Row"
    assert found["outer::inner::helper"].container == ""


def test_definitions_outside_their_class():
    source = """
namespace db {
Table::Table(int n) : n_(n) {}
Table::~Table() {}
Status Table<T>::Get(const Slice& key, std::string* value = nullptr) const { return Status(); }
bool Table::operator==(const Table& other) const { return true; }
Table::operator bool() const { return true; }
}
int db::free_one() { return 1; }
"""
    found = functions(CPP, source)
    assert set(found) == {
        "db::Table::Table",
        "db::Table::~Table",
        "db::Table::Get",
        "db::Table::operator==",
        "db::Table::operator bool",
        "db::free_one",
    }
    get = found["db::Table::Get"]
    assert get.parameters == (Parameter("const Slice&", "key"), Parameter("std::string*", "value"))
    assert (get.return_type, get.container, get.name) == ("Status", "db::Table", "Get")
    assert found["db::free_one"].kind is FunctionKind.FUNCTION


def test_operators_by_name():
    source = """struct V {
  V operator+(const V& o) const { return o; }
  int operator [] (int i) { return i; }
  void operator()() {}
  static void* operator new(size_t n) { return 0; }
};
std::ostream& operator<<(std::ostream& o, const V& v) { return o; }
"""
    assert {one.name for one in facts(CPP, source).functions} == {
        "operator+",
        "operator[]",
        "operator()",
        "operator new",
        "operator<<",
    }


def test_templates_linkage_virtual_and_visibility():
    source = """
template <typename T> T largest(T a, T b) { return a > b ? a : b; }
template <class K> class Map { public: int size() { return 0; } };
extern "C" { int from_c(int a) { return a; } }
extern "C" int one_from_c() { return 1; }
namespace { int hidden() { return 1; } }
static int also_hidden() { return 2; }
class Base { virtual void act() {} void plain() {} };
class Derived : public Base, private ns::Other<int> { void act() override {} static int count() { return 1; } };
auto trailing(int a) -> std::vector<int> { return {}; }
"""
    found = {one.name + "@" + one.container: one for one in facts(CPP, source).functions}
    assert found["largest@"].is_template
    assert found["size@Map"].is_template
    assert not found["from_c@"].is_template
    assert found["from_c@"].is_c_linkage
    assert found["one_from_c@"].is_c_linkage
    assert not found["hidden@"].is_exported
    assert not found["also_hidden@"].is_exported
    assert found["count@Derived"].is_exported
    assert found["act@Base"].is_virtual
    assert found["act@Derived"].is_virtual
    assert not found["plain@Base"].is_virtual
    assert found["trailing@"].return_type == "std::vector<int>"
    bases = {one.name: one.supertypes for one in facts(CPP, source).types}
    assert bases["Derived"] == ("Base", "ns::Other<int>")


def test_calls_of_all_shapes():
    source = """void f(Table* t) {
  plain(1);
  ns::Class<int>::make<T>(1, 2);
  t->get()->put("k");
  std::make_unique<Row>(3);
  auto* r = new ns::Row(1, 2);
  auto* e = new Row;
  for (auto& x : rows()) { std::for_each(a, b, [&](int y) { inside(y); }); }
}
"""
    found = {one.callee: one for one in facts(CPP, source).calls}
    assert found["plain"].qualifier == ""
    assert (found["make"].qualifier, found["make"].arguments) == ("ns::Class", 2)
    assert found["put"].qualifier == "t->get()"
    assert found["make_unique"].qualifier == "std"
    assert found["Row"].qualifier == "new"
    assert (found["inside"].function, found["inside"].loop_depth) == (0, 1)
    assert all(one.function == 0 for one in found.values())


def test_declarations_and_static_members():
    source = """class A {
 public:
  A();
  ~A();
  A(const A&) = delete;
  virtual int pure(int a) = 0;
  const B& ref() const;
  static int count;
  int field;
};
int A::count = 3;
int outside(int a);
const int kLimit = 4;
constexpr char kName[] = "x";
"""
    found = facts(CPP, source)
    assert {(one.name, one.line) for one in found.declarations} == {
        ("A", 3),
        ("~A", 4),
        ("A", 5),
        ("pure", 6),
        ("ref", 7),
        ("outside", 12),
    }
    assert found.functions == ()
    globals_ = {one.name: one for one in found.globals}
    assert set(globals_) == {"count", "A::count", "kLimit", "kName"}
    assert globals_["count"].is_static
    assert globals_["kLimit"].is_const
    assert globals_["kName"].is_const
    assert Declaration("outside", 12) in found.declarations


def test_complexity_counts_decisions_not_references():
    source = """int f(std::string&& a, T&& b) {
  try { if (a && b || c) return 1; } catch (const E& e) { return e ? 1 : 2; }
  for (auto&& x : a) { while (x) { } }
  return 0;
}
"""
    one = functions(CPP, source)["f"]
    assert one.complexity == 1 + 1 + 2 + 1 + 1 + 2
    assert one.loop_depth == 2


def test_a_method_of_a_local_class_counts_for_itself():
    source = "void f() { struct L { int g(int a) { if (a) h(); return a; } }; if (x) { } }"
    found = functions(CPP, source)
    assert found["f"].complexity == 2
    assert found["L::g"].complexity == 2
    assert facts(CPP, source).calls[0].function == 1


def test_raw_strings_and_digit_separators_are_no_code():
    source = (
        "const char* s = R\"x(if (a) { )\" // not a comment\n)x\";\nint n = 1'000'000; int f() { return n; } // it's\n"
    )
    prepared, found = read(CPP, source)
    assert b"if" not in prepared.code
    assert [one.name for one in found.functions] == ["f"]
    assert prepared.comments == (source.index("// it"),)
