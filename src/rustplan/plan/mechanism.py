"""What should carry the crossings of a component: the boundary kind with its reason and evidence, and the next best with why it lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rustplan.model.component import Component
from rustplan.model.finding import Finding, Track
from rustplan.model.roadmap import Crossing, Direction
from rustplan.model.scan import FileScan
from rustplan.model.score import FactorEvidence
from rustplan.model.source import Language
from rustplan.plan.wording import count

CXX_SHAPES = frozenset({"class-value", "template-or-virtual"})
MOST_EVIDENCE = 5
KERNEL_SHARE = 0.3
"""Share of the files with signs of a kernel or a bare machine from which the whole component is taken to run there."""

_KERNEL_INCLUDE = "linux/"
_DRIVER_CALLS = ("type_init",)
"""QEMU registers types with the name that some kernels use for drivers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mechanism:
    """A boundary kind and why, the places that say so, and the next best kind."""

    kind: str
    because: str
    evidence: tuple[FactorEvidence, ...] = ()
    runner_up: str = ""
    runner_up_because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What the choice is made from."""

    component: Component
    track: Track
    crossings: Sequence[Crossing]
    sources: Sequence[FileScan]
    has_main: bool
    is_jni: bool

    @property
    def is_called(self) -> bool:
        """True when somebody uses it."""
        return any(crossing.direction is Direction.INBOUND for crossing in self.crossings)

    @property
    def inbound_native(self) -> int:
        """Functions that other native code of the tree calls."""
        return sum(1 for one in self.crossings if one.direction is Direction.INBOUND and one.uses and one.abi != "java")

    def findings(self, *rules: str) -> Iterator[Finding]:
        """Findings of these rules in C and C++ files, by place."""
        for file in self.sources:
            if file.facts.language.is_memory_unsafe:
                yield from (finding for finding in file.findings if finding.rule in rules)


def choose_mechanism(
    component: Component,
    track: Track,
    crossings: Sequence[Crossing],
    sources: Sequence[FileScan] = (),
    *,
    has_main: bool,
    is_jni: bool,
) -> Mechanism:
    """Return the kind of the first rule that applies: what a host prescribes, then what crosses."""
    case = _Case(
        component=component, track=track, crossings=crossings, sources=sources, has_main=has_main, is_jni=is_jni
    )
    rules: tuple[Callable[[_Case], Mechanism | None], ...] = (
        _kernel, _addon_of_python, _addon_of_node, _for_the_web, _nothing, _latency, _java, _firmware, _program, _classes,
    )  # fmt: skip
    return next((found for rule in rules if (found := rule(case)) is not None), None) or _plain(case)


def _kernel(case: _Case) -> Mechanism | None:
    """A module of the Linux kernel, or a part of one."""
    entries = [
        one
        for one in case.findings("kernel-module-entry")
        if not one.message.startswith(tuple(f"`{n}`" for n in _DRIVER_CALLS))
    ]
    inside = [one for one in _kernel_files(case) if _includes_linux(one)]
    if not inside or case.track is Track.LATENCY or not (entries or _is_most(case, inside)):
        return None
    return Mechanism(
        kind="kernel-crate",
        because="Code of the Linux kernel: a Rust crate inside the kernel tree, over the kernel's own abstractions (the `kernel` crate), "
        "where the subsystem has them.",
        evidence=_places(entries) or _of_signs(inside),
        runner_up="c-abi",
        runner_up_because="Plain `no_std` Rust behind C functions builds without the abstractions; it lost because every kernel call stays unsafe.",
    )


def _firmware(case: _Case) -> Mechanism | None:
    """Code for a machine without an operating system."""
    inside = _kernel_files(case)
    if case.track is Track.LATENCY or not _is_most(case, inside):
        return None
    return Mechanism(
        kind="no-std",
        because="It runs without an operating system: a `no_std` Rust library behind the same C functions, with the target and the "
        "allocator chosen first.",
        evidence=_of_signs(inside),
        runner_up="c-abi",
        runner_up_because="Rust with its standard library is more convenient; it lost because the signs of a bare machine leave none to link with.",
    )


def _addon_of_python(case: _Case) -> Mechanism | None:
    return _addon(
        case, "python-extension", "pyo3", "Python",
        "PyO3 writes the module entry, reference counts and conversions",
    )  # fmt: skip


def _addon_of_node(case: _Case) -> Mechanism | None:
    return _addon(
        case, "node-addon", "napi", "Node.js", "napi-rs writes the module entry and the conversions"
    )  # fmt: skip


def _addon(case: _Case, rule: str, kind: str, host: str, why: str) -> Mechanism | None:
    """A native module of another language's runtime, unless the rest of the tree calls it too."""
    places = _places(case.findings(rule))
    if not places or case.track is Track.LATENCY or case.inbound_native:
        return None
    return Mechanism(
        kind=kind,
        because=f"A native module that {host} loads, and no other native code calls it: {why}; the names that {host} sees stay.",
        evidence=places,
        runner_up="c-abi",
        runner_up_because="A Rust library under the existing C glue moves less at once; it lost because the glue, with its manual "
        "reference counts, stays unsafe.",
    )


