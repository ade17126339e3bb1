"""What a component is for and whether three bad things meet in it: each with its evidence, none claimed for sure."""

from __future__ import annotations

import re

import msgspec
import pytest

from plan_world import World, exposure, function, signal
from rustplan.catalog.exposure import load_exposure
from rustplan.model.exposure import LegState
from rustplan.model.facts import Call
from rustplan.model.finding import Confidence, Kind
from rustplan.model.source import Language, Role
from rustplan.resources import folder
from rustplan.rulebook import load_rules


def of(world, name="a"):
    return next(one for one in world.score().exposures if one.component == name)


def with_signal(rule, *, function_name="work", **more):
    finding = signal("a/a.c", 5, rule=rule, function=function_name, **more)
    return World().file(
        "a/a.c", functions=[function(function_name)], findings=[finding], address_taken=(function_name,)
    )


@pytest.mark.parametrize(
    ("rule", "role"),
    [
        ("parses-file-format", "parser"), ("cryptography", "crypto"), ("authentication", "authentication"),
        ("privilege-change", "privileged"), ("secrets-handling", "secrets"), ("reads-network", "network-facing"),
        ("sandbox-call", "confined"), ("jni-export", "jni-bridge"), ("plugin-entry-point", "plugin"),
    ],
)  # fmt: skip
def test_a_signal_gives_a_role_with_its_place_to_confirm(rule, role):
    found = of(with_signal(rule)).roles
    assert [one.role for one in found] == [role]
    assert found[0].needs_confirmation
    assert (found[0].evidence[0].path, found[0].evidence[0].line, found[0].places) == ("a/a.c", 5, 1)


def test_decoders_by_name_are_codecs_too():
    assert [one.role for one in of(with_signal("parses-file-format", function_name="inflate_block")).roles] == [
        "parser", "codec",
    ]  # fmt: skip


@pytest.mark.parametrize(("target", "role"), [("linux/module.h", "kernel"), ("FreeRTOS.h", "firmware")])
def test_kernel_and_firmware_are_told_apart_by_what_was_seen(target, role):
    finding = signal("a/a.c", 1, rule="kernel-or-firmware")
    told = msgspec.structs.replace(finding, message=f"`{target}`: kernel, firmware or real-time system")
    assert [one.role for one in of(World().file("a/a.c", findings=[told])).roles] == [role]


def test_a_few_places_are_never_more_than_medium():
    one = of(with_signal("cryptography", confidence=Confidence.HIGH)).roles[0]
    many = of(with_signal("cryptography", confidence=Confidence.HIGH, lines=(5, 6, 7))).roles[0]
    assert (one.confidence, many.confidence) == (Confidence.MEDIUM, Confidence.HIGH)


def _reader(*more, **facts):
    findings = [signal("a/a.c", 5, function="pull", lines=(5,)), exposure("a/a.c", 8, function="pull"), *more]
    world = World().file(
        "a/a.c", functions=[function("pull", types=("char *",))], findings=findings, address_taken=("pull",), **facts
    )
    return world.file("t/t.c", role=Role.TEST, calls=(Call("pull", 1),))


def test_all_three_are_flagged_and_a_missing_sandbox_is_called_absence_of_evidence():
    rule = of(_reader()).rule_of_two
    assert rule.is_flagged
    assert [leg.state for leg in rule.legs] == [LegState.HOLDS] * 3
    assert "absence of evidence" in rule.sandbox.because
    assert rule.language.evidence[0].path == "a/a.c"
    assert (rule.untrusted.evidence[0].line, rule.untrusted.evidence[1].line) == (5, 8)


def test_a_sandbox_in_the_component_lifts_the_flag_and_one_elsewhere_leaves_it_open():
    own = of(_reader(signal("a/a.c", 9, function="pull", rule="sandbox-call"))).rule_of_two
    assert (own.is_flagged, own.is_open, own.sandbox.state) == (False, False, LegState.DENIED)
    world = _reader().file("b/b.c", findings=[signal("b/b.c", 9, rule="sandbox-call")])
    other = of(world).rule_of_two
    assert (other.is_flagged, other.is_open) == (False, True)
    assert other.sandbox.evidence[0].path == "b/b.c"


def test_where_no_way_was_found_it_says_so_and_never_unreachable():
    world = World().file("a/a.c", functions=[function("f")], findings=[exposure("a/a.c", 8, function="f")])
    rule = of(world).rule_of_two
    assert rule.untrusted.state is LegState.UNCLEAR
    assert "no way found" in rule.untrusted.because
    assert "unreachable" not in rule.untrusted.because
    assert rule.is_open


def test_java_alone_is_no_unsafe_language():
    world = World().file(
        "j/A.java", component="a", language=Language.JAVA, package="p", functions=(function("p.A.call", types=("int",)),),
        findings=[exposure("j/A.java", 8, function="p.A.call", rule="unsafe-memory")],
    )  # fmt: skip
    assert of(world).rule_of_two.language.state is LegState.UNCLEAR


def test_every_rule_and_pattern_of_the_table_exists():
    table = load_exposure()
    known = {rule.id: rule for rule in load_rules(folder("rules")).summaries()}
    named = {name for row in (*table.sources.rows, *table.sources.java, *table.roles.rows) for name in row.rules}
    named |= table.sources.host_rules | table.sources.api_rules | table.rule_of_two.sandbox_rules
    assert named <= set(known)
    assert not {name for name in named if known[name].kind is Kind.DEFECT}
    for row in table.roles.rows:
        re.compile(row.function)
        re.compile(row.message)
    assert table.rule_of_two.parser_role in {row.role for row in table.roles.rows}
