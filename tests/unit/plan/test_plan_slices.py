"""First slices: of the size of one change, with a small border, a test above, and the work in order."""

from __future__ import annotations

import pytest

from plan_world import World, function, risky_findings
from rustplan.catalog import load_effort
from rustplan.model.facts import Call
from rustplan.model.roadmap import Option
from rustplan.model.source import Role

LIMITS = load_effort().slices


def chain(prefix, number, *, sloc=50, start=1, **more):
    """Functions in which each calls the next."""
    return [function(f"{prefix}{index}", line=start + index * 60, sloc=sloc, **more) for index in range(number)]


def calls(names):
    """Each function of a file calls the one after it."""
    return [Call(callee=name, line=2, function=index) for index, name in enumerate(names[1:])]


def world(*, tested=True, files=None):
    made = World()
    files = files or {"lib/a.c": chain("a", 12), "lib/b.c": chain("b", 30)}
    for path, functions in files.items():
        sloc = sum(item.sloc for item in functions) + 20
        made.file(
            path,
            component="lib",
            sloc=sloc,
            raw=sloc // 5,
            findings=risky_findings(path),
            functions=functions,
            calls=calls([item.name for item in functions]),
        )
    if tested:
        made.file(
            "tests/t.c",
            component="lib",
            role=Role.TEST,
            functions=[function("t")],
            calls=[Call(callee="a0", line=3, function=0)],
        )
    made.file("app/main.c", component="app", sloc=400)
    return made


def slices_of(made):
    roadmap = made.plan()
    assert roadmap.slices, [step.choice for step in roadmap.steps]
    return roadmap.slices


def test_a_slice_has_the_size_of_one_change():
    for one in slices_of(world()):
        assert LIMITS.least_lines <= one.lines <= LIMITS.most_lines
        assert one.lines == sum(part.lines for part in one.parts)


def test_the_first_slice_has_a_test_above_it_when_there_is_one():
    first = slices_of(world())[0]
    assert first.tests == ("tests/t.c",)
    assert {part.path for part in first.parts} == {"lib/a.c"}
    assert "1 test file reaches it by calls" in first.because


def test_what_is_called_comes_before_its_callers():
    first = slices_of(world())[0]
    order = [part.symbol for part in first.parts]
    numbers = [int(name[1:]) for name in order]
    assert numbers == sorted(numbers, reverse=True)


def test_slices_never_share_a_function():
    parts = [(part.path, part.symbol) for one in slices_of(world()) for part in one.parts]
    assert len(parts) == len(set(parts))


def test_a_component_that_fits_into_one_change_is_one_slice():
    made = world(files={"lib/a.c": chain("a", 20)})
    (one,) = slices_of(made)
    assert "all that is left of it fits into one change" in one.because
    assert len(one.parts) == 20


def test_callers_outside_make_an_entry():
    made = world(files={"lib/a.c": chain("a", 20)})
    made.define("lib/a.c", "a3", types=("int",)).edge("app/main.c", "lib/a.c", "a3", count=4)
    (one,) = slices_of(made)
    assert one.entries == ("a3",)
    assert [part.symbol for part in one.parts if part.is_entry] == ["a3"]
    assert one.entry_calls == 4


def test_a_slice_leaves_the_knot_and_takes_the_loose_end():
    """Thirty functions that all call each other cost more to cut than a chain beside them."""
    knot = chain("k", 40)
    loose = chain("a", 10)
    made = world(files={"lib/k.c": knot, "lib/a.c": loose})
    tangled = [
        Call(callee=f"k{other}", line=2, function=index) for index in range(40) for other in range(40) if other != index
    ]
    made.file(
        "lib/k.c",
        component="lib",
        sloc=2020,
        raw=400,
        findings=risky_findings("lib/k.c"),
        functions=knot,
        calls=tangled,
    )
    assert {part.path for part in slices_of(made)[0].parts} == {"lib/a.c"}


def test_without_tests_the_slice_says_so():
    made = world(tested=False)
    for one in made.plan().slices:
        assert one.tests == ()
        assert "write the parity test first" in one.because


def test_one_function_larger_than_a_change_is_not_hidden():
    made = world(files={"lib/a.c": chain("a", 3, sloc=1800)})
    found = made.plan().slices
    assert all(one.lines <= LIMITS.most_lines or "divide it first" in one.because for one in found)


def test_a_circle_of_calls_ends():
    made = world(files={"lib/a.c": chain("a", 8), "lib/b.c": chain("b", 40)})
    names = [f"a{index}" for index in range(8)]
    made.file(
        "lib/a.c", component="lib", sloc=420, raw=90, findings=risky_findings("lib/a.c"), functions=chain("a", 8),
        calls=[*calls(names), Call(callee="a0", line=9, function=7)],
    )  # fmt: skip
    first = slices_of(made)[0]
    assert len({part.symbol for part in first.parts}) == len(first.parts)


@pytest.mark.parametrize("static", [True, False])
def test_a_static_function_is_called_in_its_own_file_only(static):
    files = {"lib/a.c": chain("a", 12), "lib/b.c": [function("helper", sloc=400, is_exported=not static)]}
    made = world(files=files)
    made.files["lib/a.c"].facts.calls  # noqa: B018 - the calls stay those of the chain
    assert made.plan().slices


def test_only_ports_are_sliced():
    roadmap = world().plan()
    ported = {step.component for step in roadmap.steps if step.choice.option in (Option.REWRITE, Option.HARDEN)}
    assert {one.component for one in roadmap.slices} <= ported


def test_the_order_of_the_files_changes_nothing():
    made, shuffled = world(), world()
    shuffled.files = dict(sorted(shuffled.files.items(), reverse=True))
    assert made.plan().slices == shuffled.plan().slices


def test_what_is_called_through_a_pointer_is_an_entry():
    made = world(files={"lib/a.c": chain("a", 20)})
    functions = chain("a", 20)
    made.file(
        "lib/a.c", component="lib", sloc=1020, raw=200, findings=risky_findings("lib/a.c"), functions=functions,
        calls=calls([item.name for item in functions]), address_taken=("a7",),
    )  # fmt: skip
    (one,) = slices_of(made)
    assert "a7" in one.entries
