"""What build files set of the hardening guide: set, weaker, behind an option, in CI only, turned off, or not found."""

from __future__ import annotations

import re

import msgspec

from plan_world import World, function, signal
from rustplan.catalog.hardening import load_hardening
from rustplan.model.build_notes import BuildMention, BuildNotes, MentionKind
from rustplan.model.choices import HardeningState
from rustplan.model.scan import TreeScan
from rustplan.model.source import Language
from rustplan.plan.hardening import flags_of, measures_of, near, needs_of


def flags(*said, path="Makefile"):
    texts = tuple(signal(path, 5 + number, rule="hardening-flags") for number in range(len(said)))
    texts = tuple(msgspec.structs.replace(one, message=words) for one, words in zip(texts, said, strict=True))
    return flags_of(TreeScan(texts=texts), BuildNotes())


def state(name, *said):
    found = {one.id: one for one in measures_of(flags(*said), frozenset(["always", "executable", "cpp", "x86_64"]))}
    return found[name].state


def test_every_measure_has_a_flag_that_sets_it():
    for measure in load_hardening().measures:
        parts = measure.flag.split(" ") + [measure.flag.removeprefix("-Wl,")]
        assert any(re.search(pattern, part) for pattern in measure.set_by for part in parts), measure.id


def test_states():
    assert state("fortify", "`-D_FORTIFY_SOURCE=3` is used") is HardeningState.SET
    assert state("fortify", "`-D_FORTIFY_SOURCE=2` is used") is HardeningState.WEAKER
    assert state("fortify") is HardeningState.MISSING
    assert state("stack-protector", "`-fno-stack-protector` is turned off") is HardeningState.OFF
    assert state("stack-protector", "`-fstack-protector-strong` is used in a CI job") is HardeningState.TESTS_ONLY
    assert state("pie", "`-fPIE` is available, not used: HARDEN is off") is HardeningState.OPTIONAL
    assert state("bind-now", "`hardening=+all` is used") is HardeningState.SET
    assert state("sanitizer-job", "`-fsanitize=address,undefined` is used in a CI job") is HardeningState.SET


def test_the_best_state_counts_and_keeps_its_place():
    found = measures_of(
        flags("`-D_FORTIFY_SOURCE=2` is used in a CI job", "`-D_FORTIFY_SOURCE=3` is used"), frozenset(["always"])
    )
    assert found[0].state is HardeningState.SET
    assert (found[0].evidence[0].path, found[0].evidence[0].line) == ("Makefile", 6)


def test_flags_that_no_rule_reports_come_from_the_build_notes():
    notes = BuildNotes(mentions=(BuildMention(MentionKind.FLAG, "-fstrict-flex-arrays=3", "Makefile", 2),))
    found = {one.id: one for one in measures_of(flags_of(TreeScan(), notes), frozenset(["always"]))}
    assert found["strict-flex-arrays"].state is HardeningState.SET


def test_what_applies_follows_the_tree():
    assert needs_of(World().file("a/a.c").scan, ()) == {"always", "x86_64", "aarch64"}
    cpp = World().file("a/a.cc", language=Language.CPP, functions=[function("main")])
    assert {"cpp", "executable"} <= needs_of(cpp.scan, ())
    assert needs_of(World().file("a/A.java", language=Language.JAVA).scan, ()) == frozenset()


def test_a_flag_of_another_folder_does_not_reach_a_component():
    own, other = flags("`-pie` is used", path="tools/Makefile"), ("lib/a.c",)
    assert near(own, other) == ()
    assert near(own, ("tools/x/a.c",)) == own
    assert near(flags("`-pie` is used", path="cmake/hardening.cmake"), other) != ()
