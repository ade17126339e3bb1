"""Every step carries all five options with cost, residual risk and evidence; the history is cited; ports are compared with public ones."""

from __future__ import annotations

import datetime

import pytest

from plan_world import NO_HISTORY, World, obstacle, risky_findings, signal
from rustplan.catalog import load_effort
from rustplan.catalog.cases import load_cases
from rustplan.model.build_notes import BuildMention, BuildNotes, MentionKind
from rustplan.model.evidence import Evidence
from rustplan.model.facts import Call, Include, Macro
from rustplan.model.history import FileHistory, FixCommit, FixLevel, History
from rustplan.model.options import PlanOptions
from rustplan.model.roadmap import Option
from rustplan.model.source import Role
from rustplan.plan import plan

HALF_LIVES = {"commits": 365.0, "churn": 365.0, "fixes": 1095.0, "security": 1460.0, "memory": 1460.0}


def risky(*extra, tests=1, **more):
    world = World().file("c/a.c", sloc=3000, raw=600, findings=(*risky_findings("c/a.c"), *extra), **more).file("d/b.c")
    world.define("c/a.c", "entry", types=("char *", "size_t")).edge("d/b.c", "c/a.c", "entry")
    for number in range(tests):
        world.file(f"c/t{number}.c", role=Role.TEST)
    return world


def planned(world, notes=None, evidence=NO_HISTORY):
    return plan(
        world.scan, world.components, world.graph, world.score(evidence=evidence), load_effort(), PlanOptions(), evidence,
        notes=notes or BuildNotes(),
    )  # fmt: skip


def step_of(world, name="c", **more):
    return next(step for step in planned(world, **more).steps if step.component == name)


def options_of(world, **more):
    return {one.option: one for one in step_of(world, **more).assessments}


def mended(path="c/a.c", number=3):
    fix = FixCommit(
        commit="ab" * 20,
        age_days=40,
        level=FixLevel.MEMORY,
        subject="fix heap overflow in header",
        matched="heap overflow",
    )
    file = FileHistory(
        path=path, commits=30, commits_decayed=9.0, memory_fixes=number, memory_decayed=float(number), security_fixes=number,
        security_decayed=float(number), fixes=number, fixes_decayed=float(number), examples=(fix,) if number else (), first_days=900, last_days=2,
    )  # fmt: skip
    return Evidence(
        history=History(
            commit="cd" * 20, newest="2026-01-01", commits=50, merges=0, sweeping=0, authors=3, reaches_days=900, is_complete=True,
            files=(file,), recent_days=730, half_life_days=HALF_LIVES,
        )
    )  # fmt: skip


def test_all_five_options_in_order_with_words_and_sources():
    step = step_of(risky())
    assert [one.option for one in step.assessments] == list(Option)
    for one in step.assessments:
        assert all((one.because, one.residual, one.residual_source, one.cost_because))
        assert (one.p50 is None) == (one.p10 is None) == (one.p90 is None)
        if one.p50 is not None:
            assert one.p10 <= one.p50 <= one.p90


def test_what_cannot_be_had_says_why_and_costs_nothing():
    found = options_of(risky())
    replace = found[Option.REPLACE]
    assert not replace.is_available
    assert "No Rust library for it stands in the catalogue" in replace.because
    assert replace.cost_because.startswith("Not estimated")
    assert found[Option.RETAIN].is_available
    assert found[Option.RETAIN].p50 is None


def test_a_library_that_it_uses_is_named_without_being_a_replacement():
    world = risky(includes=(Include("zlib.h", 3, True),), calls=(Call("inflateInit2_", 9),))
    replace = options_of(world)[Option.REPLACE]
    assert not replace.is_available
    assert "zlib (libz-rs-sys, C ABI: drop-in)" in replace.because


def test_a_component_that_is_a_known_library_can_be_replaced():
    world = World()
    for name in ("inflate.c", "inftrees.c", "inffast.c", "trees.c"):
        world.file(f"z/{name}", findings=risky_findings(f"z/{name}"))
    world.file("z/zlib.h", macros=(Macro("ZLIB_VERSION", 40),))
    replace = {one.option: one for one in step_of(world, "z").assessments}[Option.REPLACE]
    assert replace.is_available
    assert replace.p50 is not None
    assert "libz-rs-sys" in replace.because
    assert "checked" in replace.residual_source
    assert replace.evidence[0].line == 40