def _for_the_web(case: _Case) -> Mechanism | None:
    places = _places(case.findings("wasm-export"))
    if not places or case.track is Track.LATENCY or case.inbound_native:
        return None
    return Mechanism(
        kind="wasm",
        because="It is built for WebAssembly hosts already: the same exports from Rust; what crosses is copied.",
        evidence=places,
        runner_up="c-abi",
        runner_up_because="A native library over the C ABI copies nothing; it lost because the host of today loads WebAssembly.",
    )


def _nothing(case: _Case) -> Mechanism | None:
    if case.crossings:
        return None
    return Mechanism(
        kind="none",
        because="No function or variable crosses its border in what was read: it can move as a whole or as a process.",
    )


def _latency(case: _Case) -> Mechanism | None:
    if case.track is not Track.LATENCY:
        return None
    return Mechanism(
        kind="jni",
        because="Java calls it: JNI works on every JDK; where production runs JDK 22 or newer, FFM is the simpler choice. "
        "Few coarse calls with buffers, because a call for every message removes garbage but not pauses.",
        runner_up="ffm",
        runner_up_because="FFM needs no glue in C; it lost because it is final only from JDK 22 on.",
    )


def _java(case: _Case) -> Mechanism | None:
    if not case.is_jni:
        return None
    if is_looked_up(case.crossings):
        return Mechanism(
            kind="ffm",
            because="Java looks its functions up by name (FFM, JNA or JNR): the Rust library exports the same C symbols.",
            runner_up="jni",
            runner_up_because="JNI works on every JDK; it lost because Java already binds plain C functions.",
        )
    return Mechanism(
        kind="jni",
        because="Java reaches it through native methods: the Rust library exports the same JNI names.",
        evidence=_places(case.findings("jni-export")),
        runner_up="ffm",
        runner_up_because="FFM needs no glue in C, from JDK 22 on; it lost because every native method in Java would change.",
    )


def _program(case: _Case) -> Mechanism | None:
    if not case.has_main or case.is_called:
        return None
    return Mechanism(
        kind="process",
        because="It is a program (it has a main function) that nobody else calls: it links what it needs over the C ABI.",
        evidence=tuple(_mains(case)),
        runner_up="c-abi",
        runner_up_because="A library under the old main function would let it move in parts; it lost because nobody else needs one.",
    )


def _classes(case: _Case) -> Mechanism | None:
    dear = sum(1 for crossing in case.crossings if crossing.shape in CXX_SHAPES)
    if not dear:
        return None
    return Mechanism(
        kind="cxx",
        because=f"{dear} of {count(len(case.crossings), 'crossing')} {'passes' if dear == 1 else 'pass'} C++ classes by value, templates or virtual functions.",
        runner_up="c-abi",
        runner_up_because=f'`extern "C"` functions need no bridge; they lost because {count(dear, "crossing")} would need a shim written by hand.',
    )


def _plain(case: _Case) -> Mechanism:
    if case.component.languages.get(Language.CPP):
        runner_up, lost = (
            "cxx",
            "A cxx bridge checks both sides at build time; it lost because nothing crosses that C functions cannot carry.",
        )
        because = 'C++ code, but only plain values, pointers and callbacks cross: extern "C" functions carry them.'
    else:
        runner_up, lost = (
            "wasm",
            "A WebAssembly sandbox would contain what is left unsafe; it lost because every buffer and struct would be copied.",
        )
        because = "C functions with plain values, pointers and callbacks: the C ABI carries them as they are."
    apart = _places(case.findings("process-boundary"))
    if apart:
        runner_up, lost = (
            "process",
            "It already talks to other processes; a process of its own lost because its callers use it by function calls.",
        )
    return Mechanism(kind="c-abi", because=because, evidence=(), runner_up=runner_up, runner_up_because=lost)


def is_looked_up(crossings: Sequence[Crossing]) -> bool:
    """True when no function that crosses speaks JNI: Java then calls plain C functions."""
    inbound = [crossing.shape for crossing in crossings if crossing.direction is Direction.INBOUND]
    return bool(inbound) and not any(shape.startswith("jni") or shape == "unknown" for shape in inbound)


def _kernel_files(case: _Case) -> list[FileScan]:
    return [file for file in case.sources if any(finding.rule == "kernel-or-firmware" for finding in file.findings)]


def _is_most(case: _Case, inside: Sequence[FileScan]) -> bool:
    native = [file for file in case.sources if file.facts.language.is_memory_unsafe]
    return bool(inside) and len(inside) >= KERNEL_SHARE * len(native)


def _includes_linux(file: FileScan) -> bool:
    return any(include.target.startswith(_KERNEL_INCLUDE) for include in file.facts.includes)


def _of_signs(files: Iterable[FileScan]) -> tuple[FactorEvidence, ...]:
    return _places(finding for file in files for finding in file.findings if finding.rule == "kernel-or-firmware")


def _places(findings: Iterable[Finding]) -> tuple[FactorEvidence, ...]:
    """The first places of some findings."""
    ordered = sorted(findings, key=lambda finding: (finding.path, finding.line, finding.rule))[:MOST_EVIDENCE]
    return tuple(FactorEvidence(path=one.path, line=one.line, what=one.rule) for one in ordered)


def _mains(case: _Case) -> Iterator[FactorEvidence]:
    for file in case.sources:
        for function in file.facts.functions:
            if function.qualified_name == "main":
                yield FactorEvidence(path=file.path, line=function.start_line, what="main")
