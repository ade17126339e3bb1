"""The public API of a library is part of its border although nobody in the repository calls it."""

from __future__ import annotations

import pytest
from msgspec import structs

from plan_world import World, function, signal
from rustplan.model.code_graph import EdgeKind
from rustplan.model.facts import Declaration, TypeDeclaration
from rustplan.model.roadmap import Direction
from rustplan.model.source import Language, Role

BEYOND = "outside this repository"


def library(header="codec.h", *, offered=("codec_open", "codec_read"), **more):
    """A library with two functions that nobody calls, declared in a header, and a static one."""
    functions = [function(name, line=1 + 40 * place, types=("char *", "size_t")) for place, name in enumerate(offered)]
    functions.append(function("helper", line=400, is_exported=False))
    world = World().file("lib/codec.c", functions=functions)
    names = (*offered, "helper", "elsewhere")
    declarations = tuple(Declaration(name, place) for place, name in enumerate(names))
    return world.file(header, component="lib", sloc=40, declarations=declarations, **more)


def public(boundary):
    return [crossing.symbol for crossing in boundary.crossings if crossing.other == BEYOND]


def test_functions_declared_below_an_include_folder_are_crossings():
    boundary = library("include/codec.h").step("lib").boundary
    assert public(boundary) == ["codec_open", "codec_read"]
    assert {(item.direction, item.uses, item.shape) for item in boundary.crossings} >= {
        (Direction.INBOUND, 0, "pointer-length")
    }
    assert boundary.mechanism == "c-abi"
    assert "Public API: 2 functions declared in include/codec.h, below a folder `include`." in boundary.because


def test_they_enter_the_effort():
    with_api, without = library("include/codec.h").step("lib"), library().step("lib")
    assert with_api.boundary.hours > without.boundary.hours == 0
    assert with_api.effort.p50 > without.effort.p50


@pytest.mark.parametrize("role", [Role.EXAMPLE, Role.TEST])
def test_a_header_that_tests_or_examples_include_is_public_when_nobody_inside_calls_it(role):
    world = library().file("demo/d.c", role=role).edge("demo/d.c", "codec.h", "codec.h", kind=EdgeKind.INCLUDE)
    boundary = world.step("lib").boundary
    assert public(boundary) == ["codec_open", "codec_read"]
    assert f"which {role.value}s include" in boundary.because


def test_an_internal_header_that_tests_include_is_not_public():
    world = library().file("demo/d.c", role=Role.TEST).edge("demo/d.c", "codec.h", "codec.h", kind=EdgeKind.INCLUDE)
    world.file("lib/user.c")
    for name in ("codec_open", "codec_read"):
        world.edge("lib/user.c", "lib/codec.c", name)
    assert public(world.step("lib").boundary) == []


def test_the_c_abi_seam_marks_a_header():
    boundary = library(findings=[signal("codec.h", rule="exported-c-abi")]).step("lib").boundary
    assert public(boundary) == ["codec_open", "codec_read"]
    assert 'as `extern "C"`' in boundary.because


def test_a_private_folder_below_include_is_private():
    assert public(library("include/codec/internal/codec.h").step("lib").boundary) == []


def test_what_another_component_calls_is_counted_once():
    world = library("include/codec/codec.h").file("app/main.c").edge("app/main.c", "lib/codec.c", "codec_open", count=3)
    world.define("lib/codec.c", "codec_open", types=("char *", "size_t"), line=1)
    boundary = world.step("lib").boundary
    assert [(item.symbol, item.other, item.uses) for item in boundary.crossings] == [
        ("codec_open", "app", 3),
        ("codec_read", BEYOND, 0),
    ]
    assert "2 functions declared" in boundary.because


def test_a_method_counts_only_with_its_class():
    def step(types):
        method = structs.replace(function("Put", container="Store"), qualified_name="Store::Put")
        world = World().file("lib/a.cc", language=Language.CPP, functions=[method])
        world.file(
            "include/lib/a.h", component="lib", language=Language.CPP, sloc=20,
            declarations=(Declaration("Put", 3),), types=types,
        )  # fmt: skip
        return world.step("lib")

    assert public(step((TypeDeclaration(name="Store", kind="class", line=1),)).boundary) == ["Put"]
    assert public(step(()).boundary) == []


def test_where_nothing_can_be_told_the_plan_says_so():
    step = library().step("lib")
    assert "Public API not counted" in step.boundary.because
    assert "Public API not counted" in step.case_against


def test_a_program_has_no_public_api():
    step = library().file("lib/main.c", functions=[function("main")]).step("lib")
    assert "Public API" not in step.boundary.because
