"""Five options: each is reachable, says why, names a runner-up that lost, and argues against itself."""

from __future__ import annotations

import pytest

from plan_world import World, allocation_free_java, defect, exposure, function, obstacle, risky_findings, signal
from rustplan.model.facts import Call
from rustplan.model.finding import Track
from rustplan.model.roadmap import Option
from rustplan.model.source import Language, Role


def risky(*extra, sloc=3000, tests=True, entries=3):
    functions = [function(f"f{index}", line=1 + 30 * index) for index in range(60)]
    world = World().file("c/a.c", sloc=sloc, raw=600, findings=(*risky_findings("c/a.c"), *extra), functions=functions)
    world.file("d/b.c")
    for index in range(entries):
        world.define("c/a.c", f"entry{index}", types=("char *", "size_t")).edge("d/b.c", "c/a.c", f"entry{index}")
    return world.file("c/t.c", role=Role.TEST) if tests else world


def test_high_risk_with_tests_is_rewritten():
    step = risky().step("c")
    assert step.choice.option is Option.REWRITE
    assert "Risk" in step.choice.because
    assert step.runner_up.option is Option.WRAP
    assert "logic errors" in step.case_against


def test_a_quiet_component_is_retained_with_words():
    step = World().file("c/a.c", sloc=500, raw=20, length=20).step("c")
    assert step.choice.option is Option.RETAIN
    assert "No likely defect" in step.choice.because
    assert step.case_against
    assert step.first_actions == ()


def test_nonlocal_jumps_behind_a_narrow_interface_are_wrapped():
    step = risky(obstacle("c/a.c")).step("c")
    assert step.choice.option is Option.WRAP
    assert "setjmp" in step.choice.because
    assert step.runner_up.option is Option.REWRITE
    assert "lost" in step.runner_up.because


def test_a_boundary_as_large_as_the_port_is_hardened():
    world = risky(sloc=400, entries=300)
    step = world.step("c")
    assert step.choice.option is Option.HARDEN
    assert "300 crossings" in step.choice.because


def test_moderate_risk_without_tests_is_hardened():
    found = [exposure("c/a.c", weight=400.0), signal("c/a.c", rule="parses-file-format")]
    step = World().file("c/a.c", sloc=3000, raw=400, length=400, findings=found).step("c")
    assert step.choice.option is Option.HARDEN
    assert "No test" in step.choice.because
    assert step.runner_up.option is Option.RETAIN


def test_surface_without_defects_or_exposure_is_hardened_with_or_without_tests():
    world = World().file("c/a.c", sloc=3000, raw=400, length=400, findings=[exposure("c/a.c", weight=400.0)])
    assert world.step("c").choice.option is Option.HARDEN
    step = world.file("c/t.c", role=Role.TEST).step("c")
    assert step.choice.option is Option.HARDEN
    assert "no likely defect was found: its risk does not force a port" in step.choice.because


def test_kernel_code_is_hardened_until_the_target_is_known():
    step = risky(signal("c/a.c", rule="kernel-or-firmware")).step("c")
    assert step.choice.option is Option.HARDEN
    assert "kernel or as firmware" in step.choice.because


def test_mostly_third_party_code_is_replaced():
    step = risky().file("c/vendor.c", role=Role.VENDORED, sloc=9000).step("c")
    assert step.choice.option is Option.REPLACE
    assert step.runner_up.option is Option.RETAIN


def test_third_party_only_belongs_to_the_dependency_plan():
    world = World().file("third_party/z.c", role=Role.VENDORED, sloc=9000).file("c/a.c", sloc=500)
    roadmap = world.depend("c", "third_party").plan()
    step = next(step for step in roadmap.steps if step.component == "third_party")
    assert step.choice.option is Option.REPLACE
    assert "that c uses" in step.choice.because
    assert step.runner_up.option is Option.RETAIN
    assert step.wave is None
    assert step.effort.p50 > 0
    assert any("Decide with upstream" in text for text in step.needs_confirmation)
    reason = next(item.because for item in roadmap.parked if item.component == "third_party")
    assert "external dependency plan (CMSR-4)" in reason
    assert "upstream" in reason


def test_third_party_code_that_nothing_uses_is_kept_up_to_date():
    roadmap = World().file("third_party/z.c", role=Role.VENDORED, sloc=9000).plan()
    (step,) = roadmap.steps
    assert step.choice.option is Option.RETAIN
    assert "Update it" in step.choice.because
    assert step.runner_up.option is Option.REPLACE
    assert "no use of it" in step.runner_up.because


def distant(*, network):
    """A tested parser that nothing hands bytes to, in a tree that reads the network elsewhere or nowhere."""
    world = World().file(
        "c/a.c",
        sloc=900,
        raw=150,
        findings=[signal("c/a.c", rule="parses-file-format"), exposure("c/a.c", weight=90.0)],
    )
    found = [signal("n/b.c", function="receive_all")] if network else []
    return world.file("n/b.c", findings=found, functions=[function("receive_all")], address_taken=("receive_all",))  # fmt: skip


