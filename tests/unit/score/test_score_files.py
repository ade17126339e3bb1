"""The file ranking: the measured formula with fixed anchors."""

from __future__ import annotations

import pytest

from plan_world import World
from rustplan.catalog import load_anchors
from rustplan.model.source import Language, Role


def row(world, path):
    return next(file for file in world.score().files if file.path == path)


def test_reference_density_is_one_and_risk_grows_with_size():
    means = {name: anchor.mean for name, anchor in load_anchors().files.measures.items()}
    raw, length = round(means["raw_memory"] * 10_000), round(means["length_words"] * 10_000)
    world = World().file("c/a.c", sloc=10_000, raw=raw, length=length)
    world.file("c/b.c", sloc=20_000, raw=2 * raw, length=2 * length)
    assert row(world, "c/a.c").risk_per_line == pytest.approx(1.0)
    assert row(world, "c/a.c").risk == pytest.approx(10_000)
    assert row(world, "c/b.c").risk == pytest.approx(20_000)


def test_the_formula_is_the_published_one():
    files = load_anchors().files
    expected = 1.0
    for name, count in (("length_words", 50), ("raw_memory", 90)):
        anchor = files.measures[name]
        density = (count + files.prior_lines * anchor.mean) / (300 + files.prior_lines)
        expected *= (density / anchor.mean) ** anchor.weight
    found = row(World().file("c/a.c", sloc=300, length=50, raw=90), "c/a.c")
    assert found.risk_per_line == pytest.approx(expected, abs=1e-6)
    assert found.risk == pytest.approx(expected * 300, abs=1e-3)


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
