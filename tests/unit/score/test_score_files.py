"""The file ranking: the measured formula with fixed anchors."""

from __future__ import annotations

import pytest

from plan_world import World, defect, function, signal
from rustplan.catalog import load_anchors
from rustplan.model.source import Language, Role
from rustplan.score.file_measures import LONG_FUNCTION_LINES


def row(world, path):
    return next(file for file in world.score().files if file.path == path)


def average(path, sloc):
    """A file as average reference code is, but for findings."""
    anchors = load_anchors().files
    means = {name: round(anchor.mean * sloc) for name, anchor in (anchors.measures | anchors.shape).items()}
    long = function("f", sloc=means["long_functions"] + LONG_FUNCTION_LINES)
    return {
        "path": path,
        "sloc": sloc,
        "raw": means["raw_memory"],
        "length": means["length_words"],
        "functions": [long],
    }


def test_reference_density_is_one_and_risk_grows_with_size():
    world = World().file(**average("c/a.c", 10_000)).file(**average("c/b.c", 20_000))
    assert row(world, "c/a.c").risk_per_line == pytest.approx(1.0)
    assert row(world, "c/a.c").risk == pytest.approx(10_000)
    assert row(world, "c/b.c").risk == pytest.approx(20_000)


def test_the_formula_is_the_published_one():
    files = load_anchors().files
    found = [defect("c/a.c"), defect("c/a.c", 11), signal("c/a.c", rule="parses-file-format")]
    counts = {"length_words": 50, "raw_memory": 90, "long_functions": 20, "defects": 2, "parses-file-format": 1}
    expected = 1.0
    for name, anchor in (files.measures | files.shape).items():
        density = (counts[name] + files.prior_lines * anchor.mean) / (300 + files.prior_lines)
        expected *= (density / anchor.mean) ** anchor.weight
    for name, anchor in files.found.items():
        expected *= (1 + counts[name] / (300 + files.prior_lines) / anchor.one_in) ** anchor.weight
    world = World().file("c/a.c", sloc=300, length=50, raw=90, functions=[function("f", sloc=50)], findings=found)
    scored = row(world, "c/a.c")
    assert scored.spatial == scored.risk_per_line == pytest.approx(expected, abs=1e-6)
    assert scored.risk == pytest.approx(300 * expected**files.risk_exponent, abs=1e-3)


def test_small_files_are_pulled_towards_the_reference():
    small = row(World().file("c/a.c", sloc=5, length=50, raw=50), "c/a.c").risk_per_line
    large = row(World().file("c/a.c", sloc=5000, length=50_000, raw=50_000), "c/a.c").risk_per_line
    assert 1 < small < large


def test_only_c_and_cpp_of_role_source_are_scored_but_every_file_is_listed():
    world = World().file("c/a.c").file("c/t.c", role=Role.TEST).file("c/A.java", language=Language.JAVA)
    world.file("c/b.cc", language=Language.CPP)
    rows = {file.path: file.risk for file in world.score().files}
    assert list(rows) == sorted(rows)
    assert rows["c/t.c"] is None
    assert rows["c/A.java"] is None
    assert rows["c/a.c"] is not None
    assert rows["c/b.cc"] is not None


def test_another_file_does_not_move_a_file():
    alone = row(World().file("c/a.c"), "c/a.c")
    beside = row(World().file("c/a.c").file("d/huge.c", sloc=90_000, raw=90_000), "c/a.c")
    assert alone == beside
