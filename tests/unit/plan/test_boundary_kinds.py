"""Boundary kinds by signs in the code, with the next best and why it lost."""

from __future__ import annotations

from rustplan.model.component import Component, Provenance
from rustplan.model.facts import FileFacts, Include, ParseCoverage
from rustplan.model.finding import Finding, Kind, Track
from rustplan.model.roadmap import Crossing, Direction
from rustplan.model.scan import FileScan
from rustplan.model.source import Language, Role
from rustplan.plan.mechanism import choose_mechanism


def source(path, *rules, includes=(), message="", language=Language.C):
    findings = tuple(
        Finding(
            rule=rule, kind=Kind.SEAM, path=path, line=number, column=1, end_line=number, end_column=2, message=message
        )
        for number, rule in enumerate(rules, 10)
    )  # fmt: skip
    facts = FileFacts(
        language=language, lines=10, sloc=10, coverage=ParseCoverage(total_bytes=9, function_bytes=9, unread_bytes=0),
        includes=tuple(Include(target, 1, True) for target in includes),
    )  # fmt: skip
    return FileScan(path=path, role=Role.SOURCE, sha256="0", facts=facts, findings=findings)


def inbound(uses=1, shape="scalars", abi="c"):
    return Crossing(
        symbol="f", direction=Direction.INBOUND, shape=shape, hours=1.0, path="a.c", line=1, other="b", uses=uses, abi=abi
    )  # fmt: skip


def kind_of(*sources, crossings=(), track=Track.MEMORY_SAFETY, has_main=False, is_jni=False, language=Language.C):
    component = Component(
        name="a", files=tuple(one.path for one in sources), provenance=Provenance(source="x", because="", confidence=1.0),
        sloc=10, unsafe_sloc=10, languages={language: 10},
    )  # fmt: skip
    return choose_mechanism(component, track, crossings, sources, has_main=has_main, is_jni=is_jni)


def test_a_linux_module_becomes_a_kernel_crate():
    driver = source("d.c", "kernel-or-firmware", "kernel-module-entry", includes=("linux/module.h",))
    found = kind_of(driver, crossings=(inbound(),))
    assert (found.kind, found.runner_up) == ("kernel-crate", "c-abi")
    assert [(one.path, one.line, one.what) for one in found.evidence] == [("d.c", 11, "kernel-module-entry")]


def test_a_type_of_an_emulator_is_no_kernel_module():
    assert kind_of(source("d.c", "kernel-module-entry", message="`type_init`"), crossings=(inbound(),)).kind == "c-abi"


def test_firmware_is_no_std_when_enough_of_it_says_so():
    bare, plain = source("a.c", "kernel-or-firmware"), [source(f"b{n}.c") for n in range(9)]
    assert kind_of(bare, crossings=(inbound(),)).kind == "no-std"
    assert kind_of(bare, *plain, crossings=(inbound(),)).kind == "c-abi"


def test_a_python_module_that_nobody_else_calls():
    module = source("m.c", "python-extension")
    assert kind_of(module).kind == "pyo3"
    assert kind_of(module, crossings=(inbound(uses=0),)).kind == "pyo3"
    assert kind_of(module, crossings=(inbound(uses=3),)).kind == "c-abi"


def test_a_node_addon_and_a_webassembly_module():
    assert kind_of(source("m.cc", "node-addon", language=Language.CPP)).kind == "napi"
    web = kind_of(source("m.c", "wasm-export"))
    assert (web.kind, web.evidence[0].path) == ("wasm", "m.c")


def test_what_happens_in_another_language_says_nothing():
    assert kind_of(source("m.java", "python-extension", language=Language.JAVA), crossings=(inbound(),)).kind == "c-abi"


def test_java_by_name_or_by_jni():
    assert kind_of(source("n.c"), crossings=(inbound(),), is_jni=True).kind == "ffm"
    jni = kind_of(source("n.c", "jni-export"), crossings=(inbound(shape="jni-object", abi="java"),), is_jni=True)
    assert (jni.kind, jni.runner_up, jni.evidence[0].what) == ("jni", "ffm", "jni-export")


def test_every_kind_but_none_names_a_runner_up():
    assert kind_of(source("a.c")).kind == "none"
    for found in (
        kind_of(source("a.c"), crossings=(inbound(),)),
        kind_of(source("a.cc"), crossings=(inbound(),), language=Language.CPP),
        kind_of(source("a.cc"), crossings=(inbound(shape="class-value"),)),
        kind_of(source("a.c"), crossings=(inbound(),), track=Track.LATENCY),
    ):
        assert found.runner_up != found.kind
        assert "lost" in found.runner_up_because


def test_talk_with_other_processes_makes_a_process_the_runner_up():
    found = kind_of(source("a.c", "process-boundary"), crossings=(inbound(),))
    assert (found.kind, found.runner_up) == ("c-abi", "process")
