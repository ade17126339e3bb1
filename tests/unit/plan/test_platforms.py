"""Machines of build files against the targets of rustc, and the options without Rust."""

from __future__ import annotations

import pytest

from plan_world import NO_HISTORY, World, obstacle, risky_findings
from rustplan.catalog import load_effort
from rustplan.catalog.targets import load_targets
from rustplan.model.build_notes import BuildMention, BuildNotes, MentionKind
from rustplan.model.options import PlanOptions
from rustplan.model.roadmap import Option
from rustplan.model.source import Role
from rustplan.plan import plan
from rustplan.plan.targets import blockers_of, platforms_of, without_rust


def notes(*names, path="Makefile", is_test=False):
    return BuildNotes(mentions=tuple(BuildMention(MentionKind.MACHINE, name, path, 3, is_test) for name in names))


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("aarch64-linux-android", ["aarch64", "android"]),
        ("x86_64-unknown-linux-musl", ["x86-64", "linux-musl"]),
        ("arm-none-eabi", ["cortex-m"]),
        ("tool:xc16-gcc", ["dspic"]),
        ("tool:iccrl78", ["rl78"]),
        ("cortex-m4", ["cortex-m"]),
        ("hppa-linux-gnu", ["hppa"]),
        ("nothing-known", []),
    ],
)
def test_names_of_build_files_are_known(name, ids):
    assert sorted(one.id for one in platforms_of(notes(name))) == sorted(ids)


def test_no_name_stands_for_two_machines():
    names = [name.lower() for row in (*load_targets().machines, *load_targets().systems) for name in row.names]
    assert len(names) == len(set(names))


def test_only_machines_with_a_target_name_one():
    assert all(bool(row.target) == (row.tier != "none") for row in load_targets().machines)


def test_one_machine_without_a_target_among_others_takes_nothing_away():
    platforms = platforms_of(notes("tool:xc16-gcc", "x86_64-linux-gnu"))
    assert without_rust(platforms, ("src/a.c",)) == ()


def test_the_host_that_runs_the_tests_does_not_count():
    product, host = notes("tool:xc16-gcc"), notes("x86_64", path=".github/workflows/ci.yml", is_test=True)
    both = platforms_of(BuildNotes(mentions=product.mentions + host.mentions))
    assert [one.id for one in without_rust(both, ("src/a.c",))] == ["dspic"]


def test_a_toolchain_of_another_folder_says_nothing_of_a_component():
    platforms = platforms_of(notes("tool:xc16-gcc", path="boards/motor/Makefile"))
    assert without_rust(platforms, ("tools/host/a.c",)) == ()
    assert without_rust(platforms, ("boards/motor/src/a.c",)) != ()


def _plan(world, build):
    return plan(
        world.scan, world.components, world.graph, world.score(), load_effort(), PlanOptions(), NO_HISTORY, notes=build
    )


def test_without_a_target_the_plan_has_no_port_in_it():
    world = World().file("c/a.c", sloc=3000, raw=600, findings=risky_findings("c/a.c")).file("c/t.c", role=Role.TEST)
    assert _plan(world, BuildNotes()).steps[0].choice.option is Option.REWRITE
    step = _plan(world, notes("tool:xc16-gcc")).steps[0]
    assert step.choice.option is Option.HARDEN
    assert "rustc has no target" in step.choice.because
    assert "Makefile:3" in step.choice.because
    rewrite = next(one for one in step.assessments if one.option is Option.REWRITE)
    assert (rewrite.is_available, rewrite.p50) == (False, None)


def test_blockers_are_counted_with_their_places():
    world = World().file(
        "c/a.c", findings=[obstacle("c/a.c", 4), obstacle("c/a.c", 9), obstacle("c/a.c", 5, rule="simd-intrinsic")]
    )
    jumps, vectors = world.files["c/a.c"].findings[:2], world.files["c/a.c"].findings[2:]
    found = blockers_of({"nonlocal-jump": jumps, "simd-intrinsic": vectors})
    assert [(one.rule, one.places) for one in found] == [("nonlocal-jump", 2), ("simd-intrinsic", 1)]
    assert found[0].evidence[0].line == 4
