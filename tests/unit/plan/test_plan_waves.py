"""Waves: who comes first, what they cost together, when they start, and who stays out."""

from __future__ import annotations

import pytest

from plan_world import World, obstacle, risky_findings
from rustplan.catalog import load_effort
from rustplan.model.options import PlanOptions
from rustplan.model.roadmap import Option
from rustplan.model.source import Role
from rustplan.plan.capacity import capacity_words, projected_quarters

TEAM = PlanOptions(engineers=4, start="2027-01", availability=0.5, rust_experience=True)


def risky_components(*names, sloc=3000):
    world = World()
    for name in names:
        world.file(f"{name}/a.c", sloc=sloc, raw=600, findings=risky_findings(f"{name}/a.c"))
        world.file(f"{name}/t.c", role=Role.TEST)
    return world


def wave_of(roadmap):
    return {step.component: step.wave for step in roadmap.steps}


def test_a_wave_holds_six_steps_and_the_next_takes_the_rest():
    roadmap = risky_components(*(f"c{i}" for i in range(8))).plan()
    assert [len(wave.components) for wave in roadmap.waves] == [6, 2]
    assert wave_of(roadmap)["c7"] == 2
    assert "wave 1" in roadmap.waves[1].starts_when


def test_rewritten_members_of_a_cycle_share_a_wave():
    world = risky_components(*(f"c{i}" for i in range(7)))
    roadmap = world.unit("c0", "c6").plan()
    waves = wave_of(roadmap)
    assert waves["c0"] == waves["c6"]


def test_a_hardened_member_of_a_cycle_need_not_wait_for_the_rewritten_ones():
    world = risky_components("c0", "c1")
    world.file("c1/jump.c", sloc=400, findings=[obstacle("c1/jump.c")])
    world.file("c0/a.c", sloc=7000, raw=1400, findings=risky_findings("c0/a.c"))
    roadmap = world.unit("c0", "c1").plan()
    chosen = {step.component: (step.choice.option, step.wave) for step in roadmap.steps}
    assert chosen == {"c0": (Option.REWRITE, 2), "c1": (Option.HARDEN, 1)}


def test_a_wave_without_a_rewrite_says_so():
    world = risky_components("c")
    roadmap = world.file("c/jump.c", sloc=400, findings=[obstacle("c/jump.c")]).plan()
    assert [step.choice.option for step in roadmap.steps] == [Option.HARDEN]
    assert roadmap.waves[0].outcome.startswith("Nothing is rewritten or replaced in this wave: 3,400 lines hardened")
    assert roadmap.waves[0].starts_when == "When each component of the wave has an owner."


def test_what_is_left_out_is_parked_with_a_reason():
    roadmap = risky_components("c").file("quiet/q.c", sloc=400, raw=10, length=10).plan()
    assert [(item.component, item.because.split(".")[0]) for item in roadmap.parked] == [("quiet", "Retained")]


def with_a_tiny_neighbour(*, tests=True):
    world = risky_components("big", "far").file("tiny/a.c", sloc=200, raw=60, findings=risky_findings("tiny/a.c"))
    world.depend("big", "tiny", weight=5.0).depend("far", "tiny")
    return world.file("tiny/t.c", role=Role.TEST) if tests else world


def test_tiny_components_are_batched_with_their_closest_neighbour():
    roadmap = with_a_tiny_neighbour().plan()
    waves = wave_of(roadmap)
    assert waves["tiny"] == waves["big"]
    assert roadmap.parked == ()
    tiny = next(step for step in roadmap.steps if step.component == "tiny")
    assert tiny.first_actions[0].startswith("Batched with big: 200 lines")
    assert "Batched with big" in tiny.effort.because


def test_the_least_effort_counts_once_for_a_batch():
    effort = load_effort()
    world = with_a_tiny_neighbour()
    roadmap = world.plan()
    tiny = next(step for step in roadmap.steps if step.component == "tiny").effort
    alone = (
        World().file("tiny/a.c", sloc=200, raw=60, findings=risky_findings("tiny/a.c")).file("tiny/t.c", role=Role.TEST)
    )
    assert tiny.p10 < alone.step("tiny").effort.p10 == effort.productivity.least_months  # fmt: skip


def test_an_untested_tiny_rewrite_does_not_open_the_plan_with_its_neighbour():
    waves = wave_of(with_a_tiny_neighbour(tests=False).plan())
    assert (waves["big"], waves["tiny"]) == (1, 2)