def test_a_parser_far_from_the_network_is_a_reader_of_local_files():
    assert distant(network=False).step("c").choice.option is Option.HARDEN
    assert distant(network=True).step("c").choice.option is Option.RETAIN


def test_a_rewrite_below_a_riskier_retained_component_names_the_difference():
    world = distant(network=True).file("t/t.c", role=Role.TEST)
    world.file("big/a.c", sloc=9000, raw=2500, length=2500, findings=[exposure("big/a.c", weight=4000.0)])
    world.file("d/a.c", sloc=900, raw=150, findings=[defect("d/a.c")]).file("d/t.c", role=Role.TEST)
    steps = {step.component: step.choice for step in world.plan().steps}
    risk = {name: world.card(name).risk for name in ("big", "d")}
    assert risk["big"] > risk["d"] >= 25
    assert (steps["big"].option, steps["d"].option) == (Option.RETAIN, Option.REWRITE)
    assert f"big (risk {risk['big']:.0f}) is retained all the same: likely defects" in steps["d"].because


def test_the_first_file_to_port_is_one_that_others_call():
    world = risky().file("c/leftover.c", sloc=60, functions=[function("main")]).file("c/alone.c", sloc=80)
    world.file("c/leaf.c", sloc=300).edge("c/a.c", "c/leaf.c", "leaf")
    world.edge("c/a.c", "c/leftover.c", "usage")
    actions = world.step("c").first_actions
    assert "Port c/leaf.c first (300 lines): 1 file calls it, and it needs 0 other files of its component." in actions


def test_the_case_against_agrees_with_the_distance_to_the_network():
    near = risky()
    assert "out of an attacker's reach" not in near.step("c").case_against
    far = (
        World()
        .file("c/a.c", sloc=900, raw=400, length=400, findings=risky_findings("c/a.c")[:13])
        .file("c/t.c", role=Role.TEST)
    )
    assert "not recognised as reading from the network" in far.step("c").case_against  # fmt: skip


def test_when_nothing_can_open_the_plan_the_best_are_made_testable_first():
    roadmap = risky(tests=False).plan()
    step = next(step for step in roadmap.steps if step.component == "c")
    assert step.choice.option is Option.HARDEN
    assert step.wave == 1
    assert "parity tests" in step.choice.because
    assert step.runner_up.option is Option.REWRITE


def test_an_untested_rewrite_waits_behind_a_tested_one():
    world = risky().file("e/a.c", sloc=3000, raw=600, findings=risky_findings("e/a.c"))
    roadmap = world.plan()
    waves = {step.component: step.wave for step in roadmap.steps if step.choice.option is Option.REWRITE}
    assert waves == {"c": 1, "e": 2}
    assert "parity tests exist for e" in roadmap.waves[1].starts_when
    assert any("may not open the plan" in note for note in roadmap.notes)


def java_world(number):
    path = "j/H.java"
    functions = tuple(function(f"p.H.onEvent{'' if i == 0 else i}", line=1 + 30 * i) for i in range(number))
    findings = [
        exposure(
            path, 5 + 30 * i, rule="string-formatting", function=f.qualified_name, weight=200.0, tracks=(Track.LATENCY,)
        )
        for i, f in enumerate(functions)
    ]
    calls = tuple(Call(f"onEvent{i}", 6, 0, 0, "", 2) for i in range(1, number))
    return World().file(path, language=Language.JAVA, functions=functions, findings=findings, calls=calls, package="p")


def test_java_under_pressure_is_measured_before_anything_else():
    step = java_world(20).step("j", Track.LATENCY)
    assert step.choice.option is Option.HARDEN
    assert "Confirm with a profile first" in step.choice.because
    assert any("JFR" in action for action in step.first_actions)
    assert any("no profile given" in text for text in step.needs_confirmation)


def test_quiet_java_is_retained():
    step = allocation_free_java(World()).step("j", Track.LATENCY)
    assert step.choice.option is Option.RETAIN
    assert "memory-safe" in step.choice.because


def test_first_actions_name_the_interface_and_a_test():
    world = risky()
    world.edge("c/t.c", "c/a.c", "entry0")
    actions = " ".join(world.step("c").first_actions)
    assert "Freeze the interface" in actions
    assert "entry0 (c/a.c:5)" in actions
    assert "c/t.c" in actions


@pytest.mark.parametrize("banned", ["CISA-compliant", "certified", "guarantee", "will eliminate", "Rust prevents all"])
def test_no_word_promises_compliance(banned):
    text = repr(risky(obstacle("c/a.c")).plan()) + repr(risky().plan()) + repr(java_world(20).plan())
    assert banned not in text
