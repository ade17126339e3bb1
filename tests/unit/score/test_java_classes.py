"""The order of classes, and of methods that a recording did not sample."""

from __future__ import annotations

import math

import pytest
from java_world import TABLE, allocation, candidates_of, heat_of, java_file

from rustplan.model.evidence import Evidence
from rustplan.model.profile import MeasuredMethod, Profile, ProfileKind
from rustplan.model.score import EvidenceLevel
from rustplan.score.java.classes import joined
from rustplan.score.java.nearness import nearest_first, signs_of_nearness

APPLICATION = """package p;
class App {
  public static void main(String[] a) { while (true) { new Codec().read(); new Log().write(); } }
}
class Codec {
  Object read() { return decode(); }
  Object decode() { return new Object[9]; }
  Object rare() { return new Object[9]; }
}
class Log {
  void write() { format(); flush(); }
  String format() { return new String("x"); }
  void flush() { Far.away(); }
}
class Far { static Object away() { return new Object[9]; } }
"""
NAMES = ("p.Codec.read", "p.Codec.decode", "p.Codec.rare", "p.Log.write", "p.Log.format", "p.Far.away")


def application():
    return java_file(APPLICATION, findings=tuple(allocation(name, 3 + place) for place, name in enumerate(NAMES)))


def recording(kind, values, events):
    total = float(sum(values.values()))
    methods = tuple(MeasuredMethod(name=key, path="src/A.java", line=1, value=value) for key, value in values.items())
    shared = {"name": "run.jfr", "format": "jfr", "unit": "bytes", "sha256": "0"}
    one = Profile(kind=kind, events=events, total=total, mapped=total, methods=methods, **shared)
    return Evidence(profiles=(one,))


def order(evidence):
    return [f"{one.class_name}.{one.method}" for one in candidates_of([application()], evidence).methods]


def test_first_in_both_orders_is_a_million_and_ties_share_a_rank():
    found = joined(({"a": 9.0, "b": 5.0, "c": 5.0}, {"a": 3.0, "b": 1.0, "c": 1.0}), 10.0)
    assert found["a"] == pytest.approx(1_000_000)
    assert found["b"] == found["c"] == pytest.approx(1_000_000 * 11 / 12)


def test_a_class_that_one_order_does_not_know_is_last_in_it():
    found = joined(({"a": 1.0, "b": 2.0, "c": 3.0}, {"a": 1.0}), 0.0)
    assert found["a"] == pytest.approx(1_000_000 / math.sqrt(3))
    assert found["b"] == pytest.approx(1_000_000 / math.sqrt(2 * 2))


def test_ranks_count_and_not_amounts():
    near = joined(({"a": 2.0, "b": 1.0}, {"a": 1.0, "b": 2.0}), 10.0)
    far = joined(({"a": 2.0, "b": 1.0}, {"a": 1.0, "b": 2e12}), 10.0)
    assert near == far


def test_more_code_and_more_heat_each_raise_a_class():
    lines = "\n".join(f"    x = {number};" for number in range(30))
    source = f"package p; class App {{ public static void main(String[] a) {{ new Big().go(); new Small().go(); }} }} class Big {{ int x; Object go() {{ {lines} return new Big(); }} }} class Small {{ Object go() {{ return new Small(); }} }}"
    classes = [one.class_name for one in candidates_of([java_file(source)]).classes]
    assert classes.index("p.Big") < classes.index("p.Small")


def test_a_list_of_compiled_methods_weighs_both_orders():
    names = [one.class_name for one in candidates_of([application()]).classes]
    compiled = recording(ProfileKind.COMPILED, {"p.Far.away": 4.0}, 1)
    found = candidates_of([application()], compiled).classes
    assert names[0] != "p.Far"
    assert found[0].class_name == "p.Far"
    assert found[0].level is EvidenceLevel.COMPILED


def test_signs_of_nearness_are_the_class_and_one_call():
    signs = signs_of_nearness(heat_of(APPLICATION), ["p.Codec.read"])
    assert signs["p.Codec.decode"] == 2
    assert signs["p.Codec.rare"] == 1
    assert signs["p.App.main"] == 1
    assert signs["p.Log.format"] == 0


def test_signs_decide_before_the_estimate():
    found = nearest_first({"near": 0.1, "far": 9.0, "far too": 3.0}, {"near": 1})
    assert sorted(found, key=found.__getitem__, reverse=True) == ["near", "far", "far too"]
    assert all(0 <= value <= 1 for value in found.values())


def test_unsampled_methods_follow_the_sampled_and_the_near_ones_come_first():
    found = order(recording(ProfileKind.ALLOCATION, {"p.Codec.read": 97.0, "p.Log.write": 3.0}, 1000))
    assert found[:2] == ["p.Codec.read", "p.Log.write"]
    assert set(found[2:4]) == {"p.Codec.decode", "p.Log.format"}
    assert found.index("p.Codec.rare") < found.index("p.Far.away")


@pytest.mark.parametrize("kind", [ProfileKind.ALLOCATION, ProfileKind.CPU])
@pytest.mark.parametrize("events", [1, 7, 100_000])
def test_what_was_sampled_keeps_its_share_whatever_else_there_is(kind, events):
    found = candidates_of([application()], recording(kind, {"p.Codec.decode": 3.0, "p.Log.format": 1.0}, events))
    scores = {f"{one.class_name}.{one.method}": one.score for one in found.methods}
    assert scores["p.Codec.decode"] == 750_000
    assert scores["p.Log.format"] == 250_000
    rest = [score for name, score in scores.items() if name not in ("p.Codec.decode", "p.Log.format")]
    assert rest
    assert 0 < max(rest) <= 125_000
    assert sum(rest) <= 1_000_000 * TABLE.prior_samples / max(2, events) * 1.001


def test_a_class_with_samples_has_the_sum_of_its_methods():
    found = candidates_of(
        [application()], recording(ProfileKind.ALLOCATION, {"p.Codec.decode": 3.0, "p.Log.format": 1.0}, 50)
    )
    codec = next(one for one in found.classes if one.class_name == "p.Codec")
    assert codec.score == pytest.approx(sum(one.score for one in found.methods if one.class_name == "p.Codec"))
    assert codec.share == 0.75


def test_processor_samples_order_what_no_allocation_sample_names():
    profiles = (
        *recording(ProfileKind.ALLOCATION, {"p.Codec.read": 1.0}, 10).profiles,
        *recording(ProfileKind.CPU, {"p.Far.away": 1.0}, 10).profiles,
    )
    found = order(Evidence(profiles=profiles))
    assert found[0] == "p.Codec.read"
    assert found.index("p.Far.away") < found.index("p.Log.format")
