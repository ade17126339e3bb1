"""The pilot: small, self-contained, tested, not the riskiest; said why, or why there is none."""

from __future__ import annotations

from plan_world import World, risky_findings
from rustplan.model.roadmap import Option
from rustplan.model.source import Role


def world(*, tested=("big", "small", "tied"), small=900):
    made = World()
    made.file("big/a.c", sloc=4000, raw=1200, findings=risky_findings("big/a.c", defects=20))
    made.file("small/a.c", sloc=small, raw=70, findings=risky_findings("small/a.c", defects=1))
    made.file("tied/a.c", sloc=1200, raw=90, findings=risky_findings("tied/a.c", defects=1))
    for index in range(20):
        made.define("tied/a.c", f"f{index}", types=("struct x *",)).edge("big/a.c", "tied/a.c", f"f{index}")
    for name in tested:
        made.file(f"{name}/t.c", role=Role.TEST)
    return made


def test_it_is_the_rewrite_with_the_narrowest_border_that_is_not_the_riskiest():
    pilot = world().plan().pilot
    assert pilot.component == "small"
    assert [reason.split(":")[0] for reason in pilot.reasons] == [
        "Small",
        "Self-contained",
        "Tested",
        "Not the riskiest",
    ]
    assert "big" in pilot.reasons[3]
    assert pilot.runner_up == "tied"
    assert pilot.runner_up_because.startswith("It lost on its border: 20 crossings")


def test_the_riskiest_is_never_the_pilot():
    roadmap = world(tested=("big",)).plan()
    assert roadmap.pilot.component != "big"
    assert not roadmap.pilot.component or roadmap.pilot.runner_up != roadmap.pilot.component


def test_without_tests_there_is_none_and_it_says_why():
    pilot = world(tested=()).plan().pilot
    assert pilot.component == ""
    assert pilot.because
    assert pilot.reasons == ()


def test_when_nothing_is_rewritten_a_new_component_is_the_way():
    made = World().file("a/a.c", sloc=500, raw=5)
    pilot = made.plan().pilot
    assert pilot.component == ""
    assert "new, small component" in pilot.because


def test_without_native_code_there_is_nothing_to_port():
    assert World().plan().pilot.because.startswith("No C or C++ was ranked")


def test_the_pilot_opens_the_plan_and_the_second_wave_waits_for_what_it_took():
    made = world()
    for index in range(8):
        name = f"m{index}"
        made.file(f"{name}/a.c", sloc=3000, raw=1100, findings=risky_findings(f"{name}/a.c", defects=20))
        made.file(f"{name}/t.c", role=Role.TEST)
    roadmap = made.plan()
    assert roadmap.pilot.component == "small"
    waves = {step.component: step.wave for step in roadmap.steps}
    assert waves["small"] == 1
    assert "What the pilot (small) took" in roadmap.waves[1].starts_when


def test_a_tiny_pilot_is_a_step_of_its_own():
    made = world(small=200)
    made.depend("big", "small")
    roadmap = made.plan()
    assert roadmap.pilot.component == "small"
    step = next(step for step in roadmap.steps if step.component == "small")
    assert not any(action.startswith("Batched") for action in step.first_actions)
    assert step.choice.option is Option.REWRITE


def test_what_speaks_against_the_only_rewrite_is_told():
    made = World().file("one/a.c", sloc=4000, raw=1200, findings=risky_findings("one/a.c", defects=20))
    made.file("one/t.c", role=Role.TEST).file("two/a.c", sloc=400, raw=5)
    pilot = made.plan().pilot
    assert pilot.component == ""
    assert "The one planned rewrite does not fit a first try. one:" in pilot.because
    assert "it is the riskiest of all" in pilot.because
