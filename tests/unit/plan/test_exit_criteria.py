"""Exit criteria come from the component's own tests, symbols and files, and leave to the owner what is the owner's."""

from __future__ import annotations

import pytest

from plan_world import World, obstacle, risky_findings, signal
from rustplan.model.options import PlanOptions
from rustplan.model.roadmap import Option
from rustplan.model.source import Language, Role

PHASES = ["parity", "parallel", "cut-over", "retire"]


def ported(*, tested=True):
    made = World().file("lib/a.c", component="lib", sloc=3000, raw=600, findings=risky_findings("lib/a.c"))
    made.file("app/main.c", component="app", sloc=400)
    made.define("lib/a.c", "open_it", types=("char *",)).edge("app/main.c", "lib/a.c", "open_it", count=7)
    if tested:
        made.file("tests/t.c", component="lib", role=Role.TEST).edge("tests/t.c", "lib/a.c", "open_it")
    return made


def criteria(made, name="lib"):
    found = [item for item in made.plan().exit_criteria if item.component == name]
    assert [item.phase for item in found] == PHASES
    return {item.phase: item for item in found}


def test_a_rewrite_names_its_tests_symbols_and_files():
    made = ported()
    assert made.step("lib").choice.option is Option.REWRITE
    found = criteria(made)
    assert "tests/t.c" in found["parity"].criterion
    assert "open_it" in found["parity"].evidence
    assert "All 8 uses of 1 symbol" in found["cut-over"].criterion or "All 7 uses" in found["cut-over"].criterion
    assert found["cut-over"].evidence[0] == "app"
    assert "1 file with 3,000 lines is deleted" in found["retire"].criterion
    assert "rust-only" in found["retire"].criterion


def test_what_only_the_owner_can_say_is_blank():
    found = criteria(ported())
    assert "how long both run" in found["parallel"].blank
    assert found["cut-over"].blank == "who decides the cut-over"


def test_without_tests_parity_begins_with_writing_them():
    found = criteria(ported(tested=False))
    assert found["parity"].blank in {"who writes them", "who writes the tests"}


def test_a_hardened_component_retires_nothing_and_says_so():
    made = World().file("lib/a.c", sloc=3000, raw=600, findings=risky_findings("lib/a.c"))
    made.file("lib/jump.c", sloc=400, findings=[obstacle("lib/jump.c")])
    assert made.step("lib").choice.option is Option.HARDEN
    retired = criteria(made)["retire"]
    assert "Nothing is retired: 3,400 lines stay" in retired.criterion
    assert retired.blank == "who accepts the risk that stays"


def test_a_wrapped_component_stays_behind_its_layer():
    made = ported().file("lib/jump.c", component="lib", sloc=400, findings=[obstacle("lib/jump.c")])
    assert made.step("lib").choice.option is Option.WRAP
    found = criteria(made)
    assert "CI fails when somebody calls past it" in found["cut-over"].criterion
    assert "stay behind the layer" in found["retire"].criterion


def test_retained_and_parked_components_have_none():
    made = ported().file("quiet/a.c", sloc=500, raw=5)
    assert all(item.component != "quiet" for item in made.plan().exit_criteria)


def test_every_step_of_a_wave_has_all_four_phases():
    made = ported()
    made.file("j/A.java", language=Language.JAVA, package="p")
    roadmap = made.plan(PlanOptions())
    for step in roadmap.steps:
        phases = [i.phase for i in roadmap.exit_criteria if (i.component, i.track) == (step.component, step.track)]
        assert phases == (PHASES if step.wave is not None and step.choice.option is not Option.RETAIN else [])


@pytest.mark.parametrize("element", ["CMSR-3", "CMSR-4"])
def test_both_plans_of_the_guide_keep_a_blank(element):
    items = [item for item in ported().plan().guide if item.element == element]
    assert any(item.state == "blank" for item in items)
    assert all(item.state in {"computed", "drafted", "blank"} for item in items)


def test_training_names_what_the_ports_ask_for():
    texts = {item.topic: item.text for item in ported().plan().guide if item.element == "CMSR-3"}
    assert "lib" in texts["Integrating into the build"]
    assert texts["Quality control"].startswith("1 of 1 planned port")


def test_a_kernel_tree_is_hardened_with_the_kernels_own_sanitizers():
    made = World()
    for name in ("drv", "core"):
        path = f"{name}/a.c"
        kernel = [signal(path, 3, rule="kernel-or-firmware")] if name == "drv" else []
        made.file(path, sloc=3000 if kernel else 1000, raw=600, findings=[*risky_findings(path), *kernel])
    made.file("core/t.c", role=Role.TEST)
    assert made.step("core").choice.because.startswith("It runs in a kernel")
    for name in ("drv", "core"):
        assert "KASAN" in criteria(made, name)["parallel"].criterion
