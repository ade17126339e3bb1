"""Effort: the formula, its drivers, its limits and the sums."""

from __future__ import annotations

import math

import pytest

from plan_world import World, obstacle, risky_findings
from rustplan.catalog import load_effort
from rustplan.model.facts import GlobalVariable
from rustplan.model.finding import Kind
from rustplan.model.options import PlanOptions
from rustplan.model.roadmap import Option
from rustplan.model.source import Role
from rustplan.plan.build import subjects_of
from rustplan.plan.drivers import difficulty
from rustplan.plan.effort import Estimate, effort_of, ramp_up, size_class, sum_quantiles
from rustplan.rulebook import load_rules

MODEL = load_effort()
UNPRICED = {
    # Linkers, containers and compilers' extensions: nobody has published a figure.
    "extended-float",
    "intrusive-links",
    "linker-trick",
    "statement-expression",
    # No Rust path at all on that machine: no amount of work makes one.
    "target-without-rust",
    # Of the latency track, which ports nothing.
    "lock-on-path",
}


def subject(world, name="c"):
    found = subjects_of(world.scan, world.components, world.graph, world.score(), MODEL)
    return next(item for item in found if item.name == name)


def with_tests(world, name="c"):
    return world.file(f"{name}/t.c", role=Role.TEST)


def test_the_median_is_lines_over_productivity():
    world = with_tests(World().file("c/a.c", sloc=15_000, raw=0))
    effort = effort_of(subject(world), Option.REWRITE, MODEL)
    assert effort.p50 == pytest.approx(10.0)
    assert effort.size == "XL"
    sigma = math.hypot(MODEL.productivity.sigma_team, MODEL.productivity.sigma_component)
    assert effort.p90 == pytest.approx(10.0 * math.exp(1.2816 * sigma), rel=1e-3)
    assert effort.p10 == pytest.approx(10.0 * math.exp(-1.2816 * sigma), rel=1e-2)
    assert "uncalibrated prior (n = 2 public ports)" in effort.because


def test_the_boundary_adds_its_hours():
    world = with_tests(World().file("c/a.c", sloc=15_000, raw=0).file("d/b.c"))
    world.define("c/a.c", "f", types=("struct x *",)).edge("d/b.c", "c/a.c", "f")
    assert effort_of(subject(world), Option.REWRITE, MODEL).p50 == pytest.approx(10.0 + 2 / 152, abs=0.01)


def test_drivers_add_to_the_difficulty_and_are_named():
    found = [obstacle("c/a.c"), obstacle("c/a.c", rule="bit-level-layout", lines=tuple(range(100, 130)))]
    globals_ = tuple(GlobalVariable(name=f"g{i}", type="int", line=i) for i in range(20))
    world = World().file("c/a.c", sloc=1000, raw=200, findings=found, globals=globals_)
    hard, drivers = difficulty(subject(world), MODEL)
    names = {driver.name: driver.contribution for driver in drivers}
    assert names["nonlocal-jumps"] == 0.3
    assert names["memory-layout"] == pytest.approx(0.3)
    assert names["pointer-work"] == pytest.approx(0.5)
    assert names["mutable-globals"] == pytest.approx(0.4)
    assert names["tests"] == 0.4
    assert hard == pytest.approx(1 + sum(names.values()))
    assert all(driver.because for driver in drivers)


def test_every_obstacle_makes_a_port_harder_or_has_no_figure():
    rules = {rule.id: rule.kind for rule in load_rules().rules}
    priced = {rule for driver in MODEL.drivers.rules for rule in driver.rules}
    obstacles = {name for name, kind in rules.items() if kind is Kind.OBSTACLE}
    assert obstacles - priced == UNPRICED
    assert priced <= set(rules)


def test_difficulty_stays_within_its_limits():
    rules = [rule for driver in MODEL.drivers.rules for rule in driver.rules]
    found = [obstacle("c/a.c", rule=rule, lines=tuple(range(500))) for rule in rules]
    hard, _ = difficulty(subject(World().file("c/a.c", raw=900, findings=found)), MODEL)
    assert hard == MODEL.productivity.most_difficulty


def test_nothing_costs_less_than_a_week():
    effort = effort_of(subject(World().file("c/a.c", sloc=3)), Option.REWRITE, MODEL)
    assert effort.p10 == effort.p50 == MODEL.productivity.least_months


def test_too_little_read_is_not_estimated():
    world = World().file("c/a.c", sloc=1000, unread=12_000, findings=risky_findings("c/a.c"))
    step = world.step("c")
    assert (step.effort.p10, step.effort.p50, step.effort.p90) == (None, None, None)
    assert step.effort.size == "not estimated"
    assert step.choice.option is Option.RETAIN
    assert "60%" in step.choice.because
    assert world.plan().parked[0].because.startswith("Not estimated")


def test_large_components_are_told_to_split():
    assert "split it" in effort_of(subject(World().file("c/a.c", sloc=20_000)), Option.REWRITE, MODEL).because


@pytest.mark.parametrize(("months", "size"), [(0.3, "S"), (1.0, "M"), (2.9, "M"), (3.0, "L"), (9.0, "XL"), (80, "XL")])
def test_size_classes(months, size):
    assert size_class(months, MODEL) == size


def test_a_sum_is_narrower_than_the_sum_of_its_ends():
    one = Estimate(spread=4.0, fixed=0.5, because="")
    p10, p50, p90 = sum_quantiles([[("a", one)], [("b", one)], [("c", one)]], MODEL)
    alone = sum_quantiles([[("a", one)]], MODEL)
    assert 3 * alone[0] < p10 < p50 < p90 < 3 * alone[2]
    assert sum_quantiles([], MODEL) == (None, None, None)


def test_the_least_effort_holds_for_a_batch_not_for_its_members():
    tiny = Estimate(spread=0.01, fixed=0.0, because="")
    apart = sum_quantiles([[("a", tiny)], [("b", tiny)]], MODEL)
    together = sum_quantiles([[("a", tiny), ("b", tiny)]], MODEL)
    least = MODEL.productivity.least_months
    assert (apart[0], together[0]) == (2 * least, least)


def test_sums_do_not_depend_on_the_order():
    parts = [("a", Estimate(spread=1.0, fixed=0.0, because="")), ("b", Estimate(spread=2.0, fixed=0.0, because=""))]
    assert sum_quantiles([[part] for part in parts], MODEL) == sum_quantiles([[part] for part in parts[::-1]], MODEL)


def test_ramp_up_is_paid_once_and_not_by_the_experienced():
    assert ramp_up(MODEL, PlanOptions(rust_experience=True)).p50 == 0
    four = ramp_up(MODEL, PlanOptions(engineers=4))
    assert (four.p10, four.p90) == (6.0, 12.0)
    assert "engineers is not configured" in ramp_up(MODEL, PlanOptions()).because
