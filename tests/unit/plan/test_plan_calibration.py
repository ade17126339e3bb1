"""A team's own finished ports move the prior; too few do not."""

from __future__ import annotations

import math

import pytest

from plan_world import World, risky_findings
from rustplan.catalog import load_effort
from rustplan.model.options import PlanOptions
from rustplan.model.roadmap import Actual
from rustplan.model.source import Role
from rustplan.plan import plan
from rustplan.plan.calibrate import calibrate, pace


def actual(lines, months, name="old", difficulty=1.0):
    return Actual(component=name, lines=lines, person_months=months, difficulty=difficulty)


def test_without_actuals_the_prior_stays_and_says_so():
    model, calibration = calibrate(load_effort(), (), {})
    assert model is load_effort()
    assert not calibration.is_applied
    assert calibration.before == calibration.after == pace(load_effort())
    assert "No actuals" in calibration.because
    assert "uncalibrated prior" in calibration.label


def test_two_ports_are_too_few():
    model, calibration = calibrate(load_effort(), (actual(1000, 2), actual(1000, 2)), {})
    assert model is load_effort()
    assert "2 finished ports given, 3 are needed" in calibration.because
    assert len(calibration.actuals) == 2


def test_three_ports_move_the_median_by_the_normal_normal_rule():
    rows = (actual(1000, 2), actual(2000, 5), actual(900, 1))
    model, calibration = calibrate(load_effort(), rows, {})
    prior = load_effort().productivity
    known, told = 1 / prior.sigma_team**2, 1 / prior.sigma_component**2
    logs = [math.log(500), math.log(400), math.log(900)]
    mean = (known * math.log(prior.lines_per_month) + told * sum(logs)) / (known + 3 * told)
    assert model.productivity.lines_per_month == pytest.approx(math.exp(mean), abs=0.1)
    assert model.productivity.sigma_team == pytest.approx((known + 3 * told) ** -0.5, abs=1e-4)
    assert model.productivity.sigma_component == prior.sigma_component
    assert calibration.is_applied
    assert calibration.after[1] < calibration.before[1]
    assert calibration.after[2] - calibration.after[0] < calibration.before[2] - calibration.before[0]


def test_many_ports_override_the_prior():
    model, _ = calibrate(load_effort(), [actual(3000, 1.0)] * 200, {})
    assert model.productivity.lines_per_month == pytest.approx(3000, rel=0.02)


def test_the_difficulty_is_that_of_the_file_then_of_the_scan_then_one():
    rows = (actual(1000, 1, "a", 1.5), actual(1000, 1, "b", None), actual(1000, 1, "c", None))
    _, calibration = calibrate(load_effort(), rows, {"a": 9.0, "b": 2.0})
    assert [row.difficulty for row in calibration.actuals] == [1.5, 2.0, 1.0]
    assert [row.difficulty_because.split(",")[0] for row in calibration.actuals] == [
        "as the file says", "of the component in this scan", "1",
    ]  # fmt: skip


def test_a_port_outside_of_the_range_is_told():
    _, calibration = calibrate(load_effort(), [actual(10_000, 0.5)] * 3, {})
    assert not any(row.is_inside for row in calibration.actuals)
    assert "0 of them lie between" in calibration.because


def test_the_plan_shows_its_effort_before_and_after():
    world = World().file("c/a.c", sloc=3000, raw=600, findings=risky_findings("c/a.c"))
    world.file("c/t.c", role=Role.TEST)

    def made(rows):
        return plan(
            world.scan, world.components, world.graph, world.score(), load_effort(), PlanOptions(), actuals=rows
        )

    slow = made([actual(1000, 4, "c", None)] * 3)
    calibration = slow.calibration
    assert calibration.plan_after[1] > calibration.plan_before[1]
    assert slow.waves[0].p50 == calibration.plan_after[1]
    assert "calibrated with 3 finished ports" in slow.steps[0].effort.because
    assert calibration.actuals[0].difficulty > 1.0
    plain = made([])
    assert plain.calibration.plan_before == plain.calibration.plan_after