def test_a_first_port_is_no_giant():
    limit = load_effort().waves.opening_lines
    world = risky_components("small").file("giant/a.c", sloc=limit + 1, raw=3000, findings=risky_findings("giant/a.c"))
    assert wave_of(world.file("giant/t.c", role=Role.TEST).plan()) == {"small": 1, "giant": 2}


def test_a_tiny_component_without_neighbours_moves_alone():
    world = (
        World().file("tiny/a.c", sloc=200, raw=60, findings=risky_findings("tiny/a.c")).file("tiny/t.c", role=Role.TEST)
    )
    assert wave_of(world.plan()) == {"tiny": 1}


def test_the_outcome_can_be_counted():
    world = risky_components("c").file("d/b.c", sloc=3000, raw=300, length=300)
    wave = world.define("c/a.c", "f").edge("d/b.c", "c/a.c", "f").plan().waves[0]
    assert "3,000 memory-unsafe lines less" in wave.outcome
    assert "1 crossing" in wave.outcome
    assert wave.unsafe_sloc == 3000
    assert 0 < wave.risk_share < 1
    assert wave.starts_when.startswith("When Rust builds in CI")


def test_crossings_to_a_later_wave_are_temporary():
    names = [f"c{i}" for i in range(7)]
    world = risky_components(*names)
    late = "c6"
    world.define("c6/a.c", "f", types=("struct x *",)).edge("c0/a.c", "c6/a.c", "f")
    roadmap = world.plan()
    waves = wave_of(roadmap)
    assert waves[late] == 2
    assert [wave.temporary_hours for wave in roadmap.waves] == [2.0, 0.0]


def test_beyond_the_last_planned_wave_is_parked():
    number = load_effort().waves.most_steps * load_effort().waves.most_waves + 3
    roadmap = risky_components(*(f"c{i:02}" for i in range(number))).plan()
    assert len(roadmap.waves) == load_effort().waves.most_waves
    assert len(roadmap.parked) == 3
    assert "actual effort" in roadmap.parked[0].because


def test_waves_come_by_score():
    world = risky_components(*(f"c{i}" for i in range(6)))
    world.file("best/a.c", sloc=5000, raw=1700, length=1700, findings=risky_findings("best/a.c", defects=30))
    world.file("best/t.c", role=Role.TEST)
    roadmap = world.plan()
    assert roadmap.steps[0].component == "best"
    assert wave_of(roadmap)["best"] == 1


def test_a_single_step_wave_costs_what_its_step_costs():
    roadmap = risky_components("c").plan()
    effort = roadmap.steps[0].effort
    assert roadmap.steps[0].choice.option is Option.REWRITE
    assert (roadmap.waves[0].p10, roadmap.waves[0].p50, roadmap.waves[0].p90) == (effort.p10, effort.p50, effort.p90)


def test_no_quarter_without_the_whole_team():
    roadmap = risky_components("c").plan(PlanOptions(engineers=4))
    assert roadmap.capacity == ""
    assert "start, availability not given" in roadmap.capacity_because
    assert roadmap.waves[0].projected is None


def test_quarters_are_projected_from_three_numbers():
    roadmap = risky_components("c").plan(TEAM)
    assert roadmap.capacity == "4 engineers at 50% from 2027-01: 2.0 person-months a month"
    assert roadmap.waves[0].projected.startswith("projected Q1 2027")


@pytest.mark.parametrize(
    ("before", "median", "high", "said"),
    [
        (0.0, 2.0, 4.0, "projected Q1 2027"),
        (0.0, 8.0, 40.0, "projected Q1 2027 to Q2 2027 (Q3 2028 if its effort is at P90)"),
        (24.0, 2.0, 2.0, "projected Q1 2028"),
    ],
)
def test_quarter_arithmetic(before, median, high, said):
    assert projected_quarters(TEAM, before, median, high) == said


def test_a_start_that_is_no_month_projects_nothing():
    assert projected_quarters(PlanOptions(engineers=1, availability=1.0, start="soon"), 0, 1, 1) is None
    assert capacity_words(PlanOptions(engineers=1, availability=1.0, start="soon"))[0] == ""


def test_an_empty_repository_has_an_empty_roadmap():
    roadmap = World().plan()
    assert (roadmap.steps, roadmap.waves, roadmap.parked) == ((), (), ())
    assert any("Nothing to plan" in note for note in roadmap.notes)