def test_a_vendored_component_names_the_library():
    world = World().file("app/a.c")
    for name in ("inflate.c", "inftrees.c", "inffast.c", "trees.c"):
        world.file(f"z/{name}", role=Role.VENDORED)
    world.file("z/zlib.h", role=Role.VENDORED, macros=(Macro("ZLIB_VERSION", 40),)).depend("app", "z")
    step = step_of(world, "z")
    assert step.choice.option is Option.REPLACE
    assert "libz-rs-sys" in step.choice.because
    assert [one.option for one in step.assessments] == list(Option)
    assert not step.assessments[0].is_available


def test_hardening_lists_what_is_set_and_what_is_missing():
    notes = BuildNotes(mentions=(BuildMention(MentionKind.FLAG, "-Werror=format-security", "Makefile", 2),))
    harden = options_of(risky(), notes=notes)[Option.HARDEN]
    assert "Set: `-Werror=format-security`." in harden.because
    assert "-D_FORTIFY_SOURCE=3" in harden.because.partition("To add:")[2]
    assert [(one.path, one.line) for one in harden.evidence] == [("Makefile", 2)]


def test_a_reader_without_a_harness_is_asked_for_one():
    assert "a fuzz harness for what reads foreign input (c/a.c:" in options_of(risky())[Option.HARDEN].because


def test_memory_fixes_of_the_history_speak_for_a_port_and_against_leaving_it():
    world, evidence = risky(), mended()
    step = step_of(world, evidence=evidence)
    assert "fix heap overflow in header" in step.choice.because
    found = {one.option: one for one in step.assessments}
    assert "3 memory-safety fixes" in found[Option.RETAIN].residual
    assert any("heap overflow" in place.what for place in found[Option.RETAIN].evidence)


def test_a_history_without_fixes_is_said_and_is_no_proof_and_no_history_says_nothing():
    assert "which is no proof" in step_of(risky(), evidence=mended(number=0)).case_against
    assert "history tells of no" not in step_of(risky()).case_against


@pytest.mark.parametrize(("tests", "grade"), [(0, "E"), (1, "C"), (3, "B")])
def test_oracle_grades(tests, grade):
    card = next(card for card in risky(tests=tests).score().components if card.component == "c")
    assert card.oracle.grade == grade
    assert card.oracle.because


def test_no_component_of_grade_e_is_ported_replaced_or_wrapped_in_the_first_wave():
    for extra in ((), (obstacle("c/a.c"),)):
        roadmap = planned(risky(*extra, tests=0))
        for step in roadmap.steps:
            if step.wave == 1:
                assert step.choice.option in (Option.HARDEN, Option.RETAIN)


def test_ports_are_compared_by_role_language_and_size_and_one_that_did_not_ship_is_among_them():
    ports = step_of(risky()).comparable
    assert 1 <= len(ports) <= 2
    assert len({port.outcome for port in ports}) == len(ports)
    for port in ports:
        assert "role" in port.comparable_in
        assert port.differs_in
        assert port.caveat
        assert port.source.startswith("https://")


def test_a_component_without_a_known_role_is_compared_with_nothing():
    world = World().file("c/a.c", sloc=500, findings=[signal("c/a.c", rule="privilege-change")])
    assert step_of(world).comparable == ()


@pytest.mark.parametrize("case", load_cases().cases, ids=lambda case: case.id)
def test_every_case_has_a_source_a_caveat_and_a_date(case):
    assert all((case.name, case.roles, case.effort, case.how, case.caveat, case.read))
    assert case.source.startswith("https://")
    assert datetime.date.fromisoformat(case.checked).year == 2026


def test_ports_that_failed_are_in_the_catalogue():
    assert {case.outcome for case in load_cases().cases} == {"shipped", "unfinished", "abandoned"}


def test_the_library_itself_is_no_swap_behind_another_interface():
    world = World()
    for name in ("pngread.c", "pngrutil.c", "pngset.c", "pngwrite.c"):
        world.file(f"p/{name}", findings=risky_findings(f"p/{name}"))
    world.file("p/png.h", macros=(Macro("PNG_LIBPNG_VER", 40),))
    replace = options_of_named(world, "p")[Option.REPLACE]
    assert not replace.is_available
    assert "no swap" in replace.because


def options_of_named(world, name):
    return {one.option: one for one in step_of(world, name).assessments}
