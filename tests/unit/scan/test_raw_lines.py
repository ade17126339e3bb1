"""Which lines of a file the memory-safety track counts."""

from __future__ import annotations

import msgspec

from plan_world import World, defect, exposure, function, signal
from rustplan.model.finding import Track
from rustplan.model.source import Language


def raw(*findings, functions=(), language=Language.JAVA):
    world = World().file("a/A", language=language, sloc=500, functions=functions, findings=findings)
    return world.files["a/A"].raw_sloc


def nested():
    """A method of lines 10-60 with an anonymous class that has a method of lines 12-20."""
    outer, inner = function("p.A.start", line=10, sloc=40), function("p.A$1.run", line=12, sloc=6)
    return [msgspec.structs.replace(outer, end_line=60), msgspec.structs.replace(inner, end_line=20)]


def test_all_of_c_and_none_of_pure_java():
    assert raw(language=Language.C) == 500
    assert raw() == 0
    assert raw(signal("a/A", rule="gc-wording"), functions=[function("p.A.m")]) == 0
    assert raw(exposure("a/A", tracks=(Track.LATENCY,)), functions=[function("p.A.m", line=10)]) == 0


def test_a_function_counts_once_however_many_places_it_holds():
    found = [exposure("a/A", 12, lines=(12, 13, 19)), defect("a/A", 14)]
    assert raw(*found, functions=[function("p.A.m", line=10, sloc=9)]) == 9


def test_the_innermost_function_counts():
    assert raw(exposure("a/A", 13), functions=nested()) == 6
    assert raw(exposure("a/A", 40), functions=nested()) == 40
    assert raw(exposure("a/A", 13), exposure("a/A", 40), functions=nested()) == 40


def test_places_outside_of_functions_count_as_lines():
    assert raw(exposure("a/A", 3, lines=(3, 4)), exposure("a/A", 4), functions=[function("p.A.m", line=50)]) == 2
