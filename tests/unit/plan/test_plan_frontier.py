"""Risk for effort: what a point holds, where the plan stands, what is left out."""

from __future__ import annotations

import msgspec
import pytest

from plan_world import World, risky_findings
from rustplan.catalog import load_effort
from rustplan.model.source import Role


def parts(number, *, defects=12, tested=True):
    world = World()
    for index in range(number):
        name = f"c{index:02}"
        world.file(
            f"{name}/a.c", sloc=800 + 400 * index, raw=600, findings=risky_findings(f"{name}/a.c", defects=defects)
        )
        if tested:
            world.file(f"{name}/t.c", role=Role.TEST)
    return world


def test_points_rise_in_risk_and_effort_and_end_at_everything():
    frontier = parts(5).plan().frontier
    assert frontier.method == "branch-and-bound"
    risks = [point.risk_share for point in frontier.points]
    assert risks == sorted(risks)
    assert [point.months for point in frontier.points] == sorted(point.months for point in frontier.points)
    last = frontier.points[-1]
    assert (last.risk_share, last.effort_share, len(last.components)) == (1.0, 1.0, 5)
    for point in frontier.points:
        assert point.p10 <= point.p50 <= point.p90
        assert point.effort_share_low <= point.effort_share <= point.effort_share_high
        assert point.months <= point.budget + 1e-6


def test_many_components_are_searched_by_min_cut_and_it_says_so():
    frontier = parts(23).plan().frontier
    assert frontier.method == "min-cut"
    assert "min-cut" in frontier.because
    for smaller, larger in zip(frontier.points, frontier.points[1:], strict=False):
        assert set(smaller.components) < set(larger.components)


def test_a_single_point_costs_what_its_own_boundary_says():
    world = parts(2)
    world.define("c00/a.c", "f", types=("struct x *",)).edge("c01/a.c", "c00/a.c", "f")
    frontier = world.plan().frontier
    alone = next(point for point in frontier.points if point.components == ("c00",))
    together = frontier.points[-1]
    assert alone.boundary_hours == load_effort().crossings.hours["struct-pointer"]
    assert together.boundary_hours == 0.0


def test_the_plan_stands_beside_the_frontier_and_never_above_it():
    roadmap = parts(4).plan()
    plan = roadmap.frontier.plan
    assert plan.method == "plan"
    better = max(point.risk_share for point in roadmap.frontier.points if point.months <= plan.months + 1e-6)
    assert better >= plan.risk_share - 0.25
    rewritten = {step.component for step in roadmap.steps if step.choice.option.value == "rewrite" and step.wave}
    assert set(plan.components) == rewritten


def test_what_has_no_estimate_keeps_its_risk_in_the_total():
    world = parts(3)
    world.file("c99/a.c", sloc=3000, raw=600, unread=3000 * 29, findings=risky_findings("c99/a.c"))
    frontier = world.plan().frontier
    assert frontier.left_out == ("c99",)
    assert frontier.points[-1].risk_share < 1.0
    assert "1 component without an estimate" in frontier.because


@pytest.mark.parametrize("number", [0, 1])
def test_with_nothing_to_choose_from_it_says_why(number):
    frontier = parts(number).plan().frontier
    assert frontier.points == ()
    assert frontier.because


def test_the_order_of_the_files_changes_nothing():
    world, shuffled = parts(6), parts(6)
    shuffled.files = dict(sorted(shuffled.files.items(), reverse=True))
    assert world.plan().frontier == shuffled.plan().frontier


def test_a_search_out_of_nodes_falls_back_and_says_so():
    model = load_effort()
    short = msgspec.structs.replace(model, frontier=msgspec.structs.replace(model.frontier, most_nodes=1))
    frontier = parts(5).plan(effort=short).frontier
    assert frontier.method == "min-cut"
    assert all(point.budget is None for point in frontier.points if point.method == "min-cut")
