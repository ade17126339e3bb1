from rustplan.languages.types import LocalType, local_types
from rustplan.model.source import Language
from rustplan.syntax import QuerySet, parse


def types_of(source: bytes, language: Language = Language.C) -> dict[str, LocalType]:
    tree = parse(language, source)
    queries = QuerySet(language, {"f": "(function_definition) @f"})
    _, captures = next(queries.matches(tree.root_node))
    return dict(local_types(captures["f"][0], source))


def test_layers_are_read_from_the_name_outwards():
    found = types_of(
        b"void f(void) { char *a[4]; char (*b)[0x10]; int (*c)(int n); int d[2][SIZE]; const char *e = 0; }"
    )
    assert found["a"].layers == ("array", "pointer")
    assert found["a"].extents == (4,)
    assert found["a"].is_array
    assert found["b"].layers == ("pointer", "array")
    assert found["b"].extents == (16,)
    assert found["b"].is_pointer
    assert found["c"].is_function_pointer
    assert (found["d"].array, found["d"].extents) == (("2", "SIZE"), (2, None))
    assert (found["e"].type, found["e"].is_const, found["e"].has_initializer) == ("const char", True, True)
    assert "n" not in found


def test_parameters_say_that_they_are():
    found = types_of(b"static int f(struct s *p, char buf[64], unsigned  long n, int (*cb)(int inner)) { return 0; }")
    assert found["p"].type == "struct s"
    assert found["p"].pointer_depth == 1
    assert found["buf"].is_pointer
    assert not found["buf"].is_array
    assert found["n"] == LocalType(
        name="n", type="unsigned long", is_parameter=True, declared_at=found["n"].declared_at
    )
    assert found["cb"].is_function_pointer
    assert "inner" not in found


def test_old_style_parameters_take_the_type_declared_after_the_list():
    found = types_of(b"int f(a, b, c) char *a; unsigned c; { return 0; }")
    assert (found["a"].type, found["a"].is_pointer, found["a"].is_parameter) == ("char", True, True)
    assert found["b"].type == "int"
    assert found["c"].type == "unsigned"


def test_nested_blocks_loops_and_static_locals():
    found = types_of(
        b"int f(void) { static int s; if (1) { for (int i = 0; i < 3; i++) { char t[8]; } } else { switch (s) { case 1: { long u; } } } }"
    )
    assert found["s"].is_static
    assert found["i"].has_initializer
    assert found["t"].extents == (8,)
    assert found["u"].type == "long"


def test_a_name_with_two_different_types_is_unknown():
    found = types_of(b"void f(void) { { char a[4]; int same; } { char *a; int same; } }")
    assert "a" not in found
    assert found["same"].type == "int"


def test_cpp_references_range_loops_and_handlers():
    source = b"""void A::f(const std::string& a, T&& b) {
      for (auto &x : v) { }
      try { std::vector<int> w(3), z{1}; } catch (const E &e) { }
      if (int n = g()) { auto *p = new X; }
      int u = 1'000; char big[1'024u];
    }"""
    found = types_of(source, Language.CPP)
    assert found["a"].is_reference
    assert found["a"].type == "const std::string"
    assert found["b"].is_reference
    assert found["x"].is_reference
    assert found["w"].type == "std::vector<int>"
    assert found["z"].has_initializer
    assert found["e"].is_reference
    assert found["n"].has_initializer
    assert found["p"].is_pointer
    assert found["big"].extents == (1024,)


def test_a_local_struct_is_named_without_its_body():
    found = types_of(b"void f(void) { struct point { int x; } here; }")
    assert found["here"].type == "struct point"
    assert "x" not in found
